"""What an account fact moves: available and held money by segment, up or down, in fen."""

from __future__ import annotations

from typing import NamedTuple

from domain.account import (
    NOTHING,
    AccountCaptured,
    AccountClosed,
    AccountCredited,
    AccountDebited,
    AccountHeld,
    AccountPaidOut,
    AccountReleased,
    AccountRestored,
    AccountTakenBack,
    Amounts,
)
from domain.facts import Fact


class Movement(NamedTuple):
    """Changes of available and of held money. What is in neither came in or went out."""

    available: Amounts
    held: Amounts = NOTHING


def movement(fact: Fact) -> Movement | None:
    """Give what a fact moves; None if it moves nothing, or only between segments."""
    match fact:
        case AccountDebited():
            return Movement(NOTHING - fact.taken)
        case AccountCredited():
            return Movement(fact.amount)
        case AccountRestored():
            return Movement(fact.returned)
        case AccountHeld():
            return Movement(NOTHING - fact.held, fact.held)
        case AccountCaptured():
            return Movement(fact.returned, NOTHING - fact.taken - fact.returned)
        case AccountReleased():
            return Movement(fact.returned, NOTHING - fact.returned)
        case AccountTakenBack():
            return Movement(NOTHING - fact.amount)
        case AccountClosed() | AccountPaidOut():
            return Movement(NOTHING - fact.paid_out)
        case _:
            return None


def rollover(available_fen: int, held_fen: int) -> Movement:
    """Give what a new account year moves: all current money, available or held, to prior."""
    return Movement(Amounts(-available_fen, available_fen), Amounts(-held_fen, held_fen))
