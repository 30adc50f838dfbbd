"""Decisions about an insured person and the account: enrol, change, credit, roll, close."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from domain.account import (
    Account,
    AccountClosed,
    AccountCredited,
    AccountOpened,
    AccountOutOfAreaSwitched,
    AccountTakenBack,
    AccountYearRolled,
)
from domain.amounts import NOTHING, amounts
from domain.booking import Booking
from domain.codes import (
    ACCOUNT_SEGMENTS,
    Card,
    Coverage,
    CreditKind,
    Insurance,
    Origin,
    Payee,
    Segment,
    Work,
)
from domain.facts import Change, Outcome
from domain.ids import PersonId, RegionCode, check_id
from domain.money import MAX_FEN
from domain.person import (
    CardReplaced,
    CardReported,
    CoverageChanged,
    Person,
    PersonEnrolled,
    PersonMoved,
    PersonRetired,
    person_stream,
)
from domain.refusals import Code, Refusal, refuse
from domain.returning import end_purse
from domain.rules import RuleSet
from domain.time import account_year
from domain.wallet import Pending

_NEXT = {
    Coverage.ACTIVE: {Coverage.SUSPENDED, Coverage.ENDED, Coverage.DECEASED},
    Coverage.SUSPENDED: {Coverage.ACTIVE, Coverage.ENDED, Coverage.DECEASED},
    Coverage.ENDED: {Coverage.ACTIVE, Coverage.DECEASED},
    Coverage.DECEASED: set[Coverage](),
}


def check_amount(fen: int) -> Refusal | None:
    """Refuse an amount that is not positive, or beyond anything real."""
    return None if 0 < fen <= MAX_FEN else refuse(Code.AMOUNT_OUT_OF_RANGE, amount_fen=fen)


def check_covered(person: Person, on: date) -> Refusal | None:
    """Refuse somebody whose insurance is not in force on a day."""
    if person.is_covered(on):
        return None
    return refuse(Code.COVERAGE_NOT_ACTIVE, person=person.id, status=person.coverage_now)


def _check_segment(segment: Segment) -> Refusal | None:
    """Refuse a segment that no personal account has."""
    if segment in ACCOUNT_SEGMENTS:
        return None
    return refuse(Code.NOT_OF_AN_ACCOUNT, segment=segment)


def enroll(
    known: Person | None,
    *,
    person: PersonId,
    region: RegionCode,
    insurance: Insurance,
    work: Work,
    on: date,
) -> Outcome:
    """Enrol someone in basic medical insurance from a day on."""
    if refusal := check_id(person):
        return refusal
    if known is not None:
        return refuse(Code.ALREADY_EXISTS, id=person)
    fact = PersonEnrolled(
        effective_on=on, person=person, region=region, insurance=insurance, work=work
    )
    return (Change(person_stream(person), fact),)


def change_coverage(person: Person, *, to: Coverage, on: date) -> Outcome:
    """Suspend, resume or end insurance, or record a death, from a day on, possibly learned late."""
    before = person.coverage_now
    enrolled_on = person.coverage[0][0]
    if to not in _NEXT[before] or on < enrolled_on:
        return refuse(Code.COVERAGE_CHANGE_IMPOSSIBLE, person=person.id, before=before, after=to)
    fact = CoverageChanged(effective_on=on, before=before, after=to)
    return (Change(person.stream, fact),)


def move(person: Person, *, to: RegionCode, on: date) -> Outcome:
    """Move the insurance relation to another pooling area; the account's money moves with it."""
    moved_on = person.moves[-1][0] if person.moves else person.coverage[0][0]
    if person.coverage_now is not Coverage.ACTIVE or to == person.region or on < moved_on:
        return refuse(
            Code.COVERAGE_CHANGE_IMPOSSIBLE,
            person=person.id,
            before=f"{person.coverage_now} {person.region}",
            after=to,
        )
    fact = PersonMoved(effective_on=on, region_before=person.region, region_after=to)
    return (Change(person.stream, fact),)


def retire(person: Person, *, on: date) -> Outcome:
    """Record that an employee retired."""
    if person.work is not Work.IN_SERVICE or person.coverage_now is Coverage.DECEASED:
        return refuse(
            Code.COVERAGE_CHANGE_IMPOSSIBLE,
            person=person.id,
            before=person.work,
            after=Work.RETIRED,
        )
    return (Change(person.stream, PersonRetired(effective_on=on)),)


def report_card(person: Person, *, card: Card, on: date) -> Outcome:
    """Report the card lost or expired."""
    if person.card is not Card.ACTIVE or card is Card.ACTIVE:
        return refuse(Code.CARD_CHANGE_IMPOSSIBLE, person=person.id, before=person.card, after=card)
    return (Change(person.stream, CardReported(effective_on=on, card=card)),)


def replace_card(person: Person, *, on: date) -> Outcome:
    """Issue a new card for one that was lost or has expired."""
    if person.card is Card.ACTIVE:
        return refuse(
            Code.CARD_CHANGE_IMPOSSIBLE, person=person.id, before=person.card, after=Card.ACTIVE
        )
    return (Change(person.stream, CardReplaced(effective_on=on)),)


def open_account(person: Person, *, rules: RuleSet, on: date) -> Outcome:
    """Open the personal account of an employee whose insurance has one."""
    if person.insurance is not Insurance.EMPLOYEE:
        return refuse(Code.NO_ACCOUNT, person=person.id, insurance=person.insurance)
    if person.account is not None:
        return refuse(Code.ALREADY_EXISTS, id=person.id)
    if refusal := check_covered(person, on):
        return refusal
    year = account_year(on, rules.account.year_start_month)
    return (Change(person.stream, AccountOpened(effective_on=on, account_year=year)),)


def open_account_of(person: Person) -> Account | Refusal:
    """Give the person's open account, or say why there is none."""
    if person.account is None:
        return refuse(Code.NO_ACCOUNT, person=person.id, insurance=person.insurance)
    if person.account.closed is not None:
        return refuse(Code.ACCOUNT_CLOSED, person=person.id)
    return person.account


def credit(
    person: Person,
    *,
    kind: CreditKind,
    segment: Segment,
    amount_fen: int,
    period: str,
    on: date,
) -> Outcome:
    """Credit an account. A period ("2026-03", "2026") is credited once for each kind."""
    if refusal := check_amount(amount_fen) or _check_segment(segment):
        return refusal
    account = open_account_of(person)
    if isinstance(account, Refusal):
        return account
    named = f"{period}/{kind}" if period else ""
    if named in account.credited_periods:
        return refuse(Code.ALREADY_CREDITED, person=person.id, period=period, kind=kind)
    amount = amounts(segment, amount_fen)
    fact = AccountCredited(
        effective_on=on, kind=kind, amount=amount, period=named, left=account.available + amount
    )
    return (Change(person.stream, fact),)


def take_back(person: Person, *, segment: Segment, amount_fen: int, on: date) -> Outcome:
    """Take back a credit that was not due, as far as it is still available."""
    if refusal := check_amount(amount_fen) or _check_segment(segment):
        return refusal
    account = open_account_of(person)
    if isinstance(account, Refusal):
        return account
    available_fen = account.available.of(segment)
    if amount_fen > available_fen:
        return refuse(
            Code.INSUFFICIENT,
            person=person.id,
            asked_fen=amount_fen,
            available_fen=available_fen,
        )
    amount = amounts(segment, amount_fen)
    fact = AccountTakenBack(effective_on=on, amount=amount, left=account.available - amount)
    return (Change(person.stream, fact),)


def roll_year(person: Person, *, rules: RuleSet, on: date) -> Outcome:
    """Begin the account year of a day: current money, held money included, becomes prior."""
    account = open_account_of(person)
    if isinstance(account, Refusal):
        return account
    year = account_year(on, rules.account.year_start_month)
    if year <= account.account_year:
        return refuse(Code.YEAR_ALREADY_ROLLED, person=person.id, year=account.account_year)
    fact = AccountYearRolled(
        effective_on=on,
        account_year=year,
        moved_fen=(account.available + account.set_aside_amounts + account.held).current_fen,
        left=account.available.as_prior(),
    )
    return (Change(person.stream, fact),)


def switch_out_of_area(person: Person, *, to: bool, on: date) -> Outcome:
    """Let the owner allow (`to`) or forbid the use of the account outside the home area."""
    account = open_account_of(person)
    if isinstance(account, Refusal):
        return account
    if account.out_of_area is to:
        return refuse(Code.SWITCH_UNCHANGED, person=person.id, switch="on" if to else "off")
    return (Change(person.stream, AccountOutOfAreaSwitched(effective_on=on, on=to)),)


def _pending(person: Person) -> Iterable[Pending]:
    """Give what a person sent and nobody accepted yet."""
    return person.wallet.pending.values() if person.wallet else ()


def close_account(person: Person, *, payee: Payee, heir: Person | None, on: date) -> Outcome:
    """Close an account and pay its rest out, after death to an heir or the pooled fund.

    What was set aside for relatives returns first.
    """
    account = open_account_of(person)
    if isinstance(account, Refusal):
        return account
    if account.holds:
        return refuse(Code.HOLDS_OPEN, person=person.id, claim=min(account.holds))
    to_heir = payee in {Payee.HEIR_ACCOUNT, Payee.HEIR_CASH}
    if (person.coverage_now is Coverage.DECEASED) == (payee is Payee.OWNER_CASH):
        return refuse(Code.PAYEE_IMPOSSIBLE, person=person.id, payee=payee)
    if (to_heir and heir is None) or (heir is not None and heir.id == person.id):
        return refuse(Code.PAYEE_IMPOSSIBLE, person=person.id, payee=payee)
    booking = Booking({p.id: p for p in (person, heir) if p is not None})
    if payee is Payee.HEIR_ACCOUNT and not (heir and booking.can_receive(heir.id)):
        return refuse(Code.PAYEE_IMPOSSIBLE, person=person.id, payee=payee)
    if waiting := [t.transfer for t in _pending(person) if t.origin is Origin.ACCOUNT]:
        return refuse(Code.TRANSFER_PENDING, transfer=waiting[0])
    for purse in sorted(account.set_aside):
        end_purse(booking, person.id, purse=purse, on=on)
    rest = booking.account(person.id).available
    closed = AccountClosed(
        effective_on=on, payee=payee, heir=heir.id if heir else None, paid_out=rest
    )
    booking.book(person.id, closed)
    if payee is Payee.HEIR_ACCOUNT and heir is not None and rest != NOTHING:
        booking.inherit(heir.id, rest.total_fen, today=on)
    return tuple(booking.changes)
