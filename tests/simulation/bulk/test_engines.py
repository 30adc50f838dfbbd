"""Who decides the shards, and what happens to them meanwhile, changes nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from simulation.bulk.cluster.engines import Engine
from simulation.bulk.cluster.processes import worker_processes
from simulation.bulk.cluster.tasks import in_threads
from simulation.bulk.deciding import compiled, plain
from simulation.bulk.run import running
from tests.simulation.bulk import runs
from tests.simulation.bulk.comparing import chain_head, differences, run
from tests.simulation.bulk.dying import dying_once
from tests.simulation.bulk.ray_scene import world

ROOT = Path(__file__).parents[3]


def test_two_threads_give_what_one_gives() -> None:
    with ThreadPoolExecutor(2) as pool:
        decided = run(world(), Engine(in_threads(pool), shards=3))
    assert differences(decided, run(world(), compiled())) == []


def test_two_processes_give_what_one_gives() -> None:
    with worker_processes(2) as processes:
        decided = run(world(), Engine(processes, shards=3))
    assert differences(decided, run(world(), compiled())) == []


def test_a_log_is_the_same_to_the_byte_whoever_decides(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    running.run(runs.job(runs.claims()), here)
    with worker_processes(2) as processes:
        engine = Engine(processes, shards=3, make=plain)
        running.run(runs.job(runs.claims())._replace(decide=engine), there)
    assert {path.name: path.read_bytes() for path in there.iterdir()} == {
        path.name: path.read_bytes() for path in here.iterdir()
    }


def test_a_killed_process_loses_nothing(tmp_path: Path) -> None:
    with worker_processes(2) as processes:
        engine = Engine(processes, shards=3, make=partial(dying_once, tmp_path))
        decided = run(world(), engine)
    assert (tmp_path / "died").exists()
    assert differences(decided, run(world(), compiled())) == []


@pytest.mark.parametrize("address", ["auto", "ray://127.0.0.1:1"])
def test_a_cluster_that_is_not_there_is_a_connection_error(address: str) -> None:
    program = (
        "from simulation.bulk.cluster.engines import engine_of\n"
        "try:\n"
        f"    engine_of(cluster={address!r}).__enter__()\n"
        "except ConnectionError:\n"
        "    print('not there')"
    )
    assert _told("-c", program) == "not there"


def test_a_cluster_gives_one_head_even_if_a_node_is_killed(tmp_path: Path) -> None:
    scene = json.loads(_told("-m", "tests.simulation.bulk.ray_scene", str(tmp_path)))
    assert set(scene["heads"].values()) == {chain_head(run(world(), compiled()))}
    assert len(scene["heads"]) == 3
    log = running.run(runs.job(runs.claims()), tmp_path / "log")
    assert scene["log"] == log.head
    assert scene["lost"] in scene["begun"], "one node was killed after it had begun something"
    assert len(scene["begun"]) > scene["shards"], "which was begun again elsewhere"


def _told(*arguments: str) -> str:
    """Give the last line that a program prints; Ray does not end as cleanly as a test must."""
    told = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "RAY_USAGE_STATS_ENABLED": "0"},
        stdout=subprocess.PIPE,
        text=True,
        timeout=120,
        check=True,
    )
    return told.stdout.splitlines()[-1]
