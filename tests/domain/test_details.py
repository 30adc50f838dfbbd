"""Personal details: commitments in the history, values nowhere near it."""

from __future__ import annotations

from hashlib import sha256
from typing import cast

import pytest

from domain.codes import Detail, Insurance, Work
from domain.describing import commit, erase, reveal
from domain.details import commitment
from domain.facts import Change, Outcome
from domain.ids import PersonId
from domain.person import CardReplaced, Person, PersonEnrolled, evolve
from domain.refusals import Code, Refusal
from tests.builders import DAY, HERE, START

SALT = bytes(range(16))


def person(who: str) -> Person:
    fact = PersonEnrolled(START, PersonId(who), HERE, Insurance.EMPLOYEE, Work.IN_SERVICE)
    return evolve(None, fact)


def _after(who: Person, outcome: Outcome) -> Person:
    assert not isinstance(outcome, Refusal), outcome
    for change in outcome:
        assert change.stream == who.stream
        who = evolve(who, change.fact)
    return who


def test_a_commitment_is_a_hash_over_salt_detail_and_value() -> None:
    said = commitment(Detail.NAME, "张三", salt=SALT)
    assert said == sha256(SALT + b"name\0" + "张三".encode()).hexdigest()
    assert said != commitment(Detail.ADDRESS, "张三", salt=SALT)
    with pytest.raises(AssertionError, match="guessed"):
        commitment(Detail.NAME, "张三", salt=b"short")


def test_details_are_taken_in_replaced_and_erased() -> None:
    who = _after(person("p"), commit(person("p"), {Detail.NAME: "a", Detail.BORN: "b"}, on=DAY))
    who = _after(who, commit(who, {Detail.NAME: "c"}, on=DAY))
    assert who.details == {Detail.NAME: "c", Detail.BORN: "b"}
    who = _after(who, erase(who, (Detail.NAME,), on=DAY))
    assert who.details == {Detail.BORN: "b"}
    who = _after(who, erase(who, (), on=DAY))
    assert who.details == {}


def test_showing_details_changes_nothing_and_is_recorded() -> None:
    who = _after(person("p"), commit(person("p"), {Detail.NAME: "a"}, on=DAY))
    outcome = reveal(who, (), receiver="bureau", on=DAY)
    (change,) = cast("tuple[Change]", outcome)
    assert change.fact.TOPIC == "person.details_revealed"
    assert _after(who, outcome) == who


@pytest.mark.parametrize("details", [(), (Detail.PHONE,), (Detail.NAME, Detail.PHONE)])
def test_what_is_not_kept_is_neither_erased_nor_shown(details: tuple[Detail, ...]) -> None:
    who = person("p")
    if details:
        who = _after(who, commit(who, {Detail.NAME: "a"}, on=DAY))
    for outcome in (
        erase(who, details, on=DAY),
        reveal(who, details, receiver="bureau", on=DAY),
    ):
        assert isinstance(outcome, Refusal)
        assert outcome.code is Code.DETAIL_NOT_KEPT


def test_details_are_shown_to_ids() -> None:
    who = _after(person("p"), commit(person("p"), {Detail.NAME: "a"}, on=DAY))
    outcome = reveal(who, (), receiver="李 四", on=DAY)
    assert isinstance(outcome, Refusal)
    assert outcome.code is Code.MALFORMED_ID


def test_other_facts_leave_details_alone() -> None:
    who = _after(person("p"), commit(person("p"), {Detail.NAME: "a"}, on=DAY))
    assert evolve(who, CardReplaced(DAY)).details == who.details
