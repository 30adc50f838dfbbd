"""A ledger in use while its disk fails: what it may answer, and what it must never do.

Every error must be one of `ledger.errors` and must come after a fault. What failed is asked once
more with the same key: that must succeed if the fault is over and the writer goes on, and must
fail with `StoreFailed` if the writer has stopped.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from benchmarks.workload import Sent
from domain.facts import Stream
from domain.ids import MessageId
from domain.refusals import Code, Refusal
from ledger.application import Application
from ledger.check import check_store
from ledger.errors import StoreError, StoreFailed, StoreFull, StoreUnreachable
from ledger.store import Store
from ledger.writer import Receipt, Reply
from tests.faults.disk_gate import PATIENCE, submit_together
from tests.faults.faulty_disk import FaultyDisk
from tests.faults.recording import ACTOR, state_of
from tests.faults.through_apsw import connecting, open_store
from tests.faults.traffic import BOOK
from tests.faults.vfs import WatchedFiles

_Got = TypeVar("_Got")

CLEAR = (StoreFailed, StoreFull, StoreUnreachable)
"""What a failing call may be called. A sound store must not be called damaged."""


class Wrong(AssertionError):  # noqa: N818  # what went wrong is not an error of the check
    """Something that must never happen."""


def insist(*what: object, true: bool) -> None:
    """Raise `Wrong` unless something is true."""
    if not true:
        raise Wrong(" ".join(map(str, what)))


class Session:
    """A writer on a faulty disk, and everything it said."""

    def __init__(
        self, path: Path, disk: FaultyDisk, *, known: dict[MessageId, Receipt], pages: int
    ) -> None:
        """Begin with a closed store, in which `known` was acknowledged."""
        self.sent: list[Sent] = []
        self.receipts = dict(known)
        self.nothing_kept: set[MessageId] = set()  # so said the error
        self.states: dict[Stream, object] = {}  # in the memory of a writer that goes on
        self.stopped = False
        self._disk = disk
        self._path = path
        self._files = WatchedFiles(disk)
        self._connect = connecting(self._files.name, pages=pages)
        self._store: Store | None = None
        self._application: Application | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether there is a writer, even one that has stopped."""
        return self._application is not None

    def open(self) -> None:
        """Open the store for writing."""
        self.stopped = False
        self._try(self._open)

    def ask(self, *sent: Sent) -> None:
        """Send commands one by one, of which none is refused unless another one failed for good."""
        for each in sent:
            if self._application is None:
                return
            self.sent.append(each)
            self._settle_up(each, self._execute(each))

    def ask_together(self, *sent: Sent) -> None:
        """Send commands of which all but the first share a transaction."""
        if self._application is None:
            return
        self.sent += sent
        waiting = submit_together(self._submit, self._disk.gate, sent=sent)
        for each, future in zip(sent, waiting, strict=True):
            error = future.exception(PATIENCE)
            self._settle_up(each, error if error is not None else future.result())

    def refuse(self, sent: Sent) -> None:
        """Send an answered key with another command: a conflict, if it was answered."""
        if self._application is None or sent.key not in self.receipts:
            return
        reply = self._execute(sent)
        if isinstance(reply, BaseException):
            self._see(reply)
        else:
            refused = isinstance(reply, Refusal) and reply.code is Code.KEY_CONFLICT
            insist(sent.key, "with another body:", reply, true=refused)

    def read(self) -> None:
        """Open the store for reading, beside the writer, and read everything."""
        found = self._try(self._read)
        if found is not None:
            owed = max((it.position for it in self.receipts.values()), default=0)
            whole = found == list(range(1, len(found) + 1)) and len(found) >= owed
            insist("a reader found", found, "acknowledged up to", owed, true=whole)

    def check(self) -> None:
        """Examine the store, which is sound."""
        if self._store is not None:
            store = self._store
            problems = self._try(lambda: check_store(store))
            insist("a sound store is called faulty:", problems, true=not problems)

    def close(self) -> None:
        """Close the store; nothing that fails on the way may keep it open."""
        store, application = self._store, self._application
        self._store = self._application = None
        if application is not None:
            application.close()
        if store is not None:
            store.close()

    def finish(self) -> None:
        """Remember what a writer that goes on has in memory, then close; no file may stay open."""
        if self._application is not None and self._store is not None and not self.stopped:
            with self._disk.spared():
                streams = {event.stream for _, event in self._store.events()}
                self.states = {it: state_of(self._application, it) for it in streams}
        self.close()
        insist("still open:", self._files.open_files, true=not self._files.open_files)

    def abandon(self) -> None:
        """Let go of everything, whatever happened. Allowed twice."""
        self._disk.heal()
        with suppress(Exception):  # it has been said already
            self.close()
        if self._files.open_files:  # forgotten connections must not reach into the next session
            gc.collect()
        self._files.close()

    def _open(self) -> None:
        store = open_store(self._path, self._connect)
        try:
            self._application = Application(store, BOOK)
        except BaseException:
            store.close()
            raise
        self._store = store

    def _read(self) -> list[int]:
        with open_store(self._path, self._connect, writing=False) as store:
            return [position for position, _ in store.events()]

    def _try(self, do: Callable[[], _Got]) -> _Got | None:
        """Do something that writes nothing, and once more if it failed."""
        try:
            return do()
        except StoreError as error:
            self._see(error)
        try:
            return do()
        except StoreError as error:
            self._see(error)
            insist("fails although the fault is over:", repr(error), true=self._disk.lasting)
        return None

    def _execute(self, sent: Sent) -> Reply | BaseException:
        assert self._application is not None
        command, key, at = sent
        try:
            return self._application.execute(command, key=key, at=at, actor=ACTOR)
        except StoreError as error:
            return error

    def _submit(self, sent: Sent) -> Future[Reply]:
        assert self._application is not None
        command, key, at = sent
        try:
            return self._application.submit(command, key=key, at=at, actor=ACTOR)
        except StoreFailed as error:  # it has stopped already
            refused: Future[Reply] = Future()
            refused.set_exception(error)
            return refused

    def _settle_up(self, sent: Sent, reply: Reply | BaseException) -> None:
        """Take a reply; where it is an error, ask again."""
        if isinstance(reply, BaseException):
            self._note_error(sent, reply)
            reply = self._execute(sent)
        if isinstance(reply, BaseException):
            self._note_error(sent, reply)
            excused = self._disk.lasting or self.stopped
            insist(sent.key, "fails although the fault is over:", repr(reply), true=excused)
        else:
            self._note_reply(sent, reply)

    def _note_error(self, sent: Sent, error: BaseException) -> None:
        self._see(error)
        if isinstance(error, StoreFailed):
            self.stopped = True
        told = isinstance(error, StoreFailed) or not self.stopped
        insist("a writer that has stopped says", repr(error), true=told)
        if not self.stopped and sent.key not in self.receipts:
            self.nothing_kept.add(sent.key)

    def _note_reply(self, sent: Sent, reply: Reply) -> None:
        insist("a writer that has stopped says", reply, true=not self.stopped)
        if isinstance(reply, Refusal):
            insist(sent.key, "is refused:", reply, true=self._disk.lasting and self._disk.fired > 0)
            self.nothing_kept.add(sent.key)
            return
        before = self.receipts.setdefault(sent.key, reply)
        again = reply if before is reply else before._replace(replayed=True)
        insist(sent.key, "gets", reply, "instead of", again, true=reply == again)
        insist(sent.key, "gets", reply, true=reply.replayed is (before is not reply))
        self.nothing_kept.discard(sent.key)

    def _see(self, error: BaseException) -> None:
        """Let a clear error pass, if there was a fault; anything else is wrong."""
        insist("not a clear error:", repr(error), true=isinstance(error, CLEAR))
        insist("an error without a fault:", repr(error), true=self._disk.fired > 0)
        full = isinstance(error, StoreFull)
        insist("the disk was not full:", repr(error), true=self._disk.fills_up or not full)
