"""The own account outside the home area: only where the area lets it, or the owner switched it."""

from __future__ import annotations

import pytest

from domain import bookkeeping
from domain.claim import Allocation, Trial
from domain.codes import Insurance, Payee, Place
from domain.reasons import Reason
from domain.refusals import Code
from tests.auditor import audit
from tests.builders import (
    DAY,
    ELSEWHERE,
    HERE,
    SAME_PROVINCE,
    done,
    institution,
    refused,
    request,
    rules,
    topics,
)
from tests.world import World

OFF = {"own.out_of_area": False}


def patient(changes: dict[str, object] | None = None) -> World:
    world = World(rules(changes or OFF))
    world.enroll("dad", current_fen=100)
    return world


def own(world: World, **where: object) -> Trial:
    found = world.quote(request("c", "dad", own_fen=30, institution=institution(**where)))
    assert isinstance(found, Allocation)
    return found.trials[0]


@pytest.mark.parametrize("region", [SAME_PROVINCE, ELSEWHERE])
def test_away_from_home_it_pays_only_once_its_owner_switched_it_on(region: str) -> None:
    world = patient()
    barred = own(world, region=region)
    assert (barred.gave_fen, barred.reason, barred.rule) == (
        0,
        Reason.OUT_OF_AREA_OFF,
        "own.out_of_area",
    )
    assert topics(world.switch("dad", to=True)) == ["account.out_of_area_switched"]
    assert own(world, region=region).gave_fen == 30
    done(world.switch("dad", to=False))
    assert own(world, region=region).reason is Reason.OUT_OF_AREA_OFF
    audit(world)


def test_at_home_the_switch_does_not_matter() -> None:
    assert own(patient(), region=HERE).gave_fen == 30


def test_where_the_area_lets_it_no_switch_is_needed() -> None:
    world = patient({"own.out_of_area": True})
    assert own(world, region=ELSEWHERE).gave_fen == 30
    done(world.switch("dad", to=True))
    done(world.switch("dad", to=False))
    assert own(world, region=ELSEWHERE).gave_fen == 30


def test_the_switch_is_named_before_the_place() -> None:
    world = patient({**OFF, "own.places": frozenset({Place.HOSPITAL})})
    away = own(world, region=ELSEWHERE, place=Place.PHARMACY)
    assert away.reason is Reason.OUT_OF_AREA_OFF
    done(world.switch("dad", to=True))
    assert own(world, region=ELSEWHERE, place=Place.PHARMACY).reason is Reason.PLACE_NOT_ALLOWED


def test_relatives_need_no_switch() -> None:
    world = patient()
    world.enroll("ann", current_fen=50)
    world.bind("ann", "dad")
    asked = request("c", "dad", own_fen=30, institution=institution(region=ELSEWHERE))
    found = world.quote(asked)
    assert isinstance(found, Allocation)
    assert [trial.gave_fen for trial in found.trials] == [0, 30]


@pytest.mark.parametrize(("to", "said"), [(True, "on"), (False, "off")])
def test_a_switch_that_changes_nothing_is_refused(to: bool, said: str) -> None:  # noqa: FBT001  # a row of the table
    world = patient()
    if to:
        done(world.switch("dad", to=True))
    refusal = refused(world.switch("dad", to=to), Code.SWITCH_UNCHANGED)
    assert refusal.facts == {"person": "dad", "switch": said}


def test_who_has_no_open_account_has_no_switch() -> None:
    world = patient()
    world.enroll("kid", insurance=Insurance.RESIDENT)
    refused(world.switch("kid", to=True), Code.NO_ACCOUNT)
    close = bookkeeping.close_account(world["dad"], payee=Payee.OWNER_CASH, heir=None, on=DAY)
    done(world.record(close))
    refused(world.switch("dad", to=True), Code.ACCOUNT_CLOSED)
