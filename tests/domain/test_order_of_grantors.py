"""The order of grantors in the corners: backdated filings, two families, missing accounts."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from domain.allocation import in_order
from domain.codes import Order
from domain.eligibility import Candidate
from domain.facts import Change
from domain.ids import PersonId, PoolId
from domain.pool import OrderSet
from domain.rules import RuleSet
from tests.builders import DAY, ELSEWHERE, HERE, request, rules
from tests.world import World

DAD = PersonId("dad")
OTHER = "other"


def names(candidates: list[Candidate], rule_set: RuleSet) -> list[str]:
    return [each.person.id for each in in_order(candidates, rule_set, patient=DAD)]


def candidates(world: World) -> dict[str, Candidate]:
    read = world.situation(request("c", "dad", own_fen=1)).relatives
    return {each.person.id: each for each in read}


def filed(candidate: Candidate, on: date, number: int) -> Candidate:
    """Give a grantor whose relation was filed on a day under a number."""
    assert candidate.binding is not None
    return replace(candidate, binding=replace(candidate.binding, bound_on=on, filing_no=number))


def family() -> World:
    """Give dad two grantors, b bound before a; neither has any money."""
    world = World()
    for who in ("dad", "a", "b"):
        world.enroll(who)
    world.bind("b", "dad")
    world.bind("a", "dad")
    return world


@pytest.mark.parametrize(
    ("order", "expected"), [(Order.FILING, ["a", "b"]), (Order.LAST_BOUND, ["b", "a"])]
)
def test_the_day_of_binding_counts_before_the_number_of_the_filing(
    order: Order, expected: list[str]
) -> None:
    read = candidates(family())
    early = filed(read["a"], date(2026, 1, 2), 999_999)
    late = filed(read["b"], date(2026, 1, 3), 1)
    assert names([late, early], rules({"pool.order": order})) == expected


def test_grantors_that_two_families_orders_put_in_the_same_place_stand_as_filed() -> None:
    world = World()
    for who in ("dad", "a", "b"):
        world.enroll(who, current_fen=1)
    world.bind("b", "dad", on=date(2026, 1, 2))
    world.bind("a", "dad", on=date(2026, 1, 3), family=OTHER)
    for family_id, grantor in (("family", "b"), (OTHER, "a")):
        stream = world.pools[PoolId(family_id)].stream
        order = OrderSet(effective_on=DAY, beneficiary=DAD, grantors=(PersonId(grantor),))
        world.record((Change(stream, order),))
    assert names(list(candidates(world).values()), rules()) == ["b", "a"]


def test_a_grantor_without_an_account_stands_as_one_with_nothing() -> None:
    read = candidates(family())
    without = replace(read["a"], person=replace(read["a"].person, account=None))
    largest = rules({"pool.order": Order.LARGEST_BALANCE})
    assert names([read["b"], without], largest) == ["a", "b"]


def test_grantors_of_the_patients_own_area_come_first_and_then_by_filing() -> None:
    local, away = (rules({"pool.order": Order.LOCAL_FIRST}, region=r) for r in (HERE, ELSEWHERE))
    world = World(local, away)
    world.enroll("dad")
    for who, region in (("a", HERE), ("b", ELSEWHERE), ("c", HERE), ("d", ELSEWHERE)):
        world.enroll(who, region=region)
    for day, who in enumerate("dbca", start=2):  # d was filed first, a last
        world.bind(who, "dad", on=date(2026, 1, day))
    read = list(candidates(world).values())
    assert names(read, local) == ["c", "a", "d", "b"]
    assert names(read, away) == ["d", "b", "c", "a"]
