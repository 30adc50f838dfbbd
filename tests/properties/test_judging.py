"""The whole numbers say what the plain reading of the rules says, on random rules and claims."""

from __future__ import annotations

import types
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from random import Random
from typing import Any, get_args

from msgspec.structs import replace

from domain.allocation import candidates_of
from domain.claim import ClaimRequest
from domain.eligibility import Candidate, barrier, bound, line_barrier
from domain.money import Ratio
from domain.rules import UNLIMITED, RuleSet, columns, declared
from ledger.application import Application
from ledger.redecide import situation_of
from ledger.store import memory
from simulation.random_history import play
from simulation.what_if import each_decision
from tests.builders import rules
from tests.plain import eligibility as plain
from tests.properties.rulebooks import rule_book

_AMOUNTS = (0, 1, 50, 100, 300, 1_000, UNLIMITED)


def any_rules(random: Random) -> RuleSet:
    """Draw a rule set: every parameter that decides gets some value of its kind."""
    flat = {name.removesuffix(".num").removesuffix(".den") for name in columns()}
    drawn = {name: _any_value(random, declared()[name]) for name in sorted(flat)}
    return rules({**drawn, "account.year_start_month": random.randrange(1, 13)})


def _any_value(random: Random, kind: Any) -> object:  # noqa: ANN401  # the type of a field
    if kind is bool:
        return random.random() < 0.8
    if kind is Ratio:
        return Ratio(random.randrange(3), 10)
    if isinstance(kind, types.GenericAlias):
        (words,) = get_args(kind)
        return frozenset(word for word in words if random.random() < 0.85)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return random.choice(list(kind))
    return random.choice(_AMOUNTS)


def recorded() -> Iterator[tuple[ClaimRequest, Candidate, Candidate]]:
    """Give claims of random histories with each account that was asked, and the patient's."""
    book = rule_book()
    for seed in range(25):
        with memory() as store, Application(store, book) as application:
            for _ in play(application, seed=seed, operations=250):
                pass
            for decision, state_at in each_decision(store):
                situation = situation_of(state_at, decision, book=book)
                for candidate in candidates_of(decision.request, situation):
                    yield decision.request, candidate, situation.patient


def same(asked: ClaimRequest, candidate: Candidate, patient: Candidate) -> str:
    """Hold both readings together; give the reason that barred the account, or what limits it."""
    barred = barrier(candidate, asked, patient=patient)
    assert barred == plain.barrier(candidate, asked, patient=patient)
    if barred is not None:
        return str(barred.reason)
    for line in asked.lines:
        assert line_barrier(candidate, line) == plain.line_barrier(candidate, line)
    limit = bound(candidate, asked)
    assert limit == plain.bound(candidate, asked)
    return "may pay" if limit is None else str(limit.reason)


def test_random_rules_decide_the_same_as_numbers_and_as_words() -> None:
    random = Random(20261122)
    seen: Counter[str] = Counter()
    for asked, candidate, patient in recorded():
        seen[same(asked, candidate, patient)] += 1
        for _ in range(4):
            theirs = any_rules(random)
            drawn = theirs if candidate.is_own else any_rules(random)
            told = replace(asked, aid_requested=random.random() < 0.5)
            seen[same(told, replace(candidate, rules=drawn), replace(patient, rules=theirs))] += 1
    assert sum(seen.values()) > 4_000
    assert len(seen) > 20, seen
