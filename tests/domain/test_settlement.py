"""The decision as a whole: order of grantors, one trial for each, legs, facts and worked cases."""

from __future__ import annotations

from datetime import date
from itertools import permutations

import pytest

from domain import binding
from domain.account import AccountDebited, AccountHeld
from domain.allocation import in_order
from domain.claim import Allocation, ClaimLine, ClaimRequest
from domain.codes import Category, Insurance, Order
from domain.ids import PersonId, PoolId
from domain.pool import Authorization
from domain.reasons import Reason
from domain.refusals import Refusal
from domain.rules import SegmentOrder
from tests.auditor import audit
from tests.builders import (
    DAY,
    ELSEWHERE,
    NEXT_NOON,
    START,
    done,
    line,
    noon,
    request,
    rules,
    topics,
)
from tests.families import FAMILY
from tests.world import World

YUAN = 100


def family(order: Order, *, reorder: bool = True) -> World:
    """Give dad four possible grantors: bound b, a, d, c in this order, c and d on one day."""
    world = World(rules({"pool.order": order, "pool.reorder": reorder}))
    world.enroll("dad")
    for who, fen, day in (("b", 20, 2), ("a", 30, 3), ("d", 30, 5), ("c", 10, 5)):
        world.enroll(who, current_fen=fen)
        world.bind(who, "dad", on=date(2026, 1, day))
    return world


def paid(world: World, claim: ClaimRequest) -> list[tuple[str, int]]:
    """Give every candidate with what it gave, in order."""
    allocation = world.quote(claim)
    assert isinstance(allocation, Allocation), allocation
    return [(trial.account, trial.gave_fen) for trial in allocation.trials]


def set_order(world: World, *grantors: str) -> None:
    outcome = binding.set_order(
        world.pools[PoolId(FAMILY)],
        beneficiary=PersonId("dad"),
        grantors=tuple(map(PersonId, grantors)),
        rules=rules({"pool.reorder": True}),
        on=DAY,
    )
    done(world.record(outcome))


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (Order.FILING, "b a d c"),
        (Order.LAST_BOUND, "c d a b"),
        (Order.USER_SET, "b a d c"),
        (Order.LARGEST_BALANCE, "a d b c"),
        (Order.ARRIVAL, "a b c d"),
    ],
)
def test_grantors_stand_in_the_order_of_the_area_and_ties_by_a_stated_rule(
    order: Order, expected: str
) -> None:
    names = [name for name, _ in paid(family(order), request("c1", "dad", own_fen=1))]
    assert names == ["dad", *expected.split()]


@pytest.mark.parametrize("order", Order)
def test_the_order_does_not_depend_on_how_the_grantors_were_read(order: Order) -> None:
    world = family(order)
    asked = request("c1", "dad", own_fen=1)
    relatives = world.situation(asked).relatives
    patient = PersonId("dad")
    expected = in_order(relatives, next(iter(world.rule_sets.values())), patient=patient)
    for shuffled in permutations(relatives):
        rule_set = next(iter(world.rule_sets.values()))
        assert in_order(shuffled, rule_set, patient=patient) == expected


@pytest.mark.parametrize("order", Order)
def test_an_order_set_by_the_beneficiary_comes_before_the_areas_order(order: Order) -> None:
    world = family(order)
    set_order(world, "c", "a", "b", "d")
    names = [name for name, _ in paid(world, request("c1", "dad", own_fen=1))]
    assert names == ["dad", "c", "a", "b", "d"]


@pytest.mark.parametrize("order", [Order.FILING, Order.LAST_BOUND])
def test_an_order_set_before_counts_no_more_where_the_area_fixes_it(order: Order) -> None:
    world = family(order, reorder=False)
    set_order(world, "c", "a", "b", "d")
    names = [name for name, _ in paid(world, request("c1", "dad", own_fen=1))]
    assert names == ["dad", *("b a d c" if order is Order.FILING else "c d a b").split()]


def test_a_grantor_bound_after_the_order_was_set_comes_last() -> None:
    world = family(Order.USER_SET)
    set_order(world, "c", "a", "b", "d")
    world.enroll("aa", current_fen=99)
    world.bind("aa", "dad")
    names = [name for name, _ in paid(world, request("c1", "dad", own_fen=1))]
    assert names == ["dad", "c", "a", "b", "d", "aa"]


def test_the_largest_balance_counts_what_may_be_used_and_not_what_is_held() -> None:
    world = family(Order.LARGEST_BALANCE)
    done(world.hold(request("h", "a", own_fen=25)))
    names = [name for name, _ in paid(world, request("c1", "dad", own_fen=1))]
    assert names == ["dad", "d", "b", "c", "a"]


# ------------------------------------------------------------------------------------------ trials


def test_every_candidate_has_one_trial_in_order_zero_included() -> None:
    world = family(Order.FILING)
    world.unbind("a", "dad")
    done(world.hold(request("h", "b", own_fen=20)))
    allocation = world.quote(request("c1", "dad", own_fen=35))
    assert isinstance(allocation, Allocation)
    assert [(t.account, t.gave_fen, t.reason, t.rule) for t in allocation.trials] == [
        ("dad", 0, Reason.EMPTY, "pool.segments"),
        ("b", 0, Reason.EMPTY, "pool.segments"),
        ("a", 0, Reason.RELATION_ENDED, None),
        ("d", 30, Reason.GAVE_ALL_IT_HAD, None),
        ("c", 5, Reason.PAID_THE_REST, None),
    ]
    enough = world.quote(request("c1", "dad", own_fen=30))
    assert isinstance(enough, Allocation)
    assert enough.trials[-1].reason is Reason.NOTHING_LEFT_TO_PAY


def test_a_trial_names_what_was_read_and_a_decision_the_pools_and_rules_behind_it() -> None:
    world = family(Order.FILING)
    allocation = world.quote(request("c1", "dad", own_fen=35))
    assert isinstance(allocation, Allocation)
    for trial in allocation.trials:
        assert trial.version == world.version(world[trial.account].stream)
        assert trial.pool == (None if trial.account == "dad" else FAMILY)
        assert trial.account_year == 2026
    rule_set = next(iter(world.rule_sets.values()))
    assert (allocation.rule_set, allocation.dossier) == (rule_set.id, rule_set.dossier)
    assert allocation.patient_version == world.version(world["dad"].stream)
    assert allocation.pools == ((FAMILY, world.version(world.pools[PoolId(FAMILY)].stream)),)
    assert allocation.region == rule_set.region


def test_who_is_bound_anew_in_another_pool_has_a_trial_for_each_relation() -> None:
    world = family(Order.FILING)
    world.unbind("a", "dad")
    world.bind("a", "dad", family="other")
    given = paid(world, request("c1", "dad", own_fen=80))
    assert sorted(given) == [("a", 0), ("a", 30), ("b", 20), ("c", 0), ("d", 30), ("dad", 0)]
    done(world.settle(request("c1", "dad", own_fen=80)))
    done(world.cancel("c1"))
    audit(world)


def test_a_claim_without_own_share_is_settled_without_money() -> None:
    world = family(Order.FILING)
    free = request("c1", "dad", lines=[line(1, 0, fund_fen=70)])
    assert (free.fund_fen, free.own_fen) == (70, 0)
    assert ClaimLine(no=1, category=Category.DRUG, total_fen=5).own_fen == 5
    assert topics(world.settle(free)) == ["claim.settled"]
    assert not any(fen for _, fen in paid(world, request("c2", "dad", own_fen=0)))


# ------------------------------------------------------------------------------------------- facts


def test_settling_debits_each_payer_once_with_what_is_left() -> None:
    world = family(Order.FILING)
    outcome = done(world.settle(request("c1", "dad", lines=[line(1, 15), line(2, 20)])))
    assert topics(outcome) == ["claim.settled", "account.debited", "account.debited"]
    debits = [change.fact for change in outcome[1:]]
    assert all(isinstance(fact, AccountDebited) for fact in debits)
    assert [change.stream.key for change in outcome[1:]] == ["b", "a"]
    assert (world.left("b"), world.left("a")) == ((0, 0), (15, 0))
    audit(world)


def test_holding_sets_the_same_money_aside_until_the_stated_instant() -> None:
    world = family(Order.FILING)
    outcome = done(world.hold(request("c1", "dad", own_fen=35)))
    assert topics(outcome) == ["claim.authorized", "account.held", "account.held"]
    for change in outcome[1:]:
        assert isinstance(change.fact, AccountHeld)
        assert change.fact.expires_at == NEXT_NOON
    audit(world)


def test_a_quote_changes_nothing_and_is_what_is_then_settled() -> None:
    world = family(Order.FILING)
    asked = request("c1", "dad", own_fen=35)
    quote = world.quote(asked)
    done(world.settle(asked))
    assert world.claims[asked.claim].allocation == quote


def test_cash_is_all_that_is_left_where_the_till_uses_no_accounts() -> None:
    world = family(Order.FILING)
    asked = request("c1", "dad", own_fen=35, use_accounts=False)
    assert topics(world.settle(asked)) == ["claim.settled"]
    assert world.claims[asked.claim].allocation.total_cash_fen == 35


# ------------------------------------------------------------------------------------ worked cases


def test_c5_shanxi_gives_the_smaller_of_what_is_not_retained_and_the_limit_per_use() -> None:
    world = World(rules({"pool.retained_minimum": 1000 * YUAN, "pool.per_use_cap": 200 * YUAN}))
    world.enroll("dad", insurance=Insurance.RESIDENT)
    world.enroll("ann", current_fen=1300 * YUAN)
    world.bind("ann", "dad")
    quote = world.quote(request("c1", "dad", own_fen=500 * YUAN))
    assert isinstance(quote, Allocation)
    assert quote.trials[1].gave_fen == 200 * YUAN
    assert quote.trials[1].rule == "pool.per_use_cap"
    assert quote.total_cash_fen == 300 * YUAN


def c7() -> World:
    world = World(rules({"pool.order": Order.LAST_BOUND, "pool.reorder": False}))
    world.enroll("dad")
    for who, day in (("a", date(2026, 1, 1)), ("b", date(2026, 3, 1))):
        world.enroll(who, current_fen=300 * YUAN)
        world.bind(who, "dad", on=day)
    return world


def test_c7_hubei_draws_on_whoever_was_bound_last_first() -> None:
    given = paid(c7(), request("c1", "dad", own_fen=400 * YUAN))
    assert given == [("dad", 0), ("b", 300 * YUAN), ("a", 100 * YUAN)]


def test_c13_a_refund_reaches_the_account_it_came_from_after_unbinding() -> None:
    world = c7()
    done(world.settle(request("c1", "dad", own_fen=400 * YUAN)))
    done(world.unbind("a", "dad"))
    done(world.cancel("c1", now=noon(date(2026, 3, 30))))
    assert (world.left("a"), world.left("b")) == ((300 * YUAN, 0), (300 * YUAN, 0))
    audit(world)


def test_c1_shanghai_uses_up_the_current_year_and_then_prior_years() -> None:
    world = World(rules({"own.segments": SegmentOrder.CURRENT_FIRST}))
    world.enroll("p", current_fen=1200 * YUAN, prior_fen=3000 * YUAN)
    own = line(1, 2090 * YUAN, fund_fen=910 * YUAN)
    done(world.settle(request("c1", "p", lines=[own])))
    assert world.left("p") == (0, 2110 * YUAN)
    claim = next(iter(world.claims.values()))
    assert claim.allocation.total_cash_fen == 0
    assert claim.fund_fen == ((1, 910 * YUAN),)


def test_p1_nantong_empties_the_fathers_account_before_the_sons() -> None:
    world = World()
    world.enroll("father", current_fen=100 * YUAN)
    world.enroll("son", current_fen=2000 * YUAN)
    world.bind("son", "father")
    done(world.settle(request("c1", "father", own_fen=600 * YUAN)))
    assert (world.left("father"), world.left("son")) == ((0, 0), (1500 * YUAN, 0))


def test_p4_ningbo_takes_one_relatives_account_a_settlement() -> None:
    world = World(rules({"pool.fall_through": False}))
    world.enroll("patient")
    world.enroll("father", current_fen=1 * YUAN)
    world.enroll("self", current_fen=400 * YUAN)
    world.bind("father", "patient", authorization=Authorization(first_day=START))
    world.bind("self", "patient")
    first = done(world.settle(request("c1", "patient", own_fen=300 * YUAN)))
    assert topics(first) == ["claim.settled", "account.debited"]
    claim = next(iter(world.claims.values()))
    assert [(t.gave_fen, t.reason) for t in claim.allocation.trials[1:]] == [
        (1 * YUAN, Reason.GAVE_ALL_IT_HAD),
        (0, Reason.OTHER_GRANTOR_PAID),
    ]
    second = world.quote(request("c2", "patient", own_fen=300 * YUAN))
    assert not isinstance(second, Refusal)
    assert [t.gave_fen for t in second.trials] == [0, 0, 300 * YUAN]


def test_a_trial_names_its_rule_set_only_where_it_is_not_the_patients() -> None:
    world = World(rules(), rules(region=ELSEWHERE))
    world.enroll("dad", current_fen=10)
    world.enroll("ann", current_fen=20, region=ELSEWHERE)
    world.bind("ann", "dad")
    asked = request("c", "dad", own_fen=30)
    allocation = world.quote(asked)
    assert isinstance(allocation, Allocation)
    own, relatives = allocation.trials
    assert (own.rule_set, relatives.rule_set) == (None, rules(region=ELSEWHERE).id)
    assert allocation.rule_set_of(own) == rules().id
    assert allocation.rule_set_of(relatives) == rules(region=ELSEWHERE).id
    situation = world.situation(asked)
    assert situation.patient.is_own
    assert not situation.relatives[0].is_own
