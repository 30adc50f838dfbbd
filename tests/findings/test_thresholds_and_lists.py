"""Thresholds, outside lists and the rules at hand change what is found, and nothing else does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.codes import Category, Coverage, Place
from domain.pool import Authorization
from domain.rules import RuleBook
from projections.findings.logic import bursts
from projections.findings.material import Undoing
from projections.findings.rule import finding_id
from simulation.planted.cases import CASES
from simulation.planted.street import BEGUN, Street
from simulation.planted.visits import HOSPITAL, PHARMACY
from tests.builders import HERE, rules
from tests.findings.asking import ask


@pytest.mark.parametrize(
    "setting",
    [
        "MA-10.holders=4",
        "MA-11.holders=3",
        "MA-12.times=2",
        "MA-13.digits=6",
        "MA-14.to_hour=6",
        "MA-15.times=4",
        "MA-16.percent=299",
        "MA-17.days=9",
        "MA-18.holders=9",
        "MA-20.percent=20",
        "MA-23.times=2",
        "MA-24.beneficiaries=5",
        "MA-25.holders=19",
        "MA-27.times=4",
        "MA-29.days=9",
        "MA-30.times=3",
        "MA-31.days=89",
        "MA-32.beneficiaries=7",
    ],
)
def test_a_near_miss_is_found_by_a_stricter_threshold(street: Street, setting: str) -> None:
    name = setting.partition(".")[0]
    CASES[name](street, "near", wrong=False)
    assert ask(street, name) == []
    assert len(ask(street, name, thresholds=[setting])) == 1


def used_once(street: Street) -> str:
    grantor, user = street.family("f")
    street.next_month()
    street.settle("c", user, by={grantor: 12000})
    return grantor


def test_a_death_on_an_outside_list_is_found(street: Street) -> None:
    grantor = used_once(street)
    day = street.today
    before = {"deaths": {grantor: (day - timedelta(days=1)).isoformat()}}
    (found,) = ask(street, "MA-05", "MA-33", lists=before)
    assert found.rule == "MA-05"
    assert found.subject == f"person/{grantor}"
    same_day = {"deaths": {grantor: day.isoformat(), "somebody else": "2001-01-01"}}
    assert ask(street, "MA-05", "MA-33", lists=same_day) == []


def test_a_death_that_was_a_mistake_is_no_finding(street: Street) -> None:
    grantor, user = street.family("f")
    street.next_month()
    street.cover(grantor, Coverage.DECEASED)
    street.morning()
    street.cover(grantor, Coverage.ACTIVE)
    street.morning()
    street.settle("c", user, by={grantor: 12000})
    assert ask(street, "MA-05", "MA-33") == []


def test_customers_who_live_near_either_shop_are_not_counted(street: Street) -> None:
    CASES["MA-18"](street, "x", wrong=True)
    assert len(ask(street, "MA-18")) == 1
    near = {"addresses": {"x-3-grantor": str(HOSPITAL.area)}}
    assert ask(street, "MA-18", lists=near) == []
    far = {"addresses": {"x-3-grantor": "650000"}}
    assert len(ask(street, "MA-18", lists=far)) == 1


def test_without_the_rules_of_an_area_its_limits_and_scope_are_not_asked(street: Street) -> None:
    CASES["MA-02"](street, "x", wrong=True)
    assert len(ask(street, "MA-02")) == 1
    assert ask(street, "MA-02", book=RuleBook([rules()])) == []


@pytest.mark.parametrize(
    ("rule", "limit"),
    [
        ("pool.per_use_cap", "per use"),
        ("pool.per_day_cap", "per day"),
        ("pool.per_year_cap", "per year"),
        ("pool.joint_year_cap", "joint"),
    ],
)
def test_the_limits_of_an_area_bind_as_those_of_a_grantor(rule: str, limit: str) -> None:
    street = Street(RuleBook([rules({rule: 100_00}, region=HERE)]))
    street.wait(days=3 * 366)  # the rules of tests begin in 2026
    grantor, user = street.family("f")
    street.settle("c1", user, by={grantor: 100_00})
    assert ask(street, "MA-04") == []
    if limit != "per day":
        street.morning()
    street.settle("c2", user, by={grantor: 100_01 if limit == "per use" else 1})
    (found,) = ask(street, "MA-04")
    assert limit in found.says.en


def test_a_joint_limit_holds_for_all_relatives_until_another_is_stated(street: Street) -> None:
    permit = Authorization(first_day=street.today, joint_year_fen=100_00)
    grantor, user = street.family("f", permit=permit)
    street.bind(grantor, other := street.enroll("other"))
    street.settle("c1", user, by={grantor: 60_00})
    street.settle("c2", other, by={grantor: 40_00})
    assert ask(street, "MA-04") == []
    street.settle("c3", other, by={grantor: 1})
    assert len(ask(street, "MA-04")) == 1


def test_what_comes_back_counts_towards_no_limit(street: Street) -> None:
    permit = Authorization(first_day=street.today, per_day_fen=100_00)
    grantor, user = street.family("f", permit=permit)
    street.undo(street.settle("c1", user, by={grantor: 100_00}))
    street.hold("c2", user, by={grantor: 100_00}, hours=1)
    street.capture("c2", {grantor: 30_00}, back={grantor: 70_00})
    street.settle("c3", user, by={grantor: 70_00})
    assert ask(street, "MA-04") == []
    street.settle("c4", user, by={grantor: 1})
    assert len(ask(street, "MA-04")) == 1


def test_money_captured_without_a_hold_is_found(street: Street) -> None:
    grantor, _ = street.family("f")
    street.capture("c", {grantor: 90_00}, back={})
    (found,) = ask(street, "MA-28")
    assert found.count == 1


def test_a_category_outside_an_authorization_is_found(street: Street) -> None:
    allowed = frozenset({Category.OUTPATIENT})
    permit = Authorization(first_day=street.today, categories=allowed)
    grantor, user = street.family("f", permit=permit)
    street.settle("c1", user, by={grantor: 10_00})
    assert ask(street, "MA-03") == []
    street.settle("c2", user, by={grantor: 10_00}, at=PHARMACY)
    (found,) = ask(street, "MA-03")
    assert "drugs" in found.says.en
    assert "pharmacy" not in found.says.en


def test_premiums_paid_from_afar_are_not_far_places(street: Street) -> None:
    CASES["MA-13"](street, "near", wrong=False)
    away = HOSPITAL._replace(place=Place.OFFICE, area="650000")
    street.settle("premium", "near-user", by={"near-grantor": 5050}, at=away)
    assert ask(street, "MA-13") == []


def undoing(minute: int, claim: str) -> Undoing:
    return Undoing(minute, claim, None, 1, 0, BEGUN + timedelta(minutes=minute))


@pytest.mark.parametrize(
    ("minutes", "runs"),
    [
        ([0, 1, 2], [[0, 1, 2]]),
        ([0, 5, 11], []),
        ([0, 11, 12, 13], [[11, 12, 13]]),
        ([0, 6, 10, 11, 12, 20, 21, 22], [[0, 6, 10], [11, 12, 20, 21]]),
    ],
)
def test_bursts_are_cut_out_once_each(minutes: list[int], runs: list[list[int]]) -> None:
    found = bursts(
        [undoing(minute, f"c{minute}") for minute in minutes],
        span=timedelta(minutes=10),
        key=lambda each: each.claim,
        enough=3,
    )
    assert [[each.position for each in run] for run in found] == runs


def test_the_same_key_counts_once_in_a_burst() -> None:
    events = [undoing(minute, "c") for minute in range(5)]
    span = timedelta(minutes=10)
    assert list(bursts(events, span=span, key=lambda each: each.claim, enough=2)) == []


def test_a_finding_has_the_same_name_for_ever() -> None:
    assert finding_id("MA-10", subject="institution/H1", positions=(3, 5)) == "MA-10-4cf29588d50c"
    assert finding_id("MA-10", subject="institution/H1", positions=(3, 6)) != "MA-10-4cf29588d50c"
