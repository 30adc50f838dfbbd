"""A section of the report: where the microseconds of one settlement go.

A small timer is put around functions of the ledger while this section runs, and around nothing
in the ledger itself. Each stage counts its own time only, without the stages inside it. What no
stage counts is told as the rest: queues, futures, checks, the answer, and waiting for the next
request. The timer takes part of a microsecond for each call, so throughput is measured elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import local
from time import perf_counter_ns
from typing import Any, NamedTuple
from unittest.mock import patch

from benchmarks import clients
from benchmarks.books import founded, serving
from benchmarks.setting import MANY, Setting, Size
from benchmarks.workload import families
from domain import settlement
from domain.text import Text
from ledger import claim_handlers, workspace
from ledger.application import Application
from ledger.sqlite_recorder import SqliteRecorder

PLACES: tuple[tuple[str, Any, str], ...] = (
    ("client", clients.Crowd, "answered"),
    ("request", Application, "submit"),
    ("find", SqliteRecorder, "find"),
    ("gather", claim_handlers, "situation"),
    ("decide", settlement, "settle"),
    ("fold", workspace.Workspace, "record"),
    ("encode", workspace, "write_entry"),
    ("commit", SqliteRecorder, "commit"),
)
"""Each stage by name, and the function that is it. All of them must be called."""


class StageMissed(Exception):  # noqa: N818 - the name says what is wrong
    """A function that is timed was never called: the profile would leave its time elsewhere."""


class Stage(NamedTuple):
    """What one stage took in a whole run."""

    name: str
    calls: int
    own_ns: int


class Profile(NamedTuple):
    """One run, its stages, and the time of no stage as `rest`."""

    clients: int
    settlements: int
    elapsed_ns: int
    stages: tuple[Stage, ...]

    def each_ns(self, stage: Stage) -> int:
        """Give a stage's nanoseconds for each settlement."""
        return stage.own_ns // self.settlements

    def share_permille(self, stage: Stage) -> int:
        """Give a stage's share of the time, in thousandths."""
        return stage.own_ns * 1000 // self.elapsed_ns


class Stages(NamedTuple):
    """A profile for one client, who waits for every commit, and one for many, who share them."""

    profiles: tuple[Profile, ...]


def measure(size: Size, setting: Setting) -> Stages:
    """Settle with the timer around every stage."""
    known = families(size.persons)
    path = founded(setting, size.persons, name="stages")
    profiles = []
    with serving(path, setting.book, known=known) as till:
        till.settle(size.settlements, clients=MANY, seconds=size.seconds)  # to be warm
        for waiting in (1, MANY):
            setting.tell(Text(f"分段计时：{waiting} 个客户端", f"stages: {waiting} clients"))
            with timed() as timer:
                run = till.settle(size.settlements, clients=waiting, seconds=size.seconds)
            profiles.append(_profile(run, timer))
    return Stages(tuple(profiles))


class Timer:
    """Counts the calls and the own time of stages, also of one inside another."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.calls: dict[str, int] = {}
        self.own_ns: dict[str, int] = {}
        self._inside = local()

    def around(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Give the same function, timed."""
        self.calls[name] = self.own_ns[name] = 0

        def timed(*positional: object, **named: object) -> object:
            outer: list[int] | None = getattr(self._inside, "others_ns", None)
            others_ns = self._inside.others_ns = [0]
            begun = perf_counter_ns()
            try:
                return function(*positional, **named)
            finally:
                elapsed_ns = perf_counter_ns() - begun
                self.calls[name] += 1
                self.own_ns[name] += elapsed_ns - others_ns[0]
                self._inside.others_ns = outer
                if outer is not None:
                    outer[0] += elapsed_ns

        return timed


@contextmanager
def timed() -> Iterator[Timer]:
    """Put a timer around every stage, for a block."""
    timer = Timer()
    with ExitStack() as stack:
        for name, owner, function in PLACES:
            around = timer.around(name, getattr(owner, function))
            stack.enter_context(patch.object(owner, function, around))
        yield timer


def _profile(run: clients.Run, timer: Timer) -> Profile:
    missed = [name for name, calls in timer.calls.items() if not calls]
    if missed:
        raise StageMissed(", ".join(missed))
    stages = [Stage(name, calls, timer.own_ns[name]) for name, calls in timer.calls.items()]
    rest_ns = run.elapsed_ns - sum(stage.own_ns for stage in stages)
    stages.append(Stage("rest", run.settlements, rest_ns))
    return Profile(run.clients, run.settlements, run.elapsed_ns, tuple(stages))
