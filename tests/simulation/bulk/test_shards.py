"""Deciding by shards gives what deciding in one go gives, whatever the rows and however many."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.bulk.arrays import ROLL, Rows
from simulation.bulk.cluster.components import deal, marks_for
from simulation.bulk.cluster.engines import Engine, stretches
from simulation.bulk.cluster.tasks import in_turn
from simulation.bulk.deciding import Decide, empty_memory
from tests.simulation.bulk.comparing import differences, run
from tests.simulation.bulk.worlds import World, random_world


def world(seed: int, *, wild: bool) -> World:
    return random_world(seed, persons=200, bills=400, batches=3, wild=wild)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32), shards=st.integers(1, 9), wild=st.booleans())
def test_shards_give_what_one_go_gives(
    decide: Decide, *, seed: int, shards: int, wild: bool
) -> None:
    whole = run(world(seed, wild=wild), decide)
    parts = run(world(seed, wild=wild), Engine(in_turn, shards=shards))
    assert differences(parts, whole) == []


def test_what_is_compared_is_rich_enough(decide: Decide) -> None:
    ran = [run(world(seed, wild=False), decide) for seed in range(5)]
    outcomes = {int(o) for each in ran for one in each.outcomes for o in one.decided.outcome}
    legs = [one.legs for each in ran for one in each.outcomes]
    assert outcomes >= {0, 1, 4, 6, 7, 8, 9, 11, 12, 15, 16, 18, 19}
    assert sum(int(np.count_nonzero(each.edge >= 0)) for each in legs) > 100
    assert sum(int(np.count_nonzero(each.amount < 0)) for each in legs) > 100
    assert {int(segment) for each in legs for segment in each.segment} == {0, 1, 2}
    assert sum(int(np.count_nonzero(each.state.use_fen)) for each in ran) > 100


def test_no_two_shards_share_a_person_or_a_bill() -> None:
    made = world(3, wild=False)
    rows = _without_rolls(made.batches[1])
    marks = marks_for(made.state, made.memory)
    dealt = deal(made.state, rows, memory=made.memory, marks=marks, shards=4)
    assert len(set(dealt.persons.tolist())) == len(dealt.persons)
    shard_of = dict(zip(dealt.persons.tolist(), dealt.shard.tolist(), strict=True))
    for shard, patient in zip(dealt.row_shard.tolist(), rows.patient.tolist(), strict=True):
        assert shard_of[patient] == shard
        for edge in range(made.state.first_edge[patient], made.state.first_edge[patient + 1]):
            if dealt.asking[dealt.persons.tolist().index(patient)]:
                assert shard_of[int(made.state.grantor[edge])] == shard
    for slot in set(rows.slot[rows.slot >= 0].tolist()):
        assert len(set(dealt.row_shard[rows.slot == slot].tolist())) == 1


def test_components_are_dealt_evenly() -> None:
    made = world(4, wild=False)
    rows = _without_rolls(made.batches[0])
    marks = marks_for(made.state, made.memory)
    dealt = deal(made.state, rows, memory=made.memory, marks=marks, shards=3)
    loads = np.bincount(dealt.row_shard, minlength=3)
    assert dealt.components > 10
    assert loads.max() - loads.min() <= dealt.largest


def test_half_of_a_batch_may_be_one_component() -> None:
    made = world(5, wild=True)
    rows = _without_rolls(made.batches[0])
    marks = marks_for(made.state, made.memory)
    dealt = deal(made.state, rows, memory=made.memory, marks=marks, shards=2)
    assert dealt.largest > len(rows.kind) // 2


def test_years_are_rolled_between_shards() -> None:
    kind = np.array([0, ROLL, ROLL, 0, 0], np.int8)
    rows = _rows(kind=kind)
    assert stretches(rows) == [(0, 1), (1, 3), (3, 5)]


def test_two_cancellations_of_one_bill_do_not_become_one() -> None:
    kind = np.array([1, 1, 0, 1], np.int8)
    assert stretches(_rows(kind=kind, slot=np.array([0, 0, -1, 0]))) == [(0, 3), (3, 4)]
    assert stretches(_rows(kind=kind, slot=np.array([0, 0, -1, 1]))) == [(0, 4)]


def test_a_batch_without_rows_has_an_outcome() -> None:
    made = world(1, wild=False)
    rows = Rows(*(each[:0] for each in made.batches[0]))
    engine = Engine(in_turn, shards=2)
    _, outcome = engine(made.state, made.rules, rows=rows, memory=empty_memory())
    assert len(outcome.decided.outcome) == len(outcome.legs.pot) == 0


def _without_rolls(rows: Rows) -> Rows:
    return Rows(*(each[rows.kind != ROLL] for each in rows))


def _rows(**columns: np.ndarray) -> Rows:
    size = len(columns["kind"])
    return Rows(*(columns.get(name, np.full(size, -1)) for name in Rows._fields))
