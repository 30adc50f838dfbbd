"""How much an account gives at most, which limit is named, and how use counts towards it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from domain.claim import Allocation, ClaimRequest, Trial
from domain.codes import OwnFirst
from domain.ids import PoolId
from domain.money import MAX_FEN
from domain.pool import Authorization
from domain.reasons import Reason
from domain.rules import SegmentOrder
from tests.auditor import audit
from tests.builders import DAY, START, days, done, noon, request, rules
from tests.families import FAMILY
from tests.world import World


def family(changes: dict[str, Any] | None = None, **fields: Any) -> World:  # noqa: ANN401  # any field
    """Give ann with 1000, who lets dad and kim use her account within the authorization."""
    world = World(rules(changes))
    for who in ("dad", "kim"):
        world.enroll(who)
    world.enroll("ann", current_fen=600, prior_fen=400)
    world.bind("ann", "dad", authorization=Authorization(first_day=START, **fields))
    world.bind("ann", "kim", authorization=Authorization(first_day=START, **fields))
    return world


def asked(fen: int, *, claim: str = "c", who: str = "dad", day: date = DAY) -> ClaimRequest:
    return request(claim, who, own_fen=fen, day=day)


def ann(world: World, claim: ClaimRequest, *, today: date = DAY) -> Trial:
    allocation = world.quote(claim, now=noon(today))
    assert isinstance(allocation, Allocation), allocation
    (found,) = [each for each in allocation.trials if each.account == "ann"]
    return found


LIMITS: list[tuple[dict[str, Any], dict[str, Any], Reason, str]] = [
    ({"pool.retained_minimum": 900}, {}, Reason.RETAINED_MINIMUM, "pool.retained_minimum"),
    ({}, {"retained_fen": 900}, Reason.RETAINED_MINIMUM, "authorization.retained_fen"),
    ({"pool.per_use_cap": 100}, {}, Reason.PER_USE_LIMIT, "pool.per_use_cap"),
    ({}, {"per_use_fen": 100}, Reason.PER_USE_LIMIT, "authorization.per_use_fen"),
    ({"pool.per_day_cap": 100}, {}, Reason.PER_DAY_LIMIT, "pool.per_day_cap"),
    ({}, {"per_day_fen": 100}, Reason.PER_DAY_LIMIT, "authorization.per_day_fen"),
    ({"pool.per_year_cap": 100}, {}, Reason.PER_YEAR_LIMIT, "pool.per_year_cap"),
    ({}, {"per_year_fen": 100}, Reason.PER_YEAR_LIMIT, "authorization.per_year_fen"),
    ({"pool.joint_year_cap": 100}, {}, Reason.JOINT_LIMIT, "pool.joint_year_cap"),
    ({}, {"joint_year_fen": 100}, Reason.JOINT_LIMIT, "authorization.joint_year_fen"),
]


@pytest.mark.parametrize(("changes", "fields", "reason", "rule"), LIMITS)
def test_every_limit_of_rule_and_authorization_caps_what_is_given_and_is_named(
    changes: dict[str, Any], fields: dict[str, Any], reason: Reason, rule: str
) -> None:
    found = ann(family(changes, **fields), asked(500))
    assert (found.gave_fen, found.reason, found.rule) == (100, reason, rule)
    assert found.bound_fen == 100


# How much is left on the same day, another day of the year, for another relative, next year.
AFTER_USE: list[tuple[str, tuple[int, int, int, int]]] = [
    ("pool.retained_minimum", (0, 0, 0, 0)),
    ("authorization.retained_fen", (0, 0, 0, 0)),
    ("pool.per_use_cap", (100, 100, 100, 100)),
    ("authorization.per_use_fen", (100, 100, 100, 100)),
    ("pool.per_day_cap", (30, 100, 100, 100)),
    ("authorization.per_day_fen", (30, 100, 100, 100)),
    ("pool.per_year_cap", (30, 30, 100, 100)),
    ("authorization.per_year_fen", (30, 30, 100, 100)),
    ("pool.joint_year_cap", (30, 30, 30, 100)),
    ("authorization.joint_year_fen", (30, 30, 30, 100)),
]


@pytest.mark.parametrize("how", ["settled", "held"])
@pytest.mark.parametrize(("rule", "left"), AFTER_USE)
def test_earlier_use_counts_by_day_year_and_relative_as_the_limit_says(
    rule: str, left: tuple[int, int, int, int], how: str
) -> None:
    changes, fields, _, _ = next(row for row in LIMITS if row[3] == rule)
    world = family(changes, **fields)
    first = asked(100 if "retained" in rule else 70, claim="first")
    done(world.settle(first) if how == "settled" else world.hold(first))
    next_year = date(2027, 1, 5)
    given = (
        ann(world, asked(500)).gave_fen,
        ann(world, asked(500, day=DAY - days(1))).gave_fen,
        ann(world, asked(500, who="kim")).gave_fen,
        ann(world, asked(500, day=next_year), today=next_year).gave_fen,
    )
    assert given == left
    if left[0] == 0:
        assert ann(world, asked(500)).reason is Reason.RETAINED_MINIMUM


@pytest.mark.parametrize(("rule", "left"), AFTER_USE)
def test_a_cancellation_gives_every_limit_back(rule: str, left: tuple[int, int, int, int]) -> None:
    changes, fields, _, _ = next(row for row in LIMITS if row[3] == rule)
    world = family(changes, **fields)
    done(world.settle(asked(100, claim="first")))
    done(world.cancel("first"))
    assert ann(world, asked(500)).gave_fen == 100
    assert left
    audit(world)


def test_an_exhausted_limit_is_named_with_nothing_left() -> None:
    world = family({"pool.per_day_cap": 70})
    done(world.settle(asked(70, claim="first")))
    found = ann(world, asked(1))
    assert (found.gave_fen, found.reason, found.bound_fen) == (0, Reason.PER_DAY_LIMIT, 0)


def test_the_tightest_limit_decides_and_of_equal_ones_the_first_in_the_list() -> None:
    both = {"pool.per_use_cap": 90, "pool.per_year_cap": 90, "pool.joint_year_cap": 95}
    found = ann(family(both, per_use_fen=90, per_day_fen=91), asked(500))
    assert (found.gave_fen, found.rule) == (90, "pool.per_use_cap")
    found = ann(family(both, per_day_fen=89), asked(500))
    assert (found.gave_fen, found.rule) == (89, "authorization.per_day_fen")


def test_a_limit_tightened_below_what_was_used_leaves_nothing_and_owes_nothing() -> None:
    world = family()
    done(world.settle(asked(500, claim="first")))
    done(world.authorize_use("ann", "dad", Authorization(first_day=START, per_year_fen=300)))
    found = ann(world, asked(1))
    assert (found.gave_fen, found.bound_fen) == (0, 0)


def test_the_retained_minimum_stays_even_when_more_is_asked_than_there_is() -> None:
    world = family({"pool.retained_minimum": 2_000})
    found = ann(world, asked(5_000))
    assert (found.gave_fen, found.reason) == (0, Reason.RETAINED_MINIMUM)


def test_the_grantors_latest_joint_limit_holds_for_all_relatives() -> None:
    world = family()
    done(world.authorize_use("ann", "kim", Authorization(first_day=START, joint_year_fen=50)))
    assert world.pools[PoolId(FAMILY)].joint_year_fen == {"ann": 50}
    assert ann(world, asked(500)).gave_fen == 50


def test_own_use_counts_towards_no_limit() -> None:
    world = family({"pool.joint_year_cap": 100})
    done(world.settle(asked(300, claim="own", who="ann")))
    assert ann(world, asked(500)).gave_fen == 100


def test_limits_run_by_the_owners_account_year() -> None:
    world = family({"pool.per_year_cap": 100, "account.year_start_month": 7})
    june, july = date(2026, 6, 30), date(2026, 7, 1)
    done(world.settle(asked(100, claim="first", day=june), now=noon(june)))
    assert ann(world, asked(500, day=DAY), today=july).gave_fen == 0
    assert ann(world, asked(500, day=july), today=july).gave_fen == 100


@pytest.mark.parametrize(
    ("order", "legs"),
    [
        (SegmentOrder.CURRENT_FIRST, [("current", 600), ("prior", 100)]),
        (SegmentOrder.PRIOR_FIRST, [("prior", 400), ("current", 300)]),
        (SegmentOrder.PRIOR_ONLY, [("prior", 400)]),
    ],
)
@pytest.mark.parametrize("who", ["dad", "ann"])
def test_segments_pay_in_the_order_of_the_area(
    order: SegmentOrder, legs: list[tuple[str, int]], who: str
) -> None:
    world = family({"pool.segments": order, "own.segments": order})
    allocation = world.quote(asked(700, who=who))
    assert isinstance(allocation, Allocation)
    assert [(leg.segment, leg.amount_fen) for leg in allocation.legs] == legs
    assert allocation.total_cash_fen == 700 - sum(fen for _, fen in legs)


def test_own_money_that_may_not_be_used_does_not_keep_relatives_waiting() -> None:
    changes = {"own.segments": SegmentOrder.PRIOR_ONLY, "pool.own_first": OwnFirst.MUST_BE_EMPTY}
    world = family(changes)
    world.credit("dad", 80)
    assert ann(world, asked(100)).gave_fen == 100


def test_relatives_wait_where_the_own_account_must_be_empty_first() -> None:
    world = family({"pool.own_first": OwnFirst.MUST_BE_EMPTY, "own.outside_catalogue": False})
    world.credit("dad", 80)
    lines = [request("x", "dad", own_fen=50).lines[0]]
    outside = replace(lines[0], no=2, outside_catalogue=True)
    found = ann(world, request("c", "dad", lines=[*lines, outside]))
    assert (found.gave_fen, found.reason) == (0, Reason.OWN_NOT_USED_UP)
    assert found.rule == "pool.own_first"
    found = ann(world, asked(81))
    assert (found.gave_fen, found.reason) == (1, Reason.PAID_THE_REST)


def test_what_must_stay_is_measured_in_the_segments_that_relatives_may_use() -> None:
    world = family({"pool.segments": SegmentOrder.PRIOR_ONLY, "pool.retained_minimum": 300})
    trial = ann(world, asked(1_000))
    assert (trial.gave_fen, trial.bound_fen) == (100, 100), "of 400 prior, and not of 1000"
    assert trial.reason is Reason.RETAINED_MINIMUM


def test_relatives_pay_from_their_segments_and_the_own_account_from_its_own() -> None:
    changes = {
        "own.segments": SegmentOrder.PRIOR_ONLY,
        "pool.segments": SegmentOrder.PRIOR_FIRST,
    }
    assert ann(family(changes), asked(1_000)).gave_fen == 1_000
    assert ann(family(changes), asked(1_000, who="ann")).gave_fen == 400


def test_the_largest_amount_there_is_may_be_asked() -> None:
    assert ann(family(), asked(MAX_FEN)).gave_fen == 1_000
