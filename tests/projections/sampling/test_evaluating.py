"""What errors of a sample say of the frame: by hand, and by many samples with a known error."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, isqrt

import pytest

from projections.sampling.codes import Conclusion, Estimator, Method
from projections.sampling.evaluating import (
    Estimate,
    Examined,
    conclude,
    difference,
    rate_limit,
    ratio,
    stringer,
)
from projections.sampling.selecting import CERTAIN, WHOLE, Plan, Stratum, draw
from tests.projections.sampling.frames import frame

SURE = Fraction(95, 100)
Z = Fraction(16449, 10_000)


def seen(*pairs: tuple[int, int], stratum: str = WHOLE) -> list[Examined]:
    return [Examined(stratum, recorded, audited) for recorded, audited in pairs]


# ----------------------------------------------------------------------------------- Stringer


def test_stringer_without_errors_is_the_factor_for_none() -> None:
    found = stringer(
        seen((500, 500), (90, 90)), interval_fen=10_000, rest_fen=100_000, confidence=SURE
    )
    assert found == Estimate(Estimator.STRINGER, 0, 29_958)
    assert found.precision_fen == 29_958


def test_stringer_by_hand() -> None:
    """Interval 10,000 fen; taints 50 % and 20 %; 300 fen of a certain item.

    Likely: 300 + (0.5 + 0.2) × 10,000 = 7,300. Limit: 300 + 10,000 × (2.9958 + 0.5 × (4.7439 −
    2.9958) + 0.2 × (6.2958 − 4.7439)) = 300 + 10,000 × (2.9958 + 0.87405 + 0.31038) = 42,102.3.
    """
    examined = [
        *seen((20_000, 19_700), (15_000, 15_000), stratum=CERTAIN),
        *seen((1_000, 800), (400, 200), (700, 700)),
    ]
    found = stringer(examined, interval_fen=10_000, rest_fen=65_000, confidence=SURE)
    assert (found.likely_fen, found.upper_fen) == (7_300, 42_103)


def test_what_was_examined_whole_has_no_allowance() -> None:
    examined = seen((20_000, 19_700), stratum=CERTAIN)
    found = stringer(examined, interval_fen=10_000, rest_fen=0, confidence=SURE)
    assert found == Estimate(Estimator.STRINGER, 300, 300)


def test_understatements_do_not_hide_overstatements() -> None:
    examined = [
        *seen((20_000, 25_000), stratum=CERTAIN),
        *seen((1_000, 500), (1_000, 1_900)),
    ]
    found = stringer(examined, interval_fen=10_000, rest_fen=65_000, confidence=SURE)
    assert (found.likely_fen, found.upper_fen) == (5_000, 38_699)


# Three frames of 400 items: few whole errors, many small ones, and both.
@pytest.mark.parametrize(
    ("every", "share"), [(29, Fraction(1)), (5, Fraction(1, 10)), (9, Fraction(1, 3))]
)
def test_stringer_covers_the_true_error_at_least_as_often_as_it_says(
    every: int, share: Fraction
) -> None:
    """Of 200 samples with fixed seeds at least 95 % must have a limit above the true error."""
    amounts = [100 + 7919 * number % 9_000 for number in range(400)]
    errors = [int(fen * share) if n % every == 0 else 0 for n, fen in enumerate(amounts)]
    right = {
        f"S-{n}": fen - off for n, (fen, off) in enumerate(zip(amounts, errors, strict=True), 1)
    }
    true_fen, items, covered, likely = sum(errors), frame(amounts), 0, 0
    for seed in range(200):
        sample = draw(items, Plan(Method.MONEY_UNIT, 60, f"{seed}"))
        rest_fen = sum(part.total_fen for part in sample.strata if part.name == WHOLE)
        found = stringer(
            [Examined(s, item.amount_fen, right[item.id]) for item, s in sample.selected],
            interval_fen=sample.interval_fen,
            rest_fen=rest_fen,
            confidence=SURE,
        )
        assert found.upper_fen is not None
        covered += found.upper_fen >= true_fen
        likely += found.likely_fen
    assert covered >= 190
    assert abs(Fraction(likely, 200) - true_fen) < Fraction(true_fen, 10), "right on average"


# ------------------------------------------------------------------- difference and ratio


def root(value: Fraction) -> Fraction:
    """Give a square root to nine decimals, rounded up."""
    return Fraction(isqrt(ceil(value * 10**18)) + 1, 10**9)


def test_the_difference_estimator_by_hand() -> None:
    """Errors 0, 40, 0, 20 of 4 of 100 items: mean 15, s² = 1,100 ÷ 3, so 1,500 in all.

    Variance 100 × 96 × (1,100 ÷ 3) ÷ 4 = 880,000; limit 1,500 + 1.6449 × 938.08 = 3,043.05.
    """
    examined = seen((500, 500), (300, 260), (200, 200), (100, 80))
    found = difference(examined, [Stratum(WHOLE, 100, 30_000, 4)], confidence=SURE)
    assert found == Estimate(Estimator.DIFFERENCE, 1_500, 3_044)
    assert found.upper_fen == ceil(1_500 + Z * root(Fraction(880_000)))


def test_the_ratio_estimator_by_hand() -> None:
    """60 of 1,100 fen are wrong, so 30,000 × 60 ÷ 1,100 = 1,636.36 in all.

    Residuals e − (3/55) x: −27.27, 23.64, −10.91, 14.55; their squares add up to 1,633.06.
    """
    examined = seen((500, 500), (300, 260), (200, 200), (100, 80))
    found = ratio(examined, [Stratum(WHOLE, 100, 30_000, 4)], confidence=SURE)
    residuals = [
        error - Fraction(3, 55) * x for x, error in ((500, 0), (300, 40), (200, 0), (100, 20))
    ]
    variance = Fraction(100 * 96, 4) * sum(each**2 for each in residuals) / 3
    likely = Fraction(30_000 * 60, 1_100)
    assert found is not None
    assert (found.likely_fen, found.upper_fen) == (1_636, ceil(likely + Z * root(variance)))


def test_strata_are_estimated_apart() -> None:
    """a: 10 items, errors 0 and 10, 50 in all, variance 10 × 8 × 50 ÷ 2 = 2,000; b is all there."""
    examined = [
        *seen((100, 100), (100, 90), stratum="a"),
        *seen((900, 600), (800, 850), stratum="b"),
    ]
    strata = [Stratum("a", 10, 1_000, 2), Stratum("b", 2, 1_700, 2)]
    found = difference(examined, strata, confidence=SURE)
    assert found.likely_fen == 50 + 250
    assert found.upper_fen == ceil(300 + Z * root(Fraction(2_000)))


def test_normal_estimators_know_nothing_without_an_error() -> None:
    examined, strata = seen((5, 5), (6, 6)), [Stratum(WHOLE, 9, 50, 2)]
    assert difference(examined, strata, confidence=SURE).upper_fen is None
    assert difference(examined, strata, confidence=SURE).precision_fen is None
    found = ratio(examined, strata, confidence=SURE)
    assert found == Estimate(Estimator.RATIO, 0, None)
    one = [Stratum(WHOLE, 9, 50, 1)]
    assert difference(seen((5, 4)), one, confidence=SURE) == Estimate(Estimator.DIFFERENCE, 9, None)


def test_what_was_examined_wholly_is_known() -> None:
    strata = [Stratum(WHOLE, 2, 11, 2)]
    assert difference(seen((5, 5), (6, 6)), strata, confidence=SURE).upper_fen == 0
    assert difference(seen((5, 4), (6, 6)), strata, confidence=SURE).upper_fen == 1


def test_there_is_no_ratio_to_nothing() -> None:
    assert ratio(seen((0, 0), (0, 0)), [Stratum(WHOLE, 9, 0, 2)], confidence=SURE) is None


def test_understatements_count_in_the_difference() -> None:
    found = difference(seen((5, 9), (5, 5)), [Stratum(WHOLE, 2, 10, 2)], confidence=SURE)
    assert found.likely_fen == -4


def test_how_many_items_may_be_in_error() -> None:
    """None of 60: 2.9958 ÷ 60 × 1,000 = 49.93; both of 2 items: no more than there are."""
    clean = seen(*[(1, 1)] * 60)
    assert rate_limit(clean, [Stratum(WHOLE, 1_000, 1_000, 60)], confidence=SURE) == 50
    wrong = seen((1, 0), (1, 0))
    assert rate_limit(wrong, [Stratum(WHOLE, 3, 3, 2)], confidence=SURE) == 3
    two = [Stratum("a", 1, 1, 1), Stratum("b", 1, 1, 1)]
    assert rate_limit(wrong, two, confidence=SURE) is None


# ---------------------------------------------------------------------------------- conclusions


@pytest.mark.parametrize(
    ("likely", "upper", "conclusion"),
    [
        (0, 100, Conclusion.ACCEPTABLE),
        (100, 101, Conclusion.NOT_SHOWN),
        (101, 300, Conclusion.EXCEEDED),
        (0, None, Conclusion.INCONCLUSIVE),
        (101, None, Conclusion.EXCEEDED),
    ],
)
def test_what_is_concluded(likely: int, upper: int | None, conclusion: Conclusion) -> None:
    assert conclude([Estimate(Estimator.DIFFERENCE, likely, upper)], 100) is conclusion


def test_of_two_estimators_the_less_favourable_counts() -> None:
    good = Estimate(Estimator.DIFFERENCE, 0, 50)
    for other, conclusion in (
        (Estimate(Estimator.RATIO, 0, 101), Conclusion.NOT_SHOWN),
        (Estimate(Estimator.RATIO, 0, None), Conclusion.INCONCLUSIVE),
        (Estimate(Estimator.RATIO, 101, 200), Conclusion.EXCEEDED),
        (Estimate(Estimator.RATIO, 0, 100), Conclusion.ACCEPTABLE),
    ):
        assert conclude([good, other], 100) is conclusion
