"""Deciding beyond one process: the shards of each batch go wherever there are hands.

An engine is called as the kernel is, changes state and memory as the kernel does, and gives the
same outcome: how many shards there were, and who decided them, cannot be told from what it gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise

import numpy as np

from simulation.bulk.arrays import CANCEL, ROLL, Decided, Legs, Memory, Rows, Rules, State, Tried
from simulation.bulk.cluster.components import Marks, deal, marks_for
from simulation.bulk.cluster.processes import worker_processes
from simulation.bulk.cluster.shards import Cut, Shard, cut, merged, put_back
from simulation.bulk.cluster.tasks import MapShards, Task
from simulation.bulk.deciding import Decide, Outcome, compiled

_PER_HAND = 2
"""Shards for each worker, so that the first ones are decided while others are still cut."""


class Engine:
    """Decides batches by shards; holds marks for one state and one memory."""

    def __init__(
        self, map_shards: MapShards, *, shards: int, make: Callable[[], Decide] = compiled
    ) -> None:
        """Cut each batch into so many shards, for kernels that `make` gives."""
        assert shards > 0
        self._map = map_shards
        self._shards = shards
        self._make = make
        self._marks: Marks | None = None
        self._task: Task | None = None

    def __call__(
        self,
        state: State,
        rules: Rules,
        *,
        rows: Rows,
        memory: Memory,
        trace: bool = False,
    ) -> tuple[State, Outcome]:
        """Decide rows as the kernel would, see `Decide`; years are rolled here, all at once."""
        task = self._told(Task(rules, self._make, trace))
        if len(rows.kind) == 0:
            return self._make()(state, rules, rows=rows, memory=memory, trace=trace)
        outcomes = []
        for first, end in stretches(rows):
            part = Rows(*(each[first:end] for each in rows))
            if part.kind[0] == ROLL:
                state, outcome = self._make()(state, rules, rows=part, memory=memory, trace=trace)
            else:
                state, outcome = self._by_shards(state, task, rows=part, memory=memory)
            outcomes.append((first, outcome))
        return state, _one_after_another(outcomes)

    def _told(self, task: Task) -> Task:
        """Give the task of the batch before if this one is the same."""
        before = self._task
        if before is None or before.rules is not task.rules or before.trace != task.trace:
            self._task = before = task
        return before

    def _by_shards(
        self, state: State, task: Task, *, rows: Rows, memory: Memory
    ) -> tuple[State, Outcome]:
        marks = self._marks_of(state, memory)
        dealt = deal(state, rows, memory=memory, marks=marks, shards=self._shards)
        one = cut(state, rows, rules=task.rules, memory=memory, dealt=dealt, marks=marks)
        cuts: list[Cut] = []

        def shards() -> Iterator[Shard]:
            for number in np.unique(dealt.row_shard):
                shard, outside = one(int(number))
                cuts.append(outside)
                yield shard

        answers = list(self._map(task, shards()))
        parts = list(zip(cuts, answers, strict=True))
        return put_back(state, memory, parts=parts), merged(parts)

    def _marks_of(self, state: State, memory: Memory) -> Marks:
        """Give marks that fit; they are made anew if the state or the memory is another."""
        sizes = len(state.current), len(memory.standing)
        if self._marks is None or sizes != tuple(map(len, self._marks)):
            self._marks = marks_for(state, memory)
        return self._marks


def stretches(rows: Rows) -> list[tuple[int, int]]:
    """Give the first row and the row after the last of each stretch that can be dealt at once.

    Rolls are apart. So are cancellations of one bill that do not follow each other: in a shard
    they might, and would be one.
    """
    starts = {0, len(rows.kind), *(np.flatnonzero(np.diff(rows.kind == ROLL)) + 1).tolist()}
    cancels = (rows.kind == CANCEL) & (rows.slot >= 0)
    first_of = cancels.copy()
    first_of[1:] &= ~cancels[:-1] | (rows.slot[1:] != rows.slot[:-1])
    met: set[int] = set()
    for row in np.flatnonzero(first_of).tolist():
        slot = int(rows.slot[row])
        if slot in met:
            starts.add(row)
            met.clear()
        met.add(slot)
    return list(pairwise(sorted(starts)))


def _one_after_another(outcomes: list[tuple[int, Outcome]]) -> Outcome:
    """Join the outcomes of stretches that begin at some rows."""
    if len(outcomes) == 1:
        return outcomes[0][1]
    decided = zip(*(each.decided for _, each in outcomes), strict=True)
    legs = zip(*(each.legs for _, each in outcomes), strict=True)
    tried = zip(
        *(each.tried._replace(row=each.tried.row + first) for first, each in outcomes), strict=True
    )
    return Outcome(
        Decided(*map(np.concatenate, decided)),
        Legs(*map(np.concatenate, legs)),
        Tried(*map(np.concatenate, tried)),
    )


@contextmanager
def engine_of(
    processes: int = 1, *, cluster: str | None = None, shards: int | None = None
) -> Iterator[Decide]:
    """Give the kernel of this process, or an engine of so many processes or of a Ray cluster.

    `cluster` is an address as Ray has it: `auto`, `host:port` or `ray://host:port`.
    """
    if cluster is not None:
        from simulation.bulk.cluster.ray_tasks import ray_tasks  # noqa: PLC0415  # an extra of its own

        with ray_tasks(cluster) as (map_shards, hands):
            yield Engine(map_shards, shards=shards or _PER_HAND * hands)
    elif processes > 1:
        with worker_processes(processes) as map_shards:
            yield Engine(map_shards, shards=shards or _PER_HAND * processes)
    else:
        yield compiled()
