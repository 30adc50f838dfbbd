"""Packages read back: the same history, or a reason why not. Whatever comes, nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from random import Random
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from domain.ids import PersonId
from interchange.evidence.package import write
from interchange.evidence.reading import BrokenPackage, read
from interchange.evidence.scopes import Account, Everything
from ledger import store as stores
from ledger.check import Problem
from projections.folding import replay
from projections.redeciding import redecide_problems
from tests.interchange.opened import Opened
from tests.interchange.packing import made, sealed
from tests.ledger.tampering import Json, commit, leaf_of
from tests.projections.histories import History, random_history


@pytest.fixture(scope="module")
def family() -> History:
    """Give a history that nobody writes to."""
    return random_history(4, steps=60)


@pytest.fixture
def package(family: History, tmp_path: Path) -> Path:
    """Give a package of the whole log."""
    path = tmp_path / "all.zip"
    book = family.application.book
    write(path, family.store, scope=Everything(), sealed=sealed(family.store), made=made(book))
    return path


def test_what_is_read_back_is_what_was_written(family: History, package: Path) -> None:
    manifest, store = read(package)
    assert manifest.scope == {"kind": "all"}
    end = family.store.recorder.end
    assert store.recorder.end == end
    assert store.recorder.entries(0, limit=end.entries) == family.store.recorder.entries(
        0, limit=end.entries
    )
    assert store.recorder.log().root() == family.store.recorder.log().root()


def test_every_decision_of_a_package_comes_out_the_same(family: History, package: Path) -> None:
    _, store = read(package)
    *problems, decided = redecide_problems(store, family.application.book)
    assert (problems, decided) != ([], 0)
    assert problems == []


def test_a_changed_amount_is_found_though_every_hash_was_made_again(tmp_path: Path) -> None:
    family = History()
    family.found_family()
    assert family.settle("c1", "child", 100_00)
    forged = stores.memory()
    end = family.store.recorder.end
    for entry in family.store.recorder.entries(0, limit=end.entries):
        leaf = leaf_of(entry)
        if entry.number == end.entries:
            _take_a_fen_less(*leaf.lines)
        commit(forged.recorder, leaf)
    path, book = tmp_path / "forged.zip", family.application.book
    write(path, forged, scope=Everything(), sealed=sealed(forged), made=made(book))
    _, store = read(path)
    assert replay(store).broken == []
    found, decided = redecide_problems(store, book)
    assert isinstance(found, Problem)
    assert decided == 1
    assert "legs" in found.says.en


def _take_a_fen_less(settled: Json, debited: Json) -> None:
    """Let a settlement take one fen less from its only payer, who then has one more; all agrees."""
    allocation = settled["fact"]["allocation"]
    (leg,) = allocation["legs"]
    (cash,) = allocation["cash_fen"]
    (trial,) = (trial for trial in allocation["trials"] if trial[6])
    leg[3], cash[1], trial[6] = leg[3] - 1, cash[1] + 1, trial[6] - 1
    taken, left = debited["fact"]["taken"], debited["fact"]["left"]
    taken[0], left[0] = taken[0] - 1, left[0] + 1


def test_a_part_of_the_log_cannot_be_decided_again(family: History, tmp_path: Path) -> None:
    path, book = tmp_path / "part.zip", family.application.book
    scope = Account(PersonId("mother"))
    write(path, family.store, scope=scope, sealed=sealed(family.store), made=made(book))
    with pytest.raises(BrokenPackage, match="part of the log"):
        read(path)


def _again(package: Path, **changed: bytes) -> None:
    """Write a package again with other members; the manifest names them, unless it is changed."""
    found = Opened(package)
    names = {name.replace(".", "_"): name for name in found.members}
    manifest = found.manifest
    for key, data in changed.items():
        manifest["members"][names[key]] = sha256(data).hexdigest()
    text = json.dumps(manifest, sort_keys=True, separators=(",", ":")).encode()
    found.rewritten(package, **({"MANIFEST_json": text} | changed))


def _no_zip(package: Path) -> None:
    package.write_bytes(b"PK but no zip")


def _cut(package: Path) -> None:
    package.write_bytes(package.read_bytes()[:-40])


def _compressed(package: Path) -> None:
    members = Opened(package).members
    with ZipFile(package, "w", ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def _twice(package: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate"), ZipFile(package, "a") as archive:
        archive.writestr("entries.txt", b"")


def _without_entries(package: Path) -> None:
    members = Opened(package).members
    with ZipFile(package, "w") as archive:
        for name, data in members.items():
            if name != "entries.txt":
                archive.writestr(name, data)


def _no_json(package: Path) -> None:
    _again(package, MANIFEST_json=b"[" * 100_000)


def _other_format(package: Path) -> None:
    text = Opened(package).members["MANIFEST.json"]
    _again(package, MANIFEST_json=text.replace(b"gongji-evidence/1", b"gongji-evidence/2"))


def _other_entries(package: Path) -> None:
    Opened(package).rewritten(package, entries_txt=b"{}\n\n")


def _unended(package: Path) -> None:
    _again(package, entries_txt=Opened(package).members["entries.txt"][:-1])


def _one_missing(package: Path) -> None:
    blocks = Opened(package).members["entries.txt"].split(b"\n\n")
    _again(package, entries_txt=b"\n\n".join(blocks[:5] + blocks[6:]))


def _last_missing(package: Path) -> None:
    blocks = Opened(package).members["entries.txt"].split(b"\n\n")
    _again(package, entries_txt=b"\n\n".join(blocks[:-2]) + b"\n\n")


def _no_entry(package: Path) -> None:
    _again(package, entries_txt=b"\xff\xfe\n\n" + Opened(package).members["entries.txt"])


def _deep(package: Path) -> None:
    _again(package, entries_txt=b'{"a":' + b"[" * 100_000 + b"\n\n")


def _withheld(package: Path) -> None:
    text = Opened(package).members["entries.txt"]
    line = text.split(b"\n", 1)[0]
    hidden = b"sha256:" + sha256(line).hexdigest().encode()
    _again(package, entries_txt=text.replace(line, hidden, 1))


def _other_amount(package: Path) -> None:
    text = Opened(package).members["entries.txt"]
    assert b"[30000,0]" in text
    _again(package, entries_txt=text.replace(b"[30000,0]", b"[30001,0]"))


BREAKS = [
    (_no_zip, "cannot be read"),
    (_cut, "cannot be read"),
    (_compressed, "compressed"),
    (_twice, "twice"),
    (_without_entries, r"entries\.txt is missing"),
    (_no_json, "cannot be read"),
    (_other_format, "format"),
    (_other_entries, "not the one that the manifest names"),
    (_unended, "no end"),
    (_one_missing, "entry 6 does not stand where it says"),
    (_last_missing, "as many entries"),
    (_no_entry, "entry 1"),
    (_deep, "cannot be read"),
    (_withheld, "entry 1"),
    (_other_amount, "root"),
]


@pytest.mark.parametrize(("spoil", "says"), BREAKS, ids=lambda it: getattr(it, "__name__", ""))
def test_a_broken_package_is_refused_with_the_reason(
    package: Path, spoil: Callable[[Path], None], says: str
) -> None:
    spoil(package)
    with pytest.raises(BrokenPackage, match=says) as refused:
        read(package)
    assert refused.value.says.zh


def test_a_flipped_bit_changes_what_is_read_nowhere(family: History, package: Path) -> None:
    whole, random = package.read_bytes(), Random(6)
    root = family.store.recorder.log().root()
    refused = 0
    for _ in range(60):
        spoiled = bytearray(whole)
        spoiled[random.randrange(len(spoiled))] ^= 1 << random.randrange(8)
        package.write_bytes(spoiled)
        try:
            _, store = read(package)
        except BrokenPackage:
            refused += 1
        else:
            assert store.recorder.log().root() == root
    assert refused
