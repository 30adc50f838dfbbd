"""Looking things up and putting them back by their places: small steps over whole arrays."""

from __future__ import annotations

import numpy as np

from simulation.bulk.arrays import Numbers


def ranges(first: Numbers, count: Numbers) -> Numbers:
    """Give `count[0]` numbers from `first[0]` on, then `count[1]` from `first[1]` on, and so on."""
    end = np.cumsum(count, dtype=np.int64)
    numbers = np.arange(end[-1] if len(end) else 0)
    return numbers + np.repeat(first - end + count, count)


def owned(owner: Numbers, persons: Numbers) -> Numbers:
    """Give the places of what some persons own in a table that ascends by owner."""
    first = np.searchsorted(owner, persons, "left")
    return ranges(first, np.searchsorted(owner, persons, "right") - first)


def distinct(numbers: Numbers, size: int) -> tuple[Numbers, Numbers]:
    """Give the numbers that occur, once each, and for every number its place among them.

    All are below `size`. Needs no sort: of each number it is remembered where it came last.
    """
    seen = np.empty(size, np.int32)
    places = np.arange(len(numbers), dtype=np.int32)
    seen[numbers] = places
    once = numbers[seen[numbers] == places]
    seen[once] = np.arange(len(once), dtype=np.int32)
    return once, seen[numbers]


def named(names: Numbers, places: Numbers) -> Numbers:
    """Give the name of each place, of the places' type; what is below zero is left as it is."""
    if len(names) == 0:
        return places
    return np.where(places >= 0, names[np.maximum(places, 0)], places).astype(places.dtype)


def placed(places: Numbers, parts: list[Numbers]) -> Numbers:
    """Give the elements of all parts together, each at its place."""
    together = np.concatenate(parts)
    result = np.empty_like(together)
    result[places] = together
    return result
