"""Joining the persons that rows bind to components, and dealing these out: loops to be compiled.

A forest stands over the persons in order of first appearance: the root of a component is the
person of it that appeared first.
"""

from __future__ import annotations

from typing import NamedTuple

from simulation.bulk.arrays import (
    CANCELLED,
    CREDIT,
    SETTLED,
    Int8,
    Int16,
    Int32,
    Int64,
    Memory,
    Rows,
    State,
)
from simulation.bulk.kernel.desk import fetch


class Forest(NamedTuple):
    """What is read, the marks that are kept between batches, and what grows."""

    state: State
    rows: Rows
    memory: Memory
    # Marks: the place of a person, and of the first person of a slot; -1: not seen yet.
    place: Int32
    slot_place: Int32
    # For each person that was seen, in order of appearance.
    persons: Int32  # the number
    parent: Int32  # a place of lower number, or its own: a root
    asking: Int8  # 1: the relations are looked at
    weight: Int64  # of a root, the rows of its component
    shard: Int16
    # For each row the place of its patient; for each shard its rows so far.
    of_row: Int32
    load: Int64
    # How many persons and components there are, see below.
    counts: Int64


PERSONS, COMPONENTS = 0, 1
_AHEAD = 16
"""Rows; one takes about as long as a tenth of a memory access."""


def room_for(forest: Forest) -> int:
    """Give at most how many persons the rows touch."""
    state, rows, memory = forest.state, forest.rows, forest.memory
    for_each_edge = 3 if len(state.aside_pool) > 0 else 1  # the grantor, and the owners of purses
    room = 0
    for row in range(len(rows.patient)):
        fetch(state.first_edge, rows.patient[min(row + _AHEAD, len(rows.patient) - 1)])
        if not same_bill(forest, row):
            person = rows.patient[row]
            room += 1 + for_each_edge * (state.first_edge[person + 1] - state.first_edge[person])
            slot = rows.slot[row]
            if slot >= 0 and is_known(forest, slot):
                person = memory.patient[slot]
                edges = state.first_edge[person + 1] - state.first_edge[person]
                room += 1 + for_each_edge * edges
    return min(room, len(state.home))


def deal_rows(forest: Forest) -> None:
    """Join the persons of all rows and deal their components out."""
    rows = forest.rows
    for row in range(len(rows.patient)):
        look_ahead(forest, row)
        if same_bill(forest, row):
            forest.of_row[row] = forest.of_row[row - 1]
            continue
        place = enter(forest, rows.patient[row])
        forest.of_row[row] = place
        if rows.kind[row] != CREDIT:
            join_grantors(forest, place)
        if rows.slot[row] >= 0:
            join_slot(forest, rows.slot[row], place)
    for row in range(len(rows.slot)):
        if rows.slot[row] >= 0:
            forest.slot_place[rows.slot[row]] = -1
    deal_out(forest)


def look_ahead(forest: Forest, row: int) -> None:
    """Have the memory bring what later rows will ask: persons, relations, then relatives."""
    state, rows = forest.state, forest.rows
    last = len(rows.patient) - 1
    patient = rows.patient[min(row + 3 * _AHEAD, last)]
    fetch(forest.place, patient)
    fetch(state.first_edge, patient)
    edge = state.first_edge[rows.patient[min(row + 2 * _AHEAD, last)]]
    fetch(state.grantor, edge)
    fetch(state.aside, edge)
    patient = rows.patient[min(row + _AHEAD, last)]
    for edge in range(state.first_edge[patient], state.first_edge[patient + 1]):
        fetch(forest.place, state.grantor[edge])


def same_bill(forest: Forest, row: int) -> bool:
    """Tell whether a row touches what the row before it touches."""
    rows = forest.rows
    return (
        row > 0
        and rows.patient[row] == rows.patient[row - 1]
        and rows.claim[row] == rows.claim[row - 1]
        and rows.kind[row] == rows.kind[row - 1]
        and rows.slot[row] == rows.slot[row - 1]
    )


def is_known(forest: Forest, slot: int) -> bool:
    """Tell whether it is remembered whose bill was settled."""
    return forest.memory.standing[slot] in (SETTLED, CANCELLED)


def enter(forest: Forest, person: int) -> int:
    """Give a person's place, a new one for a new person."""
    place: int = forest.place[person]
    if place < 0:
        place = forest.counts[PERSONS]
        forest.counts[PERSONS] = place + 1
        forest.place[person] = place
        forest.persons[place] = person
        forest.parent[place] = place
    return place


def join_grantors(forest: Forest, place: int) -> None:
    """Join a patient with all whose money may pay for the patient."""
    state = forest.state
    if forest.asking[place] == 0:
        forest.asking[place] = 1
        person = forest.persons[place]
        for edge in range(state.first_edge[person], state.first_edge[person + 1]):
            join(forest, place, enter(forest, state.grantor[edge]))
            pair = state.aside[edge]
            if pair >= 0:
                join_owner(forest, place, state.aside_pool[pair])
                join_owner(forest, place, state.aside_quota[pair])


def join_owner(forest: Forest, place: int, purse: int) -> None:
    """Join whoever owns a purse, if there is one."""
    if purse >= 0:
        owner = forest.state.purse_owner[purse - len(forest.state.home)]
        join(forest, place, enter(forest, owner))


def join_slot(forest: Forest, slot: int, place: int) -> None:
    """Join all rows of one slot, and the patient whose bill is remembered in it."""
    if forest.slot_place[slot] < 0:
        forest.slot_place[slot] = place
        if is_known(forest, slot):
            settled_for = enter(forest, forest.memory.patient[slot])
            join_grantors(forest, settled_for)
            join(forest, place, settled_for)
    join(forest, place, forest.slot_place[slot])


def join(forest: Forest, one: int, other: int) -> None:
    """Make two components one, under the person that appeared first."""
    first = root_of(forest, one)
    second = root_of(forest, other)
    forest.parent[max(first, second)] = min(first, second)


def root_of(forest: Forest, place: int) -> int:
    """Give the first place of a component, halving the way to it for the next time."""
    while forest.parent[place] != place:
        forest.parent[place] = forest.parent[forest.parent[place]]
        place = forest.parent[place]
    return place


def deal_out(forest: Forest) -> None:
    """Give each component to the first of the emptiest shards."""
    for row in range(len(forest.of_row)):
        root = root_of(forest, forest.of_row[row])
        forest.weight[root] = forest.weight[root] + 1
    for place in range(forest.counts[PERSONS]):
        root = root_of(forest, place)
        if root == place:
            emptiest = 0
            for each in range(1, len(forest.load)):
                if forest.load[each] < forest.load[emptiest]:
                    emptiest = each
            forest.shard[place] = emptiest
            forest.load[emptiest] = forest.load[emptiest] + forest.weight[place]
            forest.counts[COMPONENTS] = forest.counts[COMPONENTS] + 1
        else:
            forest.shard[place] = forest.shard[root]
