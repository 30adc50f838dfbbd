"""Entries in an SQLite file: appended, one transaction and one fsync for each group."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, cast
from zlib import crc32

from eventsourcing.persistence import IntegrityError

from domain.text import Text
from ledger.acknowledged import NOTE, AcknowledgedEnd, check_acknowledged
from ledger.entries import End, StoredEntry, places_of
from ledger.errors import StoreDamaged
from ledger.recorders import PAGE, Recorder
from ledger.sqlite_file import Connect, SqliteFile, connect_plainly
from ledger.stream_index import StreamIndex

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ledger.entries import Entry
    from ledger.log.tree import Growth

INDEX = "index.sqlite"

_INSERT = "INSERT INTO entries VALUES (?, ?, ?, ?, ?)"
_INSERT_NODE = "INSERT INTO nodes VALUES (?, ?, ?, ?)"
_END = "SELECT entries, events FROM history_end"
_SET_END = "UPDATE history_end SET entries = ?, events = ? WHERE entries = ? AND events = ?"
# A flipped bit can make a text of a blob, which Python would try to decode.
_AFTER = """
SELECT number, CAST(last AS INTEGER), CAST(checksum AS INTEGER), CAST(leaf AS BLOB),
    CAST(body AS BLOB)
FROM entries WHERE number > ? ORDER BY number LIMIT ?
"""
_NODES = """
SELECT number, CAST(checksum AS INTEGER), CAST(hash AS BLOB)
FROM nodes WHERE level = ? AND number >= ? ORDER BY number LIMIT ?
"""


class SqliteRecorder(Recorder):
    """A recorder on one SQLite file; for the errors of opening it see `SqliteFile`.

    Beside it lies the index, which can be made again from it.
    """

    def __init__(self, path: Path, *, writing: bool, connect: Connect = connect_plainly) -> None:
        """Open the file; only the holder of the store's lock may ask for `writing`."""
        super().__init__()
        self._path = path
        self._file = SqliteFile(path, writing=writing, connect=connect)
        self._looking = Lock()
        try:
            self._index = StreamIndex(
                path.with_name(INDEX),
                writing=writing,
                checksum_of=self._checksum_of,
                connect=connect,
            )
        except BaseException:
            self._file.close()
            raise
        self._acknowledged: AcknowledgedEnd | None = None
        if not writing:  # also a damaged history is opened, so that it can be examined
            return
        try:
            check_acknowledged(path.with_name(NOTE), lambda: self.end)
            self._acknowledged = AcknowledgedEnd(path.with_name(NOTE))
            self._catch_up()
            self._edge = self.log().edge()
        except BaseException:
            self.close()
            raise

    def _keep(self, entries: Sequence[Entry], growth: Growth, *, after: End) -> End:
        """Keep entries in one transaction with one fsync; give the new end."""
        rows = []
        number, last = after
        for (body, events, _), leaf in zip(entries, growth.leaves, strict=True):
            number, last = number + 1, last + events
            rows.append((number, last, _checksum(number, last, leaf, body), leaf, body))
        nodes = [(*node, _checksum_of_node(*node)) for node in growth.nodes]
        with self._file.transaction() as connection:
            connection.executemany(_INSERT, rows)
            connection.executemany(_INSERT_NODE, nodes)
            if connection.execute(_SET_END, (number, last, *after)).rowcount != 1:
                msg = f"the end is not {after}"
                raise IntegrityError(msg)
        end = End(number, last)
        assert self._acknowledged is not None, "opened for reading"
        self._acknowledged.write(end)
        for (at, _, checksum, _, _), entry in zip(rows, entries, strict=True):
            self._index.add(at, entry.places, checksum=checksum)
        return end

    def entries(self, after: int, *, limit: int) -> Sequence[StoredEntry]:
        """Give the entries behind an entry, each as it was written."""
        rows = self._rows(after, limit)
        return [StoredEntry(number, last, body, leaf) for number, last, _, leaf, body in rows]

    def nodes(self, level: int, first: int, *, limit: int) -> Sequence[bytes]:
        """Give the kept nodes of a level, each as it was written."""
        found = []
        rows = self._select(_NODES, level, first, limit)
        for expected, (number, checksum, kept) in enumerate(rows, first):
            place = f"log {level}/{expected}"
            if number != expected:
                raise StoreDamaged(place=place, detail=_MISSING)
            if not isinstance(kept, bytes) or _checksum_of_node(level, number, kept) != checksum:
                raise StoreDamaged(place=place, detail=_CHANGED)
            found.append(kept)
        return found

    def find(self, places: Sequence[int]) -> Mapping[int, Sequence[int]]:
        """Give the numbers of the entries with each of these places."""
        if not self._file.is_writing:
            self._catch_up()
        return self._index.find(places)

    @property
    def end(self) -> End:
        """How far the history goes."""
        match self._select(_END):
            case [(int(entries), int(events))]:
                return End(entries, events)
        detail = Text("没有记下终点", "its end is not noted")
        raise StoreDamaged(place=str(self._path), detail=detail)

    def check_end(self) -> None:
        """Compare the last entry with the end that was noted, and with what was acknowledged."""
        self._file.check_end()
        check_acknowledged(self._path.with_name(NOTE), lambda: self.end)

    def faults(self) -> Sequence[Text]:
        """Let SQLite examine pages and rows, and compare the two ends of the history."""
        found = [row[0] for row in self._select("PRAGMA integrity_check")]
        faults = [Text(f"SQLite：{words}", f"SQLite: {words}") for words in found if words != "ok"]
        try:
            self.check_end()
        except StoreDamaged as cut:
            faults.append(cast("Text", cut.facts["detail"]))
        return faults + self._index.faults()

    def close(self) -> None:
        """Close the files."""
        self._index.close()
        self._file.close()
        if self._acknowledged is not None:
            self._acknowledged.close()

    def _catch_up(self) -> None:
        """Index the entries that the index does not have: from before, or of another process."""
        with self._looking:
            while page := self._rows(self._index.upto, PAGE):
                for number, last, checksum, _, body in page:
                    places = places_of(StoredEntry(number, last, body))
                    self._index.add(number, places, checksum=checksum)

    def _checksum_of(self, number: int) -> int | None:
        """Give the checksum that stands beside an entry; there is none before the first."""
        found = self._select("SELECT checksum FROM entries WHERE number = ?", number)
        return found[0][0] if found else None if number else 0

    def _rows(self, after: int, limit: int) -> list[_Row]:
        rows: list[_Row] = self._select(_AFTER, after, limit)
        for number, last, checksum, leaf, body in rows:
            # A damaged row may hold values of any type.
            typed = isinstance(last, int) and isinstance(leaf, bytes) and isinstance(body, bytes)
            if not typed or _checksum(number, last, leaf, body) != checksum:
                raise StoreDamaged(place=f"entry {number}", detail=_CHANGED, entry=number)
        return rows

    def _select(self, statement: str, *parameters: object) -> list[Any]:
        with self._file.reading() as connection:
            return connection.execute(statement, parameters).fetchall()


_Row = tuple[int, Any, Any, Any, Any]  # as in the table: number, last, checksum, leaf, body
_MISSING = Text("缺失", "it is missing")
_CHANGED = Text("校验和不符", "the checksum does not fit")


def _checksum(number: int, last: int, leaf: bytes, body: bytes) -> int:
    return crc32(leaf, crc32(body, number * 31 + last & 0xFFFFFFFF))


def _checksum_of_node(level: int, number: int, kept: bytes) -> int:
    return crc32(kept, number * 31 + level & 0xFFFFFFFF)
