"""The log as it is signed for a package: its present size, and what was signed or kept before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from domain.sealing import LEDGER, CheckpointHandedOver
from domain.text import Text
from ledger.errors import StoreDamaged
from ledger.log.checkpoints import Extension, compare, kept_notes
from ledger.log.notes import BadNote, Checkpoint
from ledger.log.signing import verified

if TYPE_CHECKING:
    from ledger.log.signing import LogKey
    from ledger.store import Store


@dataclass(frozen=True)
class Sealed:
    """The log at the size that is signed for a package.

    `note` is the signed checkpoint and `vkey` the verifier key; `older` are signed notes of
    before, by size, and `since` sizes of others that somebody keeps.
    """

    checkpoint: Checkpoint
    position: int
    note: str
    vkey: str
    older: Mapping[int, str] = field(default_factory=dict)
    since: Sequence[int] = ()

    @property
    def size(self) -> int:
        """Give the number of entries."""
        return self.checkpoint.size


class NotExtended(Exception):  # noqa: N818 - the name says what is wrong
    """The log is not what it was when a checkpoint of it was signed: a fork, or shrunk."""

    def __init__(self, kept: Checkpoint, present: Checkpoint) -> None:
        """Carry the kept checkpoint, and what the log says now at that size, or at its end."""
        self.kept = kept
        self.present = present
        super().__init__(f"{kept.text}{present.text}")


def seal(store: Store, key: LogKey, *, kept: Checkpoint | None = None) -> Sealed:
    """Sign the log at its present size. Nothing is written to the store.

    Raises:
        NotExtended: the log does not extend the checkpoint that somebody kept.
        StoreDamaged: it does not extend one that is kept with it, or that its own history says
            was handed over.
    """
    before = [*_kept_here(store, key), *_handed_over(store, key)]  # first: the log may grow
    end = store.recorder.end
    log = store.recorder.log(end.entries)
    present = Checkpoint(key.name, end.entries, log.root())
    if kept is not None and compare(log, kept) not in _FINE:
        size = min(kept.size, end.entries)
        raise NotExtended(kept, Checkpoint(key.name, size, log.root(size)))
    for place, checkpoint in before:
        if compare(log, checkpoint) not in _FINE:
            raise StoreDamaged(place=place, detail=_REWRITTEN)
    # The same tree gets the same note: what was handed over is signed again.
    older = {each.size: key.sign(size=each.size, root=each.root).written for _, each in before}
    older.pop(end.entries, None)
    return Sealed(
        present,
        end.events,
        key.sign(size=present.size, root=present.root).written,
        key.verifier.written,
        older,
        () if kept is None else (kept.size,),
    )


_FINE = {Extension.EXTENDS, Extension.SAME}
_Found = Iterator[tuple[str, Checkpoint]]


def _kept_here(store: Store, key: LogKey) -> _Found:
    """Give the signed checkpoints in the store's folder, each with the name of its file."""
    if store.path is None:
        return
    for path, written in kept_notes(store.path):
        place = path.relative_to(store.path).as_posix()
        try:
            yield place, verified(written, key.verifier)
        except BadNote as bad:
            raise StoreDamaged(place=place, detail=bad.says) from bad


def _handed_over(store: Store, key: LogKey) -> _Found:
    """Give the checkpoints of this log that its history says were handed over."""
    for event in store.stream(LEDGER):
        fact = event.fact
        if isinstance(fact, CheckpointHandedOver) and fact.origin == key.name:
            place = f"{'/'.join(LEDGER)}@{event.originator_version}"
            yield place, Checkpoint(fact.origin, fact.entries, bytes.fromhex(fact.root))


_REWRITTEN = Text(
    "日志并非由此检查点延伸而来：历史被改写过",
    "the log does not extend this checkpoint: history was rewritten",
)
