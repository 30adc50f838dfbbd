"""A section of the report: memory of a process that opens a store, knows everybody and settles.

Run as a module it is that process. Linux only: the system's account of a process is read there.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import NamedTuple

from benchmarks import children
from benchmarks.books import Till, founded
from benchmarks.clients import drive
from benchmarks.setting import MANY, Setting, Size
from benchmarks.workload import families, persons_in, settlements
from domain.text import Text
from ledger import store as stores
from ledger.application import Application
from ledger.collector import seldom_collecting
from policies import loader

_LOT = 1_000  # settlements made at once, so that waiting requests hardly count


class Memory(NamedTuple):
    """Resident bytes of one process as it went on."""

    persons: int
    settlements: int
    started: int  # everything imported, rules read, families known
    opened: int
    at_hand: int  # every person and pool was read
    warm: int  # the first lot was settled
    settled: int

    @property
    def per_person(self) -> int:
        """Give bytes for each person at hand, with the person's share of the family."""
        return (self.at_hand - self.opened) // self.persons

    @property
    def per_settlement(self) -> int:
        """Give bytes for each settlement after the first lot."""
        return (self.settled - self.warm) // self.settlements


def measure(size: Size, setting: Setting) -> Memory:
    """Let a process of its own do it."""
    path = founded(setting, size.memory_persons, name="memory")
    setting.tell(Text("量内存", "measuring memory"))
    process = children.start(
        "benchmarks.memory",
        store=path,
        persons=size.memory_persons,
        settlements=size.settlements,
    )
    return Memory(**children.answered(process))


def observe(*, store: str, persons: int, count: int) -> Memory:
    """Open, read everybody, settle, and look at our own size after each step."""
    book, known = loader.load(), families(persons)
    started = resident()
    with stores.open_writer(Path(store)) as opened, Application(opened, book) as application:
        empty = resident()
        for family in known:
            application.pool(family.pool)
            for person in family.patients + family.grantors:
                application.person(person)
        at_hand = resident()
        with seldom_collecting():
            till = Till(application, known, first=0)
            _settle(till, _LOT)
            warm = resident()
            _settle(till, count)
            settled = resident()
    return Memory(persons_in(known), count, started, empty, at_hand, warm, settled)


def resident() -> int:
    """Give the bytes of this process that are in memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _settle(till: Till, count: int) -> None:
    """Settle lot by lot; nothing of a lot is kept but its settlements."""
    for done in range(0, count, _LOT):
        lot = min(_LOT, count - done)
        drive(till.send, settlements(till.known, lot, first=till.take(lot)), clients=MANY)


if __name__ == "__main__":
    wanted = children.asked()
    seen = observe(store=wanted["store"], persons=wanted["persons"], count=wanted["settlements"])
    print(json.dumps(seen._asdict()))  # noqa: T201  # the parent reads it
