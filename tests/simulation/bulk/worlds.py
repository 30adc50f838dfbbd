"""Random worlds in arrays: rules, persons with all that they may own, and rows in batches.

Nothing of them is meant to be likely; everything that the kernel knows happens in them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby, pairwise
from typing import Any, NamedTuple

import numpy as np

from domain.rules import UNLIMITED
from simulation.bulk import arrays
from simulation.bulk.arrays import CANCEL, CREDIT, ROLL, SETTLE, Memory, Rows, Rules, State
from simulation.bulk.deciding import empty_memory
from simulation.bulk.kernel import terms
from tests.simulation.bulk.random_state import random_state

REGIONS = 6
FIRST = date(2026, 11, 1).toordinal()
DAYS = 100
TURN = date(2027, 1, 1).toordinal()


class World(NamedTuple):
    """All that a run needs; the arrays are fresh ones."""

    state: State
    rules: Rules
    memory: Memory
    batches: tuple[Rows, ...]


def random_world(seed: int, *, persons: int, bills: int, batches: int, wild: bool) -> World:
    """Give a world; in a wild one persons bind each other freely, so that most are connected."""
    rng = np.random.default_rng(seed)
    state = random_state(rng, persons=persons, regions=REGIONS, wild=wild)
    found = list(_bills(rng, state, bills))
    rows, slots = _laid_out(found)
    memory = empty_memory(slots, lines=4 * slots, legs=100 * slots)
    return World(state, random_rules(rng), memory, tuple(_cut(rows, batches)))


def random_rules(rng: np.random.Generator) -> Rules:
    """Give six rule sets that differ in all that they can say, in force by turns."""
    cells = []
    for _ in range(REGIONS):
        scopes = [_scope(rng) for _ in range(4)]
        limits = [
            int(rng.choice([0, 2_000])),
            *(int(rng.choice([UNLIMITED, low])) for low in (9_000, 15_000, 60_000, 90_000)),
        ]
        cells += [*sum(scopes, ()), *limits, *_others(rng)]
    days = np.arange(DAYS) // 40  # each region changes its rules now and then
    index = (np.arange(REGIONS)[:, None] + days[None, :]) % REGIONS
    index[REGIONS - 1, :30] = -1  # and one had none at first
    return Rules(
        first_day=FIRST - 40,
        days=DAYS,
        index=index.astype(np.int16).reshape(-1),
        cells=np.array(cells, np.int64),
        province=np.array([0, 0, 0, 1, 1, 2], np.int16),
    )


def _scope(rng: np.random.Generator) -> tuple[int, ...]:
    """Give the fields of `domain.judging.Scope`: most allow all that can be allowed."""
    everything = 0xFFFF
    places = int(rng.choice([everything, 0b0111]))
    often = [int(yes) for yes in rng.random(3) < (0.9, 0.7, 0.9)]
    return (
        *(places, everything, often[0], often[1]),
        *(everything, 0b111, places, often[2]),
        *(2, int(rng.choice([0, 1, 2, 2])), 0, int(rng.choice([0, 5_000]))),
    )


def _others(rng: np.random.Generator) -> terms.Others:
    below = {
        "own_segments": 3,
        "pool_segments": 3,
        "order": 6,
        "funding": 4,
        "wallet_model": 3,
        "across_years": 3,
    }
    drawn = {name: int(rng.integers(0, below.get(name, 2))) for name in terms.Others._fields}
    drawn |= {"year_start_month": int(rng.choice([1, 1, 7])), "fall_through": 1, "proxy": 1}
    drawn |= {"own_must_be_empty": int(rng.random() < 0.2), "across_months": 1}
    drawn |= {
        "funding": int(rng.choice([0, 0, 1, 2, 3])),
        "wallet_model": int(rng.choice([0, 1, 2])),
    }
    return terms.Others(**drawn)


def _bills(rng: np.random.Generator, state: State, bills: int) -> Iterator[dict[str, Any]]:
    """Give bills, cancellations, credits and rolls, each with its lines, in no order."""
    persons = len(state.home)
    for claim in range(1, bills + 1):
        booked = FIRST + int(rng.integers(0, DAYS))
        patient = int(rng.integers(0, persons))
        if rng.random() < 0.1:
            yield _deed(CREDIT, claim, booked, patient, [(0, int(rng.integers(1, 50_000)), 0)])
            continue
        lines = []
        for line in range(1, int(rng.integers(2, 5))):
            total = int(rng.integers(0, 40_000))
            lines.append((line, total, total // 2 if rng.random() < 0.3 else 0))
        where = int(state.home[patient] if rng.random() < 0.8 else rng.integers(0, REGIONS))
        care = booked - int(rng.choice([0, 0, 0, 1, 30]))
        bill = _deed(SETTLE, claim, booked, patient, lines)
        bill |= {
            "day": care,
            "where": where,
            "place": int(rng.integers(0, 4)),
            "category": int(rng.integers(0, 7)),
            "flags": int(rng.random() < 0.9) * arrays.AID_REQUESTED
            + int(rng.random() < 0.05) * arrays.NO_ACCOUNTS
            + int(rng.random() < 0.05) * arrays.OUTSIDE
            + int(rng.choice([0] * 9 + [1, 2, 3])) * (1 << arrays.CREDENTIAL),
        }
        yield bill
        while rng.random() < 0.3:
            yield _cancellation(rng, bill)
    for region in range(REGIONS):
        yield _deed(ROLL, 0, TURN, region, [(0, 0, 0)])


def _deed(
    kind: int, claim: int, booked: int, patient: int, lines: list[tuple[int, int, int]]
) -> dict[str, Any]:
    named = {"kind": kind, "claim": claim, "booked": booked, "day": booked, "patient": patient}
    return named | {"where": 0, "place": 0, "category": 0, "flags": 0, "lines": lines}


def _cancellation(rng: np.random.Generator, bill: dict[str, Any]) -> dict[str, Any]:
    """Cancel all of a bill or some of its lines, the same day or later."""
    booked = bill["booked"] + int(rng.choice([0, 0, 5, 40]))
    whole = rng.random() < 0.5
    part = [(n, fen // 3, fund // 3) for n, fen, fund in bill["lines"] if rng.random() < 0.7]
    lines = [(0, 0, 0)] if whole or not part else part
    given = _deed(CANCEL, bill["claim"], booked, bill["patient"], lines)
    return given | {"flags": arrays.WHOLE if lines[0][0] == 0 else 0}


def _laid_out(deeds: list[dict[str, Any]]) -> tuple[Rows, int]:
    """Give the rows in order of booking, and the number of bills that are cancelled."""
    order = sorted(
        range(len(deeds)), key=lambda i: (deeds[i]["booked"], deeds[i]["kind"] != ROLL, i)
    )
    cancelled = sorted({deed["claim"] for deed in deeds if deed["kind"] == CANCEL})
    slots = {claim: slot for slot, claim in enumerate(cancelled)}
    columns: dict[str, list[int]] = {name: [] for name in Rows._fields}
    for i in order:
        deed = deeds[i]
        slot = slots.get(deed["claim"], -1) if deed["kind"] in (SETTLE, CANCEL) else -1
        for line, total, fund in deed["lines"]:
            row = deed | {"line": line, "total": total, "fund": fund, "slot": slot}
            for name, column in columns.items():
                column.append(row[name])
    kinds = {"claim": np.int64, "total": np.int64, "fund": np.int64, "booked": np.int32}
    kinds |= {"day": np.int32, "patient": np.int32, "slot": np.int32}
    kinds |= {"kind": np.int8, "place": np.int8, "category": np.int8}
    return Rows(*(np.array(columns[n], kinds.get(n, np.int16)) for n in Rows._fields)), len(slots)


def _cut(rows: Rows, batches: int) -> Iterator[Rows]:
    """Cut rows into batches, never within a bill."""
    ends = [
        len(list(same))
        for _, same in groupby(zip(rows.kind, rows.claim, rows.patient, strict=True))
    ]
    starts = np.concatenate([[0], np.cumsum(ends)])
    edges = starts[np.linspace(0, len(starts) - 1, batches + 1).astype(int)]
    for first, end in pairwise(edges.tolist()):
        yield Rows(*(each[first:end].copy() for each in rows))
