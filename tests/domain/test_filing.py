"""Filings: who may file, how long it holds, how it is changed and ended."""

from __future__ import annotations

from datetime import date
from functools import reduce
from typing import Any

import pytest
from msgspec.structs import replace

from domain.codes import Coverage, FilingKind, Work
from domain.facts import Fact
from domain.filed import Filing, FilingChanged, FilingEnded, FilingRecorded, evolve_filings
from domain.filing import (
    Stay,
    change,
    end,
    record,
)
from domain.ids import RegionCode
from domain.person import Person
from domain.refusals import Code, Refusal
from domain.rules import UNLIMITED_COUNT, FilingRules
from tests.builders import HERE, SAME_PROVINCE, refused
from tests.domain.filings import (
    AWAY,
    DAY,
    FARTHER,
    ITS_PROVINCE,
    LIVING,
    OTHER,
    PERSON,
    PLAIN,
    START,
    after_filing,
    by,
    code,
    entered,
)

# ------------------------------------------------------------------------------------- recording


def test_a_temporary_filing_holds_for_months_and_to_the_day() -> None:
    (filing,) = after_filing().filings
    assert filing == Filing(
        no=1, kind=OTHER, home=HERE, places=((DAY, AWAY),), last_day=date(2025, 9, 10)
    )
    assert [filing.holds_on(day) for day in (date(2025, 3, 9), DAY)] == [False, True]
    assert filing.holds_on(date(2025, 9, 10))
    assert not filing.holds_on(date(2025, 9, 11))


def test_a_filing_from_the_end_of_a_long_month_ends_with_a_shorter_one() -> None:
    assert after_filing(on=date(2025, 8, 31)).filings[0].last_day == date(2026, 2, 28)


def test_without_a_limit_and_for_those_who_live_away_it_has_no_last_day() -> None:
    assert after_filing(law=by(temporary_months=UNLIMITED_COUNT)).filings[0].last_day is None
    assert after_filing(LIVING).filings[0].last_day is None
    assert after_filing(LIVING).filings[0].holds_on(date(2099, 1, 1))


def test_only_long_term_filings_are_locked_and_only_where_there_is_a_lock() -> None:
    locking = by(change_lock_months=6)
    assert after_filing(LIVING, law=locking).filings[0].locked_until == date(2025, 9, 10)
    assert after_filing(OTHER, law=locking).filings[0].locked_until is None
    assert after_filing(LIVING).filings[0].locked_until is None


def test_a_province_covers_all_its_areas_and_an_area_only_itself() -> None:
    whole = after_filing(place=ITS_PROVINCE).filings[0]
    assert whole.covers(AWAY, DAY)
    assert whole.covers(ITS_PROVINCE, DAY)
    assert not whole.covers(FARTHER, DAY)
    alone = after_filing().filings[0]
    assert alone.covers(AWAY, DAY)
    assert not alone.covers(RegionCode("420200"), DAY)
    assert not alone.covers(AWAY, date(2025, 3, 9))


RETIRED = replace(PERSON, work=Work.RETIRED)
SUSPENDED = replace(PERSON, coverage=((START, Coverage.SUSPENDED),))


@pytest.mark.parametrize(
    ("person", "facts", "law", "expected", "rule"),
    [
        (PERSON, {"kind": LIVING}, by(kinds=frozenset({OTHER})), "kind_impossible", "filing.kinds"),
        (PERSON, {"kind": FilingKind.RETIRED_AWAY}, PLAIN, "kind_impossible", None),
        (PERSON, {"place": HERE}, PLAIN, "not_needed", "filing.within_province"),
        (PERSON, {"place": SAME_PROVINCE}, PLAIN, "not_needed", "filing.within_province"),
        (
            PERSON,
            {"stay": Stay(date(2025, 3, 1))},
            by(late_until_discharge=False),
            "too_late",
            "filing.late_until_discharge",
        ),
        (
            PERSON,
            {"stay": Stay(date(2025, 3, 1), date(2025, 3, 9))},
            PLAIN,
            "too_late",
            "filing.late_until_discharge",
        ),
    ],
)
def test_what_cannot_be_filed_is_refused(
    person: Person, facts: dict[str, Any], law: FilingRules, expected: str, rule: str | None
) -> None:
    asked: dict[str, Any] = {"kind": OTHER, "place": AWAY, **facts}
    outcome = record(person, on=DAY, rules=law, **asked)
    assert isinstance(outcome, Refusal)
    assert outcome.code == f"filing_{expected}"
    assert outcome.rule == rule


def test_the_retired_may_settle_away_and_the_uncovered_may_file_nothing() -> None:
    kind = FilingKind.RETIRED_AWAY
    assert entered(RETIRED, record(RETIRED, kind=kind, place=AWAY, on=DAY, rules=PLAIN)).filings
    outcome = record(SUSPENDED, kind=OTHER, place=AWAY, on=DAY, rules=PLAIN)
    assert isinstance(outcome, Refusal)
    assert refused(outcome, Code.COVERAGE_NOT_ACTIVE).facts == {
        "person": "P",
        "status": "suspended",
    }


@pytest.mark.parametrize(
    ("stay", "first_day"),
    [
        (Stay(date(2025, 3, 1)), date(2025, 3, 1)),
        (Stay(date(2025, 3, 1), DAY), date(2025, 3, 1)),
        (Stay(DAY, DAY), DAY),
        (Stay(DAY), DAY),
    ],
)
def test_filed_before_discharge_it_counts_from_admission(stay: Stay, first_day: date) -> None:
    outcome = record(PERSON, kind=OTHER, place=AWAY, on=DAY, rules=PLAIN, stay=stay)
    (filing,) = entered(PERSON, outcome).filings
    assert (filing.first_day, filing.last_day) == (first_day, date(2025, 9, 10))


def test_filed_on_the_day_of_admission_it_is_not_late_anywhere() -> None:
    law = by(late_until_discharge=False)
    outcome = record(PERSON, kind=OTHER, place=AWAY, on=DAY, rules=law, stay=Stay(DAY))
    assert entered(PERSON, outcome).filings[0].first_day == DAY


@pytest.mark.parametrize(
    ("stay", "last"),
    [
        (Stay(date(2025, 3, 11)), DAY),
        (Stay(date(2025, 3, 9), date(2025, 3, 8)), date(2025, 3, 8)),
    ],
)
def test_a_stay_that_cannot_be_is_refused(stay: Stay, last: date) -> None:
    outcome = record(PERSON, kind=OTHER, place=AWAY, on=DAY, rules=PLAIN, stay=stay)
    assert isinstance(outcome, Refusal)
    assert refused(outcome, Code.INVALID_PERIOD).facts == {
        "first": stay.admitted.isoformat(),
        "last": last.isoformat(),
    }


def test_what_is_filed_already_is_not_filed_again_until_it_has_ended() -> None:
    person = after_filing(place=ITS_PROVINCE)
    again: dict[str, Any] = {"kind": OTHER, "place": AWAY, "rules": PLAIN}
    outcome = record(person, on=DAY, **again)
    assert isinstance(outcome, Refusal)
    assert refused(outcome, Code.FILING_EXISTS).facts == {
        "person": "P",
        "filing": 1,
        "place": ITS_PROVINCE,
    }
    later = entered(person, record(person, on=date(2025, 9, 11), **again))
    assert [filing.no for filing in later.filings] == [1, 2]


# ---------------------------------------------------------------------------- changing and ending


def test_a_change_keeps_the_old_place_for_the_days_before_it() -> None:
    person = after_filing(LIVING)
    moved = entered(person, change(person, 1, place=FARTHER, on=date(2025, 4, 1), rules=PLAIN))
    (filing,) = moved.filings
    assert (filing.place, filing.first_day) == (FARTHER, DAY)
    assert filing.covers(AWAY, date(2025, 3, 31))
    assert not filing.covers(AWAY, date(2025, 4, 1))
    assert filing.covers(FARTHER, date(2025, 4, 1))


def test_an_end_is_the_first_day_without_the_filing() -> None:
    person = after_filing(LIVING)
    ended = entered(person, end(person, 1, on=date(2025, 4, 1)))
    assert ended.filings[0].holds_on(date(2025, 3, 31))
    assert not ended.filings[0].holds_on(date(2025, 4, 1))


def test_a_lock_holds_up_to_its_day_and_yields_to_proof() -> None:
    law = by(change_lock_months=6)
    person = after_filing(LIVING, law=law)
    early, due = date(2025, 9, 9), date(2025, 9, 10)
    outcome = change(person, 1, place=FARTHER, on=early, rules=law)
    assert isinstance(outcome, Refusal)
    assert refused(outcome, Code.FILING_LOCKED).facts == {"filing": 1, "until": "2025-09-10"}
    assert outcome.rule == "filing.change_lock_months"
    assert code(end(person, 1, on=early)) is Code.FILING_LOCKED
    assert entered(person, end(person, 1, on=early, proof=True)).filings[0].ended_on == early
    assert entered(person, end(person, 1, on=due)).filings[0].ended_on == due
    proved = entered(person, change(person, 1, place=FARTHER, on=early, rules=law, proof=True))
    assert proved.filings[0].locked_until == date(2026, 3, 9)
    assert entered(person, change(person, 1, place=FARTHER, on=due, rules=law)).filings


@pytest.mark.parametrize("no", [0, 2, -1])
def test_a_filing_that_is_not_there_is_refused(no: int) -> None:
    person = after_filing()
    outcome = end(person, no, on=DAY)
    assert isinstance(outcome, Refusal)
    assert refused(outcome, Code.UNKNOWN_FILING).facts == {"person": "P", "filing": no}
    again = change(person, no, place=FARTHER, on=DAY, rules=PLAIN)
    assert code(again) is Code.UNKNOWN_FILING


def test_only_what_is_in_force_is_changed_or_ended() -> None:
    person = after_filing()
    for day in (date(2025, 3, 9), date(2025, 9, 11)):
        outcome = end(person, 1, on=day)
        assert isinstance(outcome, Refusal)
        assert refused(outcome, Code.FILING_NOT_IN_FORCE).facts == {
            "person": "P",
            "filing": 1,
            "day": day.isoformat(),
        }
    changed = entered(person, change(person, 1, place=FARTHER, on=date(2025, 4, 1), rules=PLAIN))
    before = change(changed, 1, place=AWAY, on=date(2025, 3, 31), rules=PLAIN)
    assert code(before) is Code.FILING_NOT_IN_FORCE
    ended = entered(changed, end(changed, 1, on=date(2025, 5, 1)))
    assert code(end(ended, 1, on=date(2025, 4, 30))) is Code.FILING_NOT_IN_FORCE
    moved = replace(person, region=FARTHER, moves=((date(2025, 4, 1), HERE),))
    assert code(end(moved, 1, on=date(2025, 4, 1))) is Code.FILING_NOT_IN_FORCE
    assert entered(moved, end(moved, 1, on=date(2025, 3, 31))).filings


def test_a_change_to_the_same_place_or_home_is_refused() -> None:
    person = after_filing()
    assert code(change(person, 1, place=AWAY, on=DAY, rules=PLAIN)) is Code.FILING_EXISTS
    assert code(change(person, 1, place=HERE, on=DAY, rules=PLAIN)) is Code.FILING_NOT_NEEDED


RECORDED = FilingRecorded(
    effective_on=DAY, filing=1, kind=LIVING, home=HERE, place=AWAY, first_day=DAY
)
CHANGED = FilingChanged(effective_on=DAY, filing=1, place_before=AWAY, place=FARTHER)
ENDED = FilingEnded(effective_on=DAY, filing=1)


@pytest.mark.parametrize(
    "facts",
    [
        (replace(RECORDED, filing=2),),
        (RECORDED, RECORDED),
        (RECORDED, ENDED, CHANGED),
        (RECORDED, ENDED, ENDED),
        (RECORDED, CHANGED, CHANGED),
    ],
)
def test_facts_that_contradict_each_other_are_bugs(facts: tuple[Fact, ...]) -> None:
    none: tuple[Filing, ...] = ()
    with pytest.raises(AssertionError):
        reduce(evolve_filings, facts, none)


def test_other_filings_stay_as_they_are() -> None:
    person = after_filing(LIVING)
    outcome = record(person, kind=OTHER, place=FARTHER, on=DAY, rules=PLAIN)
    both = entered(person, outcome)
    first, second = entered(both, end(both, 1, on=date(2025, 4, 1))).filings
    assert (first.ended_on, second) == (date(2025, 4, 1), both.filings[1])
