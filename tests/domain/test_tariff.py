"""Tariffs: which clause decides what, and which clauses are no clauses."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from domain.codes import Category, Insurance, Level, Work
from domain.money import MAX_FEN, Ratio
from domain.tariff import BenefitRules, Clause, Insured, Step

OUT, TERTIARY = Category.OUTPATIENT, Level.TERTIARY
HALF, MOST = (Step(0, Ratio(1, 2)),), (Step(0, Ratio(9, 10)),)
WORKER = Insured(Insurance.EMPLOYEE, Work.IN_SERVICE, 44)
PENSIONER = Insured(Insurance.EMPLOYEE, Work.RETIRED, 70, 2000)


def tariff(*clauses: Clause) -> BenefitRules:
    return BenefitRules(
        tariff=clauses, class_b_first=Ratio(0, 1), account_first=frozenset(), e_prescription=True
    )


def test_a_silent_tariff_has_no_ratio_no_deductible_and_no_limit() -> None:
    terms = tariff().terms(WORKER, OUT, level=TERTIARY)
    assert terms == (0, False, 0, (), MAX_FEN, MAX_FEN, Ratio(0, 1))


def test_the_first_clause_that_fits_and_speaks_of_a_thing_decides_it() -> None:
    rules = tariff(
        Clause(insurance=frozenset({Insurance.RESIDENT}), deductible_fen=1, steps=HALF),
        Clause(limit_fen=500),
        Clause(deductible_fen=300, per_stay=True),
        Clause(deductible_fen=900, later_deductible_fen=7, steps=MOST, limit_fen=9),
        Clause(ceiling_fen=1000, above=Ratio(8, 10)),
        Clause(ceiling_fen=2000, steps=HALF),
    )
    terms = rules.terms(WORKER, OUT, level=TERTIARY)
    assert terms == (300, True, 300, MOST, 500, 1000, Ratio(8, 10))
    again = tariff(Clause(deductible_fen=900, later_deductible_fen=0)).terms(
        WORKER, OUT, level=TERTIARY
    )
    assert (again.deductible_fen, again.later_deductible_fen) == (900, 0)


@pytest.mark.parametrize(
    ("fields", "fits"),
    [
        ({}, True),
        ({"insurance": frozenset({Insurance.EMPLOYEE})}, True),
        ({"insurance": frozenset({Insurance.RESIDENT})}, False),
        ({"work": frozenset({Work.RETIRED})}, True),
        ({"work": frozenset({Work.IN_SERVICE})}, False),
        ({"care": frozenset({Category.OUTPATIENT, Category.CHRONIC})}, True),
        ({"care": frozenset({Category.INPATIENT})}, False),
        ({"levels": frozenset({Level.TERTIARY})}, True),
        ({"levels": frozenset({Level.PRIMARY})}, False),
        ({"age_from": 70, "age_to": 70}, True),
        ({"age_from": 71}, False),
        ({"age_to": 69}, False),
        ({"retired_from": 2000, "retired_to": 2000}, True),
        ({"retired_from": 2001}, False),
        ({"retired_to": 1999}, False),
    ],
)
def test_a_clause_fits_when_all_that_it_names_is_so(fields: dict[str, Any], *, fits: bool) -> None:
    assert Clause(steps=HALF, **fields).fits(PENSIONER, OUT, level=TERTIARY) is fits


def test_whose_year_of_retirement_is_not_known_fits_no_clause_that_asks_for_it() -> None:
    unknown = Insured(Insurance.EMPLOYEE, Work.RETIRED, 70)
    assert not Clause(steps=HALF, retired_to=2000).fits(unknown, OUT, level=TERTIARY)
    assert not Clause(steps=HALF, retired_from=2001).fits(unknown, OUT, level=TERTIARY)
    assert Clause(steps=HALF).fits(unknown, OUT, level=TERTIARY)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "needs"),
        ({"steps": (Step(1, Ratio(1, 2)),)}, "begin at 0"),
        ({"steps": (Step(0, Ratio(1, 2)), Step(0, Ratio(1, 3)))}, "begin at 0"),
        ({"steps": (Step(0, Ratio(1, 2)), Step(9, Ratio(1, 3)), Step(5, Ratio(1, 4)))}, "rise"),
        ({"deductible_fen": -1}, "whole fen"),
        ({"limit_fen": MAX_FEN + 1}, "whole fen"),
        ({"later_deductible_fen": -1}, "whole fen"),
        ({"ceiling_fen": 5, "above": Ratio(3, 2)}, "at most one"),
        ({"steps": (Step(0, Ratio(-1, 2)),)}, "at most one"),
        ({"steps": (Step(0, Ratio(0, 0)),)}, "at most one"),
        ({"deductible_fen": "5"}, "integer"),
        ({"deductible_fen": 5, "unheard_of": 1}, "not permitted"),
    ],
)
def test_a_clause_out_of_order_is_no_clause(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Clause(**fields)


def test_amounts_at_the_edge_are_amounts() -> None:
    assert Clause(deductible_fen=0).deductible_fen == 0
    assert Clause(limit_fen=MAX_FEN).limit_fen == MAX_FEN
    assert Clause(ceiling_fen=5, above=Ratio(1, 1)).above == Ratio(1, 1)
