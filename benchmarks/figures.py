"""Figures of repeated measurements: the median, with the lowest and the highest beside it."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median_low
from typing import NamedTuple


class Spread(NamedTuple):
    """What several runs gave. The median is a value that was really measured."""

    median: int
    low: int
    high: int


class Rate(NamedTuple):
    """So many events in so many nanoseconds."""

    events: int
    elapsed_ns: int

    @property
    def per_second(self) -> int:
        """Give events a second."""
        return self.events * 10**9 // max(self.elapsed_ns, 1)


def spread(values: Iterable[int]) -> Spread:
    """Give median and extremes of at least one value."""
    found = sorted(values)
    return Spread(median_low(found), found[0], found[-1])


def cost_permille(of: Spread, against: Spread) -> int:
    """Give by how many thousandths a throughput stays behind another; negative: it is ahead."""
    return round((against.median - of.median) * 1000 / max(against.median, 1))
