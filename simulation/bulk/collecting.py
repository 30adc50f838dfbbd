"""Finding the uses that a shard will look up, and putting uses into a table: compiled loops.

Keys are those of `simulation.bulk.arrays.PERIODS`; a shard has keys of its own, by its edges.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from simulation.bulk.arrays import PERIODS, Numbers, Rules
from simulation.bulk.kernel import terms
from simulation.bulk.kernel.asking import counts_days
from simulation.bulk.kernel.calendar import year_of
from simulation.bulk.kernel.terms import rule_of, said
from simulation.bulk.kernel.uses import place_of


class Part(NamedTuple):
    """Those arrays of a shard's state that decide which uses are looked up."""

    home: Numbers
    first_edge: Numbers
    grantor: Numbers
    giver: Numbers
    terms: Numbers
    authorized: Numbers
    open_year: Numbers


class Table(NamedTuple):
    """A table of uses, as `State` has it."""

    use_key: Numbers
    use_fen: Numbers


class Bills(NamedTuple):
    """Whose relations are asked for use, and on which day of care."""

    patient: Numbers
    day: Numbers


class Search(NamedTuple):
    """Where uses are looked for, and what was found of them, in a shard's own keys.

    `state` and `rules` are called as in `kernel.desk.Run`, for the kernel's functions.
    """

    state: Any  # Part
    rules: Rules
    bills: Bills
    whole: Any  # Table
    edges: Numbers  # for each edge of the shard, what it is in the whole
    givers: Numbers  # the same for its grantor
    # How many edges there are in the shard and in the whole, and how many uses were found.
    counts: Numbers
    key: Numbers
    fen: Numbers


IN_SHARD, IN_WHOLE, FOUND = 0, 1, 2


def collect(search: Search) -> None:
    """Collect what the kernel can look up while it decides: some uses more than once.

    The days and years are those that `kernel.asking` and `kernel.undoing` ask for.
    """
    state, rules, bills = search.state, search.rules, search.bills
    for bill in range(len(bills.patient)):
        patient, day = bills.patient[bill], bills.day[bill]
        patients = rule_of(rules, state.home[patient], day)
        for edge in range(state.first_edge[patient], state.first_edge[patient + 1]):
            home = state.home[state.grantor[edge]]
            rule = rule_of(rules, home, day)
            rule = patients if rule < 0 else rule
            if rule < 0:
                continue
            outside = search.edges[edge]
            year = year_of(day, said(rules, rule, terms.YEAR_START_MONTH))
            if year != state.open_year[home]:
                pick(search, edge, outside, year)
                giver = search.counts[IN_SHARD] + state.giver[edge]
                pick(search, giver, search.counts[IN_WHOLE] + search.givers[edge], year)
            if counts_days(search, edge, rule):  # type: ignore[arg-type]  # reads state and rules
                pick(search, edge, outside, day)


def pick(search: Search, inside: int, outside: int, period: int) -> None:
    """Take one use, if there is one."""
    at = place_of(search.whole, outside, period)
    if search.whole.use_key[at] != -1:
        count = search.counts[FOUND]
        search.key[count] = inside * PERIODS + period
        search.fen[count] = search.whole.use_fen[at]
        search.counts[FOUND] += 1


def absorb(table: Any, keys: Numbers, fens: Numbers) -> None:  # noqa: ANN401  # a Table
    """Write uses into a table that has room for them."""
    for i in range(len(keys)):
        at = place_of(table, keys[i] // PERIODS, keys[i] % PERIODS)
        table.use_key[at] = keys[i]
        table.use_fen[at] = fens[i]
