"""Packages of histories that tests make."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from domain.rules import RuleBook
from interchange.evidence.package import Made, Sealed, write
from interchange.evidence.scopes import Scope
from ledger.store import Store
from tests.interchange.opened import Opened

ORIGIN = "example.cn/gongji"


def made(book: RuleBook) -> Made:
    """Give who makes packages here, and when."""
    return Made("gongji 0.1.0", datetime(2026, 11, 22, 4, 0, tzinfo=UTC), book)


def note(store: Store, size: int) -> bytes:
    """Give a checkpoint of a size."""
    root = store.recorder.log().root(size)
    return b"%s\n%d\n%s\n\nsig\n" % (ORIGIN.encode(), size, b64encode(root))


def sealed(
    store: Store, *, size: int | None = None, older: Sequence[int] = (), since: Sequence[int] = ()
) -> Sealed:
    """Sign the log of a store at a size, by default the present one."""
    size = store.recorder.end.entries if size is None else size
    return Sealed(
        origin=ORIGIN,
        size=size,
        position=store.recorder.entry(size).last,
        root=store.recorder.log().root(size),
        note=note(store, size),
        vkey="vkey",
        older={each: note(store, each) for each in older},
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


def proof_in(package: Opened, number: int) -> tuple[int, list[bytes], bytes]:
    """Give index, hashes and note of the proof of an entry."""
    text = package.members[f"proofs/{number:09}.tlog-proof"]
    head, _, found = text.partition(b"\n\n")
    form, index, *hashes = head.decode().split("\n")
    assert form == "c2sp.org/tlog-proof@v1"
    return int(index.removeprefix("index ")), [b64decode(each) for each in hashes], found
