"""Strata, how many are drawn of each, and whole samples by their plans."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest

from projections.sampling.codes import Allotment, By, Method
from projections.sampling.drawing import Draws, simple
from projections.sampling.selecting import (
    CERTAIN,
    WHOLE,
    Plan,
    Sample,
    Stratum,
    draw,
    least_size,
)
from projections.sampling.strata import allotted, strata_of
from tests.projections.sampling.frames import frame

BANDS = (10_00, 100_00)


def places(sample: Sample) -> list[str]:
    return [each.item.id for each in sample.selected]


def test_bands_begin_with_their_bound_and_empty_ones_are_left_out() -> None:
    items = frame([9_99, 10_00, 99_99, 5]).items
    assert strata_of(items, By.AMOUNT, bands=BANDS) == {
        "..10.00": [0, 3],
        "10.00..100.00": [1, 2],
    }
    high = frame([100_00, 2_000_00]).items
    assert strata_of(high, By.AMOUNT, bands=BANDS) == {"100.00..": [0, 1]}
    assert strata_of(high, By.AMOUNT) == {"..": [0, 1]}


def test_strata_by_institution_stand_in_order_of_their_names() -> None:
    assert strata_of(frame([1, 2, 3], institutions="bab").items, By.INSTITUTION) == {
        "a": [1],
        "b": [0, 2],
    }


def test_in_proportion_to_the_items_of_each_stratum() -> None:
    """60, 30 and 10 items, ten to draw, two of each first: equal proportions give 5, 3 and 2."""
    items = frame([1] * 100, institutions="a" * 60 + "b" * 30 + "c" * 10).items
    strata = strata_of(items, By.INSTITUTION)
    sizes = allotted(items, strata, size=10, allotment=Allotment.PROPORTIONAL)
    assert sizes == {"a": 5, "b": 3, "c": 2}


def test_neyman_goes_where_amounts_differ() -> None:
    """10 items each: all of 100 in a, 0 and 60 in turn in b, 0 and 20 in c; w is 0 : 3 : 1.

    Two of each; then priorities w² ÷ n(n + 1): b 9/6, 9/12, 9/20, … and c 1/6. The first six of
    eight all go to b (9/56 is below 1/6, so the sixth goes to c).
    """
    amounts = [100] * 10 + [0, 60] * 5 + [0, 20] * 5
    items = frame(amounts, institutions="a" * 10 + "b" * 10 + "c" * 10).items
    strata = strata_of(items, By.INSTITUTION)
    sizes = allotted(items, strata, size=12, allotment=Allotment.NEYMAN)
    priorities = sorted(
        [(Fraction(9, n * (n + 1)), "b") for n in range(2, 10)]
        + [(Fraction(1, n * (n + 1)), "c") for n in range(2, 10)],
        reverse=True,
    )[:6]
    more = [name for _, name in priorities]
    assert sizes == {"a": 2, "b": 2 + more.count("b"), "c": 2 + more.count("c")}
    assert sizes == {"a": 2, "b": 7, "c": 3}


def test_a_small_stratum_is_taken_whole_and_the_rest_goes_elsewhere() -> None:
    items = frame([0, 900, 1, 1, 1, 1, 1], institutions="aabbbbb").items
    strata = strata_of(items, By.INSTITUTION)
    for size, second in ((4, 2), (6, 4), (7, 5)):
        sizes = allotted(items, strata, size=size, allotment=Allotment.NEYMAN)
        assert sizes == {"a": 2, "b": second}


def test_without_any_spread_neyman_is_proportional() -> None:
    items = frame([5] * 9 + [7], institutions="a" * 9 + "b").items
    strata = strata_of(items, By.INSTITUTION)
    by_spread = allotted(items, strata, size=6, allotment=Allotment.NEYMAN)
    assert by_spread == allotted(items, strata, size=6, allotment=Allotment.PROPORTIONAL)
    assert by_spread == {"a": 5, "b": 1}


@pytest.mark.parametrize("size", range(6, 16))
def test_no_other_whole_numbers_give_a_smaller_variance(size: int) -> None:
    """Neyman's aim, the sum of N² S² ÷ n, over every way to divide the sample."""
    amounts = [3 * n * n % 101 for n in range(6)] + [7 * n % 13 for n in range(5)] + [0, 9, 2, 4]
    items = frame(amounts, institutions="a" * 6 + "b" * 5 + "c" * 4).items
    strata = strata_of(items, By.INSTITUTION)

    def variance(sizes: dict[str, int]) -> Fraction:
        total = Fraction(0)
        for name, seats in strata.items():
            values = [items[place].amount_fen for place in seats]
            mean = Fraction(sum(values), len(values))
            spread = sum(((value - mean) ** 2 for value in values), Fraction(0)) / (len(values) - 1)
            total += len(values) ** 2 * spread / sizes[name]
        return total

    found = allotted(items, strata, size=size, allotment=Allotment.NEYMAN)
    every = [
        dict(zip(strata, sizes, strict=True))
        for sizes in product(range(2, 7), range(2, 6), range(2, 5))
        if sum(sizes) == size
    ]
    assert found in every
    assert variance(found) == min(map(variance, every))


# --------------------------------------------------------------------------------- whole samples


@pytest.mark.parametrize("method", list(Method))
def test_the_same_seed_and_frame_give_the_same_sample(method: Method) -> None:
    items = frame([fen * 37 % 1000 for fen in range(1, 200)])
    plan = Plan(method, 20, "seven", bands=(300, 600))
    once, again = draw(items, plan), draw(items, plan)
    assert once == again
    assert places(once) != places(draw(items, Plan(method, 20, "eight", bands=(300, 600))))
    assert sum(part.drawn for part in once.strata) == len(once.selected)
    assert sum(part.items for part in once.strata) == items.count
    assert sum(part.total_fen for part in once.strata) == items.total_fen
    assert len({each.item.id for each in once.selected}) == len(once.selected)


def test_a_simple_sample_of_a_frame() -> None:
    items = frame([10, 20, 30, 40, 50])
    sample = draw(items, Plan(Method.SIMPLE, 2, "s"))
    chosen = simple(5, 2, draws=Draws("s", "simple"))
    assert places(sample) == [items.items[place].id for place in chosen]
    assert sample.strata == (Stratum(WHOLE, 5, 150, 2),)
    assert sample.interval_fen == 0


def test_each_stratum_has_draws_of_its_own() -> None:
    items = frame([1, 2, 3, 1_000, 2_000, 3_000])
    sample = draw(items, Plan(Method.STRATIFIED, 4, "s", bands=(100,)))
    low = simple(3, 2, draws=Draws("s", "stratum ..1.00"))
    high = simple(3, 2, draws=Draws("s", "stratum 1.00.."))
    expected = [*low, *(3 + place for place in high)]
    assert places(sample) == [items.items[place].id for place in expected]
    assert least_size(items, sample.plan) == 4
    assert least_size(items, Plan(Method.SIMPLE, 4, "s")) == 1


def test_items_of_a_whole_interval_are_certain() -> None:
    """1,000 fen and five to draw: every 200th fen, and 200 fen are certain to hold one."""
    items = frame([200, 199, 500, 101, 0])
    sample = draw(items, Plan(Method.MONEY_UNIT, 5, "s"))
    assert sample.interval_fen == 200
    certain = [each.item.id for each in sample.selected if each.stratum == CERTAIN]
    assert certain == ["S-1", "S-3"]
    assert "S-5" not in places(sample)
    assert sample.strata[0] == Stratum(CERTAIN, 2, 700, 2)
    assert sample.strata[1][:3] == (WHOLE, 3, 300)


def test_a_stratum_without_items_is_not_there() -> None:
    alike = draw(frame([10] * 10), Plan(Method.MONEY_UNIT, 2, "s"))
    assert alike.strata == (Stratum(WHOLE, 10, 100, 2),)
    all_certain = draw(frame([10] * 4), Plan(Method.MONEY_UNIT, 4, "s"))
    assert all_certain.strata == (Stratum(CERTAIN, 4, 40, 4),)


def test_money_below_zero_has_no_units() -> None:
    with pytest.raises(AssertionError, match="below zero"):
        draw(frame([10, -1]), Plan(Method.MONEY_UNIT, 1, "s"))


def test_the_digest_tells_frames_apart() -> None:
    one = frame([1, 2])
    assert one.digest == frame([1, 2]).digest
    assert len({one.digest, frame([2, 1]).digest, frame([1, 2, 0]).digest}) == 3
