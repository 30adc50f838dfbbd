"""Money that passes between an account and a relative: given, received, or come back.

Given for good in some areas (`pool.funding: transfer`), and elsewhere through the wallet
(`domain.wallet`): it comes back where the relative does not accept it in time. The facts
live in the streams of the accounts' owners, as those of `domain.account` do.
"""

from __future__ import annotations

from domain.amounts import NOTHING, Amounts
from domain.facts import Fact, recorded
from domain.ids import PersonId, TransferId


@recorded
class AccountGiven(Fact, frozen=True, tag="account.given", kw_only=True):
    """Money was given to a relative: for good, or through a wallet, as the named transfer."""

    recipient: PersonId
    transfer: TransferId = TransferId("")
    amount: Amounts
    left: Amounts


@recorded
class AccountReceived(Fact, frozen=True, tag="account.received", kw_only=True):
    """A relative gave money, for good."""

    giver: PersonId
    amount: Amounts
    left: Amounts


@recorded
class AccountTransferReturned(Fact, frozen=True, tag="account.transfer_returned", kw_only=True):
    """Nobody accepted what was sent through the wallet: it came back to the account."""

    transfer: TransferId
    returned: Amounts
    left: Amounts


Passing = AccountGiven | AccountReceived | AccountTransferReturned
"""The facts by which money passes to or from an account without a claim."""


def passed(fact: Passing) -> tuple[Amounts, int, int]:
    """Give what a fact adds to the available money, and to what was credited and paid, in fen.

    What is given counts as paid, until it comes back.
    """
    if isinstance(fact, AccountReceived):
        return fact.amount, fact.amount.total_fen, 0
    if isinstance(fact, AccountGiven):
        return NOTHING - fact.amount, 0, fact.amount.total_fen
    return fact.returned, 0, -fact.returned.total_fen
