"""Moments of a history: a position, or an instant that stands for the last event before it.

The writer never lets the instants of recording fall back, so one moment has one position.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from projections.questions import Known

if TYPE_CHECKING:
    from ledger.store import Store


def position_at(store: Store, moment: Known) -> int:
    """Give the position of the last event that was recorded at a moment; 0 before the first.

    An instant is looked up by halving, in as many readings as the number of entries has digits
    in base two.

    Raises:
        StoreDamaged, StoreNewer: an entry on the way cannot be read.
    """
    last = store.recorder.last_position
    match moment:
        case None:
            return last
        case datetime():
            return _last_before(store, moment)
        case _:
            return min(moment, last)


def recorded_at(store: Store, position: int) -> datetime | None:
    """Give when the event at a position was recorded; None at position 0."""
    found = next(store.events(position - 1, upto=position), None) if position else None
    return found[1].meta.recorded_at if found else None


def _last_before(store: Store, instant: datetime) -> int:
    low, high = 0, store.recorder.end.entries
    while low < high:
        middle = (low + high + 1) // 2
        recorded = _instant_of(store, middle)
        if recorded is None or recorded <= instant:
            low = middle
        else:
            high = middle - 1
    return store.recorder.entry(low).last if low else 0


def _instant_of(store: Store, number: int) -> datetime | None:
    """Give when the last event up to an entry was recorded; an entry may have none of its own."""
    while number:
        events = store.mapper.events_of(store.recorder.entry(number))
        if events:
            return events[-1].meta.recorded_at
        number -= 1
    return None
