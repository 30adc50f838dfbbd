"""Opening a store whose SQLite connections go through a watched file system.

`apsw` brings an SQLite of its own. A thin adapter gives its connections the part of
`sqlite3.Connection` that the ledger uses, and its errors the classes and codes of `sqlite3`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import apsw

from ledger import store as stores
from ledger.lock import WriterLock
from ledger.mapper import LedgerMapper
from ledger.sqlite_file import Connect
from ledger.sqlite_recorder import SqliteRecorder
from ledger.store import Store

WAIT_MS = 5_000  # for a lock, as in the standard library
_MODES = {
    "ro": apsw.SQLITE_OPEN_READONLY,
    "rw": apsw.SQLITE_OPEN_READWRITE,
    "rwc": apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE,
}


def open_store(path: Path, connect: Connect, *, writing: bool = True) -> Store:
    """Open a store as `ledger.store` does, but with connections made by `connect`."""
    if not writing:
        return Store(_recorder(path, connect, writing=False), LedgerMapper(), path)
    lock = WriterLock(path)
    try:
        return Store(_recorder(path, connect, writing=True), LedgerMapper(), path, lock)
    except BaseException:
        lock.release()
        raise


def _recorder(path: Path, connect: Connect, *, writing: bool) -> SqliteRecorder:
    return SqliteRecorder(path / stores.EVENTS, writing=writing, connect=connect)


def connecting(vfs: str, *, synchronous: str = "", pages: int = 0) -> Connect:
    """Give a `connect` for a file system.

    `synchronous` overrules what the ledger asks for ("NORMAL", "OFF"); a WAL of more than
    `pages` pages is folded into the file after a commit (0: SQLite's own number).
    """

    def connect(path: Path, mode: str) -> sqlite3.Connection:
        try:
            database = apsw.Connection(str(path), flags=_MODES[mode], vfs=vfs)
        except apsw.Error as error:
            raise _as_in_sqlite3(error) from error
        connection = ThroughApsw(database, synchronous if mode != "ro" else "")
        if pages:
            database.wal_autocheckpoint(pages)
        return cast("sqlite3.Connection", connection)

    return connect


class ThroughApsw:
    """As much of `sqlite3.Connection`, in autocommit mode, as the ledger uses."""

    def __init__(self, database: apsw.Connection, synchronous: str = "") -> None:
        """Serve an open connection; see `connecting` for `synchronous`."""
        self._database = database
        self._synchronous = synchronous
        self._committed = False
        database.set_busy_timeout(WAIT_MS)
        database.set_commit_hook(self._commits)
        database.set_rollback_hook(self._rolls_back)
        if synchronous:
            self.execute("PRAGMA synchronous = FULL")

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Rows:
        """Run a statement to its end."""
        return self._run(lambda: self._database.execute(self._overruled(statement), parameters))

    def executemany(self, statement: str, parameters: Iterable[Sequence[Any]]) -> Rows:
        """Run a statement for each row of parameters."""
        return self._run(lambda: self._database.executemany(statement, parameters))

    def executescript(self, script: str) -> Rows:
        """Run several statements."""
        return self.execute(script)

    @property
    def in_transaction(self) -> bool:
        """Tell whether a transaction is open."""
        return self._database.in_transaction

    def commit(self) -> None:
        """Commit, if a transaction is open."""
        if self.in_transaction:
            self.execute("COMMIT")

    def rollback(self) -> None:
        """Roll back, if a transaction is open."""
        if self.in_transaction:
            self.execute("ROLLBACK")

    def close(self) -> None:
        """Close. As in `sqlite3`, nothing that fails on the way is heard of."""
        with suppress(apsw.Error):
            self._database.close()

    def _overruled(self, statement: str) -> str:
        name, equals, _ = statement.partition("=")
        if self._synchronous and equals and name.strip().lower() == "pragma synchronous":
            return f"PRAGMA synchronous = {self._synchronous}"
        return statement

    def _run(self, execute: Callable[[], apsw.Cursor]) -> Rows:
        """Pass over an error from behind a commit that succeeded, as SQLite does.

        A checkpoint that fails after the commit is no error of the statement. But `apsw` raises
        whatever its file system raised, even if SQLite went on.
        """
        self._committed = False
        try:
            return Rows(execute().fetchall(), changed=self._database.changes())
        except apsw.Error as error:
            if self._committed:
                return Rows(changed=self._database.changes())
            raise _as_in_sqlite3(error) from error

    def _commits(self) -> bool:
        self._committed = True
        return False  # go ahead

    def _rolls_back(self) -> None:
        self._committed = False


class Rows(list[Any]):
    """The rows of a result, with what the ledger uses of a cursor."""

    def __init__(self, rows: Iterable[Any] = (), *, changed: int = 0) -> None:
        """Keep rows, and how many rows the last statement changed."""
        super().__init__(rows)
        self.rowcount = changed

    def fetchall(self) -> list[Any]:
        """Give all rows."""
        return self

    def fetchone(self) -> Any:  # noqa: ANN401  # a row, or None
        """Give the first row."""
        return self[0] if self else None


_CLASSES: dict[int, type[sqlite3.Error]] = {
    sqlite3.SQLITE_CONSTRAINT: sqlite3.IntegrityError,
    sqlite3.SQLITE_MISMATCH: sqlite3.IntegrityError,
    sqlite3.SQLITE_CORRUPT: sqlite3.DatabaseError,
    sqlite3.SQLITE_NOTADB: sqlite3.DatabaseError,
}


def _as_in_sqlite3(error: apsw.Error) -> sqlite3.Error:
    code: int = getattr(error, "extendedresult", 0)
    if not code:  # of apsw itself: a wrong use
        return sqlite3.ProgrammingError(str(error))
    found = _CLASSES.get(code & 0xFF, sqlite3.OperationalError)(str(error) or type(error).__name__)
    found.sqlite_errorcode = code
    names = apsw.mapping_result_codes | apsw.mapping_extended_result_codes
    found.sqlite_errorname = str(names.get(code, ""))
    return found
