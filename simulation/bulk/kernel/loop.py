"""The pass over the rows of a batch."""

from __future__ import annotations

from simulation.bulk.arrays import CANCEL, CREDIT, DONE, REFUSED, SETTLE, Rows
from simulation.bulk.kernel.admitting import admit
from simulation.bulk.kernel.asking import lay_out
from simulation.bulk.kernel.desk import Run, fetch
from simulation.bulk.kernel.paying import pay
from simulation.bulk.kernel.rolling import credit, roll
from simulation.bulk.kernel.terms import rule_of
from simulation.bulk.kernel.undoing import cancel

_AHEAD = 8
"""Rows; one takes about as long as a tenth of a memory access."""


def decide(run: Run) -> None:
    """Decide all rows, in their order."""
    row = 0
    while row < len(run.rows.kind):
        _look_ahead(run, row)
        after = end_of_bill(run.rows, row)
        kind = run.rows.kind[row]
        if kind == SETTLE:
            outcome = _settle(run, row, after)
        elif kind == CANCEL:
            outcome = cancel(run, row, after)
        elif kind == CREDIT:
            outcome = credit(run, row)
        else:
            outcome = roll(run, row)
        for each in range(row, after):
            run.decided.outcome[each] = outcome
        row = after


def _look_ahead(run: Run, row: int) -> None:
    """Have the memory bring what later rows will ask: persons, relations, then relatives."""
    state, rows = run.state, run.rows
    last = len(rows.kind) - 1
    patient = rows.patient[min(row + 3 * _AHEAD, last)]
    fetch(state.home, patient)
    fetch(state.flags, patient)
    fetch(state.first_edge, patient)
    fetch(state.current, patient)
    fetch(state.prior, patient)
    edge = _first_edge(run, min(row + 2 * _AHEAD, last))
    if edge >= 0:
        fetch(state.grantor, edge)
        fetch(state.terms, edge)
        fetch(state.used, edge)
        fetch(state.giver, edge)
        fetch(state.rank, edge)
        fetch(state.chosen, edge)
        fetch(state.aside, edge)
    edge = _first_edge(run, min(row + _AHEAD, last))
    if edge >= 0:
        grantor = state.grantor[edge]
        fetch(state.home, grantor)
        fetch(state.flags, grantor)
        fetch(state.current, grantor)
        fetch(state.prior, grantor)
        fetch(state.given, state.giver[edge])


def _first_edge(run: Run, row: int) -> int:
    """Give the first relation of a row's patient; -1: there is none."""
    if run.rows.kind[row] != SETTLE:
        return -1
    patient = run.rows.patient[row]
    edge = run.state.first_edge[patient]
    return edge if edge < run.state.first_edge[patient + 1] else -1


def end_of_bill(rows: Rows, first: int) -> int:
    """Give the row after the last one of a bill or of a cancellation."""
    kind, claim = rows.kind[first], rows.claim[first]
    row = first + 1
    if kind in (SETTLE, CANCEL):
        while row < len(rows.kind) and rows.kind[row] == kind and rows.claim[row] == claim:
            row += 1
    return row


def _settle(run: Run, first: int, end: int) -> int:
    """Settle a bill; give the outcome."""
    rows = run.rows
    rule = rule_of(run.rules, run.state.home[rows.patient[first]], rows.day[first])
    fund = 0
    for row in range(first, end):
        run.decided.rule[row] = rule
        fund += rows.fund[row]
    outcome = admit(run, first, rule, fund)
    if outcome == DONE:
        pay(run, first, end, rule, lay_out(run, first, end, rule))
    elif rows.slot[first] >= 0:
        run.memory.standing[rows.slot[first]] = REFUSED
    return outcome
