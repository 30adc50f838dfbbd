"""Deciding a log again: the kernel sees the same rows in the same order and must say the same.

This alone shows that limits were obeyed. What it finds after a first difference may follow from
that one, since the kernel goes on from what it has decided itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.bulk.arrays import Decided, Legs, State
from simulation.bulk.deciding import Decide, Outcome, empty_memory
from simulation.bulk.log.schema import Batch
from simulation.bulk.reading.claims_rows import slots
from simulation.bulk.remembering import with_room
from simulation.bulk.rules import RuleTable

Array = NDArray[Any]


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
        rows = batch.rows
        slot = slots(rows.kind, rows.claim, cancelled=self._cancelled)
        rows = rows._replace(slot=slot)
        self._memory = with_room(self._memory, self._state, rows=rows)
        self._state, outcome = self._decide(
            self._state, self._table.rules, rows=rows, memory=self._memory
        )
        return _differences(batch, outcome)


def _differences(batch: Batch, outcome: Outcome) -> Iterator[Difference]:
    """Give the first difference of each bill, in order of rows."""
    both = zip((*outcome.decided, *outcome.legs), (*batch.decided, *batch.legs), strict=True)
    if all(np.array_equal(ours, theirs) for ours, theirs in both):
        return iter(())
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
