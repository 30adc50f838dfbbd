"""Holding one batch of a log against the books: plain loops over arrays, compiled like the kernel.

Nothing here knows the rules by which accounts pay. That each gave at most what it may is for the
kernel to say again (`verifying`, `redecide`). Here is what must hold whatever the rules are: money
in equals money out, every balance follows from the one before, nothing goes below zero, and
whoever pays has to do with the patient. Each loop looks at one matter and takes few arrays, for
arrays that are handed on and on are what costs most here.
"""

from __future__ import annotations

from typing import NamedTuple

from domain.codes import Category, Place
from domain.money import MAX_FEN
from simulation.bulk.arrays import (
    CANCEL,
    CREDIT,
    DONE,
    ROLL,
    SETTLE,
    TO_PRIOR,
    Int16,
    Int32,
    Int64,
    Numbers,
    Rows,
    Rules,
)
from simulation.bulk.audit import faults as fault
from simulation.bulk.audit.faults import Fault
from simulation.bulk.kernel.desk import fetch
from simulation.bulk.log.schema import Batch

CURRENT, PRIOR, WALLET = 0, 1, 2  # numbers of domain.codes.Segment
MOST = 2**31 - 1  # fen that a balance may be
MOST_ASKED = MAX_FEN
PLACES, CATEGORIES, FLAGS = len(Place), len(Category), 2 * TO_PRIOR
"""Beyond the numbers of places, of categories, and of all flags together."""

_AHEAD = 16
"""Rows or legs; one takes a small part of a memory access, and persons come in no order."""

BOOKED, CLAIM = 0, 1
CARRIED = 2
"""Places in `Notes.carry`, and how many: the latest day of booking and the latest claim."""


class Notes(NamedTuple):
    """What the loops write: what they carry from batch to batch, and the faults (`faults`)."""

    carry: Int64
    faults: Int64  # `faults.WIDTH` numbers for each kind, kind by kind


class Page(NamedTuple):
    """A batch, for each leg the first row of its bill, and what the loops write."""

    batch: Batch
    first_rows: Int64
    notes: Notes


class Ruled(NamedTuple):
    """Where each person is insured, and the rules."""

    home: Int16
    rules: Rules


class Ties(NamedTuple):
    """Who has to do with whom: the arrays of a `State` that say so, and two counts."""

    first_edge: Int32
    grantor: Int32
    aside: Int32
    aside_pool: Int32
    aside_quota: Int32
    wallet_owner: Int32
    first_wallet: int  # the first pot that is a wallet


class Pots(NamedTuple):
    """The money of a state, and the legs of a batch from one to another, not included."""

    current: Int32
    prior: Int32
    first: int
    end: int


class Sizes(NamedTuple):
    """How many there are of what rows and legs point to."""

    persons: int
    regions: int
    pots: int
    edges: int


def note(faults: Numbers, found: Fault) -> None:
    """Count a fault; the first one of a kind is kept."""
    at = found.kind * fault.WIDTH
    if faults[at + fault.COUNT] == 0:
        faults[at + fault.ROW] = found.row
        faults[at + fault.LEG] = found.leg
        faults[at + fault.EXPECTED] = found.expected
        faults[at + fault.FOUND] = found.found
    faults[at + fault.COUNT] += 1


def hold_pointers(page: Page, sizes: Sizes) -> None:
    """Hold that every number points into the books, and that no row asks what no claim can ask."""
    rows, legs, faults = page.batch.rows, page.batch.legs, page.notes.faults
    leg = 0
    for row in range(len(rows.kind)):
        if not SETTLE <= rows.kind[row] <= ROLL:
            note(faults, Fault(fault.MALFORMED, row, -1, ROLL, rows.kind[row]))
        most = sizes.regions if rows.kind[row] == ROLL else sizes.persons
        if not 0 <= rows.patient[row] < most:
            note(faults, Fault(fault.MALFORMED, row, -1, most - 1, rows.patient[row]))
        if not 0 <= rows.where[row] < sizes.regions:
            note(faults, Fault(fault.MALFORMED, row, -1, sizes.regions - 1, rows.where[row]))
        if not 0 <= rows.place[row] < PLACES or not 0 <= rows.category[row] < CATEGORIES:
            note(faults, Fault(fault.ASKED, row, -1, CATEGORIES - 1, rows.category[row]))
        if not 0 <= rows.flags[row] < FLAGS or rows.line[row] < 0:
            note(faults, Fault(fault.ASKED, row, -1, FLAGS - 1, rows.flags[row]))
        if not 0 <= rows.fund[row] <= rows.total[row] <= MOST_ASKED:
            note(faults, Fault(fault.ASKED, row, -1, rows.total[row], rows.fund[row]))
        end = leg + page.batch.decided.legs[row]
        while leg < end:
            if not 0 <= legs.pot[leg] < sizes.pots:
                note(faults, Fault(fault.MALFORMED, row, leg, sizes.pots - 1, legs.pot[leg]))
            if not -1 <= legs.edge[leg] < sizes.edges:
                note(faults, Fault(fault.MALFORMED, row, leg, sizes.edges - 1, legs.edge[leg]))
            if not CURRENT <= legs.segment[leg] <= WALLET:
                note(faults, Fault(fault.MALFORMED, row, leg, WALLET, legs.segment[leg]))
            leg += 1


def hold_order(page: Page) -> None:
    """Hold that rows are in order, and that the rows of a bill belong together."""
    _hold_rows(page)
    _hold_bills(page)


def hold_amounts(page: Page) -> None:
    """Hold what a page says of amounts by itself."""
    _hold_shares(page)
    _hold_credits(page)


def _hold_rows(page: Page) -> None:
    """Hold days and claims in order, and that what was refused moves nothing."""
    rows, decided, faults = page.batch.rows, page.batch.decided, page.notes.faults
    carry = page.notes.carry
    booked, claim = carry[BOOKED], carry[CLAIM]
    row = 0
    while row < len(rows.kind):
        end = end_of_bill(rows, row)
        if rows.kind[row] == SETTLE:
            if rows.claim[row] <= claim:
                note(faults, Fault(fault.CLAIM_ORDER, row, -1, claim + 1, rows.claim[row]))
            claim = max(claim, rows.claim[row])
        while row < end:
            if rows.booked[row] < booked:
                note(faults, Fault(fault.BOOKED, row, -1, booked, rows.booked[row]))
            if rows.day[row] > rows.booked[row]:
                note(faults, Fault(fault.BOOKED, row, -1, rows.booked[row], rows.day[row]))
            booked = max(booked, rows.booked[row])
            if decided.outcome[row] != DONE:
                moved = abs(decided.cash[row]) + abs(decided.fund[row]) + decided.legs[row]
                if moved != 0:
                    note(faults, Fault(fault.OUTCOME, row, -1, 0, moved))
            row += 1
    carry[BOOKED], carry[CLAIM] = booked, claim


def end_of_bill(rows: Rows, row: int) -> int:
    """Give the first row after the bill or cancellation that begins at a row."""
    kind, claim = rows.kind, rows.claim
    end = row + 1
    if kind[row] <= CANCEL:
        while end < len(kind) and kind[end] == kind[row] and claim[end] == claim[row]:
            end += 1
    return end


def _hold_bills(page: Page) -> None:
    """Hold the rows of a bill together: they speak of one person, one day, one outcome."""
    rows, decided, faults = page.batch.rows, page.batch.decided, page.notes.faults
    for row in range(1, len(rows.kind)):
        kind, before = rows.kind[row], row - 1
        if kind > CANCEL or kind != rows.kind[before] or rows.claim[row] != rows.claim[before]:
            continue
        if rows.line[row] <= rows.line[before]:
            note(faults, Fault(fault.BILL, row, -1, rows.line[before] + 1, rows.line[row]))
        if rows.patient[row] != rows.patient[before]:
            note(faults, Fault(fault.BILL, row, -1, rows.patient[before], rows.patient[row]))
        if rows.booked[row] != rows.booked[before]:
            note(faults, Fault(fault.BILL, row, -1, rows.booked[before], rows.booked[row]))
        if rows.day[row] != rows.day[before]:
            note(faults, Fault(fault.BILL, row, -1, rows.day[before], rows.day[row]))
        if decided.outcome[row] != decided.outcome[before]:
            note(faults, Fault(fault.BILL, row, -1, decided.outcome[before], decided.outcome[row]))
        if decided.legs[row] != 0:
            note(faults, Fault(fault.BILL, row, -1, 0, decided.legs[row]))


def _hold_shares(page: Page) -> None:
    """Hold every settled line: its own share is what legs and cash pay; the fund pays as asked."""
    batch, faults = page.batch, page.notes.faults
    rows, decided, legs = batch.rows, batch.decided, batch.legs
    row = leg = 0
    while row < len(rows.kind):
        end = end_of_bill(rows, row)
        first, leg = leg, leg + decided.legs[row]
        if rows.kind[row] == SETTLE and decided.outcome[row] == DONE:
            of_other_lines = 0
            for each in range(first, leg):
                of_other_lines += legs.amount[each]
                if legs.amount[each] <= 0:
                    note(faults, Fault(fault.AMOUNTS, row, each, 1, legs.amount[each]))
            for line in range(row, end):
                paid = 0
                for each in range(first, leg):
                    if legs.line[each] == rows.line[line]:
                        paid += legs.amount[each]
                of_other_lines -= paid
                if decided.cash[line] < 0:
                    note(faults, Fault(fault.AMOUNTS, line, -1, 0, decided.cash[line]))
                own, paid = rows.total[line] - rows.fund[line], paid + decided.cash[line]
                if paid != own:
                    note(faults, Fault(fault.OWN_SHARE, line, -1, own, paid))
                if decided.fund[line] != rows.fund[line]:
                    note(faults, Fault(fault.FUND, line, -1, rows.fund[line], decided.fund[line]))
            if of_other_lines != 0:
                note(faults, Fault(fault.OWN_SHARE, row, first, 0, of_other_lines))
        row = end


def hold_payers(page: Page, ties: Ties) -> None:
    """Hold that whoever pays a bill is the patient, or a grantor by the relation that is named."""
    rows, legs, faults = page.batch.rows, page.batch.legs, page.notes.faults
    for leg in range(len(legs.pot)):
        row, pot, edge = page.first_rows[leg], legs.pot[leg], legs.edge[leg]
        later = min(leg + _AHEAD, len(legs.pot) - 1)
        if legs.edge[later] >= 0:
            fetch(ties.first_edge, rows.patient[page.first_rows[later]])
            fetch(ties.grantor, legs.edge[later])
        if rows.kind[row] != SETTLE:
            continue
        patient = rows.patient[row]
        wallet = pot - ties.first_wallet
        if (wallet >= 0) != (legs.segment[leg] == WALLET):
            note(faults, Fault(fault.PAYER, row, leg, WALLET, legs.segment[leg]))
        if edge < 0:
            if pot != patient and (wallet < 0 or ties.wallet_owner[wallet] != patient):
                note(faults, Fault(fault.PAYER, row, leg, patient, pot))
        elif not ties.first_edge[patient] <= edge < ties.first_edge[patient + 1]:
            note(faults, Fault(fault.PAYER, row, leg, ties.first_edge[patient], edge))
        elif pot != ties.grantor[edge]:
            aside = ties.aside[edge]
            if aside < 0 or (pot != ties.aside_pool[aside] and pot != ties.aside_quota[aside]):
                note(faults, Fault(fault.PAYER, row, leg, ties.grantor[edge], pot))


def hold_balances(page: Page, pots: Pots) -> None:
    """Book legs: what is then in the pot is what the leg says, and never below zero."""
    legs, first_rows, faults = page.batch.legs, page.first_rows, page.notes.faults
    for leg in range(pots.first, pots.end):
        later = min(leg + _AHEAD, pots.end - 1)
        fetch(pots.prior if legs.segment[later] == PRIOR else pots.current, legs.pot[later])
        pot, amount = legs.pot[leg], legs.amount[leg]
        prior = legs.segment[leg] == PRIOR
        left = (pots.prior[pot] if prior else pots.current[pot]) - amount
        if left < 0:
            note(faults, Fault(fault.BELOW_ZERO, first_rows[leg], leg, 0, left))
        if left != legs.after[leg]:
            note(faults, Fault(fault.BALANCE, first_rows[leg], leg, left, legs.after[leg]))
        left = max(-MOST, min(MOST, left))
        if prior:
            pots.prior[pot] = left
        else:
            pots.current[pot] = left


def _hold_credits(page: Page) -> None:
    """Hold every credit to its row: one leg, into the owner's account, of the row's amount."""
    batch, faults = page.batch, page.notes.faults
    rows, decided, legs = batch.rows, batch.decided, batch.legs
    leg = 0
    for row in range(len(rows.kind)):
        if rows.kind[row] == CREDIT and decided.outcome[row] == DONE:
            if decided.legs[row] != 1 or decided.cash[row] != 0 or decided.fund[row] != 0:
                note(faults, Fault(fault.CREDIT, row, -1, 1, decided.legs[row]))
            elif legs.amount[leg] != -rows.total[row] or rows.total[row] <= 0:
                note(faults, Fault(fault.CREDIT, row, leg, -rows.total[row], legs.amount[leg]))
            elif legs.segment[leg] != (PRIOR if rows.flags[row] & TO_PRIOR else CURRENT):
                note(faults, Fault(fault.CREDIT, row, leg, rows.flags[row], legs.segment[leg]))
            elif legs.pot[leg] != rows.patient[row] or legs.edge[leg] != -1:
                note(faults, Fault(fault.CREDIT, row, leg, rows.patient[row], legs.pot[leg]))
        leg += decided.legs[row]


def hold_rules(page: Page, ruled: Ruled) -> None:
    """Hold every bill's rule set against the one that holds in the patient's area that day."""
    rows, decided, rules = page.batch.rows, page.batch.decided, ruled.rules
    for row in range(len(rows.kind)):
        fetch(ruled.home, rows.patient[min(row + _AHEAD, len(rows.kind) - 1)])
        if rows.kind[row] != SETTLE:
            continue
        since = min(rows.day[row] - rules.first_day, rules.days - 1)
        rule = -1
        if since >= 0:
            rule = rules.index[ruled.home[rows.patient[row]] * rules.days + since]
        if decided.rule[row] != rule:
            note(page.notes.faults, Fault(fault.RULE, row, -1, rule, decided.rule[row]))
