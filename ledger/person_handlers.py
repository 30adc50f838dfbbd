"""Handlers of the commands about insured persons and their accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain import bookkeeping
from domain.codes import Coverage, EndReason
from domain.facts import Kind
from domain.ids import PersonId
from domain.person import evolve
from domain.unbinding import end_relations
from ledger import commands
from ledger.view import Result

if TYPE_CHECKING:
    from datetime import date

    from domain.facts import Change
    from domain.person import Person
    from ledger.view import View

_ENDS = {
    Coverage.SUSPENDED: EndReason.SUSPENSION,
    Coverage.ENDED: EndReason.END,
    Coverage.DECEASED: EndReason.DEATH,
}


def enroll(command: commands.Enroll, view: View) -> Result:
    """Enrol an insured person."""
    outcome = bookkeeping.enroll(
        view.find_person(command.person),
        person=command.person,
        region=command.region,
        insurance=command.insurance,
        work=command.work,
        on=view.day(command.on),
    )
    view.do(outcome)
    return _of_person(command.person)


def change_coverage(command: commands.ChangeCoverage, view: View) -> Result:
    """Change someone's coverage; relations end where the pool's area says so."""
    person = view.person(command.person)
    on = view.day(command.on)
    reason = _ENDS.get(command.to)
    ended = _end_relations(person, view, reason=reason, on=on) if reason else ()
    view.do(bookkeeping.change_coverage(person, to=command.to, on=on))
    view.do(ended)
    return _of_person(person.id)


def move(command: commands.Move, view: View) -> Result:
    """Move someone to another pooling area; relations end where the pool's area says so."""
    person = view.person(command.person)
    on = view.day(command.on)
    ended = _end_relations(person, view, reason=EndReason.MOVE, on=on)
    view.do(bookkeeping.move(person, to=command.to, on=on))
    view.do(ended)
    return _of_person(person.id)


def _end_relations(
    person: Person, view: View, *, reason: EndReason, on: date
) -> tuple[Change, ...]:
    """End relations in every family; a grantor's money comes back from one after the other."""
    changes: tuple[Change, ...] = ()
    known: dict[PersonId, Person] = {}
    for pool in map(view.pool, sorted(person.pools)):
        sides = {side for b in pool.bindings_of(person.id) for side in (b.grantor, b.beneficiary)}
        known |= {side: view.person(side) for side in sides - known.keys()}
        ended = end_relations(
            pool,
            person.id,
            members=known,
            reason=reason,
            rules=view.rules(pool.region, on),
            on=on,
        )
        for stream, fact in ended:
            if stream.kind is Kind.PERSON:
                known[PersonId(stream.key)] = evolve(known[PersonId(stream.key)], fact)
        changes += ended
    return changes


def retire(command: commands.Retire, view: View) -> Result:
    """Record a retirement."""
    person = view.person(command.person)
    view.do(bookkeeping.retire(person, on=view.day(command.on)))
    return _of_person(person.id)


def report_card(command: commands.ReportCard, view: View) -> Result:
    """Report a card lost or expired."""
    person = view.person(command.person)
    outcome = bookkeeping.report_card(person, card=command.card, on=view.day(command.on))
    view.do(outcome)
    return _of_person(person.id)


def replace_card(command: commands.ReplaceCard, view: View) -> Result:
    """Issue a new card."""
    person = view.person(command.person)
    view.do(bookkeeping.replace_card(person, on=view.day(command.on)))
    return _of_person(person.id)


def open_account(command: commands.OpenAccount, view: View) -> Result:
    """Open a personal account."""
    person = view.person(command.person)
    on = view.day(command.on)
    rules = view.rules(person.region_on(on), on)
    view.do(bookkeeping.open_account(person, rules=rules, on=on))
    return _of_person(person.id)


def credit(command: commands.Credit, view: View) -> Result:
    """Credit an account."""
    person = view.person(command.person)
    outcome = bookkeeping.credit(
        person,
        kind=command.kind,
        segment=command.segment,
        amount_fen=command.amount_fen,
        period=command.period,
        on=view.day(command.on),
    )
    view.do(outcome)
    return _of_person(person.id)


def take_back(command: commands.TakeBack, view: View) -> Result:
    """Take back a credit that was not due."""
    view.expire_due([view.person(command.person).id])
    outcome = bookkeeping.take_back(
        view.person(command.person),
        segment=command.segment,
        amount_fen=command.amount_fen,
        on=view.day(command.on),
    )
    view.do(outcome)
    return _of_person(command.person)


def roll_year(command: commands.RollYear, view: View) -> Result:
    """Begin a new account year."""
    person = view.person(command.person)
    on = view.day(command.on)
    rules = view.rules(person.region_on(on), on)
    view.do(bookkeeping.roll_year(person, rules=rules, on=on))
    return _of_person(person.id)


def switch_out_of_area(command: commands.SwitchOutOfArea, view: View) -> Result:
    """Switch the use of an account outside the home area on or off."""
    person = view.person(command.person)
    view.do(bookkeeping.switch_out_of_area(person, to=command.to, on=view.day(command.on)))
    return _of_person(person.id)


def close_account(command: commands.CloseAccount, view: View) -> Result:
    """Close an account."""
    view.expire_due([view.person(command.person).id])
    outcome = bookkeeping.close_account(
        view.person(command.person),
        payee=command.payee,
        heir=view.person(command.heir) if command.heir else None,
        on=view.day(command.on),
    )
    view.do(outcome)
    return _of_person(command.person)


def _of_person(person: str) -> Result:
    return Result(f"person/{person}", {"person": person})
