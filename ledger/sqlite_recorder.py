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

INDEX = "index.sqlite"

_INSERT = "INSERT INTO entries VALUES (?, ?, ?, ?)"
_END = "SELECT entries, events FROM history_end"
_SET_END = "UPDATE history_end SET entries = ?, events = ? WHERE entries = ? AND events = ?"
# A flipped bit can make a text of a blob, which Python would try to decode.
_AFTER = """
SELECT number, CAST(last AS INTEGER), CAST(checksum AS INTEGER), CAST(body AS BLOB)
FROM entries WHERE number > ? ORDER BY number LIMIT ?
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
        except BaseException:
            self.close()
            raise

    def commit(self, entries: Sequence[Entry], *, after: End) -> End:
        """Keep entries in one transaction with one fsync; give the new end."""
        rows = []
        number, last = after
        for body, events, _ in entries:
            number, last = number + 1, last + events
            rows.append((number, last, _checksum(number, last, body), body))
        with self._file.transaction() as connection:
            connection.executemany(_INSERT, rows)
            if connection.execute(_SET_END, (number, last, *after)).rowcount != 1:
                msg = f"the end is not {after}"
                raise IntegrityError(msg)
        end = End(number, last)
        assert self._acknowledged is not None, "opened for reading"
        self._acknowledged.write(end)
        for (at, _, checksum, _), entry in zip(rows, entries, strict=True):
            self._index.add(at, entry.places, checksum=checksum)
        return end

    def entries(self, after: int, *, limit: int) -> Sequence[StoredEntry]:
        """Give the entries behind an entry, each as it was written."""
        found = []
        for number, last, checksum, body in self._select(_AFTER, after, limit):
            # A damaged row may hold values of any type.
            typed = isinstance(last, int) and isinstance(body, bytes)
            if not typed or _checksum(number, last, body) != checksum:
                detail = Text("校验和不符", "the checksum does not fit")
                raise StoreDamaged(place=f"entry {number}", detail=detail, entry=number)
            found.append(StoredEntry(number, last, body))
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

    def faults(self) -> Sequence[Text]:
        """Let SQLite examine pages and rows, and compare the two ends of the history."""
        found = [row[0] for row in self._select("PRAGMA integrity_check")]
        faults = [Text(f"SQLite：{words}", f"SQLite: {words}") for words in found if words != "ok"]
        try:
            self._file.check_end()
            check_acknowledged(self._path.with_name(NOTE), lambda: self.end)
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
            while page := self.entries(self._index.upto, limit=PAGE):
                for entry in page:
                    checksum = _checksum(*entry)
                    self._index.add(entry.number, places_of(entry), checksum=checksum)

    def _checksum_of(self, number: int) -> int | None:
        """Give the checksum that stands beside an entry; there is none before the first."""
        found = self._select("SELECT checksum FROM entries WHERE number = ?", number)
        return found[0][0] if found else None if number else 0

    def _select(self, statement: str, *parameters: object) -> list[Any]:
        with self._file.reading() as connection:
            return connection.execute(statement, parameters).fetchall()


def _checksum(number: int, last: int, body: bytes) -> int:
    return crc32(body, number * 31 + last & 0xFFFFFFFF)
