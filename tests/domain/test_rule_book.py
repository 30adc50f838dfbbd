"""A rule book finds rules by region and day, or by id, and asks for them when they are needed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import pytest

from domain.ids import RegionCode, RuleSetId
from domain.refusals import Code, Refusal
from domain.rules import RuleBook, RuleSet
from tests.builders import rules

EAST, WEST, NOWHERE = RegionCode("110100"), RegionCode("220100"), RegionCode("990000")
OLD, NEW = date(2022, 1, 1), date(2024, 1, 1)


def dated(region: RegionCode, since: date) -> RuleSet:
    identity = RuleSetId(f"{region}@{since}")
    return rules({}, region=region).model_copy(update={"since": since, "id": identity})


class Counting:
    """Resolves the rules of two regions and notes what it was asked for."""

    def __init__(self, *broken: RegionCode) -> None:
        """Fail for the broken regions."""
        self.asked: list[tuple[RegionCode, date | None]] = []
        self._broken = broken

    def regions(self) -> Iterable[RegionCode]:
        """Give both."""
        return [WEST, EAST]

    def first_days(self, region: RegionCode) -> Sequence[date]:
        """Give two days."""
        if region in self._broken:
            raise ValueError(region)
        self.asked.append((region, None))
        return [] if region == NOWHERE else [OLD, NEW]

    def rule_set(self, region: RegionCode, since: date) -> RuleSet:
        """Give a rule set that allows everything."""
        self.asked.append((region, since))
        return dated(region, since)


def test_rules_hold_from_their_first_day_to_the_next_ones() -> None:
    old, new = dated(EAST, OLD), dated(EAST, NEW)
    for book in (RuleBook([new, old]), RuleBook(resolver=Counting())):
        found = [book.resolve(EAST, day) for day in (OLD, date(2023, 12, 31), NEW, date.max)]
        assert found == [old, old, new, new]
        before = book.resolve(EAST, date(2021, 12, 31))
        assert isinstance(before, Refusal)
        assert before.code is Code.NO_RULE
        assert isinstance(book.resolve(NOWHERE, NEW), Refusal)


def test_a_book_asks_only_for_what_is_needed_and_only_once() -> None:
    resolver = Counting()
    book = RuleBook(resolver=resolver)
    assert resolver.asked == []
    for _ in range(3):
        book.resolve(EAST, NEW)
    assert resolver.asked == [(EAST, None), (EAST, NEW)]


def test_every_id_is_found_also_of_rules_that_nobody_asked_for() -> None:
    for region in (EAST, WEST):
        for since in (OLD, NEW):
            book = RuleBook(resolver=Counting())
            wanted = dated(region, since)
            assert book.by_id(wanted.id) == wanted
            assert book.resolve(region, since) is book.by_id(wanted.id)
    assert RuleBook([wanted]).by_id(wanted.id) is wanted


def test_an_id_that_is_known_is_not_looked_for() -> None:
    resolver = Counting()
    book = RuleBook([dated(EAST, OLD)], resolver=resolver)
    assert book.by_id(dated(EAST, OLD).id) is not None
    assert resolver.asked == []


def test_an_unknown_id_is_looked_for_everywhere_but_only_once() -> None:
    resolver = Counting()
    book = RuleBook(resolver=resolver)
    for _ in range(2):
        assert book.by_id(RuleSetId("rs1:none")) is None
    everywhere = [(region, day) for region in (EAST, WEST) for day in (None, OLD, NEW)]
    assert sorted(resolver.asked, key=str) == sorted(everywhere, key=str)


def test_regions_are_those_of_the_book_and_of_its_resolver_in_order() -> None:
    assert RuleBook([dated(NOWHERE, OLD)]).regions() == [NOWHERE]
    assert RuleBook([dated(NOWHERE, OLD)], resolver=Counting()).regions() == [EAST, WEST, NOWHERE]


def test_a_book_whose_region_cannot_be_read_still_serves_the_others() -> None:
    book = RuleBook(resolver=Counting(EAST))
    with pytest.raises(ValueError, match=EAST):
        book.resolve(EAST, NEW)
    assert isinstance(book.resolve(WEST, NEW), RuleSet)
