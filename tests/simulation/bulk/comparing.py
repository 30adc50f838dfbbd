"""Running a world and comparing what came of it, array by array."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.bulk.arrays import Memory, State
from simulation.bulk.deciding import Decide, Outcome
from tests.simulation.bulk.worlds import World


class Ran(NamedTuple):
    """What came of a world."""

    state: State
    memory: Memory
    outcomes: list[Outcome]


def run(world: World, decide: Decide, *, trace: bool = True) -> Ran:
    """Decide all batches of a world."""
    state = world.state
    outcomes = []
    for rows in world.batches:
        state, outcome = decide(state, world.rules, rows=rows, memory=world.memory, trace=trace)
        outcomes.append(outcome)
    return Ran(state, world.memory, outcomes)


def differences(one: Ran, other: Ran) -> list[str]:
    """Name every array in which two runs differ; the tables of uses by what they say."""
    pairs = zip(_arrays(one), _arrays(other), strict=True)
    return [
        name
        for (name, left), (_, right) in pairs
        if left.dtype != right.dtype or not np.array_equal(left, right)
    ]


def chain_head(ran: Ran) -> str:
    """Give a digest of all arrays, each outcome's chained to the one before."""
    head = b""
    for name, array in _arrays(ran):
        head = sha256(head + name.encode() + array.tobytes()).digest()
    return head.hex()


def _arrays(ran: Ran) -> list[tuple[str, NDArray[Any]]]:
    tuples: list[Any] = [part for outcome in ran.outcomes for part in outcome]
    named = [
        (f"{place} {type(each).__name__}.{name}", array)
        for place, each in enumerate([*tuples, ran.memory, ran.state])
        for name, array in zip(each._fields, each, strict=True)
        if name not in {"use_key", "use_fen"}
    ]
    return [*named, ("uses", _uses(ran.state))]


def _uses(state: State) -> NDArray[np.int64]:
    """Give the uses in order of their keys; what came to nothing is as if it never was."""
    live = np.flatnonzero((state.use_key != -1) & (state.use_fen != 0))
    live = live[np.argsort(state.use_key[live])]
    return np.stack([state.use_key[live], state.use_fen[live]])
