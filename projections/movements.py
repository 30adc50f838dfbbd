"""What an account fact moves: available, held, set-aside money by segment, up or down, in fen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from domain.account import (
    AccountCaptured,
    AccountClosed,
    AccountCredited,
    AccountDebited,
    AccountHeld,
    AccountOpened,
    AccountOutOfAreaSwitched,
    AccountPaidOut,
    AccountPassedOn,
    AccountReleased,
    AccountRestored,
    AccountTakenBack,
    AccountYearRolled,
)
from domain.amounts import Amounts
from domain.facts import Fact
from domain.gifts import AccountGiven, AccountReceived, AccountTransferReturned
from domain.purses import AccountSetAside, AccountSetAsideReturned
from projections.projection import Facts


class Movement(NamedTuple):
    """Changes of available, held and set-aside money. What is in none came in or went out."""

    current_fen: int
    prior_fen: int
    held_current_fen: int = 0
    held_prior_fen: int = 0
    aside_current_fen: int = 0
    aside_prior_fen: int = 0


def movement(fact: Fact) -> Movement | None:
    """Give what a fact moves; None if it moves nothing, or only between segments."""
    moved_by = _MOVEMENTS.get(type(fact))
    return None if moved_by is None else moved_by(fact)


def rollover(current_fen: int, held_current_fen: int, *, aside_current_fen: int) -> Movement:
    """Give what a new account year moves: all current money, wherever it is, to prior."""
    return Movement(
        *(-current_fen, current_fen),
        *(-held_current_fen, held_current_fen),
        *(-aside_current_fen, aside_current_fen),
    )


def _into(amount: Amounts, purse: str = "") -> Movement:
    current_fen, prior_fen = amount.current_fen, amount.prior_fen
    if purse:
        return Movement(0, 0, 0, 0, current_fen, prior_fen)
    return Movement(current_fen, prior_fen)


def _out_of(amount: Amounts, purse: str = "") -> Movement:
    current_fen, prior_fen = amount.current_fen, amount.prior_fen
    if purse:
        return Movement(0, 0, 0, 0, -current_fen, -prior_fen)
    return Movement(-current_fen, -prior_fen)


def _to_held(amount: Amounts, purse: str) -> Movement:
    current_fen, prior_fen = amount.current_fen, amount.prior_fen
    if purse:
        return Movement(0, 0, current_fen, prior_fen, -current_fen, -prior_fen)
    return Movement(-current_fen, -prior_fen, current_fen, prior_fen)


def _from_held(ended: Amounts, returned: Amounts, purse: str) -> Movement:
    held = -ended.current_fen, -ended.prior_fen
    current_fen, prior_fen = returned.current_fen, returned.prior_fen
    if purse:
        return Movement(0, 0, *held, current_fen, prior_fen)
    return Movement(current_fen, prior_fen, *held)


def _aside(amount: Amounts) -> Movement:
    current_fen, prior_fen = amount.current_fen, amount.prior_fen
    return Movement(-current_fen, -prior_fen, 0, 0, current_fen, prior_fen)


def _from_aside(amount: Amounts) -> Movement:
    current_fen, prior_fen = amount.current_fen, amount.prior_fen
    return Movement(current_fen, prior_fen, 0, 0, -current_fen, -prior_fen)


_MOVEMENTS: dict[type[Fact], Callable[[Any], Movement]] = {
    AccountDebited: lambda fact: _out_of(fact.taken, fact.purse),
    AccountCredited: lambda fact: _into(fact.amount),
    AccountRestored: lambda fact: _into(fact.returned, fact.purse),
    AccountHeld: lambda fact: _to_held(fact.held, fact.purse),
    AccountCaptured: lambda fact: _from_held(fact.taken + fact.returned, fact.returned, fact.purse),
    AccountReleased: lambda fact: _from_held(fact.returned, fact.returned, fact.purse),
    AccountSetAside: lambda fact: _aside(fact.amount),
    AccountSetAsideReturned: lambda fact: _from_aside(fact.amount),
    AccountTakenBack: lambda fact: _out_of(fact.amount),
    AccountClosed: lambda fact: _out_of(fact.paid_out),
    AccountPaidOut: lambda fact: _out_of(fact.paid_out),
    AccountPassedOn: lambda fact: _out_of(fact.paid_out),
    AccountGiven: lambda fact: _out_of(fact.amount),
    AccountReceived: lambda fact: _into(fact.amount),
    AccountTransferReturned: lambda fact: _into(fact.returned),
}

ACCOUNT_FACTS: Facts = frozenset(
    {AccountOpened, AccountYearRolled, AccountOutOfAreaSwitched, *_MOVEMENTS}
)
"""Every fact of a personal account."""
