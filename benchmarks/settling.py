"""A section of the report: durable settlements with few and with many clients that wait."""

from __future__ import annotations

from typing import NamedTuple

from benchmarks.books import founded, serving
from benchmarks.clients import Runs
from benchmarks.setting import CLIENTS, Setting, Size
from benchmarks.workload import families
from domain.text import Text


class Settling(NamedTuple):
    """The runs of each number of clients."""

    runs: tuple[Runs, ...]


def measure(size: Size, setting: Setting) -> Settling:
    """Settle with each number of clients in turn, on one store, as often as asked."""
    path = founded(setting, size.persons, name="settling")
    with serving(path, setting.book, known=families(size.persons)) as till:
        rounds = []
        for number in range(1, size.repeat + 1):
            setting.tell(Text(f"结算，第 {number} 轮", f"settling, round {number}"))
            rounds.append(
                [
                    till.settle(size.settlements, clients=clients, seconds=size.seconds)
                    for clients in CLIENTS
                ]
            )
    return Settling(tuple(Runs(runs) for runs in zip(*rounds, strict=True)))
