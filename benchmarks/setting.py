"""How much is measured, where, and with what."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from domain.rules import RuleBook
from domain.text import Text

CLIENTS = (1, 8, 64)
"""How many clients wait at the same time, one run for each."""

MANY = CLIENTS[-1]
"""How many wait where only one number of clients is measured."""

ACTOR = "bench"


class Size(NamedTuple):
    """How much is done; whatever is not said otherwise counts settlements.

    The baseline, being slower, gets fewer settlements and its own seconds.
    """

    persons: int = 3_000
    settlements: int = 3_000  # a run
    seconds: int = 2  # a run at most
    repeat: int = 3  # runs of everything that is timed
    baseline_settlements: int = 1_000
    baseline_seconds: int = 2
    cycles: int = 1_500  # held, all of them, then captured
    grown_persons: tuple[int, ...] = (1_000, 10_000)  # the first is what the others cost against
    grown_settlements: int = 10_000  # in the store before the clock starts
    stored: int = 5_000  # in the store that is opened again
    killed_after: int = 2_000  # acknowledged after that, before the process is killed
    memory_persons: int = 3_000


SMOKE = Size(
    persons=120,
    settlements=100,
    seconds=1,
    repeat=1,
    baseline_settlements=30,
    baseline_seconds=1,
    cycles=60,
    grown_persons=(120, 240),
    grown_settlements=200,
    stored=100,
    killed_after=50,
    memory_persons=120,
)
"""Just enough to see that everything still runs; its figures mean nothing."""

FULL = Size(
    settlements=20_000,
    seconds=20,
    baseline_settlements=5_000,
    baseline_seconds=20,
    cycles=5_000,
    grown_persons=(1_000, 100_000, 1_000_000),
    grown_settlements=1_000_000,
    stored=1_000_000,
    killed_after=20_000,
    memory_persons=100_000,
)
"""A country's region: an hour or more, most of it for enrolling and for settling a million."""


class Setting(NamedTuple):
    """Where and with what to measure. `tell` is told what happens next."""

    folder: Path
    book: RuleBook
    tell: Callable[[Text], None]
