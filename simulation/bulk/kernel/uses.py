"""What relatives used of an account: in its open year beside the relation, else in a table.

The table is open-addressed; nothing is ever removed from it. It must keep a free place, for which
`simulation.bulk.deciding` cares. Days are kept only where a limit per day can bind.
"""

from __future__ import annotations

from simulation.bulk.arrays import PERIODS, State
from simulation.bulk.kernel.calendar import month_of
from simulation.bulk.kernel.desk import USES, Run

_SPREAD = 0x5851F42D  # any odd number below 2**31 whose bits look random
_STEP = 7_919


def home_place(who: int, period: int, mask: int) -> int:
    """Give where a use would be if nothing else were in the table of `mask + 1` places."""
    return (((who * _SPREAD) >> 16) + period * _STEP) & mask


def place_of(state: State, who: int, period: int) -> int:
    """Give where a use is or would be in the table. `who` is an edge, or edges + giver."""
    key = who * PERIODS + period
    mask = len(state.use_key) - 1
    at = home_place(who, period, mask)
    while state.use_key[at] not in (-1, key):
        at = (at + 1) & mask
    return at


def looked_up(state: State, who: int, period: int) -> int:
    """Give the fen used in a period of the table."""
    at = place_of(state, who, period)
    return state.use_fen[at] if state.use_key[at] != -1 else 0


def taken_out(state: State, who: int, period: int) -> int:
    """Give the fen used in a period of the table, and leave nothing there."""
    at = place_of(state, who, period)
    if state.use_key[at] == -1:
        return 0
    fen = state.use_fen[at]
    state.use_fen[at] = 0
    return fen


def count(run: Run, who: int, period: int, fen: int) -> None:
    """Count fen in the table."""
    state = run.state
    at = place_of(state, who, period)
    if state.use_key[at] == -1:
        state.use_key[at] = who * PERIODS + period
        state.use_fen[at] = 0
        run.work.at[USES] += 1
    state.use_fen[at] += fen


def used_in_year(state: State, edge: int, year: int) -> int:
    """Give what a beneficiary used in an account year."""
    if year == state.open_year[state.home[state.grantor[edge]]]:
        return state.used[edge]
    return looked_up(state, edge, year)


def given_in_year(state: State, edge: int, year: int) -> int:
    """Give what all beneficiaries of an edge's grantor used in an account year."""
    giver = state.giver[edge]
    if year == state.open_year[state.home[state.grantor[edge]]]:
        return state.given[giver]
    return looked_up(state, len(state.grantor) + giver, year)


def used_on_day(state: State, edge: int, day: int) -> int:
    """Give what a beneficiary used on a day, where it is kept."""
    return looked_up(state, edge, day)


def use(run: Run, edge: int, year: int, fen: int) -> None:
    """Count fen, or below zero count back, towards a relation's account year."""
    state = run.state
    giver = state.giver[edge]
    if year == state.open_year[state.home[state.grantor[edge]]]:
        state.used[edge] += fen
        state.given[giver] += fen
    else:
        count(run, edge, year, fen)
        count(run, len(state.grantor) + giver, year, fen)


def use_day(run: Run, edge: int, day: int, fen: int) -> None:
    """Count fen towards a relation's day, unless it is out of memory (`domain.account_fold`)."""
    state = run.state
    if month_of(day) // 12 >= state.open_year[state.home[state.grantor[edge]]] - 1:
        count(run, edge, day, fen)
