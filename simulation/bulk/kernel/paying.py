"""Letting the accounts pay a bill that has been laid out, and booking what they pay."""

from __future__ import annotations

from domain.waterfall import Case, waterfall
from simulation.bulk.arrays import SETTLED
from simulation.bulk.kernel import terms
from simulation.bulk.kernel.asking import counts_days
from simulation.bulk.kernel.calendar import year_of
from simulation.bulk.kernel.desk import KEPT, LEGS, LINES, SEGMENTS, TRIED, Run
from simulation.bulk.kernel.persons import owner_of
from simulation.bulk.kernel.terms import said
from simulation.bulk.kernel.uses import use, use_day


def pay(run: Run, first: int, end: int, rule: int, accounts: int) -> None:
    """Split the own shares of a bill's lines, book the legs, and write the cash of each line."""
    rows, work = run.rows, run.work
    lines = end - first
    for line in range(lines):
        work.need[line] = rows.total[first + line] - rows.fund[first + line]
    for cell in range(accounts * SEGMENTS * lines):
        work.gave[cell] = 0
    case = Case(
        work.need[:lines],
        work.room[: accounts * SEGMENTS],
        work.cap[:accounts],
        work.may_pay[: accounts * lines],
        work.own[:accounts],
        said(run.rules, rule, terms.FALL_THROUGH),
        said(run.rules, rule, terms.OWN_MUST_BE_EMPTY),
    )
    waterfall(case, work.gave[: accounts * SEGMENTS * lines], work.why[:accounts])
    for account in range(accounts):
        fen = _book(run, first, lines, account)
        _keep_trial(run, first, account, fen)
    for line in range(lines):
        run.decided.cash[first + line] = work.need[line]
        run.decided.fund[first + line] = rows.fund[first + line]
    if rows.slot[first] >= 0:
        _remember(run, first, lines)


def _book(run: Run, first: int, lines: int, account: int) -> int:
    """Take from one pot what it gave, leg by leg; give the sum, fen."""
    rows, work = run.rows, run.work
    fen = 0
    for segment in range(account * SEGMENTS, (account + 1) * SEGMENTS):
        for line in range(lines):
            amount = work.gave[segment * lines + line]
            if amount > 0:
                fen += amount
                edge = max(-1, work.edge[account])
                leg(run, first, work.pot[account], edge, work.segment[segment])
                move(run, rows.line[first + line], amount)
    if fen > 0 and work.edge[account] >= 0:
        edge, rule = work.edge[account], work.rule[account]
        day = rows.day[first]
        use(run, edge, year_of(day, said(run.rules, rule, terms.YEAR_START_MONTH)), fen)
        if counts_days(run, edge, rule):
            use_day(run, edge, day, fen)
    return fen


def leg(run: Run, first: int, pot: int, edge: int, segment: int) -> None:
    """Begin a leg: which pot, by which relation, in which segment."""
    at = run.work.at[LEGS]
    run.legs.pot[at] = pot
    run.legs.edge[at] = edge
    run.legs.segment[at] = segment
    run.work.at[LEGS] += 1
    run.decided.legs[first] += 1


def move(run: Run, line: int, amount: int) -> None:
    """End a leg: take the amount from its pot (below zero: put it in) and write what is left."""
    state = run.state
    at = run.work.at[LEGS] - 1
    pot = run.legs.pot[at]
    if run.legs.segment[at] == terms.PRIOR:
        state.prior[pot] -= amount
        run.legs.after[at] = state.prior[pot]
    else:  # a wallet's money counts as current
        state.current[pot] -= amount
        run.legs.after[at] = state.current[pot]
    run.legs.line[at] = line
    run.legs.amount[at] = amount


def _keep_trial(run: Run, first: int, account: int, fen: int) -> None:
    """Keep why an account gave what it gave, where somebody wants to know."""
    tried, work = run.tried, run.work
    at = work.at[TRIED]
    if at >= len(tried.row):
        return
    tried.row[at] = first
    tried.edge[at] = work.edge[account]
    tried.pot[at] = work.pot[account]
    tried.barred[at] = work.barred[account]
    tried.why[at] = work.why[account]
    tried.limit[at] = work.limit[account]
    tried.cap[at] = work.cap[account]
    tried.gave[at] = fen
    work.at[TRIED] += 1


def _remember(run: Run, first: int, lines: int) -> None:
    """Keep what a bill was paid, since it will be cancelled."""
    rows, memory, work, state = run.rows, run.memory, run.work, run.state
    slot = rows.slot[first]
    memory.standing[slot] = SETTLED
    memory.patient[slot] = rows.patient[first]
    memory.day[slot] = rows.day[first]
    memory.settled[slot] = rows.booked[first]
    memory.first_line[slot] = work.at[LINES]
    memory.lines[slot] = lines
    memory.first_leg[slot] = work.at[KEPT]
    memory.legs[slot] = run.decided.legs[first]
    for line in range(lines):
        at = work.at[LINES]
        memory.line[at] = rows.line[first + line]
        memory.cash[at] = work.need[line]
        memory.fund[at] = rows.fund[first + line]
        work.at[LINES] += 1
    for paid in range(work.at[LEGS] - run.decided.legs[first], work.at[LEGS]):
        at = work.at[KEPT]
        pot = run.legs.pot[paid]
        memory.pot[at] = pot
        memory.edge[at] = run.legs.edge[paid]
        memory.segment[at] = run.legs.segment[paid]
        memory.of_line[at] = run.legs.line[paid]
        memory.amount[at] = run.legs.amount[paid]
        memory.year[at] = state.open_year[state.home[owner_of(state, pot)]]
        work.at[KEPT] += 1
