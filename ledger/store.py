"""A store: a directory with the events, and the lock of its one writer.

`events.sqlite` holds the events and answers, `writer.lock` names the writer; read models keep
files of their own beside them. A store in memory has the same shape without the files.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from domain.text import Text
from ledger.entries import place_of
from ledger.errors import StoreDamaged, StoreExists, StoreMissing
from ledger.lock import WriterLock
from ledger.mapper import LedgerMapper
from ledger.memory_recorder import MemoryRecorder
from ledger.recorded import RecordedEvent
from ledger.sqlite_file import create
from ledger.sqlite_recorder import SqliteRecorder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from eventsourcing.persistence import Notification

    from domain.facts import Stream
    from ledger.recorders import Recorder

EVENTS = "events.sqlite"
PAGE = 1_000  # entries

_NOT_FOUND = Text(
    "有事件查找不到；可删除索引文件，下次打开时重建",
    "an event is not found; delete the index file and it is made again",
)


@dataclass(frozen=True, slots=True)
class Store:
    """An open store. `path` is None in memory; `lock` is None where nobody may write."""

    recorder: Recorder
    mapper: LedgerMapper
    path: Path | None = None
    lock: WriterLock | None = None

    def stream(self, stream: Stream) -> Iterator[RecordedEvent]:
        """Give the events of one stream, oldest first.

        Raises:
            StoreDamaged: one of them is not found.
        """
        return (event for _, event in self.placed(stream))

    def placed(self, stream: Stream) -> Iterator[tuple[int, RecordedEvent]]:
        """Give the events of one stream with their positions, oldest first.

        Raises:
            StoreDamaged: one of them is not found.
        """
        version = 0
        for entry in self.recorder.entries_at(place_of(*stream)):
            found = self.mapper.events_of(entry)
            for position, event in enumerate(found, entry.last - len(found) + 1):
                if event.stream == stream:
                    version += 1
                    if event.originator_version != version:
                        raise StoreDamaged(place="/".join(stream), detail=_NOT_FOUND)
                    yield position, event

    def events(
        self, after: int = 0, *, upto: int | None = None, topics: Sequence[str] = ()
    ) -> Iterator[tuple[int, RecordedEvent]]:
        """Give positions and events after a position, in order, up to the end or to `upto`."""
        number = self.recorder.entry_before(after)
        while page := self.recorder.entries(number, limit=PAGE):
            for entry in page:
                found = self.mapper.events_of(entry)
                for position, event in enumerate(found, entry.last - len(found) + 1):
                    if upto is not None and position > upto:
                        return
                    if position > after and (not topics or event.fact.TOPIC in topics):
                        yield position, event
            number = page[-1].number

    def notifications(
        self, after: int = 0, *, upto: int | None = None, topics: Sequence[str] = ()
    ) -> Iterator[Notification]:
        """Give events as stored, page by page; what is recorded meanwhile comes too."""
        while page := self.recorder.select_notifications(
            after, PAGE, stop=upto, topics=topics, inclusive_of_start=False
        ):
            yield from page
            after = page[-1].id

    def close(self) -> None:
        """Close the files, then let the next writer in. Closing twice is allowed."""
        self.recorder.close()
        if self.lock is not None:
            self.lock.release()

    def __enter__(self) -> Self:
        """Keep the store open for a block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()


def init(path: Path) -> None:
    """Make an empty store in a directory, which is made where missing.

    Raises:
        StoreExists: there is a store already; it is left as it is.
        StoreLocked: somebody is making one at this moment.
    """
    path.mkdir(parents=True, exist_ok=True)
    with WriterLock(path):
        if (path / EVENTS).exists():
            raise StoreExists(path=str(path))
        create(path / EVENTS)


def open_writer(path: Path) -> Store:
    """Open a store for its one writer.

    Raises:
        StoreMissing, StoreLocked, StoreNewer, StoreDamaged: as their names say.
    """
    events = _events_in(path)
    lock = WriterLock(path)
    try:
        recorder = SqliteRecorder(events, writing=True)
    except BaseException:
        lock.release()
        raise
    return Store(recorder, LedgerMapper(), path, lock)


def open_reader(path: Path) -> Store:
    """Open a store for reading, also while another process writes to it.

    Raises:
        StoreMissing, StoreNewer, StoreDamaged: as their names say.
    """
    return Store(SqliteRecorder(_events_in(path), writing=False), LedgerMapper(), path)


def memory() -> Store:
    """Make a store that lives as long as the object, for tests and simulations."""
    return Store(MemoryRecorder(), LedgerMapper())


def _events_in(path: Path) -> Path:
    events = path / EVENTS
    if not events.is_file():
        raise StoreMissing(path=str(path))
    return events
