"""The memory of a shard: the bills that its rows cancel, and those that will be cancelled later."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from simulation.bulk.arrays import CANCELLED, REFUSED, SETTLE, SETTLED, Memory, Numbers, Rows, State
from simulation.bulk.cluster.components import Marks
from simulation.bulk.cluster.places import distinct, ranges
from simulation.bulk.deciding import empty_memory
from simulation.bulk.kernel.desk import SEGMENTS


class Slots(NamedTuple):
    """What the slots, lines and legs of a shard's memory are in the whole one."""

    slots: Numbers  # int64, for each slot of the shard
    settled_in: Numbers  # int64, the row of the batch that settles its bill; -1: none
    lines: Numbers  # int64, for each line that was there before
    legs: Numbers  # int64, for each leg that was there before


def cut_memory(
    memory: Memory, rows: Rows, *, state: State, part: State, marks: Marks
) -> tuple[Memory, Rows, Slots]:
    """Cut out what some rows ask of the memory, with room for what they add.

    `rows` are a shard's, in `part` of the state, but with the slots of the whole memory; they are
    given back with the shard's slots.
    """
    asks = np.flatnonzero(rows.slot >= 0)
    if len(asks) == 0:
        nothing = np.empty(0, np.int64)
        return empty_memory(), rows, Slots(nothing, nothing, nothing, nothing)
    slots, within = distinct(rows.slot[asks], len(memory.standing))
    slot = rows.slot.copy()
    slot[asks] = within
    rows = rows._replace(slot=slot)
    lines = ranges(memory.first_line[slots].astype(np.int64), memory.lines[slots])
    legs = ranges(memory.first_leg[slots].astype(np.int64), memory.legs[slots])
    settles = asks[rows.kind[asks] == SETTLE]
    settled_in = np.full(len(slots), -1, np.int64)
    settled_in[slot[settles][::-1]] = settles[::-1]
    patient = rows.patient[settles]
    relations = part.first_edge[patient + 1] - part.first_edge[patient]
    room = empty_memory(lines=len(settles), legs=SEGMENTS * int((relations + 2).sum()))
    own = Memory(*_parts(memory, slots, lines=lines, legs=legs))
    known = np.isin(own.standing, (SETTLED, CANCELLED))
    bill = np.repeat(np.arange(len(slots)), own.legs)
    patients = np.where(known, marks.pot[own.patient], 0).astype(np.int32)
    shift = part.first_edge[patients] - state.first_edge[own.patient]
    own = own._replace(
        patient=patients,
        first_line=_starts(own.lines),
        first_leg=_starts(own.legs),
        pot=marks.pot[own.pot],
        edge=np.where(own.edge >= 0, own.edge + shift[bill], -1).astype(np.int32),
    )
    own = Memory(*map(np.concatenate, zip(own, room, strict=True)))
    return own, rows, Slots(slots.astype(np.int64), settled_in, lines, legs)


def put_back_old(memory: Memory, slots: Slots, *, own: Memory) -> None:
    """Write what became of the bills that were remembered before."""
    memory.cash[slots.lines] = own.cash[: len(slots.lines)]
    memory.fund[slots.lines] = own.fund[: len(slots.lines)]
    memory.amount[slots.legs] = own.amount[: len(slots.legs)]
    memory.standing[slots.slots] = own.standing


def put_back_new(memory: Memory, parts: list[tuple[Slots, Memory]]) -> None:
    """Add the bills that all shards of a batch settled, in the order of its rows.

    The memories have the numbers that hold outside of the shards, but for lines and legs.
    """
    news = [
        np.flatnonzero((slots.settled_in >= 0) & (own.standing != REFUSED)) for slots, own in parts
    ]
    order = np.argsort(
        np.concatenate([slots.settled_in[new] for (slots, _), new in zip(parts, news, strict=True)])
    )
    first_line = int((memory.first_line + memory.lines).max(initial=0))
    first_leg = int((memory.first_leg + memory.legs).max(initial=0))
    starts = [
        start
        + _in_order(order, [own[field][new] for (_, own), new in zip(parts, news, strict=True)])
        for start, field in ((first_line, _LINES), (first_leg, _LEGS))
    ]
    done = 0
    for (slots, own), new in zip(parts, news, strict=True):
        mine = slice(done, done + len(new))
        _add(memory, own, at=slots.slots[new], new=new, starts=(starts[0][mine], starts[1][mine]))
        done += len(new)


def _in_order(order: Numbers, counts: list[Numbers]) -> Numbers:
    """Give where each of so many things begins when they are put in an order."""
    count = np.concatenate(counts)
    starts = np.empty(len(count), np.int64)
    starts[order] = _starts(count[order])
    return starts


def _add(
    memory: Memory, own: Memory, *, at: Numbers, new: Numbers, starts: tuple[Numbers, Numbers]
) -> None:
    """Write new bills of a shard into slots of the whole memory, lines and legs from `starts`."""
    lines = ranges(starts[0], own.lines[new]), ranges(own.first_line[new], own.lines[new])
    legs = ranges(starts[1], own.legs[new]), ranges(own.first_leg[new], own.legs[new])
    for field, array in enumerate(memory):
        target, source = (at, new) if field < _LINE else lines if field < _POT else legs
        array[target] = own[field][source]
    memory.first_line[at], memory.first_leg[at] = starts


def _parts(memory: Memory, slots: Numbers, *, lines: Numbers, legs: Numbers) -> list[Numbers]:
    """Give the elements of the memory's arrays by slot, by line and by leg."""
    return [
        array[slots if i < _LINE else lines if i < _POT else legs] for i, array in enumerate(memory)
    ]


_LINE, _POT, _LINES, _LEGS = map(Memory._fields.index, ("line", "pot", "lines", "legs"))


def _starts(count: Numbers) -> Numbers:
    """Give where each of so many things begins, in one row of all of them."""
    return (np.cumsum(count, dtype=np.int64) - count).astype(np.int32)
