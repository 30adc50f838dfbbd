"""What the check of a store finds wrong with the index."""

from __future__ import annotations

from pathlib import Path
from shutil import copy

from domain.ids import MessageId
from ledger import store as stores
from ledger.entries import place_of, place_of_key
from ledger.sqlite_recorder import INDEX
from ledger.writer import Writer
from tests.ledger.findings import change_index, found, missing
from tests.ledger.planted import ANNE, BERT, EVOLVE, count
from tests.ledger.tampering import (
    delete_events,
    edit_head,
    flip,
    tamper,
)


def test_a_deleted_last_event_no_longer_fits_the_index(written_index: Path) -> None:
    path = written_index
    delete_events(path, lambda position, _: position == 5, closed_up=True)
    (problem,) = found(path)
    assert "the index is of another history" in problem


def test_an_answer_under_another_key_is_not_found_by_that_key(written_index: Path) -> None:
    path = written_index
    edit_head(path, "m1", lambda head: head["meta"].update(cause="m9"))
    assert found(path) == ["the answer to m9 is not found by its key"]


def test_an_answer_that_cannot_be_read_is_not_taken_for_another(written_index: Path) -> None:
    place = place_of_key(MessageId("m2"))
    change_index(written_index, "INSERT INTO places VALUES (?, 1)", place)
    tamper(written_index, "UPDATE entries SET checksum = 0 WHERE number = 1")
    assert found(written_index) == [
        "The store is damaged at entry 1: the checksum does not fit",
        missing("version in its stream", 1, 2),
        missing("version in its stream", 1, 2),
    ]


def test_two_names_under_one_number_are_no_fault(written_index: Path) -> None:
    place = place_of_key(MessageId("m2"))
    change_index(written_index, "INSERT INTO places VALUES (?, 1)", place)
    assert found(written_index) == []


def test_an_index_that_hides_an_event_is_found(written_index: Path) -> None:
    place = place_of(*BERT)
    change_index(written_index, "DELETE FROM places WHERE place = ? AND entry = 2", place)
    (problem,) = found(written_index)
    assert "the index does not lead to its events" in problem


def test_an_index_that_leads_elsewhere_is_found(written_index: Path) -> None:
    path = written_index
    with stores.open_writer(path) as store, Writer(store, EVOLVE) as writer:
        writer.execute(count("m3", 1, streams=(ANNE,)))
    change_index(path, "INSERT INTO places VALUES (?, 4)", place_of(*BERT))
    (problem,) = found(path)
    assert "the index does not lead to its events" in problem


def test_an_index_that_hides_an_answer_is_found(written_index: Path) -> None:
    place = place_of_key(MessageId("m1"))
    change_index(written_index, "DELETE FROM places WHERE place = ?", place)
    assert found(written_index) == ["the answer to m1 is not found by its key"]


def test_a_wrong_index_can_be_deleted(written_index: Path) -> None:
    change_index(written_index, "DELETE FROM places WHERE entry = 2")
    assert len(found(written_index)) == 3
    (written_index / INDEX).unlink()
    assert found(written_index) == []


def test_a_damaged_index_is_found(written_index: Path) -> None:
    flip(written_index, 4096 + 5, file=INDEX)  # in the first page behind the header's
    problems = found(written_index)
    assert all("delete index.sqlite and it is made again" in problem for problem in problems)
    assert problems


def test_an_index_of_another_store_is_not_used(written_index: Path, tmp_path: Path) -> None:
    path = written_index
    stores.init(tmp_path / "other")
    with stores.open_writer(tmp_path / "other") as other, Writer(other, EVOLVE) as writer:
        for n in range(2):
            writer.execute(count(f"m{n}", 7))
    copy(tmp_path / "other" / INDEX, path / INDEX)
    (problem,) = found(path)
    assert "the index is of another history" in problem
    stores.open_writer(path).close()
    assert found(path) == []
