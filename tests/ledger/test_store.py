"""Stores: made, opened, locked, damaged, full."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Barrier, Event, Thread

import pytest
from eventsourcing.persistence import IntegrityError
from msgspec import Raw

from domain.facts import Kind, Stream
from domain.ids import MessageId
from ledger import store as stores
from ledger.entries import (
    Answer,
    End,
    Entry,
    Head,
    Line,
    StoredAnswer,
    place_of,
    place_of_key,
    write_entry,
)
from ledger.errors import (
    StoreClosed,
    StoreDamaged,
    StoreError,
    StoreExists,
    StoreFull,
    StoreLocked,
    StoreMissing,
    StoreNewer,
    StoreUnreachable,
)
from ledger.lock import WriterLock
from ledger.sqlite_file import SqliteFile, create
from ledger.sqlite_recorder import SqliteRecorder
from ledger.store import Store
from ledger.writer import Receipt, Writer
from tests.ledger.planted import ANNE, BERT, EVOLVE, count, counted, event, meta
from tests.ledger.tampering import tamper

ROOT = Path(__file__).parents[2]


def fill(path: Path, commands: int = 3) -> None:
    """Let each command count Anne and Bert, which makes two events."""
    with stores.open_writer(path) as store, Writer(store, EVOLVE) as writer:
        for n in range(commands):
            writer.execute(count(f"m{n}", 1, streams=(ANNE, BERT)))


def file_of(store: Store) -> SqliteFile:
    """Give the file under a store, to plant faults in."""
    assert isinstance(store.recorder, SqliteRecorder)
    return store.recorder._file


def lent(store: Store) -> AbstractContextManager[sqlite3.Connection]:
    """Borrow a reading connection."""
    return file_of(store).reading()


def test_a_new_store_is_empty_and_sound(store: Store) -> None:
    assert store.recorder.last_position == 0
    assert list(store.events()) == []
    assert list(store.stream(ANNE)) == []
    assert store.recorder.faults() in ((), [])


def test_what_was_committed_is_there_after_opening_again(path: Path) -> None:
    fill(path)
    assert not (path / "events.sqlite-wal").exists()
    with stores.open_reader(path) as store:
        assert [position for position, _ in store.events()] == [1, 2, 3, 4, 5, 6]
        assert [kept.originator_version for kept in store.stream(BERT)] == [1, 2, 3]
        answer = StoredAnswer(MessageId("m1"), b"1", b'"counted 1"', position=4)
        assert store.recorder.answer(MessageId("m1")) == answer


def test_a_commit_waits_for_the_disk(in_file: Store) -> None:
    with file_of(in_file).transaction() as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL


def test_a_position_is_never_given_twice(path: Path) -> None:
    fill(path, commands=1)
    with stores.open_writer(path) as store:
        with file_of(store).transaction() as connection:
            connection.execute("DELETE FROM entries")
        assert store.recorder.last_position == 2
        someone = store.mapper.to_stored_events([event(Stream(Kind.PERSON, "carl"), 1)])
        assert store.recorder.insert_events(someone) == [3]


def test_a_store_can_be_read_from_any_position_to_any_other(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stores, "PAGE", 2)
    fill(path)
    assert not (path / "events.sqlite-wal").exists()
    with stores.open_reader(path) as store:
        assert [position for position, _ in store.events(1, upto=4)] == [2, 3, 4]
        assert list(store.events(topics=["planted.weighed"])) == []


def test_a_store_is_not_made_over_another(path: Path) -> None:
    fill(path)
    before = (path / stores.EVENTS).read_bytes()
    with pytest.raises(StoreExists):
        stores.init(path)
    assert (path / stores.EVENTS).read_bytes() == before


def test_a_store_whose_making_was_interrupted_can_be_made_again(tmp_path: Path) -> None:
    (tmp_path / "events.sqlite.new").write_bytes(b"half a fi")
    stores.init(tmp_path)
    with stores.open_writer(tmp_path) as store:
        assert store.recorder.last_position == 0


@pytest.mark.parametrize("opening", [stores.open_reader, stores.open_writer])
def test_a_missing_store_is_said_to_be_missing(
    tmp_path: Path, opening: Callable[[Path], Store]
) -> None:
    with pytest.raises(StoreMissing, match=re.escape(str(tmp_path))):
        opening(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_second_writer_is_refused_and_told_who_holds_the_store(path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from ledger import store as stores\n"
        f"store = stores.open_writer(Path({str(path)!r}))\n"
        "print('open', flush=True); sys.stdin.read(); store.close()"
    )
    command = [sys.executable, "-c", program]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "open\n"
        with pytest.raises(StoreLocked, match=f"process {first.pid} on ") as locked:
            stores.open_writer(path)
        assert locked.value.exit_code == 3
        assert str(locked.value.facts["since"]).startswith("20")
        stores.open_reader(path).close()
        first.communicate("")
    stores.open_writer(path).close()


def test_a_second_writer_in_the_same_process_is_refused_too(in_file: Store) -> None:
    assert in_file.path is not None
    with pytest.raises(StoreLocked):
        stores.open_writer(in_file.path)


def test_a_lock_can_be_released_twice(tmp_path: Path) -> None:
    lock = WriterLock(tmp_path)
    lock.release()
    lock.release()
    with WriterLock(tmp_path):
        pass


def test_a_writer_that_cannot_open_the_store_leaves_no_lock(path: Path) -> None:
    tamper(path, "PRAGMA user_version = 99")
    for _ in range(2):
        with pytest.raises(StoreNewer):
            stores.open_writer(path)


@pytest.mark.parametrize("opening", [stores.open_reader, stores.open_writer])
def test_a_store_of_a_newer_version_is_not_opened(
    path: Path, opening: Callable[[Path], Store]
) -> None:
    tamper(path, "PRAGMA user_version = 4")
    with pytest.raises(StoreNewer, match="found v4, this version knows v3"):
        opening(path)


def test_a_store_of_the_first_form_is_not_read(path: Path) -> None:
    tamper(path, "PRAGMA user_version = 1")
    with pytest.raises(StoreDamaged, match="the old form v1, not read any more"):
        stores.open_reader(path)


def test_a_full_disk_rolls_back_and_writing_goes_on_when_there_is_space(in_file: Store) -> None:
    def limit(pages: int) -> None:
        with file_of(in_file).transaction() as connection:
            connection.execute(f"PRAGMA max_page_count = {pages}")

    def fill_up() -> None:
        for n in range(1000):
            writer.execute(count(f"m{n}", 1))

    with Writer(in_file, EVOLVE) as writer:
        limit(12)
        with pytest.raises(StoreFull) as full:
            fill_up()
        done = in_file.recorder.last_position
        first_lost = count(f"m{done}", 1)
        assert 1 < done < 999
        assert str(in_file.path) in full.value.says("zh")
        assert in_file.recorder.answer(first_lost.key) is None
        limit(1000)
        receipt = Receipt(first_lost.key, b'"counted 1"', done + 1, replayed=False)
        assert writer.execute(first_lost) == receipt
        assert in_file.recorder.faults() == []


def entry(version: int, key: str) -> Entry:
    """Give an entry in which Anne is counted, and which has the number of her version."""
    answer = Answer(b"1", Raw(b'"counted 1"'))
    head = Head(version, version, meta(key))
    body = write_entry(head, answer, lines=(Line(ANNE, version, counted(1)),))
    return Entry(body, 1, (place_of(*ANNE), place_of_key(MessageId(key))))


def test_entries_are_kept_together_or_not_at_all(store: Store) -> None:
    first, second, third = entry(1, "m1"), entry(2, "m2"), entry(3, "m3")
    assert store.recorder.commit([first], after=End(0, 0)) == End(1, 1)
    for wrong in (End(0, 0), End(2, 1), End(1, 2), End(1, 0)):
        with pytest.raises(IntegrityError):
            store.recorder.commit([second, third], after=wrong)
        assert store.recorder.end == End(1, 1)
        assert store.recorder.answer(MessageId("m2")) is None
        assert [kept.originator_version for kept in store.stream(ANNE)] == [1]
    assert store.recorder.commit([second, third], after=End(1, 1)) == End(3, 3)
    assert store.recorder.answer(MessageId("m3")) is not None


def test_events_and_answers_are_one_entry(in_file: Store) -> None:
    class Torn(Exception):  # noqa: N818  # it has to pass for anything
        pass

    def torn() -> None:
        with file_of(in_file).transaction() as connection:
            connection.execute("INSERT INTO entries VALUES (1, 1, 0, x'', x'')")
            raise Torn

    with pytest.raises(Torn):
        torn()
    assert in_file.recorder.end == End(0, 0)
    assert in_file.recorder.entries(0, limit=9) == []


def test_a_position_that_is_taken_is_not_taken_again(in_file: Store) -> None:
    in_file.recorder.commit([entry(1, "m1")], after=End(0, 0))
    with file_of(in_file).transaction() as connection:
        connection.execute("UPDATE history_end SET entries = 0, events = 0")
    with pytest.raises(IntegrityError):
        in_file.recorder.commit([entry(1, "m2")], after=End(0, 0))
    assert in_file.recorder.answer(MessageId("m2")) is None


def test_readers_page_while_the_writer_commits(path: Path) -> None:
    stop, problems = Event(), []

    def read() -> None:
        with stores.open_reader(path) as store:
            while not stop.is_set():
                positions = [position for position, _ in store.events()]
                if positions != list(range(1, len(positions) + 1)) or len(positions) % 2:
                    problems.append(positions)

    readers = [Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    fill(path, commands=100)
    stop.set()
    for reader in readers:
        reader.join()
    assert problems == []


def test_a_store_is_readable_after_its_writer_was_killed(path: Path) -> None:
    program = (
        "import os; from pathlib import Path; from domain.facts import CATALOG\n"
        "from ledger import store as stores; from ledger.writer import Writer\n"
        "from tests.ledger.planted import EVOLVE, Counted, count\n"
        f"writer = Writer(stores.open_writer(Path({str(path)!r})), EVOLVE)\n"
        "writer.execute(count('m1', 1)); os.kill(os.getpid(), 9)"
    )
    killed = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False)
    assert killed.returncode == -9
    assert (path / "events.sqlite-wal").stat().st_size > 0
    with stores.open_reader(path) as reader:
        assert [position for position, _ in reader.events()] == [1]
    fill(path, commands=1)


def test_a_closed_store_says_so(path: Path) -> None:
    for opening in (stores.open_reader, stores.open_writer):
        store = opening(path)
        store.close()
        store.close()
        with pytest.raises(StoreClosed):
            list(store.events())
        with pytest.raises(StoreClosed):
            store.recorder.commit([], after=End(0, 0))


def test_a_store_opened_for_reading_cannot_be_written(path: Path) -> None:
    with stores.open_reader(path) as store, pytest.raises(AssertionError):
        store.recorder.commit([], after=End(0, 0))


def test_closing_while_another_thread_reads_closes_its_connection_too(in_file: Store) -> None:
    reading, closed = Barrier(2, timeout=10), Barrier(2, timeout=10)
    file = file_of(in_file)

    def read() -> None:
        with file.reading():
            reading.wait()
            closed.wait()

    thread = Thread(target=read)
    thread.start()
    reading.wait()
    in_file.close()
    closed.wait()
    thread.join()
    assert not file._idle


def test_a_file_that_may_not_be_opened_is_unreachable(path: Path) -> None:
    store = stores.open_reader(path)
    (path / stores.EVENTS).rename(path / "elsewhere")
    with (
        pytest.raises(StoreUnreachable, match="unable to open"),
        lent(store),
        lent(store),
    ):
        pass
    store.close()


def test_a_wrong_use_of_sqlite_is_a_bug_and_passes_as_it_is(in_file: Store) -> None:
    with pytest.raises(sqlite3.ProgrammingError), lent(in_file) as connection:
        connection.execute("SELECT ?")


def test_every_error_says_what_to_do_in_both_languages() -> None:
    here = StoreError.__module__
    causes = [cause for cause in StoreError.__subclasses__() if cause.__module__ == here]
    assert len(causes) == 11
    for cause in causes:
        names = re.findall(r"{(\w+)}", cause.SAYS.zh)
        assert sorted(names) == sorted(re.findall(r"{(\w+)}", cause.SAYS.en))
        error = cause(**{name: f"<{name}>" for name in names})
        for lang in ("zh", "en"):
            assert all(f"<{name}>" in error.says(lang) for name in names)
            assert error.remedy(lang)
        assert str(error) == error.says("en")
        assert error.exit_code in {2, 3, 4}


def test_an_event_file_appears_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.sqlite_file._TABLES", "CREATE TABLE entries (; ")
    with pytest.raises(StoreDamaged):
        create(tmp_path / "events.sqlite")
    assert not (tmp_path / "events.sqlite").exists()
