"""Credits, and the beginning of an account year for everybody in a region."""

from __future__ import annotations

from domain.judging import CLOSED, MISSING, OPEN
from simulation.bulk.arrays import (
    ACCOUNT_CLOSED,
    ALREADY_ROLLED,
    BEYOND_RANGE,
    DONE,
    NO_ACCOUNT,
    NO_RULE,
    TO_PRIOR,
)
from simulation.bulk.kernel import terms
from simulation.bulk.kernel.calendar import year_of
from simulation.bulk.kernel.desk import Run
from simulation.bulk.kernel.paying import leg, move
from simulation.bulk.kernel.persons import account_of, money_in
from simulation.bulk.kernel.terms import rule_of, said
from simulation.bulk.kernel.uses import count, taken_out

MOST = 2**31 - 1
"""The most that a segment of a pot may hold, fen: about 21 million yuan."""


def credit(run: Run, row: int) -> int:
    """Put money into an account; give the outcome."""
    rows, state = run.rows, run.state
    person, fen = rows.patient[row], rows.total[row]
    account = account_of(state, person)
    if account == MISSING:
        return NO_ACCOUNT
    if account == CLOSED:
        return ACCOUNT_CLOSED
    if money_in(state, person) + fen > MOST:
        return BEYOND_RANGE
    leg(run, row, person, -1, terms.PRIOR if rows.flags[row] & TO_PRIOR else terms.CURRENT)
    move(run, 0, -fen)
    return DONE


def roll(run: Run, row: int) -> int:
    """Begin a region's account year: what is current becomes prior; give the outcome."""
    rows, state = run.rows, run.state
    region = rows.patient[row]
    rule = rule_of(run.rules, region, rows.booked[row])
    run.decided.rule[row] = rule
    if rule < 0:
        return NO_RULE
    year = year_of(rows.booked[row], said(run.rules, rule, terms.YEAR_START_MONTH))
    if year <= state.open_year[region]:
        return ALREADY_ROLLED
    run.decided.cash[row] = _roll_pots(run, region)
    _roll_uses(run, region, year)
    state.open_year[region] = year
    return DONE


def _roll_pots(run: Run, region: int) -> int:
    """Turn current money into prior money in all open accounts; give the fen that moved.

    No segment can overflow: `credit` and giving back bound both segments together.
    """
    state = run.state
    moved = 0
    persons = len(state.home)
    for pot in range(persons + len(state.purse_owner)):
        owner = pot if pot < persons else state.purse_owner[pot - persons]
        if state.home[owner] == region and account_of(state, owner) == OPEN:
            moved += state.current[pot]
            state.prior[pot] += state.current[pot]
            state.current[pot] = 0
    return moved


def _roll_uses(run: Run, region: int, year: int) -> None:
    """Put what was used in the old year into the table, and take out what is known of the new.

    A grantor with several relations is met several times; the second time nothing is left to move.
    """
    state = run.state
    old = state.open_year[region]
    edges = len(state.grantor)
    for edge in range(edges):
        if state.home[state.grantor[edge]] != region:
            continue
        giver = state.giver[edge]
        if state.used[edge] != 0:
            count(run, edge, old, state.used[edge])
        if state.given[giver] != 0:
            count(run, edges + giver, old, state.given[giver])
        state.used[edge] = 0
        state.given[giver] = 0
    for edge in range(edges):
        if state.home[state.grantor[edge]] != region:
            continue
        giver = state.giver[edge]
        state.used[edge] += taken_out(state, edge, year)
        state.given[giver] += taken_out(state, edges + giver, year)
