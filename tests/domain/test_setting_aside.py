"""Money set aside for a family: who may set how much aside, what it pays, and how it comes back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from domain import bookkeeping
from domain.binding import review, set_order
from domain.claim import Allocation
from domain.codes import Coverage, Funding, Insurance, Order, OwnFirst, Payee, Relation
from domain.ids import ClaimId, PersonId, PoolId
from domain.pool import Authorization
from domain.reasons import Reason
from domain.refusals import Code
from domain.rules import SegmentOrder
from domain.unbinding import report_divorce
from tests.auditor import audit
from tests.builders import DAY, NEXT_NOON, START, days, done, refused, request, rules, topics
from tests.families import FAMILY
from tests.world import World

JUNE = date(2026, 6, 1)


def family(changes: Mapping[str, object] | None = None, *, ann_fen: int = 1_000) -> World:
    """Give ann, who may pay for dad and kid, in an area where money is set aside beforehand."""
    world = World(rules({"pool.funding": Funding.POOL, **(changes or {})}))
    world.enroll("ann", current_fen=ann_fen, prior_fen=100)
    world.enroll("dad", current_fen=50)
    world.enroll("kid")
    world.bind("ann", "dad")
    world.bind("ann", "kid")
    return world


def reasons(world: World, patient: str, own_fen: int = 500) -> dict[str, Reason]:
    """Ask what a claim would be paid, and give the reason of every account."""
    quote = world.quote(request("q", patient, own_fen=own_fen))
    assert isinstance(quote, Allocation)
    return {trial.account: trial.reason for trial in quote.trials}


def test_money_set_aside_is_out_of_reach_of_its_owner_but_still_the_owners() -> None:
    world = family()
    done(world.set_aside("ann", 900))
    assert world.left("ann") == (100, 100)
    assert world.purse("ann") == (900, 0)
    done(world.settle(request("c1", "ann", own_fen=500)))
    assert world.left("ann") == (0, 0)
    assert world.claims[ClaimId("c1")].allocation.total_cash_fen == 300
    audit(world)


def test_relatives_are_paid_from_the_purse_and_never_from_what_is_available() -> None:
    world = family()
    done(world.set_aside("ann", 300))
    done(world.settle(request("c1", "dad", own_fen=450)))
    allocation = world.claims[ClaimId("c1")].allocation
    assert [(leg.account, leg.amount_fen) for leg in allocation.legs] == [("dad", 50), ("ann", 300)]
    assert allocation.trials[1].purse == "pool:family"
    assert world.purse("ann") == (0, 0)
    assert world.left("ann") == (700, 100)
    audit(world)


def test_without_money_set_aside_an_account_says_so() -> None:
    world = family()
    quote = world.quote(request("q", "dad", own_fen=500))
    assert isinstance(quote, Allocation)
    assert (quote.trials[1].reason, quote.trials[1].rule) == (
        Reason.NOTHING_SET_ASIDE,
        "pool.funding",
    )


def test_where_money_is_given_away_beforehand_no_account_is_called() -> None:
    world = family({"pool.funding": Funding.TRANSFER})
    quote = world.quote(request("q", "dad", own_fen=500))
    assert isinstance(quote, Allocation)
    trial = quote.trials[1]
    assert (trial.reason, trial.rule, trial.purse) == (Reason.MUST_BE_SENT, "pool.funding", "")


def test_what_must_stay_in_the_account_does_not_limit_a_purse_but_limits_of_use_do() -> None:
    world = family({"pool.retained_minimum": 5_000, "pool.per_use_cap": 200})
    done(world.authorize_use("ann", "dad", Authorization(first_day=START, retained_fen=5_000)))
    done(world.set_aside("ann", 300))
    assert reasons(world, "dad")["ann"] is Reason.PER_USE_LIMIT
    done(world.settle(request("c1", "dad", own_fen=500)))
    assert world.purse("ann") == (100, 0)


def test_the_purse_pays_from_the_segments_that_are_open_to_relatives() -> None:
    world = family({"pool.segments": SegmentOrder.PRIOR_ONLY})
    refused(world.set_aside("ann", 101), Code.INSUFFICIENT)
    done(world.set_aside("ann", 100))
    assert world.purse("ann") == (0, 100)
    assert reasons(world, "dad")["ann"] is Reason.GAVE_ALL_IT_HAD


def test_the_largest_purse_pays_first_where_the_largest_balance_does() -> None:
    world = family({"pool.order": Order.LARGEST_BALANCE, "pool.reorder": False})
    world.enroll("bob", current_fen=400)
    world.bind("bob", "dad")
    done(world.set_aside("bob", 400))
    done(world.set_aside("ann", 200))
    assert list(reasons(world, "dad"))[1:] == ["bob", "ann"]


@pytest.mark.parametrize(
    ("fen", "code"),
    [(0, Code.AMOUNT_OUT_OF_RANGE), (1_101, Code.INSUFFICIENT), (701, Code.SET_ASIDE_FLOOR)],
)
def test_too_much_is_refused(fen: int, code: Code) -> None:
    world = family({"pool.set_aside_floor": 400})
    refusal = refused(world.set_aside("ann", fen), code)
    if code is Code.SET_ASIDE_FLOOR:
        assert refusal.facts == {"asked_fen": 701, "floor_fen": 400, "most_fen": 700}
    done(world.set_aside("ann", 700))


def test_nothing_may_be_set_aside_below_the_floor() -> None:
    world = family({"pool.set_aside_floor": 2_000})
    assert refused(world.set_aside("ann", 1), Code.SET_ASIDE_FLOOR).facts["most_fen"] == 0


def test_a_month_has_so_many_set_asides_and_the_next_month_has_its_own() -> None:
    world = family({"pool.set_asides_per_month": 1})
    done(world.set_aside("ann", 100))
    refusal = refused(world.set_aside("ann", 100), Code.SET_ASIDES_USED_UP)
    assert refusal.facts == {"person": "ann", "month": "2026-03", "most": 1}
    done(world.set_aside("ann", 100, on=date(2026, 4, 1)))
    assert world.purse("ann") == (200, 0)


def test_only_a_covered_grantor_with_a_beneficiary_may_set_money_aside() -> None:
    world = family()
    world.enroll("nan", insurance=Insurance.RESIDENT)
    refused(world.set_aside("nan", 10), Code.NO_ACCOUNT)
    refused(world.set_aside("dad", 10), Code.NOT_A_GRANTOR)
    done(world.cover("ann", Coverage.SUSPENDED, on=DAY))
    refused(world.set_aside("ann", 10), Code.COVERAGE_NOT_ACTIVE)


@pytest.mark.parametrize("funding", [Funding.CALL, Funding.QUOTA, Funding.TRANSFER])
def test_an_area_that_works_otherwise_sets_nothing_aside(funding: Funding) -> None:
    world = family({"pool.funding": funding})
    refusal = refused(world.set_aside("ann", 10), Code.FUNDING_DIFFERS)
    assert refusal.facts == {"funding": funding, "asked": Funding.POOL}
    assert refusal.rule == "pool.funding"


def test_where_several_feed_a_family_their_order_is_designated_first() -> None:
    world = family({"pool.order": Order.USER_SET})
    world.enroll("bob", current_fen=400)
    world.enroll("eve")
    world.bind("bob", "dad")
    done(world.set_aside("ann", 100))
    refusal = refused(world.set_aside("bob", 100), Code.ORDER_NOT_DESIGNATED)
    assert refusal.facts == {"beneficiary": "dad", "grantors": "ann, bob"}
    order = (PersonId("bob"), PersonId("ann"))
    pool = world.pools[PoolId(FAMILY)]
    rule_set = world.rule_sets[pool.region]
    done(
        world.record(
            set_order(pool, beneficiary=PersonId("dad"), grantors=order, rules=rule_set, on=DAY)
        )
    )
    done(world.set_aside("bob", 100))
    assert list(reasons(world, "dad"))[1:] == ["bob", "ann"]


# ------------------------------------------------------------------------------------- the way back


def test_a_hold_is_taken_from_the_purse_and_what_is_left_of_it_goes_back_there() -> None:
    world = family()
    done(world.set_aside("ann", 300))
    done(world.hold(request("c1", "kid", own_fen=200)))
    assert world.purse("ann") == (100, 0)
    done(world.capture("c1", {1: 150}))
    assert world.purse("ann") == (150, 0)
    done(world.hold(request("c2", "kid", own_fen=50)))
    done(world.release("c2"))
    done(world.hold(request("c3", "kid", own_fen=50)))
    done(world.expire("c3"))
    assert world.purse("ann") == (150, 0)
    assert world.left("ann") == (700, 100)
    audit(world)


def test_a_refund_goes_back_into_the_purse_while_the_relation_stands() -> None:
    world = family()
    done(world.set_aside("ann", 300))
    done(world.settle(request("c1", "kid", own_fen=200)))
    done(world.cancel("c1"))
    assert world.purse("ann") == (300, 0)
    done(world.settle(request("c2", "kid", own_fen=200)))
    done(world.reverse("c2"))
    assert world.purse("ann") == (300, 0)
    audit(world)


def test_the_rest_returns_with_the_last_relation_of_a_grantor_and_later_refunds_with_it() -> None:
    world = family()
    done(world.set_aside("ann", 300))
    done(world.settle(request("c1", "kid", own_fen=200)))
    done(world.hold(request("c2", "kid", own_fen=40)))
    assert topics(world.unbind("ann", "dad")) == ["pool.relation_ended", "person.left_pool"]
    assert world.purse("ann") == (60, 0)
    assert topics(world.unbind("ann", "kid")) == [
        "pool.relation_ended",
        "account.set_aside_returned",
        *["person.left_pool"] * 2,
    ]
    assert world.purse("ann") is None
    assert world.left("ann") == (760, 100)
    done(world.cancel("c1"))
    done(world.release("c2"))
    assert world.left("ann") == (1_000, 100)
    audit(world)


def test_the_rest_stays_where_the_area_does_not_return_it() -> None:
    world = family({"pool.rest_returns": False})
    done(world.set_aside("ann", 300))
    done(world.unbind("ann", "dad"))
    done(world.unbind("ann", "kid"))
    assert world.purse("ann") == (300, 0)
    closed = bookkeeping.close_account(world["ann"], payee=Payee.OWNER_CASH, heir=None, on=DAY)
    assert topics(world.record(closed)) == ["account.set_aside_returned", "account.closed"]
    assert world.purse("ann") is None
    audit(world)


def test_a_relation_that_a_reviewer_rejects_was_the_last_one_and_ends_the_purse() -> None:
    world = family()
    done(world.set_aside("ann", 300))
    world.rule_sets = {
        region: rules({"pool.funding": Funding.POOL, "pool.review": True}, region=region)
        for region in world.rule_sets
    }
    world.enroll("nan")
    done(world.try_bind("ann", "nan"))
    done(world.unbind("ann", "dad"))
    done(world.unbind("ann", "kid"))
    assert world.purse("ann") == (300, 0)
    pool, parties = world.pools[PoolId(FAMILY)], world.parties("ann", "nan")
    rule_set = world.rule_sets[pool.region]
    rejected = world.record(review(pool, parties, approved=False, rules=rule_set, on=DAY))
    assert topics(rejected)[:2] == ["pool.relation_reviewed", "account.set_aside_returned"]
    assert world.left("ann") == (1_000, 100)


def test_an_account_that_is_closed_pays_out_what_was_set_aside_as_well() -> None:
    world = family()
    done(world.set_aside("ann", 300))
    done(world.cover("ann", Coverage.DECEASED, on=DAY))
    closed = bookkeeping.close_account(
        world["ann"], payee=Payee.HEIR_ACCOUNT, heir=world["dad"], on=DAY
    )
    assert topics(world.record(closed)) == [
        "account.set_aside_returned",
        "account.closed",
        "account.credited",
    ]
    assert world.left("dad") == (50 + 1_100, 0)
    audit(world)


def test_a_new_account_year_turns_what_is_set_aside_into_prior_money() -> None:
    world = family()
    done(world.set_aside("ann", 300))
    done(world.hold(request("c1", "kid", own_fen=100), until=NEXT_NOON + days(900)))
    done(world.roll("ann", on=date(2027, 1, 1)))
    assert world.purse("ann") == (0, 200)
    done(world.release("c1", now=NEXT_NOON + days(366)))
    assert world.purse("ann") == (0, 300)
    audit(world)


def test_one_account_a_settlement_pays_the_one_yuan_it_has_and_the_next_one_next_time() -> None:
    world = family({"pool.fall_through": False, "own.places": frozenset()})
    world.enroll("bob", current_fen=400_00)
    world.bind("bob", "kid")
    done(world.set_aside("ann", 1_00))
    done(world.set_aside("bob", 400_00))
    assert reasons(world, "kid", 500_00)["bob"] is Reason.OTHER_GRANTOR_PAID
    for number, fen in (("c1", 1_00), ("c2", 400_00)):
        done(world.settle(request(number, "kid", own_fen=500_00)))
        assert world.claims[ClaimId(number)].allocation.accounts_fen == fen
    audit(world)


def test_own_money_that_must_be_used_up_first_is_not_what_is_set_aside() -> None:
    world = family({"pool.own_first": OwnFirst.MUST_BE_EMPTY})
    world.bind("kid", "ann", family="other")
    done(world.set_aside("ann", 300))
    done(world.credit("kid", 80))
    done(world.set_aside("kid", 80, family="other"))
    assert reasons(world, "kid")["ann"] is Reason.GAVE_ALL_IT_HAD


def test_a_divorce_returns_what_rested_on_the_marriage() -> None:
    world = World(rules({"pool.funding": Funding.POOL}))
    world.enroll("ann", current_fen=500)
    world.enroll("max")
    done(world.try_bind("ann", "max", relation=Relation.SPOUSE))
    done(world.set_aside("ann", 200))
    pool = world.pools[PoolId(FAMILY)]
    divorced = report_divorce(
        pool,
        (PersonId("max"), PersonId("ann")),
        members=world.people,
        rules=world.rule_sets[pool.region],
        on=JUNE,
    )
    assert "account.set_aside_returned" in topics(world.record(divorced))
    assert world.left("ann") == (500, 0)
