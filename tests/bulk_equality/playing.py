"""Letting things happen twice, singly and in bulk, and comparing everything that comes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from random import Random
from typing import Any, NamedTuple

import numpy as np

from domain.ids import PersonId, RegionCode
from domain.person import Person
from domain.rules import UNLIMITED, RuleBook
from simulation.bulk.arrays import SETTLE, Rows, State
from simulation.bulk.deciding import Decide, Outcome, empty_memory, plain
from simulation.bulk.ledgers.give_out import Holdings, give_out, holdings
from simulation.bulk.ledgers.intake import Intake, take_in
from simulation.bulk.rules import RuleTable, rule_table
from tests.bulk_equality.areas import Areas
from tests.bulk_equality.comparing import Comparing, Difference
from tests.bulk_equality.decisions import Decision, OnlySingly
from tests.bulk_equality.happenings import Happening
from tests.bulk_equality.names import Names
from tests.bulk_equality.rows import Layout
from tests.bulk_equality.singly import Books
from tests.bulk_equality.tally import Tally

Plant = Callable[[RuleTable], RuleTable]
"""Changes the rules that the kernel is given."""


def unchanged(table: RuleTable) -> RuleTable:
    """Plant nothing."""
    return table


class Desk(NamedTuple):
    """What decides in bulk, and what counts; `both` lets the interpreted kernel decide, too."""

    decide: Decide
    tally: Tally
    plant: Plant = unchanged
    both: bool = False


class Playing:
    """Books and arrays side by side, over one stretch of time or several."""

    def __init__(
        self, random: Random, areas: Areas, *, stretches: Sequence[Sequence[Happening]], desk: Desk
    ) -> None:
        """Look ahead for what will be cancelled; `random` cuts batches."""
        self.random = random
        self.areas = areas
        self.desk = desk
        self.table = desk.plant(_table(areas.book, areas.regions))
        self.left: list[Happening] = []  # to the single settlement
        self._layout = Layout([h for each in stretches for h in each], self.table.regions)
        self.memory = empty_memory()

    @property
    def cancelled(self) -> list[int]:
        """Give the numbers of all bills that are ever cancelled, ascending: the slots."""
        return self._layout.cancelled

    def stretch(self, happenings: Sequence[Happening], books: Books) -> Iterator[Difference]:
        """Take the books in, let everything happen in batches of any size, and compare."""
        intake = take_in(books.persons, books.pools, table=self.table)
        if not len(self.memory.standing):
            relations = int(np.diff(intake.state.first_edge).max(initial=0))
            self.memory = self._layout.memory(relations=relations)
        state = intake.state
        comparing = Comparing(Names(intake, books.persons), self.table, self.areas.book)
        for batch in self._batches(happenings):
            decisions = [self._singly(books, each) for each in batch]
            laid = self._layout.lay(batch, intake)
            trace = self.random.random() < _TRACED
            state, outcome = self._in_bulk(state, laid.rows, trace=trace)
            self.desk.tally.batch(batch, decisions, areas=self.areas)
            yield from comparing.batch(batch, decisions, laid=laid, outcome=outcome)
            if trace:
                yield from comparing.trials(batch, decisions, laid=laid, outcome=outcome)
        yield from self._ends(books, intake._replace(state=state))

    def _batches(self, happenings: Sequence[Happening]) -> Iterator[Sequence[Happening]]:
        begin = 0
        while begin < len(happenings):
            end = begin + self.random.choice((1, 7, 300, 1_000))
            yield happenings[begin:end]
            begin = end

    def _singly(self, books: Books, happening: Happening) -> Decision | None:
        try:
            return books.decide(happening)
        except OnlySingly:
            self.left.append(happening)
            return None

    def _in_bulk(self, state: State, rows: Rows, *, trace: bool) -> tuple[State, Outcome]:
        """Let the kernel decide, and the interpreted one, too, which must agree to the bit."""
        decide, rules, memory = self.desk.decide, self.table.rules, self.memory
        if not self.desk.both:
            return decide(state, rules, rows=rows, memory=memory, trace=trace)
        copies = _copy(state), _copy(memory)
        after, outcome = decide(state, rules, rows=rows, memory=memory, trace=trace)
        others, plainly = plain()(copies[0], rules, rows=rows, memory=copies[1], trace=trace)
        self.desk.tally.plain += len(np.unique(rows.claim[rows.kind == SETTLE]))
        pairs: list[tuple[Any, Any]] = [(after, others), (memory, copies[1])]
        pairs += zip(outcome, plainly, strict=True)
        for mine, theirs in pairs:
            for name, one, other in zip(mine._fields, mine, theirs, strict=True):
                assert np.array_equal(one, other), name
        return after, outcome

    def _ends(self, books: Books, intake: Intake) -> Iterator[Difference]:
        """Compare what everybody holds, what was used, and which years are open."""
        theirs = give_out(intake.state, intake)
        keeping = Keeping(books)
        for who, person in books.persons.items():
            mine = keeping.kept(holdings(person), person)
            other = keeping.kept(theirs[who], person)
            if mine != other:
                yield Difference(who, "holdings", mine, other)
        for region, year in books.years.items():
            found = int(intake.state.open_year[self.table.number_of(region)])
            if found != year:
                yield Difference(region, "open year", year, found)


_TRACED = 0.2  # of all batches


@lru_cache(maxsize=64)
def _table(book: RuleBook, regions: tuple[RegionCode, ...]) -> RuleTable:
    return rule_table(book, regions=regions)


def _copy(arrays: Any) -> Any:  # noqa: ANN401  # any tuple of arrays
    return type(arrays)(*(each.copy() for each in arrays))


class Keeping:
    """Which days of use the kernel keeps: where a limit per day can bind, and not long ago."""

    def __init__(self, books: Books) -> None:
        """Look relations and rules up in these."""
        self.books = books

    def kept(self, held: Holdings, person: Person) -> Holdings:
        """Leave out the days that are not kept."""
        used = {key: fen for key, fen in held.used.items() if self._keeps(person, *key)}
        return held._replace(used=used)

    def _keeps(self, grantor: Person, beneficiary: PersonId, period: str) -> bool:
        if len(period) == len("2026"):
            return True
        day = date.fromisoformat(period)
        if day.year < self.books.years.get(grantor.region, 0) - 1:
            return False
        rules = self.books.rules(grantor.region, day)
        given = self.books.relation(grantor.id, beneficiary).authorization
        caps = [rules.pool.per_day_cap] if rules else []
        caps += [given.per_day_fen] if given else []
        return min(caps, default=UNLIMITED) < UNLIMITED
