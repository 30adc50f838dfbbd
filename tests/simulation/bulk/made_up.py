"""Rows and outcomes made up in arrays: they add up as real ones do, but nobody decided them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np
from numpy.typing import NDArray

from simulation.bulk.arrays import (
    CANCEL,
    CREDIT,
    DONE,
    NOT_COVERED,
    ROLL,
    SETTLE,
    Decided,
    Legs,
    Rows,
    Tried,
)
from simulation.bulk.deciding import Outcome
from simulation.bulk.log.schema import Array

REGIONS = 400
RULES = 30
BOOKED = date(2026, 3, 2).toordinal()


def made_up(bills: int, *, seed: int = 1, persons: int = 380_000_000) -> tuple[Rows, Outcome]:
    """Give some bills of one day: most settled, some refused or cancelled, a few credits, a roll.

    Most bills have one line; of the own share the own account, a relative's account and cash pay.
    """
    rng = np.random.default_rng(seed)
    kind_of_bill = rng.choice(
        np.array([SETTLE, CANCEL, CREDIT], np.int8), bills, p=[0.96, 0.02, 0.02]
    )
    kind_of_bill[bills // 2] = ROLL
    lines = np.where(kind_of_bill == SETTLE, rng.choice([1, 2, 3], bills, p=[0.9, 0.07, 0.03]), 1)
    first = np.cumsum(lines) - lines
    bill = np.repeat(np.arange(bills), lines)
    kind = kind_of_bill[bill]
    settled = kind == SETTLE
    count = len(bill)
    claim = np.cumsum(kind_of_bill == SETTLE).astype(np.int64)[bill] + 10_000
    claim[kind == CANCEL] -= 5_000
    claim[(kind == CREDIT) | (kind == ROLL)] = 0
    total = np.maximum(1, rng.lognormal(9.0, 1.1, count).astype(np.int64))
    total[kind == ROLL] = 0
    tenths = np.where(kind <= CANCEL, rng.choice([0, 0, 5, 7, 9], count), 0)
    rows = Rows(
        kind=kind,
        claim=claim,
        line=np.where(settled, np.arange(count) - first[bill] + 1, 0).astype(np.int16),
        booked=np.full(count, BOOKED, np.int32),
        day=(BOOKED - rng.choice([0, 1, 7], bills, p=[0.96, 0.03, 0.01])[bill]).astype(np.int32),
        patient=rng.integers(0, persons, bills, dtype=np.int32)[bill],
        where=(REGIONS * rng.random(bills) ** 3).astype(np.int16)[bill],
        place=rng.choice([0, 1, 2], bills, p=[0.5, 0.1, 0.4])[bill].astype(np.int8),
        category=rng.choice([0, 1, 2, 5], count, p=[0.55, 0.03, 0.07, 0.35]).astype(np.int8),
        flags=rng.choice([0, 1, 4, 64], count, p=[0.9, 0.05, 0.03, 0.02]).astype(np.int16),
        total=total,
        fund=total * tenths // 10,
        slot=np.full(count, -1, np.int32),
    )
    refused = (rng.random(bills) < 0.03) & (kind_of_bill == SETTLE)
    return rows, _outcome(rows, refused[bill], rng=rng, first=first, bill=bill)


def _outcome(
    rows: Rows,
    refused: NDArray[np.bool_],
    *,
    rng: np.random.Generator,
    first: NDArray[np.int64],
    bill: NDArray[np.int64],
) -> Outcome:
    """Split what each row asks for between the fund, two accounts and cash."""
    count = len(bill)
    sign = np.select([rows.kind == SETTLE, rows.kind == CANCEL], [1, -1], 0)
    sign[refused] = 0
    share = rows.total - rows.fund
    by_own = np.where(rng.random(count) < 0.7, share, share // 3) * (rng.random(count) < 0.8)
    by_relative = (share - by_own) * (rng.random(count) < 0.5)
    amounts = np.stack([by_own * sign, by_relative * sign], axis=1).astype(np.int32)
    row, which = np.nonzero(amounts)
    relative = which == 1
    legs_of_bill = np.bincount(bill[row], minlength=len(first))
    legs = np.zeros(count, np.int16)
    legs[first] = legs_of_bill
    moved = np.where(rows.kind == ROLL, 123_456_789_012, 0)
    persons = int(rows.patient.max()) + 1
    return Outcome(
        decided=Decided(
            outcome=np.where(refused, NOT_COVERED, DONE).astype(np.int8),
            rule=(rows.where % RULES).astype(np.int16),
            cash=(share - by_own - by_relative) * sign + moved,
            fund=rows.fund * sign,
            legs=legs,
        ),
        legs=Legs(
            pot=np.where(relative, rng.integers(0, persons, len(row)), rows.patient[row]).astype(
                np.int32
            ),
            edge=np.where(relative, rng.integers(0, 2 * persons, len(row)), -1).astype(np.int32),
            segment=(rng.random(len(row)) < 0.3).astype(np.int8),
            line=rows.line[row],
            amount=amounts[row, which],
            after=rng.lognormal(10.5, 1.2, len(row)).astype(np.int32),
        ),
        tried=Tried(*(np.empty(0, np.int64) for _ in Tried._fields)),
    )


def same(one: Iterable[Array], other: Iterable[Array]) -> bool:
    """Tell whether two tuples of arrays hold the same numbers in the same types."""
    return all(a.dtype == b.dtype and np.array_equal(a, b) for a, b in zip(one, other, strict=True))
