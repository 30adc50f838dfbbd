"""Where money goes that comes back late: after a new month or year, an unbinding, or a closing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from domain import bookkeeping
from domain.account import AccountPaidOut, AccountPassedOn
from domain.codes import Coverage, Funding, Insurance, Payee, RefundAfterEnd, RefundSegment
from domain.facts import Outcome
from domain.ids import ClaimId
from domain.refusals import Code
from domain.undoing import Undo, heirs_of
from tests.auditor import audit
from tests.builders import DAY, HERE, days, done, noon, refused, request, rules, topics
from tests.world import World

NEW_YEAR = date(2027, 1, 1)
AFTER = noon(date(2027, 1, 5))


def settled(changes: dict[str, Any] | None = None, *, on: date = DAY) -> World:
    """Give ann, who paid 70 current and 30 prior money for dad."""
    world = World(rules(changes))
    world.enroll("dad", insurance=Insurance.RESIDENT)
    world.enroll("ann", current_fen=70, prior_fen=50)
    world.bind("ann", "dad")
    done(world.settle(request("c", "dad", own_fen=100, day=on), now=noon(on)))
    return world


# ---------------------------------------------------------------------------- across months, years


@pytest.mark.parametrize(
    ("settled_on", "today", "allowed"),
    [
        (date(2026, 3, 1), date(2026, 3, 31), True),
        (date(2026, 3, 31), date(2026, 4, 1), False),
        (date(2026, 3, 15), date(2027, 3, 15), False),
    ],
)
def test_an_area_may_keep_cancelling_within_the_month(
    settled_on: date,
    today: date,
    allowed: bool,  # noqa: FBT001  # a column of the table
) -> None:
    world = settled({"claim.cancel_across_months": False}, on=settled_on)
    outcome = world.cancel("c", now=noon(today))
    if allowed:
        done(outcome)
    else:
        refusal = refused(outcome, Code.CANCEL_ACROSS_MONTHS)
        assert refusal.rule == "claim.cancel_across_months"
        done(world.reverse("c", now=noon(today)))
    audit(world)


@pytest.mark.parametrize(
    ("start_month", "today", "allowed"),
    [
        (1, date(2026, 12, 31), True),
        (1, date(2027, 1, 1), False),
        (7, date(2026, 6, 30), True),
        (7, date(2026, 7, 1), False),
    ],
)
def test_an_area_may_keep_cancelling_within_the_account_year(
    start_month: int,
    today: date,
    allowed: bool,  # noqa: FBT001  # a column of the table
) -> None:
    world = settled(
        {
            "claim.cancel_across_years": RefundSegment.REFUSED,
            "account.year_start_month": start_month,
        }
    )
    outcome = world.cancel("c", now=noon(today))
    if allowed:
        done(outcome)
    else:
        assert refused(outcome, Code.CANCEL_ACROSS_YEARS).rule == "claim.cancel_across_years"


@pytest.mark.parametrize(
    ("variant", "expected"),
    [(RefundSegment.ORIGINAL, (70, 50)), (RefundSegment.AS_OF_NOW, (0, 120))],
)
def test_after_the_new_year_money_returns_where_the_area_says(
    variant: RefundSegment, expected: tuple[int, int]
) -> None:
    world = settled({"claim.cancel_across_years": variant})
    done(world.roll("ann", on=NEW_YEAR))
    done(world.cancel("c", now=AFTER))
    assert world.left("ann") == expected
    audit(world)


@pytest.mark.parametrize("variant", RefundSegment)
def test_before_the_account_rolls_over_money_returns_to_its_segment(variant: RefundSegment) -> None:
    world = settled({"claim.cancel_across_years": variant})
    done(world.cancel("c"))
    assert world.left("ann") == (70, 50)


def test_a_reversal_after_the_new_year_books_the_money_as_it_is_now() -> None:
    world = settled({"claim.cancel_across_years": RefundSegment.REFUSED})
    done(world.roll("ann", on=NEW_YEAR))
    done(world.reverse("c", now=AFTER))
    assert world.left("ann") == (0, 120)
    audit(world)


def test_money_paid_after_the_new_year_returns_to_its_segment() -> None:
    world = settled()
    done(world.roll("ann", on=NEW_YEAR))
    world.credit("ann", 60, on=NEW_YEAR)
    asked = request("d", "dad", own_fen=75, day=NEW_YEAR)
    done(world.settle(asked, now=noon(NEW_YEAR)))
    assert world.left("ann") == (0, 5)
    done(world.cancel("d", now=AFTER))
    assert world.left("ann") == (60, 20)
    audit(world)


def test_a_rollover_recorded_late_still_turns_money_paid_before_it_into_prior_money() -> None:
    world = settled(on=date(2027, 1, 3))
    done(world.roll("ann", on=NEW_YEAR))
    done(world.cancel("c", now=AFTER))
    assert world.left("ann") == (0, 120)
    audit(world)


def test_parts_cancelled_before_and_after_the_new_year_add_up() -> None:
    world = settled()
    done(world.cancel("c", Undo({1: 40}, {})))
    assert world.left("ann") == (10, 50)
    done(world.roll("ann", on=NEW_YEAR))
    done(world.cancel("c", Undo({1: 35}, {}), now=AFTER))
    done(world.cancel("c", now=AFTER))
    assert world.left("ann") == (0, 120)
    audit(world)


def test_a_limit_per_year_binds_and_comes_back_however_late() -> None:
    world = settled({"pool.per_year_cap": 100})
    for year in (2027, 2028):
        done(world.roll("ann", on=date(year, 1, 1)))
    late = request("late", "dad", own_fen=10)
    done(world.settle(late, now=noon(date(2028, 2, 1))))
    assert world.left("ann") == (0, 20), "the year's 100 were used before"
    done(world.cancel("c", now=noon(date(2028, 2, 2))))
    done(world.settle(replace(late, claim="later"), now=noon(date(2028, 2, 3))))
    assert world.left("ann") == (0, 110)
    audit(world)


# ------------------------------------------------------------------------------- after unbinding


def test_money_and_limits_come_back_after_the_relation_has_ended() -> None:
    world = settled({"pool.per_year_cap": 100})
    done(world.unbind("ann", "dad"))
    done(world.cancel("c"))
    assert world.left("ann") == (70, 50)
    account = world["ann"].account
    assert account is not None
    assert {fen for used in account.used.values() for fen in used.values()} == {0}
    audit(world)


CASH = {"claim.refund_after_end": RefundAfterEnd.CASH}


def test_once_the_relation_has_ended_an_area_may_pay_the_patient_in_cash() -> None:
    world = settled({**CASH, "pool.per_year_cap": 100})
    done(world.unbind("ann", "dad"))
    before = world.left("ann")
    outcome = world.cancel("c")
    assert topics(outcome) == ["claim.cancelled", "account.restored", "account.passed_on"]
    fact = done(outcome)[-1].fact
    assert isinstance(fact, AccountPassedOn)
    assert (fact.claim, fact.settlement, fact.beneficiary) == ("c", "S-c-1", "dad")
    assert (fact.paid_out.total_fen, fact.left.total_fen) == (100, sum(before))
    assert world.left("ann") == before
    account = world["ann"].account
    assert account is not None
    assert {fen for used in account.used.values() for fen in used.values()} == {0}
    audit(world)


def test_cash_for_the_patient_leaves_the_purse_of_other_relatives_as_it_was() -> None:
    world = World(rules({**CASH, "pool.funding": Funding.POOL}))
    world.enroll("ann", current_fen=1_000)
    for person in ("dad", "kid"):
        world.enroll(person)
        world.bind("ann", person)
    done(world.set_aside("ann", 900))
    done(world.settle(request("c", "dad", own_fen=300)))
    done(world.unbind("ann", "dad"))
    outcome = world.cancel("c")
    assert topics(outcome) == ["claim.cancelled", "account.restored", "account.passed_on"]
    assert (world.left("ann"), world.purse("ann")) == ((100, 0), (600, 0))
    audit(world)


def test_while_the_relation_stands_money_goes_back_to_the_grantor() -> None:
    world = settled(CASH)
    assert topics(world.cancel("c")) == ["claim.cancelled", "account.restored"]
    assert world.left("ann") == (70, 50)
    audit(world)


def test_a_reversed_call_gives_back_to_the_grantor_whatever_the_area_says() -> None:
    world = settled(CASH)
    done(world.unbind("ann", "dad"))
    assert topics(world.reverse("c")) == ["claim.reversed", "account.restored"]
    assert world.left("ann") == (70, 50)
    audit(world)


def test_cash_for_the_patient_comes_before_the_heirs_of_a_closed_account() -> None:
    world = settled(CASH)
    done(world.unbind("ann", "dad"))
    world.enroll("heir")
    die_and_close(world, Payee.HEIR_ACCOUNT, "heir")
    outcome = world.cancel("c")
    assert topics(outcome) == ["claim.cancelled", "account.restored", "account.passed_on"]
    assert world.left("ann") == (0, 0)
    audit(world)


# --------------------------------------------------------------------------- to a closed account


def die_and_close(world: World, payee: Payee, heir: str | None) -> None:
    done(world.cover("ann", Coverage.DECEASED, on=DAY))
    known = world[heir] if heir else None
    close = bookkeeping.close_account(world["ann"], payee=payee, heir=known, on=DAY)
    done(world.record(close))


def paid_out(outcome: Outcome) -> AccountPaidOut:
    (fact,) = [c.fact for c in done(outcome) if c.fact.TOPIC == "account.paid_out"]
    assert isinstance(fact, AccountPaidOut)
    return fact


@pytest.mark.parametrize("undo", ["cancel", "reverse"])
@pytest.mark.parametrize(
    ("payee", "heir", "inherits"),
    [
        (Payee.HEIR_ACCOUNT, "heir", 100),
        (Payee.HEIR_CASH, "heir", 0),
        (Payee.POOLED_FUND, None, 0),
    ],
)
def test_money_that_returns_to_a_closed_account_follows_the_rest_of_it(
    undo: str, payee: Payee, heir: str | None, inherits: int
) -> None:
    world = settled()
    world.enroll("heir")
    die_and_close(world, payee, heir)
    before = world.left("heir")
    outcome = world.cancel("c") if undo == "cancel" else world.reverse("c")
    fact = paid_out(outcome)
    assert (fact.payee, fact.heir, fact.paid_out.total_fen) == (payee, heir, 100)
    assert world.left("ann") == (0, 0)
    assert world.left("heir") == (before[0] + inherits, 0)
    audit(world)


def test_a_living_owner_who_closed_the_account_gets_the_money_in_cash() -> None:
    world = settled()
    close = bookkeeping.close_account(world["ann"], payee=Payee.OWNER_CASH, heir=None, on=DAY)
    done(world.record(close))
    assert paid_out(world.cancel("c")).payee is Payee.OWNER_CASH
    audit(world)


def test_an_heir_whose_account_is_closed_as_well_gets_cash() -> None:
    world = settled()
    world.enroll("heir")
    die_and_close(world, Payee.HEIR_ACCOUNT, "heir")
    close = bookkeeping.close_account(world["heir"], payee=Payee.OWNER_CASH, heir=None, on=DAY)
    done(world.record(close))
    outcome = world.cancel("c")
    assert topics(outcome) == ["claim.cancelled", "account.restored", "account.paid_out"]
    assert (paid_out(outcome).payee, paid_out(outcome).heir) == (Payee.HEIR_CASH, "heir")
    audit(world)


def test_an_heir_who_paid_for_the_same_claim_gets_both() -> None:
    world = World()
    world.enroll("dad", insurance=Insurance.RESIDENT)
    for who, fen in (("ann", 70), ("bob", 50)):
        world.enroll(who, current_fen=fen)
        world.bind(who, "dad")
    done(world.settle(request("c", "dad", own_fen=120)))
    done(world.cover("ann", Coverage.DECEASED, on=DAY))
    close = bookkeeping.close_account(
        world["ann"], payee=Payee.HEIR_ACCOUNT, heir=world["bob"], on=DAY
    )
    done(world.record(close))
    assert heirs_of(world.people) == ["bob"]
    outcome = world.cancel("c")
    assert topics(outcome) == [
        "claim.cancelled",
        "account.restored",
        "account.restored",
        "account.paid_out",
        "account.credited",
    ]
    assert (world.left("ann"), world.left("bob")) == ((0, 0), (120, 0))
    audit(world)


def test_only_heirs_with_accounts_are_reached_by_refunds() -> None:
    world = settled()
    assert heirs_of(world.people) == []
    world.enroll("heir")
    die_and_close(world, Payee.HEIR_CASH, "heir")
    assert heirs_of(world.people) == []


def test_the_rules_of_today_decide_about_cancelling_late() -> None:
    world = settled({"claim.cancel_across_months": True})
    world.rule_sets[HERE] = rules({"claim.cancel_across_months": False})
    refused(world.cancel("c", now=noon(DAY + days(40))), Code.CANCEL_ACROSS_MONTHS)
    assert world.claims[ClaimId("c")].is_paid
