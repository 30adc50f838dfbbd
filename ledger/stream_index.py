"""Where to find the entries of a stream or a key: an index that is built behind the log.

The log is the truth and is appended to; keeping a sorted index of it up to date with every
commit would cost more than the commits. So the newest entries are indexed in memory, and are
written to the index file by the thousand, beside the commits. Whatever the file lacks when
it is opened is read from the log again. It can be deleted at any time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import msgspec

from domain.text import Text
from ledger.errors import StoreDamaged, StoreFull
from ledger.sqlite_file import Connect, connect_plainly, translated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

AT_ONCE = 4_096  # entries: few enough to be read again, many enough to be cheap
_MOST_WAITING = 8 * AT_ONCE

_FORM = 3
_TABLES = f"""
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
BEGIN;
CREATE TABLE places (place INTEGER, entry INTEGER, PRIMARY KEY (place, entry)) WITHOUT ROWID;
CREATE TABLE upto (entry INTEGER, checksum INTEGER);
INSERT INTO upto VALUES (0, 0);
CREATE TABLE sums (low INTEGER, high INTEGER, entry INTEGER);
INSERT INTO sums VALUES (0, 0, 0);
PRAGMA user_version = {_FORM};
COMMIT;
"""  # noqa: S608  # filled by a constant of this file

# One statement for many rows: SQLite takes them from one text while Python is free to go on.
_INSERT = """
INSERT OR IGNORE INTO places
SELECT value ->> 0, value ->> 1 FROM json_each(?) ORDER BY 1, 2
"""
# A flipped bit among the places would hide an entry without a word. It changes a sum of all.
_SUMS = """
SELECT ifnull(sum({place} & 0xFFFFFFFF), 0), ifnull(sum({place} >> 32), 0), ifnull(sum({entry}), 0)
FROM {rows}
"""
_SUMS_OF_ALL = _SUMS.format(place="place", entry="entry", rows="places")
_SUMS_OF_NEW = _SUMS.format(place="(value ->> 0)", entry="value ->> 1", rows="json_each(?)")
_ADD_SUMS = "UPDATE sums SET low = low + ?, high = high + ?, entry = entry + ?"
_FIND = """
SELECT place, entry FROM places WHERE place IN (SELECT value FROM json_each(?)) ORDER BY 1, 2
"""

_Newest = Mapping[int, tuple[int, ...]]

_OF_ANOTHER = Text(
    "索引不属于这本账：账目被换过或改过；下次写入时重建",
    "the index is of another history: this one was exchanged or changed; "
    "it is made again at the next writing",
)


class StreamIndex:
    """Numbers of entries by place. One thread adds; any thread finds."""

    def __init__(
        self,
        path: Path,
        *,
        writing: bool,
        checksum_of: Callable[[int], int | None],
        connect: Connect = connect_plainly,
    ) -> None:
        """Open the file, or make it where it is missing, not of this log or ahead of it.

        `checksum_of` gives the checksum of an entry of the log, None where there is none.

        Raises:
            StoreError: it can neither be opened nor made.
        """
        self._path = path
        self._connect = connect
        self._writing = writing
        self._turn = Lock()
        self.upto, self._checksum = 0, 0
        self._is_of_another = False
        self._file = self._open(checksum_of)
        self._newest: dict[int, tuple[int, ...]] = {}
        self._waiting = 0  # entries in memory
        self._leaving: _Newest = {}  # on their way to the file
        self._behind = ThreadPoolExecutor(1, "gongji-index") if writing else None
        self._flushing: Future[None] | None = None

    def add(self, entry: int, places: Iterable[int], *, checksum: int) -> None:
        """Take up an entry by its number; numbers go up."""
        newest = self._newest
        for place in places:
            known = newest.get(place)
            if known is None:
                newest[place] = (entry,)
            elif known[-1] != entry:
                newest[place] = (*known, entry)
        self.upto, self._checksum = entry, checksum
        self._waiting += 1
        if self._behind is not None and self._waiting >= AT_ONCE:
            self._flush_behind()

    def find(self, places: Sequence[int]) -> Mapping[int, Sequence[int]]:
        """Give the numbers of the entries with each of these places, in order.

        Raises:
            StoreDamaged: the file cannot be read.
        """
        found: dict[int, list[int]] = {}
        # Against the stream: what leaves one layer meanwhile is in the next by then, or in both.
        newest = self._newest
        leaving = self._leaving
        recent = [(p, layer[p]) for layer in (leaving, newest) for p in places if p in layer]
        if self._file is not None:
            with self._turn, translated(self._path):
                for place, at in self._file.execute(_FIND, (msgspec.json.encode(places).decode(),)):
                    found.setdefault(place, []).append(at)
        for place, numbers in recent:
            known = found.setdefault(place, [])
            last = known[-1] if known else 0
            known += [at for at in numbers if at > last]
        return found

    def faults(self) -> list[Text]:
        """Let SQLite examine the file; whether it agrees with the log is asked by `check`."""
        if self._file is None:
            return [_OF_ANOTHER] if self._is_of_another else []
        with self._turn:
            try:
                with translated(self._path):
                    found = [row[0] for row in self._file.execute("PRAGMA integrity_check")]
            except StoreDamaged as damaged:
                found = [str(damaged.facts["detail"])]
        return [
            Text(
                f"索引损坏，删除 {self._path.name} 后自动重建：{words}",
                f"the index is damaged; delete {self._path.name} and it is made again: {words}",
            )
            for words in found
            if words != "ok"
        ]

    def close(self) -> None:
        """Write down what is only in memory, if it is much, and close. Closing twice is allowed."""
        if self._behind is not None:
            self._wait()
            if self._waiting >= AT_ONCE // 16:  # fewer are read again sooner than written
                self._flush_behind()
                self._wait()
            self._behind.shutdown()
            self._behind = None
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
        self._leaving = _both(self._leaving, self._newest) if self._leaving else self._newest
        self._newest, self._waiting = {}, 0
        self._flushing = self._behind.submit(self._flush, self.upto, self._checksum)

    def _flush(self, *upto: int) -> None:
        rows = [[place, at] for place, found in self._leaving.items() for at in found]
        with closing(self._connect(self._path, "rw")) as connection:
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("BEGIN IMMEDIATE")
            written = (msgspec.json.encode(rows).decode(),)
            connection.execute(_INSERT, written)
            connection.execute(_ADD_SUMS, *connection.execute(_SUMS_OF_NEW, written))
            connection.execute("UPDATE upto SET entry = ?, checksum = ?", upto)
            connection.execute("COMMIT")
        self._leaving = {}

    def _wait(self) -> None:
        if self._flushing is not None:
            self._flushing.exception()  # a lot that failed stays in memory and leaves with the next

    def _open(self, checksum_of: Callable[[int], int | None]) -> sqlite3.Connection | None:
        if self._path.exists():
            with translated(self._path):
                connection = self._connect(self._path, "rw" if self._writing else "ro")
            upto = _upto(connection)
            try:
                is_ours = upto is not None and _is_of(upto, checksum_of)
                if is_ours and self._writing:  # who writes relies on it; `check` looks for others
                    is_ours = _is_whole(connection)
            except BaseException:  # the log cannot be read: nobody will close what is given here
                connection.close()
                raise
            if upto is not None and is_ours:
                self.upto, self._checksum = upto
                return connection
            connection.close()
            self._is_of_another = upto is not None
        if not self._writing:
            return None
        try:
            return self._make()
        except StoreFull:  # it stays in memory, and is made at the next opening
            return None

    def _make(self) -> sqlite3.Connection:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self._path}{suffix}").unlink(missing_ok=True)
        with translated(self._path):
            connection = self._connect(self._path, "rwc")
            try:
                connection.executescript(_TABLES)
            except BaseException:
                connection.close()
                raise
        return connection


def _upto(connection: sqlite3.Connection) -> tuple[int, int] | None:
    """Give the number and the checksum of the last entry in an index; None if it is not one."""
    try:
        ((form,),) = connection.execute("PRAGMA user_version")
        if form != _FORM:
            return None
        ((entry, checksum),) = connection.execute("SELECT entry, checksum FROM upto")
        return int(entry), int(checksum)
    except (sqlite3.Error, ValueError, TypeError):
        return None  # whatever it is, it can be made again


def _is_whole(connection: sqlite3.Connection) -> bool:
    """Tell whether all that was ever written to an index is there: half a second a million."""
    try:
        (found,), (noted,) = map(connection.execute, (_SUMS_OF_ALL, "SELECT * FROM sums"))
    except (sqlite3.Error, ValueError):
        return False
    return bool(found == noted)


def _is_of(upto: tuple[int, int], checksum_of: Callable[[int], int | None]) -> bool:
    """Tell whether an index led up to an entry of this very log."""
    entry, checksum = upto
    try:
        return checksum_of(entry) == checksum
    except StoreDamaged:
        return False  # the log's own damage is reported by whoever reads it


def _both(older: _Newest, newer: _Newest) -> dict[int, tuple[int, ...]]:
    """Put two lots together, so that each place has the numbers of both."""
    return {**older, **{place: older.get(place, ()) + found for place, found in newer.items()}}
