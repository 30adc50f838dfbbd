"""Connections through `apsw` behave as those of the standard library, also when the disk fails."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from ledger.sqlite_file import Connect, connect_plainly
from tests.faults.faulty_disk import Fault, FaultyDisk
from tests.faults.through_apsw import connecting
from tests.faults.vfs import WatchedFiles

Disk = Callable[[Fault | None], FaultyDisk]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a database with an empty table, and a log before it."""
    found = tmp_path / "a.sqlite"
    connection = sqlite3.connect(found, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE t (a PRIMARY KEY)")
    connection.close()
    return found


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Give connections through a disk that does not fail."""
    files = WatchedFiles(FaultyDisk(None))
    yield connecting(files.name)
    files.close()


def failing(path: Path, fault: Fault, *, pages: int = 0) -> tuple[FaultyDisk, Any]:
    """Give a connection through a disk that will fail."""
    disk = FaultyDisk(fault)
    files = WatchedFiles(disk)
    with disk.spared():
        connection = connecting(files.name, pages=pages)(path, "rw")
        connection.execute("SELECT * FROM t")
    return disk, connection


WRONG = (
    ("SELECT nothing", ()),
    ("INSERT INTO t VALUES (1), (1)", ()),
    ("SELECT ?", ()),
    ("COMMIT", ()),
)


@pytest.mark.parametrize(("statement", "parameters"), WRONG)
def test_errors_are_those_of_the_standard_library(
    path: Path, connect: Connect, statement: str, parameters: tuple[object, ...]
) -> None:
    seen = []
    for how in (connect, connect_plainly):
        connection = how(path, "rw")
        with pytest.raises(sqlite3.Error) as caught:
            connection.execute(statement, parameters)
        connection.close()
        seen.append((caught.type, getattr(caught.value, "sqlite_errorcode", None)))
    assert seen[0] == seen[1]


@pytest.mark.parametrize("mode", ["ro", "rw"])
def test_a_missing_file_is_not_made(tmp_path: Path, connect: Connect, mode: str) -> None:
    for how in (connect, connect_plainly):
        with pytest.raises(sqlite3.OperationalError) as caught:
            how(tmp_path / "missing", mode)
        assert caught.value.sqlite_errorcode == sqlite3.SQLITE_CANTOPEN
        assert caught.value.sqlite_errorname == "SQLITE_CANTOPEN"


def test_what_is_open_for_reading_cannot_be_written(path: Path, connect: Connect) -> None:
    for how in (connect, connect_plainly):
        connection = how(path, "ro")
        with pytest.raises(sqlite3.OperationalError) as caught:
            connection.execute("INSERT INTO t VALUES (1)")
        assert caught.value.sqlite_errorcode & 0xFF == sqlite3.SQLITE_READONLY
        connection.close()


def test_transactions_end_as_in_the_standard_library(path: Path, connect: Connect) -> None:
    for how in (connect, connect_plainly):
        connection = how(path, "rw")
        connection.rollback()
        connection.commit()
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO t VALUES (?)", [(1,), (2,)])
        assert connection.execute("UPDATE t SET a = a + 10 WHERE a < 3").rowcount == 2
        assert busy(connection)
        connection.rollback()
        assert not busy(connection)
        assert connection.execute("UPDATE t SET a = a WHERE 0").rowcount == 0
        connection.executescript("BEGIN; DELETE FROM t; INSERT INTO t VALUES (3)")
        connection.commit()
        assert connection.execute("SELECT a FROM t").fetchall() == [(3,)]
        assert connection.execute("SELECT a FROM t").fetchone() == (3,)
        assert connection.execute("SELECT 1 WHERE 0").fetchone() is None
        connection.close()


def busy(connection: sqlite3.Connection) -> bool:
    return connection.in_transaction


@pytest.mark.parametrize(("synchronous", "number"), [("", 2), ("NORMAL", 1), ("OFF", 0)])
def test_what_the_ledger_asks_of_the_disk_can_be_overruled(
    path: Path, synchronous: str, number: int
) -> None:
    files = WatchedFiles(FaultyDisk(None))
    connection = connecting(files.name, synchronous=synchronous)(path, "rw")
    for _ in range(2):
        assert connection.execute("PRAGMA synchronous").fetchall() == [(number,)]
        connection.execute("PRAGMA synchronous = FULL")
    connection.close()
    files.close()


@pytest.mark.parametrize("code", [apsw.SQLITE_IOERR_WRITE, apsw.SQLITE_FULL])
def test_a_failing_call_has_its_code_and_leaves_nothing(path: Path, code: int) -> None:
    disk, connection = failing(path, Fault("xWrite", code, 1, lasting=False))
    with pytest.raises(sqlite3.OperationalError) as caught:
        connection.execute("INSERT INTO t VALUES (1)")
    assert caught.value.sqlite_errorcode == code
    assert disk.fired == 1
    assert connection.execute("SELECT a FROM t").fetchall() == []
    connection.close()


@pytest.mark.parametrize("lasting", [False, True])
def test_a_checkpoint_that_fails_behind_a_commit_is_no_error_of_the_commit(
    path: Path, *, lasting: bool
) -> None:
    """Behind the log's header and two frames of two writes comes the database itself."""
    fault = Fault("xWrite", apsw.SQLITE_IOERR_WRITE, 6, lasting)
    disk, connection = failing(path, fault, pages=1)
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO t VALUES (1)")
    connection.execute("COMMIT")
    assert disk.fired == 1
    assert connection.execute("SELECT a FROM t").fetchall() == [(1,)]
    connection.close()
    with_library = connect_plainly(path, "ro")
    assert with_library.execute("SELECT a FROM t").fetchall() == [(1,)]
    with_library.close()
