"""A section of the report: the same families and settlements on the stock library."""

from __future__ import annotations

from typing import NamedTuple

from benchmarks.books import settled
from benchmarks.clients import Run, Runs, drive_threads
from benchmarks.figures import Spread, spread
from benchmarks.setting import CLIENTS, Setting, Size
from benchmarks.stock import Stock
from benchmarks.workload import Sent, families, request_of, settlements
from domain.facts import Change
from domain.text import Text
from ledger import store as stores
from ledger.collector import seldom_collecting

EVENTS = "stock.sqlite"
"""The baseline's file in the folder that is measured in."""


class Attempt(NamedTuple):
    """One run, and how often a settlement had to be decided again as another one was first."""

    run: Run
    conflicts: int


class Attempts(NamedTuple):
    """The runs of one number of clients."""

    attempts: tuple[Attempt, ...]

    @property
    def runs(self) -> Runs:
        """Give the runs without their conflicts."""
        return Runs(tuple(attempt.run for attempt in self.attempts))

    @property
    def conflicts(self) -> Spread:
        """Give how many settlements of a run were decided again."""
        return spread(attempt.conflicts for attempt in self.attempts)


class Baseline(NamedTuple):
    """What the stock library reached; `synchronous` as SQLite gives it, 2 for FULL."""

    attempts: tuple[Attempts, ...]
    synchronous: int

    def times_hundredths(self, ours: Runs) -> int:
        """Give how many hundredths of the baseline's throughput ours is: 100 is just as much."""
        (baseline,) = [it.runs for it in self.attempts if it.runs.clients == ours.clients]
        return ours.per_second.median * 100 // max(baseline.per_second.median, 1)


def measure(size: Size, setting: Setting) -> Baseline:
    """Settle on a stock ledger that starts from the facts our own ledger starts from."""
    path = settled(setting, size.persons, count=0)
    with Stock(setting.folder / EVENTS, setting.book) as stock:
        setting.tell(Text("在原样的库上建立家庭", "setting the families up on the stock library"))
        with stores.open_reader(path) as store:
            stock.found(Change(event.stream, event.fact) for _, event in store.events())
        with seldom_collecting():
            rounds = [
                _round(size, setting, stock=stock, number=number) for number in range(size.repeat)
            ]
        attempts = tuple(Attempts(found) for found in zip(*rounds, strict=True))
        return Baseline(attempts, stock.synchronous)


def attempt(stock: Stock, requests: list[Sent], *, clients: int, seconds: int) -> Attempt:
    """Let threads send settlements to a stock ledger, and count its conflicts."""

    def settle(sent: Sent) -> object:
        return stock.settle(request_of(sent), key=sent.key, at=sent.at)

    before = stock.conflicts
    run = drive_threads(settle, requests, clients=clients, seconds=seconds)
    return Attempt(run, stock.conflicts - before)


def _round(size: Size, setting: Setting, *, stock: Stock, number: int) -> list[Attempt]:
    setting.tell(
        Text(
            f"原样的库结算，第 {number + 1} 轮",
            f"settling on the stock library, round {number + 1}",
        )
    )
    known = families(size.persons)
    attempts: list[Attempt] = []
    for clients in CLIENTS:
        first = (number * len(CLIENTS) + len(attempts)) * size.baseline_settlements
        requests = settlements(known, size.baseline_settlements, first=first)
        attempts.append(attempt(stock, requests, clients=clients, seconds=size.baseline_seconds))
    return attempts
