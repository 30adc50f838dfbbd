"""Overlays change what they say and nothing else, and say where they are wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from domain.codes import Order
from domain.ids import RegionCode
from domain.refusals import Refusal
from domain.rules import RuleBook
from policies.contested import alternatives
from policies.documents import PolicyProblems
from policies.library import Library
from policies.loader import load, load_library
from policies.overlay import Cell, changed_cells, hypothetical_book, overlaid, read_overlay

HUBEI, WUHAN, SHANGHAI = RegionCode("420000"), RegionCode("420100"), RegionCode("310000")
Write = Callable[..., Path]


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Give a function that writes an overlay with these changes."""

    def overlay(*changes: str) -> Path:
        path = tmp_path / "overlay.yaml"
        lines = [
            "schema: gongji-overlay/1",
            "title: {zh: 假设, en: a supposition}",
            "why: {zh: 试算, en: to see what would be}",
            "changes:",
            *(f"  - {{{change}}}" for change in changes),
        ]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return overlay


def cells(library: Library, path: Path) -> list[Cell]:
    return list(changed_cells(library, overlaid(library, read_overlay(path, library))))


def value(book: RuleBook, region: RegionCode, parameter: str, day: str) -> object:
    rules = book.resolve(region, date.fromisoformat(day))
    assert not isinstance(rules, Refusal)
    return rules.value(parameter)


def test_a_change_holds_in_its_days_and_in_the_cities_below(library: Library, write: Write) -> None:
    path = write(
        'region: "420000", param: pool.order, from: 2026-03-01, to: 2026-04-01, value: filing'
    )
    start, end = date(2026, 3, 1), date(2026, 4, 1)
    assert cells(library, path) == [
        Cell(HUBEI, "pool.order", start, end, Order.LAST_BOUND, Order.FILING),
        Cell(WUHAN, "pool.order", start, end, Order.LAST_BOUND, Order.FILING),
    ]
    book = hypothetical_book(overlaid(library, read_overlay(path, library)))
    days = ("2026-02-28", "2026-03-01", "2026-03-31", "2026-04-01")
    assert [value(book, WUHAN, "pool.order", day) for day in days] == [
        Order.LAST_BOUND,
        Order.FILING,
        Order.FILING,
        Order.LAST_BOUND,
    ]


def test_rules_under_an_overlay_are_hypothetical_and_have_ids_of_their_own(
    library: Library, write: Write
) -> None:
    path = write('region: "420000", param: pool.order, from: 2026-03-01, value: filing')
    book = hypothetical_book(overlaid(library, read_overlay(path, library)))
    day = date(2026, 3, 2)
    supposed, real = book.resolve(HUBEI, day), load().resolve(HUBEI, day)
    assert not isinstance(supposed, Refusal)
    assert not isinstance(real, Refusal)
    assert supposed.id != real.id
    assert supposed.citations["pool.order"].status == "hypothetical"
    assert book.hypothetical
    assert not load().hypothetical


def test_the_library_itself_stays_as_it_was(library: Library, write: Write) -> None:
    before = library.regions[HUBEI].decisions["pool.order"]
    overlaid(
        library,
        read_overlay(
            write('region: "420000", param: pool.order, from: 2026-03-01, value: filing'), library
        ),
    )
    assert library.regions[HUBEI].decisions["pool.order"] is before


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ('region: "420000", param: pool.order, from: 2026-03-01, value: last_bound', "no rule"),
        (
            'region: "420000", param: pool.order, from: 2001-01-01, to: 2002-01-01, value: filing',
            "no rule",
        ),
        ('region: "990000", param: pool.order, from: 2026-03-01, value: filing', "no rules for"),
        ('region: "420000", param: pool.ordre, from: 2026-03-01, value: filing', "no parameter"),
        ('region: "420000", param: wallet.open, from: 2026-03-01, value: true', "no parameter"),
        ('region: "420000", param: pool.order, from: 2026-03-01, value: newest', "unknown value"),
        (
            'region: "420000", param: pool.order, from: 2026-03-01, to: 2026-03-01, value: filing',
            "not after",
        ),
    ],
)
def test_an_overlay_that_is_wrong_or_changes_nothing_is_an_error_with_its_line(
    library: Library, write: Write, change: str, says: str
) -> None:
    path = write(change)
    with pytest.raises(PolicyProblems, match=says) as caught:
        overlaid(library, read_overlay(path, library))
    assert [problem.line for problem in caught.value.problems] == [5]


def test_each_change_must_change_something(library: Library, write: Write) -> None:
    same = 'region: "420000", param: pool.order, from: 2026-03-01, value: filing'
    path = write(same, same)
    with pytest.raises(PolicyProblems) as caught:
        overlaid(library, read_overlay(path, library))
    assert [problem.line for problem in caught.value.problems] == [6]


def test_every_contested_rule_that_decides_has_another_value(library: Library) -> None:
    found = list(alternatives(library))
    contested = {
        id(decision)
        for region in library.regions.values()
        for parameter, decisions in region.decisions.items()
        for decision in decisions
        if decision.status == "contested" and parameter in library.deciding
    }
    assert {id(other.decision) for other in found} == contested
    for other in found:
        assert other.value != other.decision.value
        assert all(claim.states.agrees(other.value) for claim in other.claims)
        assert any(changed_cells(library, overlaid(library, other.overlay)))
