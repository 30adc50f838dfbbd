"""Running a seeded history under watch, and telling how to see a failure again."""

from __future__ import annotations

from collections import deque
from pathlib import Path

from domain.rules import RuleBook
from ledger import store as stores
from ledger.application import Application
from ledger.store import Store
from simulation.random_history import Played, Summary, play
from tests.properties.invariants import Watch

TAIL = 40  # operations shown when a history fails


def watch(
    store: Store, book: RuleBook, *, seed: int, operations: int, redecide_all: bool = False
) -> Summary:
    """Play a history with all checks after every step.

    Raises:
        AssertionError: with the seed, the last operations and a line that reproduces it.
    """
    summary, last = Summary(seed), deque[Played](maxlen=TAIL)
    try:
        with Application(store, book) as application:
            watching = Watch(application, redecide_all=redecide_all)
            for played in play(application, seed=seed, operations=operations):
                last.append(played)
                watching.after(played)
                summary.count(played)
            watching.at_the_end()
    except Exception as error:
        message = f"{error}\n{_report(seed, operations, last)}"
        raise AssertionError(message) from error
    return summary


def in_memory(book: RuleBook, *, seed: int, operations: int, redecide_all: bool = False) -> Summary:
    """Play a history on a store in memory."""
    with stores.memory() as store:
        return watch(store, book, seed=seed, operations=operations, redecide_all=redecide_all)


def in_file(path: Path, book: RuleBook, *, seed: int, operations: int) -> Summary:
    """Play a history on a new store in a directory, which is left for further checks."""
    stores.init(path)
    with stores.open_writer(path) as store:
        return watch(store, book, seed=seed, operations=operations)


def _report(seed: int, operations: int, last: deque[Played]) -> str:
    again = f"SEED={seed} OPERATIONS={operations}"
    return "\n".join(
        (
            f"seed {seed} failed at or after step {last[-1].number if last else 0} of {operations}",
            *map(str, last),
            f"again: {again} python -m pytest tests/properties/test_seeded_simulator.py -k watch",
        )
    )
