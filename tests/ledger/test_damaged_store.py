"""Stores whose file was damaged, changed or cut off: what opening and reading say."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.ids import MessageId
from ledger import store as stores
from ledger.errors import (
    StoreDamaged,
    StoreUnreachable,
)
from ledger.sqlite_recorder import INDEX
from tests.ledger.planted import ANNE
from tests.ledger.tampering import delete_entries, edit_events, flip, tamper
from tests.ledger.test_store import fill


def test_a_store_whose_index_cannot_be_opened_is_closed_again(path: Path) -> None:
    (path / INDEX).mkdir()
    for opening in (stores.open_reader, stores.open_writer, stores.open_writer):
        with pytest.raises(StoreUnreachable, match=INDEX):
            opening(path)
    (path / INDEX).rmdir()
    stores.open_writer(path).close()


ROW_CHANGES = (
    "number = 9",
    "last = last + 1",
    "last = NULL",
    "last = 'six'",
    "last = CAST(x'ff' AS TEXT)",
    "checksum = checksum + 1",
    "checksum = NULL",
    "checksum = CAST(x'ff' AS TEXT)",
    "leaf = CAST(leaf AS TEXT) || ' '",
    "leaf = CAST(x'ff' AS TEXT)",
    "leaf = x''",
    "leaf = NULL",
    "body = CAST(body AS TEXT) || ' '",
    "body = CAST(x'ff' AS TEXT)",
    "body = x''",
    "body = NULL",
    "body = 7",
)


@pytest.mark.parametrize("sealed", [True, False])
def test_an_edit_is_noticed_unless_its_checksum_was_made_to_fit(
    path: Path, *, sealed: bool
) -> None:
    fill(path)
    edit_events(path, 3, lambda line: line["fact"].update(by=7), sealed=sealed)
    with stores.open_reader(path) as store:
        if sealed:
            assert [getattr(event.fact, "by", 0) for _, event in store.events()] == [
                1,
                1,
                7,
                1,
                1,
                1,
            ]
            return
        for read in (store.events, lambda: store.stream(ANNE), store.notifications):
            with pytest.raises(StoreDamaged, match="entry 2: the checksum does not fit"):
                list(read())


@pytest.mark.parametrize("change", ROW_CHANGES)
def test_any_change_of_a_row_is_noticed(path: Path, change: str) -> None:
    fill(path)
    tamper(
        path,
        "CREATE TABLE looser (number INTEGER PRIMARY KEY, last, checksum, leaf, body)",
        "INSERT INTO looser SELECT * FROM entries",
        "DROP TABLE entries",
        "ALTER TABLE looser RENAME TO entries",
        f"UPDATE entries SET {change} WHERE number = 3",  # noqa: S608  # one of the above
    )
    with stores.open_reader(path) as store, pytest.raises(StoreDamaged, match="checksum"):
        list(store.events())


def test_a_body_that_became_a_text_of_the_same_bytes_is_read(path: Path) -> None:
    fill(path)
    tamper(path, "UPDATE entries SET body = CAST(body AS TEXT) WHERE number = 3")
    with stores.open_reader(path) as store:
        assert len(list(store.events())) == 6


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM history_end",
        "INSERT INTO history_end VALUES (3, 6)",
        "UPDATE history_end SET events = 'x'",
    ],
)
def test_an_end_that_is_not_noted_once_is_damage(path: Path, change: str) -> None:
    fill(path)
    tamper(path, change)
    with pytest.raises(StoreDamaged):
        stores.open_writer(path)
    with stores.open_reader(path) as store, pytest.raises(StoreDamaged, match="its end"):
        assert store.recorder.last_position


def test_every_flipped_byte_of_an_entry_is_noticed(path: Path) -> None:
    fill(path, commands=1)
    data = (path / stores.EVENTS).read_bytes()
    with stores.open_reader(path) as store:
        body = store.recorder.entry(1).body
    start = data.index(body)
    for offset in range(start, start + len(body), 7):
        flip(path, offset)
        with stores.open_reader(path) as store, pytest.raises(StoreDamaged, match="checksum"):
            list(store.events())
        flip(path, offset)
    with stores.open_reader(path) as store:
        assert len(list(store.events())) == 2


def test_somebody_elses_database_is_not_a_store(path: Path) -> None:
    tamper(path, "PRAGMA application_id = 7")
    with pytest.raises(StoreDamaged, match="not a store of gongji"):
        stores.open_reader(path)


@pytest.mark.parametrize("offset", [0, 16, 19, 47, 59, 100])
def test_a_damaged_header_is_noticed(path: Path, offset: int) -> None:
    fill(path)
    flip(path, offset)
    with pytest.raises(StoreDamaged), stores.open_reader(path) as store:
        list(store.events())


def test_a_store_that_cannot_be_written_is_not_opened_for_writing(path: Path) -> None:
    flip(path, 18)  # the header's "write version": to SQLite, a file that it may only read
    stores.open_reader(path).close()
    with pytest.raises(StoreUnreachable, match="readonly"):
        stores.open_writer(path)


def test_a_cut_off_end_is_noticed_before_anything_is_written(path: Path) -> None:
    fill(path)
    delete_entries(path, 3)
    with pytest.raises(StoreDamaged, match="given out is 6, but the last event is at 4"):
        stores.open_writer(path)


def test_a_file_without_its_tables_is_damaged(path: Path) -> None:
    fill(path)
    tamper(path, "DROP TABLE entries")
    with stores.open_reader(path) as store, pytest.raises(StoreDamaged, match="no such table"):
        store.recorder.answer(MessageId("m1"))
