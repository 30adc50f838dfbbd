"""Giving money back: cancellations, whole and partial, as `domain.undoing` decides them.

Cash goes back first, then the legs in reverse order of payment, to the pots they came from.
"""

from __future__ import annotations

from domain.judging import CLOSED, ENDED
from simulation.bulk.arrays import (
    ACROSS_MONTHS,
    ACROSS_YEARS,
    ALREADY_CANCELLED,
    BEYOND_RANGE,
    CANCELLED,
    CLOSED_SINCE,
    DONE,
    EXCEEDS_PAID,
    NO_RULE,
    SETTLED,
    UNKNOWN_CLAIM,
    WHOLE,
)
from simulation.bulk.kernel import terms
from simulation.bulk.kernel.asking import counts_days
from simulation.bulk.kernel.calendar import month_of, year_of
from simulation.bulk.kernel.desk import Run
from simulation.bulk.kernel.paying import leg, move
from simulation.bulk.kernel.persons import account_of, is_wallet, money_in, owner_of
from simulation.bulk.kernel.rolling import MOST
from simulation.bulk.kernel.terms import rule_of, said, terms_of
from simulation.bulk.kernel.uses import use, use_day


def cancel(run: Run, first: int, end: int) -> int:
    """Cancel a bill by rows `first` to `end`; give the outcome."""
    memory, slot = run.memory, run.rows.slot[first]
    if slot < 0 or memory.standing[slot] not in (SETTLED, CANCELLED):
        return UNKNOWN_CLAIM
    patient = memory.patient[slot]
    rule = rule_of(run.rules, run.state.home[patient], run.rows.booked[first])
    for row in range(first, end):
        run.decided.rule[row] = rule
    outcome = _check(run, first, end, slot, rule)
    if outcome != DONE:
        return outcome
    whole = run.rows.flags[first] & WHOLE != 0
    _split(run, first, end, slot, whole)
    outcome = _check_pots(run, slot, rule)
    if outcome == DONE:
        _give_back(run, first, slot, rule)
        _take_off(run, first, end, slot, whole)
    return outcome


def _check(run: Run, first: int, end: int, slot: int, rule: int) -> int:
    """Ask whether a bill may be cancelled now, and so much of it."""
    rules, memory = run.rules, run.memory
    if rule < 0:
        return NO_RULE
    if memory.standing[slot] == CANCELLED:
        return ALREADY_CANCELLED
    then, now = memory.settled[slot], run.rows.booked[first]
    if month_of(then) != month_of(now) and said(rules, rule, terms.ACROSS_MONTHS) == 0:
        return ACROSS_MONTHS
    start = said(rules, rule, terms.YEAR_START_MONTH)
    if year_of(then, start) != year_of(now, start) and (
        said(rules, rule, terms.ACROSS_YEARS) == terms.REFUSED_ACROSS_YEARS
    ):
        return ACROSS_YEARS
    if run.rows.flags[first] & WHOLE:
        return DONE
    return _check_amounts(run, first, end, slot)


def _check_amounts(run: Run, first: int, end: int, slot: int) -> int:
    """Refuse to give back more than stays paid on a line, or nothing at all."""
    rows, memory = run.rows, run.memory
    asked = 0
    for row in range(first, end):
        line = _line_of(run, slot, rows.line[row])
        if line < 0:
            return EXCEEDS_PAID
        own, fund = rows.total[row] - rows.fund[row], rows.fund[row]
        if own > _own_paid(run, slot, line) or fund > memory.fund[line]:
            return EXCEEDS_PAID
        asked += own + fund
    return DONE if asked > 0 else EXCEEDS_PAID


def _line_of(run: Run, slot: int, number: int) -> int:
    """Give the place of a bill's line in the memory, by its number; -1: no such line."""
    memory = run.memory
    begin = memory.first_line[slot]
    for line in range(begin, begin + memory.lines[slot]):
        if memory.line[line] == number:
            return line
    return -1


def _own_paid(run: Run, slot: int, line: int) -> int:
    """Give what stays paid of a line's own share, cash and legs, fen."""
    memory = run.memory
    fen = memory.cash[line] + 0
    begin = memory.first_leg[slot]
    for paid in range(begin, begin + memory.legs[slot]):
        if memory.of_line[paid] == memory.line[line]:
            fen += memory.amount[paid]
    return fen


def _split(run: Run, first: int, end: int, slot: int, whole: bool) -> None:  # noqa: FBT001  # by position for the compiler
    """Say how much of each line goes back in cash (`cash`) and of each leg (`gave`)."""
    rows, memory, work = run.rows, run.memory, run.work
    begin, count = memory.first_line[slot], memory.lines[slot]
    for i in range(count):
        work.need[i] = _own_paid(run, slot, begin + i) if whole else 0
    if not whole:
        for row in range(first, end):
            line = _line_of(run, slot, rows.line[row])
            work.need[line - begin] = rows.total[row] - rows.fund[row]
    for i in range(count):
        work.cash[i] = min(work.need[i], memory.cash[begin + i])
        work.need[i] -= work.cash[i]
    for place in range(memory.legs[slot] - 1, -1, -1):
        paid = memory.first_leg[slot] + place
        i = _line_of(run, slot, memory.of_line[paid]) - begin
        work.gave[place] = min(work.need[i], memory.amount[paid])
        work.need[i] -= work.gave[place]


def _in_cash(run: Run, edge: int, rule: int) -> bool:
    """Tell whether a grantor's part goes to the patient in cash, since the relation has ended."""
    if edge < 0 or said(run.rules, rule, terms.REFUND_IN_CASH) == 0:
        return False
    return terms_of(run.state, edge).standing == ENDED


def _check_pots(run: Run, slot: int, rule: int) -> int:
    """Say which pot each leg goes back to (`back`).

    Refuse what only the single settlement does: closed accounts, balances beyond 32 bits.
    """
    state, memory = run.state, run.memory
    for place in range(memory.legs[slot]):
        paid = memory.first_leg[slot] + place
        pot, edge = memory.pot[paid], memory.edge[paid]
        if run.work.gave[place] == 0:
            continue
        in_cash = _in_cash(run, edge, rule)
        closed = not is_wallet(state, pot) and account_of(state, owner_of(state, pot)) == CLOSED
        if closed:
            return CLOSED_SINCE
        back = _way_back(run, slot, pot, in_cash)
        if money_in(state, back) + _sum_of_pot(run, slot, pot) > MOST:
            return BEYOND_RANGE
        run.work.back[place] = back
    return DONE


def _sum_of_pot(run: Run, slot: int, pot: int) -> int:
    """Give what goes back to one pot, fen."""
    memory = run.memory
    fen = 0
    for place in range(memory.legs[slot]):
        if memory.pot[memory.first_leg[slot] + place] == pot:
            fen += run.work.gave[place]
    return fen


def _give_back(run: Run, first: int, slot: int, rule: int) -> None:
    """Put what goes back into the pots, last payment first."""
    memory, work = run.memory, run.work
    for place in range(memory.legs[slot] - 1, -1, -1):
        fen = work.gave[place]
        if fen == 0:
            continue
        paid = memory.first_leg[slot] + place
        edge, line = memory.edge[paid], memory.of_line[paid]
        pot, segment = work.back[place], _segment(run, paid, rule)
        leg(run, first, pot, edge, segment)
        move(run, line, -fen)
        if _in_cash(run, edge, rule):
            leg(run, first, pot, edge, segment)
            move(run, line, fen)
        if edge >= 0:
            _uncount(run, slot, edge, fen)
    for place in range(memory.legs[slot]):
        memory.amount[memory.first_leg[slot] + place] -= work.gave[place]


def _segment(run: Run, paid: int, rule: int) -> int:
    """Give the segment that money goes back to: prior where its account year has closed."""
    state, memory = run.state, run.memory
    pot = memory.pot[paid]
    if is_wallet(state, pot):
        return terms.WALLET
    closed = state.open_year[state.home[owner_of(state, pot)]] != memory.year[paid]
    if closed and said(run.rules, rule, terms.ACROSS_YEARS) != terms.AS_IT_WAS:
        return terms.PRIOR
    return memory.segment[paid] + 0


def _way_back(run: Run, slot: int, pot: int, in_cash: bool) -> int:  # noqa: FBT001  # by position for the compiler
    """Give the pot that money of a pot goes back to: its purse, else what its owner has free.

    A quota never grows beyond itself (`domain.returning`).
    """
    state, persons = run.state, len(run.state.home)
    if pot < persons or is_wallet(state, pot):
        return pot + 0
    owner = state.purse_owner[pot - persons]
    if in_cash:
        return owner + 0
    quota = state.purse_quota[pot - persons]
    if quota >= 0 and money_in(state, pot) + _sum_of_pot(run, slot, pot) > quota:
        return owner + 0
    return pot + 0


def _uncount(run: Run, slot: int, edge: int, fen: int) -> None:
    """Take what goes back off the limits, in the account year and on the day of care."""
    state, day = run.state, run.memory.day[slot]
    home = state.home[state.grantor[edge]]
    rule = rule_of(run.rules, home, day)
    rule = rule_of(run.rules, state.home[run.memory.patient[slot]], day) if rule < 0 else rule
    use(run, edge, year_of(day, said(run.rules, rule, terms.YEAR_START_MONTH)), -fen)
    if counts_days(run, edge, rule):
        use_day(run, edge, day, -fen)


def _take_off(run: Run, first: int, end: int, slot: int, whole: bool) -> None:  # noqa: FBT001  # by position for the compiler
    """Take what went back off what stays paid, and write cash and fund of each row."""
    rows, memory, decided = run.rows, run.memory, run.decided
    begin = memory.first_line[slot]
    for row in range(first, end):
        for line in range(begin, begin + memory.lines[slot]):
            if not whole and memory.line[line] != rows.line[row]:
                continue
            cash = run.work.cash[line - begin]
            fund = memory.fund[line] if whole else rows.fund[row]
            memory.cash[line] -= cash
            memory.fund[line] -= fund
            decided.cash[row] -= cash
            decided.fund[row] -= fund
    if _stays_paid(run, slot) == 0:
        memory.standing[slot] = CANCELLED


def _stays_paid(run: Run, slot: int) -> int:
    """Give what stays paid of a bill, the fund's part included, fen."""
    memory = run.memory
    fen = 0
    for line in range(memory.first_line[slot], memory.first_line[slot] + memory.lines[slot]):
        fen += memory.cash[line] + memory.fund[line]
    for paid in range(memory.first_leg[slot], memory.first_leg[slot] + memory.legs[slot]):
        fen += memory.amount[paid]
    return fen
