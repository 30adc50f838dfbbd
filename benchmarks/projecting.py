"""A section of the report: bringing every read model from nothing to the end of the history."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter_ns
from typing import NamedTuple

from benchmarks.books import settled
from benchmarks.figures import Rate, Spread, spread
from benchmarks.setting import Setting, Size
from domain.text import Text
from ledger import store as stores
from ledger.store import Store
from projections.runner import open_views, run


class Projecting(NamedTuple):
    """The same history projected several times, each time into new files."""

    rates: tuple[Rate, ...]

    @property
    def events(self) -> int:
        """Give how many events the history has."""
        return self.rates[0].events

    @property
    def per_second(self) -> Spread:
        """Give events a second, each taken into every read model."""
        return spread(rate.per_second for rate in self.rates)


def measure(size: Size, setting: Setting) -> Projecting:
    """Project a store with settlements as often as asked."""
    path = settled(setting, size.persons, count=size.settlements)
    rates = []
    with stores.open_reader(path) as store:
        for number in range(1, size.repeat + 1):
            setting.tell(Text(f"投影，第 {number} 轮", f"projecting, round {number}"))
            folder = setting.folder / f"views-{number}"
            folder.mkdir()
            rates.append(project(store, folder))
    return Projecting(tuple(rates))


def project(store: Store, folder: Path) -> Rate:
    """Bring every read model in a folder to the end of a store."""
    views = open_views(folder)
    begun = perf_counter_ns()
    events = run(store, views)
    elapsed_ns = perf_counter_ns() - begun
    views.dispose()
    return Rate(events, elapsed_ns)
