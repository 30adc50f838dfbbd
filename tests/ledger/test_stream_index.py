"""The index behind the log: never wrong, whatever happens to its file."""

from __future__ import annotations

import random
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest

from domain.ids import MessageId
from ledger import store as stores
from ledger import stream_index
from ledger.errors import StoreDamaged, StoreUnreachable
from ledger.sqlite_recorder import INDEX, SqliteRecorder
from ledger.store import Store
from ledger.stream_index import StreamIndex
from ledger.writer import Receipt, Writer
from tests.ledger.planted import ANNE, BERT, EVOLVE, count
from tests.ledger.tampering import flip
from tests.ledger.test_store import fill


def checksum_of(number: int) -> int:
    """Give the checksum of an entry of a log that never ends."""
    return number * 7


def add(index: StreamIndex, *places_of_entries: tuple[int, ...]) -> None:
    """Take up entries behind the last one."""
    for number, places in enumerate(places_of_entries, index.upto + 1):
        index.add(number, places, checksum=checksum_of(number))


def rows(path: Path) -> list[tuple[int, int]]:
    """Give what is in the file."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT place, entry FROM places ORDER BY 1, 2").fetchall()


Open = Callable[..., StreamIndex]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Give a way to open the index, for writing unless said otherwise."""
    made: list[StreamIndex] = []

    def opening(
        *, writing: bool = True, log: Callable[[int], int | None] = checksum_of
    ) -> StreamIndex:
        made.append(StreamIndex(tmp_path / INDEX, writing=writing, checksum_of=log))
        return made[-1]

    yield opening
    for index in made:
        index.close()


@pytest.fixture
def small_lots(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let entries leave memory four at a time, and however few are left at the end."""
    monkeypatch.setattr(stream_index, "AT_ONCE", 4)
    monkeypatch.setattr(stream_index, "_MOST_WAITING", 12)


def test_an_entry_is_found_at_once_and_in_order(opened: Open) -> None:
    index = opened()
    add(index, (1, 2), (2, 2, 3), (1,))
    assert index.find((1, 2, 3, 4)) == {1: [1, 3], 2: [1, 2], 3: [2]}
    assert index.upto == 3


@pytest.mark.usefixtures("small_lots")
def test_what_leaves_memory_is_in_the_file(opened: Open, tmp_path: Path) -> None:
    index = opened()
    places = [(n % 3, 10 + n) for n in range(50)]
    expected: dict[int, list[int]] = defaultdict(list)
    for number, of_entry in enumerate(places, 1):
        add(index, of_entry)
        for place in of_entry:
            expected[place].append(number)
        assert index.find(list(expected)) == expected
    index.close()
    assert rows(tmp_path / INDEX) == sorted((p, n) for p, found in expected.items() for n in found)
    again = opened()
    assert again.upto == 50
    assert again.find(list(expected)) == expected
    add(again, (1, 99))
    assert again.find((1, 99)) == {1: [*expected[1], 51], 99: [51]}


@pytest.mark.usefixtures("small_lots")
def test_a_failed_flush_loses_nothing(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = opened()
    failed = []

    def full(*_: object) -> sqlite3.Connection:
        failed.append(1)
        msg = "database or disk is full"
        raise sqlite3.OperationalError(msg)

    with monkeypatch.context() as patch:
        patch.setattr(index, "_connect", full)
        add(index, *[(1, 2)] * 9)
        index._wait()
        assert failed
        assert rows(tmp_path / INDEX) == []
        assert index.find((1, 2)) == dict.fromkeys((1, 2), list(range(1, 10)))
    add(index, *[(1, 3)] * 9)
    assert index.find((1, 2, 3)) == {
        1: list(range(1, 19)),
        2: list(range(1, 10)),
        3: list(range(10, 19)),
    }
    index.close()
    assert [entry for place, entry in rows(tmp_path / INDEX) if place == 1] == list(range(1, 19))


@pytest.mark.usefixtures("small_lots")
def test_what_could_not_be_written_before_closing_is_not_said_to_be_there(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = opened()
    add(index, (1,))
    monkeypatch.setattr(index, "_connect", lambda *_: 1 / 0)
    index.close()
    again = opened()
    assert again.upto == 0
    assert again.find((1,)) == {}


@pytest.mark.usefixtures("small_lots")
def test_a_slow_file_is_waited_for_only_when_much_is_waiting(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = opened()
    go_on, writes = Event(), []
    connect = index._connect

    def slow(path: Path, mode: str) -> sqlite3.Connection:
        writes.append(mode)
        assert go_on.wait(10)
        return connect(path, mode)

    monkeypatch.setattr(index, "_connect", slow)
    add(index, *[(1,)] * 15)  # four are leaving, eleven wait: nobody has waited for the file
    assert index.find((1,)) == {1: list(range(1, 16))}
    waiting = Thread(target=add, args=(index, (1,)))
    waiting.start()
    waiting.join(0.2)
    assert waiting.is_alive()
    go_on.set()
    waiting.join(10)
    assert not waiting.is_alive()
    assert writes
    assert index.find((1,)) == {1: list(range(1, 17))}


def test_a_lot_on_its_way_to_the_file_is_never_out_of_sight(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between leaving memory and being in the file, entries are found all the same."""
    monkeypatch.setattr(stream_index, "AT_ONCE", 3)
    index = opened()
    done = Event()
    missed: list[tuple[int, object]] = []

    def look() -> None:
        while not done.is_set():
            upto = index.upto
            found = list(index.find((1,)).get(1, ()))
            if found[:upto] != list(range(1, upto + 1)):
                missed.append((upto, found))

    readers = [Thread(target=look) for _ in range(2)]
    for reader in readers:
        reader.start()
    add(index, *[(1,)] * 2_000)
    done.set()
    for reader in readers:
        reader.join()
    assert missed == []


class Sharp(StreamIndex):
    """An index whose memory is emptied at the worst moment: while somebody looks."""

    @property
    def _leaving(self) -> object:
        looking, self.looking = getattr(self, "looking", False), False
        if looking:
            self._flush_behind()
        return self.__dict__["leaving"]

    @_leaving.setter
    def _leaving(self, layer: object) -> None:
        self.__dict__["leaving"] = layer


def test_a_lot_that_leaves_while_somebody_looks_is_seen(tmp_path: Path) -> None:
    index = Sharp(tmp_path / INDEX, writing=True, checksum_of=checksum_of)
    add(index, (1,), (1,))
    index.looking = True
    assert index.find((1,)) == {1: [1, 2]}
    assert not index.looking, "it did leave"
    index.close()


def test_random_histories_are_found_as_a_plain_dict_finds_them(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_index, "AT_ONCE", 7)
    drawn = random.Random(1)
    expected: dict[int, list[int]] = defaultdict(list)
    index = opened()
    for number in range(1, 500):
        places = {drawn.randrange(40) for _ in range(drawn.randrange(4))}
        add(index, tuple(places))
        for place in places:
            expected[place].append(number)
        if drawn.random() < 0.02:
            index.close()
            index = opened()
            for lost in range(index.upto + 1, number + 1):
                again = tuple(place for place, found in expected.items() if lost in found)
                index.add(lost, again, checksum=checksum_of(lost))
        asked = [drawn.randrange(45) for _ in range(3)]
        assert index.find(asked) == {p: expected[p] for p in asked if expected[p]}


# ------------------------------------------------------------------------------ opening the file


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


def test_a_log_that_cannot_be_reached_closes_the_index_again(
    written: Path, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
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


def test_a_page_that_is_damaged_is_a_fault_with_a_remedy(written: Path, opened: Open) -> None:
    with closing(sqlite3.connect(written)) as connection:
        ((size,),) = connection.execute("PRAGMA page_size")
        root = "SELECT rootpage FROM sqlite_schema WHERE name = 'places'"
        ((page,),) = connection.execute(root)
    flip(written.parent, (page - 1) * size, file=INDEX)
    index = opened()
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
def test_an_index_that_cannot_be_made_is_said_to_be_unreachable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    class NoRoom(sqlite3.Connection):
        def executescript(self, _: str) -> sqlite3.Cursor:  # type: ignore[override]  # as asked
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


# ------------------------------------------------------------------------------ behind a recorder


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
    with stores.open_reader(path) as store:
        with pytest.raises(StoreDamaged, match="the checksum does not fit"):
            list(store.stream(ANNE))
