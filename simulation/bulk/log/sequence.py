"""Whether rows and legs are numbered without a gap: one look at each number, nothing copied."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from simulation.bulk.machine_code import compiled

Array = NDArray[Any]


@compiled
def rises_by_one(seq: Array) -> bool:
    """Tell whether each number is the one after its predecessor."""
    wrong = 0
    for row in range(1, len(seq)):
        wrong |= seq[row] - seq[row - 1] - 1
    return wrong == 0


def are_announced(counts: Array, seq: Array, *, first_seq: int) -> bool:
    """Tell whether legs stand after each other as their rows count them, under their numbers.

    `counts` has one element a row, `seq` one a leg: the number of the first row of its bill.
    """
    return bool(_are_announced(counts, seq, first_seq))


@compiled
def _are_announced(counts: Array, seq: Array, first_seq: int) -> bool:
    leg = 0
    for row in range(len(counts)):
        end = leg + counts[row]
        if counts[row] < 0 or end > len(seq):
            return False
        while leg < end:
            if seq[leg] != first_seq + row:
                return False
            leg += 1
    return leg == len(seq)
