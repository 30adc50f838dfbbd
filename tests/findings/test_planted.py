"""Every rule finds its misuse and leaves its near miss alone; honest histories are clean."""

from __future__ import annotations

import pytest

from domain.codes import Suspicion
from domain.rules import RuleBook
from ledger import store as stores
from ledger.application import Application
from projections.findings.logics import LOGICS
from projections.findings.rule import Finding
from projections.findings.running import find
from simulation.planted.cases import CASES, Planted, plant_all
from simulation.planted.telling import events, write
from simulation.random_history import generate
from tests.findings.asking import RULES, Events, views

Found = tuple[list[Planted], list[Finding]]


def asked(history: Events, book: RuleBook, *, page: int = 16_384) -> list[Finding]:
    with views(history, page=page) as engine:
        return find(engine, RULES.values(), book=book)


@pytest.fixture(scope="module")
def told(book: RuleBook) -> tuple[Events, list[Planted]]:
    street, cases = plant_all(book)
    return events(street.told), cases


@pytest.fixture(scope="module")
def found(told: tuple[Events, list[Planted]], book: RuleBook) -> Found:
    history, cases = told
    return cases, asked(history, book)


def rules_that_touch(case: Planted, findings: list[Finding]) -> list[str]:
    return [
        each.rule
        for each in findings
        if any(case.first <= at <= case.last for at in each.positions)
    ]


def test_every_rule_has_a_planted_case_and_every_logic_a_rule() -> None:
    assert set(CASES) == set(RULES)
    assert {rule.logic for rule in RULES.values()} == set(LOGICS)
    assert len(RULES) >= 22


@pytest.mark.parametrize("name", CASES)
def test_the_misuse_is_found_once_and_by_its_own_rule_alone(name: str, found: Found) -> None:
    cases, findings = found
    (misuse,) = [case for case in cases if case.rule == name and case.wrong]
    assert rules_that_touch(misuse, findings) == [name]


@pytest.mark.parametrize("name", CASES)
def test_the_near_miss_is_left_alone_by_every_rule(name: str, found: Found) -> None:
    cases, findings = found
    (near,) = [case for case in cases if case.rule == name and not case.wrong]
    assert rules_that_touch(near, findings) == []


def test_nothing_else_is_found_on_the_street(found: Found) -> None:
    cases, findings = found
    assert len(findings) == len(RULES)
    assert max(case.last for case in cases) >= max(max(each.positions) for each in findings)


def test_a_finding_lies_within_its_case_and_says_so_in_both_languages(found: Found) -> None:
    cases, findings = found
    misuse = {case.rule: case for case in cases if case.wrong}
    for each in findings:
        case = misuse[each.rule]
        assert case.first <= min(each.positions) <= max(each.positions) <= case.last
        assert list(each.positions) == sorted(set(each.positions))
        assert each.first_day <= each.last_day
        assert each.amount_fen >= 0
        assert each.count >= 1
        assert each.level is RULES[each.rule].grade
        assert each.id.startswith(f"{each.rule}-")
        for sentence in (each.says.zh, each.says.en, each.clears.zh, each.clears.en):
            assert sentence
            assert "{" not in sentence


def test_the_same_history_gives_the_same_findings_whatever_the_pages(
    told: tuple[Events, list[Planted]], found: Found, book: RuleBook
) -> None:
    history, _ = told
    assert asked(history, book, page=7) == found[1]


def test_what_is_written_into_a_store_past_the_domain_is_found_there(
    book: RuleBook, found: Found
) -> None:
    """All but the hour back in time, which no writer would write."""
    street, _ = plant_all(book)
    with stores.memory() as store:
        write(street.told, store)
        history = list(store.events())
    expected = [each.id for each in found[1] if each.rule != "MA-21"]
    assert [each.id for each in asked(history, book)] == expected


@pytest.mark.parametrize("seed", range(25))
def test_no_honest_history_has_a_violation(seed: int, book: RuleBook) -> None:
    with stores.memory() as store, Application(store, book) as application:
        generate(application, seed=seed, operations=300)
        findings = asked(list(store.events()), book)
    violations = [each.says.en for each in findings if each.level is Suspicion.VIOLATION]
    assert violations == []
