"""Finding the uses that a shard will look up, and putting uses into a table: loops to be compiled.

Keys are those of `simulation.bulk.arrays.PERIODS`; a shard has keys of its own, by its edges.
"""

from __future__ import annotations

from typing import NamedTuple

from simulation.bulk.arrays import PERIODS, Int32, Int64, Rules, State
from simulation.bulk.kernel import terms
from simulation.bulk.kernel.asking import counts_days
from simulation.bulk.kernel.calendar import year_of
from simulation.bulk.kernel.terms import rule_of, said
from simulation.bulk.kernel.uses import place_of


class Search(NamedTuple):
    """Where uses are looked for, and what was found of them, in a shard's own keys."""

    state: State  # of the shard
    rules: Rules
    whole: State
    # The bills that ask: whose relations, and which day of care.
    patient: Int32
    day: Int32
    # For each edge of the shard, what it is in the whole, and its grantor among all grantors.
    edges: Int64
    givers: Int32
    # What was found, and, one number, how much.
    key: Int64
    fen: Int64
    count: Int64


class Found(NamedTuple):
    """Uses, and the state whose table they are written to."""

    state: State
    key: Int64
    fen: Int64


def collect(search: Search) -> None:
    """Collect what the kernel can look up while it decides: some uses more than once.

    The days and years are those that `kernel.asking` and `kernel.undoing` ask for.
    """
    state, rules = search.state, search.rules
    if is_empty(search.whole):
        return
    for bill in range(len(search.patient)):
        patient, day = search.patient[bill], search.day[bill]
        patients = rule_of(rules, state.home[patient], day)
        for edge in range(state.first_edge[patient], state.first_edge[patient + 1]):
            home = state.home[state.grantor[edge]]
            rule = rule_of(rules, home, day)
            rule = patients if rule < 0 else rule
            if rule >= 0:
                collect_for(search, edge, rule, day)


def is_empty(state: State) -> bool:
    """Tell whether nothing is in the table, whose uses lie all over it."""
    for place in range(len(state.use_key)):  # noqa: SIM110  # compiled
        if state.use_key[place] != -1:
            return False
    return True


def collect_for(search: Search, edge: int, rule: int, day: int) -> None:
    """Collect the uses of one relation on a day and in its account year."""
    state, outside = search.state, search.edges[edge]
    year = year_of(day, said(search.rules, rule, terms.YEAR_START_MONTH))
    if year != state.open_year[state.home[state.grantor[edge]]]:
        take(search, edge, outside, year)
        giver = len(search.whole.grantor) + search.givers[edge]
        take(search, len(state.grantor) + state.giver[edge], giver, year)
    if counts_days(search, edge, rule):  # type: ignore[arg-type]  # a run's state and rules do
        take(search, edge, outside, day)


def take(search: Search, inside: int, outside: int, period: int) -> None:
    """Take one use, if there is one."""
    at = place_of(search.whole, outside, period)
    if search.whole.use_key[at] != -1:
        count = search.count[0]
        search.key[count] = inside * PERIODS + period
        search.fen[count] = search.whole.use_fen[at]
        search.count[0] = count + 1


def absorb(found: Found) -> None:
    """Write uses into a table that has room for them."""
    state = found.state
    for i in range(len(found.key)):
        at = place_of(state, found.key[i] // PERIODS, found.key[i] % PERIODS)
        state.use_key[at] = found.key[i]
        state.use_fen[at] = found.fen[i]
