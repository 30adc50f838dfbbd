"""What a fault run is asked and what it says: profiles, tallies and report lines.

A fault is a function `run(profile) -> Line`. It plants a fault many times, counts how often the
fault really happened, and counts as bad every run after which something was wrong and every run
in which the fault did not happen: a net in which no fish was put has caught nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from tests.faults.notes import Notes

LONGEST = 40
"""The scale of the long profile."""

FINDINGS = 5
"""So many findings of one fault are kept in full; the others are counted."""


class Profile(NamedTuple):
    """How much is tried: `scale` is 1 in the short profile and `LONGEST` in the long one.

    `notes` keep the progress of a run that may be interrupted; None: nothing is kept.
    """

    name: str
    scale: int
    notes: Notes | None = None

    def times(self, *, short: int, long: int) -> int:
        """Give a number between that of the short profile and that of the long one, by scale."""
        return short + (long - short) * (self.scale - 1) // (LONGEST - 1)


SHORT = Profile("short", 1)
LONG = Profile("long", LONGEST)


class Line(NamedTuple):
    """What one fault came to: so many runs, in so many of which it happened, so many bad."""

    fault: str
    runs: int
    fired: int
    bad: int
    unit: str  # what a run is, in the plural: "kills"
    detail: str

    @property
    def passed(self) -> bool:
        """Tell whether the fault happened and nothing was wrong afterwards."""
        return self.fired > 0 and self.bad == 0

    def __str__(self) -> str:
        verdict = "ok" if self.passed else "FAILED"
        counted = f"{self.runs:,} {self.unit}, {self.fired:,} fired, {self.bad:,} bad"
        return f"{self.fault}: {counted}  {verdict}"


@dataclass
class Tally:
    """What was counted so far. `counts` are figures of a fault, `findings` the first bad ones."""

    runs: int = 0
    fired: int = 0
    bad: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Add the tally of further runs."""
        self.runs += other.runs
        self.fired += other.fired
        self.bad += other.bad
        self.counts.update(other.counts)
        self.findings = [*self.findings, *other.findings][:FINDINGS]

    def find(self, finding: str) -> None:
        """Count a bad run and say what was wrong."""
        self.bad += 1
        self.findings = [*self.findings, finding][:FINDINGS]

    def demand(self, *names: str) -> None:
        """Count the whole as bad where something that must happen now and then never did."""
        for name in names:
            if not self.counts[name]:
                self.find(f"never happened: {name}")

    def line(self, fault: str, *, unit: str) -> Line:
        """Give the report line; the detail names every figure, then the first findings."""
        figures = ", ".join(f"{times:,} {name}" for name, times in sorted(self.counts.items()))
        detail = "; ".join(filter(None, (figures, *self.findings)))
        return Line(fault, self.runs, self.fired, self.bad, unit, detail)

    def as_json(self) -> dict[str, Any]:
        """Give the tally as plain JSON values."""
        return {**vars(self), "counts": dict(self.counts)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Tally:
        """Read what `as_json` gave."""
        return cls(**{**kept, "counts": Counter(kept["counts"])})


def in_parts(
    name: str, profile: Profile, one: Callable[[range], Tally], *, runs: int, part: int
) -> Tally:
    """Do runs 0 to `runs` part by part and add them up.

    `one` does the runs of a range; it depends on nothing but their numbers, so that a run that
    was interrupted goes on with the first part that its notes do not know. `name` is the name
    under which the fault is registered.
    """
    total, done = Tally(), 0
    if profile.notes is not None and (kept := profile.notes.progress(name)) is not None:
        done, total = kept["done"], Tally.from_json(kept["tally"])
    for numbers in _parts(done, runs, part):
        total.add(one(numbers))
        if profile.notes is not None:
            profile.notes.keep_progress(name, {"done": numbers.stop, "tally": total.as_json()})
    return total


def _parts(done: int, runs: int, part: int) -> Iterator[range]:
    for first in range(done, runs, part):
        yield range(first, min(first + part, runs))
