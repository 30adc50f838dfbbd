"""Clients that wait: each sends its next request as soon as the last one is answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from threading import Event, Lock, Thread
from time import perf_counter_ns
from typing import Any, NamedTuple

from benchmarks.figures import Spread, spread
from benchmarks.workload import Sent
from domain.refusals import Refusal

Submit = Callable[[Sent], "Future[Any]"]
"""Hands one request to a ledger; the future is done when the settlement is durable."""

Call = Callable[[Sent], object]
"""Asks a ledger that makes its caller wait; it gives its answer when the settlement is durable."""


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


class Runs(NamedTuple):
    """The same run several times, with the same number of clients."""

    runs: tuple[Run, ...]

    @property
    def clients(self) -> int:
        """Give how many clients waited."""
        return self.runs[0].clients

    @property
    def settlements(self) -> int:
        """Give the settlements of all runs together."""
        return sum(run.settlements for run in self.runs)

    @property
    def per_second(self) -> Spread:
        """Give durable settlements a second."""
        return spread(run.per_second for run in self.runs)

    def percentile_us(self, hundredth: int) -> Spread:
        """Give the latency that so many of a hundred stayed within, microseconds."""
        return spread(run.percentile_us(hundredth) for run in self.runs)


def drive(
    submit: Submit, requests: Iterable[Sent], *, clients: int, seconds: int | None = None
) -> Run:
    """Let clients send the requests, and stop early once the seconds are over.

    The clients live in the callbacks of their futures, so that no time goes into switching
    between threads of theirs: what is measured is the ledger and not Python's scheduler.
    Requests may be an iterator: then each is made when a client takes it.

    Raises:
        NotSettled: a request was refused; or whatever another one failed with.
    """
    crowd = Crowd(submit, _Queue(requests, seconds))
    begun = perf_counter_ns()
    for _ in range(clients):
        crowd.send()
    crowd.finished.wait()
    elapsed_ns = perf_counter_ns() - begun
    return _run(clients, crowd.queue, elapsed_ns=elapsed_ns, latencies_ns=crowd.latencies_ns)


def drive_threads(
    call: Call, requests: Iterable[Sent], *, clients: int, seconds: int | None = None
) -> Run:
    """Let as many threads send the requests, and stop early once the seconds are over.

    For a ledger that answers in the calling thread: there a client is a thread of its own.

    Raises:
        NotSettled: a request was refused; or whatever another one failed with.
    """
    queue = _Queue(requests, seconds)
    latencies_ns: list[int] = []

    def send() -> None:
        while (request := queue.take()) is not None:
            sent_ns = perf_counter_ns()
            try:
                _check_settled(call(request))
            except BaseException as error:  # noqa: BLE001  # inside a thread it would get lost
                queue.fail(error)
            else:
                latencies_ns.append(perf_counter_ns() - sent_ns)

    threads = [Thread(target=send) for _ in range(clients)]
    begun = perf_counter_ns()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed_ns = perf_counter_ns() - begun
    return _run(clients, queue, elapsed_ns=elapsed_ns, latencies_ns=latencies_ns)


def _run(clients: int, queue: _Queue, *, elapsed_ns: int, latencies_ns: list[int]) -> Run:
    if queue.failure is not None:
        raise queue.failure
    return Run(clients, len(latencies_ns), elapsed_ns, tuple(sorted(latencies_ns)))


def _check_settled(answer: object) -> None:
    if isinstance(answer, Refusal):
        raise NotSettled(answer.says("en"))


class _Queue:
    """What is left to send: nothing more once time is over or something has failed."""

    def __init__(self, requests: Iterable[Sent], seconds: int | None) -> None:
        self.failure: BaseException | None = None
        self._left = iter(requests)
        self._turn = Lock()
        self._until_ns = None if seconds is None else perf_counter_ns() + seconds * 10**9

    def take(self) -> Sent | None:
        """Give the next request, if there is one and it is not too late."""
        with self._turn:
            late = self._until_ns is not None and perf_counter_ns() >= self._until_ns
            return None if late or self.failure is not None else next(self._left, None)

    def fail(self, error: BaseException) -> None:
        """End the run with its first failure."""
        with self._turn:
            self.failure = self.failure or error


class Crowd:
    """Clients that live in the callbacks of their futures."""

    def __init__(self, submit: Submit, queue: _Queue) -> None:
        """Begin with nobody waiting."""
        self.queue = queue
        self.latencies_ns: list[int] = []
        self.finished = Event()
        self._submit = submit
        self._waiting = 0
        self._turn = Lock()

    def send(self) -> None:
        """Send the next request, if there is one and it is not too late."""
        with self._turn:
            request = self.queue.take()
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
        future.add_done_callback(lambda done: self.answered(done, sent_ns))

    def answered(self, done: Future[Any], sent_ns: int) -> None:
        """Note an answer and go on."""
        latency_ns = perf_counter_ns() - sent_ns
        try:
            _check_settled(done.result())
        except BaseException as error:  # noqa: BLE001  # inside a callback it would get lost
            self._end(error)
        else:
            self.latencies_ns.append(latency_ns)
            self._end(None)
        self.send()

    def _end(self, error: BaseException | None) -> None:
        with self._turn:
            self._waiting -= 1
        if error is not None:
            self.queue.fail(error)
