"""A run of a ledger on a watched disk: what was written, what was promised, and when."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from eventsourcing.persistence import Notification

from benchmarks.workload import Sent
from domain.facts import Kind, Stream
from domain.ids import ClaimId, MessageId, PersonId, PoolId
from ledger import store as stores
from ledger.acknowledged import NOTE, AcknowledgedEnd
from ledger.application import Application
from ledger.entries import End, StoredAnswer
from ledger.recorded import RecordedEvent
from ledger.sqlite_file import Connect
from ledger.view import EVOLVE
from ledger.writer import Receipt, Reply
from tests.faults.disk_gate import PATIENCE, submit_together
from tests.faults.images import Link, Log, Op, Sync
from tests.faults.through_apsw import connecting, open_store
from tests.faults.traffic import BOOK, Step, founding
from tests.faults.vfs import WatchedFiles

ACTOR = "faults"

_MEMORY = Path("/dev/shm")  # noqa: S108  # only a folder in it is used, made by tempfile
MEMORY = _MEMORY if _MEMORY.is_dir() else None
"""Where copies of stores are laid that no power is cut from; None: where all temporary files go."""


class Acknowledgement(NamedTuple):
    """A receipt, and how many operations had been logged when it was given."""

    logged: int
    receipt: Receipt


class Recording:
    """What happened, complete and without any fault: what every crash is measured against."""

    def __init__(self, log: Log, sent: list[Sent], acknowledged: list[Acknowledgement]) -> None:
        """Begin with what was seen from outside."""
        self.ops: list[Op] = log.ops
        self.begun = log.begun
        self.before = 0  # the position of the last event at the beginning
        self.sent = sent
        self.acknowledged = acknowledged
        self.history: list[Notification] = []
        self.events: list[RecordedEvent] = []
        self.answers: list[StoredAnswer] = []

    def read(self, path: Path) -> None:
        """Read what came of it in the end."""
        with stores.open_reader(path) as store:
            self.history = list(store.notifications())
            self.events = [event for _, event in store.events()]
            answers = [store.recorder.answer(sent.key) for sent in self.sent]
            self.answers = [answer for answer in answers if answer is not None]
        assert len(self.answers) == len(self.sent), "a command of the workload was refused"

    @cached_property
    def ends(self) -> set[int]:
        """The positions at which a command ends; the history is whole there and only there."""
        causes = [event.meta.cause for event in self.events] + [MessageId("")]
        return {0} | {
            position
            for position in range(1, len(causes))
            if causes[position - 1] != causes[position]
        }

    @cached_property
    def groups(self) -> int:
        """How many times several commands were committed together: nothing logged in between."""
        logged = [each.logged for each in self.acknowledged]
        return sum(logged.count(point) > 1 for point in set(logged))

    @cached_property
    def checkpoints(self) -> int:
        """How many times a database, not its journal or log, was made durable."""
        names = {op.file: op.name for op in self.ops if isinstance(op, Link)}
        synced = [names[op.file] for op in self.ops[self.begun :] if isinstance(op, Sync)]
        return sum(name.endswith(".sqlite") for name in synced)

    def owed(self, point: int) -> int:
        """Give the position that must be there after a crash behind so many operations."""
        promised = [it.receipt.position for it in self.acknowledged if it.logged <= point]
        return max([self.before, *promised])

    def states(self, last: int) -> dict[Stream, Any]:
        """Fold the history up to a position."""
        states: dict[Stream, Any] = {}
        for event in self.events[:last]:
            states[event.stream] = EVOLVE[event.stream.kind](states.get(event.stream), event.fact)
        return states


def record(
    path: Path,
    steps: Iterable[Step],
    *,
    synchronous: str = "",
    pages: int = 0,
    noted: bool = True,
) -> Recording:
    """Log how steps are carried out on a store that `begin` made, or that a crash left behind.

    `synchronous` and `pages` as in `connecting`; `noted`: what was acknowledged is noted on disk.
    """
    with stores.open_reader(path) as store:
        before = store.recorder.last_position
    log = Log(path)
    files = WatchedFiles(log)
    connect = connecting(files.name, synchronous=synchronous, pages=pages)
    player = _Player(path, log, connect, noted=noted)
    for step in steps:
        player.play(step)
    player.close()
    files.close()
    recording = Recording(log, [*founding(), *player.sent], player.acknowledged)
    recording.before = before
    recording.read(path)
    return recording


def begin(path: Path) -> None:
    """Make a store and found the family, without any fault."""
    stores.init(path)
    with stores.open_writer(path) as store, Application(store, BOOK) as application:
        for command, key, at in founding():
            reply = application.execute(command, key=key, at=at, actor=ACTOR)
            assert isinstance(reply, Receipt), reply


def state_of(application: Application, stream: Stream) -> object:
    """Give the state of any stream."""
    match stream.kind:
        case Kind.PERSON:
            return application.person(PersonId(stream.key))
        case Kind.POOL:
            return application.pool(PoolId(stream.key))
        case Kind.CLAIM:
            return application.claim(ClaimId(stream.key))
        case _:
            raise AssertionError(stream)  # nothing of the kind is recorded here


class _WatchedNote:
    """The note of what was acknowledged, which SQLite knows nothing of, on the watched disk.

    Nobody waits for it, so it may be on disk at once or later. At once is the hardest: a history
    that ends before its note is refused.
    """

    def __init__(self, note: AcknowledgedEnd, folder: Path, log: Log) -> None:
        self._note = note
        self._path = folder / NOTE
        self._log = log
        log.opened(str(self._path), created=not self._path.stat().st_size)
        self.close = note.close

    def write(self, end: End) -> None:
        self._note.write(end)
        self._log.wrote(str(self._path), 0, self._path.read_bytes())
        self._log.synced(str(self._path), directory=False)


class _Player:
    """Carries steps out and notes when each reply came."""

    def __init__(self, path: Path, log: Log, connect: Connect, *, noted: bool) -> None:
        self.sent: list[Sent] = []
        self.acknowledged: list[Acknowledgement] = []
        self._path = path
        self._log = log
        self._connect = connect
        self._noted = noted
        self._open()

    def play(self, step: Step) -> None:
        self.sent += step
        if not step:
            self.close()
            self._open()
        elif len(step) == 1:
            ((command, key, at),) = step
            self._note(self._application.execute(command, key=key, at=at, actor=ACTOR))
        else:
            waiting = submit_together(self._submit, self._log.gate, sent=step)
            for future in waiting:
                assert isinstance(future.result(PATIENCE), Receipt), future

    def close(self) -> None:
        self._application.close()
        self._store.close()

    def _open(self) -> None:
        self._store = open_store(self._path, self._connect)
        if self._noted:
            recorder: Any = self._store.recorder
            recorder._acknowledged = _WatchedNote(recorder._acknowledged, self._path, self._log)
        self._application = Application(self._store, BOOK)

    def _submit(self, sent: Sent) -> Future[Reply]:
        command, key, at = sent
        future = self._application.submit(command, key=key, at=at, actor=ACTOR)
        future.add_done_callback(lambda done: self._note(done.result()))
        return future

    def _note(self, reply: Reply) -> None:
        if isinstance(reply, Receipt):  # otherwise `read` will miss its answer
            self.acknowledged.append(Acknowledgement(len(self._log.ops), reply))
