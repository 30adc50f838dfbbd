"""Strata of a frame, and how many items of each are drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from heapq import heapify, heapreplace
from itertools import pairwise
from math import isqrt

from domain.money import format_yuan
from projections.sampling.codes import Allotment, By
from projections.sampling.frame import Item

Strata = Mapping[str, Sequence[int]]
"""The places of the items in the frame, by the name of their stratum."""

LEAST = 2  # items of a stratum: of fewer, nothing is known of their spread
_SCALE = 10**12  # of squares, so that roots are exact to a millionth of a fen


def strata_of(items: Sequence[Item], by: By, *, bands: Sequence[int] = ()) -> Strata:
    """Divide a frame; `bands` are ascending bounds in fen, each the first amount of its stratum."""
    found: dict[str, list[int]] = {}
    if by is By.AMOUNT:
        found = {name: [] for name, _, _ in _bands(bands)}
    for place, item in enumerate(items):
        name = _band(item.amount_fen, bands) if by is By.AMOUNT else getattr(item, by)
        found.setdefault(name, []).append(place)
    names = found if by is By.AMOUNT else sorted(found)
    return {name: found[name] for name in names if found[name]}


def allotted(
    items: Sequence[Item], strata: Strata, *, size: int, allotment: Allotment
) -> dict[str, int]:
    """Say how many items of each stratum are drawn: at least two, at most all of it.

    Beyond the least each next item goes to the stratum with the largest w² ÷ n(n + 1), where n is
    what it has and w its number of items (proportional) or that times the standard deviation of
    their amounts (Neyman). These are equal proportions, whole numbers that are exactly best for
    Neyman's allocation: T. Wright, The Equivalence of Neyman Optimum Allocation for Sampling and
    Equal Proportions for Apportioning the U.S. House of Representatives, The American Statistician
    66 (2012). Ties go to the earlier stratum.
    """
    given = {name: min(LEAST, len(places)) for name, places in strata.items()}
    assert sum(given.values()) <= size <= len(items), (given, size)
    squares = _squares(items, strata, allotment=allotment)
    queue = [
        (-_priority(squares[name], given[name]), rank, name)
        for rank, name in enumerate(strata)
        if given[name] < len(strata[name])
    ]
    heapify(queue)
    for _ in range(size - sum(given.values())):
        _, rank, name = queue[0]
        given[name] += 1
        full = given[name] == len(strata[name])
        after = Fraction(1) if full else -_priority(squares[name], given[name])
        heapreplace(queue, (after, rank, name))  # what is full goes behind everything
    return given


def _squares(items: Sequence[Item], strata: Strata, *, allotment: Allotment) -> dict[str, int]:
    """Give the squared weight of each stratum; without any spread the numbers of items decide."""
    counts = {name: len(places) ** 2 for name, places in strata.items()}
    if allotment is Allotment.PROPORTIONAL:
        return counts
    spreads = {
        name: len(places) ** 2 * _variance([items[place].amount_fen for place in places])
        for name, places in strata.items()
    }
    weights = {name: isqrt(int(spread * _SCALE)) ** 2 for name, spread in spreads.items()}
    return weights if any(weights.values()) else counts


def _variance(amounts: Sequence[int]) -> Fraction:
    count = len(amounts)
    if count < LEAST:
        return Fraction(0)
    squares = count * sum(fen * fen for fen in amounts) - sum(amounts) ** 2
    return Fraction(squares, count * (count - 1))


def _priority(square: int, given: int) -> Fraction:
    return Fraction(square, given * (given + 1))


def _bands(bounds: Sequence[int]) -> list[tuple[str, int | None, int | None]]:
    """Name the strata between bounds, in yuan; the first and the last are open."""
    ends: list[int | None] = [None, *bounds, None]
    return [(f"{_yuan(low)}..{_yuan(high)}", low, high) for low, high in pairwise(ends)]


def _band(fen: int, bounds: Sequence[int]) -> str:
    for name, _, high in _bands(bounds):
        if high is None or fen < high:
            return name
    msg = "the last band is open"
    raise AssertionError(msg)


def _yuan(fen: int | None) -> str:
    return "" if fen is None else format_yuan(fen).replace(",", "")
