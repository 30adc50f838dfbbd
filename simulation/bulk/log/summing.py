"""What became of the claims of a run, added up from its log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from simulation.bulk.arrays import CREDIT, DONE, ROLL
from simulation.bulk.log import segments
from simulation.bulk.log.manifest import Counts, SegmentLine, Sums

_NEEDED = ["kind", "claim", "outcome"]


class Summary(NamedTuple):
    """Counts and sums of segments, by the names of `manifest.Counts` and `manifest.Sums`.

    `refused` counts bills, cancellations, credits and rolls by their outcome.
    """

    counts: Counter[str]
    sums: Counter[str]
    refused: Counter[int]

    @property
    def events(self) -> int:
        """Give rows and legs together."""
        return self.counts["rows"] + self.counts["legs"]


def summary(folder: Path, lines: Iterable[SegmentLine]) -> Summary:
    """Add segments up.

    Raises:
        SegmentDamaged: a file of the log is not what was written.
    """
    of = Summary(Counter(), Counter(), Counter())
    for line in lines:
        _add(of.counts, line.counts)
        _add(of.sums, line.sums)
        if line.counts.refused:
            of.refused.update(_refused(folder, line))
    return of


def _add(to: Counter[str], numbers: Counts | Sums) -> None:
    to.update(msgspec.structs.asdict(numbers))


def _refused(folder: Path, line: SegmentLine) -> dict[int, int]:
    """Count what was refused in a segment, each bill once, by outcome."""
    data = segments.opened(folder, line.lines)
    table = pq.read_table(pa.BufferReader(data), columns=_NEEDED, use_threads=False)
    kind, claim, outcome = (table.column(name).to_numpy() for name in _NEEDED)
    begins = np.ones(len(kind), bool)
    begins[1:] = (kind[1:] != kind[:-1]) | (claim[1:] != claim[:-1])
    begins |= (kind == CREDIT) | (kind == ROLL)
    codes, counts = np.unique(outcome[begins & (outcome != DONE)], return_counts=True)
    return dict(zip(codes.tolist(), counts.tolist(), strict=True))
