"""Asking rules in tests: read models in memory, fed with whatever was told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool

from domain.rules import RuleBook
from ledger import store as stores
from ledger.recorded import RecordedEvent
from projections import runner
from projections.findings.reading import rules, with_thresholds
from projections.findings.rule import Finding
from projections.findings.running import READ_MODELS, Lists, find
from simulation.planted.street import Street
from simulation.planted.telling import events

Events = Sequence[tuple[int, RecordedEvent]]

RULES = rules()


@contextmanager
def views(found: Events, *, page: int = runner.PAGE) -> Iterator[Engine]:
    """Give read models that have taken in some events, in pages of a size."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    with stores.memory() as nothing:
        runner.run(nothing, engine, names=READ_MODELS)  # makes the tables
    for _ in runner.feed(engine, found, reached=dict.fromkeys(READ_MODELS, 0), page=page):
        pass
    yield engine
    engine.dispose()


def ask(
    street: Street,
    *names: str,
    thresholds: Iterable[str] = (),
    lists: Lists | None = None,
    book: RuleBook | None = None,
) -> list[Finding]:
    """Ask some rules, or all, of what was told on a street, by its own rule book."""
    known = with_thresholds(RULES, list(thresholds))
    chosen = [rule for name, rule in known.items() if not names or name in names]
    with views(events(street.told)) as engine:
        return find(engine, chosen, book=book or street.book, lists=lists)
