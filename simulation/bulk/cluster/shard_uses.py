"""The table of uses of a shard: what its rows can look up of the whole table."""

from __future__ import annotations

import numpy as np

from simulation.bulk.arrays import (
    CANCEL,
    CANCELLED,
    PERIODS,
    SETTLE,
    SETTLED,
    Memory,
    Numbers,
    Rows,
    Rules,
    State,
)
from simulation.bulk.cluster.collecting import Found, Search
from simulation.bulk.cluster.loops import absorb, collect
from simulation.bulk.deciding import regrown

_PER_EDGE = 3  # a bill looks a relation up by year, its grantor by year, and it by day


def cut_uses(
    whole: State, part: State, *, rules: Rules, rows: Rows, memory: Memory, edges: Numbers
) -> State:
    """Give a shard's state with the uses that its rows can look up; `edges` name its edges."""
    patient, day = _bills(rows, memory)
    room = _PER_EDGE * int((part.first_edge[patient + 1] - part.first_edge[patient]).sum())
    search = Search(
        state=part,
        rules=rules,
        whole=whole,
        patient=patient,
        day=day,
        edges=edges,
        givers=whole.giver[edges],
        key=np.empty(room, np.int64),
        fen=np.empty(room, np.int64),
        count=np.zeros(1, np.int64),
    )
    collect(search)
    found = int(search.count[0])
    size = _size(found)
    part = part._replace(use_key=np.full(size, -1, np.int64), use_fen=np.zeros(size, np.int64))
    absorb(Found(part, search.key[:found], search.fen[:found]))
    return part


def _bills(rows: Rows, memory: Memory) -> tuple[Numbers, Numbers]:
    """Give patient and day of the bills that are settled, and of known ones that are cancelled."""
    starts = np.ones(len(rows.kind), np.bool_)
    starts[1:] = (rows.claim[1:] != rows.claim[:-1]) | (rows.kind[1:] != rows.kind[:-1])
    settled = np.flatnonzero(starts & (rows.kind == SETTLE))
    slots = rows.slot[starts & (rows.kind == CANCEL) & (rows.slot >= 0)]
    slots = slots[np.isin(memory.standing[slots], (SETTLED, CANCELLED))]
    return (
        np.concatenate([rows.patient[settled], memory.patient[slots]]),
        np.concatenate([rows.day[settled], memory.day[slots]]),
    )


def found_uses(state: State) -> tuple[Numbers, Numbers]:
    """Give the keys and fen of a table without its free places."""
    taken = np.flatnonzero(state.use_key != -1)
    return state.use_key[taken], state.use_fen[taken]


def put_back_uses(
    whole: State, keys: Numbers, *, fens: Numbers, edges: Numbers, giver: Numbers
) -> State:
    """Write a shard's uses into the whole table, or a larger one if it is too small.

    `giver` names, for each person of the shard, the number among all grantors.
    """
    if len(keys) == 0:
        return whole
    who, period = keys // PERIODS, keys % PERIODS
    by_all = who >= len(edges)
    outside = np.empty_like(who)
    outside[~by_all] = edges[who[~by_all]]
    outside[by_all] = len(whole.grantor) + giver[who[by_all] - len(edges)]
    wanted = _size(int(np.count_nonzero(whole.use_key != -1)) + len(keys))
    if len(whole.use_key) < wanted:
        larger = regrown(whole.use_key, whole.use_fen, size=wanted)
        whole = whole._replace(use_key=larger[0], use_fen=larger[1])
    absorb(Found(whole, outside * PERIODS + period, fens))
    return whole


def _size(count: int) -> int:
    """Give how many places a table has that so many uses fill by no more than a half."""
    return 1 << (2 * count).bit_length()
