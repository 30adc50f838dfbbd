"""Clients that wait: each sends its next request as soon as the last one is answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Event, Lock
from time import perf_counter_ns
from typing import Any, NamedTuple

from benchmarks.workload import Sent
from domain.refusals import Refusal

Submit = Callable[[Sent], "Future[Any]"]
"""Hands one request to a ledger; the future is done when the settlement is durable.

A ledger that is compared with ours brings a function of this form and nothing else.
"""


class NotSettled(Exception):  # noqa: N818 - the name says what is wrong
    """A settlement was refused, so there is nothing to compare."""


class Run(NamedTuple):
    """What a number of clients got: settlements, nanoseconds in all, and each one's latency."""

    clients: int
    settlements: int
    elapsed_ns: int
    latencies_ns: tuple[int, ...]  # in ascending order

    @property
    def per_second(self) -> int:
        """Give durable settlements a second."""
        return self.settlements * 10**9 // max(self.elapsed_ns, 1)

    def percentile_us(self, hundredth: int) -> int:
        """Give the latency that so many of a hundred settlements stayed within, microseconds."""
        index = max(0, -(-len(self.latencies_ns) * hundredth // 100) - 1)
        return self.latencies_ns[index] // 1_000


def drive(
    submit: Submit, requests: Sequence[Sent], *, clients: int, seconds: int | None = None
) -> Run:
    """Let clients send the requests, and stop early once the seconds are over.

    The clients live in the callbacks of their futures, so that no time goes into switching
    between threads of theirs: what is measured is the ledger and not Python's scheduler.

    Raises:
        NotSettled: a request was refused; or whatever another one failed with.
    """
    assert requests, "nothing to send"
    crowd = _Crowd(submit, requests, seconds=seconds)
    begun = perf_counter_ns()
    for _ in range(min(clients, len(requests))):
        crowd.send()
    crowd.finished.wait()
    elapsed_ns = perf_counter_ns() - begun
    if crowd.failure is not None:
        raise crowd.failure
    return Run(clients, len(crowd.latencies_ns), elapsed_ns, tuple(sorted(crowd.latencies_ns)))


class _Crowd:
    def __init__(self, submit: Submit, requests: Sequence[Sent], *, seconds: int | None) -> None:
        self.latencies_ns: list[int] = []
        self.finished = Event()
        self.failure: BaseException | None = None
        self._submit = submit
        self._left = iter(requests)
        self._waiting = 0
        self._turn = Lock()
        self._until_ns = None if seconds is None else perf_counter_ns() + seconds * 10**9

    def send(self) -> None:
        """Send the next request, if there is one and it is not too late."""
        with self._turn:
            request = None if self._is_over() else next(self._left, None)
            if request is None:
                if self._waiting == 0:
                    self.finished.set()
                return
            self._waiting += 1
        sent_ns = perf_counter_ns()
        try:
            future = self._submit(request)
        except BaseException as error:  # noqa: BLE001  # inside a callback it would get lost
            self._end(error)
            self.send()
            return
        future.add_done_callback(lambda done: self._answered(done, sent_ns))

    def _answered(self, done: Future[Any], sent_ns: int) -> None:
        latency_ns = perf_counter_ns() - sent_ns
        error = done.exception()
        if error is None and isinstance(refusal := done.result(), Refusal):
            error = NotSettled(refusal.says("en"))
        if error is None:
            self.latencies_ns.append(latency_ns)
        self._end(error)
        self.send()

    def _end(self, error: BaseException | None) -> None:
        with self._turn:
            self._waiting -= 1
            self.failure = self.failure or error

    def _is_over(self) -> bool:
        late = self._until_ns is not None and perf_counter_ns() >= self._until_ns
        return late or self.failure is not None
