"""Draws from a seed: whole numbers only, the same on every machine and with every numpy.

Each block of people and each part of a day has a stream of its own, so that any of them can be
made alone. Only the raw numbers of PCG64 are used, which numpy keeps the same for ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from statistics import NormalDist
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

SIZE = 1 << 16
"""How many different draws there are, and the length of every table that is looked up by one."""


class Draws:
    """The stream of one place."""

    def __init__(self, seed: int, *place: int) -> None:
        """Begin the stream of a place; neither may be below 0."""
        self._raw = np.random.PCG64(np.random.SeedSequence(seed, spawn_key=place))

    def numbers(self, count: int) -> Array:
        """Give uint16, each value as likely as any other."""
        return self._some(count, "<u2")

    def below(self, count: int, limit: int) -> Array:
        """Give int64 from 0 up to a limit of at most 2**31, which is not reached."""
        return (self._some(count, "<u4").astype(np.int64) * limit) >> 32

    def picks(self, count: int, table: Array) -> Array:
        """Give values of a table of `SIZE`."""
        return table[self.numbers(count)]

    def happens(self, count: int, per_mille: int | Array) -> Array:
        """Give yes or no, yes so many times in a thousand."""
        limit = np.asarray(per_mille, np.int64) * SIZE // 1000
        return self.numbers(count) < limit

    def _some(self, count: int, kind: str) -> Array:
        width = np.dtype(kind).itemsize
        raw = self._raw.random_raw(-(-count * width // 8))
        return raw.astype("<u8", copy=False).view(kind)[:count]


def chances(weights: Mapping[int, int], *, kind: str = "int16") -> Array:
    """Give a table in which each value has its share of the places, by largest remainder."""
    values = np.array(list(weights), kind)
    return np.repeat(values, shares(SIZE, list(weights.values())))


def combined(*events: Mapping[int, int]) -> dict[int, int]:
    """Give the weights of independent events together; their values are bits, and added."""
    found = {0: 1}
    for event in events:
        found = {
            have + more: weight * chance
            for have, weight in found.items()
            for more, chance in event.items()
        }
    return found


def skewed(mean_fen: int, *, spread: int) -> Array:
    """Give a table of amounts, many small and few large ones, with exactly this mean (to a fen).

    `spread` is the standard deviation of the logarithm in hundredths. The shape is rounded to a
    thousandth of the mean before it is scaled, so that no machine rounds it differently.
    """
    normal = NormalDist(0, spread * 0.01)  # of logarithms; amounts are whole from here on
    middles = (normal.inv_cdf((2 * place + 1) / (2 * SIZE)) for place in range(SIZE))
    shape = np.array([round(1000 * 2.718281828459045**middle) for middle in middles], np.int64)
    table: Array = (shape * mean_fen * SIZE // int(shape.sum())).astype(np.int32)
    return table


def shares(total: int, weights: list[int]) -> list[int]:
    """Divide a number among weights; what rounding leaves goes to the largest remainders."""
    whole = sum(weights)
    given = [total * weight // whole for weight in weights]
    rest = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for place in rest[: total - sum(given)]:
        given[place] += 1
    return given
