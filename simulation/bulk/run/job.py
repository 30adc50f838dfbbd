"""What a bulk run is about: claims, the state that they meet, the rules, and who decides."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import NamedTuple, Protocol

from simulation.bulk.arrays import Rows
from simulation.bulk.deciding import Decide
from simulation.bulk.log.manifest import Begin
from simulation.bulk.log.running_errors import RegionsDiffer
from simulation.bulk.rules import RuleTable
from simulation.bulk.states.state_checks import Array
from simulation.bulk.states.state_files import StateFile

SEGMENT = 1 << 20
"""Rows of a segment, at most, unless one bill has more."""


class Rejected(Protocol):
    """Rows of a file of claims that cannot be decided."""

    @property
    def totals(self) -> Mapping[str, int]:
        """Give how many there are, by fault."""


class Claims(Protocol):
    """A file of claims that can be read from any place on, always with the same outcome."""

    @property
    def digest(self) -> str:
        """Give the SHA-256 of the file."""

    @property
    def rows(self) -> int:
        """Give the number of its rows, rejected ones among them."""

    @property
    def cancelled(self) -> Array:
        """Give the claim numbers that its cancellations name, int64, ascending."""

    @property
    def rejected(self) -> Rejected:
        """Give what the latest pass left out."""

    def batches(self, *, size: int, from_row: int) -> Generator[Rows]:
        """Give rows behind those given before; bills are whole, the cuts always the same."""


class Job(NamedTuple):
    """What is decided, on what, and by what. `package` is the version that the log notes."""

    claims: Claims
    opening: StateFile
    table: RuleTable
    decide: Decide
    package: str = ""
    size: int = SEGMENT


def begin_of(job: Job, *, merkle: bool) -> Begin:
    """Give the first line of a log of this job.

    Raises:
        RegionsDiffer: numbers of regions do not mean the same in the state and in the rules.
    """
    if job.table.regions != job.opening.regions:
        raise RegionsDiffer(state=len(job.opening.regions), rules=len(job.table.regions))
    return Begin(
        opening=job.opening.digest,
        persons=len(job.opening.state.home),
        regions=job.opening.regions,
        rules=job.table.digest,
        rule_sets=job.table.ids,
        package=job.package,
        claims=job.claims.digest,
        merkle=merkle,
    )
