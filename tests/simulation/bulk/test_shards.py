"""Deciding by shards gives what deciding in one go gives, whatever the rows and however many."""

from __future__ import annotations

import pytest

from simulation.bulk.deciding import Decide, compiled
from simulation.bulk.engines import Engine
from simulation.bulk.tasks import in_turn
from tests.simulation.bulk.worlds import World, random_world
from tests.simulation.bulk.comparing import run, differences


@pytest.mark.parametrize("wild", [False, True])
@pytest.mark.parametrize("shards", [1, 2, 7])
@pytest.mark.parametrize("seed", range(12))
def test_shards_give_what_one_go_gives(seed, shards, wild):
    args = dict(persons=300, bills=1500, batches=5, wild=wild)
    whole = run(random_world(seed, **args), compiled())
    engine = Engine(in_turn, shards=shards)
    assert differences(run(random_world(seed, **args), engine), whole) == []
