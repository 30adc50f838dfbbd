"""Holding cancellations against what they cancel: plain loops over tables of numbers, compiled.

Money goes back in the reverse order of payment, cash first, to the pots and segments it came from,
and never more than stays paid. Three things may differ, each for a reason that can be seen: a
year that has closed makes current money prior; a purse that cannot take it leaves it to its owner;
and where the relation has ended, what came back may leave again for the patient's hand. Whether
the area's rules wanted that is for the kernel to say again.
"""

from __future__ import annotations

from typing import NamedTuple

from simulation.bulk.arrays import CANCELLED, SETTLED, Numbers
from simulation.bulk.audit import faults as fault
from simulation.bulk.audit.auditing import CURRENT, PRIOR, note
from simulation.bulk.audit.faults import Fault


class Kept(NamedTuple):
    """What stays paid of the bills that a log cancels: three tables of int64, row by row."""

    bills: Numbers
    lines: Numbers  # of all bills; those of one bill follow each other
    legs: Numbers  # the same, in order of payment


# Columns of the tables of `Kept`.
STANDING, SINCE, PATIENT, DAY, FIRST_LINE, LINES, FIRST_LEG, LEGS = range(8)
BILL_COLUMNS = 8
NUMBER, CASH, FUND, OWED = range(4)
LINE_COLUMNS = 4
POT, EDGE, SEGMENT, LINE, AMOUNT, YEAR, OWNER, ENDED = range(8)
LEG_COLUMNS = 8
"""`OWED` is what a cancellation's legs must still give back; `YEAR` the account year that was
open; `OWNER` the pot of whoever owns the purse; `ENDED` 1 where the relation has ended."""


class Said(NamedTuple):
    """What a batch says of its cancellations: two tables of int64, and where faults are noted."""

    rows: Numbers
    legs: Numbers
    faults: Numbers


# Columns of the tables of `Said`; those of legs begin like those of `Kept.legs`, of today.
ROW, FIRST_ROW, SLOT, OF_LINE, OWN_ASKED, FUND_ASKED, IS_WHOLE, CASH_BACK, FUND_BACK = range(9)
LEGS_FROM, LEGS_TO, SEQ = 9, 10, 11
ROW_COLUMNS = 12
PLACE = 6  # of the leg in its batch
BACK_COLUMNS = 7


def hold_mirrors(kept: Kept, said: Said) -> None:
    """Hold every cancellation against what stays paid of its bill, and lower that."""
    rows, faults = said.rows, said.faults
    at = 0
    while at < len(rows):
        end = at + 1
        while end < len(rows) and rows[end, FIRST_ROW] == rows[at, FIRST_ROW]:
            end += 1
        slot = rows[at, SLOT]
        known = slot >= 0 and kept.bills[slot, STANDING] == SETTLED
        if known and kept.bills[slot, SINCE] < rows[at, SEQ]:
            first_line = kept.bills[slot, FIRST_LINE]
            for line in range(first_line, first_line + kept.bills[slot, LINES]):
                kept.lines[line, OWED] = 0
            for row in range(at, end):
                _hold_row(kept, rows[row], faults)
            _hold_legs(kept, said, at)
            _close(kept, slot)
        else:
            note(faults, Fault(fault.NOT_SETTLED, rows[at, ROW], -1, SETTLED, 0))
        at = end


def _hold_row(kept: Kept, row: Numbers, faults: Numbers) -> None:
    """Hold the cash and the fund's part that a row gives back, and say what its legs owe."""
    bill, place = kept.bills[row[SLOT]], row[ROW]
    cash = fund = 0
    found = row[IS_WHOLE]
    for at in range(bill[FIRST_LINE], bill[FIRST_LINE] + bill[LINES]):
        line = kept.lines[at]
        if row[IS_WHOLE] == 0 and line[NUMBER] != row[OF_LINE]:
            continue
        found = 1
        paid = line[CASH]
        for leg in range(bill[FIRST_LEG], bill[FIRST_LEG] + bill[LEGS]):
            if kept.legs[leg, LINE] == line[NUMBER]:
                paid += kept.legs[leg, AMOUNT]
        own = paid if row[IS_WHOLE] else row[OWN_ASKED]
        of_fund = line[FUND] if row[IS_WHOLE] else row[FUND_ASKED]
        if not 0 <= own <= paid:
            note(faults, Fault(fault.BEYOND_PAID, place, -1, paid, own))
        if not 0 <= of_fund <= line[FUND]:
            note(faults, Fault(fault.BEYOND_PAID, place, -1, line[FUND], of_fund))
        in_cash = min(line[CASH], own)
        line[OWED] += own - in_cash
        line[CASH] -= in_cash
        line[FUND] -= of_fund
        cash += in_cash
        fund += of_fund
    if found == 0:
        note(faults, Fault(fault.BEYOND_PAID, place, -1, 0, row[OWN_ASKED]))
    if row[CASH_BACK] != -cash:
        note(faults, Fault(fault.GIVEN_BACK, place, -1, -cash, row[CASH_BACK]))
    if row[FUND_BACK] != -fund:
        note(faults, Fault(fault.GIVEN_BACK, place, -1, -fund, row[FUND_BACK]))


def _hold_legs(kept: Kept, said: Said, at: int) -> None:
    """Go back through the payments of a bill, last first, and hold the legs against them."""
    row, faults = said.rows[at], said.faults
    bill, leg, end = kept.bills[row[SLOT]], row[LEGS_FROM], row[LEGS_TO]
    for place in range(bill[FIRST_LEG] + bill[LEGS] - 1, bill[FIRST_LEG] - 1, -1):
        paid = kept.legs[place]
        line = _line_of(kept, bill, paid[LINE])
        fen = min(kept.lines[line, OWED], paid[AMOUNT])
        if fen <= 0:
            continue
        kept.lines[line, OWED] -= fen
        paid[AMOUNT] -= fen
        if leg == end:
            note(faults, Fault(fault.MIRROR, row[ROW], -1, -fen, 0))
            continue
        back = said.legs[leg]
        _hold_leg(paid, back, row[ROW], faults)
        if back[AMOUNT] != -fen:
            note(faults, Fault(fault.MIRROR, row[ROW], back[PLACE], -fen, back[AMOUNT]))
        leg += 1
        if leg < end and paid[ENDED] and _hands_on(back, said.legs[leg]):
            leg += 1
    if leg < end:
        note(
            faults, Fault(fault.MIRROR, row[ROW], said.legs[leg, PLACE], 0, said.legs[leg, AMOUNT])
        )


def _line_of(kept: Kept, bill: Numbers, number: int) -> int:
    """Give the place of a line by its number; the last one where no line has it."""
    last: int = bill[FIRST_LINE] + bill[LINES] - 1
    for line in range(bill[FIRST_LINE], last):
        if kept.lines[line, NUMBER] == number:
            return line
    return last


def _hold_leg(paid: Numbers, back: Numbers, row: int, faults: Numbers) -> None:
    """Hold where a leg gives back to against the payment that it mirrors."""
    if back[POT] != paid[POT] and back[POT] != paid[OWNER]:
        note(faults, Fault(fault.MIRROR, row, back[PLACE], paid[POT], back[POT]))
    if back[EDGE] != paid[EDGE]:
        note(faults, Fault(fault.MIRROR, row, back[PLACE], paid[EDGE], back[EDGE]))
    if back[LINE] != paid[LINE]:
        note(faults, Fault(fault.MIRROR, row, back[PLACE], paid[LINE], back[LINE]))
    closed = back[YEAR] != paid[YEAR]
    as_prior = closed and paid[SEGMENT] == CURRENT and back[SEGMENT] == PRIOR
    if back[SEGMENT] != paid[SEGMENT] and not as_prior:
        note(faults, Fault(fault.MIRROR, row, back[PLACE], paid[SEGMENT], back[SEGMENT]))


def _hands_on(back: Numbers, leg: Numbers) -> bool:
    """Tell whether a leg takes out again what the one before brought."""
    for column in range(AMOUNT):
        if leg[column] != back[column]:
            return False
    return bool(leg[AMOUNT] == -back[AMOUNT])


def _close(kept: Kept, slot: int) -> None:
    """Note that a bill is cancelled, once nothing of it stays paid."""
    bill, stays = kept.bills[slot], 0
    for line in range(bill[FIRST_LINE], bill[FIRST_LINE] + bill[LINES]):
        stays += kept.lines[line, CASH] + kept.lines[line, FUND]
    for leg in range(bill[FIRST_LEG], bill[FIRST_LEG] + bill[LEGS]):
        stays += kept.legs[leg, AMOUNT]
    if stays == 0:
        bill[STANDING] = CANCELLED
