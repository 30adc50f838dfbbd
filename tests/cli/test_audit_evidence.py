"""`gongji audit evidence` and `redecide`: packages made and decided again on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from cli.session import rule_book
from interchange.evidence.package import write
from interchange.evidence.scopes import Everything
from ledger import store as stores
from ledger.entries import Entry, split
from ledger.log.signing import write_key
from tests.cli.books import call, data, done, found, make
from tests.interchange.opened import Opened
from tests.interchange.packing import KEY, made, sealed
from tests.ledger.tampering import Json, commit, leaf_of


@pytest.fixture
def books(family: Path, claim_file: str) -> Path:
    """Give a store with a settled claim, and with a key of its log."""
    done(family, "claim", "settle", claim_file, "--key", "S1", "-q")
    write_key(family, KEY)
    return family


def test_a_package_of_the_whole_log_is_made_and_decided_again(books: Path, tmp_path: Path) -> None:
    before = found(books)
    path = tmp_path / "all.zip"
    (row,) = data(books, "audit", "evidence", str(path))["rows"]
    assert found(books) == before, "nothing is written to the store"
    assert row["sha256"] == sha256(path.read_bytes()).hexdigest()
    assert row["bytes"] == path.stat().st_size
    package = Opened(path)
    assert (row["scope"], row["entries"], row["withheld"]) == ({"kind": "all"}, row["size"], 0)
    assert package.manifest["made_at"] == "2026-03-01T02:00:00+00:00"
    assert f"\n{row['root']}\n".encode() in package.members["checkpoint.txt"]
    assert (books / "log.vkey").read_bytes() == package.members["keys/log.vkey"]
    again = data(tmp_path, "audit", "redecide", str(path))
    assert (again["rows"], again["decided"], again["differences"]) == ([], 1, 0)
    assert (again["entries"], again["origin"]) == (row["size"], row["origin"])


@pytest.mark.parametrize(
    ("words", "scope"),
    [
        (("--person", "P"), {"kind": "account", "person": "P"}),
        (("--claim", "C1"), {"kind": "claim", "claim": "C1"}),
        (
            ("--from", "2026-03-01", "--to", "2026-03-31"),
            {"kind": "period", "from": "2026-03-01", "to": "2026-03-31"},
        ),
    ],
)
def test_every_scope_has_its_options(
    books: Path, tmp_path: Path, words: tuple[str, ...], scope: dict[str, str]
) -> None:
    path = tmp_path / "part.zip"
    (row,) = data(books, "audit", "evidence", str(path), *words)["rows"]
    assert row["scope"] == scope == Opened(path).manifest["scope"]
    assert row["entries"] == len(Opened(path).blocks)


def test_a_claims_package_explains_it(books: Path, tmp_path: Path) -> None:
    path = tmp_path / "claim.zip"
    done(books, "audit", "evidence", str(path), "--claim", "C1")
    package = Opened(path)
    ((settled, *paid),) = [block.events for block in package.blocks]
    allocation = settled["fact"]["allocation"]
    gave = {trial[0]: (trial[6], trial[7]) for trial in allocation["trials"]}
    assert set(gave) == {"P", "A", "B", "C"}, "every account that was asked, and why it gave what"
    taken = {event["stream"][1]: sum(event["fact"]["taken"]) for event in paid}
    assert taken == {who: fen for who, (fen, _) in gave.items() if fen}
    rules = json.loads(package.members[f"rules/{allocation['rule_set'].replace(':', '-')}.json"])
    reasons = rules["dossiers"][allocation["dossier"]]["reasons"]
    assert reasons["pool.per_use_cap"]["sources"] or reasons["pool.per_use_cap"]["why"]


def test_the_same_store_scope_and_instant_give_the_same_bytes(books: Path, tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("one.zip", "two.zip")]
    for path in paths:
        done(books, "audit", "evidence", str(path), "--person", "P")
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_an_existing_file_is_replaced_only_by_force(books: Path, tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    path.write_text("keep me", encoding="utf-8")
    result = call(books, "audit", "evidence", str(path))
    assert result.exit_code == 2
    assert "--force" in result.stderr
    assert path.read_text(encoding="utf-8") == "keep me"
    done(books, "audit", "evidence", str(path), "--force")
    assert Opened(path).manifest["format"] == "gongji-evidence/1"


def test_a_folder_that_is_not_there_is_named(books: Path, tmp_path: Path) -> None:
    result = call(books, "audit", "evidence", str(tmp_path / "none" / "all.zip"))
    assert result.exit_code == 2
    assert result.stderr.rstrip().endswith(f"[{tmp_path / 'none'}]")


def test_without_a_key_nothing_is_signed_and_the_remedy_is_named(
    family: Path, tmp_path: Path
) -> None:
    result = call(family, "audit", "evidence", str(tmp_path / "all.zip"))
    assert result.exit_code == 2
    assert "gongji audit key" in result.stderr
    assert not (tmp_path / "all.zip").exists()
    done(family, "audit", "key")
    done(family, "audit", "evidence", str(tmp_path / "all.zip"))


@pytest.mark.parametrize(
    "words",
    [("--person", "nobody"), ("--claim", "no"), ("--from", "2020-01-01", "--to", "2020-01-02")],
)
def test_nothing_in_scope_is_said_in_a_sentence(
    books: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    before = sorted(tmp_path.iterdir())
    result = call(books, "audit", "evidence", str(tmp_path / "part.zip"), *words)
    assert result.exit_code == 1
    assert "no entry of this scope" in result.stderr
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    "words",
    [
        ("--person", "P", "--claim", "C1"),
        ("--person", "P", "--to", "2026-03-01"),
        ("--from", "2026-03-01"),
        ("--from", "2026-03-02", "--to", "2026-03-01"),
    ],
)
def test_a_scope_that_is_none_is_refused(
    books: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    result = call(books, "audit", "evidence", str(tmp_path / "part.zip"), *words)
    assert result.exit_code == 2
    assert "--from" in result.stderr


def test_a_kept_checkpoint_is_extended(books: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first.zip", tmp_path / "second.zip"
    (row,) = data(books, "audit", "evidence", str(first))["rows"]
    kept = tmp_path / "kept.txt"
    kept.write_bytes(Opened(first).members["checkpoint.txt"])
    done(books, "account", "credit", "A", "10", "--key", "later", "-q")
    done(books, "audit", "evidence", str(second), "--since", str(kept))
    proof = Opened(second).members[f"consistency/{row['size']}.txt"].decode()
    assert proof.startswith(f"{row['size']} {row['size'] + 1}\n")


def test_what_was_handed_over_before_is_carried_and_extended(books: Path, tmp_path: Path) -> None:
    kept, path = tmp_path / "kept.txt", tmp_path / "all.zip"
    done(books, "audit", "checkpoint", "--out", str(kept))
    done(books, "audit", "hand-over", str(kept), "--to", "bureau-7", "-q")
    done(books, "audit", "seal", "-q")
    done(books, "audit", "evidence", str(path))
    package = Opened(path)
    (name,) = package.starting("checkpoints")
    assert package.members[name] == kept.read_bytes()
    assert package.starting("consistency") == [name.replace("checkpoints", "consistency")]
    assert data(tmp_path, "audit", "redecide", str(path))["differences"] == 0


def test_a_fork_is_named_with_both_roots(books: Path, tmp_path: Path, claim_file: str) -> None:
    kept = tmp_path / "kept.txt"
    done(books, "account", "credit", "A", "10", "--key", "one", "-q")
    done(books, "audit", "evidence", str(tmp_path / "a.zip"))
    kept.write_bytes(Opened(tmp_path / "a.zip").members["checkpoint.txt"])
    other = tmp_path / "other"
    other.mkdir()
    forked = make(other)  # another history under the same key
    write_key(forked, KEY)
    done(forked, "claim", "settle", claim_file, "--key", "S1", "-q")
    shorter = call(forked, "audit", "evidence", str(tmp_path / "b.zip"), "--since", str(kept))
    assert shorter.exit_code == 3
    assert "shorter" in shorter.stderr
    done(forked, "account", "credit", "A", "11", "--key", "one", "-q")
    result = call(forked, "audit", "evidence", str(tmp_path / "b.zip"), "--since", str(kept))
    assert result.exit_code == 3
    assert kept.read_text(encoding="utf-8").splitlines()[2] in result.stderr
    assert not (tmp_path / "b.zip").exists()


@pytest.mark.parametrize("text", [b"no note at all", b"\xff\xfe", b""])
def test_a_file_that_is_no_checkpoint_is_refused(books: Path, tmp_path: Path, text: bytes) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_bytes(text)
    result = call(books, "audit", "evidence", str(tmp_path / "a.zip"), "--since", str(kept))
    assert result.exit_code == 2
    assert "kept.txt" in result.stderr


def _forged(books: Path, path: Path, change: Callable[[Json], object]) -> None:
    """Rewrite the settlement of a store, make every hash again, and sign a package of it."""
    forged = stores.memory()
    with stores.open_reader(books) as store:
        for entry in store.recorder.entries(0, limit=store.recorder.end.entries):
            leaf = leaf_of(entry)
            for line in leaf.lines:
                if line["fact"]["type"] == "claim.settled":
                    change(line["fact"])
            commit(forged.recorder, leaf)
    write(path, forged, scope=Everything(), sealed=sealed(forged), made=made(rule_book()))


def _other_reason(fact: Json) -> None:
    fact["allocation"]["trials"][1][7] = "empty"


def _other_fund(fact: Json) -> None:
    fact["request"]["lines"][0]["fund_fen"] -= 1


def _other_rules(fact: Json) -> None:
    fact["allocation"]["rule_set"] = "rs1:" + "0" * 32


@pytest.mark.parametrize("change", [_other_reason, _other_fund, _other_rules])
def test_a_decision_that_comes_out_differently_is_found_though_every_hash_fits(
    books: Path, tmp_path: Path, change: Callable[[Json], object]
) -> None:
    path = tmp_path / "forged.zip"
    _forged(books, path, change)
    result = call(tmp_path, "audit", "redecide", str(path), "-O", "json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert found["differences"] == len(found["rows"])
    assert {row["place"] for row in found["rows"]} == {"#25 claim.settled claim/C1@1"}


def _unknown(line: bytes) -> bytes:
    return line.replace(b'"account.debited"', b'"account.stolen"')


def _missing_field(line: bytes) -> bytes:
    return line.replace(b'"beneficiary":', b'"benefactor":')


def _deep(line: bytes) -> bytes:
    return line.replace(b'"effective_on":', b'"deep":' + b"[" * 90_000 + b',"effective_on":')


def _too_late(line: bytes) -> bytes:
    return line.replace(b'"service_date":"2026-03-01"', b'"service_date":"9999-12-31"')


def _no_such_day(line: bytes) -> bytes:
    return line.replace(b'"service_date":"2026-03-01"', b'"service_date":"2026-02-30"')


def _too_much(line: bytes) -> bytes:
    return line.replace(b'"total_fen":100000', b'"total_fen":9' + b"0" * 400)


@pytest.mark.parametrize(
    "change", [_unknown, _missing_field, _deep, _too_late, _no_such_day, _too_much]
)
def test_values_that_no_ledger_writes_are_found_or_refused(
    books: Path, tmp_path: Path, change: Callable[[bytes], bytes]
) -> None:
    path, hostile = tmp_path / "all.zip", stores.memory()
    done(books, "audit", "evidence", str(path))
    with stores.open_reader(books) as store:
        for entry in store.recorder.entries(0, limit=store.recorder.end.entries):
            body, events = change(entry.body), len(split(entry.body).lines)
            hostile.recorder.commit([Entry(body, events, ())], after=hostile.recorder.end)
    entries = hostile.recorder.entries(0, limit=hostile.recorder.end.entries)
    text = b"".join(entry.body + b"\n" for entry in entries)
    package, note = Opened(path), sealed(hostile).note.encode()
    assert text != package.members["entries.txt"]
    manifest = package.manifest
    manifest["members"]["entries.txt"] = sha256(text).hexdigest()
    package.rewritten(
        path,
        MANIFEST_json=json.dumps(manifest).encode(),
        checkpoint_txt=note,
        entries_txt=text,
    )
    result = call(tmp_path, "audit", "redecide", str(path))
    assert result.exit_code in {1, 2}
    assert "bug" not in result.stderr


def test_a_broken_package_is_refused(books: Path, tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    done(books, "audit", "evidence", str(path))
    package = Opened(path)
    path.write_bytes(b"no zip")
    result = call(books, "audit", "redecide", str(path))
    assert result.exit_code == 2
    assert "cannot be read" in result.stderr
    package.rewritten(path, entries_txt=b"")
    assert call(books, "audit", "redecide", str(path)).exit_code == 2
    assert call(books, "audit", "redecide", str(tmp_path / "missing.zip")).exit_code == 2


def test_what_is_said_is_said_in_both_languages(books: Path, tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    zh = done(books, "audit", "evidence", str(path), "--lang", "zh").stdout
    assert "整本账" in zh
    assert "gongji-verify" in zh
    en = done(books, "audit", "redecide", str(path), "--lang", "en").stdout
    assert "comes out the same" in en
