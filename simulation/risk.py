"""Money at risk: how much hangs on each contested rule, if the other source is right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from domain.ids import RegionCode
from domain.person import Person, person_stream
from domain.rules import RuleBook
from ledger.redecide import Decision, StateAt, decide_under
from ledger.store import Store
from policies.contested import Alternative, alternatives
from policies.library import Library
from policies.overlay import hypothetical_book, overlaid
from simulation.what_if import Changed, changed_by, each_decision


@dataclass(slots=True)
class Risk:
    """One other value of a contested rule, and what would be different under it.

    `reached` counts the decisions that the rule could bear on, by region and day.
    """

    alternative: Alternative
    book: RuleBook
    regions: frozenset[RegionCode]
    reached: int = 0
    changed: list[Changed] = field(default_factory=list)

    @property
    def moved_fen(self) -> int:
        """Give the fen that somebody else would have paid."""
        return sum(each.moved_fen for each in self.changed)

    def bears_on(self, day: date, regions: Iterable[RegionCode]) -> bool:
        """Tell whether the rule could matter for care on a day to people of some areas."""
        decision = self.alternative.decision
        return decision.holds_on(day) and not self.regions.isdisjoint(regions)


def risks(library: Library, stores: Iterable[Store]) -> Sequence[Risk]:
    """Decide recorded settlements again with each contested rule turned over, one at a time.

    Raises:
        StoreError: a history cannot be read.
    """
    found = list(_turned_over(library))
    for store in stores:
        for decision, state_at in each_decision(store):
            _weigh(found, decision, state_at)
    return found


def _turned_over(library: Library) -> Iterator[Risk]:
    for other in alternatives(library):
        home = other.decision.region
        regions = frozenset(
            code for code, region in library.regions.items() if home in region.chain
        )
        yield Risk(other, hypothetical_book(overlaid(library, other.overlay)), regions)


def _weigh(found: Iterable[Risk], decision: Decision, state_at: StateAt) -> None:
    day = decision.request.service_date
    areas = set(_areas(decision, state_at, day))
    for risk in found:
        if risk.bears_on(day, areas):
            risk.reached += 1
            changed = changed_by(decision, decide_under(state_at, decision, book=risk.book))
            if changed is not None:
                risk.changed.append(changed)


def _areas(decision: Decision, state_at: StateAt, day: date) -> Iterator[RegionCode]:
    """Give the pooling areas of everybody whose account was tried."""
    for trial in decision.allocation.trials:
        person = state_at(person_stream(trial.account), trial.version)
        assert isinstance(person, Person)
        yield person.region_on(day)
