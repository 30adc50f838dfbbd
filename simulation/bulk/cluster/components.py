"""Which rows of one batch have to be decided together, and how they are dealt to shards.

Two bills conflict if they can touch the same money. A bill or a cancellation touches its patient
and all grantors of the patient's relations, ended ones included; a credit touches one account.
Persons bound by such rows are one component. A component is never cut, whatever its size: where
relatives bind each other freely, half of a batch can be one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from simulation.bulk.arrays import Memory, Numbers, Rows, State
from simulation.bulk.cluster.joining import COMPONENTS, PERSONS, Forest
from simulation.bulk.cluster.loops import deal_rows, room_for


class Marks(NamedTuple):
    """Where something has its place for the moment; kept between batches, and -1 in between."""

    pot: Numbers  # int32, for each pot; the pot of a person is the person's number
    slot: Numbers  # int32, for each slot of `Memory`


class Dealt(NamedTuple):
    """The persons that a batch touches, in order of first appearance, and the shards of all."""

    persons: Numbers  # int32, their numbers
    asking: Numbers  # int8, 1: the person's relations are looked at
    shard: Numbers  # int16, of each person
    row_shard: Numbers  # int16, of each row
    components: int
    largest: int  # rows of the largest component


def marks_for(state: State, memory: Memory) -> Marks:
    """Give marks for a state and a memory, nothing being marked."""
    return Marks(
        pot=np.full(len(state.current), -1, np.int32),
        slot=np.full(len(memory.standing), -1, np.int32),
    )


def deal(state: State, rows: Rows, *, memory: Memory, marks: Marks, shards: int) -> Dealt:
    """Deal rows, none of which rolls a year, to shards that cannot disturb each other.

    Equal batches are dealt equally everywhere. The persons stay marked in `marks.pot`.
    """
    assert rows.patient.min() >= 0, "a row without a patient cannot be decided"
    forest = Forest(
        state, rows, memory, marks.pot, marks.slot, *_growing(0), *_counted(rows, shards)
    )
    room = room_for(forest)
    persons, parent, asking, weight, shard = _growing(room)
    forest = forest._replace(
        persons=persons, parent=parent, asking=asking, weight=weight, shard=shard
    )
    deal_rows(forest)
    count = int(forest.counts[PERSONS])
    return Dealt(
        persons=persons[:count],
        asking=asking[:count],
        shard=shard[:count],
        row_shard=shard[forest.of_row],
        components=int(forest.counts[COMPONENTS]),
        largest=int(weight[:count].max()),
    )


def _growing(room: int) -> tuple[Numbers, Numbers, Numbers, Numbers, Numbers]:
    """Give `Forest.persons` to `Forest.shard`, for so many persons."""
    return (
        np.empty(room, np.int32),
        np.empty(room, np.int32),
        np.zeros(room, np.int8),
        np.zeros(room, np.int64),
        np.empty(room, np.int16),
    )


def _counted(rows: Rows, shards: int) -> tuple[Numbers, Numbers, Numbers]:
    """Give `Forest.of_row` to `Forest.counts`."""
    return np.empty(len(rows.patient), np.int32), np.zeros(shards, np.int64), np.zeros(2, np.int64)
