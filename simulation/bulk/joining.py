"""Joining the persons that rows bind to components, as plain loops that are compiled.

A forest over the persons in order of first appearance: the root of a component is the person of it
that appeared first.
"""

from __future__ import annotations

from typing import NamedTuple

from simulation.bulk.arrays import CANCELLED, CREDIT, SETTLED, Numbers


class Forest(NamedTuple):
    """What is read, the marks that are kept between batches, and what grows."""

    # Of the state.
    first_edge: Numbers
    grantor: Numbers
    aside: Numbers
    aside_pool: Numbers
    aside_quota: Numbers
    purse_owner: Numbers
    # Of the rows.
    kind: Numbers
    claim: Numbers
    patient: Numbers
    slot: Numbers
    # Of the memory.
    standing: Numbers
    settled_for: Numbers  # the patient of each slot
    # Marks: the place of a person, and of the first person of a slot; -1: not seen yet.
    place: Numbers
    slot_place: Numbers
    # For each person that was seen, in order of appearance.
    persons: Numbers  # int32, the number
    parent: Numbers  # int32, a place of lower number, or its own: a root
    asking: Numbers  # bool, whether the relations are looked at
    # For each row the place of its patient; and one number: how many persons were seen.
    of_row: Numbers  # int32
    count: Numbers  # int64


def room_for(forest: Forest) -> int:
    """Give at most how many persons the rows touch."""
    for_each_edge = 3 if len(forest.aside_pool) else 1  # the grantor, and the owners of purses
    room = 0
    for row in range(len(forest.patient)):
        if same_bill(forest, row):
            continue
        person = forest.patient[row]
        edges = forest.first_edge[person + 1] - forest.first_edge[person]
        room += 1 + for_each_edge * edges
        slot = forest.slot[row]
        if slot >= 0 and is_known(forest, slot):
            person = forest.settled_for[slot]
            edges = forest.first_edge[person + 1] - forest.first_edge[person]
            room += 1 + for_each_edge * edges
    return min(room, len(forest.first_edge) - 1)


def join_rows(forest: Forest) -> None:
    """Number the persons of all rows and join those that a row binds."""
    for row in range(len(forest.patient)):
        if same_bill(forest, row):
            forest.of_row[row] = forest.of_row[row - 1]
            continue
        place = enter(forest, forest.patient[row])
        forest.of_row[row] = place
        if forest.kind[row] != CREDIT:
            join_grantors(forest, place)
        if forest.slot[row] >= 0:
            join_slot(forest, forest.slot[row], place)
    for row in range(len(forest.slot)):
        if forest.slot[row] >= 0:
            forest.slot_place[forest.slot[row]] = -1


def same_bill(forest: Forest, row: int) -> bool:
    """Tell whether a row touches what the row before it touches."""
    return (
        row > 0
        and forest.patient[row] == forest.patient[row - 1]
        and forest.claim[row] == forest.claim[row - 1]
        and forest.kind[row] == forest.kind[row - 1]
        and forest.slot[row] == forest.slot[row - 1]
    )


def is_known(forest: Forest, slot: int) -> bool:
    """Tell whether it is remembered whose bill was settled."""
    return forest.standing[slot] in (SETTLED, CANCELLED)


def enter(forest: Forest, person: int) -> int:
    """Give a person's place, a new one for a new person."""
    place: int = forest.place[person]
    if place < 0:
        place = forest.count[0]
        forest.count[0] += 1
        forest.place[person] = place
        forest.persons[place] = person
        forest.parent[place] = place
    return place


def join_grantors(forest: Forest, place: int) -> None:
    """Join a patient with all whose money may pay for the patient."""
    if forest.asking[place]:
        return
    forest.asking[place] = True
    persons = len(forest.first_edge) - 1
    person = forest.persons[place]
    for edge in range(forest.first_edge[person], forest.first_edge[person + 1]):
        join(forest, place, enter(forest, forest.grantor[edge]))
        pair = forest.aside[edge]
        if pair >= 0:
            for purse in (forest.aside_pool[pair], forest.aside_quota[pair]):
                if purse >= 0:
                    join(forest, place, enter(forest, forest.purse_owner[purse - persons]))


def join_slot(forest: Forest, slot: int, place: int) -> None:
    """Join all rows of one slot, and the patient whose bill is remembered in it."""
    if forest.slot_place[slot] < 0:
        forest.slot_place[slot] = place
        if is_known(forest, slot):
            settled_for = enter(forest, forest.settled_for[slot])
            join_grantors(forest, settled_for)
            join(forest, place, settled_for)
    join(forest, place, forest.slot_place[slot])


def join(forest: Forest, one: int, other: int) -> None:
    """Make two components one, under the person that appeared first."""
    one, other = root_of(forest, one), root_of(forest, other)
    if one < other:
        forest.parent[other] = one
    else:
        forest.parent[one] = other


def root_of(forest: Forest, place: int) -> int:
    """Give the first place of a component, halving the way to it for the next time."""
    while forest.parent[place] != place:
        forest.parent[place] = forest.parent[forest.parent[place]]
        place = forest.parent[place]
    return place


def deal_out(forest: Forest, rows: Numbers, load: Numbers, shard: Numbers) -> int:
    """Give each component to the first of the emptiest shards; give how many there are.

    `rows` receives the rows of each component at its root, `load` those of each shard, `shard`
    the shard of each person.
    """
    for row in range(len(forest.of_row)):
        rows[root_of(forest, forest.of_row[row])] += 1
    components = 0
    for place in range(len(shard)):
        root = root_of(forest, place)
        if root == place:
            components += 1
            emptiest = 0
            for each in range(1, len(load)):
                if load[each] < load[emptiest]:
                    emptiest = each
            shard[place] = emptiest
            load[emptiest] += rows[place]
        else:
            shard[place] = shard[root]
    return components
