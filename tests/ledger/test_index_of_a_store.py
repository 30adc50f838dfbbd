"""The index behind a recorder: whatever becomes of it, a store knows everything."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from domain.ids import MessageId
from ledger import store as stores
from ledger import stream_index
from ledger.entries import place_of
from ledger.errors import StoreDamaged
from ledger.memory_recorder import MemoryRecorder
from ledger.sqlite_recorder import INDEX, SqliteRecorder
from ledger.store import Store
from ledger.stream_index import StreamIndex
from ledger.writer import Receipt, Writer
from tests.ledger.indexes import rows
from tests.ledger.planted import ANNE, BERT, EVOLVE, count
from tests.ledger.test_index_file import SPOILED
from tests.ledger.test_store import fill


def index_of(store: Store) -> StreamIndex:
    """Give the index under a store."""
    assert isinstance(store.recorder, SqliteRecorder)
    return store.recorder._index


@pytest.mark.parametrize("how", SPOILED)
def test_a_store_knows_everything_again_whatever_became_of_its_index(
    path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(stream_index, "AT_ONCE", 1)
    fill(path)
    SPOILED[how](path / INDEX)
    for opening in (stores.open_reader, stores.open_writer):
        with opening(path) as store:
            assert [event.originator_version for event in store.stream(BERT)] == [1, 2, 3]
            assert (kept := store.recorder.answer(MessageId("m1"))) is not None
            assert kept.position == 4
    with stores.open_writer(path) as store, Writer(store, EVOLVE) as writer:
        again = writer.execute(count("m1", 1, streams=(ANNE, BERT)))
        assert isinstance(again, Receipt)
        assert again.replayed


def test_few_entries_are_not_written_but_read_again(path: Path) -> None:
    fill(path)
    assert rows(path / INDEX) == []
    with stores.open_reader(path) as store:
        assert len(list(store.stream(ANNE))) == 3


def test_many_entries_are_not_read_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_index, "AT_ONCE", 16)
    fill(path)

    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("ledger.sqlite_recorder.places_of", never)
    with stores.open_writer(path) as store:
        assert len(list(store.stream(ANNE))) == 3


def test_a_reader_finds_what_another_process_wrote_meanwhile(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_index, "AT_ONCE", 3)
    fill(path, commands=4)
    with stores.open_reader(path) as reader, stores.open_writer(path) as store:
        assert [event.originator_version for event in reader.stream(ANNE)] == [1, 2, 3, 4]
        with Writer(store, EVOLVE) as writer:
            for n in range(4, 40):
                assert isinstance(writer.execute(count(f"m{n}", 1)), Receipt)
                versions = [event.originator_version for event in reader.stream(ANNE)]
                assert versions == list(range(1, n + 2))
                assert reader.recorder.answer(MessageId(f"m{n}")) is not None
        assert index_of(reader).upto == 40
        assert index_of(store).upto == 40


def test_a_store_whose_log_is_damaged_behind_its_index_is_not_written_but_can_be_examined(
    path: Path,
) -> None:
    fill(path)
    with closing(sqlite3.connect(path / stores.EVENTS)) as connection, connection:
        connection.execute("UPDATE entries SET checksum = 0 WHERE number = 2")
    (path / INDEX).unlink()
    for _ in range(2):
        with pytest.raises(StoreDamaged, match="the checksum does not fit"):
            stores.open_writer(path)
    with (
        stores.open_reader(path) as store,
        pytest.raises(StoreDamaged, match="the checksum does not fit"),
    ):
        list(store.stream(ANNE))


@pytest.mark.parametrize("hidden", [1, 2])
def test_a_stream_of_which_an_entry_is_not_found_is_damaged(hidden: int) -> None:
    with stores.memory() as store, Writer(store, EVOLVE) as writer:
        for n in range(3):
            writer.execute(count(f"m{n}", 1))
        assert isinstance(store.recorder, MemoryRecorder)
        store.recorder._places[place_of(*ANNE)].remove(hidden)
        with pytest.raises(StoreDamaged, match="person/anne"):
            list(store.stream(ANNE))
