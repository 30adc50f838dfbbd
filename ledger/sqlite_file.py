"""The SQLite file under a recorder: its tables, its connections, its errors.

One connection writes, any number of others read beside it: WAL lets them page while a commit
runs. `synchronous=FULL` makes a commit wait for the disk; with NORMAL, the usual advice, power
loss takes acknowledged commits with it.
"""

from __future__ import annotations

import os
import sqlite3
from collections import deque
from collections.abc import Callable
from contextlib import contextmanager, suppress
from threading import Lock
from typing import TYPE_CHECKING

from eventsourcing.persistence import IntegrityError

from domain.text import Text
from ledger.errors import (
    StoreClosed,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreNewer,
    StoreUnreachable,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

APPLICATION_ID = 0x676F6E67  # "gong", in the file's header
FORMAT = 3  # raised when the tables or the form of an entry change

_PAGE = 8_192  # bytes: several entries on a page leave less of it empty

# The end is noted apart from the entries: a history whose end was cut off is noticed, and no
# position is ever given out twice.
_TABLES = f"""
BEGIN;
CREATE TABLE entries (
    number INTEGER PRIMARY KEY,
    last INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    leaf BLOB NOT NULL,
    body BLOB NOT NULL
);
CREATE TABLE nodes (
    level INTEGER NOT NULL,
    number INTEGER NOT NULL,
    hash BLOB NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (level, number)
) WITHOUT ROWID;
CREATE TABLE history_end (entries INTEGER NOT NULL, events INTEGER NOT NULL);
INSERT INTO history_end VALUES (0, 0);
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {FORMAT};
COMMIT;
"""  # noqa: S608  # both places are filled by constants of this file

# One statement, and so one snapshot.
_ENDS = """
SELECT entries, events, COALESCE(number, 0), COALESCE(last, 0)
FROM history_end LEFT JOIN (SELECT number, last FROM entries ORDER BY number DESC LIMIT 1)
"""


Connect = Callable[["Path", str], sqlite3.Connection]
"""Opens a file in autocommit mode: to read ("ro"), also to write ("rw"), or to make it ("rwc")."""


def connect_plainly(path: Path, mode: str) -> sqlite3.Connection:
    """Connect through the standard library, for one thread at a time."""
    address = f"{path.resolve().as_uri()}?mode={mode}"
    return sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)


def create(path: Path) -> None:
    """Make an empty event file. It appears whole under its name, or not at all."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with translated(path):
        connection = sqlite3.connect(new, isolation_level=None)
        try:
            connection.execute(f"PRAGMA page_size = {_PAGE}")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.executescript(_TABLES)
        finally:
            connection.close()
    new.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


class SqliteFile:
    """An open event file. Only the holder of the store's lock may ask for `writing`.

    Raises:
        StoreNewer: a newer version of gongji made the file.
        StoreDamaged: it is no event file, or (when writing) its end has been cut off.
        StoreUnreachable: the system does not let us read it, or write where that was asked for.
    """

    def __init__(self, path: Path, *, writing: bool, connect: Connect = connect_plainly) -> None:
        """Open the file that `create` made and see whether it is ours."""
        self._path = path
        self._connect = connect
        self._idle: deque[sqlite3.Connection] = deque()
        self._turn = Lock()
        self._closed = False
        self._writing: sqlite3.Connection | None = None
        try:
            self._check_format()
            if writing:
                self.check_end()
                self._writing = self._open_for_writing()
        except BaseException:
            self.close()
            raise

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Lend the writing connection for one transaction: committed, or as if never begun."""
        if self._closed:
            raise StoreClosed
        assert self._writing is not None, "opened for reading"
        connection = self._writing
        with self._turn, translated(self._path):
            try:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                # After a full disk or an I/O error SQLite may have rolled back by itself.
                with suppress(sqlite3.Error):
                    connection.rollback()
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection that no other thread uses at the same time; it sees whole commits."""
        if self._closed:
            raise StoreClosed
        with translated(self._path):
            try:
                connection = self._idle.pop()
            except IndexError:
                connection = self._connect(self._path, "ro")
            try:
                yield connection
            finally:
                self._give_back(connection)

    @property
    def is_writing(self) -> bool:
        """Tell whether this is the one connection that may write."""
        return self._writing is not None

    def check_end(self) -> None:
        """Compare the last event with the last position given out.

        Raises:
            StoreDamaged: they differ.
        """
        with self.reading() as connection:
            found = connection.execute(_ENDS).fetchall()
        entries, events, number, last = found[0] if len(found) == 1 else (None, None, 0, 0)
        if (entries, events) != (number, last):
            detail = Text(
                f"已发出的最后位置是 {events}，最后一条事件却在 {last}",
                f"the last position given out is {events}, but the last event is at {last}",
            )
            if events == last:
                detail = Text(
                    f"已办 {entries} 笔，最后一笔却是第 {number} 笔",
                    f"the last entry given out is {entries}, but the last is {number}",
                )
            raise StoreDamaged(place=str(self._path), detail=detail)

    def close(self) -> None:
        """Close every connection, the writing one last: it folds the log into the file."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()
        if self._writing is not None:
            self._writing.close()

    def _check_format(self) -> None:
        with self.reading() as connection:
            ((application,),) = connection.execute("PRAGMA application_id")
            ((version,),) = connection.execute("PRAGMA user_version")
        if application != APPLICATION_ID:
            detail = Text("这不是 gongji 的账本文件", "this is not a store of gongji")
            raise StoreDamaged(place=str(self._path), detail=detail)
        if version < FORMAT:
            detail = Text(
                f"旧格式 v{version}，本版本不能读取", f"the old form v{version}, not read any more"
            )
            raise StoreDamaged(place=str(self._path), detail=detail)
        if version > FORMAT:
            raise StoreNewer(place=str(self._path), found=f"v{version}", known=f"v{FORMAT}")

    def _open_for_writing(self) -> sqlite3.Connection:
        with translated(self._path):
            connection = self._connect(self._path, "rw")
            try:
                connection.execute("PRAGMA synchronous = FULL")
                # SQLite opens a file that it may not write and says so only at the first change.
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("UPDATE history_end SET events = events")
                connection.rollback()
            except BaseException:
                connection.close()
                raise
            return connection

    def _give_back(self, connection: sqlite3.Connection) -> None:
        self._idle.append(connection)
        if self._closed:  # by another thread, while this one was reading
            self.close()


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn the errors of the SQLite library into the store's own, conflicts into the contract's.

    Errors of the sqlite3 module itself carry no code. They are bugs and pass as they are.
    """
    try:
        yield
    except sqlite3.Error as error:
        if not hasattr(error, "sqlite_errorcode"):
            raise
        raise _meaning(error, path) from error


# "Error" without further reason: our statements are sound, so the tables are not.
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}


def _meaning(error: sqlite3.Error, path: Path) -> StoreError | IntegrityError:
    code = error.sqlite_errorcode & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return StoreFull(path=str(path))
    if code in _DAMAGE:
        return StoreDamaged(place=str(path), detail=str(error))
    if code == sqlite3.SQLITE_CONSTRAINT:
        return IntegrityError(str(error))
    return StoreUnreachable(path=str(path), detail=str(error))
