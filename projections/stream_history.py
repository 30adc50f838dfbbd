"""The history of one stream: each event with the state after it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from ledger.view import EVOLVE

if TYPE_CHECKING:
    from domain.facts import Stream
    from ledger.recorded import RecordedEvent
    from ledger.store import Store


class Step(NamedTuple):
    """One event of a stream, with its position and the state that it led to."""

    position: int
    event: RecordedEvent
    state: object


def steps(store: Store, stream: Stream) -> Iterator[Step]:
    """Give every event of a stream with the state after it, oldest first.

    Raises:
        StoreDamaged, StoreNewer: one of them is not found, or cannot be read.
    """
    state: object = None
    for position, event in store.placed(stream):
        state = EVOLVE[stream.kind](state, event.fact)
        yield Step(position, event, state)
