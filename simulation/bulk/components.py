"""Which rows of one batch have to be decided together, and how they are dealt to shards.

Two bills conflict if they can touch the same money. A bill or a cancellation touches its patient
and all grantors of the patient's relations, ended ones included; a credit touches one account.
Persons bound by such rows are one component. A component is never cut, whatever its size: where
relatives bind each other freely, half of a batch can be one.
"""

from __future__ import annotations

from functools import cache
from types import ModuleType
from typing import NamedTuple

import numpy as np

from simulation.bulk import joining
from simulation.bulk.arrays import Memory, Numbers, Rows, State
from simulation.bulk.compiling import compiled_copies
from simulation.bulk.joining import Forest


class Marks(NamedTuple):
    """Where something has its place for the moment; kept between batches, and -1 in between."""

    pot: Numbers  # int32, for each pot; the pot of a person is the person's number
    slot: Numbers  # int32, for each slot of `Memory`


class Dealt(NamedTuple):
    """The persons that a batch touches, in order of first appearance, and the shards of all."""

    persons: Numbers  # int32, their numbers
    asking: Numbers  # bool, one whose relations are looked at
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
    loops = _loops()
    forest = _forest(state, rows, memory=memory, marks=marks, room=0)
    forest = _forest(state, rows, memory=memory, marks=marks, room=loops.room_for(forest))
    loops.join_rows(forest)
    count = int(forest.count[0])
    shard = np.empty(count, np.int16)
    lengths = np.zeros(count, np.int64)
    components = loops.deal_out(forest, lengths, np.zeros(shards, np.int64), shard)
    return Dealt(
        persons=forest.persons[:count],
        asking=forest.asking[:count],
        shard=shard,
        row_shard=shard[forest.of_row],
        components=components,
        largest=int(lengths.max()),
    )


def _forest(state: State, rows: Rows, *, memory: Memory, marks: Marks, room: int) -> Forest:
    """Lay out what is read, with room for so many persons."""
    return Forest(
        first_edge=state.first_edge,
        grantor=state.grantor,
        aside=state.aside,
        aside_pool=state.aside_pool,
        aside_quota=state.aside_quota,
        purse_owner=state.purse_owner,
        kind=rows.kind,
        claim=rows.claim,
        patient=rows.patient,
        slot=rows.slot,
        standing=memory.standing,
        settled_for=memory.patient,
        place=marks.pot,
        slot_place=marks.slot,
        persons=np.empty(room, np.int32),
        parent=np.empty(room, np.int32),
        asking=np.zeros(room, np.bool_),
        of_row=np.empty(len(rows.patient), np.int32),
        count=np.zeros(1, np.int64),
    )


@cache
def _loops() -> ModuleType:
    """Give the loops of `simulation.bulk.joining`, compiled when they are first called."""
    return compiled_copies((joining.__name__,))[joining.__name__]
