"""Histories of which packages are made, and scopes of every kind that fit them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import NamedTuple

from domain.facts import Kind
from domain.ids import ClaimId, PersonId
from domain.rules import RuleBook
from domain.time import service_date_of
from interchange.evidence.scopes import Account, Everything, OneClaim, Period, Scope
from ledger.application import Application
from ledger.store import Store, memory
from simulation.random_history import generate
from tests.projections.histories import random_history
from tests.properties.rulebooks import rule_book

SEEDS = range(12)
BOOK = rule_book()


class Told(NamedTuple):
    """A history: who and what is in it."""

    store: Store
    book: RuleBook

    @property
    def persons(self) -> list[str]:
        """Everybody with a stream."""
        return sorted(self._keys(Kind.PERSON))

    @property
    def claims(self) -> list[str]:
        """Every claim with a stream."""
        return sorted(self._keys(Kind.CLAIM))

    def _keys(self, kind: Kind) -> set[str]:
        return {event.stream.key for _, event in self.store.events() if event.stream.kind is kind}

    @property
    def days(self) -> list[date]:
        """The days on which something was recorded, in Shanghai."""
        return sorted({service_date_of(event.meta.recorded_at) for _, event in self.store.events()})


@cache
def history(seed: int) -> Told:
    """Give a random history: of the shipped rules, or of a family with money of every kind."""
    if seed % 3 == 0:
        family = random_history(seed, steps=80)
        return Told(family.store, family.application.book)
    store = memory()
    with Application(store, BOOK) as application:
        generate(application, seed=seed, operations=250)
    return Told(store, BOOK)


def scopes(told: Told) -> Iterator[Scope]:
    """Give scopes of every kind that fit a history."""
    yield Everything()
    yield from map(Account, map(PersonId, told.persons[:5]))
    yield from map(OneClaim, map(ClaimId, told.claims[:5]))
    days = told.days
    yield Period(days[0], days[-1])
    yield Period(days[len(days) // 2], days[len(days) // 2])


def length(store: Store, stream: tuple[str, str]) -> int:
    """Count the events of a stream."""
    return sum(event.stream == stream for _, event in store.events())
