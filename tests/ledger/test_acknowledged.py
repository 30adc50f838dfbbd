"""The note of how far a history was acknowledged."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from ledger import store as stores
from ledger.acknowledged import NOTE, AcknowledgedEnd, check_acknowledged
from ledger.check import check_store
from ledger.entries import End
from ledger.errors import StoreDamaged
from ledger.writer import Writer
from tests.ledger.planted import EVOLVE, count
from tests.ledger.tampering import delete_entries, tamper
from tests.ledger.test_store import fill


def test_every_commit_is_noted(path: Path) -> None:
    with stores.open_writer(path) as store, Writer(store, EVOLVE) as writer:
        for n in range(1, 4):
            writer.execute(count(f"m{n}", 1))
            assert (path / NOTE).read_text().split() == [f"{n:020}", f"{n:020}"]


def cut_off(path: Path) -> None:
    """Take the last entry away as a torn write-ahead log would: the noted end goes with it."""
    delete_entries(path, 3)
    tamper(path, "UPDATE history_end SET entries = 2, events = 4")


def test_an_end_that_is_gone_without_a_trace_in_the_file_is_noticed(path: Path) -> None:
    fill(path)
    cut_off(path)
    with pytest.raises(StoreDamaged, match="acknowledged up to position 6, but the history ends"):
        stores.open_writer(path)
    with stores.open_reader(path) as store:
        (problem,) = check_store(store)
    assert "已确认到位置 6，历史却止于 4" in problem.says.zh


def test_an_entry_without_events_that_is_gone_is_noticed_too(path: Path) -> None:
    fill(path)
    with stores.open_writer(path) as store, Writer(store, EVOLVE) as writer:
        writer.execute(count("m3", 1, streams=()))
    delete_entries(path, 4)
    tamper(path, "UPDATE history_end SET entries = 3")
    with pytest.raises(StoreDamaged, match="acknowledged events are missing"):
        stores.open_writer(path)


@pytest.mark.parametrize("note", ["", None, f"{1:020} {2:020}\n"])
def test_a_note_that_lags_behind_or_is_missing_is_no_fault(path: Path, note: str | None) -> None:
    fill(path)
    if note is None:
        (path / NOTE).unlink()
    else:
        (path / NOTE).write_text(note)
    with stores.open_reader(path) as store:
        assert check_store(store) == []
    stores.open_writer(path).close()


@pytest.mark.parametrize("note", [b"1", b"a b", b"1 2 3", b"\xff"])
def test_a_note_that_is_none_is_damage(path: Path, note: bytes) -> None:
    fill(path)
    (path / NOTE).write_bytes(note)
    with pytest.raises(StoreDamaged, match="no note of a position"):
        stores.open_writer(path)


def test_what_is_committed_between_two_looks_is_not_missed(tmp_path: Path) -> None:
    """The writer commits and notes while a reader compares."""
    note = AcknowledgedEnd(tmp_path / NOTE)
    note.write(End(1, 1))

    def end_of_a_growing_history() -> End:
        note.write(End(2, 2))
        return End(2, 2)

    check_acknowledged(tmp_path / NOTE, end_of_a_growing_history)
    with pytest.raises(StoreDamaged):
        check_acknowledged(tmp_path / NOTE, lambda: End(1, 1))
    note.close()
    note.close()


def test_a_note_that_cannot_be_written_takes_nothing_from_a_commit(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def full(*_: object) -> int:
        tried.append(1)
        raise OSError

    with stores.open_writer(path) as store, Writer(store, EVOLVE) as writer:
        monkeypatch.setattr(os, "pwrite", full)
        writer.execute(count("m1", 1))
        assert tried
        assert store.recorder.end == End(1, 1)


def test_a_store_whose_note_does_not_fit_leaves_no_lock_and_no_open_file(path: Path) -> None:
    fill(path)
    cut_off(path)
    for _ in range(2):
        with pytest.raises(StoreDamaged):
            stores.open_writer(path)
    with sqlite3.connect(path / stores.EVENTS) as connection:
        assert connection.execute("PRAGMA journal_mode = DELETE").fetchone() == ("delete",)
    connection.close()
