"""The one writer: many callers, one transaction, one fsync.

Commands that wait together are decided one after the other on states in memory and committed
as one group. Nobody is answered before the commit. A refusal, or an exception in a decision,
concerns its own caller only and stores nothing, so a refused command that is sent again is
decided afresh.

When a commit fails, everybody in the group gets the error, whatever they were about to be told,
and the states in memory are as before the group. After a full disk the writer goes on. After
any other failure the outcome on disk is unknown, so it takes no more work until the store is
opened again; sending the same key then tells what happened.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from datetime import UTC, datetime
from threading import Condition, Lock, Thread
from typing import TYPE_CHECKING, NamedTuple, Self, TypeVar

from msgspec import Raw

from domain.facts import Meta
from domain.refusals import Code, Refusal, refuse
from ledger.entries import Answer, StoredAnswer, place_of, place_of_key
from ledger.errors import StoreClosed, StoreFailed, StoreFull
from ledger.identity_map import IdentityMap
from ledger.workspace import Group, Workspace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.facts import Kind, Stream
    from domain.ids import MessageId
    from ledger.identity_map import Evolve
    from ledger.store import Store

_Seen = TypeVar("_Seen")


class Decided(NamedTuple):
    """What is said of an accepted command; what it does is recorded in its workspace.

    `answer` is JSON and is kept for repetitions.
    """

    answer: bytes
    correlation: str
    note: str = ""


Decide = Callable[[Workspace, datetime], Decided | Refusal]
"""Decides on the states as they are, at the instant that will be recorded."""


class Job(NamedTuple):
    """A command. `key` and `digest` are its idempotency key and the digest of its request.

    `at` is the caller's present instant, aware; what is recorded is never before the last one.
    `opens` names the streams that the command may begin; they are looked up by the group.
    """

    key: MessageId
    digest: bytes
    at: datetime
    actor: str
    decide: Decide
    opens: tuple[Stream, ...] = ()


class Receipt(NamedTuple):
    """An acknowledgement: it is durable. `replayed`: it had been before, nothing was decided.

    `position` is that of the command's last event.
    """

    key: MessageId
    answer: bytes
    position: int
    replayed: bool


Reply = Receipt | Refusal
_Waiting = tuple[Job, "Future[Reply]"]


class Writer:
    """Takes commands from any number of threads, decides and commits them in groups.

    From asyncio: `await asyncio.wrap_future(writer.submit(job))`. A caller that cancels before
    its group starts is skipped; later it learns the outcome by asking with the same key.
    """

    def __init__(
        self, store: Store, evolve: Mapping[Kind, Evolve], *, largest_group: int = 256
    ) -> None:
        """Write to an open store; `evolve` folds each kind of stream.

        At most `largest_group` commands share a transaction.
        """
        assert store.path is None or store.lock is not None, "the store was opened for reading"
        self._lock = store.lock
        self._recorder = store.recorder
        self._known = IdentityMap(store, evolve)
        self._end = store.recorder.end
        self._last_recorded_at = _last_recorded_at(store)
        self._largest_group = largest_group
        self._waiting: deque[_Waiting] = deque()
        self._arrival = Condition()
        self._turn = Lock()  # of whoever decides and commits: the thread, or `execute`
        self._thread: Thread | None = None
        self._closing = False
        self._failure: str | None = None

    def submit(self, job: Job) -> Future[Reply]:
        """Queue a command; the future gives its receipt or refusal once that is durable.

        Raises:
            StoreClosed, StoreFailed: the writer takes no more work.
            StoreLocked: this process was forked from the writer's.
        """
        future: Future[Reply] = Future()
        self._check_sound()  # before a lock is taken: a forked copy has it as it was, maybe taken
        with self._arrival:
            self._check_open()
            if self._thread is None:
                self._thread = Thread(target=self._serve, name="gongji-writer", daemon=True)
                self._thread.start()
            self._waiting.append((job, future))
            self._arrival.notify()
        return future

    def execute(self, job: Job) -> Reply:
        """Decide and commit one command in the calling thread.

        Raises:
            StoreClosed, StoreFailed, StoreFull, StoreLocked: it was not committed; or what
            `decide` raises.
        """
        self._check_open()
        future: Future[Reply] = Future()
        self._process([(job, future)])
        return future.result()

    def look(self, see: Callable[[Workspace], _Seen]) -> _Seen:
        """Ask a question of the committed states, between two groups. Nothing is written."""
        with self._turn:
            return see(Workspace(self._group(())))

    def close(self) -> None:
        """Finish what is queued and take no more. The store stays open; it is the caller's."""
        with self._arrival:
            self._closing = True
            self._arrival.notify()
        if self._thread is not None:
            self._thread.join()

    def __enter__(self) -> Self:
        """Write for a block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def _serve(self) -> None:
        while group := self._next_group():
            self._process(group)

    def _next_group(self) -> list[_Waiting]:
        """Wait for work and take what is there; nothing when closed and drained."""
        with self._arrival:
            self._arrival.wait_for(lambda: self._waiting or self._closing)
            size = min(len(self._waiting), self._largest_group)
            return [self._waiting.popleft() for _ in range(size)]

    def _process(self, waiting: Iterable[_Waiting]) -> None:
        running = [(job, it) for job, it in waiting if it.set_running_or_notify_cancel()]
        replies: list[tuple[Future[Reply], Reply]] = []
        try:
            with self._turn:
                self._check_sound()
                group = self._group(running)
                for job, future in running:
                    try:
                        replies.append((future, self._decide(group, job)))
                    except BaseException as error:  # noqa: BLE001  # it belongs to its caller
                        future.set_exception(error)
                self._commit(group)
        except BaseException as error:  # noqa: BLE001  # it belongs to everybody in the group
            for _, future in running:
                if not future.done():
                    future.set_exception(error)
        else:
            for future, reply in replies:
                future.set_result(reply)

    def _decide(self, group: Group, job: Job) -> Reply:
        """Decide one command and let the group take it over, encoded, or leave no trace."""
        kept = group.answer(job.key)
        if kept is not None:
            return _repeated(kept, job)
        workspace = Workspace(group)
        recorded_at = self._instant_of(group, job)
        decided = job.decide(workspace, recorded_at)
        if isinstance(decided, Refusal):
            return decided
        meta = Meta(
            recorded_at=recorded_at,
            actor=job.actor,
            cause=job.key,
            correlation=decided.correlation,
            note=decided.note,
        )
        position = group.join(workspace, meta, answer=Answer(job.digest, Raw(decided.answer)))
        group.answers[job.key] = StoredAnswer(job.key, job.digest, decided.answer, position)
        return Receipt(job.key, decided.answer, position, replayed=False)

    def _group(self, waiting: Iterable[_Waiting]) -> Group:
        """Begin a group; what its commands may be the first to write is looked up at once."""
        places = [place_of_key(job.key) for job, _ in waiting]
        places += [place_of(*stream) for job, _ in waiting for stream in job.opens]
        found = {**dict.fromkeys(places, ()), **self._recorder.find(places)} if places else {}
        return Group(self._known, after=self._end, found=found)

    def _instant_of(self, group: Group, job: Job) -> datetime:
        assert job.at.tzinfo is not None, "an instant is aware"
        last = group.recorded_at or self._last_recorded_at
        at = job.at.astimezone(UTC)
        return at if last is None else max(at, last)

    def _commit(self, group: Group) -> None:
        if not group.entries:  # refusals and repetitions only
            return
        try:
            self._end = self._recorder.commit(group.entries, after=group.before)
            assert self._end.events == group.last_position
            self._known.keep(group.states)
            self._last_recorded_at = group.recorded_at
        except StoreFull:
            raise
        except BaseException as error:
            self._failure = f"{type(error).__name__}: {error}"
            raise StoreFailed(detail=self._failure) from error

    def _check_open(self) -> None:
        self._check_sound()
        if self._closing:
            raise StoreClosed

    def _check_sound(self) -> None:
        if self._lock is not None:
            self._lock.check_process()
        if self._failure is not None:
            raise StoreFailed(detail=self._failure)


def _repeated(kept: StoredAnswer, job: Job) -> Reply:
    """Give the first answer again, unless the key now comes with another request."""
    if kept.digest != job.digest:
        return refuse(Code.KEY_CONFLICT, key=job.key)
    return Receipt(job.key, kept.answer, kept.position, replayed=True)


def _last_recorded_at(store: Store) -> datetime | None:
    last = store.recorder.last_position
    instants = [event.meta.recorded_at for _, event in store.events(after=max(last - 1, 0))]
    return instants[-1] if instants else None
