"""The file of personal details: found while kept, gone when erased, and checked against history."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from domain.codes import Detail
from domain.ids import PersonId
from ledger import commands
from ledger.errors import StoreError
from ledger.personal import PERSONAL, Opening, Personal, personal_problems
from tests.projections.histories import History

if TYPE_CHECKING:
    from pathlib import Path

MOTHER = PersonId("mother")


def opening(value: str, detail: Detail = Detail.NAME, salt: int = 7) -> Opening:
    return Opening(MOTHER, detail, bytes([salt]) * 16, value)


def told(*openings: Opening) -> History:
    """Give a history that knows the commitments of some openings."""
    history = History()
    history.found_family()
    commitments = {each.detail: each.commitment for each in openings}
    history.must(commands.CommitDetails(person=MOTHER, commitments=commitments))
    return history


def test_what_is_erased_is_in_no_file_any_more(tmp_path: Path) -> None:
    personal = Personal(tmp_path)
    assert personal.openings() == []
    personal.drop(["nothing"])
    kept, gone = opening("王小二" * 40), opening("13900001111" * 400, Detail.PHONE)
    personal.put([kept, gone])
    assert (tmp_path / PERSONAL).read_bytes().count(b"13900001111") > 300
    personal.drop([gone.commitment])
    assert personal.openings(MOTHER) == personal.openings() == [kept]
    assert personal.openings(PersonId("father")) == []
    for file in tmp_path.iterdir():
        assert b"13900001111" not in file.read_bytes()


def test_a_sound_file_gives_no_problem_also_after_an_erasure(tmp_path: Path) -> None:
    name, phone = opening("a"), opening("b", Detail.PHONE)
    history, personal = told(name, phone), Personal(tmp_path)
    personal.put([name, phone])
    assert list(personal_problems(history.store, personal)) == []
    history.must(commands.EraseDetails(person=MOTHER, details=(Detail.PHONE,)))
    (left,) = personal_problems(history.store, personal)
    assert "ought to be gone" in left.says.en
    personal.drop([phone.commitment])
    assert list(personal_problems(history.store, personal)) == []
    history.must(commands.RevealDetails(person=MOTHER, receiver="bureau"))
    assert list(personal_problems(history.store, personal)) == []


def test_a_changed_value_and_an_unknown_one_are_found(tmp_path: Path) -> None:
    history, personal = told(opening("a")), Personal(tmp_path)
    personal.put([opening("A")])
    found = [problem.says.en for problem in personal_problems(history.store, personal)]
    assert len(found) == 2
    assert "missing or changed" in found[0]
    assert "never taken in" in found[1]


def test_a_file_that_is_none_is_damage(tmp_path: Path) -> None:
    (tmp_path / PERSONAL).write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreError):
        Personal(tmp_path).openings()
