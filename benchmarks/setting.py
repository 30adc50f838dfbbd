"""How much is measured, where, and what the sections of the report are made of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from domain.rules import RuleBook
from domain.text import Text

CLIENTS = (1, 8, 64)
"""How many clients wait at the same time, one run for each."""

ACTOR = "bench"


class Size(NamedTuple):
    """How much is done: persons insured, settlements and at most so many seconds a run.

    The baseline, being slower, gets fewer settlements and its own seconds.
    """

    persons: int = 3_000
    settlements: int = 10_000
    seconds: int | None = None
    baseline_settlements: int = 2_000
    baseline_seconds: int = 10


SMOKE = Size(persons=120, settlements=200, seconds=2, baseline_settlements=50, baseline_seconds=1)
"""Just enough to see that everything still runs; its figures mean nothing."""


class Setting(NamedTuple):
    """Where and with what to measure. `tell` is told what happens next."""

    folder: Path
    book: RuleBook
    tell: Callable[[Text], None]


class Rate(NamedTuple):
    """So many events in so many nanoseconds."""

    events: int
    elapsed_ns: int

    @property
    def per_second(self) -> int:
        """Give events a second."""
        return self.events * 10**9 // max(self.elapsed_ns, 1)
