"""How fast each read model takes events in: `python -m benchmarks.read_models [SETTLEMENTS]`.

The events of the canonical workload are read and decoded beforehand, so that only the projections
and their database are measured; each is measured alone, and then all of them together.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Collection
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter_ns
from typing import NamedTuple

from benchmarks.books import Till
from benchmarks.figures import Rate
from benchmarks.workload import families
from ledger import store as stores
from ledger.application import Application
from ledger.recorded import RecordedEvent
from policies import loader
from projections import runner

PERSONS = 3_000
SETTLEMENTS = 10_000
TIMES = 3
"""How often each is measured; the median counts."""

Events = list[tuple[int, RecordedEvent]]


class Taken(NamedTuple):
    """What taking the events in came to: how fast, how many rows, and bytes of the file."""

    rate: Rate
    rows: int
    size: int


def events(settled: int) -> Events:
    """Give the events of founding the families and settling so many claims, in memory."""
    known = families(PERSONS)
    with stores.memory() as store, Application(store, loader.load()) as application:
        till = Till(application, known, first=0)
        till.found()
        till.fill(settled)
        return list(store.events())


def take_in(found: Events, names: Collection[str]) -> Taken:
    """Bring the named read models from nothing to the end of the events, in a new file."""
    with TemporaryDirectory() as folder:
        engine = runner.open_views(Path(folder))
        with stores.memory() as nothing:
            runner.run(nothing, engine, names=names)  # makes the tables
        begun = perf_counter_ns()
        for _ in runner.feed(engine, found, reached=dict.fromkeys(names, 0)):
            pass
        elapsed_ns = perf_counter_ns() - begun
        tables = [table.name for name in names for table in runner.PROJECTIONS[name].tables]
        with engine.connect() as connection:
            counts = [
                connection.exec_driver_sql(f'SELECT count(*) FROM "{table}"').scalar_one()  # noqa: S608  # our own names
                for table in tables
            ]
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()
        size = (Path(folder) / runner.VIEWS).stat().st_size
    return Taken(Rate(len(found), elapsed_ns), sum(counts), size)


def main(settled: int) -> None:
    """Measure and print one line for each read model and one for all."""
    found = events(settled)
    gc.collect()
    gc.freeze()  # a store decodes a page at a time; nobody walks over a whole history
    _tell(f"{len(found):,} events, {settled:,} settlements")
    for names in ([name] for name in runner.PROJECTIONS):
        _print(names[0], [take_in(found, names) for _ in range(TIMES)])
    _print("all", [take_in(found, list(runner.PROJECTIONS)) for _ in range(TIMES)])


def _print(name: str, taken: list[Taken]) -> None:
    per_second = median(each.rate.per_second for each in taken)
    rows, size = taken[0].rows, taken[0].size
    _tell(f"{name:<12} {per_second:>9,.0f} events/s {rows:>9,} rows {size:>12,} bytes")


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SETTLEMENTS)
