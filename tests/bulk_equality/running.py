"""Playing rounds and counting what was compared."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from simulation.bulk.deciding import Decide
from tests.bulk_equality.comparing import Difference
from tests.bulk_equality.playing import Desk, Plant, unchanged
from tests.bulk_equality.rounds import play
from tests.bulk_equality.tally import Tally

BILLS = 1_160
"""Bills of one round."""

ROUNDS = 108
"""Rounds of a chunk, in which every area of the shipped rule base is home once."""

CHUNKS = 8
"""Chunks that together compare more than a million claims."""

PLAIN = 18
"""In one round of so many the interpreted kernel decides, too."""

_ENOUGH = 20
"""Differences after which nobody looks further."""


class Compared(NamedTuple):
    """What was met, and what differed."""

    tally: Tally
    differences: list[tuple[int, Difference]]


def compare(
    rounds: Iterable[int], *, decide: Decide, bills: int = BILLS, plant: Plant = unchanged
) -> Compared:
    """Play rounds and compare; stop early where much differs.

    `plant` may change the rules that the kernel is given, to see whether anybody notices.
    """
    compared = Compared(Tally(), [])
    for number in rounds:
        desk = Desk(decide, compared.tally, plant, both=number % PLAIN == 0)
        for difference in play(number, bills=bills, desk=desk):
            compared.differences.append((number, difference))
            if len(compared.differences) >= _ENOUGH:
                return compared
    return compared


def chunk(number: int) -> range:
    """Give the rounds of a chunk."""
    return range(number * ROUNDS, (number + 1) * ROUNDS)
