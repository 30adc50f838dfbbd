"""Rows that were left out: counted by kind of fault, and written to a file for who made them."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.bulk.reading.claims_faults import FAULTS, said
from simulation.bulk.reading.claims_rows import Found

COLUMNS = (
    *("file", "line", "claim", "column", "value", "fault"),
    *("what_zh", "what_en", "do_zh", "do_en"),
)


Places = NDArray[np.int64]


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
        lines_of: Callable[[Places], Places],
        facts: Mapping[str, object],
    ) -> None:
        """Begin; `lines_of` gives the lines of rows, `facts` fill the sentences of faults."""
        self.faults: Counter[str] = Counter()
        self.rows = 0
        self._source, self._to = source, to
        self._lines_of, self._facts = lines_of, facts
        self._waiting: list[_Record] = []
        self._said: dict[tuple[str, str, object], tuple[str, ...]] = {}
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
        ready = sorted((each for each in self._waiting if each.row < before), key=lambda r: r.row)
        if not ready or self._to is None:
            return
        self._waiting = [each for each in self._waiting if each.row >= before]
        if self._file is None:
            self._file = _partial(self._to).open("w", encoding="utf-8-sig", newline="")
            self._writer = csv.writer(self._file)
            self._writer.writerow(COLUMNS)
        lines = self._lines_of(np.array([each.row for each in ready])).tolist()
        self._writer.writerows(map(self._told, ready, lines))

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

    def _told(self, each: _Record, line: int) -> tuple[object, ...]:
        cells = (self._source.name, line, each.claim, each.column, each.value, each.fault)
        return cells + self._sentences(each.fault, each.column, each.after)

    def _sentences(self, fault: str, column: str, after: object) -> tuple[str, ...]:
        """Give what is wrong and what to do, each in Chinese and English."""
        found = self._said.get((fault, column, after))
        if found is None:
            says, remedy = said(fault, column, facts={**self._facts, "after": after})
            found = (*says, *remedy)
            if not after:  # what a row should come after differs from row to row
                self._said[fault, column, after] = found
        return found


def _partial(path: Path) -> Path:
    return path.with_name(f"{path.name}.partial")
