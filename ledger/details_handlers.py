"""Handlers of the commands about personal details."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain import describing
from ledger.view import Result

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.codes import Detail
    from domain.ids import PersonId
    from ledger import commands
    from ledger.view import View


def commit(command: commands.CommitDetails, view: View) -> Result:
    """Take details in."""
    person, on = view.person(command.person), view.day(command.on)
    view.do(describing.commit(person, command.commitments, on=on))
    return _of_details(person.id, sorted(command.commitments))


def erase(command: commands.EraseDetails, view: View) -> Result:
    """Erase details."""
    person, on = view.person(command.person), view.day(command.on)
    before = person.details
    view.do(describing.erase(person, command.details, on=on))
    gone = before.keys() - view.person(person.id).details.keys()
    return _of_details(person.id, sorted(gone))


def reveal(command: commands.RevealDetails, view: View) -> Result:
    """Record that details are shown."""
    person, on = view.person(command.person), view.day(command.on)
    view.do(describing.reveal(person, command.details, receiver=command.receiver, on=on))
    return _of_details(person.id, command.details or sorted(person.details))


def _of_details(person: PersonId, concerned: Sequence[Detail]) -> Result:
    return Result(f"person/{person}", {"person": person, "details": list(concerned)})
