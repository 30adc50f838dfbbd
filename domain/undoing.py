"""Giving money back: cancelling a settlement, and reversing a call of unknown outcome.

Money goes back in the reverse order of payment (cash first, the own account last), to the very
accounts and segments it came from; used limits come back too. Once the relation has ended, an
area may have the patient get a cancelled grantor's part in cash (`claim.refund_after_end`). No
published national rule states the order of giving back; the reverse of payment is our choice
(docs/decisions/0004).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

from msgspec.structs import replace

from domain.account import AccountClosed, AccountPaidOut, AccountPassedOn, AccountRestored
from domain.allocation import by_account, from_wallet
from domain.amounts import Amounts
from domain.booking import Booking
from domain.claim import Claim, ClaimCancelled, ClaimReversed, Leg, Status
from domain.codes import Payee, RefundAfterEnd, RefundSegment
from domain.facts import Change, Outcome
from domain.holding import Accounts, release_holds
from domain.ids import MessageId, PersonId
from domain.person import MessageVoided, Person
from domain.purses import FREE
from domain.record import Record
from domain.refusals import Code, Refusal, refuse
from domain.returning import way_back
from domain.rules import RuleSet
from domain.time import account_year, service_date_of
from domain.wallet import WALLET, WalletRestored

ByLine = tuple[tuple[int, int], ...]
"""Fen by line number."""


class Undo(Record, frozen=True):
    """How much of a settlement to give back: own share and fund part, fen by line number."""

    own_fen: Mapping[int, int]
    fund_fen: Mapping[int, int]


def cancel(
    claim: Claim,
    accounts: Accounts,
    *,
    undo: Undo | None,
    rules: RuleSet,
    now: datetime,
    ended: Collection[PersonId] = frozenset(),
) -> Outcome:
    """Cancel a settlement, wholly (`undo` is None) or in part, by the rules of today.

    `ended` names the grantors who are not bound to the patient any more.
    """
    if claim.status in {Status.CANCELLED, Status.REVERSED}:
        return refuse(Code.ALREADY_CANCELLED, claim=claim.request.claim, status=claim.status)
    if not claim.is_paid:
        return refuse(Code.NOT_SETTLED, claim=claim.request.claim, status=claim.status)
    today = service_date_of(now)
    if refusal := _check_periods(claim, rules, today):
        return refusal
    if undo is None:
        undo = _everything(claim)
    elif refusal := _check_amounts(claim, undo):
        return refusal
    legs, cash, fund = _give_back(claim, undo)
    whole = _paid_fen(claim) == _fen(legs, cash, fund)
    assert claim.settlement is not None
    cancelled = ClaimCancelled(
        effective_on=today,
        settlement=claim.settlement,
        legs=legs,
        cash_fen=cash,
        fund_fen=fund,
        whole=whole,
    )
    as_of_now = rules.claim.cancel_across_years is not RefundSegment.ORIGINAL
    in_cash = ended if rules.claim.refund_after_end is RefundAfterEnd.CASH else frozenset()
    back = _restore(claim, accounts, cancelled, as_of_now=as_of_now, in_cash=in_cash)
    return (Change(claim.stream, cancelled), *back)


def reverse(claim: Claim, accounts: Accounts, *, message: MessageId, now: datetime) -> Outcome:
    """Undo a settlement, a hold or an offer whose caller never heard the outcome.

    The application has made sure that `message` is what brought the claim to where it stands. As
    if the call had never been made, all money goes back to where it came from.
    """
    today = service_date_of(now)
    if claim.status in {Status.HELD, Status.OFFERED}:
        undone = ClaimReversed(
            effective_on=today, message=message, legs=(), cash_fen=(), fund_fen=()
        )
        held = claim.status is Status.HELD
        back = release_holds(claim, accounts, because=undone) if held else ()
        return (Change(claim.stream, undone), *back)
    if not claim.is_paid:
        return refuse(Code.NOT_REVERSIBLE, message=message, status=claim.status)
    legs, cash, fund = _give_back(claim, _everything(claim))
    undone = ClaimReversed(
        effective_on=today, message=message, legs=legs, cash_fen=cash, fund_fen=fund
    )
    back = _restore(claim, accounts, undone, as_of_now=True, in_cash=frozenset())
    return (Change(claim.stream, undone), *back)


def void(patient: Person, *, message: MessageId, now: datetime) -> Outcome:
    """Make sure that a message that never arrived does not take effect when it arrives late."""
    fact = MessageVoided(effective_on=service_date_of(now), message=message)
    return (Change(patient.stream, fact),)


def _check_periods(claim: Claim, rules: RuleSet, today: date) -> Refusal | None:
    """Ask whether the area lets a settlement be cancelled in a later month or account year."""
    assert claim.settled_on is not None
    settled_on = claim.settled_on
    facts = {
        "claim": claim.request.claim,
        "settled_on": settled_on.isoformat(),
        "today": today.isoformat(),
    }
    if (settled_on.year, settled_on.month) != (today.year, today.month) and (
        not rules.claim.cancel_across_months
    ):
        return refuse(Code.CANCEL_ACROSS_MONTHS, rule="claim.cancel_across_months", **facts)
    start = rules.account.year_start_month
    if account_year(settled_on, start) != account_year(today, start) and (
        rules.claim.cancel_across_years is RefundSegment.REFUSED
    ):
        return refuse(Code.CANCEL_ACROSS_YEARS, rule="claim.cancel_across_years", **facts)
    return None


def _own_paid(claim: Claim) -> dict[int, int]:
    """Give what stays paid of the own share, fen by line."""
    paid = dict(claim.cash_fen)
    for leg in claim.legs:
        paid[leg.line] += leg.amount_fen
    return paid


def _everything(claim: Claim) -> Undo:
    return Undo(_own_paid(claim), dict(claim.fund_fen))


def _check_amounts(claim: Claim, undo: Undo) -> Refusal | None:
    """Refuse to give back more than stays paid on a line, or nothing at all."""
    for asked, paid in ((undo.own_fen, _own_paid(claim)), (undo.fund_fen, dict(claim.fund_fen))):
        for line, fen in asked.items():
            if not 0 <= fen <= paid.get(line, -1):
                return refuse(
                    Code.CANCEL_EXCEEDS_PAID,
                    claim=claim.request.claim,
                    line=line,
                    asked_fen=fen,
                    paid_fen=paid.get(line, 0),
                )
    if not any(undo.own_fen.values()) and not any(undo.fund_fen.values()):
        return refuse(
            Code.CANCEL_EXCEEDS_PAID, claim=claim.request.claim, line=0, asked_fen=0, paid_fen=0
        )
    return None


def _give_back(claim: Claim, undo: Undo) -> tuple[tuple[Leg, ...], ByLine, ByLine]:
    """Go back through the payments, last first: cash, then legs in reverse."""
    need = dict(undo.own_fen)
    cash = []
    for line, paid_fen in reversed(claim.cash_fen):
        fen = min(paid_fen, need.get(line, 0))
        if fen:
            need[line] -= fen
            cash.append((line, fen))
    legs = []
    for leg in reversed(claim.legs):
        fen = min(leg.amount_fen, need.get(leg.line, 0))
        if fen:
            need[leg.line] -= fen
            legs.append(replace(leg, amount_fen=fen))
    assert not any(need.values()), "never more than was paid"
    fund = tuple((line, fen) for line, fen in undo.fund_fen.items() if fen)
    return tuple(legs), tuple(cash), fund


def _fen(legs: tuple[Leg, ...], cash: ByLine, fund: ByLine) -> int:
    return sum(leg.amount_fen for leg in legs) + sum(fen for _, fen in (*cash, *fund))


def _paid_fen(claim: Claim) -> int:
    return _fen(claim.legs, claim.cash_fen, claim.fund_fen)


def _restore(
    claim: Claim,
    accounts: Accounts,
    because: ClaimCancelled | ClaimReversed,
    *,
    as_of_now: bool,
    in_cash: Collection[PersonId],
) -> tuple[Change, ...]:
    """Put the money back into each account; a closed account passes it on.

    The accounts of those `in_cash` pass it on to the patient, and no purse takes it back.
    """
    assert claim.settlement is not None
    trials = {t.account: t for t in claim.allocation.trials if t.purse != WALLET}
    booking = Booking(accounts)
    for person, paid in by_account(because.legs).items():
        account = booking.account(person)
        trial = trials[person]
        year_has_closed = account.account_year != trial.open_year  # by sequence, not by date
        amount = paid.as_prior() if year_has_closed and as_of_now else paid
        source = FREE if person in in_cash else trial.purse
        purse, left = way_back(account, source, amount=amount)
        restored = AccountRestored(
            effective_on=because.effective_on,
            claim=claim.request.claim,
            settlement=claim.settlement,
            beneficiary=claim.request.patient,
            service_date=claim.request.service_date,
            account_year=trial.account_year,
            returned=amount,
            left=left,
            purse=purse,
        )
        booking.book(person, restored)
        if person in in_cash:
            booking.book(person, _to_patient(restored))
        elif account.closed is not None:
            _pass_on(booking, person, amount, closed=account.closed)
    if fen := from_wallet(because.legs):
        patient = claim.request.patient
        to_wallet = WalletRestored(
            effective_on=because.effective_on,
            claim=claim.request.claim,
            settlement=claim.settlement,
            returned_fen=fen,
            left_fen=booking.wallet(patient).available_fen + fen,
        )
        booking.book(patient, to_wallet)
    return tuple(booking.changes)


def _to_patient(restored: AccountRestored) -> AccountPassedOn:
    """Pass on to the patient what has just come back."""
    return AccountPassedOn(
        effective_on=restored.effective_on,
        claim=restored.claim,
        settlement=restored.settlement,
        beneficiary=restored.beneficiary,
        paid_out=restored.returned,
        left=restored.left - restored.returned,
    )


def _pass_on(booking: Booking, owner: PersonId, amount: Amounts, *, closed: AccountClosed) -> None:
    """Pay money that came back to a closed account to whoever received the account's rest."""
    today = booking.changes[-1].fact.effective_on
    payee, heir = closed.payee, closed.heir
    if payee is Payee.HEIR_ACCOUNT and (heir is None or not booking.can_receive(heir)):
        payee = Payee.HEIR_CASH
    paid_out = AccountPaidOut(effective_on=today, payee=payee, heir=heir, paid_out=amount)
    booking.book(owner, paid_out)
    if payee is Payee.HEIR_ACCOUNT and heir is not None:
        booking.inherit(heir, amount.total_fen, today=today)


def heirs_of(accounts: Accounts) -> list[PersonId]:
    """Give the heirs whose accounts a refund to these accounts may reach."""
    closed = [p.account.closed for p in accounts.values() if p.account and p.account.closed]
    return [c.heir for c in closed if c.payee is Payee.HEIR_ACCOUNT and c.heir is not None]
