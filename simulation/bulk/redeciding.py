"""Deciding a log again: the kernel sees the same rows in the same order and must say the same.

This alone shows that limits were obeyed. What it finds after a first difference may follow from
that one, since the kernel goes on from what it has decided itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.bulk.arrays import SETTLE, Decided, Legs, Memory, Rows, State
from simulation.bulk.deciding import Decide, Outcome, empty_memory
from simulation.bulk.kernel.desk import SEGMENTS
from simulation.bulk.restoring import slots
from simulation.bulk.rules import RuleTable
from simulation.bulk.schema import Batch

Array = NDArray[Any]

_OF_LINES = Memory._fields[Memory._fields.index("line") : Memory._fields.index("pot")]
_OF_LEGS = Memory._fields[Memory._fields.index("pot") :]


class Difference(NamedTuple):
    """The first thing that is decided otherwise about one bill; rows are places in the batch."""

    row: int
    what: str  # a field of `Decided` or of `Legs`
    expected: int
    found: int


class Redeciding:
    """A second run over a log, on a state of its own, which is changed in place."""

    def __init__(self, state: State, table: RuleTable, *, cancelled: Array, decide: Decide) -> None:
        """Begin with the opening state; `cancelled` are the claims that the log's rows cancel."""
        self._state, self._table = state, table
        self._cancelled, self._decide = cancelled, decide
        self._memory = empty_memory(len(cancelled))

    def take(self, batch: Batch) -> Iterator[Difference]:
        """Decide a batch; give one difference for each bill that comes out otherwise."""
        rows = batch.rows._replace(slot=slots(batch.rows, self._cancelled))
        self._memory = _with_room(self._memory, rows, self._state)
        self._state, outcome = self._decide(
            self._state, self._table.rules, rows=rows, memory=self._memory
        )
        return _differences(batch, outcome)


def _with_room(memory: Memory, rows: Rows, state: State) -> Memory:
    """Give the memory with room for the bills of a batch that will be cancelled."""
    kept = (rows.kind == SETTLE) & (rows.slot >= 0)
    if not np.any(kept):
        return memory
    patient = rows.patient[kept]
    relations = state.first_edge[patient + 1].astype(np.int64) - state.first_edge[patient]
    lines = int((memory.first_line + memory.lines).max(initial=0)) + len(patient)
    legs = int((memory.first_leg + memory.legs).max(initial=0))
    legs += SEGMENTS * int((relations + 2).sum())
    sizes = dict.fromkeys(_OF_LINES, lines) | dict.fromkeys(_OF_LEGS, legs)
    return memory._replace(
        **{name: _grown(getattr(memory, name), size) for name, size in sizes.items()}
    )


def _grown(array: Array, size: int) -> Array:
    """Give an array of at least a size, for which it may be copied with room to spare."""
    if len(array) >= size:
        return array
    return np.append(array, np.zeros(2 * size - len(array), array.dtype))


def _differences(batch: Batch, outcome: Outcome) -> Iterator[Difference]:
    """Give the first difference of each bill, in order of rows."""
    found: dict[int, Difference] = {}
    for name, ours, theirs in zip(Decided._fields, outcome.decided, batch.decided, strict=True):
        for row in np.flatnonzero(ours != theirs).tolist():
            found.setdefault(row, Difference(row, name, int(ours[row]), int(theirs[row])))
    ours_at, theirs_at, row_of = _paired(outcome.decided.legs, batch.decided.legs)
    for name, ours, theirs in zip(Legs._fields, outcome.legs, batch.legs, strict=True):
        for leg in np.flatnonzero(ours[ours_at] != theirs[theirs_at]).tolist():
            row = int(row_of[leg])
            one, other = int(ours[ours_at[leg]]), int(theirs[theirs_at[leg]])
            found.setdefault(row, Difference(row, name, one, other))
    return (found[row] for row in sorted(found))


def _paired(ours: Array, theirs: Array) -> tuple[Array, Array, Array]:
    """Give the legs of bills that have as many on both sides: places here and there, and rows."""
    rows = np.flatnonzero((ours == theirs) & (ours > 0))
    counts = ours[rows].astype(np.int64)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    starts = (np.cumsum(each, dtype=np.int64) - each for each in (ours, theirs))
    ours_at, theirs_at = (np.repeat(start[rows], counts) + within for start in starts)
    return ours_at, theirs_at, np.repeat(rows, counts)
