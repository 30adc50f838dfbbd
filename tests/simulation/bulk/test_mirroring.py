"""Cancellations are held against what stays paid: what may differ, and what may not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest

from simulation.bulk.arrays import CANCELLED, SETTLED
from simulation.bulk.audit import faults, mirroring
from simulation.bulk.audit.auditing import CURRENT, PRIOR, WALLET
from simulation.bulk.audit.mirroring import Kept, Said, hold_mirrors

OWN_POT, PURSE, OWNER = 4, 20, 7  # the owner of the purse is person 7
EDGE = 3


def kept(*legs: Sequence[int], cash: int = 0, fund: int = 0) -> Kept:
    """Keep a bill of person 4 with one line, paid by legs (pot, edge, segment, fen, ended)."""
    rows = [
        [pot, edge, segment, 1, fen, 2025, OWNER if pot == PURSE else pot, ended]
        for pot, edge, segment, fen, ended in legs
    ]
    return Kept(
        np.array([[SETTLED, 10, 4, 739_000, 0, 1, 0, len(rows)]], np.int64),
        np.array([[1, cash, fund, 0]], np.int64),
        np.array(rows, np.int64).reshape(-1, mirroring.LEG_COLUMNS),
    )


def said(*legs: Sequence[int], cash: int = 0, own: int | None = None, year: int = 2025) -> Said:
    """Say that legs (pot, edge, segment, fen) give back, of all or of so much of the own share."""
    rows = [
        [pot, edge, segment, 1, fen, year, n] for n, (pot, edge, segment, fen) in enumerate(legs)
    ]
    row = [0, 0, 0, 1, own or 0, 0, own is None, cash, 0, 0, len(rows), 50]
    return Said(
        np.array([row], np.int64),
        np.array(rows, np.int64).reshape(-1, mirroring.BACK_COLUMNS),
        np.zeros(len(faults.KINDS) * faults.WIDTH, np.int64),
    )


def found(bill: Kept, back: Said) -> Counter[int]:
    """Give how often each kind of fault is found."""
    hold_mirrors(bill, back)
    return +Counter(dict(enumerate(back.faults[faults.COUNT :: faults.WIDTH].tolist())))


OWN = (OWN_POT, -1, CURRENT, 30_00)
RELATIVE = (OWNER, EDGE, PRIOR, 20_00)


def test_money_goes_back_last_payment_first_and_cash_before() -> None:
    bill = kept((*OWN, 0), (*RELATIVE, 0), cash=5_00)
    back = said((OWNER, EDGE, PRIOR, -20_00), (OWN_POT, -1, CURRENT, -30_00), cash=-5_00)
    assert not found(bill, back)
    assert bill.bills[0, mirroring.STANDING] == CANCELLED
    assert not bill.legs[:, mirroring.AMOUNT].any()
    assert found(bill, back) == {faults.NOT_SETTLED: 1}


def test_part_of_it_leaves_the_rest_paid() -> None:
    bill = kept((*OWN, 0), (*RELATIVE, 0), cash=5_00)
    back = said((OWNER, EDGE, PRIOR, -1_00), cash=-5_00, own=6_00)
    assert not found(bill, back)
    assert bill.bills[0, mirroring.STANDING] == SETTLED
    assert bill.legs[:, mirroring.AMOUNT].tolist() == [30_00, 19_00]


@pytest.mark.parametrize(
    ("legs", "kinds"),
    [
        # The own account is not given back to before the relative's.
        ([(OWN_POT, -1, CURRENT, -30_00), (OWNER, EDGE, PRIOR, -20_00)], {faults.MIRROR}),
        ([(OWNER, EDGE, PRIOR, -20_00)], {faults.MIRROR}),
        ([(OWNER, EDGE, PRIOR, -20_00), (OWN_POT, -1, CURRENT, -29_99)], {faults.MIRROR}),
        ([(OWNER, EDGE, CURRENT, -20_00), (OWN_POT, -1, CURRENT, -30_00)], {faults.MIRROR}),
        ([(OWNER, 9, PRIOR, -20_00), (OWN_POT, -1, CURRENT, -30_00)], {faults.MIRROR}),
        (
            [(OWNER, EDGE, PRIOR, -20_00), (OWN_POT, -1, CURRENT, -30_00), (1, -1, 0, -1)],
            {faults.MIRROR},
        ),
    ],
)
def test_any_other_way_back_is_found(legs: list[tuple[int, ...]], kinds: set[int]) -> None:
    assert set(found(kept((*OWN, 0), (*RELATIVE, 0)), said(*legs))) == kinds


def test_more_than_stays_paid_is_found() -> None:
    back = said((OWN_POT, -1, CURRENT, -30_00), own=30_01)
    assert set(found(kept((*OWN, 0)), back)) == {faults.BEYOND_PAID}


def test_money_of_a_closed_year_may_come_back_as_prior_money_only_then() -> None:
    as_prior = (OWN_POT, -1, PRIOR, -30_00)
    assert not found(kept((*OWN, 0)), said(as_prior, year=2026))
    assert set(found(kept((*OWN, 0)), said(as_prior))) == {faults.MIRROR}
    as_it_was = (OWN_POT, -1, CURRENT, -30_00)
    assert not found(kept((*OWN, 0)), said(as_it_was, year=2026))
    wallet = (OWN_POT, -1, WALLET, 30_00, 0)
    assert set(found(kept(wallet), said(as_prior, year=2026))) == {faults.MIRROR}


def test_what_a_purse_cannot_take_is_its_owners_and_nobody_elses() -> None:
    paid = (PURSE, EDGE, CURRENT, 20_00, 0)
    for pot, expected in ((PURSE, set()), (OWNER, set()), (OWN_POT, {faults.MIRROR})):
        back = said((pot, EDGE, CURRENT, -20_00))
        assert set(found(kept(paid), back)) == expected


def test_what_came_back_may_be_handed_on_only_once_the_relation_has_ended() -> None:
    back = ((OWNER, EDGE, PRIOR, -20_00), (OWNER, EDGE, PRIOR, 20_00))
    assert not found(kept((*RELATIVE, 1)), said(*back))
    assert set(found(kept((*RELATIVE, 0)), said(*back))) == {faults.MIRROR}
    other = (back[0], (OWN_POT, EDGE, PRIOR, 20_00))
    assert set(found(kept((*RELATIVE, 1)), said(*other))) == {faults.MIRROR}


def test_a_cancellation_before_its_bill_is_found() -> None:
    back = said((OWN_POT, -1, CURRENT, -30_00))
    back.rows[0, mirroring.SEQ] = 9
    assert set(found(kept((*OWN, 0)), back)) == {faults.NOT_SETTLED}
