"""Draws that anybody can repeat: the same seed and the same frame give the same sample.

A draw is a SHA-256: of the seed, a label and a counter, each followed by a line feed, as UTF-8.
Read as a number of 256 bits it is taken modulo what is asked for; the few numbers at the upper end
that would make some answers likelier are passed over and the counter goes on. Nothing else is
random: no clock, no generator of the language, no order of a dictionary.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import accumulate

_SPACE = 1 << 256


class Draws:
    """Whole numbers by a seed, one after another. `label` keeps draws of one sample apart."""

    def __init__(self, seed: str, label: str) -> None:
        """Begin with counter 1."""
        self._begins = f"{seed}\n{label}\n"
        self._counter = 0

    def below(self, count: int) -> int:
        """Draw a number from 0 to `count` - 1, each equally likely."""
        assert 0 < count < _SPACE, count
        fair = _SPACE - _SPACE % count
        while True:
            self._counter += 1
            written = f"{self._begins}{self._counter}\n".encode()
            number = int.from_bytes(sha256(written).digest(), "big")
            if number < fair:
                return number % count


def simple(count: int, size: int, *, draws: Draws) -> list[int]:
    """Draw `size` of the places 0 to `count` - 1, each set equally likely; ascending.

    Fisher and Yates' shuffle, stopped after `size` steps: the i-th draw picks one of the places
    from i on, which changes seats with place i. A larger sample contains a smaller one.
    """
    assert 0 <= size <= count, (size, count)
    moved: dict[int, int] = {}
    chosen = []
    for place in range(size):
        other = place + draws.below(count - place)
        chosen.append(moved.get(other, other))
        moved[other] = moved.get(place, place)
    return sorted(chosen)


def systematic(count: int, size: int, *, draws: Draws) -> list[int]:
    """Give every (count / size)-th place from a random start; each place is equally likely.

    The start is a whole number u of size-ths below `count`, the i-th place (u + i × count) ÷ size.
    """
    assert 0 < size <= count, (size, count)
    start = draws.below(count)
    return [(start + step * count) // size for step in range(size)]


def money_units(amounts: Sequence[int], interval_fen: int, *, draws: Draws) -> Iterator[int]:
    """Give the places of the items that hold every `interval_fen`-th fen from a random start.

    An item of `interval_fen` or more is always among them, and given once.
    """
    assert interval_fen > 0, interval_fen
    unit = 1 + draws.below(interval_fen)
    for place, after in enumerate(accumulate(amounts)):
        if unit <= after:
            yield place
            unit += ((after - unit) // interval_fen + 1) * interval_fen
