"""Shards on a Ray cluster: pure tasks, which Ray starts again where a worker or a node is lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import ray

from simulation.bulk.cluster.shards import Answer, Shard
from simulation.bulk.cluster.tasks import MapShards, Task

RETRIES = 5
"""How often one shard may be lost."""


@contextmanager
def ray_tasks(address: str) -> Iterator[tuple[MapShards, int]]:
    """Connect to a cluster; give what decides shards there, and how many CPUs it has.

    Workers import this package; it has to be installed on every node, in one version.

    Raises:
        ConnectionError: no cluster answers there, or this Ray cannot speak to it.
    """
    try:
        connected = ray.init(address=address, log_to_driver=False)
    except ValueError as error:  # an address of a kind for which something is not installed
        raise ConnectionError(str(error)) from error
    with connected:
        resources = ray.cluster_resources()  # type: ignore[no-untyped-call]  # as ray has it
        yield RayTasks(), max(1, int(resources["CPU"]))


class RayTasks:
    """Sends the task to the object store once, and every shard to whoever has a hand free."""

    def __init__(self) -> None:
        """Take whatever cluster this process is connected to."""
        self._remote = ray.remote(max_retries=RETRIES)(_decide)
        self._task: Task | None = None
        self._reference: ray.ObjectRef[Task] | None = None

    def __call__(self, task: Task, shards: Iterable[Shard]) -> Iterator[Answer]:
        """Decide shards, see `MapShards`."""
        if task is not self._task:
            self._task, self._reference = task, ray.put(task)
        assert self._reference is not None
        answers = [self._remote.remote(self._reference, shard) for shard in shards]
        return (ray.get(answer) for answer in answers)


def _decide(task: Task, shard: Shard) -> Answer:
    return task(shard)
