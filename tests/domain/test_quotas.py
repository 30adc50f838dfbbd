"""Quotas: part of a grantor's account frozen for one beneficiary, mostly across provinces."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from domain import bookkeeping
from domain.amounts import Amounts
from domain.claim import Allocation
from domain.codes import (
    Area,
    Category,
    Coverage,
    EndReason,
    Funding,
    Insurance,
    Place,
    Relation,
    WalletModel,
)
from domain.ids import ClaimId, PersonId, PoolId
from domain.money import MAX_FEN
from domain.purses import Purse, beneficiary_of
from domain.reasons import Reason
from domain.refusals import Code
from domain.rules import SegmentOrder
from domain.unbinding import end_relations
from tests.auditor import audit
from tests.builders import (
    DAY,
    ELSEWHERE,
    HERE,
    SAME_PROVINCE,
    START,
    days,
    done,
    institution,
    line,
    refused,
    request,
    rules,
    topics,
)
from tests.families import FAMILY
from tests.world import World

QUOTA = "quota:dad"
BY_WALLET = {"wallet.model": WalletModel.QUOTA, "pool.area": Area.PROVINCE}


def apart(changes: Mapping[str, object] | None = None) -> World:
    """Give ann here, who may pay for dad in another province, under the wallet's rules."""
    there, here = {**BY_WALLET, **(changes or {})}, {**BY_WALLET, **(changes or {})}
    world = World(rules(here), rules(there, region=ELSEWHERE))
    world.enroll("ann", current_fen=1_000, prior_fen=100)
    world.enroll("dad", region=ELSEWHERE)
    world.bind("ann", "dad")
    return world


def trial(
    world: World,
    patient: str = "dad",
    **changes: Any,  # noqa: ANN401  # any field of a claim
) -> tuple[Reason, str | None, int]:
    """Ask what ann would pay of 500 in dad's hospital, and why."""
    there = institution(region=world[patient].region)
    quote = world.quote(request("q", patient, own_fen=500, **{"institution": there, **changes}))
    assert isinstance(quote, Allocation)
    tried = next(t for t in quote.trials if t.account == "ann")
    return tried.reason, tried.rule, tried.gave_fen


def test_a_quota_pays_across_provinces_where_the_area_alone_would_not() -> None:
    world = apart()
    assert trial(world) == (Reason.NOTHING_SET_ASIDE, "wallet.model", 0)
    done(world.set_quota("ann", "dad", 400))
    assert trial(world) == (Reason.GAVE_ALL_IT_HAD, None, 400)
    assert world.left("ann") == (600, 100)
    assert world.purse("ann", QUOTA) == (400, 0)
    audit(world)


def test_before_the_wallet_had_quotas_nothing_was_paid_across_provinces() -> None:
    world = apart({"wallet.model": WalletModel.CLOSED})
    assert trial(world) == (Reason.AREA_TOO_FAR, "pool.area", 0)
    refusal = refused(world.set_quota("ann", "dad", 400), Code.QUOTA_NOT_OPEN)
    assert (refusal.rule, refusal.facts) == ("wallet.model", {"region": HERE})


def test_while_the_wallet_sends_money_neither_a_call_nor_a_quota_pays() -> None:
    world = apart({"wallet.model": WalletModel.TRANSFER, "pool.area": Area.NATION})
    assert trial(world) == (Reason.MUST_BE_SENT, "wallet.model", 0)
    refusal = refused(world.set_quota("ann", "dad", 400), Code.FUNDING_DIFFERS)
    assert (refusal.rule, refusal.facts["funding"]) == ("wallet.model", Funding.TRANSFER)


def test_within_a_province_the_areas_own_rules_decide() -> None:
    world = World(rules(BY_WALLET), rules(BY_WALLET, region=SAME_PROVINCE))
    world.enroll("ann", current_fen=1_000)
    world.enroll("dad", region=SAME_PROVINCE)
    world.bind("ann", "dad")
    refusal = refused(world.set_quota("ann", "dad", 400), Code.FUNDING_DIFFERS)
    assert (refusal.rule, refusal.facts["funding"]) == ("pool.funding", Funding.CALL)
    assert trial(world) == (Reason.PAID_THE_REST, None, 500)


def test_an_area_may_work_with_quotas_by_itself() -> None:
    world = World(rules({"pool.funding": Funding.QUOTA}))
    world.enroll("ann", current_fen=1_000)
    world.enroll("dad")
    world.bind("ann", "dad")
    assert trial(world) == (Reason.NOTHING_SET_ASIDE, "pool.funding", 0)
    done(world.set_quota("ann", "dad", 400))
    assert trial(world)[2] == 400


# ------------------------------------------------------------------------------- the wallet's rules


@pytest.mark.parametrize(
    ("changes", "asked", "expected"),
    [
        (
            {"wallet.places": frozenset({Place.CLINIC}), "pool.places": frozenset(Place)},
            {},
            (Reason.PLACE_NOT_ALLOWED, "wallet.places"),
        ),
        (
            {"wallet.categories": frozenset({Category.DRUG})},
            {},
            (Reason.CATEGORY_NOT_ALLOWED, "wallet.categories"),
        ),
        (
            {"wallet.categories": frozenset({Category.DRUG}), "pool.categories": frozenset()},
            {"lines": [line(1, 500, category=Category.DRUG)]},
            (Reason.GAVE_ALL_IT_HAD, None),
        ),
        ({"pool.places": frozenset(), "pool.with_fund": False}, {}, (Reason.GAVE_ALL_IT_HAD, None)),
    ],
)
def test_places_and_categories_are_the_wallets(
    changes: dict[str, object], asked: dict[str, Any], expected: tuple[Reason, str | None]
) -> None:
    world = apart(changes)
    done(world.set_quota("ann", "dad", 400))
    assert trial(world, **asked)[:2] == expected


def test_relatives_are_the_wallets() -> None:
    spouses = frozenset({Relation.SPOUSE})
    world = apart({"pool.relations": spouses})
    world.enroll("mum", region=ELSEWHERE)
    done(world.try_bind("ann", "mum"))
    world.rule_sets[HERE] = rules({**BY_WALLET, "wallet.relations": spouses})
    assert trial(world)[:2] == (Reason.RELATION_NOT_ALLOWED, "wallet.relations")
    world.enroll("kid", region=ELSEWHERE)
    refusal = refused(world.try_bind("ann", "kid"), Code.RELATION_NOT_ALLOWED)
    assert refusal.rule == "wallet.relations"


def test_what_ends_a_relation_across_provinces_is_the_wallets() -> None:
    changes = {"wallet.ended_by": frozenset({EndReason.MOVE}), "pool.ended_by": frozenset()}
    world = apart(changes)
    world.enroll("kid")
    world.bind("ann", "kid")
    done(world.set_quota("ann", "dad", 400))
    pool = world.pools[PoolId(FAMILY)]
    ended = end_relations(
        pool,
        PersonId("ann"),
        members=world.people,
        reason=EndReason.MOVE,
        rules=world.rule_sets[HERE],
        on=DAY,
    )
    assert topics(world.record(ended)) == [
        "pool.relation_ended",
        "account.set_aside_returned",
        "person.left_pool",
    ]
    assert world.left("ann") == (1_000, 100)
    assert world.purse("ann", QUOTA) is None


# ------------------------------------------------------------------------------ setting it again


def test_a_quota_can_be_raised_and_cut_but_not_below_what_is_used() -> None:
    world = apart()
    done(world.set_quota("ann", "dad", 400))
    there = institution(region=ELSEWHERE)
    done(world.settle(request("c1", "dad", own_fen=150, institution=there)))
    done(world.set_quota("ann", "dad", 500))
    assert world.purse("ann", QUOTA) == (350, 0)
    done(world.hold(request("c2", "dad", own_fen=50, institution=there)))
    refusal = refused(world.set_quota("ann", "dad", 199), Code.QUOTA_BELOW_USED)
    assert refusal.facts == {"beneficiary": "dad", "asked_fen": 199, "used_fen": 200}
    done(world.set_quota("ann", "dad", 200))
    assert world.purse("ann", QUOTA) == (0, 0)
    assert world.left("ann") == (800, 100)
    done(world.release("c2"))
    done(world.cancel("c1"))
    assert world.purse("ann", QUOTA) == (200, 0)
    done(world.set_quota("ann", "dad", 200))
    done(world.set_quota("ann", "dad", 0))
    assert world.left("ann") == (1_000, 100)
    audit(world)


@pytest.mark.parametrize(
    ("segments", "left"),
    [(SegmentOrder.CURRENT_FIRST, (0, 50)), (SegmentOrder.PRIOR_FIRST, (50, 0))],
)
def test_what_would_be_paid_last_is_released_first(
    segments: SegmentOrder, left: tuple[int, int]
) -> None:
    world = apart({"pool.segments": segments})
    done(world.set_quota("ann", "dad", 1_100))
    done(world.set_quota("ann", "dad", 1_050))
    assert world.left("ann") == left


@pytest.mark.parametrize("funding", Funding)
def test_a_quota_pays_across_provinces_however_the_area_itself_funds_relatives(
    funding: Funding,
) -> None:
    world = apart({"pool.funding": funding})
    done(world.set_quota("ann", "dad", 400))
    assert trial(world) == (Reason.GAVE_ALL_IT_HAD, None, 400)


def test_what_is_set_aside_is_still_held_where_an_account_must_hold_so_much_to_pay() -> None:
    world = apart({"pool.balance_at_least": 1_100})
    done(world.set_quota("ann", "dad", 400))
    assert trial(world) == (Reason.GAVE_ALL_IT_HAD, None, 400)
    done(world.settle(request("c1", "dad", own_fen=1, institution=institution(region=ELSEWHERE))))
    assert trial(world) == (Reason.BALANCE_TOO_LOW, "pool.balance_at_least", 0)


def test_a_quota_takes_no_more_than_there_is() -> None:
    world = apart()
    refusal = refused(world.set_quota("ann", "dad", 1_101), Code.INSUFFICIENT)
    assert refusal.facts == {"person": "ann", "asked_fen": 1_101, "available_fen": 1_100}
    for fen in (-1, MAX_FEN + 1):
        refused(world.set_quota("ann", "dad", fen), Code.AMOUNT_OUT_OF_RANGE)


def test_a_quota_needs_a_covered_grantor_with_an_account_and_a_relation() -> None:
    world = apart()
    world.enroll("kid", region=ELSEWHERE)
    refused(world.set_quota("ann", "kid", 10), Code.NOT_BOUND)
    done(world.cover("ann", Coverage.SUSPENDED, on=DAY))
    refused(world.set_quota("ann", "dad", 10), Code.COVERAGE_NOT_ACTIVE)
    world.enroll("nan", insurance=Insurance.RESIDENT)
    refused(world.set_quota("nan", "dad", 10), Code.NO_ACCOUNT)


# ------------------------------------------------------------------------------------ the way back


def test_a_refund_after_the_relation_is_free_money_also_where_a_smaller_quota_follows() -> None:
    world = apart()
    there = institution(region=ELSEWHERE)
    done(world.set_quota("ann", "dad", 400))
    done(world.settle(request("c1", "dad", own_fen=300, institution=there)))
    done(world.settle(request("c2", "dad", own_fen=80, institution=there)))
    done(world.unbind("ann", "dad"))
    assert world.left("ann") == (620, 100)
    done(world.cancel("c2"))
    assert world.left("ann") == (700, 100)
    world.bind("ann", "dad", on=DAY)
    done(world.set_quota("ann", "dad", 100))
    done(world.cancel("c1"))  # the new quota never gave 300
    assert world.purse("ann", QUOTA) == (100, 0)
    assert world.left("ann") == (900, 100)
    audit(world)


def test_each_beneficiary_has_a_quota_of_its_own_and_limits_still_count() -> None:
    world = apart({"pool.per_use_cap": 60})
    world.enroll("mum", region=ELSEWHERE)
    world.bind("ann", "mum")
    done(world.set_quota("ann", "dad", 400))
    done(world.set_quota("ann", "mum", 50))
    assert trial(world) == (Reason.PER_USE_LIMIT, "pool.per_use_cap", 60)
    assert trial(world, "mum") == (Reason.GAVE_ALL_IT_HAD, None, 50)
    there = institution(region=ELSEWHERE)
    done(world.settle(request("c1", "mum", own_fen=50, institution=there)))
    assert world.claims[ClaimId("c1")].allocation.trials[1].purse == "quota:mum"
    assert world.purse("ann", QUOTA) == (400, 0)


def test_where_the_two_lived_on_the_day_of_care_counts() -> None:
    world = apart()
    moved = date(2026, 2, 1)
    done(world.set_quota("ann", "dad", 400, on=START))
    done(world.record(bookkeeping.move(world["dad"], to=HERE, on=moved)))
    here = institution(region=HERE)
    assert trial(world, institution=here)[2] == 500  # an ordinary call within the area
    earlier = trial(world, institution=here, day=moved - days(1))
    assert earlier == (Reason.GAVE_ALL_IT_HAD, None, 400)


def test_a_purse_says_whom_it_serves_and_what_of_it_was_used() -> None:
    assert beneficiary_of("quota:p:2") == "p:2"
    assert beneficiary_of("pool:F1") is None
    quota = Purse(PoolId("F1"), Amounts(30, 10), 100)
    assert (quota.used_fen, quota.takes_back(60), quota.takes_back(61)) == (60, True, False)
    shared = Purse(PoolId("F1"), Amounts(30, 10))
    assert (shared.used_fen, shared.takes_back(10**9)) == (0, True)
