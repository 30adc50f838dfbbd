"""Running a world and comparing what came of it, array by array."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from simulation.bulk.arrays import Memory, State
from simulation.bulk.deciding import Decide, Outcome
from tests.simulation.bulk.worlds import World


class Ran(NamedTuple):
    """What came of a world."""

    state: State
    memory: Memory
    outcomes: list[Outcome]


def run(world: World, decide: Decide) -> Ran:
    """Decide all batches of a world, with a trace."""
    state = world.state
    outcomes = []
    for rows in world.batches:
        state, outcome = decide(state, world.rules, rows=rows, memory=world.memory, trace=True)
        outcomes.append(outcome)
    return Ran(state, world.memory, outcomes)


def differences(one: Ran, other: Ran) -> list[str]:
    """Name every array in which two runs differ; tables of uses by what they say."""
    named = list(zip(_arrays(one), _arrays(other), strict=True))
    found = [
        f"{name}: {np.flatnonzero(left != right)[:5]}" if len(left) == len(right) else f"{name} len"
        for (name, left), (_, right) in named
        if not (left.dtype == right.dtype and np.array_equal(left, right))
    ]
    return found + ["uses"] * (_uses(one.state) != _uses(other.state))


def _arrays(ran: Ran) -> list[tuple[str, np.ndarray]]:
    tuples = [ran.state, ran.memory] + [part for o in ran.outcomes for part in o]
    return [
        (f"{i} {type(each).__name__}.{name}", array)
        for i, each in enumerate(tuples)
        for name, array in zip(each._fields, each, strict=True)
        if not name.startswith("use_")
    ]


def _uses(state: State) -> dict[int, int]:
    return {
        key: fen
        for key, fen in zip(state.use_key.tolist(), state.use_fen.tolist(), strict=True)
        if key >= 0 and fen
    }
