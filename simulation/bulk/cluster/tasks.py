"""What workers are asked to do, wherever they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, Protocol

from simulation.bulk.arrays import Rules
from simulation.bulk.cluster.shards import Answer, Shard, decide_shard
from simulation.bulk.deciding import Decide


class Task(NamedTuple):
    """What workers are told once: the rules, how a kernel is got, and whether it is to trace."""

    rules: Rules
    make: Callable[[], Decide]
    trace: bool

    def __call__(self, shard: Shard) -> Answer:
        """Decide one shard."""
        return decide_shard(shard, self.rules, decide=self.make(), trace=self.trace)


class MapShards(Protocol):
    """Lets workers decide shards."""

    def __call__(self, task: Task, shards: Iterable[Shard]) -> Iterable[Answer]:
        """Give the answers in the shards' order; take each shard as soon as it has been cut.

        The same task object means the same task, so that it need not be sent again.
        """


def in_turn(task: Task, shards: Iterable[Shard]) -> Iterator[Answer]:
    """Decide shards one after the other, here: the reference for all others."""
    return (task(shard) for shard in shards)


def in_threads(pool: ThreadPoolExecutor) -> MapShards:
    """Let threads of this process decide; compiled code does not hold the others up."""

    def decide(task: Task, shards: Iterable[Shard]) -> Iterator[Answer]:
        return pool.map(task.__call__, shards)

    return decide
