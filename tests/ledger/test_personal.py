"""The file of personal details: found while kept, gone when erased, and checked against history."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from domain.codes import Detail
from domain.ids import PersonId
from ledger import commands
from ledger.errors import StoreDamaged, StoreError, StoreMissing, StoreUnreachable
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


# ---------------------------------------------------------------------- by whoever reaches the file


def _edit(folder: Path, change: str) -> None:
    with closing(sqlite3.connect(folder / PERSONAL)) as connection, connection:
        connection.execute("UPDATE openings SET " + change)  # noqa: S608  # a test's own words


def test_only_its_owner_reads_it_also_if_it_was_readable_before(tmp_path: Path) -> None:
    personal = Personal(tmp_path)
    before = os.umask(0)
    try:
        personal.put([opening("a")])
    finally:
        os.umask(before)
    assert (tmp_path / PERSONAL).stat().st_mode & 0o777 == 0o600
    (tmp_path / PERSONAL).chmod(0o644)
    personal.put([opening("b", Detail.PHONE)])
    assert (tmp_path / PERSONAL).stat().st_mode & 0o777 == 0o600


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreUnreachable):
        Personal(tmp_path / "nowhere").put([opening("a")])


@pytest.mark.parametrize("change", ["commitment = 'c'", "value = '张小明!'"])
def test_what_was_changed_behind_our_back_is_destroyed_as_well(tmp_path: Path, change: str) -> None:
    personal = Personal(tmp_path)
    personal.put([opening("张小明")])
    _edit(tmp_path, change)
    (changed,) = personal.openings()
    personal.drop([changed.commitment])
    assert personal.openings() == []
    assert "张小明".encode() not in (tmp_path / PERSONAL).read_bytes()


@pytest.mark.parametrize(
    "change", ["salt = 'short'", "salt = x'00'", "value = x'00'", "detail = 'shoe size'"]
)
def test_a_row_that_cannot_be_read_is_damage_and_no_crash(tmp_path: Path, change: str) -> None:
    personal = Personal(tmp_path)
    personal.put([opening("a")])
    _edit(tmp_path, change)
    with pytest.raises(StoreDamaged):
        personal.openings()


def test_one_at_a_time_changes_details(tmp_path: Path) -> None:
    personal = Personal(tmp_path)
    lock = tmp_path / "personal.lock"
    with personal.alone(), lock.open() as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with personal.alone():
        pass
    with pytest.raises(StoreMissing), Personal(tmp_path / "nowhere").alone():
        pass
    lock.unlink()
    lock.mkdir()
    with pytest.raises(StoreUnreachable), personal.alone():
        pass
