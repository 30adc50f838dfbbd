"""Holding cancellations against what they cancel: plain loops over arrays, compiled.

Money goes back in the reverse order of payment, cash first, to the pots and segments it came from,
and never more than stays paid. Three things may differ, each for a reason that can be seen: a
year that has closed makes current money prior; a purse that cannot take it leaves it to its owner;
and where the relation has ended, what came back may leave again for the patient's hand. Whether
the area's rules wanted that is for the kernel to say again.
"""

from __future__ import annotations

from typing import NamedTuple

from domain.judging import ENDED
from simulation.bulk import faults as fault
from simulation.bulk.arrays import CANCEL, CANCELLED, DONE, SETTLED, WHOLE, Memory, Numbers
from simulation.bulk.auditing import CURRENT, PRIOR, Notes, end_of_bill, note
from simulation.bulk.faults import Fault
from simulation.bulk.schema import Batch


class Mirror(NamedTuple):
    """What cancellations are held against: the memory, and what is known of a part of a batch.

    `slot` is the place of each row's claim in the memory, -1 where nobody cancels it; `since` the
    number of the row that settled each slot's bill; `owed` is scratch space for its lines.
    """

    kept: Memory
    since: Numbers
    slot: Numbers
    owed: Numbers
    year: Numbers  # for each leg, the account year that is open for its pot
    purse_owner: Numbers  # for each pot from `first_purse` on
    first_purse: int
    terms: Numbers  # for each relation, its row of `standing`
    standing: Numbers  # as in domain.judging


class Part(NamedTuple):
    """Rows of a batch, and where their legs are; the last ones are not included."""

    row: int
    end: int
    leg: int
    stop: int


def hold_mirrors(batch: Batch, mirror: Mirror, part: Part, notes: Notes) -> None:
    """Hold every cancellation of a part against what stays paid of its bill, and lower that."""
    rows, decided, kept = batch.rows, batch.decided, mirror.kept
    row, leg = part.row, part.leg
    while row < part.end:
        end = end_of_bill(rows, row)
        first, leg = leg, leg + decided.legs[row]
        if rows.kind[row] == CANCEL and decided.outcome[row] == DONE:
            slot = mirror.slot[row]
            if (
                slot < 0
                or kept.standing[slot] != SETTLED
                or mirror.since[slot] > batch.first_seq + row
            ):
                note(notes.faults, Fault(fault.NOT_SETTLED, row, -1, SETTLED, 0))
            else:
                _hold_cancellation(batch, mirror, Part(row, end, first, leg), notes)
        row = end


def _hold_cancellation(batch: Batch, mirror: Mirror, part: Part, notes: Notes) -> None:
    """Go back through the payments of a bill, last first, and hold the legs against them."""
    kept, owed, faults = mirror.kept, mirror.owed, notes.faults
    slot, leg = mirror.slot[part.row], part.leg
    first_leg, first_line = kept.first_leg[slot], kept.first_line[slot]
    owed[: kept.lines[slot]] = 0
    for row in range(part.row, part.end):
        _hold_row(batch, mirror, row, notes)
    for paid in range(first_leg + kept.legs[slot] - 1, first_leg - 1, -1):
        line = 0
        while line + 1 < kept.lines[slot] and kept.line[first_line + line] != kept.of_line[paid]:
            line += 1
        fen = min(owed[line], kept.amount[paid])
        if fen <= 0:
            continue
        owed[line] -= fen
        kept.amount[paid] -= fen
        if leg == part.stop:
            note(faults, Fault(fault.MIRROR, part.row, -1, -fen, 0))
            continue
        if batch.legs.amount[leg] != -fen:
            note(faults, Fault(fault.MIRROR, part.row, leg, -fen, batch.legs.amount[leg]))
        leg = _hold_leg(batch, mirror, Part(part.row, paid, leg, part.stop), notes)
    if leg < part.stop:
        note(faults, Fault(fault.MIRROR, part.row, leg, 0, batch.legs.amount[leg]))
    stays = 0
    for line in range(first_line, first_line + kept.lines[slot]):
        stays += kept.cash[line] + kept.fund[line]
    for paid in range(first_leg, first_leg + kept.legs[slot]):
        stays += kept.amount[paid]
    if stays == 0:
        kept.standing[slot] = CANCELLED


def _hold_row(batch: Batch, mirror: Mirror, row: int, notes: Notes) -> None:
    """Hold the cash and the fund's part that a row gives back, and say what its legs owe."""
    rows, decided, kept, faults = batch.rows, batch.decided, mirror.kept, notes.faults
    slot = mirror.slot[row]
    whole = rows.flags[row] & WHOLE != 0
    cash = fund = 0
    found = whole
    for line in range(kept.lines[slot]):
        at = kept.first_line[slot] + line
        if not whole and kept.line[at] != rows.line[row]:
            continue
        found = True
        paid = kept.cash[at]
        for leg in range(kept.first_leg[slot], kept.first_leg[slot] + kept.legs[slot]):
            if kept.of_line[leg] == kept.line[at]:
                paid += kept.amount[leg]
        own = paid if whole else rows.total[row] - rows.fund[row]
        of_fund = kept.fund[at] if whole else rows.fund[row]
        if not 0 <= own <= paid:
            note(faults, Fault(fault.BEYOND_PAID, row, -1, paid, own))
        if not 0 <= of_fund <= kept.fund[at]:
            note(faults, Fault(fault.BEYOND_PAID, row, -1, kept.fund[at], of_fund))
        in_cash = min(kept.cash[at], own)
        mirror.owed[line] += own - in_cash
        kept.cash[at] -= in_cash
        kept.fund[at] -= of_fund
        cash += in_cash
        fund += of_fund
    if not found:
        note(faults, Fault(fault.BEYOND_PAID, row, -1, 0, rows.total[row]))
    if decided.cash[row] != -cash:
        note(faults, Fault(fault.GIVEN_BACK, row, -1, -cash, decided.cash[row]))
    if decided.fund[row] != -fund:
        note(faults, Fault(fault.GIVEN_BACK, row, -1, -fund, decided.fund[row]))


def _hold_leg(batch: Batch, mirror: Mirror, part: Part, notes: Notes) -> int:
    """Hold the leg `part.leg` against the payment `part.end` of the memory; give the next leg.

    Where the relation has ended a second leg may hand the same amount on to the patient.
    """
    kept, legs, faults = mirror.kept, batch.legs, notes.faults
    leg, paid = part.leg, part.end
    pot, edge = kept.pot[paid], kept.edge[paid]
    purse = pot - mirror.first_purse
    owner = mirror.purse_owner[purse] if 0 <= purse < len(mirror.purse_owner) else pot
    if legs.pot[leg] not in (pot, owner):
        note(faults, Fault(fault.MIRROR, part.row, leg, pot, legs.pot[leg]))
    if legs.edge[leg] != edge:
        note(faults, Fault(fault.MIRROR, part.row, leg, edge, legs.edge[leg]))
    if legs.line[leg] != kept.of_line[paid]:
        note(faults, Fault(fault.MIRROR, part.row, leg, kept.of_line[paid], legs.line[leg]))
    back, closed = legs.segment[leg], kept.year[paid] != mirror.year[leg]
    if back != kept.segment[paid] and not (
        closed and kept.segment[paid] == CURRENT and back == PRIOR
    ):
        note(faults, Fault(fault.MIRROR, part.row, leg, kept.segment[paid], back))
    following = leg + 1
    if (
        following < part.stop
        and edge >= 0
        and mirror.standing[mirror.terms[edge]] == ENDED
        and legs.amount[following] == -legs.amount[leg]
        and legs.pot[following] == legs.pot[leg]
        and legs.edge[following] == edge
        and legs.segment[following] == back
        and legs.line[following] == legs.line[leg]
    ):
        following += 1
    return following
