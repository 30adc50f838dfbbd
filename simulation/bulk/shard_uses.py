"""The table of uses of a shard: what its rows can look up of the whole table."""

from __future__ import annotations

from functools import cache
from types import ModuleType

import numpy as np

from simulation.bulk import collecting
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
from simulation.bulk.collecting import FOUND, Bills, Part, Search, Table
from simulation.bulk.compiling import MODULES, compiled_copies
from simulation.bulk.deciding import regrown

_PER_EDGE = 3  # a bill looks a relation up by year, its grantor by year, and it by day


@cache
def _loops() -> ModuleType:
    """Give the loops of `simulation.bulk.collecting`, compiled when they are first called."""
    return compiled_copies((*MODULES, collecting.__name__))[collecting.__name__]


def cut_uses(
    whole: State, part: State, *, rules: Rules, rows: Rows, memory: Memory, edges: Numbers
) -> State:
    """Give a shard's state with the uses that its rows can look up; `edges` name its edges."""
    bills = _bills(rows, memory)
    room = _PER_EDGE * int(
        (part.first_edge[bills.patient + 1] - part.first_edge[bills.patient]).sum()
    )
    search = Search(
        state=Part(*(getattr(part, name) for name in Part._fields)),
        rules=rules,
        bills=bills,
        whole=Table(whole.use_key, whole.use_fen),
        edges=edges,
        givers=whole.giver[edges],
        counts=np.array([len(edges), len(whole.grantor), 0]),
        key=np.empty(room, np.int64),
        fen=np.empty(room, np.int64),
    )
    _loops().collect(search)
    found = int(search.counts[FOUND])
    table = _empty_table(found)
    _loops().absorb(table, search.key[:found], search.fen[:found])
    return part._replace(use_key=table.use_key, use_fen=table.use_fen)


def _bills(rows: Rows, memory: Memory) -> Bills:
    """Give the bills that are settled, once each, and those remembered that are cancelled."""
    starts = np.ones(len(rows.kind), np.bool_)
    starts[1:] = (rows.claim[1:] != rows.claim[:-1]) | (rows.kind[1:] != rows.kind[:-1])
    settled = np.flatnonzero(starts & (rows.kind == SETTLE))
    slots = rows.slot[starts & (rows.kind == CANCEL) & (rows.slot >= 0)]
    slots = slots[np.isin(memory.standing[slots], (SETTLED, CANCELLED))]
    return Bills(
        patient=np.concatenate([rows.patient[settled], memory.patient[slots]]),
        day=np.concatenate([rows.day[settled], memory.day[slots]]),
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
        larger = regrown(whole.use_key, whole.use_fen, wanted)
        whole = whole._replace(use_key=larger[0], use_fen=larger[1])
    _loops().absorb(Table(whole.use_key, whole.use_fen), outside * PERIODS + period, fens)
    return whole


def _empty_table(count: int) -> Table:
    return Table(np.full(_size(count), -1, np.int64), np.zeros(_size(count), np.int64))


def _size(count: int) -> int:
    """Give how many places a table has that so many uses fill by no more than a half."""
    return 1 << (2 * count).bit_length()
