"""Rows that were left out: counted by kind of fault, and written to a file for who made them."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple

from simulation.bulk.claims_faults import FAULTS, said
from simulation.bulk.claims_rows import Found

COLUMNS = (
    *("file", "line", "claim", "column", "value", "fault"),
    *("what_zh", "what_en", "do_zh", "do_en"),
)


class _Record(NamedTuple):
    row: int
    claim: object
    column: str
    value: object
    fault: str
    after: object


class Rejects:
    """Faults of one pass over a file. Where there are none, no file is left.

    While the pass runs they stand in a file that ends in `.partial`; `close` gives it its name.
    It is UTF-8 with a BOM, so that Excel in a Chinese Windows reads it.
    """

    def __init__(
        self,
        source: Path,
        *,
        to: Path | None,
        line_of: Callable[[int], int],
        facts: Mapping[str, object],
    ) -> None:
        """Begin; `line_of` gives the line of a row, `facts` fill the sentences of faults."""
        self.faults: Counter[str] = Counter()
        self.rows = 0
        self._source, self._to = source, to
        self._line_of, self._facts = line_of, facts
        self._waiting: list[_Record] = []
        self._file: IO[str] | None = None
        self._writer: Any = None

    @property
    def totals(self) -> dict[str, int]:
        """Give how often each kind of fault was found, in the order of `FAULTS`."""
        return {fault: self.faults[fault] for fault in FAULTS if self.faults[fault]}

    def take(self, found: Iterable[Found], *, first: int) -> None:
        """Take the faults of a block whose first row is row `first` of the file."""
        for fault, column, rows, values, claims, after in found:
            self.faults[fault] += len(rows)
            if self._to is not None:
                self._waiting += [
                    _Record(first + row, claim, column, value, fault, after[0] if after else "")
                    for row, value, claim in zip(rows.tolist(), values, claims, strict=True)
                ]

    def write(self, before: int) -> None:
        """Write what was found in rows before one, in their order."""
        ready = sorted(
            (record for record in self._waiting if record.row < before), key=lambda r: r.row
        )
        if not ready or self._to is None:
            return
        self._waiting = [record for record in self._waiting if record.row >= before]
        if self._file is None:
            self._file = _partial(self._to).open("w", encoding="utf-8-sig", newline="")
            self._writer = csv.writer(self._file)
            self._writer.writerow(COLUMNS)
        self._writer.writerows(map(self._told, ready))

    def close(self) -> None:
        """Give the file its name, once everything in it is on disk; an older one goes."""
        if self._to is None:
            return
        if self._file is None:
            self._to.unlink(missing_ok=True)
            _partial(self._to).unlink(missing_ok=True)
            return
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        _partial(self._to).replace(self._to)

    def abandon(self) -> None:
        """Stop before the end; what was written stays under the name that ends in `.partial`."""
        if self._file is not None:
            self._file.close()

    def _told(self, record: _Record) -> tuple[object, ...]:
        says, remedy = said(
            record.fault, record.column, facts={**self._facts, "after": record.after}
        )
        line = self._line_of(record.row)
        cell = (self._source.name, line, record.claim, record.column, record.value, record.fault)
        return (*cell, *says, *remedy)


def _partial(path: Path) -> Path:
    return path.with_name(f"{path.name}.partial")
