"""Claims that lie in memory as rows, in the shape in which a bulk run takes them from a file."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from hashlib import sha256

import numpy as np

from simulation.bulk.arrays import CANCEL, Rows
from simulation.bulk.reading.claims_rows import slots


class _Nothing:
    """No row is rejected: nobody has typed these."""

    @property
    def totals(self) -> Mapping[str, int]:
        """Give how many there are, by fault."""
        return {}


class ClaimsInMemory:
    """Rows made before the clock starts, given in batches that cut no bill."""

    rejected = _Nothing()

    def __init__(self, rows: Rows) -> None:
        """Take rows; which of their bills are cancelled is found out here."""
        self.cancelled = np.unique(rows.claim[rows.kind == CANCEL])
        self._rows = rows._replace(slot=slots(rows.kind, rows.claim, cancelled=self.cancelled))
        self.digest = sha256(rows.claim.tobytes() + rows.total.tobytes()).hexdigest()

    @property
    def rows(self) -> int:
        """Give the number of rows."""
        return len(self._rows.kind)

    def batches(self, *, size: int, from_row: int) -> Generator[Rows]:
        """Give the rows from one on, about `size` at once."""
        begin = from_row
        while begin < self.rows:
            end = self._end_of_bill(min(begin + size, self.rows))
            yield Rows(*(each[begin:end] for each in self._rows))
            begin = end

    def _end_of_bill(self, row: int) -> int:
        """Give a row on, or soon after, one at which a bill or a cancellation begins."""
        rows = self._rows
        while row < self.rows and (
            rows.claim[row] == rows.claim[row - 1] and rows.kind[row] == rows.kind[row - 1]
        ):
            row += 1
        return row
