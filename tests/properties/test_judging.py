"""The whole numbers say what the plain reading of the rules says, on random rules and claims."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from random import Random

from msgspec.structs import replace

from domain.allocation import candidates_of
from domain.claim import ClaimRequest
from domain.eligibility import Candidate, barrier, bound, line_barrier
from ledger.application import Application
from ledger.redecide import situation_of
from ledger.store import memory
from simulation.random_history import play
from simulation.what_if import each_decision
from tests.plain import eligibility as plain
from tests.properties.rulebooks import any_rules, rule_book


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
