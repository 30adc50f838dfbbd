"""Wallets: what is in them, what they hold for claims, and what waits to be accepted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select

from domain.codes import Origin
from domain.facts import Fact
from domain.ids import PersonId, TransferId
from domain.text import Text
from domain.wallet import (
    WalletAccepted,
    WalletCaptured,
    WalletDebited,
    WalletHeld,
    WalletOpened,
    WalletReceived,
    WalletReleased,
    WalletRestored,
    WalletReturned,
    WalletSent,
)
from projections.projection import Facts, Page, Projection
from projections.rows import Row, erase, load, save, stored_instant
from projections.tables import TRANSFERS, WALLET_HOLDS, WALLETS

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine


class WalletMovement(NamedTuple):
    """Changes of available, held and pending money, in fen; what is in none came in or went out."""

    available_fen: int = 0
    held_fen: int = 0
    pending_fen: int = 0


def wallet_movement(fact: Fact) -> WalletMovement:
    """Give what a fact of a wallet moves."""
    return _MOVEMENTS[type(fact)](fact)


def _sent(fact: WalletSent) -> WalletMovement:
    from_wallet = fact.origin is Origin.WALLET
    return WalletMovement(-fact.amount_fen if from_wallet else 0, 0, fact.amount_fen)


def _returned(fact: WalletReturned) -> WalletMovement:
    to_wallet = fact.origin is Origin.WALLET
    return WalletMovement(fact.amount_fen if to_wallet else 0, 0, -fact.amount_fen)


_MOVEMENTS: dict[type[Fact], Callable[[Any], WalletMovement]] = {
    WalletOpened: lambda _: WalletMovement(),
    WalletSent: _sent,
    WalletAccepted: lambda fact: WalletMovement(0, 0, -fact.amount_fen),
    WalletReturned: _returned,
    WalletReceived: lambda fact: WalletMovement(fact.amount_fen),
    WalletDebited: lambda fact: WalletMovement(-fact.taken_fen),
    WalletHeld: lambda fact: WalletMovement(-fact.held_fen, fact.held_fen),
    WalletCaptured: lambda fact: WalletMovement(
        fact.returned_fen, -fact.taken_fen - fact.returned_fen
    ),
    WalletReleased: lambda fact: WalletMovement(fact.returned_fen, -fact.returned_fen),
    WalletRestored: lambda fact: WalletMovement(fact.returned_fen),
}

WALLET_FACTS: Facts = frozenset(_MOVEMENTS)
"""Every fact of a wallet."""


class InWallet(NamedTuple):
    """What a wallet holds, in fen."""

    person: PersonId
    available_fen: int
    held_fen: int
    pending_fen: int


class Waiting(NamedTuple):
    """A transfer that waits to be accepted."""

    sender: PersonId
    transfer: TransferId
    recipient: PersonId
    origin: Origin
    amount_fen: int
    returns_at: datetime


def wallets(engine: Engine, *, person: PersonId | None = None) -> list[InWallet]:
    """Give every wallet, or one, as it stands now."""
    table = WALLETS.c
    found = select(table.person, table.available_fen, table.held_fen, table.pending_fen)
    if person is not None:
        found = found.where(table.person == person)
    with engine.connect() as connection:
        return [InWallet(*row) for row in connection.execute(found.order_by(table.person))]


def waiting(
    engine: Engine, *, person: PersonId | None = None, due_at: datetime | None = None
) -> list[Waiting]:
    """Give transfers that wait, first to return first: all, one side's, or those due."""
    table = TRANSFERS.c
    found = select(
        table.sender,
        table.transfer,
        table.recipient,
        table.origin,
        table.amount_fen,
        table.returns_at,
    ).order_by(table.returns_at, table.transfer)
    if person is not None:
        found = found.where((table.sender == person) | (table.recipient == person))
    if due_at is not None:
        found = found.where(table.returns_at <= due_at)
    with engine.connect() as connection:
        return [
            Waiting(*row)._replace(origin=Origin(row.origin)) for row in connection.execute(found)
        ]


def _project(connection: Connection, page: Page) -> None:
    changes = page.facts(WALLET_FACTS)
    owners = {owner for _, owner, _ in changes}
    rows = load(connection, WALLETS, first=owners)
    holds = load(connection, WALLET_HOLDS, first=owners)
    transfers = load(connection, TRANSFERS, first=owners)
    stored = set(holds), set(transfers)
    for position, owner, fact in changes:
        if type(fact) is WalletOpened:
            rows[owner,] = {"person": owner, "available_fen": 0, "held_fen": 0, "pending_fen": 0}
        row = rows[owner,]
        for name, fen in wallet_movement(fact)._asdict().items():
            row[name] += fen
        row["position"] = position
        match fact:
            case WalletHeld():
                holds[owner, fact.claim] = _hold(position, owner, fact)
            case WalletCaptured() | WalletReleased():
                del holds[owner, fact.claim]
            case WalletSent():
                transfers[owner, fact.transfer] = _transfer(position, owner, fact)
            case WalletAccepted() | WalletReturned():
                del transfers[owner, fact.transfer]
    save(connection, WALLETS, rows=rows.values())
    open_ = ((WALLET_HOLDS, holds), (TRANSFERS, transfers))
    for (table, left), before in zip(open_, stored, strict=True):
        erase(connection, table, keys=before - left.keys())
        save(connection, table, rows=left.values())


def _hold(position: int, owner: str, fact: WalletHeld) -> Row:
    return {
        "person": owner,
        "claim": fact.claim,
        "held_fen": fact.held_fen,
        "expires_at": stored_instant(fact.expires_at),
        "position": position,
    }


def _transfer(position: int, owner: str, fact: WalletSent) -> Row:
    return {
        "sender": owner,
        "transfer": fact.transfer,
        "recipient": fact.recipient,
        "origin": fact.origin.value,
        "amount_fen": fact.amount_fen,
        "returns_at": stored_instant(fact.returns_at),
        "position": position,
    }


WALLETS_PROJECTION = Projection(
    name="wallets",
    says=Text("医保钱包与待接收转账", "wallets, and what waits to be accepted"),
    version=1,
    tables=(WALLETS, WALLET_HOLDS, TRANSFERS),
    project=_project,
)
