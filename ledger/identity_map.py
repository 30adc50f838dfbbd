"""The states of streams as they stand committed, folded on demand and kept at hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from domain.facts import Kind

if TYPE_CHECKING:
    from domain.facts import Stream
    from ledger.store import Store

Evolve = Callable[[Any, Any], Any]
"""`evolve(state | None, fact) -> state` of one kind of stream; states are frozen."""


class Room(NamedTuple):
    """How many states of a kind are kept as they are, and how many more packed."""

    at_hand: int
    packed: int


ROOM = {
    Kind.PERSON: Room(100_000, 2_000_000),
    Kind.POOL: Room(30_000, 700_000),
    Kind.CLAIM: Room(20_000, 0),  # claims seldom come back
    Kind.LEDGER: Room(1, 0),  # there is one
    Kind.FINDING: Room(20_000, 0),
}
"""About 1.5 GB when all of it is taken: two million persons in families."""


class Versioned(NamedTuple):
    """A state, and the version of the event that led to it."""

    state: Any
    version: int


class IdentityMap:
    """One state a stream, as of the last commit.

    It is only ever told of committed states, so a failed commit cannot leave it wrong. States
    are frozen and handed out as they are. Those longest unchanged are packed into bytes, a fifth
    of their size, and unpacked when asked for; beyond that room they are dropped and folded
    again. So the bound costs time, never truth.
    """

    def __init__(
        self,
        store: Store,
        evolve: Mapping[Kind, Evolve],
        *,
        room: Mapping[Kind, Room] = ROOM,
    ) -> None:
        """Start empty, over what the store holds; `evolve` folds each kind of stream."""
        self.evolve = evolve
        self.answer = store.recorder.answer
        self._read = store.stream
        self._room = room
        self._states: dict[Kind, dict[str, Versioned]] = {kind: {} for kind in Kind}
        self._packed: dict[Kind, dict[str, _Packed]] = {kind: {} for kind in Kind}

    def at_hand(self, stream: Stream) -> Versioned | None:
        """Give the state of a stream if it is in memory."""
        kind, key = stream
        known = self._states[kind].get(key)
        if known is None and key in self._packed[kind]:
            known = _unpack(self._packed[kind].pop(key))
            self._states[kind][key] = known
        return known

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
            self._packed[kind].pop(key, None)
        for kind in self._states:
            self._make_room(kind)

    def _make_room(self, kind: Kind) -> None:
        """Pack what is longest unchanged, and drop what was packed first."""
        states, packed, room = self._states[kind], self._packed[kind], self._room[kind]
        while len(states) > room.at_hand:
            key = next(iter(states))
            packed[key] = _pack(states.pop(key))
        while len(packed) > room.packed:
            del packed[next(iter(packed))]

    def _fold(self, stream: Stream) -> Versioned | None:
        evolve = self.evolve[stream.kind]
        state, version = None, 0
        for event in self._read(stream):
            state, version = evolve(state, event.fact), event.originator_version
        return Versioned(state, version) if version else None


_Packed = tuple[type, bytes, int]


def _pack(versioned: Versioned) -> _Packed:
    state, version = versioned
    return type(state), _write(state), version


def _unpack(packed: _Packed) -> Versioned:
    kind, written, version = packed
    return Versioned(_reader(kind)(written), version)


_write = msgspec.msgpack.Encoder().encode


@cache
def _reader(kind: type) -> Callable[[bytes], Any]:
    return msgspec.msgpack.Decoder(kind).decode
