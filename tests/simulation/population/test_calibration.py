"""Populations and claims come near the official figures, and the figures have sources."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from domain.codes import Category
from domain.columns import number
from policies.loader import load, load_library
from simulation.bulk.arrays import State
from simulation.bulk.rules import rule_table
from simulation.population import mixture, statistics
from simulation.population.calibration import Measured, Tally, of_people, tallied
from simulation.population.claims import Course, batches
from simulation.population.people import make
from simulation.population.setting import Setting, setting
from simulation.population.statistics import Figure

FIGURES = [each for each in vars(statistics).values() if isinstance(each, Figure)]


def off_by(measured: Measured) -> float:
    """Say how far ours is from the official figure, as a part of it."""
    assert measured.ours is not None
    return abs(measured.ours - measured.figure.value) / measured.figure.value


def test_every_figure_has_a_source_and_a_name_of_its_own() -> None:
    sources = load_library().sources
    assert len(FIGURES) > 10
    assert len({each.key for each in FIGURES}) == len(FIGURES)
    assert [each.key for each in FIGURES if each.source not in sources] == []
    assert {each.unit for each in FIGURES} == {"fen", "per_mille"}


def test_a_population_comes_near_the_official_figures(state: State, where: Setting) -> None:
    measured = {each.figure.key: off_by(each) for each in of_people(state, seed=7, where=where)}
    few_wallets = measured.pop("mean_transfer")
    assert few_wallets < 0.15
    assert sorted(measured) == ["mean_balance", "retired", "with_account"]
    assert max(measured.values()) < 0.02


def test_settled_claims_of_a_year_come_near_the_official_figures() -> None:
    where = setting(load(), date(2025, 1, 1))
    state = make(20_000, seed=7, where=where)
    table = rule_table(load())
    assert (table.regions, tuple(table.rules.province)) == (where.regions, where.provinces)
    tally = Tally(state, provinces=where.provinces)
    course = Course(where.day, 365, 300_000, seed=7, credits=True)
    made = batches(state, course, provinces=where.provinces)
    rows = sum(len(each.kind) for each in tallied(made, tally, state=state, rules=table.rules))
    assert rows > course.bills
    measured = {each.figure: each for each in tally.figures(settled=True)}
    assert len(measured) == 13
    others = measured.pop(statistics.BY_OTHERS)  # most areas let aid pay for none of it
    assert others.ours is not None
    assert others.ours < others.figure.value
    assert {
        figure.key: off_by(each) for figure, each in measured.items() if off_by(each) > 0.3
    } == {}


def test_claims_that_are_not_settled_have_no_figures_of_mutual_aid(
    state: State, where: Setting
) -> None:
    tally = Tally(state, provinces=where.provinces)
    course = Course(where.day, 2, 5_000, seed=7)
    before = [array.tobytes() for array in (state.current, state.used)]
    list(tallied(batches(state, course, provinces=where.provinces), tally, state=state))
    measured = tally.figures(settled=False)
    assert [each.figure.key for each in measured] == [
        *("across_provinces", "inpatient_cost", "yearly_credit")
    ]
    assert tally.bills == 5_000
    assert [each.ours is None for each in measured] == [False, False, True]
    assert before == [array.tobytes() for array in (state.current, state.used)]


def test_a_run_without_any_mutual_aid_is_counted(where: Setting) -> None:
    state = make(3, seed=1, where=where)
    tally = Tally(state, provinces=where.provinces)
    course = Course(where.day, 1, 1, seed=1)
    made = batches(state, course, provinces=where.provinces)
    list(tallied(made, tally, state=state, rules=rule_table(load()).rules))
    found = {each.figure.key: each.ours for each in tally.figures(settled=True)}
    assert found["aid_uses"] == 0
    assert found["mean_use"] is None


@pytest.mark.parametrize("month", range(1, 13))
def test_the_season_decides_how_common_premiums_are(month: int) -> None:
    table = mixture.kinds_in(month)
    share = float((table == mixture.PREMIUM).mean())
    assert (share > 0.03) == (month >= 8)
    assert set(np.unique(table).tolist()) == set(range(len(mixture.KINDS)))


def test_kinds_of_bills_are_all_different_and_weigh_a_thousand() -> None:
    assert sum(kind.weight for kind in mixture.KINDS) == 1000
    assert mixture.KINDS[mixture.PREMIUM].category is Category.RESIDENT_PREMIUM
    assert mixture.KINDS[mixture.COMMERCIAL].category is Category.COMMERCIAL_PREMIUM
    assert len({(kind.place, kind.category) for kind in mixture.KINDS}) == len(mixture.KINDS)
    assert mixture.CATEGORY[mixture.PREMIUM] == number(Category.RESIDENT_PREMIUM)
