"""Who decides the shards, and what happens to them meanwhile, changes nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

from simulation.bulk.deciding import compiled
from simulation.bulk.engines import Engine
from simulation.bulk.processes import worker_processes
from tests.simulation.bulk.comparing import chain_head, differences, run
from tests.simulation.bulk.dying import dying_once
from tests.simulation.bulk.ray_scene import world

ROOT = Path(__file__).parents[3]


def test_two_processes_give_what_one_gives() -> None:
    with worker_processes(2) as processes:
        decided = run(world(), Engine(processes, shards=3))
    assert differences(decided, run(world(), compiled())) == []


def test_a_killed_process_loses_nothing(tmp_path: Path) -> None:
    with worker_processes(2) as processes:
        engine = Engine(processes, shards=3, make=partial(dying_once, tmp_path))
        decided = run(world(), engine)
    assert (tmp_path / "died").exists()
    assert differences(decided, run(world(), compiled())) == []


def test_a_cluster_gives_one_head_even_if_a_node_is_killed(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "tests.simulation.bulk.ray_scene", str(tmp_path)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "RAY_USAGE_STATS_ENABLED": "0"},
        stdout=subprocess.PIPE,
        timeout=120,
        check=True,
    )
    scene = json.loads(told.stdout.splitlines()[-1])
    assert set(scene["heads"].values()) == {chain_head(run(world(), compiled()))}
    assert len(scene["heads"]) == 3
    assert scene["lost"] in scene["begun"], "one node was killed after it had begun something"
    assert len(scene["begun"]) > scene["shards"], "which was begun again elsewhere"
