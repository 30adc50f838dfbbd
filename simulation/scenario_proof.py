"""What must hold after every scenario, whatever it expects: asserted, because a breach is a bug.

The sums are taken from the events alone and held against the states, so that neither is trusted.
"""

from __future__ import annotations

from collections.abc import Iterable

from domain.account import (
    AccountCaptured,
    AccountClosed,
    AccountCredited,
    AccountDebited,
    AccountPaidOut,
    AccountPassedOn,
    AccountRestored,
    AccountTakenBack,
)
from domain.claim import ClaimCaptured, ClaimSettled, Leg, claim_stream
from domain.codes import Origin
from domain.facts import Fact
from domain.gifts import AccountGiven, AccountReceived, AccountTransferReturned
from domain.ids import ClaimId, PersonId
from domain.person import Person, person_stream
from domain.rules import RuleBook
from domain.wallet import (
    Wallet,
    WalletAccepted,
    WalletCaptured,
    WalletDebited,
    WalletReceived,
    WalletRestored,
    WalletReturned,
    WalletSent,
)
from ledger.application import Application
from ledger.redecide import decisions, redecide


def assert_conserved(app: Application, people: Iterable[PersonId]) -> None:
    """Hold I1 and I2: money in is money out or still there, and nothing is below zero."""
    for person in people:
        owner = app.person(person)
        if owner is not None and owner.wallet is not None:
            _assert_wallet_conserved(app, owner, owner.wallet)
        if owner is None or owner.account is None:
            continue
        account = owner.account
        events = app.store.stream(person_stream(person))
        moved_fen = sum(_moved_fen(event.fact) for event in events)
        inside = account.available + account.held + account.set_aside_amounts
        assert moved_fen == inside.total_fen, person
        assert account.available.is_valid(), person
        assert all(purse.amount.is_valid() for purse in account.set_aside.values()), person
        assert all(hold.held.is_valid() for hold in account.holds.values()), person


def _assert_wallet_conserved(app: Application, owner: Person, wallet: Wallet) -> None:
    facts = [event.fact for event in app.store.stream(owner.stream)]
    inside = (wallet.available_fen, wallet.held_fen, wallet.pending_fen)
    assert sum(map(_through_wallet_fen, facts)) == sum(inside), owner.id
    assert min(inside) >= 0, owner.id


def assert_balanced(app: Application, claims: Iterable[ClaimId]) -> None:
    """Hold that whenever a claim was settled its own share was paid to the fen, line by line."""
    for claim in claims:
        for event in app.store.stream(claim_stream(claim)):
            match event.fact:
                case ClaimSettled(request=request, allocation=allocation):
                    own = {line.no: line.own_fen for line in request.lines}
                    assert _paid(allocation.legs, allocation.cash_fen) == own, claim
                case ClaimCaptured(own_fen=own_fen, legs=legs, cash_fen=cash_fen):
                    assert _paid(legs, cash_fen) == dict(own_fen), claim


def assert_repeatable(app: Application, claims: Iterable[ClaimId], *, book: RuleBook) -> None:
    """Hold I13: deciding every recorded claim again gives the recorded lines."""
    for claim in claims:
        for decision in decisions(app.store, claim):
            assert redecide(app.store, decision, book=book) == decision.allocation, claim


def _paid(legs: Iterable[Leg], cash_fen: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Add up what accounts and cash pay, fen by line."""
    paid = dict(cash_fen)
    for leg in legs:
        paid[leg.line] += leg.amount_fen
    return paid


def _moved_fen(fact: Fact) -> int:
    """Give by how much a fact changes what belongs to an account, held money included."""
    match fact:
        case AccountCredited():
            return fact.amount.total_fen
        case AccountTakenBack():
            return -fact.amount.total_fen
        case AccountDebited() | AccountCaptured():
            return -fact.taken.total_fen
        case AccountRestored():
            return fact.returned.total_fen
        case AccountReceived():
            return fact.amount.total_fen
        case AccountGiven():
            return -fact.amount.total_fen
        case AccountTransferReturned():
            return fact.returned.total_fen
        case AccountClosed() | AccountPaidOut() | AccountPassedOn():
            return -fact.paid_out.total_fen
        case _:
            return 0


def _through_wallet_fen(fact: Fact) -> int:
    """Give by how much a fact changes what belongs to a wallet, pending money included."""
    match fact:
        case WalletReceived() | WalletSent(origin=Origin.ACCOUNT):
            return fact.amount_fen
        case WalletAccepted() | WalletReturned(origin=Origin.ACCOUNT):
            return -fact.amount_fen
        case WalletDebited() | WalletCaptured():
            return -fact.taken_fen
        case WalletRestored():
            return fact.returned_fen
        case _:
            return 0
