"""Who lives together: kinds of households, and the members of a block of people.

A household is a word, one letter a member, the head first: W in service, N without employment,
r retired, n old and without employment, C child; of the head's parents R is retired, P is not.
Only families with somebody in employee insurance are made up; N, n, C and P are in resident
insurance. No source counts kinds of households: they are assumed, and were weighed so that the
retired are as many among the employee-insured as officially.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from simulation.population.draws import Array, Draws, chances

LETTERS = "WNrnCRP"
IN_SERVICE = "W"
RETIRED = "rR"

KINDS = {
    "W": 150,
    "WW": 104,
    "WWC": 190,
    "WWCC": 50,
    "WN": 35,
    "WNC": 60,
    "WNCC": 25,
    "WC": 20,
    "WWCRR": 45,
    "WWCPP": 40,
    "WWCR": 35,
    "WNCP": 25,
    "rr": 126,
    "rn": 45,
    "r": 50,
}
"""Of a thousand households, how many are of each kind."""

MEMBERS = max(map(len, KINDS))
"""Most members of a household."""

WOMEN = 450
"""Of a thousand heads, how many are women. Assumed, and so all ages."""

BLOCK = 1 << 17
"""Most persons of a block; each block of a region has streams of its own."""

FAMILIES, ACCOUNTS, RELATIONS, LIVES = range(4)
"""What the streams of a block are for."""

_SIZES = np.array([len(kind) for kind in KINDS], np.int64)
_MEMBERS = np.array(
    [[LETTERS.index(letter) for letter in kind.ljust(MEMBERS, kind[-1])] for kind in KINDS],
    np.uint8,
)
_KIND = chances(dict(enumerate(KINDS.values())), kind="uint8")


class Block(NamedTuple):
    """A part of a region's people: its first person, how many, and its place in the region."""

    region: int
    start: int
    persons: int
    place: int


class Households(NamedTuple):
    """The households of a block. Persons are counted within it."""

    kind: Array  # uint8, for each household: place in `KINDS`
    woman: Array  # bool, for each household: whether the head is a woman
    first: Array  # int64, for each household: its head
    family: Array  # int64, for each person: the household
    letter: Array  # uint8, for each person: place in `LETTERS`

    @property
    def place(self) -> Array:
        """Give each person's place in the household, the head's is 0."""
        return np.arange(len(self.family)) - self.first[self.family]


def blocks(persons: list[int]) -> list[Block]:
    """Cut the people of each region into blocks."""
    found: list[Block] = []
    start = 0
    for region, count in enumerate(persons):
        for place, done in enumerate(range(0, count, BLOCK)):
            size = min(BLOCK, count - done)
            found.append(Block(region, start, size, place))
            start += size
    return found


def households(block: Block, draws: Draws) -> Households:
    """Make the households of a block; the last one has as many members as still fit."""
    kind = draws.picks(block.persons // 2 + 64, _KIND)
    ends = np.cumsum(_SIZES[kind])
    assert ends[-1] >= block.persons, "a household has more than two members on average"
    count = int(np.searchsorted(ends, block.persons)) + 1
    kind = kind[:count]
    first = ends[:count] - _SIZES[kind]
    family = np.repeat(np.arange(count), _SIZES[kind])[: block.persons]
    place = np.arange(block.persons) - first[family]
    woman = draws.happens(count, WOMEN)
    return Households(kind, woman, first, family, _MEMBERS[kind[family], place])
