"""Filings: who may file, how long it holds, what it changes, and until when bills are taken."""

from __future__ import annotations

from datetime import date
from functools import reduce
from typing import Any

import pytest
from msgspec.structs import replace

from domain.benefit import AT_HOME, Away
from domain.claim import ClaimRequest
from domain.codes import Coverage, FilingKind, Insurance, ManualDeadline, Work
from domain.facts import Fact
from domain.filed import Filing, FilingChanged, FilingEnded, FilingRecorded, evolve_filings
from domain.filing import (
    Stay,
    change,
    check_filed,
    effect,
    end,
    filed,
    is_away,
    manual_deadline,
    record,
)
from domain.ids import PersonId, RegionCode
from domain.money import Ratio
from domain.person import Person, evolve
from domain.refusals import Code, Refusal
from domain.rules import UNLIMITED_COUNT, FilingRules
from tests.builders import HERE, SAME_PROVINCE, institution, line, refused, request, rules

AWAY, FARTHER, ITS_PROVINCE = RegionCode("420100"), RegionCode("440100"), RegionCode("420000")
START, DAY = date(2025, 1, 1), date(2025, 3, 10)
PERSON = Person(
    id=PersonId("P"),
    region=HERE,
    insurance=Insurance.EMPLOYEE,
    work=Work.IN_SERVICE,
    coverage=((START, Coverage.ACTIVE),),
)
LIVING, OTHER = FilingKind.LIVING_AWAY, FilingKind.OTHER_TEMPORARY


def by(**changes: Any) -> FilingRules:  # noqa: ANN401  # any rule
    return rules({f"filing.{name}": value for name, value in changes.items()}).filing


PLAIN = by()


def entered(person: Person, outcome: object) -> Person:
    assert isinstance(outcome, tuple), outcome
    for made in outcome:
        assert made.stream == person.stream
        person = evolve(person, made.fact)
    return person


def after_filing(
    kind: FilingKind = OTHER, *, place: RegionCode = AWAY, on: date = DAY, law: FilingRules = PLAIN
) -> Person:
    return entered(PERSON, record(PERSON, kind=kind, place=place, on=on, rules=law))


def code(outcome: object) -> Code:
    assert isinstance(outcome, Refusal), outcome
    return outcome.code


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


# -------------------------------------------------------------------------------- what it changes


CUTTING = by(
    referral_cut=Ratio(1, 10),
    other_cut=Ratio(1, 5),
    unfiled_first_pay=Ratio(3, 10),
    within_province=True,
)
REFERRAL_CUT = Away(cut=Ratio(1, 10), rules=("filing.referral_cut", "filing.unfiled_first_pay"))


@pytest.mark.parametrize(
    ("kind", "emergency", "expected"),
    [
        (LIVING, False, AT_HOME),
        (LIVING, True, AT_HOME),
        (FilingKind.WORKING_AWAY, False, AT_HOME),
        (FilingKind.REFERRAL, False, REFERRAL_CUT),
        (FilingKind.EMERGENCY, False, REFERRAL_CUT),
        (
            OTHER,
            False,
            Away(cut=Ratio(1, 5), rules=("filing.other_cut", "filing.unfiled_first_pay")),
        ),
        (OTHER, True, REFERRAL_CUT),
    ],
)
def test_the_kind_of_filing_decides_how_much_is_cut(
    kind: FilingKind, *, emergency: bool, expected: Away
) -> None:
    person = after_filing(kind)
    assert effect(person, AWAY, day=DAY, rules=CUTTING, emergency=emergency) == expected


def test_without_a_filing_a_part_is_borne_first_except_in_an_emergency() -> None:
    unfiled = Away(
        first_pay=Ratio(3, 10), rules=("filing.referral_cut", "filing.unfiled_first_pay")
    )
    assert effect(PERSON, AWAY, day=DAY, rules=CUTTING) == unfiled
    assert effect(PERSON, SAME_PROVINCE, day=DAY, rules=CUTTING) == unfiled
    assert effect(PERSON, AWAY, day=DAY, rules=CUTTING, emergency=True) == REFERRAL_CUT
    strict = by(unfiled_first_pay=Ratio(3, 10), emergency_as_filed=False)
    assert effect(PERSON, AWAY, day=DAY, rules=strict, emergency=True) == unfiled
    assert effect(PERSON, HERE, day=DAY, rules=CUTTING) == AT_HOME


def test_those_who_live_away_keep_their_benefits_at_home_where_the_area_says_so() -> None:
    person = after_filing(LIVING)
    one_way = by(home_too=False, referral_cut=Ratio(1, 10))
    assert effect(person, HERE, day=DAY, rules=PLAIN) == AT_HOME
    assert effect(person, HERE, day=DAY, rules=one_way) == Away(
        cut=Ratio(1, 10), rules=("filing.home_too", "filing.unfiled_first_pay")
    )
    assert effect(person, HERE, day=date(2025, 3, 9), rules=one_way) == AT_HOME
    assert effect(after_filing(OTHER), HERE, day=DAY, rules=one_way) == AT_HOME
    moved = replace(person, region=FARTHER, moves=((DAY, HERE),))
    assert effect(moved, FARTHER, day=DAY, rules=one_way) == AT_HOME


def test_a_long_term_filing_comes_before_a_temporary_one_and_a_move_leaves_both_behind() -> None:
    short = after_filing(OTHER, place=AWAY)
    outcome = record(short, kind=LIVING, place=ITS_PROVINCE, on=DAY, rules=PLAIN)
    both = entered(short, outcome)
    found = filed(both, AWAY, day=DAY)
    assert found is not None
    assert found.kind is LIVING
    assert filed(both, FARTHER, day=DAY) is None
    moved = replace(both, region=FARTHER, moves=((DAY, HERE),))
    assert filed(moved, AWAY, day=DAY) is None


@pytest.mark.parametrize(
    ("where", "within", "away"),
    [
        (HERE, True, False),
        (SAME_PROVINCE, True, True),
        (SAME_PROVINCE, False, False),
        (AWAY, False, True),
    ],
)
def test_care_in_another_province_is_away_and_in_another_city_where_the_area_says_so(
    where: RegionCode, *, within: bool, away: bool
) -> None:
    assert is_away(HERE, where, rules=by(within_province=within)) is away


def asked(where: RegionCode = AWAY, *, fund_fen: int = 60, emergency: bool = False) -> ClaimRequest:
    lines = [line(1, 40, fund_fen=fund_fen)]
    there = institution(region=where)
    return request("C", "P", lines=lines, day=DAY, institution=there, emergency=emergency)


def test_the_fund_pays_away_only_where_it_was_filed() -> None:
    found = check_filed(asked(), PERSON, rules=rules())
    assert found is not None
    assert refused(found, Code.NOT_FILED).facts == {
        "patient": "P",
        "where": AWAY,
        "day": "2025-03-10",
    }
    assert found.rule == "filing.unfiled_first_pay"
    assert check_filed(asked(), after_filing(), rules=rules()) is None
    assert check_filed(asked(FARTHER), after_filing(), rules=rules()) is not None
    assert check_filed(asked(HERE), PERSON, rules=rules()) is None
    assert check_filed(asked(fund_fen=0), PERSON, rules=rules()) is None


def test_an_emergency_needs_no_filing_where_the_area_says_so() -> None:
    assert check_filed(asked(emergency=True), PERSON, rules=rules()) is None
    strict = rules({"filing.emergency_as_filed": False})
    found = check_filed(asked(emergency=True), PERSON, rules=strict)
    assert found is not None
    assert (found.code, found.rule) == (Code.NOT_FILED, "filing.emergency_as_filed")


def test_where_a_part_is_borne_first_the_fund_pays_without_a_filing() -> None:
    paying = rules({"filing.unfiled_first_pay": Ratio(1, 10)})
    assert check_filed(asked(), PERSON, rules=paying) is None


# --------------------------------------------------------------------------------------- deadlines


@pytest.mark.parametrize(
    ("law", "service", "paid", "start_month", "last"),
    [
        ({"manual_rule": ManualDeadline.NONE}, DAY, DAY, 1, None),
        (
            {"manual_rule": ManualDeadline.MONTHS_FROM_RECEIPT, "manual_months": 6},
            DAY,
            date(2025, 8, 31),
            1,
            date(2026, 2, 28),
        ),
        (
            {"manual_rule": ManualDeadline.MONTHS_FROM_RECEIPT, "manual_months": 6},
            DAY,
            date(2025, 3, 12),
            7,
            date(2025, 9, 12),
        ),
        ({"manual_rule": ManualDeadline.MONTHS_FROM_RECEIPT}, DAY, DAY, 1, None),
        (
            {"manual_rule": ManualDeadline.DAY_OF_NEXT_YEAR, "manual_day": 120},
            date(2025, 12, 31),
            date(2026, 1, 3),
            1,
            date(2026, 1, 20),
        ),
        (
            {"manual_rule": ManualDeadline.DAY_OF_NEXT_YEAR, "manual_day": 120},
            date(2026, 1, 1),
            date(2026, 1, 3),
            1,
            date(2027, 1, 20),
        ),
        (
            {"manual_rule": ManualDeadline.DAY_OF_NEXT_YEAR, "manual_day": 231},
            DAY,
            DAY,
            1,
            date(2026, 2, 28),
        ),
        (
            {"manual_rule": ManualDeadline.END_OF_NEXT_YEAR},
            date(2025, 12, 30),
            date(2025, 12, 31),
            1,
            date(2026, 12, 31),
        ),
        (
            {"manual_rule": ManualDeadline.END_OF_NEXT_YEAR},
            date(2025, 12, 30),
            date(2026, 1, 1),
            1,
            date(2027, 12, 31),
        ),
        (
            {"manual_rule": ManualDeadline.END_OF_NEXT_YEAR},
            DAY,
            date(2026, 6, 30),
            7,
            date(2027, 6, 30),
        ),
    ],
)
def test_the_last_day_for_a_bill_that_was_paid_in_full(
    law: dict[str, Any], service: date, paid: date, start_month: int, last: date | None
) -> None:
    found = manual_deadline(
        by(**law), paid_on=paid, service_date=service, year_start_month=start_month
    )
    assert found == last
