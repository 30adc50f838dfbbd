"""Giving money to a relative at once, as in Hangzhou: whose it is, and when it is refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from domain import bookkeeping
from domain.codes import Area, Coverage, Funding, Insurance, Payee, Relation
from domain.reasons import Reason
from domain.refusals import Code, Refusal
from domain.rules import SegmentOrder
from tests.auditor import audit
from tests.builders import (
    DAY,
    ELSEWHERE,
    HERE,
    SAME_PROVINCE,
    days,
    done,
    refused,
    request,
    rules,
    topics,
)
from tests.world import World

HANGZHOU = {"pool.funding": Funding.TRANSFER, "pool.segments": SegmentOrder.PRIOR_ONLY}


def two(changes: Mapping[str, object] | None = None, *, bound: bool = True) -> World:
    """Give a father with 1000 of prior money and his daughter with 30 of this year's."""
    mine = rules(HANGZHOU | dict(changes or {}))
    world = World(mine, rules(region=SAME_PROVINCE), rules(region=ELSEWHERE))
    world.enroll("father", current_fen=500, prior_fen=1000)
    world.enroll("daughter", current_fen=30)
    if bound:
        world.bind("father", "daughter")
    return world


def test_what_is_given_is_the_recipients_prior_money_for_good() -> None:
    world = two()
    assert topics(world.give("father", "daughter", 800)) == ["account.given", "account.received"]
    assert (world.left("father"), world.left("daughter")) == ((500, 200), (30, 800))
    audit(world)


def test_what_was_given_does_not_belong_to_the_givers_estate() -> None:
    world = two()
    done(world.give("father", "daughter", 800))
    done(world.cover("father", Coverage.DECEASED, on=DAY + days(1)))
    outcome = bookkeeping.close_account(
        world["father"], payee=Payee.POOLED_FUND, heir=None, on=DAY + days(2)
    )
    (change,) = done(world.record(outcome))
    assert change.fact.paid_out.total_fen == 700  # type: ignore[attr-defined]  # `AccountClosed`
    assert world.left("daughter") == (30, 800)
    refused(world.give("father", "daughter", 1), Code.ACCOUNT_CLOSED)
    audit(world)


def test_the_account_of_a_giver_is_not_called_on_at_the_till() -> None:
    allocation = two().quote(request("c", "daughter", own_fen=100))
    assert not isinstance(allocation, Refusal)
    assert [(t.account, t.gave_fen, t.reason, t.rule) for t in allocation.trials] == [
        ("daughter", 30, Reason.GAVE_ALL_IT_HAD, None),
        ("father", 0, Reason.MUST_BE_SENT, "pool.funding"),
    ]


@pytest.mark.parametrize(("minimum", "given"), [(0, 1000), (300, 700), (1001, 0)])
def test_nobody_gives_more_than_the_rules_leave(minimum: int, given: int) -> None:
    world = two({"pool.retained_minimum": minimum})
    refusal = refused(world.give("father", "daughter", given + 1), Code.TRANSFER_TOO_LARGE)
    assert (refusal.rule, refusal.facts["available_fen"]) == ("pool.retained_minimum", given)
    if given:
        done(world.give("father", "daughter", given))


def test_an_area_that_calls_on_accounts_lets_nobody_give() -> None:
    world = two({"pool.funding": Funding.CALL})
    refusal = refused(world.give("father", "daughter", 1), Code.GIVING_NOT_IN_FORCE)
    assert (refusal.rule, refusal.facts["funding"]) == ("pool.funding", "call")


def test_the_two_are_bound_and_reviewed() -> None:
    refused(two(bound=False).give("father", "daughter", 1), Code.NOT_BOUND)
    world = two()
    done(world.unbind("father", "daughter"))
    refused(world.give("father", "daughter", 1), Code.NOT_BOUND)
    waiting = two({"pool.review": True}, bound=False)
    done(waiting.try_bind("father", "daughter"))
    refused(waiting.give("father", "daughter", 1), Code.UNDER_REVIEW)


def test_the_relation_is_one_of_the_area_and_has_begun() -> None:
    world = two()
    spouses = rules(HANGZHOU | {"pool.relations": frozenset({Relation.SPOUSE})})
    world.rule_sets[HERE] = spouses
    assert refused(world.give("father", "daughter", 1), Code.TRANSFER_RELATION).rule == (
        "pool.relations"
    )
    later = two({"pool.activation_days": 30}, bound=False)
    done(later.try_bind("father", "daughter", on=DAY))
    refusal = refused(
        later.give("father", "daughter", 1, on=DAY + days(29)), Code.RELATION_NOT_ACTIVE
    )
    assert refusal.rule == "pool.activation_days"
    done(later.give("father", "daughter", 1, on=DAY + days(30)))


@pytest.mark.parametrize(
    ("area", "home", "near"),
    [
        (Area.SAME, HERE, True),
        (Area.SAME, SAME_PROVINCE, False),
        (Area.PROVINCE, SAME_PROVINCE, True),
        (Area.PROVINCE, ELSEWHERE, False),
        (Area.NATION, ELSEWHERE, True),
    ],
)
def test_the_recipient_is_within_the_area(area: Area, home: str, *, near: bool) -> None:
    world = two({"pool.area": area, "pool.ended_by": frozenset()})
    moved = bookkeeping.move(world["daughter"], to=home, on=DAY)  # type: ignore[arg-type]  # a code
    if home != HERE:
        done(world.record(moved))
    outcome = world.give("father", "daughter", 1)
    if near:
        done(outcome)
    else:
        assert refused(outcome, Code.TRANSFER_TOO_FAR).rule == "pool.area"


def test_both_have_open_accounts_and_insurance() -> None:
    world = two()
    world.enroll("mother", insurance=Insurance.RESIDENT)
    refused(world.give("father", "mother", 1), Code.NO_ACCOUNT)
    refused(world.give("mother", "father", 1), Code.NO_ACCOUNT)
    refused(world.give("father", "daughter", 0), Code.AMOUNT_OUT_OF_RANGE)
    closed = bookkeeping.close_account(world["daughter"], payee=Payee.OWNER_CASH, heir=None, on=DAY)
    done(world.record(closed))
    refused(world.give("father", "daughter", 1), Code.ACCOUNT_CLOSED)
    refused(world.give("daughter", "mother", 1), Code.NO_ACCOUNT)


def test_suspended_persons_neither_give_nor_receive() -> None:
    for who in ("father", "daughter"):
        world = two()
        done(world.cover(who, Coverage.SUSPENDED, on=DAY))
        refused(world.give("father", "daughter", 1), Code.COVERAGE_NOT_ACTIVE)
        done(world.give("father", "daughter", 1, on=date(2026, 3, 1)))
