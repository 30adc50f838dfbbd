"""Events and answers in an SQLite file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from eventsourcing.persistence import Notification, StoredEvent

from domain.text import Text
from ledger.errors import StoreDamaged
from ledger.recorders import Recorder, StoredAnswer
from ledger.sqlite_file import Connect, SqliteFile, connect_plainly
from ledger.subscription import PollingSubscription

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from eventsourcing.persistence import Subscription

    from domain.ids import MessageId

_INSERT_EVENT = "INSERT INTO events VALUES (?, ?, ?, ?, ?)"
_INSERT_ANSWER = "INSERT INTO answers VALUES (?, ?, ?, ?)"
_LAST = "SELECT value FROM store WHERE name = 'last_position'"
_SET_LAST = "UPDATE store SET value = ? WHERE name = 'last_position'"
_ANSWER = "SELECT key, digest, answer, position FROM answers WHERE key = ?"
_STREAM = "SELECT originator_version, topic, state FROM events WHERE originator_id = ?"
_ALL = "SELECT position, originator_id, originator_version, topic, state FROM events"


class SqliteRecorder(Recorder):
    """A recorder on one SQLite file; for the errors of opening it see `SqliteFile`."""

    def __init__(self, path: Path, *, writing: bool, connect: Connect = connect_plainly) -> None:
        """Open the file; only the holder of the store's lock may ask for `writing`."""
        self._file = SqliteFile(path, writing=writing, connect=connect)

    def commit(self, events: Sequence[StoredEvent], answers: Sequence[StoredAnswer]) -> int:
        """Keep events and answers in one transaction with one fsync; give the last position."""
        with self._file.transaction() as connection:
            ((last,),) = connection.execute(_LAST)
            rows = [
                (
                    position,
                    _bytes(event.originator_id),
                    event.originator_version,
                    event.topic,
                    event.state,
                )
                for position, event in enumerate(events, last + 1)
            ]
            connection.executemany(_INSERT_EVENT, rows)
            connection.executemany(_INSERT_ANSWER, answers)
            last += len(rows)
            connection.execute(_SET_LAST, (last,))
        return cast("int", last)

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: object) -> Sequence[int]:
        """Keep events without an answer, as the library's contract has it; give positions."""
        last = self.commit(stored_events, ())
        return list(range(last - len(stored_events) + 1, last + 1))

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """Read the events of one stream in order of version."""
        statement = _STREAM
        parameters: list[object] = [_bytes(originator_id)]
        if gt is not None:
            statement += " AND originator_version > ?"
            parameters.append(gt)
        if lte is not None:
            statement += " AND originator_version <= ?"
            parameters.append(lte)
        statement += f" ORDER BY originator_version {'DESC' if desc else 'ASC'} LIMIT ?"
        rows = self._select(statement, *parameters, -1 if limit is None else limit)
        return [StoredEvent(originator_id, *row) for row in rows]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Read a page of the whole history in order of position."""
        first = (start or 0) if inclusive_of_start else (start or 0) + 1
        statement, parameters = f"{_ALL} WHERE position >= ?", [first]
        if stop is not None:
            statement += " AND position <= ?"
            parameters.append(stop)
        if topics:
            statement += f" AND topic IN ({', '.join('?' * len(topics))})"
        statement += " ORDER BY position LIMIT ?"
        rows = self._select(statement, *parameters, *topics, limit)
        return [
            Notification(_stream_at(position, stream), version, topic, state, position)
            for position, stream, version, topic, state in rows
        ]

    def max_notification_id(self) -> int | None:
        """Give the position of the last event, or None in an empty store."""
        return self.last_position or None

    @property
    def last_position(self) -> int:
        """The last position given out; 0 in an empty store."""
        return cast("int", self._select(_LAST)[0][0])

    def answer(self, key: MessageId) -> StoredAnswer | None:
        """Look up what a key was answered."""
        rows = self._select(_ANSWER, key)
        return StoredAnswer(*rows[0]) if rows else None

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> Subscription[Recorder]:
        """Follow the history, also where another process writes it (by polling)."""
        return PollingSubscription(self, gt=gt, topics=topics)

    def faults(self) -> Sequence[Text]:
        """Let SQLite examine pages, rows and indexes, and compare the two ends of the history."""
        found = [row[0] for row in self._select("PRAGMA integrity_check")]
        faults = [Text(f"SQLite：{words}", f"SQLite: {words}") for words in found if words != "ok"]
        try:
            self._file.check_end()
        except StoreDamaged as cut:
            faults.append(cast("Text", cut.facts["detail"]))
        return faults

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _select(self, statement: str, *parameters: object) -> list[Any]:
        with self._file.reading() as connection:
            return connection.execute(statement, parameters).fetchall()


def _stream_at(position: int, stored: bytes) -> UUID:
    try:
        return UUID(bytes=stored)
    except (TypeError, ValueError) as error:  # not bytes at all, or not sixteen
        raise StoreDamaged(place=f"#{position}", detail=str(error)) from error


def _bytes(originator_id: UUID | str) -> bytes:
    assert isinstance(originator_id, UUID), "streams are named by UUIDs"
    return originator_id.bytes
