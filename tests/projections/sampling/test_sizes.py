"""Factors, quantiles and sizes against published figures."""

from __future__ import annotations

from fractions import Fraction

import pytest

from projections.sampling.sizes import factor, quantile, size_for

SURE = Fraction(95, 100)


# To two decimals these are the confidence factors of the AICPA's guide (3.00, 4.75, 6.30, …).
@pytest.mark.parametrize(
    ("percent", "factors"),
    [
        (80, (16095, 29944, 42791, 55151)),
        (90, (23026, 38898, 53224, 66808)),
        (95, (29958, 47439, 62958, 77537)),
        (99, (46052, 66384, 84060, 100452)),
    ],
)
def test_factors_are_those_of_the_tables(percent: int, factors: tuple[int, ...]) -> None:
    found = [factor(errors, Fraction(percent, 100)) for errors in range(4)]
    assert found == [Fraction(each, 10_000) for each in factors]


def test_a_factor_is_the_first_one_that_is_enough() -> None:
    """Without an error the chance is e^-R: 2.9957 is just too little, ln 20 = 2.99573 is not."""
    assert factor(0, SURE) - Fraction(1, 10_000) < Fraction(299_573_227, 10**8) <= factor(0, SURE)


def test_factors_grow_with_errors_and_with_confidence() -> None:
    factors = [factor(errors, SURE) for errors in range(30)]
    assert factors == sorted(set(factors))
    assert factor(3, Fraction(9, 10)) < factor(3, SURE)


# Percentage points of the normal distribution.
@pytest.mark.parametrize(
    ("percent", "point"),
    [(50, 0), (80, 8417), (90, 12816), (95, 16449), (97, 18808), (99, 23264)],
)
def test_quantiles_are_those_of_the_tables_rounded_up(percent: int, point: int) -> None:
    assert quantile(Fraction(percent, 100)) == Fraction(point, 10_000)


# Sizes for a tolerable error of 5 % at 95 %, by expected error as a share of it: none, 20, 40 %.
@pytest.mark.parametrize(
    ("tolerable", "expected", "size"),
    [(5_000, 0, 60), (5_000, 1_000, 93), (5_000, 2_000, 162), (10_000, 0, 30), (100_000, 0, 3)],
)
def test_sizes_by_hand(tolerable: int, expected: int, size: int) -> None:
    """60 = ⌈2.9958 ÷ 5 %⌉; 93: 0.93 errors expected, 2.9958 + 0.93 × 1.7481 = 4.6215, ÷ 5 %."""
    found = size_for(100_000, confidence=SURE, tolerable_fen=tolerable, expected_fen=expected)
    assert found == size


def test_the_size_is_the_least_one_that_is_enough() -> None:
    money, tolerable, expected = 100_000, 5_000, 1_000
    size = size_for(money, confidence=SURE, tolerable_fen=tolerable, expected_fen=expected)
    assert size is not None

    def is_enough(number: int) -> bool:
        errors = Fraction(number * expected, money)
        whole = int(errors)
        low, high = factor(whole, SURE), factor(whole + 1, SURE)
        return low + (errors - whole) * (high - low) <= Fraction(number * tolerable, money)

    assert [is_enough(size - 1), is_enough(size)] == [False, True]


def test_what_is_expected_must_be_told_apart_from_what_is_tolerable() -> None:
    for expected in (4_990, 5_000, 6_000):
        size = size_for(100_000, confidence=SURE, tolerable_fen=5_000, expected_fen=expected)
        assert size is None
