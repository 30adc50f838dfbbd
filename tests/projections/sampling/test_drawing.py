"""Draws: each item has its chance, and whoever has the seed draws the same."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from hashlib import sha256
from itertools import combinations
from math import comb

import pytest

from projections.sampling import drawing
from projections.sampling.drawing import Draws, money_units, simple, systematic


class Given(Draws):
    """Draws that are told beforehand, each with what it must be asked for."""

    def __init__(self, *told: tuple[int, int]) -> None:
        """Tell pairs of what is asked for and what is drawn."""
        super().__init__("", "")
        self.told = list(told)

    def below(self, count: int) -> int:
        """Give what was told."""
        asked, number = self.told.pop(0)
        assert asked == count
        return number


def test_a_draw_is_the_sha256_of_seed_label_and_counter() -> None:
    draws = Draws("2026", "simple")
    for counter in (1, 2, 3):
        digest = sha256(f"2026\nsimple\n{counter}\n".encode()).hexdigest()
        assert draws.below(1000) == int(digest, 16) % 1000


def test_draws_stay_as_they_were_ever_after() -> None:
    draws = Draws("s1", "simple")
    assert [draws.below(100) for _ in range(8)] == [51, 10, 48, 56, 95, 17, 16, 14]
    assert simple(20, 5, draws=Draws("s1", "simple")) == [0, 1, 7, 11, 12]


def test_numbers_that_would_favour_some_answers_are_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    numbers = iter([15, 12, 7])  # of 16 numbers, 12 to 15 would favour 0 to 3 below 6

    class Digest:
        def __init__(self, written: bytes) -> None:
            asked.append(written)

        def digest(self) -> bytes:
            return bytes([next(numbers)])

    asked: list[bytes] = []
    monkeypatch.setattr(drawing, "sha256", Digest)
    monkeypatch.setattr(drawing, "_SPACE", 16)
    assert Draws("s", "l").below(6) == 1
    assert asked == [b"s\nl\n1\n", b"s\nl\n2\n", b"s\nl\n3\n"]


def test_a_simple_sample_by_hand() -> None:
    """Of 0 1 2 3 4: place 0 changes with 3, then place 1 with 4, then place 2 with 3 (0 by now)."""
    assert simple(5, 3, draws=Given((5, 3), (4, 3), (3, 1))) == [0, 3, 4]
    assert simple(5, 0, draws=Given()) == []
    assert simple(3, 3, draws=Given((3, 2), (2, 0), (1, 0))) == [0, 1, 2]


def test_every_set_comes_from_equally_many_draws() -> None:
    """All 4 × 3 outcomes of two draws from four places: each pair is there twice."""
    seen = Counter(
        tuple(simple(4, 2, draws=Given((4, one), (3, two)))) for one in range(4) for two in range(3)
    )
    assert seen == dict.fromkeys(combinations(range(4), 2), 2)


def test_a_larger_sample_contains_a_smaller_one() -> None:
    small, large = (set(simple(50, size, draws=Draws("x", "y"))) for size in (7, 20))
    assert small < large


def test_each_item_is_drawn_equally_often_over_many_seeds() -> None:
    """Chi-squared with 19 degrees of freedom; 43.8 would be exceeded once in a thousand times."""
    rounds, count, size = 4_000, 20, 5
    seen = Counter(
        place
        for seed in range(rounds)
        for place in simple(count, size, draws=Draws(f"{seed}", "equal"))
    )
    mean = Fraction(rounds * size, count)
    # Drawn without replacement, which makes differences smaller by (count - 1) ÷ (count - size).
    spread = sum((seen[place] - mean) ** 2 for place in range(count)) / mean
    assert Fraction(19, 15) * spread < Fraction(438, 10)
    assert spread > 1, "so even would be odd, too"


def test_each_pair_is_drawn_together_equally_often() -> None:
    """Chi-squared over the 28 pairs of 8; 27 degrees of freedom, 55.5 once in a thousand times."""
    rounds = 2_800
    seen = Counter(tuple(simple(8, 2, draws=Draws(f"{seed}", "pairs"))) for seed in range(rounds))
    mean = Fraction(rounds, comb(8, 2))
    assert len(seen) == comb(8, 2)
    assert sum((times - mean) ** 2 for times in seen.values()) / mean < Fraction(555, 10)


def test_a_systematic_sample_by_hand() -> None:
    assert systematic(10, 3, draws=Given((10, 0))) == [0, 3, 6]
    assert systematic(10, 3, draws=Given((10, 9))) == [3, 6, 9]
    assert systematic(6, 6, draws=Given((6, 5))) == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(("count", "size"), [(10, 3), (7, 5), (12, 4), (9, 1), (5, 5)])
def test_over_all_starts_each_place_is_drawn_equally_often(count: int, size: int) -> None:
    seen: Counter[int] = Counter()
    for start in range(count):
        drawn = systematic(count, size, draws=Given((count, start)))
        assert len(set(drawn)) == size
        seen.update(drawn)
    assert seen == dict.fromkeys(range(count), size)


def test_money_units_by_hand() -> None:
    """Fen 1 to 3 are the first item's, 4 to 13 the second's, none the third's, 14 to 18 the last.

    Every sixth fen from the second on: 2, 8, 14. From the sixth on: 6, 12, 18.
    """
    amounts = [3, 10, 0, 5]
    assert list(money_units(amounts, 6, draws=Given((6, 1)))) == [0, 1, 3]
    assert list(money_units(amounts, 6, draws=Given((6, 5)))) == [1, 3]


@pytest.mark.parametrize("interval", [1, 4, 6, 7, 18, 30])
def test_over_all_starts_each_item_is_hit_by_its_money(interval: int) -> None:
    amounts = [3, 10, 0, 5, 1]
    seen: Counter[int] = Counter()
    for start in range(interval):
        drawn = list(money_units(amounts, interval, draws=Given((interval, start))))
        assert len(set(drawn)) == len(drawn)
        seen.update(drawn)
    assert [seen[place] for place in range(5)] == [min(fen, interval) for fen in amounts]
