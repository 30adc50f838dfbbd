"""The memory of bills to cancel grows with the bills, and keeps what is in it."""

from __future__ import annotations

import numpy as np

from simulation.bulk.deciding import empty_memory
from simulation.bulk.kernel.desk import SEGMENTS
from simulation.bulk.remembering import with_room
from tests.simulation.bulk import runs

PATIENT = 1  # has two relations, an account and maybe a wallet
LEGS = SEGMENTS * 4


def test_bills_that_nobody_cancels_need_no_room() -> None:
    rows = next(runs.claims().batches(size=8, from_row=0))
    rows = rows._replace(slot=np.full(8, -1, np.int32))
    memory = empty_memory(3)
    assert with_room(memory, runs.street(), rows=rows) == memory


def test_a_bill_that_is_cancelled_has_room_for_all_that_may_pay_it() -> None:
    rows = next(runs.claims().batches(size=2, from_row=0))
    rows = rows._replace(
        kind=np.zeros(2, np.int8), slot=np.array([1, -1], np.int32), patient=np.array([PATIENT] * 2)
    )
    memory = with_room(empty_memory(3), runs.street(), rows=rows)
    assert len(memory.line) >= 1
    assert len(memory.pot) == len(memory.year) >= LEGS


def test_what_is_remembered_stays() -> None:
    rows = next(runs.claims().batches(size=1, from_row=0))
    rows = rows._replace(
        kind=np.zeros(1, np.int8), slot=np.array([1], np.int32), patient=np.array([PATIENT])
    )
    memory = empty_memory(2, lines=1, legs=LEGS)
    memory.lines[0], memory.legs[0] = 1, LEGS
    memory.amount[:] = range(1, LEGS + 1)
    grown = with_room(memory, runs.street(), rows=rows)
    assert grown.amount[:LEGS].tolist() == list(range(1, LEGS + 1))
    assert len(grown.amount) >= 2 * LEGS
    assert len(grown.line) >= 2
    assert with_room(grown, runs.street(), rows=rows) == grown
