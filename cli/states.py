"""One stream's state as things stand or as they were known, folded from its events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from cli.errors import refused
from cli.session import reading
from domain.refusals import Code, refuse

if TYPE_CHECKING:
    from cli.settings import Settings
    from domain.facts import Stream
    from ledger.recorded import RecordedEvent
    from ledger.store import Store


class State(NamedTuple):
    """A state, the position of the store that it goes with, and the events behind it."""

    value: Any
    position: int
    events: tuple[RecordedEvent, ...]


_FACT = {
    Code.UNKNOWN_PERSON: "person",
    Code.UNKNOWN_POOL: "pool",
    Code.UNKNOWN_CLAIM: "claim",
    Code.UNKNOWN_FINDING: "finding",
}


def known_state(settings: Settings, stream: Stream, *, otherwise: Code) -> State:
    """Give the state of a stream, or end with the refusal `otherwise`."""
    with reading(settings) as store:
        return state_in(settings, store, stream, otherwise=otherwise)


def state_in(settings: Settings, store: Store, stream: Stream, *, otherwise: Code) -> State:
    """Give the state of a stream of an open store, as of `--as-known-at` where that is given."""
    from projections.moments import position_at
    from projections.stream_history import steps

    end = position_at(store, settings.as_known_at)
    known = [step for step in steps(store, stream) if step.position <= end]
    if not known:
        raise refused(refuse(otherwise, **{_FACT[otherwise]: stream.key}), settings.lang)
    return State(known[-1].state, end, tuple(step.event for step in known))
