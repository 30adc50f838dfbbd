"""Decisions about an account: credit, take back, roll over, close."""

from __future__ import annotations

from datetime import date

import pytest

from domain import bookkeeping
from domain.account import AccountClosed, AccountYearRolled
from domain.amounts import Amounts
from domain.codes import Coverage, CreditKind, Insurance, Payee, Segment
from domain.facts import Outcome
from domain.money import MAX_FEN
from domain.refusals import Code
from tests.auditor import audit
from tests.builders import DAY, NOON, days, done, refused, request, rules, topics
from tests.world import World


@pytest.fixture
def world() -> World:
    world = World()
    world.enroll("p", current_fen=100, prior_fen=50)
    return world


def test_a_period_is_credited_once_for_each_kind(world: World) -> None:
    done(world.credit("p", 10, period="2026-03"))
    refused(world.credit("p", 10, period="2026-03"), Code.ALREADY_CREDITED)
    done(world.credit("p", 10, period="2026-04"))
    advance = bookkeeping.credit(
        world["p"],
        kind=CreditKind.YEARLY_ADVANCE,
        segment=Segment.CURRENT,
        amount_fen=7,
        period="2026-03",
        on=DAY,
    )
    done(world.record(advance))
    assert world.left("p") == (127, 50)


def test_credits_without_a_period_repeat(world: World) -> None:
    done(world.credit("p", 10))
    done(world.credit("p", 10, segment=Segment.PRIOR))
    assert world.left("p") == (110, 60)


def test_a_period_is_never_credited_twice_however_many_years_go_by(world: World) -> None:
    done(world.credit("p", 10, period="2026-03"))
    for year in (2027, 2028, 2029):
        done(world.roll("p", on=date(year, 1, 1)))
    refused(world.credit("p", 10, period="2026-03"), Code.ALREADY_CREDITED)


@pytest.mark.parametrize("fen", [0, -1, MAX_FEN + 1])
def test_amounts_out_of_range_are_refused(world: World, fen: int) -> None:
    refused(world.credit("p", fen), Code.AMOUNT_OUT_OF_RANGE)
    taken = bookkeeping.take_back(world["p"], segment=Segment.CURRENT, amount_fen=fen, on=DAY)
    refused(taken, Code.AMOUNT_OUT_OF_RANGE)


def test_the_largest_amount_there_is_may_be_credited() -> None:
    world = World()
    world.enroll("p")
    done(world.credit("p", MAX_FEN))
    assert world.left("p") == (MAX_FEN, 0)


def test_a_credit_is_taken_back_as_far_as_it_is_available(world: World) -> None:
    for segment, fen in ((Segment.CURRENT, 100), (Segment.PRIOR, 50)):
        more = bookkeeping.take_back(world["p"], segment=segment, amount_fen=fen + 1, on=DAY)
        assert refused(more, Code.INSUFFICIENT).facts["available_fen"] == fen
        all_of_it = bookkeeping.take_back(world["p"], segment=segment, amount_fen=fen, on=DAY)
        assert topics(world.record(all_of_it)) == ["account.taken_back"]
    assert world.left("p") == (0, 0)
    audit(world)


def test_held_money_is_not_taken_back(world: World) -> None:
    done(world.hold(request("c", "p", own_fen=60)))
    more = bookkeeping.take_back(world["p"], segment=Segment.CURRENT, amount_fen=41, on=DAY)
    refused(more, Code.INSUFFICIENT)


def test_nothing_is_credited_rolled_or_closed_without_an_account(world: World) -> None:
    world.enroll("r", insurance=Insurance.RESIDENT)
    refused(world.credit("r", 1), Code.NO_ACCOUNT)
    refused(world.roll("r", on=date(2027, 1, 1)), Code.NO_ACCOUNT)
    refused(
        bookkeeping.take_back(world["r"], segment=Segment.CURRENT, amount_fen=1, on=DAY),
        Code.NO_ACCOUNT,
    )
    refused(
        bookkeeping.close_account(world["r"], payee=Payee.OWNER_CASH, heir=None, on=DAY),
        Code.NO_ACCOUNT,
    )


def test_a_year_begins_once_and_years_without_movement_are_skipped(world: World) -> None:
    refused(world.roll("p", on=date(2026, 12, 31)), Code.YEAR_ALREADY_ROLLED)
    done(world.hold(request("c", "p", own_fen=60), until=NOON + days(400)))
    ((_, fact),) = done(world.roll("p", on=date(2028, 1, 1)))
    assert isinstance(fact, AccountYearRolled)
    assert (fact.moved_fen, fact.left) == (100, Amounts(0, 90))
    refused(world.roll("p", on=date(2028, 6, 1)), Code.YEAR_ALREADY_ROLLED)
    refused(world.roll("p", on=date(2027, 6, 1)), Code.YEAR_ALREADY_ROLLED)
    audit(world)


def test_an_account_year_from_july_to_june_begins_in_july() -> None:
    world = World(rules({"account.year_start_month": 7}))
    world.enroll("p", current_fen=100)
    refused(world.roll("p", on=date(2026, 6, 30)), Code.YEAR_ALREADY_ROLLED)
    done(world.roll("p", on=date(2026, 7, 1)))
    assert world.left("p") == (0, 100)


# ---------------------------------------------------------------------------------------- closing


def test_the_living_close_their_account_for_cash(world: World) -> None:
    outcome = bookkeeping.close_account(world["p"], payee=Payee.OWNER_CASH, heir=None, on=DAY)
    ((_, fact),) = done(world.record(outcome))
    assert isinstance(fact, AccountClosed)
    assert fact.paid_out == Amounts(100, 50)
    assert world.left("p") == (0, 0)
    audit(world)


@pytest.mark.parametrize("payee", [Payee.HEIR_ACCOUNT, Payee.HEIR_CASH, Payee.POOLED_FUND])
def test_nobody_inherits_from_the_living(world: World, payee: Payee) -> None:
    world.enroll("heir")
    outcome = bookkeeping.close_account(world["p"], payee=payee, heir=world["heir"], on=DAY)
    refused(outcome, Code.PAYEE_IMPOSSIBLE)


def close(world: World, payee: Payee, heir: str | None) -> Outcome:
    known = world[heir] if heir else None
    return world.record(bookkeeping.close_account(world["p"], payee=payee, heir=known, on=DAY))


@pytest.mark.parametrize(
    ("payee", "heir", "expected"),
    [
        (Payee.HEIR_ACCOUNT, "heir", ["account.closed", "account.credited"]),
        (Payee.HEIR_CASH, "heir", ["account.closed"]),
        (Payee.HEIR_CASH, "resident", ["account.closed"]),
        (Payee.POOLED_FUND, None, ["account.closed"]),
        (Payee.OWNER_CASH, None, None),
        (Payee.HEIR_ACCOUNT, None, None),
        (Payee.HEIR_CASH, None, None),
        (Payee.HEIR_ACCOUNT, "resident", None),
        (Payee.HEIR_ACCOUNT, "p", None),
        (Payee.HEIR_CASH, "p", None),
    ],
)
def test_after_death_the_rest_goes_to_an_heir_or_the_pooled_fund(
    world: World, payee: Payee, heir: str | None, expected: list[str] | None
) -> None:
    world.enroll("heir", current_fen=1)
    world.enroll("resident", insurance=Insurance.RESIDENT)
    done(world.cover("p", Coverage.DECEASED, on=DAY))
    outcome = close(world, payee, heir)
    if expected is None:
        refused(outcome, Code.PAYEE_IMPOSSIBLE)
        return
    assert topics(outcome) == expected
    assert world.left("p") == (0, 0)
    assert world.left("heir") == ((151 if payee is Payee.HEIR_ACCOUNT else 1), 0)
    audit(world)


def test_an_empty_account_leaves_nothing_to_inherit() -> None:
    world = World()
    world.enroll("p")
    world.enroll("heir")
    done(world.cover("p", Coverage.DECEASED, on=DAY))
    assert topics(close(world, Payee.HEIR_ACCOUNT, "heir")) == ["account.closed"]


def test_an_account_with_an_open_hold_is_not_closed(world: World) -> None:
    done(world.hold(request("d", "p", own_fen=60)))
    done(world.hold(request("c", "p", own_fen=60)))
    done(world.cover("p", Coverage.DECEASED, on=DAY))
    assert refused(close(world, Payee.POOLED_FUND, None), Code.HOLDS_OPEN).facts["claim"] == "c"
    done(world.release("c"))
    assert refused(close(world, Payee.POOLED_FUND, None), Code.HOLDS_OPEN).facts["claim"] == "d"
    done(world.release("d"))
    done(close(world, Payee.POOLED_FUND, None))


def test_a_closed_account_neither_receives_nor_pays_nor_closes_again(world: World) -> None:
    done(close(world, Payee.OWNER_CASH, None))
    refused(world.credit("p", 1), Code.ACCOUNT_CLOSED)
    refused(world.roll("p", on=date(2027, 1, 1)), Code.ACCOUNT_CLOSED)
    refused(close(world, Payee.OWNER_CASH, None), Code.ACCOUNT_CLOSED)
    refused(
        bookkeeping.take_back(world["p"], segment=Segment.CURRENT, amount_fen=1, on=DAY),
        Code.ACCOUNT_CLOSED,
    )


def test_a_personal_account_has_no_segment_of_wallets() -> None:
    world = World()
    world.enroll("ann", current_fen=50)
    refused(world.credit("ann", 1, segment=Segment.WALLET), Code.NOT_OF_AN_ACCOUNT)
    back = bookkeeping.take_back(world["ann"], segment=Segment.WALLET, amount_fen=1, on=DAY)
    refused(back, Code.NOT_OF_AN_ACCOUNT)
