"""Reading a history: event by event where it may be damaged, and single events by position."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from domain.text import Text
from ledger import salvage
from ledger.check import Problem
from ledger.errors import StoreDamaged
from ledger.recorded import RecordedEvent
from projections.errors import ReadModelBusy
from projections.tables import TRACKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.store import Store


class Recorded(NamedTuple):
    """An event with its position."""

    position: int
    event: RecordedEvent

    @property
    def place(self) -> str:
        """Name where the event stands, in a form that both languages read."""
        event = self.event
        stream = f"{event.stream.kind}/{event.stream.key}@{event.originator_version}"
        return f"#{self.position} {event.fact.TOPIC} {stream}"


def readable(
    store: Store, *, upto: int | None = None, topics: Sequence[str] = ()
) -> Iterator[Recorded | Problem]:
    """Give every event in order, of all topics or of some, or why it cannot be read."""
    for entry in salvage.entries(store.recorder, upto=store.recorder.end.entries):
        if isinstance(entry, StoreDamaged):
            yield _problem(entry)
            continue
        for position, _, _, found in salvage.events(store.mapper, entry):
            if upto is not None and position > upto:
                return
            if isinstance(found, salvage.Unreadable):
                yield _problem(found)
            elif not topics or found.fact.TOPIC in topics:
                yield Recorded(position, found)


def _problem(unreadable: salvage.Unreadable) -> Problem:
    says = Text(unreadable.says("zh"), unreadable.says("en"))
    return Problem(str(unreadable.facts["place"]), says)


def events_at(store: Store, positions: Sequence[int]) -> Iterator[tuple[int, RecordedEvent]]:
    """Give the events at some positions, in ascending order; neighbours are read together.

    Raises:
        StoreDamaged, StoreNewer: one of them cannot be read.
    """
    for _, run in groupby(enumerate(positions), key=lambda each: each[1] - each[0]):
        span = [position for _, position in run]
        yield from store.events(span[0] - 1, upto=span[-1])


def one_position(connection: Connection, names: Collection[str]) -> int:
    """Give the position at which projections stand, as a transaction of the database sees them.

    Raises:
        ReadModelBusy: they stand apart, because another process is bringing them further.
    """
    found = select(TRACKING.c.projection, TRACKING.c.position)
    wanted = found.where(TRACKING.c.projection.in_(names))
    at = dict(connection.execute(wanted).all())
    if len(set(at.values())) != 1:
        raise ReadModelBusy(projection=max(at, key=lambda name: at[name]))
    return int(max(at.values()))
