"""What an event does to an account or a wallet, as one row of the read model `uses`."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from domain import account, gifts, purses, wallet
from domain.amounts import Amounts
from domain.codes import Origin
from domain.facts import Fact
from projections.rows import Values, stored_day, stored_instant

if TYPE_CHECKING:
    from collections.abc import Callable

    from ledger.recorded import RecordedEvent


class _Effect(NamedTuple):
    """What moved, what came back besides, and what that adds to the available money, in fen."""

    amount_fen: int
    change_fen: int
    returned_fen: int = 0


def _into(fen: int, purse: str) -> int:
    """Give what of money that comes back is available again."""
    return 0 if purse else fen


def _debited(fact: account.AccountDebited) -> _Effect:
    fen = fact.taken.total_fen
    return _Effect(fen, -_into(fen, fact.purse))


def _held(fact: account.AccountHeld) -> _Effect:
    fen = fact.held.total_fen
    return _Effect(fen, -_into(fen, fact.purse))


def _captured(fact: account.AccountCaptured) -> _Effect:
    back = fact.returned.total_fen
    return _Effect(fact.taken.total_fen, _into(back, fact.purse), back)


def _back(fact: account.AccountReleased | account.AccountRestored) -> _Effect:
    fen = fact.returned.total_fen
    return _Effect(fen, _into(fen, fact.purse))


def _in(fen: int) -> _Effect:
    return _Effect(fen, fen)


def _out(fen: int) -> _Effect:
    return _Effect(fen, -fen)


def _wallet_returned(fact: wallet.WalletReturned) -> _Effect:
    """Give back to the wallet what the wallet sent; an account's money goes past it."""
    return _Effect(fact.amount_fen, fact.amount_fen if fact.origin is Origin.WALLET else 0)


def _wallet_sent(fact: wallet.WalletSent) -> _Effect:
    return _Effect(fact.amount_fen, -fact.amount_fen if fact.origin is Origin.WALLET else 0)


MOVES: dict[type[Fact], Callable[[Any], _Effect]] = {
    account.AccountCredited: lambda fact: _in(fact.amount.total_fen),
    account.AccountTakenBack: lambda fact: _out(fact.amount.total_fen),
    account.AccountDebited: _debited,
    account.AccountHeld: _held,
    account.AccountCaptured: _captured,
    account.AccountReleased: _back,
    account.AccountRestored: _back,
    account.AccountPassedOn: lambda fact: _out(fact.paid_out.total_fen),
    account.AccountClosed: lambda fact: _out(fact.paid_out.total_fen),
    account.AccountPaidOut: lambda fact: _out(fact.paid_out.total_fen),
    gifts.AccountGiven: lambda fact: _out(fact.amount.total_fen),
    gifts.AccountReceived: lambda fact: _in(fact.amount.total_fen),
    gifts.AccountTransferReturned: lambda fact: _in(fact.returned.total_fen),
    purses.AccountSetAside: lambda fact: _out(fact.amount.total_fen),
    purses.AccountSetAsideReturned: lambda fact: _in(fact.amount.total_fen),
    wallet.WalletSent: _wallet_sent,
    wallet.WalletAccepted: lambda fact: _Effect(fact.amount_fen, 0),
    wallet.WalletReturned: _wallet_returned,
    wallet.WalletReceived: lambda fact: _in(fact.amount_fen),
    wallet.WalletDebited: lambda fact: _out(fact.taken_fen),
    wallet.WalletHeld: lambda fact: _out(fact.held_fen),
    wallet.WalletCaptured: lambda fact: _Effect(
        fact.taken_fen, fact.returned_fen, fact.returned_fen
    ),
    wallet.WalletReleased: lambda fact: _in(fact.returned_fen),
    wallet.WalletRestored: lambda fact: _in(fact.returned_fen),
}
"""Every kind of fact that moves money, and what it moves."""


def move(position: int, event: RecordedEvent) -> Values:
    """Give the row of an event that moves money, in the order of `USE_MOVES`."""
    fact = event.fact
    effect = MOVES[type(fact)](fact)
    day: date | None = getattr(fact, "service_date", None)
    until: datetime | None = getattr(fact, "expires_at", None)
    return (
        position,
        event.stream.key,
        int(fact.TOPIC.startswith("wallet.")),
        fact.TOPIC,
        getattr(fact, "claim", None),
        getattr(fact, "settlement", None),
        getattr(fact, "beneficiary", None),
        stored_day(day) if day else None,
        getattr(fact, "account_year", None),
        getattr(fact, "purse", ""),
        effect.amount_fen,
        effect.returned_fen,
        effect.change_fen,
        _left(fact),
        stored_instant(until) if until else None,
        stored_instant(event.meta.recorded_at),
    )


def _left(fact: Fact) -> int | None:
    left: Amounts | None = getattr(fact, "left", None)
    fen: int | None = getattr(fact, "left_fen", None)
    return fen if left is None else left.total_fen
