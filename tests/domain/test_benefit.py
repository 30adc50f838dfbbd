"""Pricing a bill: every stage by example, and what holds of every bill there is."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.benefit import (
    AT_HOME,
    BY_BILL,
    Away,
    Bill,
    ClassB,
    Share,
    Stage,
    YearToDate,
    half_up,
    price,
)
from domain.codes import Category, Insurance, Level, Place, Work
from domain.money import MAX_FEN, Ratio
from domain.refusals import Code, Refusal
from domain.tariff import BenefitRules, Clause, Insured, Step
from tests.builders import refused

WORKER = Insured(Insurance.EMPLOYEE, Work.IN_SERVICE, 40)
SEVEN_TENTHS = (Step(0, Ratio(7, 10)),)


def rules(*clauses: Clause, **changes: Any) -> BenefitRules:  # noqa: ANN401  # any field
    fields: dict[str, Any] = {
        "class_b_first": Ratio(1, 10),
        "account_first": frozenset({Category.OUTPATIENT}),
        "e_prescription": True,
    }
    return BenefitRules(tariff=clauses, **fields | changes)


PLAIN = rules(Clause(deductible_fen=500_00, steps=SEVEN_TENTHS))


def bill(total_fen: int, **changes: Any) -> Bill:  # noqa: ANN401  # any field
    fields: dict[str, Any] = {"care": Category.OUTPATIENT, "level": Level.TERTIARY, **changes}
    return Bill(total_fen=total_fen, **fields)


def share(of: Bill, by: BenefitRules = PLAIN, **facts: Any) -> Share:  # noqa: ANN401  # any fact
    found = price(of, WORKER, rules=by, **facts)
    assert isinstance(found, Share), found
    return found


def lines(of: Share) -> list[tuple[int, int, bool]]:
    return [(line.total_fen, line.fund_fen, line.outside_catalogue) for line in of.lines]


def stages(of: Share) -> list[tuple[Stage, str, int]]:
    return [(portion.stage, portion.rule, int(portion.amount)) for portion in of.portions]


def test_this_years_money_then_the_deductible_then_the_ratio() -> None:
    found = share(bill(3000_00), current_fen=1200_00)
    assert lines(found) == [
        (1200_00, 0, False),
        (500_00, 0, False),
        (1300_00, 910_00, False),
    ]
    assert [line.no for line in found.lines] == [1, 2, 3]
    assert stages(found) == [
        (Stage.ACCOUNT, "benefit.account_first", 1200_00),
        (Stage.DEDUCTIBLE, "benefit.tariff", 500_00),
        (Stage.RATIO, "benefit.tariff", 1300_00),
    ]
    assert [int(portion.left) for portion in found.portions] == [3000_00, 1800_00, 1300_00]
    assert (found.fund_fen, found.own_fen, found.in_scope_fen) == (910_00, 2090_00, 3000_00)
    assert found.deductible_fen == 500_00
    assert found.after == YearToDate(500_00, 1800_00, 910_00, 910_00, 1)


def test_account_money_pays_first_only_for_the_care_that_the_rules_name() -> None:
    found = share(bill(3000_00, care=Category.INPATIENT), current_fen=1200_00)
    assert lines(found) == [(500_00, 0, False), (2500_00, 1750_00, False)]
    assert {line.category for line in found.lines} == {Category.INPATIENT}


def test_more_account_money_than_the_bill_leaves_nothing_to_share() -> None:
    found = share(bill(100), current_fen=101)
    assert lines(found) == [(100, 0, False)]
    assert found.after == YearToDate(stays=1)


def test_what_is_outside_above_the_limit_and_borne_first_is_never_shared() -> None:
    class_b = (ClassB(200_00), ClassB(100_00, Ratio(1, 2)))
    found = share(bill(1000_00, outside_fen=100_00, over_limit_fen=30_00, class_b=class_b))
    assert stages(found)[:3] == [
        (Stage.OUTSIDE, BY_BILL, 100_00),
        (Stage.OVER_LIMIT, BY_BILL, 30_00),
        (Stage.CLASS_B, "benefit.class_b_first", 20_00 + 50_00),
    ]
    assert [int(portion.left) for portion in found.portions[:3]] == [1000_00, 900_00, 870_00]
    assert found.in_scope_fen == 800_00
    assert lines(found) == [
        (500_00, 0, False),
        (300_00, 210_00, False),
        (30_00 + 70_00, 0, False),
        (100_00, 0, True),
    ]


def test_two_rounded_parts_add_up_because_only_one_is_rounded() -> None:
    by = rules(Clause(steps=(Step(0, Ratio(1, 2)),)), class_b_first=Ratio(5, 100))
    found = share(bill(545_50, class_b=(ClassB(545_50),)), by)
    assert stages(found)[0][2] == 27_28
    assert (found.in_scope_fen, found.fund_fen, found.own_fen) == (518_22, 259_11, 286_39)


@pytest.mark.parametrize(
    ("exact", "fen"),
    [(Fraction(0), 0), (Fraction(49, 100), 0), (Fraction(1, 2), 1), (Fraction(5, 2), 3)],
)
def test_half_a_fen_is_rounded_up(exact: Fraction, fen: int) -> None:
    assert half_up(exact) == fen


@pytest.mark.parametrize(
    ("used_fen", "deductible_fen"), [(0, 500_00), (200_00, 300_00), (500_00, 0), (600_00, 0)]
)
def test_the_deductible_is_borne_once_a_year(used_fen: int, deductible_fen: int) -> None:
    found = share(bill(1000_00), so_far=YearToDate(deductible_fen=used_fen))
    assert found.deductible_fen == deductible_fen
    assert found.after.deductible_fen == used_fen + deductible_fen


@pytest.mark.parametrize(("stays", "deductible_fen"), [(0, 1300_00), (1, 650_00), (2, 650_00)])
def test_the_deductible_of_a_stay_is_borne_with_every_stay(stays: int, deductible_fen: int) -> None:
    clause = Clause(
        deductible_fen=1300_00, per_stay=True, later_deductible_fen=650_00, steps=SEVEN_TENTHS
    )
    so_far = YearToDate(deductible_fen=5000_00, stays=stays)
    found = share(bill(2000_00), rules(clause), so_far=so_far)
    assert found.deductible_fen == deductible_fen
    assert found.after.stays == stays + 1


BANDS = rules(
    Clause(
        deductible_fen=100,
        steps=(Step(0, Ratio(1, 2)), Step(1000, Ratio(9, 10)), Step(2000, Ratio(0, 1))),
    )
)


@pytest.mark.parametrize(
    ("so_far_fen", "total_fen", "fund_fen", "widths"),
    [
        (0, 1000, 450, [900]),
        (0, 1100, 450 + 90, [900, 100]),
        (900, 200, 50 + 90, [100, 100]),
        (1000, 100, 90, [100]),
        (1900, 300, 90, [100, 200]),
        (2000, 300, 0, [300]),
    ],
)
def test_ratios_go_by_what_is_in_scope_over_the_year(
    so_far_fen: int, total_fen: int, fund_fen: int, widths: list[int]
) -> None:
    so_far = YearToDate(deductible_fen=100 if so_far_fen else 0, in_scope_fen=so_far_fen)
    found = share(bill(total_fen), BANDS, so_far=so_far)
    assert found.fund_fen == fund_fen
    ratios = [portion for portion in found.portions if portion.stage is Stage.RATIO]
    assert [portion.amount for portion in ratios] == widths


CEILING = rules(
    Clause(steps=(Step(0, Ratio(9, 10)), Step(5000, Ratio(1, 2)))),
    Clause(ceiling_fen=1800, above=Ratio(8, 10)),
)


@pytest.mark.parametrize(
    ("paid_fen", "total_fen", "fund_fen"),
    [
        (0, 2000, 1800),
        (0, 2001, 1801),
        (0, 3000, 1800 + 800),
        (0, 6000, 1800 + 3200),
        (900, 1000, 900),
        (900, 2000, 900 + 800),
        (1800, 1000, 800),
        (2500, 1000, 800),
    ],
)
def test_beyond_the_ceiling_of_all_care_another_ratio_holds(
    paid_fen: int, total_fen: int, fund_fen: int
) -> None:
    found = share(bill(total_fen), CEILING, so_far=YearToDate(all_fund_fen=paid_fen))
    assert found.fund_fen == fund_fen
    assert found.after.all_fund_fen == paid_fen + fund_fen
    assert found.after.fund_fen == fund_fen


def test_the_ceiling_is_met_between_two_fen() -> None:
    by = rules(Clause(steps=(Step(0, Ratio(7, 10)),)), Clause(ceiling_fen=100))
    found = share(bill(200), by)
    assert found.fund_fen == 100
    assert [(p.stage, p.amount, p.ratio) for p in found.portions] == [
        (Stage.RATIO, Fraction(1000, 7), Ratio(7, 10)),
        (Stage.ABOVE_CEILING, 200 - Fraction(1000, 7), Ratio(0, 1)),
    ]


@pytest.mark.parametrize(
    ("paid_fen", "fund_fen"), [(0, 700), (100, 700), (101, 699), (800, 0), (900, 0)]
)
def test_beyond_the_yearly_limit_the_fund_pays_nothing(paid_fen: int, fund_fen: int) -> None:
    by = rules(Clause(steps=SEVEN_TENTHS, limit_fen=800))
    found = share(bill(1000), by, so_far=YearToDate(fund_fen=paid_fen))
    assert (found.fund_fen, found.own_fen) == (fund_fen, 1000 - fund_fen)
    over = [portion for portion in found.portions if portion.stage is Stage.ABOVE_LIMIT]
    assert [(int(portion.left), int(portion.amount)) for portion in over] == (
        [(700, 700 - fund_fen)] if fund_fen < 700 else []
    )
    assert found.after.in_scope_fen == 1000


@pytest.mark.parametrize(
    ("allowed", "prescribed", "fund_fen"),
    [(True, True, 350_00), (True, False, 0), (False, True, 0), (False, False, 0)],
)
def test_drugs_from_a_pharmacy_are_shared_on_an_e_prescription_only(
    *, allowed: bool, prescribed: bool, fund_fen: int
) -> None:
    by = rules(*PLAIN.tariff, e_prescription=allowed)
    found = share(bill(1000_00, place=Place.PHARMACY, e_prescription=prescribed), by)
    assert (found.fund_fen, found.deductible_fen) == (fund_fen, 500_00)
    assert {line.category for line in found.lines} == {Category.DRUG}
    assert found.after.in_scope_fen == (1000_00 if fund_fen else 500_00)
    last = found.portions[-1]
    assert (last.stage, last.rule) == (
        (Stage.RATIO, "benefit.tariff")
        if fund_fen
        else (Stage.NOT_SHARED, "benefit.e_prescription")
    )
    assert (int(last.left), int(last.amount)) == (500_00, 500_00)


def test_care_away_takes_points_off_every_ratio_and_a_part_borne_first() -> None:
    away = Away(Ratio(1, 10), Ratio(1, 5), ("filing.other_cut", "filing.unfiled_first_pay"))
    found = share(bill(1000_00), away=away)
    assert stages(found) == [
        (Stage.UNFILED, "filing.unfiled_first_pay", 200_00),
        (Stage.DEDUCTIBLE, "benefit.tariff", 500_00),
        (Stage.RATIO, "benefit.tariff", 300_00),
    ]
    assert found.fund_fen == 180_00
    assert lines(found)[-1] == (200_00, 0, False)
    nothing = share(bill(1000_00), away=Away(cut=Ratio(8, 10)))
    assert (nothing.fund_fen, nothing.in_scope_fen) == (0, 1000_00)
    beyond = share(bill(3000), CEILING, away=Away(cut=Ratio(1, 10)))
    assert beyond.fund_fen == 1800 + (3000 - 2250) * 7 // 10


@pytest.mark.parametrize(
    "wrong",
    [
        bill(0),
        bill(-5),
        bill(MAX_FEN + 1),
        bill(100, outside_fen=101),
        bill(100, outside_fen=-1),
        bill(100, over_limit_fen=60, class_b=(ClassB(41),)),
        bill(100, over_limit_fen=-1),
        bill(100, class_b=(ClassB(-1),)),
        bill(100, class_b=(ClassB(10, Ratio(2, 1)),)),
        bill(100, class_b=(ClassB(10, Ratio(-1, 1)),)),
        bill(100, class_b=(ClassB(10, Ratio(0, 0)),)),
    ],
)
def test_a_bill_whose_parts_exceed_the_whole_is_refused(wrong: Bill) -> None:
    found = price(wrong, WORKER, rules=PLAIN)
    assert isinstance(found, Refusal)
    assert refused(found, Code.BILL_MALFORMED).facts == {"total_fen": wrong.total_fen}


def test_where_no_ratio_is_known_nothing_is_guessed() -> None:
    found = price(bill(100), WORKER, rules=rules(Clause(deductible_fen=5, limit_fen=9)))
    assert isinstance(found, Refusal)
    assert refused(found, Code.NO_BENEFIT_RULE).facts == {
        "insurance": "employee",
        "care": "outpatient",
        "level": "tertiary",
    }
    assert found.rule == "benefit.tariff"


# ------------------------------------------------------------------------------ what always holds

RATIOS = st.builds(lambda num: Ratio(num, 100), st.integers(0, 100))
AMOUNTS = st.integers(0, 5_000_00)


@st.composite
def tariffs(draw: st.DrawFn) -> BenefitRules:
    starts = [0, *sorted(draw(st.sets(st.integers(1, 4_000_00), max_size=3)))]
    clause = Clause(
        deductible_fen=draw(AMOUNTS),
        steps=tuple(Step(start, draw(RATIOS)) for start in starts),
        limit_fen=draw(AMOUNTS | st.none()),
        ceiling_fen=draw(AMOUNTS),
        above=draw(RATIOS),
    )
    first = draw(st.sampled_from([frozenset(), frozenset({Category.OUTPATIENT})]))
    return rules(clause, class_b_first=draw(RATIOS), account_first=first)


@st.composite
def bills(draw: st.DrawFn) -> Bill:
    parts = [draw(AMOUNTS) for _ in range(4)]
    outside, over_limit, class_b, rest = parts
    return bill(
        sum(parts) + (0 if rest else 1),
        outside_fen=outside,
        over_limit_fen=over_limit,
        class_b=(ClassB(class_b, draw(RATIOS | st.none())),),
        place=draw(st.sampled_from(Place)),
        e_prescription=draw(st.booleans()),
    )


YEARS = st.builds(YearToDate, AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS, st.integers(0, 3))
AWAYS = st.builds(Away, RATIOS, RATIOS) | st.just(AT_HOME)


@given(bills(), tariffs(), YEARS, AMOUNTS, AWAYS)
def test_every_share_adds_up_and_nothing_is_negative(
    of: Bill, by: BenefitRules, so_far: YearToDate, current_fen: int, away: Away
) -> None:
    found = share(of, by, so_far=so_far, current_fen=current_fen, away=away)
    assert found.fund_fen + found.own_fen == of.total_fen
    assert sum(line.total_fen for line in found.lines) == of.total_fen
    assert sum(line.fund_fen for line in found.lines) == found.fund_fen
    assert all(0 <= line.fund_fen <= line.total_fen > 0 for line in found.lines)
    limits = [p.amount for p in found.portions if p.stage is Stage.ABOVE_LIMIT]
    assert found.fund_fen == half_up(sum((p.fund for p in found.portions), Fraction(0))) - sum(
        limits
    )
    spread = [p.amount for p in found.portions if p.stage is not Stage.ABOVE_LIMIT]
    assert sum(spread) == of.total_fen
    assert all(p.amount > 0 and p.left >= p.amount for p in found.portions)


@given(st.integers(1, 5_000_00), st.integers(1, 1000_00), tariffs(), YEARS, AMOUNTS)
def test_a_larger_bill_lowers_neither_the_funds_part_nor_the_own_share(
    total_fen: int, more_fen: int, by: BenefitRules, so_far: YearToDate, current_fen: int
) -> None:
    smaller = share(bill(total_fen), by, so_far=so_far, current_fen=current_fen)
    larger = share(bill(total_fen + more_fen), by, so_far=so_far, current_fen=current_fen)
    assert larger.fund_fen >= smaller.fund_fen
    assert larger.own_fen >= smaller.own_fen


@given(
    st.lists(st.integers(1, 2000), min_size=1, max_size=5),
    st.lists(st.integers(0, 10), min_size=3, max_size=3),
    st.tuples(*[st.integers(0, 50)] * 4),
)
def test_bills_of_a_year_are_paid_like_one_bill(
    yuan: list[int], tenths: list[int], hundreds: tuple[int, int, int, int]
) -> None:
    """Whole yuan and tenths leave nothing to round, so that parts and whole agree to the fen."""
    deductible, second, third, limit = (each * 100_00 for each in hundreds)
    starts = [0, second + 1_00, second + third + 2_00]
    steps = tuple(Step(s, Ratio(t, 10)) for s, t in zip(starts, tenths, strict=True))
    by = rules(Clause(deductible_fen=deductible, steps=steps, limit_fen=limit))
    so_far, fund_fen = YearToDate(), 0
    for each in yuan:
        part = share(bill(each * 100), by, so_far=so_far)
        so_far, fund_fen = part.after, fund_fen + part.fund_fen
    whole = share(bill(sum(yuan) * 100), by)
    assert fund_fen == whole.fund_fen
    assert so_far.in_scope_fen == whole.after.in_scope_fen
    assert so_far.deductible_fen == whole.after.deductible_fen
