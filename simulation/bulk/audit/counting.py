"""What relatives used, counted from a log: in the open account year and, beside it, by period.

The kernel keeps the same counters while it decides (`simulation.bulk.kernel.uses`); here they are
summed from legs alone, whole columns at a time, so that the two can be held against each other.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.rules import UNLIMITED
from simulation.bulk.arrays import PERIODS, Rules, State, Terms
from simulation.bulk.kernel import terms

Array = NDArray[Any]

_PER_DAY_CAP = terms.NAMES.index("caps.per_day")
_PER_DAY = Terms._fields.index("per_day")
_EPOCH = 719_163  # date(1970, 1, 1).toordinal()
_TABLE = 16  # places in an empty table of uses


class Use(NamedTuple):
    """Money that relatives used, or below zero gave back: one element a leg."""

    edge: Array
    patient: Array
    day: Array  # of care
    fen: Array


class Counters:
    """Counts use as the rules of each grantor's area say: by account year, and by day."""

    def __init__(self, state: State, rules: Rules) -> None:
        """Begin with what the state has counted; `used` and `given` are changed in place."""
        self._state, self.rules = state, rules
        full = state.use_key != -1
        self._key, self._fen = state.use_key[full], state.use_fen[full]
        self._pending: list[tuple[Array, Array]] = []

    def rule_of(self, region: Array, day: Array) -> Array:
        """Give the rule set of each region and day; -1 where there is none."""
        since = day.astype(np.int64) - self.rules.first_day
        at = region.astype(np.int64) * self.rules.days + np.minimum(since, self.rules.days - 1)
        return np.where(since < 0, -1, self.rules.index[np.maximum(at, 0)])

    def year_of(self, rule: Array, day: Array) -> Array:
        """Name the account year of each day by a rule set."""
        months = (day - _EPOCH).astype("M8[D]").astype("M8[M]").astype(np.int64)  # since 1970
        start = self._said(rule, terms.YEAR_START_MONTH)
        return 1970 + months // 12 - (months % 12 + 1 < start)

    def take(self, use: Use) -> Array:
        """Count use while no account year begins; give the places whose counter is below zero."""
        state = self._state
        home = state.home[state.grantor[use.edge]]
        rule = self.rule_of(home, use.day)
        rule = np.where(rule < 0, self.rule_of(state.home[use.patient], use.day), rule)
        year, giver = self.year_of(rule, use.day), state.giver[use.edge]
        late = year != state.open_year[home]
        np.add.at(state.used, use.edge[~late], use.fen[~late])
        np.add.at(state.given, giver[~late], use.fen[~late])
        edges = len(state.grantor)
        self._count(use.edge[late], year[late], use.fen[late])
        self._count(edges + giver[late].astype(np.int64), year[late], use.fen[late])
        by_day = self._counts_days(use.edge, rule)
        by_day &= self._calendar_year(use.day) >= state.open_year[home] - 1
        self._count(use.edge[by_day], use.day[by_day], use.fen[by_day])
        return np.flatnonzero((state.used[use.edge] < 0) | (state.given[giver] < 0))

    def roll(self, region: int, year: int) -> None:
        """Put what was used in a region's open year away, and take out what is known of the new."""
        state = self._state
        theirs = state.home[state.grantor] == region
        edges, givers = np.flatnonzero(theirs), np.unique(state.giver[theirs])
        count = len(state.grantor)
        old = state.open_year[region]
        for counter, places, who in (
            (state.used, edges, edges),
            (state.given, givers, count + givers.astype(np.int64)),
        ):
            self._count(who, np.full(len(who), old), counter[places])
            counter[places] = self._taken_out(who, year)

    def table(self) -> tuple[Array, Array]:
        """Give all use beside the open years: keys in rising order, and fen, none of it zero."""
        keys = np.concatenate([self._key, *(key for key, _ in self._pending)])
        fens = np.concatenate([self._fen, *(fen for _, fen in self._pending)])
        order = np.argsort(keys, kind="stable")
        keys, fens = keys[order], fens[order]
        first = np.flatnonzero(np.diff(keys, prepend=-2))
        sums = np.add.reduceat(fens, first) if len(first) else fens
        kept = sums != 0
        self._key, self._fen, self._pending = keys[first][kept], sums[kept], []
        return self._key, self._fen

    def _said(self, rule: Array, what: int) -> Array:
        said: Array = self.rules.cells[rule.astype(np.int64) * terms.WIDTH + what]
        return said

    def _counts_days(self, edge: Array, rule: Array) -> Array:
        """Tell where a limit per day can bind."""
        state = self._state
        at = state.terms[edge].astype(np.int64) * len(Terms._fields) + _PER_DAY
        least: Array = np.minimum(self._said(rule, _PER_DAY_CAP), state.authorized[at])
        return least < UNLIMITED

    def _calendar_year(self, day: Array) -> Array:
        return 1970 + (day - _EPOCH).astype("M8[D]").astype("M8[Y]").astype(np.int64)

    def _count(self, who: Array, period: Array, fen: Array) -> None:
        if len(who):
            keys = who.astype(np.int64) * PERIODS + period
            self._pending.append((keys, fen.astype(np.int64)))

    def _taken_out(self, who: Array, period: int) -> Array:
        """Give what is counted in a period, and leave nothing of it."""
        keys, fens = self.table()
        wanted = who.astype(np.int64) * PERIODS + period
        at = np.minimum(np.searchsorted(keys, wanted), max(0, len(keys) - 1))
        found = keys[at] == wanted if len(keys) else np.zeros(len(wanted), bool)
        taken = np.zeros(len(wanted), np.int64)
        taken[found] = fens[at[found]]
        fens[at[found]] = 0
        return taken
