"""Somebody who files care away from home: what the tests of filings start from."""

from __future__ import annotations

from datetime import date
from typing import Any

from domain.codes import Coverage, FilingKind, Insurance, Work
from domain.filing import (
    record,
)
from domain.ids import PersonId, RegionCode
from domain.person import Person, evolve
from domain.refusals import Code, Refusal
from domain.rules import FilingRules
from tests.builders import HERE, rules

AWAY, FARTHER, ITS_PROVINCE = RegionCode("420100"), RegionCode("440100"), RegionCode("420000")
START, DAY = date(2025, 1, 1), date(2025, 3, 10)
PERSON = Person(
    id=PersonId("P"),
    region=HERE,
    insurance=Insurance.EMPLOYEE,
    work=Work.IN_SERVICE,
    coverage=((START, Coverage.ACTIVE),),
)
LIVING, OTHER = FilingKind.LIVING_AWAY, FilingKind.OTHER_TEMPORARY


def by(**changes: Any) -> FilingRules:  # noqa: ANN401  # any rule
    return rules({f"filing.{name}": value for name, value in changes.items()}).filing


PLAIN = by()


def entered(person: Person, outcome: object) -> Person:
    assert isinstance(outcome, tuple), outcome
    for made in outcome:
        assert made.stream == person.stream
        person = evolve(person, made.fact)
    return person


def after_filing(
    kind: FilingKind = OTHER, *, place: RegionCode = AWAY, on: date = DAY, law: FilingRules = PLAIN
) -> Person:
    return entered(PERSON, record(PERSON, kind=kind, place=place, on=on, rules=law))


def code(outcome: object) -> Code:
    assert isinstance(outcome, Refusal), outcome
    return outcome.code
