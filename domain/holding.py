"""The end of a hold: captured, released or expired, once.

A hold that was given while a relation was valid outlives the relation: it may still be captured
after withdrawal, unbinding or death, because the money was set aside before.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from domain.account import Account, AccountCaptured, AccountReleased, Hold
from domain.allocation import by_account, draw_on_holds, from_wallet
from domain.claim import Claim, ClaimCaptured, ClaimExpired, ClaimReleased, Status
from domain.facts import Change, Fact, Outcome
from domain.ids import PersonId, settlement_id
from domain.person import Person, left_in_wallet
from domain.refusals import Code, Refusal, refuse
from domain.returning import way_back
from domain.time import service_date_of
from domain.wallet import WalletCaptured, WalletReleased

Accounts = Mapping[PersonId, Person]
"""The owners of every account that a claim touched, as they are now."""


def capture(
    claim: Claim,
    accounts: Accounts,
    *,
    own_fen: Mapping[int, int] | None,
    now: datetime,
) -> Outcome:
    """Settle a held claim for at most what was authorized, line by line; release the rest.

    `own_fen` gives the final own share by line number; None keeps the authorized one. Accounts pay
    in the order of the allocation, each at most what it holds; then cash.
    """
    if refusal := _check_held(claim, now):
        return refusal
    final = {line.no: line.own_fen for line in claim.request.lines}
    for line, fen in (own_fen or {}).items():
        if not 0 <= fen <= final.get(line, -1):
            return refuse(
                Code.CAPTURE_EXCEEDS_HOLD, claim=claim.request.claim, line=line, asked_fen=fen
            )
        final[line] = fen
    own = tuple(final.items())
    held = {p: _hold(claim, accounts[p])[1].held for p in by_account(claim.allocation.legs)}
    wallet_fen = from_wallet(claim.allocation.legs)
    legs, cash = draw_on_holds(claim.allocation, held, wallet_fen=wallet_fen, need=final)
    today = service_date_of(now)
    settlement = settlement_id(claim.request.claim, claim.attempt)
    captured = ClaimCaptured(
        effective_on=today, settlement=settlement, own_fen=own, legs=legs, cash_fen=cash
    )
    ends = (*_end_holds(claim, accounts, captured), *_end_of_wallet(claim, accounts, captured))
    return (Change(claim.stream, captured), *ends)


def release(claim: Claim, accounts: Accounts, *, now: datetime) -> Outcome:
    """Give a hold back without payment."""
    if claim.status is not Status.HELD:
        return refuse(Code.NOT_HELD, claim=claim.request.claim, status=claim.status)
    released = ClaimReleased(effective_on=service_date_of(now))
    return (Change(claim.stream, released), *release_holds(claim, accounts, because=released))


def expire(claim: Claim, accounts: Accounts, *, now: datetime) -> Outcome:
    """Give a hold back because its stated instant has come."""
    if claim.status is not Status.HELD:
        return refuse(Code.NOT_HELD, claim=claim.request.claim, status=claim.status)
    assert claim.expires_at is not None
    if now < claim.expires_at:
        expires_at = claim.expires_at.isoformat()
        return refuse(Code.HOLD_NOT_DUE, claim=claim.request.claim, expires_at=expires_at)
    expired = ClaimExpired(effective_on=service_date_of(now))
    return (Change(claim.stream, expired), *release_holds(claim, accounts, because=expired))


def release_holds(claim: Claim, accounts: Accounts, *, because: Fact) -> tuple[Change, ...]:
    """Make every hold of a claim available again, in order of payment."""
    released = [
        Change(accounts[person].stream, _released(claim, accounts[person], because))
        for person in by_account(claim.allocation.legs)
    ]
    return (*released, *_end_of_wallet(claim, accounts, because))


def _check_held(claim: Claim, now: datetime) -> Refusal | None:
    if claim.status is not Status.HELD:
        return refuse(Code.NOT_HELD, claim=claim.request.claim, status=claim.status)
    assert claim.expires_at is not None
    if now >= claim.expires_at:
        expires_at = claim.expires_at.isoformat()
        return refuse(Code.HOLD_EXPIRED, claim=claim.request.claim, expires_at=expires_at)
    return None


def _hold(claim: Claim, owner: Person) -> tuple[Account, Hold]:
    assert owner.account is not None
    return owner.account, owner.account.holds[claim.request.claim]


def _end_holds(claim: Claim, accounts: Accounts, captured: ClaimCaptured) -> tuple[Change, ...]:
    """Pay what was captured out of each hold and release the remainder."""
    paid = by_account(captured.legs)
    changes = []
    for person in by_account(claim.allocation.legs):
        owner = accounts[person]
        if person not in paid:
            changes.append(Change(owner.stream, _released(claim, owner, captured)))
            continue
        account, hold = _hold(claim, owner)
        returned = hold.held - paid[person]
        assert returned.is_valid(), "never more than was held"
        purse, left = way_back(account, hold.purse, amount=returned)
        fact = AccountCaptured(
            effective_on=captured.effective_on,
            claim=claim.request.claim,
            settlement=captured.settlement,
            taken=paid[person],
            returned=returned,
            left=left,
            purse=purse,
        )
        changes.append(Change(owner.stream, fact))
    return tuple(changes)


def _end_of_wallet(claim: Claim, accounts: Accounts, because: Fact) -> tuple[Change, ...]:
    """End the hold on the patient's wallet, if there is one: pay what was captured of it."""
    held_fen = from_wallet(claim.allocation.legs)
    if not held_fen:
        return ()
    patient = accounts[claim.request.patient]
    taken_fen = from_wallet(because.legs) if isinstance(because, ClaimCaptured) else 0
    returned_fen = held_fen - taken_fen
    left_fen = left_in_wallet(patient, -returned_fen)
    end: Fact
    if isinstance(because, ClaimCaptured) and taken_fen:
        end = WalletCaptured(
            effective_on=because.effective_on,
            claim=claim.request.claim,
            settlement=because.settlement,
            taken_fen=taken_fen,
            returned_fen=returned_fen,
            left_fen=left_fen,
        )
    else:
        end = WalletReleased(
            effective_on=because.effective_on,
            claim=claim.request.claim,
            returned_fen=returned_fen,
            left_fen=left_fen,
        )
    return (Change(patient.stream, end),)


def _released(claim: Claim, owner: Person, because: Fact) -> AccountReleased:
    account, hold = _hold(claim, owner)
    purse, left = way_back(account, hold.purse, amount=hold.held)
    return AccountReleased(
        effective_on=because.effective_on,
        claim=claim.request.claim,
        returned=hold.held,
        left=left,
        purse=purse,
    )
