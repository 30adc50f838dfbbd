"""Room in the memory for bills that will be cancelled, made as the bills come."""

from __future__ import annotations

import numpy as np

from simulation.bulk.arrays import SETTLE, Memory, Rows, State
from simulation.bulk.kernel.desk import SEGMENTS
from simulation.bulk.states.state_checks import Array

_OF_LINES = ("line", "cash", "fund")
_OF_LEGS = ("pot", "edge", "segment", "of_line", "amount", "year")


def with_room(memory: Memory, state: State, *, rows: Rows) -> Memory:
    """Give a memory into which everything that these rows may add fits; it may be the same one.

    A line is paid by its patient's accounts and relations, each by two segments at most.
    """
    kept = (rows.kind == SETTLE) & (rows.slot >= 0)
    patient = rows.patient[kept]
    relations = (state.first_edge[patient + 1] - state.first_edge[patient]).astype(np.int64)
    lines = int((memory.first_line + memory.lines).max(initial=0)) + len(patient)
    legs = int((memory.first_leg + memory.legs).max(initial=0))
    legs += SEGMENTS * int((relations + 2).sum())
    sizes = dict.fromkeys(_OF_LINES, lines) | dict.fromkeys(_OF_LEGS, legs)
    return memory._replace(
        **{
            name: _grown(array, sizes[name])
            for name, array in memory._asdict().items()
            if len(array) < sizes.get(name, 0)
        }
    )


def _grown(array: Array, size: int) -> Array:
    """Give a longer array with the same beginning, and as much room again."""
    grown = np.zeros(2 * size, array.dtype)
    grown[: len(array)] = array
    return grown
