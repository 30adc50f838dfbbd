"""Two ends of a pipeline in threads of their own: one reads ahead, one writes behind.

Between them one thread does the work in order. Both queues are short, so that no end runs away
from the other with the memory. What goes wrong in a thread is raised where its queue is used.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from queue import Empty, Queue
from threading import Thread
from typing import Generic, NamedTuple, TypeVar

DEPTH = 2
"""Things that wait in a queue, at most."""

T = TypeVar("T")


class _End(NamedTuple):
    """The last thing in a queue: it is over, or it failed."""

    error: BaseException | None


def ahead(things: Iterable[T]) -> Generator[T]:
    """Give things in their order, while the next ones are being made in another thread.

    Closing the iterator stops the other thread before its next thing.
    """
    queue: Queue[T | _End] = Queue(DEPTH)
    stopped = False

    def read() -> None:
        error = None
        try:
            for thing in things:
                queue.put(thing)
                if stopped:
                    return
        except BaseException as caught:  # noqa: BLE001  # whatever it is, it is raised below
            error = caught
        queue.put(_End(error))

    thread = Thread(target=read, name="reading", daemon=True)
    thread.start()
    try:
        while not isinstance(thing := queue.get(), _End):
            yield thing
        if thing.error is not None:
            raise thing.error
    finally:
        stopped = True
        _empty(queue)
        thread.join()


@contextmanager
def behind(take: Callable[[T], object]) -> Iterator[Callable[[T], None]]:
    """Give a function to hand things over, which another thread takes one by one, in order.

    At the end everything has been taken, also when the work between was broken off; what went
    wrong with a thing is raised by the next call or at the end, and nothing after it is taken.
    """
    writer = _Writer(take)
    try:
        yield writer.put
    finally:
        writer.finish()


class _Writer(Generic[T]):
    """A thread that takes things."""

    def __init__(self, take: Callable[[T], object]) -> None:
        self._take = take
        self._queue: Queue[T | _End] = Queue(DEPTH)
        self._error: BaseException | None = None
        self._thread = Thread(target=self._work, name="writing", daemon=True)
        self._thread.start()

    def put(self, thing: T) -> None:
        """Hand a thing over; wait while too many are waiting."""
        if self._error is not None:
            raise self._error
        self._queue.put(thing)

    def finish(self) -> None:
        """Wait until everything was taken."""
        self._queue.put(_End(None))
        self._thread.join()
        if self._error is not None:
            raise self._error

    def _work(self) -> None:
        while not isinstance(thing := self._queue.get(), _End):
            if self._error is not None:
                continue  # thrown away, so that nobody waits for ever to hand it over
            try:
                self._take(thing)
            except BaseException as error:  # noqa: BLE001  # whatever it is, `put` or `finish` raises it
                self._error = error


def _empty(queue: Queue[T]) -> None:
    """Make room for whoever waits to put something in."""
    try:
        while True:
            queue.get_nowait()
    except Empty:
        return
