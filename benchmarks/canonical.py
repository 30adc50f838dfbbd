"""The canonical benchmark: found families, settle with 1, 8 and 64 clients, replay, project.

Each section of the report is measured by a function of its own; `benchmarks.baseline` is one.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from itertools import islice
from pathlib import Path
from time import perf_counter_ns
from typing import Any, NamedTuple

from benchmarks import baseline
from benchmarks.baseline import Baseline
from benchmarks.clients import Run, drive
from benchmarks.setting import ACTOR, CLIENTS, Rate, Setting, Size
from benchmarks.workload import Family, Sent, families, founding, settlements
from domain.facts import Change, Stream
from domain.rules import RuleBook
from domain.text import Text
from ledger import store as stores
from ledger.application import Application
from ledger.store import Store
from ledger.view import EVOLVE
from projections.runner import open_views, run


class Report(NamedTuple):
    """Everything measured in one go on one fresh store."""

    size: Size
    runs: tuple[Run, ...]
    bytes_a_settlement: int
    events_a_settlement_hundredths: int
    replay: Rate
    projection: Rate
    baseline: Baseline

    def times_baseline_hundredths(self, run: Run) -> int:
        """Give how many hundredths of the baseline's throughput a run had: 100 is just as much."""
        return run.per_second * 100 // max(self.baseline.per_second(run.clients), 1)


def measure(size: Size, setting: Setting) -> Report:
    """Run the workload on a fresh store in the folder, every commit made durable."""
    path = setting.folder / "store"
    stores.init(path)
    known = families(size.persons)
    setting.tell(Text(f"建立 {len(known)} 个家庭", f"setting up {len(known)} families"))
    _found(path, setting.book, known)
    before = _extent(path)
    runs = tuple(_settle(path, setting, known, size))
    after = _extent(path)
    settled = sum(each.settlements for each in runs)
    with stores.open_reader(path) as store:
        setting.tell(Text("重放全部事件", "replaying every event"))
        replay = fold(store)
        setting.tell(Text("投影全部事件", "projecting every event"))
        projection = project(store, setting.folder)
        founded = (Change(it.stream, it.fact) for _, it in islice(store.events(), before.events))
        compared = baseline.measure(size, setting, known=known, founded=founded)
    return Report(
        size,
        runs,
        bytes_a_settlement=(after.size - before.size) // settled,
        events_a_settlement_hundredths=(after.events - before.events) * 100 // settled,
        replay=replay,
        projection=projection,
        baseline=compared,
    )


def fold(store: Store) -> Rate:
    """Read, validate and fold every event of a store from the first one on."""
    states: dict[Stream, object] = {}
    events = 0
    begun = perf_counter_ns()
    for _, event in store.events():
        stream = event.stream
        states[stream] = EVOLVE[stream.kind](states.get(stream), event.fact)
        events += 1
    return Rate(events, perf_counter_ns() - begun)


def project(store: Store, folder: Path) -> Rate:
    """Bring every read model from nothing to the end of a store."""
    views = open_views(folder)
    begun = perf_counter_ns()
    events = run(store, views)
    elapsed_ns = perf_counter_ns() - begun
    views.dispose()
    return Rate(events, elapsed_ns)


class _Extent(NamedTuple):
    size: int  # bytes on disk, the log folded in
    events: int


def _found(path: Path, book: RuleBook, known: list[Family]) -> None:
    with stores.open_writer(path) as store, Application(store, book) as application:
        submit = submit_to(application)
        drive(submit, list(founding(known)), clients=256)


def _settle(path: Path, setting: Setting, known: list[Family], size: Size) -> list[Run]:
    """Settle with each number of clients on one store; states are in memory beforehand."""
    runs: list[Run] = []
    with stores.open_writer(path) as store, Application(store, setting.book) as application:
        for family in known:
            application.pool(family.pool)
            for person in family.patients + family.grantors:
                application.person(person)
        for number, clients in enumerate(CLIENTS):
            setting.tell(Text(f"{clients} 个客户端结算", f"settling with {clients} clients"))
            requests = settlements(known, size.settlements, first=number * size.settlements)
            submit = submit_to(application)
            runs.append(drive(submit, requests, clients=clients, seconds=size.seconds))
    return runs


def submit_to(application: Application) -> Callable[[Sent], Future[Any]]:
    """Give the function that hands one request to our ledger."""
    return lambda sent: application.submit(sent.command, key=sent.key, at=sent.at, actor=ACTOR)


def _extent(path: Path) -> _Extent:
    with stores.open_reader(path) as store:
        events = store.recorder.last_position
    return _Extent((path / stores.EVENTS).stat().st_size, events)
