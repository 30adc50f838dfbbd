"""How well and how fast suspicion rules find: planted misuse, near misses, a town without any.

Rules are asked of read models that are up to date; bringing those up to date is timed apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter_ns, process_time_ns
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from benchmarks.clean_town import live
from domain.codes import Suspicion
from ledger import store as stores
from ledger.application import Application
from projections import runner
from projections.findings.reading import rules
from projections.findings.running import READ_MODELS, find
from simulation.planted.cases import plant_all
from simulation.planted.telling import events

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from domain.rules import RuleBook

_PER_MILLION = 1_000_000
_MS = 1_000_000  # nanoseconds


class Measured(NamedTuple):
    """What was found where it was planted, and where nothing was; times in milliseconds."""

    rules: int
    planted: int
    hit: int
    near_misses: int
    hit_near_misses: int
    settlements: int
    events: int
    false_violations: int
    false_suspicions: int
    false_by_rule: dict[str, int]
    taken_in_ms: int
    taken_in_cpu_ms: int  # of the processor; on a machine shared with others the truer figure
    asked_ms: int
    asked_cpu_ms: int

    @property
    def suspicions_per_million(self) -> int:
        """Give how many settlements in a million are under suspicion where nobody did wrong."""
        return self.false_suspicions * _PER_MILLION // max(1, self.settlements)


def measure(book: RuleBook, *, settlements: int, seed: int) -> Measured:
    """Ask all rules of a street full of misuse, and of an honest town."""
    planted, hit, near, hit_near = _on_the_street(book)
    with stores.memory() as store, Application(store, book) as application, _views() as engine:
        settled = live(application, settlements=settlements, seed=seed)
        begun = _clocks()
        runner.run(store, engine, names=READ_MODELS)
        taken_in = _clocks()
        found = find(engine, rules().values(), book=book)
        asked = _clocks()
        last = store.recorder.last_position
    levels = Counter(each.level for each in found)
    return Measured(
        rules=len(rules()),
        planted=planted,
        hit=hit,
        near_misses=near,
        hit_near_misses=hit_near,
        settlements=settled,
        events=last,
        false_violations=levels[Suspicion.VIOLATION],
        false_suspicions=levels[Suspicion.SUSPICIOUS],
        false_by_rule=dict(sorted(Counter(each.rule for each in found).items())),
        taken_in_ms=(taken_in[0] - begun[0]) // _MS,
        taken_in_cpu_ms=(taken_in[1] - begun[1]) // _MS,
        asked_ms=(asked[0] - taken_in[0]) // _MS,
        asked_cpu_ms=(asked[1] - taken_in[1]) // _MS,
    )


def _clocks() -> tuple[int, int]:
    """Give the time on the wall and that of the processor, in nanoseconds."""
    return perf_counter_ns(), process_time_ns()


def _on_the_street(book: RuleBook) -> tuple[int, int, int, int]:
    """Give how many misuses there are and were found, and the same of near misses."""
    street, cases = plant_all(book)
    with _views() as engine:
        with stores.memory() as nothing:
            runner.run(nothing, engine, names=READ_MODELS)  # makes the tables
        for _ in runner.feed(engine, events(street.told), reached=dict.fromkeys(READ_MODELS, 0)):
            pass
        found = find(engine, rules().values(), book=book)
    counted: Counter[tuple[bool, bool]] = Counter()
    for case in cases:
        inside = [
            each
            for each in found
            if any(case.first <= position <= case.last for position in each.positions)
        ]
        named = [each for each in inside if each.rule == case.rule]
        counted[case.wrong, bool(named if case.wrong else inside)] += 1
    hit, near = counted[True, True], counted[False, True]
    return hit + counted[True, False], hit, near + counted[False, False], near


@contextmanager
def _views() -> Iterator[Engine]:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    try:
        yield engine
    finally:
        engine.dispose()
