"""What if the rules were others, on a population: the same claims by two rule tables.

Both sides begin with the same state and go their own ways from there: what one rule table leaves
in an account is there for the next bill. Only sums are kept, and for each person by how much the
cash changes, so that memory grows with the population and not with the claims.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.bulk.arrays import ROLL, Decided, Rows, Rules, State
from simulation.bulk.comparison.comparing_sums import Comparison, Sums, bills_of
from simulation.bulk.deciding import Decide, Outcome, empty_memory
from simulation.bulk.remembering import with_room
from simulation.bulk.run.year_ends import YearEnds
from simulation.bulk.states.state_checks import CHANGING


class Claims(NamedTuple):
    """Rows in batches of whole bills, without rollovers, and how many bills they cancel."""

    batches: Iterable[Rows]
    cancelled: int


def compare(
    state: State,
    claims: Claims,
    *,
    rules: tuple[Rules, Rules],
    decide: Decide,
    ages: NDArray[np.int8] | None = None,
) -> Comparison:
    """Decide claims by the rules before and by those after; the state stays as it is.

    `ages` says in which band everybody is, -1 where that is not known.
    """
    before, after = (_Side(state, each, cancelled=claims.cancelled) for each in rules)
    sums = Sums(state, ages)
    for rows in claims.batches:
        was, now = before.decide(rows, decide), after.decide(rows, decide)
        sums.add(bills_of(rows, memory=before.memory), before=was, after=now)
    return sums.comparison()


def _copy(state: State) -> State:
    """Give a state that may change; arrays that never do are shared."""
    fresh = {name: np.array(getattr(state, name)) for name in CHANGING}
    return state._replace(**fresh)


class _Side:
    """One rule table with the state that it leads to."""

    def __init__(self, state: State, rules: Rules, *, cancelled: int) -> None:
        self.memory = empty_memory(cancelled)
        self._state, self._rules = _copy(state), rules
        self._year_ends = YearEnds(state, rules)

    def decide(self, rows: Rows, decide: Decide) -> Outcome:
        """Decide rows; what is given is about them alone, without the rollovers put in."""
        rolled = self._year_ends.put_in(rows, self._state.open_year)
        self.memory = with_room(self.memory, self._state, rows=rolled)
        self._state, outcome = decide(self._state, self._rules, rows=rolled, memory=self.memory)
        asked = rolled.kind != ROLL
        return outcome._replace(decided=Decided(*(each[asked] for each in outcome.decided)))
