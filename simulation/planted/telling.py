"""What was told, as recorded events: in a list, or written into a store past the domain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from domain.facts import Change, Fact, Kind, Meta, Stream
from domain.ids import MessageId
from ledger.recorded import RecordedEvent
from ledger.writer import Decided, Job, Writer

if TYPE_CHECKING:
    from ledger.store import Store
    from ledger.workspace import Workspace

Events = list[tuple[int, RecordedEvent]]
"""Recorded events with their positions."""


class Told(NamedTuple):
    """What one command is made to have done."""

    changes: tuple[Change, ...]
    at: datetime
    actor: str


def events(told: Iterable[Told]) -> Events:
    """Give all that was told as recorded events with their positions."""
    versions: Counter[Stream] = Counter()
    found: Events = []
    for number, each in enumerate(told, 1):
        meta = Meta(each.at, each.actor, cause=f"m{number}", correlation=f"m{number}")
        for stream, fact in each.changes:
            versions[stream] += 1
            event = RecordedEvent(stream, versions[stream], meta, fact)
            found.append((len(found) + 1, event))
    return found


def write(told: Iterable[Told], store: Store) -> None:
    """Write all that was told into an empty store, whatever the domain would say of it.

    The writer folds nothing, every state is the last fact, and so nothing is refused. It never
    goes back in time: an event told as of an earlier instant is recorded at the one before it.
    """
    with Writer(store, dict.fromkeys(Kind, _last)) as writer:
        for number, each in enumerate(told, 1):
            writer.execute(_job(number, each))


def _last(state: Any, fact: Fact) -> Fact:  # noqa: ANN401  # whatever was there before
    del state
    return fact


def _job(number: int, told: Told) -> Job:
    key = MessageId(f"m{number}")

    def decide(seen: Workspace, recorded_at: datetime) -> Decided:
        assert recorded_at >= told.at
        seen.record(told.changes)
        return Decided(answer=b"{}", correlation=key)

    return Job(key, digest=b"", at=told.at, actor=told.actor, decide=decide)
