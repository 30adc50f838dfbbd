"""Claims as CSV: the whole text is looked over first, then read in blocks."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv as arrow_csv

from domain.text import Text
from simulation.bulk.reading.claims_columns import NUMBERS, check_names
from simulation.bulk.reading.claims_errors import (
    ClaimsEmpty,
    ClaimsNotText,
    ClaimsRagged,
    ClaimsUnreadable,
)

Places = NDArray[np.int64]

BLOCK = 1 << 24  # bytes; no line may be longer

_BLANK_LINE = re.compile(rb"^\r?\n", re.MULTILINE)
_WORD = pa.dictionary(pa.int32(), pa.string())


class CsvClaims:
    """A CSV file in UTF-8 with a header; `cancels` sees to it that every line is a row."""

    def __init__(self, path: Path) -> None:
        """Look the text over.

        Raises:
            ClaimsEmpty, ClaimsNotText, ClaimsColumns, ClaimsUnreadable: as they say.
        """
        self.path = path
        lines, blank = self._look_over()
        self.names = self._header()
        check_names(path, self.names)
        self.rows = lines - len(blank) - 1
        # The number that each blank line would have, were there none before it.
        self._gaps = np.array(blank, np.int64) - np.arange(len(blank))
        if not self.rows and sum(1 for _, record in self._records() if record) > 1:
            raise self._broken(_LINE_ENDS)

    def lines_of(self, rows: Places) -> Places:
        """Give the lines, as an editor counts, of rows counted from 0."""
        lines = rows + 2
        return lines + np.searchsorted(self._gaps, lines, side="right")

    def batches(self, columns: Sequence[str]) -> Iterator[Any]:
        """Give some columns as record batches, words and days by dictionary, numbers as text."""
        if self.rows == 0:
            return
        wanted = [name for name in columns if name in self.names]
        try:
            with arrow_csv.open_csv(
                self._open(),
                read_options=arrow_csv.ReadOptions(
                    use_threads=False, block_size=BLOCK, column_names=self.names, skip_rows=1
                ),
                convert_options=arrow_csv.ConvertOptions(
                    column_types={n: pa.string() if n in NUMBERS else _WORD for n in self.names},
                    include_columns=wanted,
                    null_values=[""],
                    strings_can_be_null=True,
                ),
            ) as reader:
                yield from reader
        except pa.ArrowInvalid as error:
            raise self._broken(str(error)) from error

    def cancels(self) -> Iterator[Any]:
        """Give `kind` and `claim` of every part of the file that may cancel something.

        Raises:
            ClaimsRagged, ClaimsUnreadable: not every line is a row, with a value a column.
        """
        rows = 0
        for batch in self.batches(("kind", "claim")):
            rows += batch.num_rows
            if "kind" in self.names:
                yield batch
        if rows != self.rows:  # something else was taken for the end of a line, or for none
            raise self._broken(_LINE_ENDS)

    def _open(self) -> Any:  # noqa: ANN401 - a stream of pyarrow, which has no types
        with self.path.open("rb") as file:
            zipped = file.read(2) == b"\x1f\x8b"
        return pa.input_stream(str(self.path), compression="gzip" if zipped else None)

    def _pieces(self) -> Iterator[bytes]:
        """Give the text in pieces that end where a line ends."""
        rest = b""
        try:
            with self._open() as stream:
                while block := stream.read(BLOCK // 4):
                    whole, end, rest = (rest + block).rpartition(b"\n")
                    if len(rest) > BLOCK:
                        raise ClaimsUnreadable(path=str(self.path), detail="no line ends")
                    yield whole + end
        except OSError as error:  # of the compression
            raise ClaimsUnreadable(path=str(self.path), detail=str(error)) from error
        yield rest + b"\n" if rest else b""

    def _look_over(self) -> tuple[int, list[int]]:
        """Give the number of lines and the numbers of the blank ones.

        Raises:
            ClaimsNotText: names the line of the first byte that is not UTF-8.
        """
        lines, blank = 0, []
        for piece in self._pieces():
            try:
                codecs.utf_8_decode(piece, "strict", True)  # noqa: FBT003 - the codec's own form
            except UnicodeDecodeError as error:
                line = lines + 1 + piece.count(b"\n", 0, error.start)
                raise ClaimsNotText(path=str(self.path), line=line) from error
            seen = at = 0
            for match in _BLANK_LINE.finditer(piece):
                seen, at = seen + piece.count(b"\n", at, match.start()), match.start()
                blank.append(lines + seen + 1)
            lines += piece.count(b"\n")
        if lines == 0 or blank[:1] == [1]:
            raise ClaimsEmpty(path=str(self.path))
        return lines, blank

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        """Give every record with the line where it begins, by Python's own reader."""
        with io.TextIOWrapper(self._open(), encoding="utf-8-sig", newline="") as text:
            reader, line = csv.reader(text), 1
            for record in reader:
                yield line, record
                line = reader.line_num + 1

    def _header(self) -> list[str]:
        for _, record in self._records():
            return [name.strip() for name in record]
        raise ClaimsEmpty(path=str(self.path))

    def _broken(self, detail: str) -> ClaimsRagged | ClaimsUnreadable:
        """Say in which line the values are not one for each column, each on one line."""
        for line, record in self._records():
            if any("\n" in value or "\r" in value for value in record):
                says = _OVER.zh.format(line=line), _OVER.en.format(line=line)
                return ClaimsUnreadable(path=str(self.path), detail=Text(*says))
            if record and len(record) != len(self.names):
                facts = {"line": line, "found": len(record), "wants": len(self.names)}
                return ClaimsRagged(path=str(self.path), **facts)
        return ClaimsUnreadable(path=str(self.path), detail=detail)


_OVER = Text("第 {line} 行有一个值跨行", "in line {line} a value runs over the end of its line")
_LINE_ENDS = "lines must end with LF or CRLF"
