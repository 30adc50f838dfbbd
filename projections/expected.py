"""The rows that read models should have, by what the aggregates say.

The aggregates know nothing of the projections: the same facts, added up in two ways, must come
to the same rows. Only the columns given here are compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from domain.account import Account
from domain.allocation import from_wallet
from domain.claim import Claim
from domain.codes import ACCOUNT_SEGMENTS
from domain.facts import Kind
from domain.finding import Finding
from domain.person import Person
from domain.pool import Binding, Pool
from domain.wallet import Wallet
from projections.register import NOT_AUTHORIZED, authorized
from projections.rows import Key, Row
from projections.tables import (
    BALANCES,
    BINDINGS,
    CLAIMS,
    HOLDS,
    PERSONS,
    PURSES,
    REVIEW_STEPS,
    REVIEWS,
    TRANSFERS,
    USAGE,
    WALLET_HOLDS,
    WALLETS,
)

if TYPE_CHECKING:
    from sqlalchemy import Table

KINDS: dict[Table, Kind] = {
    PERSONS: Kind.PERSON,
    BALANCES: Kind.PERSON,
    HOLDS: Kind.PERSON,
    PURSES: Kind.PERSON,
    USAGE: Kind.PERSON,
    BINDINGS: Kind.POOL,
    CLAIMS: Kind.CLAIM,
    WALLETS: Kind.PERSON,
    WALLET_HOLDS: Kind.PERSON,
    TRANSFERS: Kind.PERSON,
    REVIEWS: Kind.FINDING,
    REVIEW_STEPS: Kind.FINDING,
}
"""The tables that states account for, and the kind of stream whose key begins their keys."""


def expected_rows(states: Iterable[object]) -> dict[Table, dict[Key, Row]]:
    """Give the rows by table and key, for persons, pools, claims and findings."""
    tables: dict[Table, dict[Key, Row]] = {table: {} for table in KINDS}
    for state in states:
        for table, key, row in _rows_of(state):
            tables[table][key] = row
    return tables


def is_unaccounted(table: Table, key: Key, *, state: object) -> bool:
    """Tell whether a row is of the past, of which its state says nothing any more."""
    match state:
        case Claim():
            return bool(key[1] < state.attempt)
        case Person(account=Account() as account) if table is USAGE:
            return _is_forgotten(account, key[2])
        case _:
            return False


_Found = Iterator[tuple["Table", Key, Row]]


def _rows_of(state: object) -> _Found:
    match state:
        case Person():
            yield PERSONS, (state.id,), _person(state)
            if state.account is not None:
                yield from _account(state.id, state.account)
            if state.wallet is not None:
                yield from _wallet(state.id, state.wallet)
        case Pool():
            for binding in state.bindings.values():
                key = (state.id, binding.grantor, binding.beneficiary)
                yield BINDINGS, key, _binding(binding)
        case Claim():
            yield CLAIMS, (state.request.claim, state.attempt), claim_row(state)
        case Finding():
            yield from _finding(state)


def _person(person: Person) -> Row:
    account = person.account
    closed = account.closed if account else None
    return {
        "region": person.region,
        "insurance": person.insurance,
        "work": person.work,
        "coverage": person.coverage_now,
        "card": person.card,
        "account_year": account.account_year if account else None,
        "account_closed_on": closed.effective_on if closed else None,
    }


def _account(owner: str, account: Account) -> _Found:
    """Give balances, open purses, open holds and limits used."""
    for segment in ACCOUNT_SEGMENTS:
        row: Row = {
            "available_fen": account.available.of(segment),
            "held_fen": account.held.of(segment),
            "set_aside_fen": account.set_aside_amounts.of(segment),
        }
        yield BALANCES, (owner, segment), row
    for name, purse in account.set_aside.items():
        row = {
            "pool": purse.pool,
            "current_fen": purse.amount.current_fen,
            "prior_fen": purse.amount.prior_fen,
            "quota_fen": purse.quota_fen,
        }
        yield PURSES, (owner, name), row
    for hold in account.holds.values():
        row = {
            "beneficiary": hold.beneficiary,
            "service_date": hold.service_date,
            "account_year": hold.account_year,
            "current_fen": hold.held.current_fen,
            "prior_fen": hold.held.prior_fen,
            "expires_at": hold.expires_at,
        }
        yield HOLDS, (owner, hold.claim), row
    for beneficiary, used in account.used.items():
        for period, fen in used.items():
            if not _is_forgotten(account, period):
                yield USAGE, (owner, beneficiary, period), {"used_fen": fen}


def _wallet(owner: str, wallet: Wallet) -> _Found:
    """Give what is in a wallet, its open holds, and what waits to be accepted."""
    row: Row = {
        "available_fen": wallet.available_fen,
        "held_fen": wallet.held_fen,
        "pending_fen": wallet.pending_fen,
    }
    yield WALLETS, (owner,), row
    for claim, hold in wallet.holds.items():
        row = {"held_fen": hold.held_fen, "expires_at": hold.expires_at}
        yield WALLET_HOLDS, (owner, claim), row
    for transfer, waiting in wallet.pending.items():
        row = {
            "recipient": waiting.recipient,
            "origin": waiting.origin,
            "amount_fen": waiting.amount_fen,
            "returns_at": waiting.returns_at,
        }
        yield TRANSFERS, (owner, transfer), row


def _is_forgotten(account: Account, period: str) -> bool:
    """Tell whether the aggregate may have forgotten a day; see `projections.usage`."""
    oldest = str(account.account_year - 1)
    return len(period) > len(oldest) and period[: len(oldest)] < oldest


def _binding(binding: Binding) -> Row:
    allowed = binding.authorization
    return {
        "filing_no": binding.filing_no,
        "relation": binding.relation,
        "standing": binding.standing,
        "bound_on": binding.bound_on,
        "active_from": binding.active_from,
        "ended_by": binding.ended_by,
        **(authorized(allowed) if allowed else NOT_AUTHORIZED),
    }


def _finding(finding: Finding) -> _Found:
    """Give a review and its steps."""
    case = finding.case
    row: Row = {
        "rule": case.rule,
        "version": case.version,
        "level": case.level,
        "subject": case.subject,
        "positions": " ".join(map(str, case.positions)),
        "amount_fen": case.amount_fen,
        "says_zh": case.says.zh,
        "says_en": case.says.en,
        "step": finding.status,
        "object_by": finding.object_by,
        "handling": finding.handling,
        "recover_fen": finding.recover_fen,
    }
    yield REVIEWS, (case.id,), row
    for number, taken in enumerate(finding.steps, 1):
        row = {
            "step": taken.step,
            "taken_on": taken.on,
            "by": taken.by,
            "opinion": taken.opinion,
        }
        yield REVIEW_STEPS, (case.id, number), row


def claim_row(claim: Claim) -> Row:
    """Give what stays paid of a claim or, where nothing was ever paid, what was to be."""
    if claim.settlement is None:
        legs, cash = claim.allocation.legs, claim.allocation.cash_fen
        fund_fen = claim.request.fund_fen
    else:
        legs, cash = claim.legs, claim.cash_fen
        fund_fen = sum(fen for _, fen in claim.fund_fen)
    wallet_fen = from_wallet(legs)
    patient = claim.request.patient
    own_fen = sum(leg.amount_fen for leg in legs if leg.account == patient) - wallet_fen
    return {
        "patient": claim.request.patient,
        "status": claim.status,
        "settlement": claim.settlement,
        "settled_on": claim.settled_on,
        "fund_fen": fund_fen,
        "own_account_fen": own_fen,
        "wallet_fen": wallet_fen,
        "mutual_aid_fen": sum(leg.amount_fen for leg in legs) - own_fen - wallet_fen,
        "cash_fen": sum(fen for _, fen in cash),
    }
