"""A section of the report: the same families and settlements on the stock library."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from benchmarks.clients import Run, drive_threads
from benchmarks.setting import CLIENTS, Setting, Size
from benchmarks.stock import Stock
from benchmarks.workload import Family, Sent, settlements
from domain.facts import Change
from domain.text import Text
from ledger.commands import Settle

EVENTS = "stock.sqlite"
"""The baseline's file in the folder that is measured in."""


class Attempt(NamedTuple):
    """One run, and how often a settlement had to be decided again as another one was first."""

    run: Run
    conflicts: int


class Baseline(NamedTuple):
    """What the stock library reached; `synchronous` as SQLite gives it, 2 for FULL."""

    attempts: tuple[Attempt, ...]
    synchronous: int

    def per_second(self, clients: int) -> int:
        """Give durable settlements a second with so many clients."""
        return next(run.per_second for run, _ in self.attempts if run.clients == clients)


def measure(
    size: Size, setting: Setting, *, known: list[Family], founded: Iterable[Change]
) -> Baseline:
    """Settle on a stock ledger that starts from the facts our own ledger started from."""
    count = min(size.settlements, size.baseline_settlements)
    seconds = min(size.seconds or size.baseline_seconds, size.baseline_seconds)
    with Stock(setting.folder / EVENTS, setting.book) as stock:
        setting.tell(Text("在原样的库上建立家庭", "setting the families up on the stock library"))
        stock.found(founded)
        attempts = []
        for number, clients in enumerate(CLIENTS):
            setting.tell(
                Text(
                    f"原样的库：{clients} 个客户端结算",
                    f"settling with {clients} clients on the stock library",
                )
            )
            requests = settlements(known, count, first=number * size.settlements)
            attempts.append(attempt(stock, requests, clients=clients, seconds=seconds))
        return Baseline(tuple(attempts), stock.synchronous)


def attempt(stock: Stock, requests: list[Sent], *, clients: int, seconds: int) -> Attempt:
    """Let threads send settlements to a stock ledger, and count its conflicts."""

    def settle(sent: Sent) -> object:
        assert isinstance(sent.command, Settle)
        return stock.settle(sent.command.request, key=sent.key, at=sent.at)

    before = stock.conflicts
    run = drive_threads(settle, requests, clients=clients, seconds=seconds)
    return Attempt(run, stock.conflicts - before)
