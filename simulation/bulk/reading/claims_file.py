"""A file of claims, checked and given in batches of whole bills.

`open_claims` looks a CSV or Parquet file over and finds out which bills it cancels somewhere; a
broken file is refused there. `ClaimsFile.batches` gives the rows that can be decided, in their
order; the others are counted, and written to a file of rejects.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from simulation.bulk.arrays import CANCEL, Rows
from simulation.bulk.reading.claims_bills import Order, bill_starts, whole_bills
from simulation.bulk.reading.claims_cells import ABSENT, Whole, numbers, one_of, words
from simulation.bulk.reading.claims_columns import COLUMNS, WORDS
from simulation.bulk.reading.claims_csv import CsvClaims
from simulation.bulk.reading.claims_errors import ClaimsUnreadable
from simulation.bulk.reading.claims_parquet import ParquetClaims
from simulation.bulk.reading.claims_rejects import Rejects
from simulation.bulk.reading.claims_rows import (
    HIGHEST_CLAIM,
    TOLD,
    Block,
    Known,
    read_block,
)

BATCH = 1 << 20  # rows


class Source(Protocol):
    """A claims file in some format, whose form has been looked over."""

    path: Path
    rows: int

    def lines_of(self, rows: Whole) -> Whole:
        """Give where rows, counted from 0, stand for a reader of the file."""

    def batches(self, columns: Sequence[str]) -> Iterator[Any]:
        """Give some columns as record batches; columns that the file lacks are left out."""

    def cancels(self) -> Iterator[Any]:
        """Give `kind` and `claim` wherever something may be cancelled."""


def open_claims(
    path: Path, *, persons: int, regions: Sequence[str], rejects: Path | None = None
) -> ClaimsFile:
    """Open a file of claims on persons 0 to `persons - 1` in `regions`, by their numbers.

    The format is told by the content. `rejects` is where rows that cannot be decided are listed.

    Raises:
        ClaimsEmpty, ClaimsNotText, ClaimsColumns, ClaimsColumnType, ClaimsRagged,
        ClaimsUnreadable: the file as a whole cannot be read; it says where and what to do.
        OSError: it cannot be opened.
    """
    with path.open("rb") as file:
        begins = file.read(4)
    if begins[:2] == b"PK":
        raise ClaimsUnreadable(path=str(path), detail="a workbook or ZIP archive")
    if begins == b"PAR1" or path.suffix.lower() in {".parquet", ".pq"}:
        return ClaimsFile(ParquetClaims(path), persons=persons, regions=regions, rejects=rejects)
    return ClaimsFile(CsvClaims(path), persons=persons, regions=regions, rejects=rejects)


class ClaimsFile:
    """Claims that are read as often as asked for, always with the same outcome."""

    def __init__(
        self, source: Source, *, persons: int, regions: Sequence[str], rejects: Path | None = None
    ) -> None:
        """Find out which bills are cancelled somewhere in the file."""
        self._source = source
        self._rejects = rejects
        self.cancelled = _cancelled(source)
        """Numbers of the claims that are cancelled somewhere, ascending (int64)."""
        self._known = Known(persons, {code: n for n, code in enumerate(regions)}, self.cancelled)
        self.rejected = self._no_rejects()
        """What the latest pass left out: `.rows`, and `.totals` by kind of fault."""

    @property
    def path(self) -> Path:
        """Give where the file is."""
        return self._source.path

    @property
    def rows(self) -> int:
        """Give the number of rows in the file, faulty ones among them."""
        return self._source.rows

    @cached_property
    def digest(self) -> str:
        """Give the SHA-256 of the file as it lies."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def batches(self, *, size: int = BATCH, from_row: int = 0) -> Generator[Rows]:
        """Give the rows that can be decided, up to `size` at once, never cutting a bill.

        A bill of more than `size` rows is a batch by itself. `from_row` counts rows given before,
        at the end of a bill: from there on the batches are the same as without it. The faulty
        rows before it are found again, so that the file of rejects is always complete.

        Raises:
            ValueError: `from_row` is inside a bill, or beyond the last row.
            ClaimsUnreadable: the file is damaged further on.
        """
        self.rejected = self._no_rejects()
        try:
            yield from _cut(_after(self._accepted(self.rejected), from_row), size)
        except BaseException:
            self.rejected.abandon()
            raise
        self.rejected.close()

    def _no_rejects(self) -> Rejects:
        return Rejects(
            self.path,
            to=self._rejects,
            lines_of=self._source.lines_of,
            facts={"last_person": self._known.persons - 1},
        )

    def _blocks(self, rejects: Rejects) -> Iterator[Block]:
        """Give the rows of the file, each looked at by itself."""
        first = 0
        for batch in self._source.batches(COLUMNS):
            block, found = read_block(batch, self._known)
            rejects.take(found, first=first)
            first += len(block.state)
            if len(block.state):
                yield block

    def _accepted(self, rejects: Rejects) -> Iterator[Rows]:
        """Give the rows of bills without fault, some bills at once."""
        order, first = Order(), 0
        for block in whole_bills(self._blocks(rejects)):
            if not len(block.state):
                continue
            first -= int(block.state[0] == TOLD)  # it was there before
            accepted, found = order.sift(block)
            rejects.take(found, first=first)
            rejects.rows += int(np.count_nonzero(~accepted & (block.state != TOLD)))
            first += len(accepted)
            rejects.write(before=first)
            if accepted.all():
                yield block.rows
            elif accepted.any():
                yield block.part(accepted).rows


def _cancelled(source: Source) -> Whole:
    """Give the claims that rows of cancellation name, ascending."""
    named_ones: list[Whole] = [np.empty(0, np.int64)]
    for batch in source.cancels():
        kind = words(batch.column("kind"), one_of(WORDS["kind"]))
        places = np.flatnonzero(kind == CANCEL)
        if len(places):
            claims = numbers(batch.column("claim").take(places), HIGHEST_CLAIM)
            named_ones.append(np.unique(claims[claims > ABSENT]))
    return np.unique(np.concatenate(named_ones))


def _together(parts: Iterable[Rows]) -> Rows:
    return Rows(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _part(rows: Rows, places: slice) -> Rows:
    return Rows(*(column[places] for column in rows))


def _after(parts: Iterable[Rows], row: int) -> Iterator[Rows]:
    """Give what comes after so many rows.

    Raises:
        ValueError: not at the end of a bill.
    """
    for part in parts:
        count = len(part.kind)
        if row > 0 and count <= row:
            row -= count
            continue
        if row and not bill_starts(_part(part, slice(row - 1, row + 1)))[-1]:
            break
        yield _part(part, slice(row, None))
        row = 0
    if row:
        msg = "the rows given before do not end where a bill ends"
        raise ValueError(msg)


def _cut(parts: Iterable[Rows], size: int) -> Iterator[Rows]:
    """Give rows of whole bills in batches as large as `size` allows."""
    waiting: list[Rows] = []
    count = 0
    for part in parts:
        waiting.append(part)
        count += len(part.kind)
        while count >= size:
            rows = _together(waiting)  # a copy: what a file was read into cannot be written to
            end = _end_of_batch(rows, size)
            yield _part(rows, slice(end))
            waiting = [_part(rows, slice(end, None))]
            count -= end
    if count:
        yield _together(waiting)


def _end_of_batch(rows: Rows, size: int) -> int:
    """Give where the last bill ends that fits, or the first one where it does not."""
    ends = np.append(np.flatnonzero(bill_starts(rows))[1:], len(rows.kind))
    fit = int(np.searchsorted(ends, size, side="right"))
    return int(ends[max(fit - 1, 0)])
