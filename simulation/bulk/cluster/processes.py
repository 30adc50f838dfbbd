"""Shards in other processes of this machine; what a process leaves undone another one does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context

from simulation.bulk.cluster.shards import Answer, Shard
from simulation.bulk.cluster.tasks import Task

RETRIES = 5
"""How often the processes may be started anew for one batch."""


@contextmanager
def worker_processes(count: int) -> Iterator[WorkerProcesses]:
    """Start processes as shards come; end them on the way out."""
    workers = WorkerProcesses(count)
    try:
        yield workers
    finally:
        workers.close()


class WorkerProcesses:
    """A pool of processes that know one task."""

    def __init__(self, count: int) -> None:
        """Say how many processes there will be; none is started yet."""
        self._count = count
        self._pool: ProcessPoolExecutor | None = None
        self._task: Task | None = None

    def __call__(self, task: Task, shards: Iterable[Shard]) -> Iterator[Answer]:
        """Decide shards, see `MapShards`.

        Raises:
            BrokenProcessPool: processes died again and again.
        """
        if task is not self._task:
            self.close()
            self._task = task
        sent = [(shard, self._submit(shard)) for shard in shards]
        for retries_left in range(RETRIES, -1, -1):
            try:
                return iter([future.result() for _, future in sent])
            except BrokenProcessPool:
                if not retries_left:
                    raise
                self.close()
                sent = [(shard, self._again(shard, future)) for shard, future in sent]
        raise AssertionError

    def close(self) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None

    def _submit(self, shard: Shard) -> Future[Answer]:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self._count, get_context("spawn"), initializer=partial(_learn, self._task)
            )
        return self._pool.submit(_decide, shard)

    def _again(self, shard: Shard, before: Future[Answer]) -> Future[Answer]:
        """Give the future of a shard that has been decided, or a new one."""
        return self._submit(shard) if before.exception() else before


_known: list[Task] = []


def _learn(task: Task | None) -> None:
    assert task is not None
    _known[:] = [task]


def _decide(shard: Shard) -> Answer:
    return _known[0](shard)
