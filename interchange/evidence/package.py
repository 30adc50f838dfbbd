"""Writing a package: members one after the other, then the manifest that names them all.

Entries come page by page from the store and go straight into the spool, so memory does not grow
with the log. Every leaf is compared with the log on its way out: a store that was changed behind
its own log gives no package.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from functools import lru_cache
from hashlib import sha256
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, NamedTuple

from domain.text import Text
from interchange.evidence.archive import Spool, write_zip
from interchange.evidence.balances import Balances
from interchange.evidence.blocks import block_of
from interchange.evidence.canonical import canonical
from interchange.evidence.readme import readme
from interchange.evidence.rule_files import NamedRules
from interchange.evidence.scopes import Everything, carried
from ledger.errors import StoreDamaged
from ledger.log.notes import InclusionProof
from ledger.log.proofs import inclusion_proof, verify_inclusion
from ledger.log.reading import LogReader
from ledger.log.tree import Edge, grow, leaf_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from domain.rules import RuleBook
    from interchange.evidence.scopes import Carried, Scope
    from interchange.evidence.signing import Sealed
    from ledger.store import Store

FORMAT = "gongji-evidence/1"
MANIFEST, CHECKPOINT, ENTRIES = "MANIFEST.json", "checkpoint.txt", "entries.txt"

_REMEMBERED = 1 << 12  # hashes of subtrees
_EVERY = 1_000  # entries between two reports of progress


class NothingInScope(Exception):  # noqa: N818 - the name says what is wrong
    """No entry of the log belongs to the scope."""


def _untold(done: int, total: int) -> None:
    """Tell nobody."""


class Made(NamedTuple):
    """By which program and when a package is made, by which rules, and whom to tell of progress."""

    by: str
    at: datetime
    book: RuleBook
    tell: Callable[[int, int], None] = _untold


class Package(NamedTuple):
    """A finished package: what the manifest says, size in bytes, and SHA-256 of the file."""

    manifest: Mapping[str, object]
    size: int
    sha256: str


def write(path: Path, store: Store, *, scope: Scope, sealed: Sealed, made: Made) -> Package:
    """Write a package, all or nothing: whoever finds the file finds it whole.

    Raises:
        NothingInScope: there is nothing to carry; no file is left.
        StoreDamaged, StoreNewer: the store is not what its log says, or cannot be read.
    """
    unfinished = path.with_name(f"{path.name}.tmp")
    try:
        with TemporaryFile(dir=path.parent) as file:
            spool = Spool(file)
            counts = _Filling(spool, store, sealed=sealed).fill(scope, made)
            manifest = _manifest(scope, sealed, made, counts) | {"members": spool.digests}
            write_zip(unfinished, (MANIFEST, canonical(manifest)), spool=spool)
        digest = _digest(unfinished)
        size = unfinished.stat().st_size
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return Package(manifest, size, digest)


def _manifest(
    scope: Scope, sealed: Sealed, made: Made, counts: Mapping[str, int]
) -> dict[str, object]:
    return {
        "format": FORMAT,
        "origin": sealed.checkpoint.origin,
        "scope": scope.described(),
        "size": sealed.size,
        "position": sealed.position,
        **{name: counts[name] for name in ("entries", "events", "withheld")},
        "made_with": made.by,
        "made_at": made.at.isoformat(),
    }


def _digest(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


class _Filling:
    """The members on their way into the spool, and what they come to."""

    def __init__(self, spool: Spool, store: Store, *, sealed: Sealed) -> None:
        self._spool = spool
        self._store = store
        self._sealed = sealed
        self._log = LogReader(store.recorder, sealed.size)
        # Proofs of neighbours share most of their hashes; without this each makes hundreds anew.
        self._subtree = lru_cache(maxsize=_REMEMBERED)(self._log.subtree)
        self._rules = NamedRules()
        self._balances = Balances()
        self._numbers: list[int] = []  # of the entries that need a proof

    def fill(self, scope: Scope, made: Made) -> Counter[str]:
        """Write every member but the manifest, in order, and give the counts."""
        sealed, spool = self._sealed, self._spool
        spool.add(CHECKPOINT, sealed.note.encode())
        for size in sorted(sealed.older):
            spool.add(f"checkpoints/{size}.txt", sealed.older[size].encode())
        counts = self._write_entries(scope, made.tell)
        for number in self._numbers:
            spool.add(f"proofs/{number:09}.tlog-proof", self._proof(number))
        for size in sorted({*sealed.older, *sealed.since}):
            spool.add(f"consistency/{size}.txt", self._consistency(size))
        for name, text in self._rules.files(made.book):
            spool.add(name, text)
        if isinstance(scope, Everything):
            with spool.writing("state.json") as write:
                for piece in self._balances.written(size=sealed.size, position=sealed.position):
                    write(piece)
        spool.add("keys/log.vkey", f"{sealed.vkey}\n".encode())
        spool.add("README.txt", readme(scope, origin=sealed.checkpoint.origin, size=sealed.size))
        return counts

    def _write_entries(self, scope: Scope, tell: Callable[[int, int], None]) -> Counter[str]:
        counts: Counter[str] = Counter()
        take = self._take_all if isinstance(scope, Everything) else self._take_some
        with self._spool.writing(ENTRIES) as write:
            for each in take(carried(self._store, scope, size=self._sealed.size)):
                write(block_of(each))
                counts["entries"] += 1
                if counts["entries"] % _EVERY == 0:
                    tell(each.entry.number, self._sealed.size)
                counts["events"] += sum(each.shown)
                counts["withheld"] += each.shown.count(False) + (not each.answer_shown)
                for event, shown in zip(each.events, each.shown, strict=True):
                    if shown:
                        self._rules.note(event.fact)
        if not counts["entries"]:
            raise NothingInScope
        return counts

    def _take_all(self, entries: Iterator[Carried]) -> Iterator[Carried]:
        """Pass every entry on; at the end the tree that grew of them is the signed one."""
        edge = Edge()
        for each in entries:
            edge = grow(edge, [leaf_hash(each.entry.body)]).edge
            for event in each.events:
                self._balances.fold(event)
            yield each
        if (edge.size, edge.root) != self._sealed.checkpoint[1:]:
            raise StoreDamaged(place="log", detail=_OTHER_ROOT)

    def _take_some(self, entries: Iterator[Carried]) -> Iterator[Carried]:
        """Pass entries on whose leaves are those of the log; each needs a proof."""
        for each in entries:
            number = each.entry.number
            if leaf_hash(each.entry.body) != self._log.leaf(number):
                raise StoreDamaged(place=f"entry {number}", detail=_OTHER_LEAF)
            self._numbers.append(number)
            yield each

    def _proof(self, number: int) -> bytes:
        """Prove that an entry is in the signed tree."""
        sealed = self._sealed
        leaf, index = self._log.leaf(number), number - 1
        _, size, root = sealed.checkpoint
        hashes = inclusion_proof(self._subtree, index, size=size)
        if not verify_inclusion(hashes, leaf=leaf, index=index, size=size, root=root):
            raise StoreDamaged(place=f"entry {number}", detail=_OTHER_LEAF)
        return InclusionProof(index, hashes, sealed.note).written.encode()

    def _consistency(self, old: int) -> bytes:
        """Prove that the signed tree extends an older one."""
        hashes = self._log.consistency(old)
        lines = [f"{old} {self._sealed.size}", *(b64encode(each).decode() for each in hashes)]
        return "".join(f"{line}\n" for line in lines).encode()


_OTHER_LEAF = Text("与日志中的叶不符", "it is not the one in the log")
_OTHER_ROOT = Text("条目与签名的树根不符", "the entries do not come to the root that was signed")
