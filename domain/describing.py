"""Deciding about personal details: taking them in, erasing them, showing them to somebody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from domain.codes import Detail
from domain.details import Commitments, DetailsCommitted, DetailsErased, DetailsRevealed
from domain.facts import Change, Outcome
from domain.ids import check_id
from domain.person import Person
from domain.refusals import Code, Refusal, refuse


def commit(person: Person, commitments: Commitments, *, on: date) -> Outcome:
    """Take details in; a detail that is known already is replaced."""
    return (Change(person.stream, DetailsCommitted(on, commitments)),)


def erase(person: Person, details: Sequence[Detail], *, on: date) -> Outcome:
    """Erase details, all of them if none is named."""
    chosen = tuple(details) or tuple(sorted(person.details))
    if refusal := _unknown(person, chosen):
        return refusal
    return (Change(person.stream, DetailsErased(on, chosen)),)


def reveal(person: Person, details: Sequence[Detail], *, receiver: str, on: date) -> Outcome:
    """Record that details are shown to somebody; receivers are named by ids."""
    if refusal := check_id(receiver):
        return refusal
    chosen = tuple(details) or tuple(sorted(person.details))
    if refusal := _unknown(person, chosen):
        return refusal
    return (Change(person.stream, DetailsRevealed(on, chosen, receiver)),)


def _unknown(person: Person, details: Sequence[Detail]) -> Refusal | None:
    if details and person.details.keys() >= set(details):
        return None
    return refuse(Code.DETAIL_NOT_KEPT, person=person.id)
