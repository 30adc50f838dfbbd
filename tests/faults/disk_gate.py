"""A gate before the disk: while it is closed, commands that wait together become one group."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Event, Lock

from benchmarks.workload import Sent
from ledger.writer import Reply

PATIENCE = 60  # seconds until a reply that does not come is given up
_LOOK = 0.001  # seconds between looks at who has arrived


class Gate:
    """Open, until somebody closes it for a while."""

    def __init__(self) -> None:
        """Begin open."""
        self._closed = Lock()
        self._arrived = Event()

    def go_through(self) -> None:
        """Go on, at once or when the gate opens."""
        if self._closed.locked():
            self._arrived.set()
            with self._closed:
                pass

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Keep everybody waiting."""
        self._arrived.clear()
        with self._closed:
            yield

    def await_arrival(self, *, unless: Future[Reply]) -> None:
        """Wait until somebody waits at the gate, or until a reply came without that."""
        while not self._arrived.wait(_LOOK) and not unless.done():
            pass


def submit_together(
    submit: Callable[[Sent], Future[Reply]], gate: Gate, *, sent: Iterable[Sent]
) -> list[Future[Reply]]:
    """Submit commands so that all but the first share one transaction.

    The first commit waits at the gate, which is in the way of every write, until all others are
    queued behind it.
    """
    waiting: list[Future[Reply]] = []
    with gate.closed():
        for each in sent:
            waiting.append(submit(each))
            gate.await_arrival(unless=waiting[0])
    return waiting
