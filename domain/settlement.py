"""The decisions about a claim that pay: quote, settle at once, or hold.

`domain.allocation` splits the own share; here the split becomes facts. `domain.offering` says
where a second tap must come first. Capturing and releasing a hold stand in `domain.holding`,
giving money back in `domain.undoing`.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from domain.account import AccountDebited, AccountHeld
from domain.allocation import Situation, allocate, by_account, from_wallet
from domain.amounts import Amounts
from domain.claim import (
    Allocation,
    ClaimAuthorized,
    ClaimRequest,
    ClaimSettled,
    Trial,
    attempt_after,
    claim_stream,
)
from domain.eligibility import check_claim, check_form
from domain.facts import Change, Outcome
from domain.filing import check_filed
from domain.ids import settlement_id
from domain.offering import offer
from domain.person import Person, left_in_wallet
from domain.refusals import Code, Refusal, refuse
from domain.time import service_date_of
from domain.wallet import WALLET, WalletDebited, WalletHeld


def quote(request: ClaimRequest, situation: Situation) -> Allocation | Refusal:
    """Decide what would be paid. Nothing is recorded."""
    patient = situation.patient
    if refusal := check_form(request, today=service_date_of(situation.now)):
        return refusal
    if situation.claim is not None and not situation.claim.may_start:
        return refuse(Code.CLAIM_EXISTS, claim=request.claim, status=situation.claim.status)
    if refusal := check_claim(request, patient.person, rules=patient.rules):
        return refusal
    if refusal := check_filed(request, patient.person, rules=patient.rules):
        return refusal
    return allocate(request, situation)


def settle(request: ClaimRequest, situation: Situation) -> Outcome:
    """Decide and pay at once: one fact for the claim and one for each account that pays.

    Where a second tap must come first, the one fact is the offer.
    """
    allocation = quote(request, situation)
    if isinstance(allocation, Refusal):
        return allocation
    if offered := offer(request, situation, allocation=allocation):
        return (Change(claim_stream(request.claim), offered),)
    today = service_date_of(situation.now)
    settlement = settlement_id(request.claim, attempt_after(situation.claim))
    settled = ClaimSettled(
        effective_on=today, settlement=settlement, request=request, allocation=allocation
    )
    changes = [Change(claim_stream(request.claim), settled)]
    for person, trial, taken, left in _payers(allocation, situation):
        debited = AccountDebited(
            effective_on=today,
            claim=request.claim,
            settlement=settlement,
            beneficiary=request.patient,
            service_date=request.service_date,
            account_year=trial.account_year,
            taken=taken,
            left=left,
            purse=trial.purse,
        )
        changes.append(Change(person.stream, debited))
    patient = situation.patient.person
    if fen := from_wallet(allocation.legs):
        paid = WalletDebited(
            effective_on=today,
            claim=request.claim,
            settlement=settlement,
            taken_fen=fen,
            left_fen=left_in_wallet(patient, fen),
        )
        changes.append(Change(patient.stream, paid))
    return tuple(changes)


def authorize(request: ClaimRequest, situation: Situation, *, expires_at: datetime) -> Outcome:
    """Decide and hold the whole allocation until `expires_at`, or offer it like `settle`."""
    allocation = quote(request, situation)
    if isinstance(allocation, Refusal):
        return allocation
    if expires_at <= situation.now:
        return refuse(Code.HOLD_END_PAST, expires_at=expires_at.isoformat())
    if offered := offer(request, situation, allocation=allocation):
        return (Change(claim_stream(request.claim), offered),)
    today = service_date_of(situation.now)
    authorized = ClaimAuthorized(
        effective_on=today, request=request, allocation=allocation, expires_at=expires_at
    )
    changes = [Change(claim_stream(request.claim), authorized)]
    for person, trial, held, left in _payers(allocation, situation):
        set_aside = AccountHeld(
            effective_on=today,
            claim=request.claim,
            beneficiary=request.patient,
            service_date=request.service_date,
            account_year=trial.account_year,
            held=held,
            expires_at=expires_at,
            left=left,
            purse=trial.purse,
        )
        changes.append(Change(person.stream, set_aside))
    patient = situation.patient.person
    if fen := from_wallet(allocation.legs):
        of_wallet = WalletHeld(
            effective_on=today,
            claim=request.claim,
            held_fen=fen,
            expires_at=expires_at,
            left_fen=left_in_wallet(patient, fen),
        )
        changes.append(Change(patient.stream, of_wallet))
    return tuple(changes)


class _Payer(NamedTuple):
    """An account that pays: how it was tried, what it pays, and what is then available."""

    person: Person
    trial: Trial
    taken: Amounts
    left: Amounts


def _payers(allocation: Allocation, situation: Situation) -> list[_Payer]:
    """Give each paying account, in order."""
    persons = {c.person.id: c.person for c in (situation.patient, *situation.relatives)}
    paid = by_account(allocation.legs)
    payers = []
    for trial in allocation.trials:
        if not trial.gave_fen or trial.purse == WALLET:
            continue
        person, taken = persons[trial.account], paid[trial.account]
        assert person.account is not None
        rest = person.account.money_of(trial.purse) - taken
        assert rest.is_valid(), "nobody pays more than is there"
        left = person.account.available if trial.purse else rest
        payers.append(_Payer(person, trial, taken, left))
    return payers
