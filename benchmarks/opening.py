"""A section of the report: from `kill -9` in the middle of settling to serving again.

A process settles and is killed. Another opens what is left, reads what the accounts of a family
have paid, and settles a new claim. The first figure counts only if it agrees with every
acknowledgement: what was acknowledged is there, and what was under way is there whole or not at
all.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from shutil import rmtree
from signal import SIGKILL
from subprocess import Popen
from time import perf_counter_ns
from typing import NamedTuple

from benchmarks import children
from benchmarks.books import check_money, copy, serving, settled
from benchmarks.children import ChildFailed
from benchmarks.figures import Spread, spread
from benchmarks.setting import MANY, Setting, Size
from benchmarks.workload import Family, Sent, endless, families, own_fen, request_of
from domain.text import Text

_CHILD = "benchmarks.crashing"


class Reopened(NamedTuple):
    """One time: nanoseconds from the start of the process, and what was in the store.

    `begun_ns` is when the interpreter was up, everything imported and the rules were read.
    """

    acknowledged: int  # before the process was killed
    unsure: int  # sent and not acknowledged; `kept` of them were in the store
    kept: int
    begun_ns: int
    opened_ns: int
    read_ns: int
    settled_ns: int


class Opening(NamedTuple):
    """Every time that a store was opened after its process had been killed."""

    stored: int  # settlements before that process began
    times: tuple[Reopened, ...]

    @property
    def opened_us(self) -> Spread:
        """Give the time from opening to an open store."""
        return spread((each.opened_ns - each.begun_ns) // 1_000 for each in self.times)

    @property
    def read_us(self) -> Spread:
        """Give the time from opening to the first correct read of balances."""
        return spread((each.read_ns - each.begun_ns) // 1_000 for each in self.times)

    @property
    def settled_us(self) -> Spread:
        """Give the time from opening to the first new settlement that is acknowledged."""
        return spread((each.settled_ns - each.begun_ns) // 1_000 for each in self.times)

    @property
    def started_read_us(self) -> Spread:
        """Give the time to the first correct read with the start of the interpreter."""
        return spread(each.read_ns // 1_000 for each in self.times)

    @property
    def started_settled_us(self) -> Spread:
        """Give the time to the first new settlement with the start of the interpreter."""
        return spread(each.settled_ns // 1_000 for each in self.times)


def measure(size: Size, setting: Setting) -> Opening:
    """Kill and open again as often as asked, each time on a new copy of the same store."""
    before = settled(setting, size.persons, count=size.stored)
    times = []
    for number in range(1, size.repeat + 1):
        setting.tell(Text(f"kill -9 后重开，第 {number} 轮", f"kill -9 and open, round {number}"))
        path = copy(before, setting.folder / f"killed-{number}")
        keys = kill_while_settling(path, size)
        times.append(open_again(path, setting, size=size, before=before, keys=keys))
        rmtree(path)
    return Opening(size.stored, tuple(times))


def kill_while_settling(path: Path, size: Size) -> list[str]:
    """Let a process settle, kill it, and give the keys of what it acknowledged.

    It has no last request: while it lives, its clients are waiting for answers.

    Raises:
        ChildFailed: it ended otherwise, or was not in the middle of settling.
    """
    process = children.start(_CHILD, store=path, persons=size.persons, first=size.stored)
    try:
        keys = _keys(process, size.killed_after)
    finally:
        process.kill()
    assert process.stdout is not None
    keys += [line for line in process.stdout.read().splitlines(keepends=True) if line[-1] == "\n"]
    process.stdout.close()
    if process.wait() != -SIGKILL:
        msg = f"it was not killed, it ended with {process.returncode}"
        raise ChildFailed(msg)
    if len(keys) < size.killed_after:
        msg = "it was not in the middle of settling when it was killed"
        raise ChildFailed(msg)
    return [key.rstrip("\n") for key in keys]


def open_again(
    path: Path, setting: Setting, *, size: Size, before: Path, keys: Sequence[str]
) -> Reopened:
    """Open what a killed process left, and compare it with what was acknowledged.

    `before` is the store as it was when that process began.

    Raises:
        MoneyAstray: the accounts have not paid what they should, or more.
        ChildFailed: the store could not be opened, read or written.
    """
    known = families(size.persons)
    sent = list(islice(endless(known, first=size.stored), len(keys) + MANY))
    acknowledged = set(keys)
    assert {each.key for each in sent} >= acknowledged, "it acknowledged what was never sent"
    last = next(each for each in sent if each.key == keys[-1])
    family = _family_of(last, known)
    unsure = [each for each in sent if each.key not in acknowledged]
    begun = perf_counter_ns()
    said = children.answered(
        children.start(
            _CHILD,
            store=path,
            persons=size.persons,
            family=known.index(family),
            unsure=[request_of(each).claim for each in unsure],
            fresh=size.stored + len(sent),
        )
    )
    happened = [
        each for each in sent if each.key in acknowledged or request_of(each).claim in said["kept"]
    ]
    of_family = [each for each in happened if request_of(each).patient in family.patients]
    with serving(before, setting.book, known=known, at_hand=False) as till:
        asked_fen = till.paid_fen([family]) + own_fen(of_family)
    check_money(asked_fen=asked_fen, found_fen=said["paid_fen"])
    names = ("begun_ns", "opened_ns", "read_ns", "settled_ns")
    times = (said[name] - begun for name in names)
    return Reopened(len(keys), len(unsure), len(said["kept"]), *times)


def _keys(process: Popen[str], count: int) -> list[str]:
    """Read so many acknowledgements, or fewer where the process ends before."""
    assert process.stdout is not None
    return list(islice(process.stdout, count))


def _family_of(sent: Sent, known: Sequence[Family]) -> Family:
    patient = request_of(sent).patient
    return next(family for family in known if patient in family.patients)
