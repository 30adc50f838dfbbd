"""Care away from home: what a filing changes, where the fund pays, until when bills are taken."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from domain.benefit import AT_HOME, Away
from domain.claim import ClaimRequest
from domain.codes import FilingKind, ManualDeadline
from domain.filing import (
    check_filed,
    effect,
    filed,
    is_away,
    manual_deadline,
    record,
)
from domain.ids import RegionCode
from domain.money import Ratio
from domain.refusals import Code
from tests.builders import HERE, SAME_PROVINCE, institution, line, refused, request, rules
from tests.domain.filings import (
    AWAY,
    DAY,
    FARTHER,
    ITS_PROVINCE,
    LIVING,
    OTHER,
    PERSON,
    PLAIN,
    after_filing,
    by,
    entered,
)

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
