"""Where to find the entries of a stream or a key: an index that is built behind the log.

The log is the truth and is appended to; keeping a sorted index of it up to date with every
commit would cost more than the commits. So the newest entries are indexed in memory, and are
written to the index file by the ten thousand, beside the commits. Whatever the file lacks when
it is opened is read from the log again. It can be deleted at any time.
"""

from __future__ import annotations

import sqlite3
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

AT_ONCE = 4_096  # entries: few enough to be read again, many enough to be cheap
_MOST_WAITING = 8 * AT_ONCE

_FORM = 1
_TABLES = f"""
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
BEGIN;
CREATE TABLE places (place INTEGER, entry INTEGER, PRIMARY KEY (place, entry)) WITHOUT ROWID;
CREATE TABLE upto (entry INTEGER);
INSERT INTO upto VALUES (0);
PRAGMA user_version = {_FORM};
COMMIT;
"""  # noqa: S608  # filled by a constant of this file

# One statement for many rows: SQLite takes them from one text while Python is free to go on.
_INSERT = """
INSERT OR IGNORE INTO places
SELECT value ->> 0, value ->> 1 FROM json_each(?) ORDER BY 1, 2
"""
_FIND = """
SELECT place, entry FROM places WHERE place IN (SELECT value FROM json_each(?)) ORDER BY 1, 2
"""

_Newest = dict[int, tuple[int, ...]]


class StreamIndex:
    """Numbers of entries by place. One thread adds; any thread finds."""

    def __init__(self, path: Path, *, writing: bool, entries: int) -> None:
        """Open the file, or make it where it is missing, not ours or ahead of the log."""
        self._path = path
        self._writing = writing
        self._turn = Lock()
        self._file = self._open(entries)
        ((self.upto,),) = self._file.execute("SELECT entry FROM upto") if self._file else ((0,),)
        self._newest: _Newest = {}
        self._waiting = 0  # entries in memory
        self._leaving: _Newest = {}  # on their way to the file
        self._behind = ThreadPoolExecutor(1, "gongji-index") if writing else None
        self._flushing: Future[None] | None = None

    def add(self, entry: int, places: Iterable[int]) -> None:
        """Take up an entry by its number; numbers go up."""
        newest = self._newest
        for place in places:
            known = newest.get(place)
            if known is None:
                newest[place] = (entry,)
            elif known[-1] != entry:
                newest[place] = (*known, entry)
        self.upto = entry
        self._waiting += 1
        if self._behind is not None and self._waiting >= AT_ONCE:
            self._flush_behind()

    def find(self, places: Sequence[int]) -> dict[int, Sequence[int]]:
        """Give the numbers of the entries with each of these places, in order."""
        found: dict[int, list[int]] = {}
        # First what is in memory: what leaves it meanwhile is in the file by then, or in both.
        newest = [layer for layer in (self._leaving, self._newest) if layer]
        recent = [(p, layer[p]) for layer in newest for p in places if p in layer]
        if self._file is not None:
            with self._turn:
                for place, at in self._file.execute(_FIND, (msgspec.json.encode(places).decode(),)):
                    found.setdefault(place, []).append(at)
        for place, numbers in recent:
            known = found.setdefault(place, [])
            last = known[-1] if known else 0
            known += [at for at in numbers if at > last]
        return found

    def close(self) -> None:
        """Write down what is only in memory, and close."""
        if self._behind is not None:
            self._wait()
            self._flush_behind()
            self._wait()
            self._behind.shutdown()
        if self._file is not None:
            self._file.close()
            self._file = None

    def _flush_behind(self) -> None:
        """Hand what is in memory to the file, unless the last lot is still on its way."""
        assert self._behind is not None
        if self._flushing is not None and not self._flushing.done():
            if self._waiting < _MOST_WAITING:
                return
            self._wait()
        self._leaving = {**self._leaving, **self._newest} if self._leaving else self._newest
        self._newest, self._waiting = {}, 0
        self._flushing = self._behind.submit(self._flush, self.upto)

    def _flush(self, upto: int) -> None:
        rows = [[place, at] for place, found in self._leaving.items() for at in found]
        with closing(self._connect("rw")) as connection:
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(_INSERT, (msgspec.json.encode(rows).decode(),))
            connection.execute("UPDATE upto SET entry = ?", (upto,))
            connection.execute("COMMIT")
        self._leaving = {}

    def _wait(self) -> None:
        if self._flushing is not None:
            self._flushing.exception()  # a lot that failed stays in memory and leaves with the next

    def _open(self, entries: int) -> sqlite3.Connection | None:
        if self._path.exists():
            try:
                connection = self._connect("rw" if self._writing else "ro")
                if _is_sound(connection, entries):
                    return connection
                connection.close()
            except sqlite3.Error:
                pass  # whatever it is, it can be made again
        return self._make() if self._writing else None

    def _make(self) -> sqlite3.Connection:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self._path}{suffix}").unlink(missing_ok=True)
        connection = self._connect("rwc")
        connection.executescript(_TABLES)
        return connection

    def _connect(self, mode: str) -> sqlite3.Connection:
        address = f"{self._path.resolve().as_uri()}?mode={mode}"
        return sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)


def _is_sound(connection: sqlite3.Connection, entries: int) -> bool:
    """Tell whether the file is an index of this form and not ahead of the log."""
    ((form,),) = connection.execute("PRAGMA user_version")
    if form != _FORM:
        return False
    ((upto,),) = connection.execute("SELECT entry FROM upto")
    return isinstance(upto, int) and upto <= entries
