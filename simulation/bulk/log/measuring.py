"""How many and how much: the counts and sums of a segment, in one pass over rows and legs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulation.bulk.arrays import CANCEL, CREDIT, DONE, ROLL, SETTLE
from simulation.bulk.log.manifest import Counts, Sums
from simulation.bulk.log.schema import Batch, read_only
from simulation.bulk.machine_code import compiled

_COUNTS = ("bills", "cancellations", "credits", "rolls")  # in order of the kinds of rows
_REFUSED = len(_COUNTS)
_SUMS = Sums.__struct_fields__
_TOTAL, _FUND, _OWN, _RELATIVES, _CASH = range(5)
_FUND_BACK, _OWN_BACK, _RELATIVES_BACK, _CASH_BACK, _CREDITED, _ROLLED = range(5, 11)


def measured(batch: Batch) -> tuple[Counts, Sums]:
    """Give the counts and sums of a batch.

    A bill is a run of rows of one claim to settle, a cancellation one of rows to cancel; credits
    and rolls are single rows. What was refused is counted and not summed.
    """
    counts = np.zeros(_REFUSED + 1, np.int64)
    sums = np.zeros(len(_SUMS), np.int64)
    _measure(read_only(batch), counts, sums)
    named = dict(zip((*_COUNTS, "refused"), counts.tolist(), strict=True))
    return (
        Counts(rows=len(batch.rows.kind), legs=len(batch.legs.pot), **named),
        Sums(**dict(zip(_SUMS, sums.tolist(), strict=True))),
    )


@compiled
def _measure(batch: Batch, counts: NDArray[np.int64], sums: NDArray[np.int64]) -> None:
    kinds, claims, totals = batch.rows.kind, batch.rows.claim, batch.rows.total
    outcomes, cash, fund = batch.decided.outcome, batch.decided.cash, batch.decided.fund
    legs, edge, amount = batch.decided.legs, batch.legs.edge, batch.legs.amount
    leg = 0
    for row in range(len(kinds)):
        kind = kinds[row]
        if not SETTLE <= kind <= ROLL:  # of a log that somebody changed; nothing else looks first
            continue
        single = kind in (CREDIT, ROLL)
        if single or row == 0 or kinds[row - 1] != kind or claims[row - 1] != claims[row]:
            counts[kind] += 1
            counts[_REFUSED] += outcomes[row] != DONE
        last = min(leg + max(0, legs[row]), len(edge))
        if outcomes[row] != DONE:
            pass
        elif kind == SETTLE:
            sums[_TOTAL] += totals[row]
            sums[_FUND] += fund[row]
            sums[_CASH] += cash[row]
            while leg < last:
                sums[_OWN if edge[leg] < 0 else _RELATIVES] += amount[leg]
                leg += 1
        elif kind == CANCEL:
            sums[_FUND_BACK] -= fund[row]
            sums[_CASH_BACK] -= cash[row]
            while leg < last:
                sums[_OWN_BACK if edge[leg] < 0 else _RELATIVES_BACK] -= amount[leg]
                leg += 1
        elif kind == CREDIT:
            sums[_CREDITED] += totals[row]
        elif kind == ROLL:
            sums[_ROLLED] += cash[row]
        leg = last
