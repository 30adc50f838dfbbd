"""The states of streams as they stand committed, folded on demand and kept at hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from domain.facts import Kind

if TYPE_CHECKING:
    from domain.facts import Stream
    from ledger.store import Store

Evolve = Callable[[Any, Any], Any]
"""`evolve(state | None, fact) -> state` of one kind of stream; states are frozen."""

CAPACITY = {Kind.PERSON: 1_000_000, Kind.POOL: 300_000, Kind.CLAIM: 20_000}
"""How many states of each kind stay in memory. People come back to the till, claims seldom do."""


class Versioned(NamedTuple):
    """A state, and the version of the event that led to it."""

    state: Any
    version: int


class IdentityMap:
    """One state a stream, as of the last commit.

    It is only ever told of committed states, so a failed commit cannot leave it wrong. States
    are frozen and handed out as they are. Beyond the capacity of their kind the ones longest
    unchanged are dropped; they are folded again when asked for, so the bound costs time, never
    truth.
    """

    def __init__(
        self,
        store: Store,
        evolve: Mapping[Kind, Evolve],
        *,
        capacity: Mapping[Kind, int] = CAPACITY,
    ) -> None:
        """Start empty, over what the store holds; `evolve` folds each kind of stream."""
        self.evolve = evolve
        self.answer = store.recorder.answer
        self._read = store.stream
        self._capacity = capacity
        self._states: dict[Kind, dict[str, Versioned]] = {kind: {} for kind in Kind}

    def at_hand(self, stream: Stream) -> Versioned | None:
        """Give the state of a stream if it is in memory."""
        return self._states[stream.kind].get(stream.key)

    def load(self, stream: Stream) -> Versioned | None:
        """Give the state of a stream, or None where nothing has happened yet."""
        known = self.at_hand(stream)
        if known is None:
            known = self._fold(stream)
            if known is not None:
                self.keep({stream: known})
        return known

    def keep(self, states: Mapping[Stream, Versioned]) -> None:
        """Take over states that have been committed."""
        for (kind, key), versioned in states.items():
            known = self._states[kind]
            known.pop(key, None)  # so that it goes to the young end
            known[key] = versioned
        for kind, known in self._states.items():
            while len(known) > self._capacity[kind]:
                del known[next(iter(known))]

    def _fold(self, stream: Stream) -> Versioned | None:
        evolve = self.evolve[stream.kind]
        state, version = None, 0
        for event in self._read(stream):
            state, version = evolve(state, event.fact), event.originator_version
        return Versioned(state, version) if version else None
