"""A small Ray cluster of two nodes on this machine, once left alone and once robbed of a node.

Run as a program, because Ray does not end as cleanly as a test must. Prints JSON.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from ray.cluster_utils import Cluster

from simulation.bulk.cluster.engines import Engine, engine_of
from simulation.bulk.cluster.ray_tasks import RayTasks
from simulation.bulk.cluster.shards import Answer, Shard
from simulation.bulk.cluster.tasks import Task
from simulation.bulk.deciding import compiled
from simulation.bulk.run import running
from tests.simulation.bulk import runs
from tests.simulation.bulk.comparing import chain_head, run
from tests.simulation.bulk.dying import noting
from tests.simulation.bulk.worlds import World, random_world

NODE: dict[str, Any] = {"num_cpus": 1, "object_store_memory": 100 * 2**20}
HEAD = NODE | {
    "include_dashboard": False,
    "_system_config": {  # a node that does not answer for three seconds is lost, not for fifteen
        "health_check_period_ms": 500,
        "health_check_failure_threshold": 6,
    },
}


def world() -> World:
    """Give the world that is decided each time."""
    return random_world(11, persons=300, bills=600, batches=3, wild=False)


def main(folder: Path) -> None:
    """Decide the world here, on the cluster, and on a cluster that loses a node meanwhile."""
    heads = {"here": chain_head(run(world(), compiled()))}
    cluster = Cluster(initialize_head=True, head_node_args=HEAD)
    lost = cluster.add_node(**NODE)
    with engine_of(cluster=cluster.address) as engine:
        heads["cluster"] = chain_head(run(world(), engine))
        log = running.run(runs.job(runs.claims())._replace(decide=engine), folder / "cluster").head
        robber = threading.Thread(target=_rob, args=(cluster, lost, folder))
        robber.start()
        counted = Counted()
        slow = Engine(counted, shards=4, make=partial(noting, folder, 2))
        heads["robbed"] = chain_head(run(world(), slow))
        robber.join()
    begun = [path.name.split("-")[0] for path in folder.glob("*-*")]
    told = {
        "heads": heads,
        "shards": counted.shards,
        "begun": begun,
        "lost": lost.node_id,
        "log": log,
    }
    print(json.dumps(told))  # noqa: T201  # its answer
    cluster.shutdown()  # type: ignore[no-untyped-call]  # as ray has it


class Counted(RayTasks):
    """Counts the shards."""

    shards = 0

    def __call__(self, task: Task, shards: Iterable[Shard]) -> Iterator[Answer]:
        """Decide shards, having counted them."""
        found = list(shards)
        self.shards += len(found)
        return super().__call__(task, found)


def _rob(cluster: Any, node: Any, folder: Path) -> None:  # noqa: ANN401  # Ray's
    """Kill a node while it decides something."""
    while not list(folder.glob(f"{node.node_id}-*")):
        time.sleep(0.01)
    (folder / "robbed").touch()
    cluster.remove_node(node, allow_graceful=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
