"""Bulk runs small enough to be killed at every step: claims from arrays, a simple till."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Mapping, Sequence
from datetime import date
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np

from simulation.bulk.arrays import (
    CREDIT,
    DONE,
    NO_ACCOUNT,
    ROLL,
    SETTLE,
    Decided,
    Legs,
    Memory,
    Rows,
    Rules,
    State,
    Tried,
)
from simulation.bulk.deciding import Outcome
from simulation.bulk.job import Job
from simulation.bulk.kernel.terms import WIDTH, YEAR_START_MONTH
from simulation.bulk.manifest import SegmentLine
from simulation.bulk.rules import RuleTable
from simulation.bulk.schema import LEGS, LINES
from simulation.bulk.state_checks import Array
from simulation.bulk.state_files import StateFile, in_memory
from tests.simulation.bulk.states import REGIONS, small

FIRST = date(2025, 12, 30)
SIZE = 8

_TYPES = {column.name: column.dtype for column in (*LINES, *LEGS)}


class Totals(NamedTuple):
    totals: Mapping[str, int]


class ArrayClaims:
    """Claims from arrays, with the doors of a file of claims."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self.rows = len(rows.kind)
        self.cancelled: Array = np.empty(0, np.int64)
        self.rejected = Totals({})
        self.digest = hashlib.sha256(b"".join(column.tobytes() for column in rows)).hexdigest()

    def batches(self, *, size: int, from_row: int) -> Generator[Rows]:
        for start in range(from_row, self.rows, size):
            yield Rows(*(column[start : start + size] for column in self._rows))


def claims(*, seed: int = 1, count: int = 40, first: date = FIRST, claim: int = 1) -> ArrayClaims:
    """Make bills of one line up, and a credit now and then, a few a day."""
    random = Random(seed)
    bills = sorted(first.toordinal() + random.randrange(5) for _ in range(count))
    columns: dict[str, list[int]] = {name: [] for name in Rows._fields}
    for number, day in enumerate(bills):
        total = random.randrange(1, 40_00)
        row = dict.fromkeys(Rows._fields, 0) | {
            "kind": CREDIT if random.random() < 0.2 else SETTLE,
            "claim": claim + number,
            "line": 1,
            "booked": day,
            "day": day,
            "patient": random.randrange(4),
            "total": total,
            "slot": -1,
        }
        row["fund"] = random.randrange(total) if row["kind"] == SETTLE else 0
        for name, value in row.items():
            columns[name].append(value)
    return ArrayClaims(Rows(*(_array(name, columns[name]) for name in Rows._fields)))


def _array(name: str, values: Sequence[int]) -> Array:
    dtype = {"slot": "int32"}.get(name) or _TYPES[name]
    return np.array(values, dtype)


def rules(*months: int, days: int = 800) -> Rules:
    """Give rules of one set a region, which say nothing but when its account year starts."""
    cells = np.zeros(len(months) * WIDTH, np.int64)
    cells[YEAR_START_MONTH::WIDTH] = months
    index = np.repeat(np.arange(len(months), dtype=np.int16), days)
    return Rules(date(2024, 1, 1).toordinal(), days, index, cells, np.array([42, 44], np.int16))


TABLE = RuleTable(rules(1, 1), REGIONS, ("made-up-1", "made-up-2"), "d" * 64)


def till(
    state: State, rules: Rules, *, rows: Rows, memory: Memory, trace: bool = False
) -> tuple[State, Outcome]:
    """Decide in the simplest way that changes every array that a run may change.

    Whoever is ill pays from what is current as far as it reaches; person 1 has no account. What
    was paid is counted as used by day in a table that is replaced each time.
    """
    decided: dict[str, list[int]] = {name: [] for name in Decided._fields}
    legs: dict[str, list[int]] = {name: [] for name in Legs._fields}
    key, fen = state.use_key.tolist(), state.use_fen.tolist()
    for row in range(len(rows.kind)):
        outcome, cash, fund, moved = _one(state, rows, row)
        for name, value in zip(Decided._fields, (outcome, 0, cash, fund, bool(moved)), strict=True):
            decided[name].append(value)
        if moved:
            person = int(rows.patient[row])
            state.current[person] -= moved
            after = int(state.current[person])
            for name, value in zip(Legs._fields, (person, -1, 0, 1, moved, after), strict=True):
                legs[name].append(value)
            used = (person << 20) + int(rows.day[row])
            if used in key:
                fen[key.index(used)] += moved
            else:
                key, fen = [*key, used], [*fen, moved]
    room = 1 << len(key).bit_length()
    key, fen = key + [-1] * (room - len(key)), fen + [0] * (room - len(fen))
    state = state._replace(use_key=np.array(key), use_fen=np.array(fen))
    names = {"fund": "fund_paid"}
    made = Decided(*(_array(names.get(name, name), decided[name]) for name in Decided._fields))
    paid = Legs(*(_array(name, legs[name]) for name in Legs._fields))
    nothing = np.empty(0, np.int32)
    return state, Outcome(made, paid, Tried(*(nothing,) * len(Tried._fields)))


def _one(state: State, rows: Rows, row: int) -> tuple[int, int, int, int]:
    """Give outcome, cash, fund, and what is taken out of the account."""
    person, kind = int(rows.patient[row]), rows.kind[row]
    if kind == ROLL:
        moved = 0
        for pot in np.flatnonzero(state.home == person).tolist():
            moved += int(state.current[pot])
            state.prior[pot] += state.current[pot]
            state.current[pot] = 0
        state.open_year[person] = date.fromordinal(int(rows.booked[row])).year
        return DONE, moved, 0, 0
    if person == 1:
        return NO_ACCOUNT, 0, 0, 0
    if kind == CREDIT:
        return DONE, 0, 0, -int(rows.total[row])
    own = int(rows.total[row] - rows.fund[row])
    paid = min(own, int(state.current[person]))
    return DONE, own - paid, int(rows.fund[row]), paid


def nothing_to_remember(folder: Path, segments: Sequence[SegmentLine]) -> Memory:
    """Give the memory of claims that cancel nothing."""
    return Memory(*(np.empty(0, np.int64),) * len(Memory._fields))


def job(claims: ArrayClaims, opening: StateFile | None = None) -> Job:
    """Give a job on the small state, or on another one."""
    opening = opening or in_memory(small(), regions=REGIONS)
    return Job(claims, opening, TABLE, till, nothing_to_remember, size=SIZE)
