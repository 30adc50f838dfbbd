"""Handlers of the commands about filings for care outside the home area."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain import filing
from ledger.view import Result

if TYPE_CHECKING:
    from datetime import date

    from domain.ids import PersonId
    from domain.person import Person
    from domain.rules import FilingRules
    from ledger import commands
    from ledger.view import View


def record(command: commands.RecordFiling, view: View) -> Result:
    """File care outside the home area."""
    person, on = view.person(command.person), view.day(command.on)
    outcome = filing.record(
        person,
        kind=command.kind,
        place=command.place,
        on=on,
        rules=_rules(person, view, on=on),
        stay=command.stay,
    )
    view.do(outcome)
    return _of_filing(person.id, len(person.filings) + 1)


def change(command: commands.ChangeFiling, view: View) -> Result:
    """Change a filing to another place."""
    person, on = view.person(command.person), view.day(command.on)
    outcome = filing.change(
        person,
        command.filing,
        place=command.place,
        on=on,
        rules=_rules(person, view, on=on),
        proof=command.proof,
    )
    view.do(outcome)
    return _of_filing(person.id, command.filing)


def end(command: commands.EndFiling, view: View) -> Result:
    """End a filing."""
    person, on = view.person(command.person), view.day(command.on)
    view.do(filing.end(person, command.filing, on=on, proof=command.proof))
    return _of_filing(person.id, command.filing)


def _rules(person: Person, view: View, *, on: date) -> FilingRules:
    return view.rules(person.region_on(on), on).filing


def _of_filing(person: PersonId, no: int) -> Result:
    return Result(f"person/{person}", {"person": person, "filing": no})
