"""The states of streams as they stand committed, folded on demand and kept at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from domain.facts import Kind, Stream
    from ledger.recorded import RecordedEvent

Evolve = Callable[[Any, Any], Any]
"""`evolve(state | None, fact) -> state` of one kind of stream; states are frozen."""


class Versioned(NamedTuple):
    """A state, and the version of the event that led to it."""

    state: Any
    version: int


class IdentityMap:
    """One state a stream, as of the last commit.

    It is only ever told of committed states, so a failed commit cannot leave it wrong. States
    are frozen and handed out as they are. Beyond `capacity` the ones longest unchanged are
    dropped; they are folded again when asked for, so the bound costs time, never truth.
    """

    def __init__(
        self,
        read: Callable[[Stream], Iterable[RecordedEvent]],
        evolve: Mapping[Kind, Evolve],
        *,
        capacity: int = 500_000,
    ) -> None:
        """Start empty; `read` gives the committed events of a stream, oldest first."""
        self.evolve = evolve
        self._read = read
        self._capacity = capacity
        self._states: dict[Stream, Versioned] = {}

    def load(self, stream: Stream) -> Versioned | None:
        """Give the state of a stream, or None where nothing has happened yet."""
        known = self._states.get(stream)
        if known is None:
            known = self._fold(stream)
            if known is not None:
                self.keep({stream: known})
        return known

    def keep(self, states: Mapping[Stream, Versioned]) -> None:
        """Take over states that have been committed."""
        for stream, versioned in states.items():
            self._states.pop(stream, None)  # so that it goes to the young end
            self._states[stream] = versioned
        while len(self._states) > self._capacity:
            del self._states[next(iter(self._states))]

    def _fold(self, stream: Stream) -> Versioned | None:
        evolve = self.evolve[stream.kind]
        state, version = None, 0
        for event in self._read(stream):
            state, version = evolve(state, event.fact), event.originator_version
        return Versioned(state, version) if version else None
