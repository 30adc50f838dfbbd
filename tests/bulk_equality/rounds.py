"""One round of the comparison: everything is drawn from a seed, decided twice, and compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from random import Random
from typing import Any

import numpy as np
from msgspec.structs import replace

from domain import pool as pools
from domain.codes import EndReason
from domain.ids import PersonId, RegionCode
from domain.person import Person, PersonLeftPool, evolve
from domain.pool import RelationEnded
from domain.rules import UNLIMITED, RuleBook
from simulation.bulk.arrays import SETTLE, Memory, Rows, State
from simulation.bulk.deciding import Decide, Outcome, plain
from simulation.bulk.give_out import Holdings, give_out, holdings
from simulation.bulk.intake import Intake, take_in
from simulation.bulk.rules import RuleTable, rule_table
from tests.bulk_equality.areas import areas
from tests.bulk_equality.comparing import Comparing, Difference
from tests.bulk_equality.happenings import Happening, Till
from tests.bulk_equality.names import Names
from tests.bulk_equality.people import closed, people
from tests.bulk_equality.rows import Layout
from tests.bulk_equality.singly import Books, Decision, OnlySingly, open_years
from tests.bulk_equality.tally import Tally

FAMILIES = 12

PLAIN = 20
"""In one round of so many the interpreted kernel decides, too."""


class Round:
    """A round: its number decides everything about it."""

    def __init__(self, number: int, *, bills: int, decide: Decide, tally: Tally) -> None:
        """Draw areas, people and what happens to them in one or two stretches of time."""
        self.random = Random(f"round {number}")
        self.number = number
        self.decide = decide
        self.tally = tally
        self.areas = areas(self.random, number)
        self.persons, self.pools = people(self.random, self.areas, families=FAMILIES)
        till = Till(self.random, self.areas, persons=self.persons, pools=self.pools)
        stretches = 1 + (number % 3 == 0)
        days = self.random.choice((20, 200, 480)) // stretches
        count = bills // stretches
        self.stretches = [list(till.happenings(count, days=days)) for _ in range(stretches)]
        self.table = _table(self.areas.book, self.areas.regions)

    def play(self) -> Iterator[Difference]:
        """Decide everything twice; give what differs."""
        books = Books(self.persons, self.pools, self.areas.book)
        everything = [each for stretch in self.stretches for each in stretch]
        layout = Layout(everything, self.table.regions)
        memory: Memory | None = None
        for stretch in self.stretches:
            if memory is not None:
                _change(self.random, books, stretch[0].booked)
                books.years = open_years(books.persons.values())
            intake = take_in(books.persons, books.pools, table=self.table)
            if memory is None:
                relations = int(np.diff(intake.state.first_edge).max(initial=0))
                memory = layout.memory(relations=relations)
            yield from self._stretch(stretch, books, intake, (layout, memory))

    def _stretch(
        self,
        stretch: Sequence[Happening],
        books: Books,
        intake: Intake,
        laying: tuple[Layout, Memory],
    ) -> Iterator[Difference]:
        """Decide what happens in batches of any size, the state going from one to the next."""
        layout, memory = laying
        state = intake.state
        comparing = Comparing(Names(intake, books.persons), self.table, self.areas.book)
        for batch in self._batches(stretch):
            decisions = [_singly(books, each) for each in batch]
            laid = layout.lay(batch, intake)
            traced = self.random.random() < 0.2
            state, outcome = self._in_bulk(state, laid.rows, memory, trace=traced)
            self.tally.batch(batch, decisions, areas=self.areas)
            yield from comparing.batch(batch, decisions, laid=laid, outcome=outcome)
            if traced:
                yield from comparing.trials(batch, decisions, laid=laid, outcome=outcome)
        yield from self._ends(books, intake._replace(state=state))

    def _batches(self, stretch: Sequence[Happening]) -> Iterator[Sequence[Happening]]:
        begin = 0
        while begin < len(stretch):
            end = begin + self.random.choice((1, 7, 300, 1_000))
            yield stretch[begin:end]
            begin = end

    def _in_bulk(
        self, state: State, rows: Rows, memory: Memory, *, trace: bool
    ) -> tuple[State, Outcome]:
        """Let the kernel decide; in some rounds the interpreted one, too, which must agree."""
        rules = self.table.rules
        if self.number % PLAIN:
            return self.decide(state, rules, rows=rows, memory=memory, trace=trace)
        copies = _copy(state), _copy(memory)
        after, outcome = self.decide(state, rules, rows=rows, memory=memory, trace=trace)
        others, plainly = plain()(copies[0], rules, rows=rows, memory=copies[1], trace=trace)
        self.tally.plain += int((rows.kind == SETTLE).sum())
        pairs: list[tuple[Any, Any]] = [(after, others), (memory, copies[1])]
        pairs += zip(outcome, plainly, strict=True)
        for mine, theirs in pairs:
            for name, one, other in zip(mine._fields, mine, theirs, strict=True):
                assert np.array_equal(one, other), name
        return after, outcome

    def _ends(self, books: Books, intake: Intake) -> Iterator[Difference]:
        """Compare what everybody holds, what was used, and which years are open."""
        theirs = give_out(intake.state, intake)
        keeps = Keeps(books, self.areas.book)
        for who, person in books.persons.items():
            mine, other = keeps.days(holdings(person), person), keeps.days(theirs[who], person)
            if mine != other:
                yield Difference(who, "holdings", mine, other)
        for region, year in books.years.items():
            found = int(intake.state.open_year[self.table.number_of(region)])
            if found != year:
                yield Difference(region, "open year", year, found)


@lru_cache(maxsize=64)
def _table(book: RuleBook, regions: tuple[RegionCode, ...]) -> RuleTable:
    return rule_table(book, regions=regions)


def _copy(arrays: Any) -> Any:  # noqa: ANN401  # any tuple of arrays
    return type(arrays)(*(each.copy() for each in arrays))


def _singly(books: Books, happening: Happening) -> Decision | None:
    try:
        return books.decide(happening)
    except OnlySingly:
        return None


class Keeps:
    """Which days of use the kernel keeps: where a limit per day can bind, and not long ago."""

    def __init__(self, books: Books, book: RuleBook) -> None:
        """Look relations and rules up in these."""
        self.books = books
        self.book = book

    def days(self, held: Holdings, person: Person) -> Holdings:
        """Leave out the days that are not kept."""
        kept = {key: fen for key, fen in held.used.items() if self._keeps(person, key[0], key[1])}
        return held._replace(used=kept)

    def _keeps(self, grantor: Person, beneficiary: PersonId, period: str) -> bool:
        if len(period) == len("2026"):
            return True
        if int(period[:4]) < self.books.years.get(grantor.region, 0) - 1:
            return False
        rules = self.books.rules(grantor.region, date.fromisoformat(period))
        cap = rules.pool.per_day_cap if rules else UNLIMITED
        found = self.books.relation(grantor.id, beneficiary)
        given = found.authorization
        return min(cap, given.per_day_fen if given else UNLIMITED) < UNLIMITED


def _change(random: Random, books: Books, on: date) -> None:
    """End some relations and close some accounts between two stretches."""
    for known in books.pools.values():
        pool = known
        for binding in known.open_bindings():
            if random.random() < 0.15:
                pair = {"grantor": binding.grantor, "beneficiary": binding.beneficiary}
                ended = RelationEnded(effective_on=on, reason=EndReason.UNBOUND, **pair)
                pool = pools.evolve(pool, ended)
        books.put(pool)
        for who in {who for pair in pool.bindings for who in pair}:
            person = books.person(who)
            if pool.id in person.pools and not pool.bindings_of(who):
                books.put(evolve(person, PersonLeftPool(effective_on=on, pool=pool.id)))
    for person in books.persons.values():
        account = person.account
        plain = account is not None and account.closed is None and not account.set_aside
        if plain and account is not None and random.random() < 0.05:
            books.put(replace(person, account=closed(account, on)))
