"""Letting the kernel decide a batch of rows: compiled, or interpreted."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from domain.codes import Category, Place
from domain.money import MAX_FEN
from simulation.bulk.arrays import (
    CANCEL,
    CREDIT,
    PERIODS,
    ROLL,
    SETTLE,
    Decided,
    Legs,
    Memory,
    Rows,
    Rules,
    State,
    Tried,
    kinds_of,
)
from simulation.bulk.kernel import loop, uses
from simulation.bulk.kernel.desk import KEPT, LEGS, LINES, SEGMENTS, TRIED, USES, Run, Work


class Outcome(NamedTuple):
    """What was decided about a batch, in new numpy arrays; `tried` is empty unless asked for."""

    decided: Decided
    legs: Legs
    tried: Tried


class Decide(Protocol):
    """Decides rows in their order, changing state and memory; everything is numpy arrays."""

    def __call__(
        self,
        state: State,
        rules: Rules,
        *,
        rows: Rows,
        memory: Memory,
        trace: bool = False,
    ) -> tuple[State, Outcome]:
        """Give the state afterwards and what was decided.

        The arrays of the state are changed in place; only the table of uses (`use_key`,
        `use_fen`) may be replaced by a larger one, which is why a state is given back.
        """


_Arrays = TypeVar("_Arrays", State, Rules, Rows, Memory, Decided, Legs, Tried, Work)


Kernel = Callable[[Run], None]
"""Decides all rows of a run."""


@cache
def compiled() -> Decide:
    """Give the compiled kernel. Compiling, once for each version of the sources, takes seconds."""
    from simulation.bulk.entry import run_compiled  # noqa: PLC0415  # not needed to interpret

    return partial(_decide, run_compiled)


@cache
def plain() -> Decide:
    """Give the interpreted kernel, from the same source."""
    return partial(_decide, _interpret)


def _interpret(run: Run) -> None:
    parts: tuple[Any, ...] = run
    loop.decide(Run(*(_views(part) for part in parts)))


def empty_memory(slots: int = 0, *, lines: int = 0, legs: int = 0) -> Memory:
    """Give the memory of a run that cancels so many bills with so many lines and legs."""
    sizes = {"line": lines, "cash": lines, "fund": lines}
    sizes |= dict.fromkeys(("pot", "edge", "segment", "of_line", "amount", "year"), legs)
    kinds = kinds_of(Memory)
    return Memory(*(np.zeros(sizes.get(name, slots), kind) for name, kind in kinds.items()))


def _decide(
    kernel: Kernel,
    state: State,
    rules: Rules,
    *,
    rows: Rows,
    memory: Memory,
    trace: bool = False,
) -> tuple[State, Outcome]:
    begins = _begins(rows)
    _refuse_impossible(state, rules, rows=rows, slots=len(memory.standing), begins=begins)
    asked = _asked(state, rows)
    kept = _kept(rows, asked, memory)
    undone = int(kept[_cancelled(rows)].sum())
    relatives = int(asked.sum()) - 2 * int(np.count_nonzero(asked))
    state = _with_room(state, rows, more=3 * (relatives + undone))
    count = len(rows.kind)
    decided = _made(Decided, np.zeros, count)
    decided.rule[:] = -1  # where nothing says otherwise
    bound = SEGMENTS * int(asked.sum()) + 2 * undone + int(np.count_nonzero(rows.kind == CREDIT))
    legs = _made(Legs, np.empty, bound)
    trials = int(asked.sum()) if trace else 0
    tried = _made(Tried, np.empty, trials)
    accounts = int(asked.max(initial=2))
    lines = int(np.diff(np.flatnonzero(begins), append=count).max(initial=1))
    lines = max(lines, int(memory.lines.max(initial=1)))
    work = _scratch(memory, lines=lines, accounts=accounts, legs=int(kept.max(initial=1)))
    work.at[USES] = np.count_nonzero(state.use_key != -1)
    run = Run(state, rules, rows, memory, decided, legs, tried, work)
    if count:
        kernel(run)
    legs = Legs(*(each[: work.at[LEGS]] for each in legs))
    tried = Tried(*(each[: work.at[TRIED]] for each in tried))
    _check_use(state, legs)
    return state, Outcome(decided, legs, tried)


def _check_use(state: State, legs: Legs) -> None:
    """Hold that what was used in a year still fits: beyond 32 bits it would be below zero.

    Raises:
        OverflowError: somebody used more than 21 million yuan of a relative's account in a year.
    """
    edges = legs.edge[legs.edge >= 0]
    if np.any(state.used[edges] < 0) or np.any(state.given[state.giver[edges]] < 0):
        msg = f"use of a relative's account in one year beyond {2**31 - 1} fen"
        raise OverflowError(msg)


def _made(layout: type[_Arrays], make: Callable[..., Any], count: int) -> _Arrays:
    """Give a tuple of arrays of one length."""
    return layout(*(make(count, kind) for kind in kinds_of(layout).values()))


def _views(arrays: _Arrays) -> _Arrays:
    """Give memory views of arrays, whose elements are plain numbers; other fields stay."""
    layout: Any = type(arrays)
    fields: tuple[Any, ...] = arrays
    viewed: _Arrays = layout(*(memoryview(f) if isinstance(f, np.ndarray) else f for f in fields))  # type: ignore[arg-type]  # an array is a buffer
    return viewed


def _asked(state: State, rows: Rows) -> NDArray[np.int64]:
    """Give how many accounts each row is put to at most: none but of bills to settle."""
    patient = np.where(rows.kind == SETTLE, rows.patient, 0)
    relations = state.first_edge[patient + 1] - state.first_edge[patient]
    asked: NDArray[np.int64] = np.where(rows.kind == SETTLE, relations.astype(np.int64) + 2, 0)
    return asked


def _kept(rows: Rows, asked: NDArray[np.int64], memory: Memory) -> NDArray[np.int64]:
    """Give for each slot how many legs it has at most, those of this batch's bills included."""
    kept: NDArray[np.int64] = memory.legs.astype(np.int64)
    settled = (rows.kind == SETTLE) & (rows.slot >= 0)
    np.add.at(kept, rows.slot[settled], SEGMENTS * asked[settled])
    return kept


def _cancelled(rows: Rows) -> NDArray[np.int32]:
    """Give the slots that this batch's cancellations name."""
    slots: NDArray[np.int32] = rows.slot[(rows.kind == CANCEL) & (rows.slot >= 0)]
    return slots


def _begins(rows: Rows) -> NDArray[np.bool_]:
    """Tell of each row whether a bill, or something else, begins with it."""
    begins = np.ones(len(rows.kind), bool)
    begins[1:] = (rows.claim[1:] != rows.claim[:-1]) | (rows.kind[1:] != rows.kind[:-1])
    begins[1:] |= rows.kind[1:] >= CREDIT  # credits and rolls each stand by themselves
    return begins


def _refuse_impossible(
    state: State, rules: Rules, *, rows: Rows, slots: int, begins: NDArray[np.bool_]
) -> None:
    """Refuse rows that name what is not there: compiled code would not notice.

    Raises:
        ValueError: there is such a row; it says which.
    """
    regions = len(rules.province)
    fine = (rows.kind >= SETTLE) & (rows.kind <= ROLL) & (rows.patient >= 0)
    fine &= rows.patient < np.where(rows.kind == ROLL, regions, len(state.home))
    fine &= (rows.where >= 0) & (rows.where < regions)
    fine &= (rows.place >= 0) & (rows.place < len(Place))
    fine &= (rows.category >= 0) & (rows.category < len(Category))
    fine &= (rows.slot >= -1) & (rows.slot < slots)
    fine &= (rows.fund >= 0) & (rows.fund <= rows.total) & (rows.total <= MAX_FEN)
    other = rows.patient[1:] != rows.patient[:-1]
    fine[1:] &= begins[1:] | (rows.kind[1:] != SETTLE) | ~other
    if not fine.all():
        msg = f"row {int(np.argmin(fine))} of the batch names what is not there"
        raise ValueError(msg)


def _with_room(state: State, rows: Rows, *, more: int) -> State:
    """Give the state with a table of uses that stays half empty, whatever the batch brings."""
    if np.any(rows.kind == ROLL):
        more += 2 * int(np.count_nonzero(state.used) + np.count_nonzero(state.given))
    wanted = 2 * (np.count_nonzero(state.use_key != -1) + more) + 1
    if wanted <= len(state.use_key):
        return state
    size = 1 << int(wanted).bit_length()
    keys, fens = regrown(state.use_key, state.use_fen, size=size)
    return state._replace(use_key=keys, use_fen=fens)


def regrown(
    keys: NDArray[np.int64], fens: NDArray[np.int64], *, size: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give a table of uses anew with so many places; what came to nothing is left out."""
    live = (keys != -1) & (fens != 0)
    pending, amounts = keys[live], fens[live]
    places: Any = uses.home_place(pending // PERIODS, pending % PERIODS, size - 1)
    new_keys, new_fens = np.full(size, -1, np.int64), np.zeros(size, np.int64)
    while len(pending):
        free = np.flatnonzero(new_keys[places] == -1)
        taken, first = np.unique(places[free], return_index=True)
        won = free[first]
        new_keys[taken], new_fens[taken] = pending[won], amounts[won]
        lost = np.ones(len(pending), bool)
        lost[won] = False
        pending, amounts, places = pending[lost], amounts[lost], (places[lost] + 1) & (size - 1)
    return new_keys, new_fens


def _scratch(memory: Memory, *, lines: int, accounts: int, legs: int) -> Work:
    sizes = {
        "at": 6,
        "need": lines,
        "cash": lines,
        "place": accounts,
        "key": accounts,
        "room": accounts * SEGMENTS,
        "segment": accounts * SEGMENTS,
        "may_pay": accounts * lines,
        "gave": max(accounts * SEGMENTS * lines, legs),
        "back": legs,
    }
    work = Work(*(np.zeros(sizes.get(name, accounts), np.int64) for name in Work._fields))
    work.at[LINES] = (memory.first_line + memory.lines).max(initial=0)
    work.at[KEPT] = (memory.first_leg + memory.legs).max(initial=0)
    return work
