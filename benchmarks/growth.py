"""A section of the report: what settling costs when there are many people, or a long history."""

from __future__ import annotations

from time import perf_counter_ns
from typing import NamedTuple

from benchmarks.books import empty, serving
from benchmarks.clients import Runs
from benchmarks.figures import Rate, cost_permille
from benchmarks.setting import MANY, Setting, Size
from benchmarks.workload import families, persons_in
from domain.text import Text


class Grown(NamedTuple):
    """Settling with so many persons, after so many settlements; `founding` counts events."""

    persons: int
    settled: int
    founding: Rate
    runs: Runs


class Growth(NamedTuple):
    """The smallest ledger first; it is what the others are compared with."""

    grown: tuple[Grown, ...]

    def cost_permille(self, grown: Grown) -> int:
        """Give by how many thousandths a ledger is slower than the first; negative: faster."""
        return cost_permille(grown.runs.per_second, self.grown[0].runs.per_second)


def measure(size: Size, setting: Setting) -> Growth:
    """Measure with more and more people, then with few people and a long history."""
    points = [(persons, 0) for persons in size.grown_persons]
    if size.grown_settlements:
        points.append((size.grown_persons[0], size.grown_settlements))
    return Growth(tuple(_grown(size, setting, persons=persons, settled=n) for persons, n in points))


def _grown(size: Size, setting: Setting, *, persons: int, settled: int) -> Grown:
    setting.tell(
        Text(
            f"增长：{persons:,} 人，已有 {settled:,} 笔",
            f"growth: {persons:,} persons, {settled:,} settlements beforehand",
        )
    )
    known = families(persons)
    path = empty(setting, f"grown-{persons}-{settled}")
    # Whoever was just enrolled is in memory, as everybody is at a till that runs for long.
    with serving(path, setting.book, known=known, at_hand=False) as till:
        begun = perf_counter_ns()
        till.found()
        founding = Rate(till.application.store.recorder.last_position, perf_counter_ns() - begun)
        till.fill(settled)
        runs = [
            till.settle(size.settlements, clients=MANY, seconds=size.seconds)
            for _ in range(size.repeat)
        ]
    return Grown(persons_in(known), settled, founding, Runs(tuple(runs)))
