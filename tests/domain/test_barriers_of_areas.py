"""Barriers of some areas only: telling the till, thresholds, distance, lapsed insurance."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from domain.codes import Area, Coverage, Place, Till
from domain.eligibility import barrier
from domain.reasons import Reason
from domain.verdicts import Barrier
from tests.builders import DAY, ELSEWHERE, SAME_PROVINCE, days, institution, rules
from tests.domain.test_eligibility import Act, Changes, asked, bound, move, nothing, trial


def cover(state: Coverage) -> Act:
    return lambda world: world.cover("ann", state, on=DAY)


ON_REQUEST: Changes = {"claim.till": Till.ON_REQUEST}
LENIENT: Changes = {"pool.grantor_covered": False}
TOLD: Changes = {"aid_requested": True}

# What is changed about the world after binding, rules after that, the claim, and what ann is told.
BARRIERS: list[tuple[Act, Changes, Changes, Reason, str | None]] = [
    (nothing, ON_REQUEST, {}, Reason.AID_NOT_REQUESTED, "claim.till"),
    (nothing, ON_REQUEST, {"use_accounts": False}, Reason.TILL_DECLINED, None),
    (nothing, ON_REQUEST, {"use_accounts": False, **TOLD}, Reason.TILL_DECLINED, None),
    (cover(Coverage.ENDED), {}, {}, Reason.GRANTOR_NOT_COVERED, "pool.grantor_covered"),
    (cover(Coverage.DECEASED), {}, {}, Reason.GRANTOR_NOT_COVERED, None),
    (cover(Coverage.DECEASED), LENIENT, {}, Reason.GRANTOR_NOT_COVERED, None),
    (
        move("dad", SAME_PROVINCE),
        {"pool.area": Area.PROVINCE, "pool.direct_area": Area.SAME},
        {},
        Reason.CLAIMED_BY_HAND,
        "pool.direct_area",
    ),
    (
        nothing,
        {"pool.direct_area": Area.PROVINCE},
        {"institution": institution(region=ELSEWHERE)},
        Reason.CLAIMED_BY_HAND,
        "pool.direct_area",
    ),
    (
        nothing,
        {"pool.area": Area.SAME, "pool.direct_area": Area.SAME},
        {"institution": institution(region=SAME_PROVINCE)},
        Reason.AREA_TOO_FAR,
        "pool.area",
    ),
    (
        nothing,
        {"pool.balance_at_least": 51},
        {},
        Reason.BALANCE_TOO_LOW,
        "pool.balance_at_least",
    ),
    (
        nothing,
        {"pool.balance_at_least": 51, "pool.places": frozenset({Place.PHARMACY})},
        {},
        Reason.PLACE_NOT_ALLOWED,
        "pool.places",
    ),
]


@pytest.mark.parametrize(("act", "changes", "fields", "reason", "rule"), BARRIERS)
def test_an_account_that_may_not_pay_is_told_why_and_by_which_rule(  # a row
    act: Act, changes: Changes, fields: Changes, reason: Reason, rule: str | None
) -> None:
    world = bound()
    act(world)
    world.rule_sets = {region: rules(changes, region=region) for region in world.rule_sets}
    found = trial(world, "ann", asked(**fields))
    assert (found.gave_fen, found.reason, found.rule) == (0, reason, rule)


NO_BARRIERS: list[tuple[Act, Changes, Changes]] = [
    (nothing, ON_REQUEST, TOLD),
    (nothing, {"claim.till": Till.AUTOMATIC}, TOLD),
    (cover(Coverage.SUSPENDED), LENIENT, {}),
    (cover(Coverage.ENDED), LENIENT, {}),
    (nothing, {"pool.area": Area.SAME, "pool.direct_area": Area.SAME}, {}),
    (move("dad", SAME_PROVINCE), {"pool.direct_area": Area.PROVINCE}, {}),
    (nothing, {"pool.balance_at_least": 50}, {}),
]


@pytest.mark.parametrize(("act", "changes", "fields"), NO_BARRIERS)
def test_on_the_other_side_of_the_line_the_account_pays(
    act: Act, changes: Changes, fields: Changes
) -> None:
    world = bound()
    act(world)
    world.rule_sets = {region: rules(changes, region=region) for region in world.rule_sets}
    assert trial(world, "ann", asked(**fields)).gave_fen == 50


def test_nobody_pays_for_a_day_before_enrolment_whatever_the_area_says() -> None:
    situation = bound(LENIENT).situation(asked())
    (ann,) = situation.relatives
    later = replace(ann.person, coverage=((DAY + days(1), Coverage.ACTIVE),))
    barred = barrier(replace(ann, person=later), asked(), patient=situation.patient)
    assert barred == Barrier(Reason.GRANTOR_NOT_COVERED)


def test_the_patients_own_account_pays_without_being_asked_about_relatives() -> None:
    world = bound(ON_REQUEST)
    found = trial(world, "dad", asked())
    assert found.reason is not Reason.AID_NOT_REQUESTED
