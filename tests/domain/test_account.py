"""How facts change a personal account, and which facts stop the replay."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.account import (
    Account,
    AccountCaptured,
    AccountClosed,
    AccountCredited,
    AccountDebited,
    AccountHeld,
    AccountOpened,
    AccountPaidOut,
    AccountReleased,
    AccountRestored,
    AccountTakenBack,
    AccountYearRolled,
    Hold,
)
from domain.account_fold import evolve_account
from domain.amounts import NOTHING, Amounts, amounts, amounts_in
from domain.codes import CreditKind, Payee, Segment
from domain.facts import Fact
from domain.ids import ClaimId, PersonId, SettlementId
from domain.person import PersonRetired
from tests.builders import DAY, NOON, START

OWNER, RELATIVE = PersonId("owner"), PersonId("relative")
USE: dict[str, Any] = {
    "claim": ClaimId("c"),
    "beneficiary": RELATIVE,
    "service_date": DAY,
    "account_year": 2026,
}
PAYMENT: dict[str, Any] = USE | {"settlement": SettlementId("S-c-1")}


def account(*, current: int = 100, prior: int = 50) -> Account:
    """Give an account of 2026 with money in it."""
    credited = AccountCredited(
        effective_on=START,
        kind=CreditKind.TRANSFER_IN,
        amount=Amounts(current, prior),
        left=Amounts(current, prior),
    )
    return after(evolve_account(None, opened(), owner=OWNER), credited)


def opened() -> AccountOpened:
    return AccountOpened(effective_on=START, account_year=2026)


def after(before: Account, *facts: Fact) -> Account:
    for fact in facts:
        before = evolve_account(before, fact, owner=OWNER)
    return before


def debited(fen: int, left: Amounts, **changes: Any) -> AccountDebited:  # noqa: ANN401  # any field
    fields = PAYMENT | {"taken": amounts(Segment.CURRENT, fen), "left": left} | changes
    return AccountDebited(effective_on=DAY, **fields)


def held(fen: Amounts, left: Amounts) -> AccountHeld:
    return AccountHeld(effective_on=DAY, **USE, held=fen, expires_at=NOON, left=left)


# ---------------------------------------------------------------------------------------- amounts


def test_amounts_add_subtract_and_tell_their_segments() -> None:
    assert Amounts(1, 2) + Amounts(3, 4) == Amounts(4, 6)
    assert Amounts(3, 4) - Amounts(1, 5) == Amounts(2, -1)
    assert Amounts(3, 4).total_fen == 7
    assert Amounts(3, 4).as_prior() == Amounts(0, 7)
    assert (Amounts(3, 4).of(Segment.CURRENT), Amounts(3, 4).of(Segment.PRIOR)) == (3, 4)
    assert amounts(Segment.CURRENT, 5) == Amounts(5, 0)
    assert amounts(Segment.PRIOR, 5) == Amounts(0, 5)


@pytest.mark.parametrize(("value", "valid"), [((0, 0), True), ((-1, 9), False), ((9, -1), False)])
def test_amounts_are_valid_when_neither_segment_is_below_zero(
    value: tuple[int, int],
    valid: bool,  # noqa: FBT001  # a parameter of the table
) -> None:
    assert Amounts(*value).is_valid() is valid


# ------------------------------------------------------------------------------ facts and states


def test_use_by_a_relative_counts_by_year_and_day_and_own_use_does_not() -> None:
    own = debited(20, Amounts(50, 50), claim=ClaimId("d"), beneficiary=OWNER)
    used = after(account(), debited(30, Amounts(70, 50)), own)
    assert used.used_fen(RELATIVE, "2026") == 30
    assert used.used_fen(RELATIVE, DAY.isoformat()) == 30
    assert used.used_fen(RELATIVE, "2025") == 0
    assert used.used_fen(OWNER, "2026") == 0
    assert used.used_by_all_fen("2026") == 30
    assert (used.credited_fen, used.paid_fen) == (150, 50)


def test_joint_use_adds_all_relatives_up() -> None:
    other = debited(5, Amounts(65, 50), claim=ClaimId("d"), beneficiary=PersonId("other"))
    used = after(account(), debited(30, Amounts(70, 50)), other)
    assert used.used_by_all_fen("2026") == 35
    assert used.used_by_all_fen(DAY.isoformat()) == 35


def test_a_hold_counts_as_used_and_its_release_gives_the_limits_back() -> None:
    holding = after(account(), held(Amounts(30, 10), Amounts(70, 40)))
    assert holding.held == Amounts(30, 10)
    assert holding.used_fen(RELATIVE, "2026") == 40
    released = AccountReleased(
        effective_on=DAY, claim=USE["claim"], returned=Amounts(30, 10), left=Amounts(100, 50)
    )
    free = after(holding, released)
    assert (free.held, free.available) == (NOTHING, Amounts(100, 50))
    assert free.used_fen(RELATIVE, "2026") == 0


def test_a_captured_hold_gives_limits_back_only_for_what_returns() -> None:
    captured = AccountCaptured(
        effective_on=DAY,
        claim=ClaimId("c"),
        settlement=SettlementId("S-c-1"),
        taken=Amounts(20, 10),
        returned=Amounts(10, 0),
        left=Amounts(80, 40),
    )
    paid = after(account(), held(Amounts(30, 10), Amounts(70, 40)), captured)
    assert paid.used_fen(RELATIVE, DAY.isoformat()) == 30
    assert paid.paid_fen == 30


def test_a_restoration_gives_money_and_limits_back() -> None:
    restored = AccountRestored(
        effective_on=DAY, **PAYMENT, returned=Amounts(10, 0), left=Amounts(80, 50)
    )
    paid = after(account(), debited(30, Amounts(70, 50)), restored)
    assert paid.used_fen(RELATIVE, "2026") == 20
    assert paid.paid_fen == 20


def test_a_new_year_turns_current_and_held_money_into_prior_money() -> None:
    rolled = AccountYearRolled(
        effective_on=date(2027, 1, 1), account_year=2027, moved_fen=100, left=Amounts(0, 110)
    )
    new = after(account(), held(Amounts(30, 10), Amounts(70, 40)), rolled)
    assert new.available == Amounts(0, 110)
    assert new.held == Amounts(0, 40)
    assert new.account_year == 2027
    assert new.used_fen(RELATIVE, "2026") == 40


def rolled_to(year: int, left: Amounts, moved: int = 0) -> AccountYearRolled:
    return AccountYearRolled(
        effective_on=date(year, 1, 1), account_year=year, moved_fen=moved, left=left
    )


def test_days_of_use_are_forgotten_after_the_next_account_year_and_years_are_not() -> None:
    used = after(account(), debited(30, Amounts(70, 50)))
    next_year = after(used, rolled_to(2027, Amounts(0, 120), 70))
    assert next_year.used_fen(RELATIVE, DAY.isoformat()) == 30
    later = after(next_year, rolled_to(2028, Amounts(0, 120)))
    assert later.used == {RELATIVE: {"2026": 30}}


def test_a_refund_of_forgotten_use_never_takes_off_what_was_used_since() -> None:
    forgotten = after(
        account(),
        debited(30, Amounts(70, 50)),
        rolled_to(2027, Amounts(0, 120), 70),
        rolled_to(2028, Amounts(0, 120)),
    )
    late = AccountDebited(
        effective_on=date(2028, 1, 2),
        **PAYMENT | {"claim": ClaimId("late")},
        taken=Amounts(0, 10),
        left=Amounts(0, 110),
    )
    refund = AccountRestored(
        effective_on=date(2028, 1, 3), **PAYMENT, returned=Amounts(0, 30), left=Amounts(0, 140)
    )
    assert after(forgotten, late, refund).available == Amounts(0, 140)


WRONG: dict[str, Fact] = {
    "opened twice": opened(),
    "another stream's fact": PersonRetired(effective_on=DAY),
    "more than there is": debited(101, Amounts(-1, 50)),
    "another rest than the sum": debited(30, Amounts(71, 50)),
    "money in the wrong segment": debited(30, Amounts(100, 20)),
    "a negative payment": debited(-30, Amounts(130, 50)),
    "a negative credit": AccountCredited(
        effective_on=DAY, kind=CreditKind.INTEREST, amount=Amounts(-1, 0), left=Amounts(99, 50)
    ),
    "more taken back than there is": AccountTakenBack(
        effective_on=DAY, amount=Amounts(0, 51), left=Amounts(100, -1)
    ),
    "a rollover that moves another amount": rolled_to(2027, Amounts(0, 150), 99),
    "a rollover into the same year": rolled_to(2026, Amounts(0, 150), 100),
    "more given back than was used": AccountRestored(
        effective_on=DAY, **PAYMENT, returned=Amounts(1, 0), left=Amounts(101, 50)
    ),
}


@pytest.mark.parametrize("fact", WRONG.values(), ids=list(WRONG))
def test_a_fact_that_breaks_the_account_stops_the_replay(fact: Fact) -> None:
    with pytest.raises(AssertionError):
        after(account(), fact)


def test_an_account_begins_with_its_opening() -> None:
    with pytest.raises(AssertionError):
        evolve_account(None, debited(1, NOTHING), owner=OWNER)


def test_a_claim_holds_an_account_once() -> None:
    once = held(Amounts(10, 0), Amounts(90, 50))
    with pytest.raises(AssertionError, match="once"):
        after(account(), once, held(Amounts(10, 0), Amounts(80, 50)))


@pytest.mark.parametrize("returned", [Amounts(29, 10), Amounts(31, 10), Amounts(10, 30)])
def test_a_hold_ends_whole_segment_by_segment(returned: Amounts) -> None:
    holding = after(account(), held(Amounts(30, 10), Amounts(70, 40)))
    fact = AccountReleased(
        effective_on=DAY, claim=ClaimId("c"), returned=returned, left=holding.available + returned
    )
    with pytest.raises(AssertionError, match="a hold ends whole"):
        after(holding, fact)


def test_an_open_hold_tells_whose_claim_it_waits_for_and_how_long() -> None:
    waiting = after(account(), held(Amounts(20, 5), Amounts(80, 45)))
    assert waiting.held == Amounts(20, 5)
    assert waiting.holds == {
        ClaimId("c"): Hold(
            claim=ClaimId("c"),
            beneficiary=RELATIVE,
            service_date=DAY,
            account_year=2026,
            held=Amounts(20, 5),
            expires_at=NOON,
        )
    }


def test_an_amount_below_zero_in_one_segment_stops_the_replay_whatever_the_other_holds() -> None:
    amounts_in.cache_clear()
    with pytest.raises(AssertionError):
        after(account(), debited(0, Amounts(105, 45), taken=Amounts(-5, 5)))


def test_money_that_is_passed_on_leaves_the_closing_as_it_was() -> None:
    closing = AccountClosed(effective_on=DAY, payee=Payee.OWNER_CASH, paid_out=Amounts(70, 50))
    back = AccountRestored(
        effective_on=DAY, **PAYMENT, returned=Amounts(30, 0), left=Amounts(30, 0)
    )
    passed_on = AccountPaidOut(effective_on=DAY, payee=Payee.HEIR_CASH, paid_out=Amounts(30, 0))
    ended = after(account(), debited(30, Amounts(70, 50)), closing, back, passed_on)
    assert ended.closed == closing
    assert (ended.available, ended.paid_fen) == (NOTHING, 150)


def test_an_open_account_takes_no_fact_of_a_person() -> None:
    with pytest.raises(AssertionError, match="not a fact of an open account"):
        after(account(), PersonRetired(effective_on=DAY))
