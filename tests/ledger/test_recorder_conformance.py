"""Our recorders pass the suites that the eventsourcing library ships for every recorder.

Nothing is left out. The aggregate suite wants recorders that give no positions; as ours always
give them, it sees them through `without_positions`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import TestCase

from eventsourcing.persistence import AggregateRecorder, StoredEvent
from eventsourcing.tests.persistence import (
    AggregateRecorderTestCase,
    ApplicationRecorderTestCase,
    NonInterleavingNotificationIDsBaseCase,
)

from ledger.memory_recorder import MemoryRecorder
from ledger.recorders import Recorder
from ledger.sqlite_file import create
from ledger.sqlite_recorder import SqliteRecorder


def in_file(test: TestCase) -> SqliteRecorder:
    """Give an empty recorder on a file that lives as long as the test."""
    path = Path(test.enterContext(TemporaryDirectory())) / "events.sqlite"
    create(path)
    recorder = SqliteRecorder(path, writing=True)
    test.addCleanup(recorder.close)
    return recorder


def without_positions(recorder: Recorder) -> AggregateRecorder:
    """Let a recorder keep the positions of inserted events to itself."""
    insert = recorder.insert_events

    def insert_silently(stored_events: Sequence[StoredEvent]) -> None:
        insert(stored_events)

    recorder.insert_events = insert_silently  # type: ignore[assignment,method-assign]  # as said
    return recorder


class TestAggregateInMemory(AggregateRecorderTestCase):
    """The memory recorder keeps streams."""

    def create_recorder(self) -> AggregateRecorder:
        """Give an empty recorder."""
        return without_positions(MemoryRecorder())


class TestAggregateInFile(AggregateRecorderTestCase):
    """The SQLite recorder keeps streams."""

    def create_recorder(self) -> AggregateRecorder:
        """Give an empty recorder."""
        return without_positions(in_file(self))


class TestApplicationInMemory(ApplicationRecorderTestCase[Recorder]):
    """The memory recorder keeps a history."""

    def create_recorder(self) -> Recorder:
        """Give an empty recorder."""
        return MemoryRecorder()

    def test_insert_subscribe(self) -> None:
        """Run the part for recorders that can be followed."""
        self.optional_test_insert_subscribe()


class TestApplicationInFile(ApplicationRecorderTestCase[Recorder]):
    """The SQLite recorder keeps a history."""

    def create_recorder(self) -> Recorder:
        """Give an empty recorder."""
        return in_file(self)

    def test_insert_subscribe(self) -> None:
        """Run the part for recorders that can be followed."""
        self.optional_test_insert_subscribe()


class TestNonInterleavingInMemory(NonInterleavingNotificationIDsBaseCase):
    """The memory recorder keeps what was inserted together, together."""

    def create_recorder(self) -> Recorder:
        """Give an empty recorder."""
        return MemoryRecorder()


class TestNonInterleavingInFile(NonInterleavingNotificationIDsBaseCase):
    """The SQLite recorder keeps what was inserted together, together."""

    def create_recorder(self) -> Recorder:
        """Give an empty recorder."""
        return in_file(self)
