"""Opening the file of an index: used if it is sound and of this log, and made again if not."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from ledger import store as stores
from ledger import stream_index
from ledger.errors import StoreDamaged, StoreUnreachable
from ledger.sqlite_recorder import INDEX
from ledger.stream_index import StreamIndex
from tests.ledger.indexes import Open, add, checksum_of, rows
from tests.ledger.tampering import flip


@pytest.fixture
def written(opened: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Give the path of an index file with three entries."""
    with monkeypatch.context() as patch:
        patch.setattr(stream_index, "AT_ONCE", 1)
        index = opened()
        add(index, (1, 2), (2,), (1,))
        index.close()
    assert len(rows(tmp_path / INDEX)) == 4
    return tmp_path / INDEX


def not_of(number: int) -> int:
    """Give the checksum of an entry of another log."""
    return number * 7 + (number > 0)


def ends_early(number: int) -> int | None:
    """Give the checksum of an entry of a log with two."""
    return number * 7 if number < 3 else None


def unreadable(number: int) -> int:
    """Fail as a damaged log does."""
    raise StoreDamaged(place=f"entry {number}", detail="damaged")


def statement(words: str) -> Callable[[Path], None]:
    """Change the file by SQL."""

    def change(path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(words)

    return change


SPOILED: dict[str, Callable[[Path], object]] = {
    "missing": lambda path: path.unlink(),
    "no database": lambda path: path.write_bytes(b"whatever its name says" * 2_000),
    "empty": lambda path: path.write_bytes(b""),
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:100]),
    "older form": statement("PRAGMA user_version = 1"),
    "newer form": statement("PRAGMA user_version = 99"),
    "no end": statement("DROP TABLE upto"),
    "empty end": statement("DELETE FROM upto"),
    "two ends": statement("INSERT INTO upto VALUES (1, 7)"),
    "no number": statement("UPDATE upto SET entry = 'x'"),
    "null": statement("UPDATE upto SET entry = NULL"),
    "other entry": statement("UPDATE upto SET entry = 2"),
    "other checksum": statement("UPDATE upto SET checksum = 20"),
}


@pytest.mark.parametrize("how", SPOILED)
@pytest.mark.parametrize("writing", [True, False])
def test_a_spoiled_file_is_not_used(
    written: Path, opened: Open, how: str, *, writing: bool
) -> None:
    SPOILED[how](written)
    before = written.read_bytes() if written.exists() else None
    index = opened(writing=writing)
    assert index.upto == 0
    assert index.find((1, 2)) == {}
    add(index, (5,))
    assert index.find((5,)) == {5: [1]}
    if writing:
        assert rows(written) == []
    else:
        assert (written.read_bytes() if written.exists() else None) == before


@pytest.mark.parametrize("log", [not_of, ends_early, unreadable])
@pytest.mark.parametrize("writing", [True, False])
def test_an_index_of_another_log_is_not_used(
    written: Path, opened: Open, log: Callable[[int], int | None], *, writing: bool
) -> None:
    index = opened(writing=writing, log=log)
    assert index.upto == 0
    assert index.find((1, 2)) == {}
    faults = [fault.en for fault in index.faults()]
    assert len(faults) == (0 if writing else 1)
    assert all("of another history" in fault for fault in faults)
    assert len(rows(written)) == (0 if writing else 4)


def test_a_log_that_cannot_be_reached_closes_the_index_again(written: Path, opened: Open) -> None:
    closed: list[Path] = []

    class Watched(sqlite3.Connection):
        def close(self) -> None:
            closed.append(written)
            super().close()

    def connect(place: Path, mode: str) -> sqlite3.Connection:
        return sqlite3.connect(f"{place.as_uri()}?mode={mode}", uri=True, factory=Watched)

    def gone(_: int) -> int:
        raise StoreUnreachable(path="events.sqlite", detail="gone")

    with pytest.raises(StoreUnreachable):
        StreamIndex(written, writing=True, checksum_of=gone, connect=connect)
    assert closed == [written]
    assert opened().upto == 3


def test_a_sound_file_is_used_by_readers_too(written: Path, opened: Open) -> None:
    assert written.exists()
    for writing in (True, False):
        index = opened(writing=writing)
        assert index.upto == 3
        assert index.find((1, 2)) == {1: [1, 3], 2: [1, 2]}
        assert index.faults() == []
        index.close()
        index.close()
        assert index.faults() == []


def test_a_reader_without_a_file_has_nothing_to_say_of_it(opened: Open, tmp_path: Path) -> None:
    index = opened(writing=False)
    assert index.faults() == []
    assert not (tmp_path / INDEX).exists()


def damage_places(written: Path) -> None:
    """Damage the first page of the places."""
    with closing(sqlite3.connect(written)) as connection:
        ((size,),) = connection.execute("PRAGMA page_size")
        root = "SELECT rootpage FROM sqlite_schema WHERE name = 'places'"
        ((page,),) = connection.execute(root)
    flip(written.parent, (page - 1) * size, file=INDEX)


LOST: dict[str, Callable[[Path], object]] = {
    "damaged page": damage_places,
    "lost place": statement("DELETE FROM places WHERE place = 1 AND entry = 3"),
    "place too many": statement("INSERT INTO places VALUES (9, 3)"),
    "low bits": statement("UPDATE places SET place = 3 WHERE place = 2"),
    "high bits": statement("UPDATE places SET place = place | 1 << 61 WHERE place = 2"),
    "other entry of a place": statement("UPDATE places SET entry = 2 WHERE entry = 3"),
    "no sums": statement("DROP TABLE sums"),
    "two sums": statement("INSERT INTO sums SELECT * FROM sums"),
}


@pytest.mark.parametrize("how", LOST)
def test_an_index_that_is_not_what_was_written_is_made_again_by_who_writes(
    written: Path, opened: Open, how: str
) -> None:
    LOST[how](written)
    index = opened(writing=True)
    assert index.upto == 0
    assert index.faults() == []
    assert rows(written) == []


def test_a_page_that_is_damaged_is_a_fault_with_a_remedy(written: Path, opened: Open) -> None:
    damage_places(written)
    index = opened(writing=False)
    with pytest.raises(StoreDamaged, match=INDEX):
        index.find((1, 2))
    assert any("delete index.sqlite" in fault.en for fault in index.faults())


def test_a_file_that_sqlite_gives_up_on_is_a_fault_and_no_error(
    written: Path, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    class GivesUp:
        def execute(self, *_: object) -> None:
            error = sqlite3.DatabaseError("disk image is malformed")
            error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
            raise error

        def close(self) -> None:
            pass

    index = opened()
    assert written.exists()
    assert index._file is not None
    index._file.close()
    monkeypatch.setattr(index, "_file", GivesUp())
    (fault,) = index.faults()
    assert "malformed" in fault.en
    assert "删除 index.sqlite" in fault.zh


@pytest.mark.parametrize("step", ["connecting", "making"])
def test_an_index_that_cannot_be_made_is_said_to_be_unreachable(tmp_path: Path, step: str) -> None:
    class NoRoom(sqlite3.Connection):
        def executescript(self, _: str) -> sqlite3.Cursor:
            self.execute("SELECT * FROM nowhere")
            raise AssertionError

    stores.init(tmp_path / "store")
    path = tmp_path / "store" / INDEX

    def connect(place: Path, mode: str) -> sqlite3.Connection:
        if step == "connecting":
            place = place.parent / "nowhere" / place.name
        address = f"{place.as_uri()}?mode={mode}"
        return sqlite3.connect(address, uri=True, factory=NoRoom)

    wrong = StoreUnreachable if step == "connecting" else StoreDamaged
    with pytest.raises(wrong):
        StreamIndex(path, writing=True, checksum_of=checksum_of, connect=connect)


def test_an_index_for_which_there_is_no_room_stays_in_memory(tmp_path: Path) -> None:
    def full(_path: Path, _mode: str) -> sqlite3.Connection:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    path = tmp_path / "index.sqlite"
    index = StreamIndex(path, writing=True, checksum_of=lambda _: 0, connect=full)
    index.add(1, (7,), checksum=5)
    assert index.find((7, 8)) == {7: [1]}
    assert index.faults() == []
    index.close()
    assert not path.exists()
