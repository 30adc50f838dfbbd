"""Packages of histories that tests make."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from domain.rules import RuleBook
from interchange.evidence.package import Made, write
from interchange.evidence.scopes import Scope
from interchange.evidence.signing import Sealed
from ledger.log.notes import Checkpoint, InclusionProof, read_proof
from ledger.log.signing import new_key
from ledger.store import Store
from tests.interchange.opened import Opened

KEY = new_key(bytes(range(32)))


def made(book: RuleBook) -> Made:
    """Give who makes packages here, and when."""
    return Made("gongji 0.1.0", datetime(2026, 11, 22, 4, 0, tzinfo=UTC), book)


def sealed(
    store: Store, *, size: int | None = None, older: Sequence[int] = (), since: Sequence[int] = ()
) -> Sealed:
    """Sign the log of a store at a size, by default the present one."""
    size = store.recorder.end.entries if size is None else size
    log = store.recorder.log()
    return Sealed(
        checkpoint=Checkpoint(KEY.name, size, log.root(size)),
        position=store.recorder.entry(size).last,
        note=KEY.sign(size=size, root=log.root(size)).written,
        vkey=KEY.verifier.written,
        older={each: KEY.sign(size=each, root=log.root(each)).written for each in older},
        since=since,
    )


def opened(
    folder: Path, store: Store, scope: Scope, *, book: RuleBook, signed: Sealed | None = None
) -> Opened:
    """Make a package of the log, as signed or at its present size, and open it."""
    path = folder / "package.zip"
    write(path, store, scope=scope, sealed=signed or sealed(store), made=made(book))
    found = Opened(path)
    path.unlink()
    return found


def proof_in(package: Opened, number: int) -> InclusionProof:
    """Give the proof of an entry."""
    return read_proof(package.members[f"proofs/{number:09}.tlog-proof"].decode())
