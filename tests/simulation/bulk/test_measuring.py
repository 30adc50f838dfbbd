"""Counts and sums of a segment, against a slow count of the same rows."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from simulation.bulk.arrays import CANCEL, CREDIT, DONE, ROLL, SETTLE
from simulation.bulk.log.measuring import measured
from simulation.bulk.log.schema import Batch
from tests.simulation.bulk.made_up import made_up


def slowly(batch: Batch) -> tuple[Counter[int], int, Counter[str]]:
    """Count groups by kind and refused ones, and add up by name, one row at a time."""
    groups: Counter[int] = Counter()
    sums: Counter[str] = Counter()
    refused = 0
    leg = 0
    previous: tuple[int, int] | None = None
    rows, decided, legs = batch.rows, batch.decided, batch.legs
    for row in range(len(rows.kind)):
        kind, claim = int(rows.kind[row]), int(rows.claim[row])
        done = decided.outcome[row] == DONE
        if (kind, claim) != previous or kind in {CREDIT, ROLL}:
            groups[kind] += 1
            refused += not done
        previous = kind, claim
        paid = legs.amount[leg : leg + decided.legs[row]].tolist()
        edges = legs.edge[leg : leg + decided.legs[row]].tolist()
        leg += len(paid)
        if done and kind in {SETTLE, CANCEL}:
            sign, back = (1, "") if kind == SETTLE else (-1, "_back")
            sums["total"] += int(rows.total[row]) if kind == SETTLE else 0
            sums[f"fund{back}"] += sign * int(decided.fund[row])
            sums[f"cash{back}"] += sign * int(decided.cash[row])
            for amount, edge in zip(paid, edges, strict=True):
                sums[f"{'own' if edge < 0 else 'relatives'}{back}"] += sign * amount
        sums["credited"] += int(rows.total[row]) if done and kind == CREDIT else 0
        sums["rolled"] += int(decided.cash[row]) if done and kind == ROLL else 0
    return groups, refused, sums


def test_counts_and_sums_are_those_of_a_slow_count() -> None:
    rows, outcome = made_up(2_000, seed=3)
    batch = Batch(0, rows, outcome.decided, outcome.legs)
    groups, refused, slow = slowly(batch)
    counts, sums = measured(batch)
    assert (counts.rows, counts.legs) == (len(rows.kind), len(outcome.legs.pot))
    assert counts.events == counts.rows + counts.legs
    assert (counts.bills, counts.cancellations) == (groups[SETTLE], groups[CANCEL])
    assert (counts.credits, counts.rolls, counts.refused) == (groups[CREDIT], 1, refused)
    assert {name: getattr(sums, name) for name in sums.__struct_fields__} == slow
    assert sums.balanced
    assert all(amount > 0 for amount in slow.values())


@pytest.mark.parametrize("kind", [-128, -1, 4, 127])
def test_a_kind_that_does_not_exist_is_counted_nowhere(kind: int) -> None:
    rows, outcome = made_up(50, seed=4)
    batch = Batch(0, rows, outcome.decided, outcome.legs)
    row = int(np.flatnonzero(rows.kind == CREDIT)[0])
    before = measured(batch)[0]
    rows.kind[row] = kind
    after = measured(batch)[0]
    assert after.credits == before.credits - 1
    others = ("bills", "cancellations", "rolls")
    assert [getattr(after, each) for each in others] == [getattr(before, each) for each in others]


def test_legs_that_are_not_there_are_not_added_up() -> None:
    rows, outcome = made_up(50, seed=4)
    outcome.decided.legs[:] = 32_767
    batch = Batch(0, rows, outcome.decided, outcome.legs)
    sums = measured(batch)[1]
    assert sums.own + sums.relatives <= int(np.abs(outcome.legs.amount).sum())
