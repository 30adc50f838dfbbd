"""Claims as Parquet: only the columns that are asked for are read, words by their dictionaries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import parquet

from domain.text import Text
from simulation.bulk.reading.claims_columns import BOOLEANS, DAYS, NUMBERS, check_names
from simulation.bulk.reading.claims_errors import ClaimsColumnType, ClaimsUnreadable

ROWS = 1 << 17  # read at once

_TEXT = Text("文字", "text")
_WANTS = {
    **dict.fromkeys(NUMBERS, Text("整数", "whole numbers")),
    **dict.fromkeys(DAYS, Text("日期", "dates")),
    **dict.fromkeys(BOOLEANS, Text("真假值", "booleans")),
    "where": Text("文字或整数", "text or whole numbers"),
}


class ParquetClaims:
    """A Parquet file with the columns of claims, in types that can be read exactly."""

    def __init__(self, path: Path) -> None:
        """Read the schema.

        Raises:
            ClaimsUnreadable, ClaimsColumns, ClaimsColumnType: as they say.
        """
        self.path = path
        try:
            metadata = parquet.read_metadata(path)
            self._schema = metadata.schema.to_arrow_schema()
        except (pa.ArrowException, OSError) as error:
            raise ClaimsUnreadable(path=str(path), detail=str(error)) from error
        self.rows = metadata.num_rows
        self.names = list(self._schema.names)
        check_names(path, self.names)
        for field in self._schema:
            if not _can_be_read(field.name, field.type):
                wants = _WANTS.get(field.name, _TEXT)
                facts = {"column": field.name, "found": str(field.type), "wants": wants}
                raise ClaimsColumnType(path=str(path), **facts)

    def lines_of(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give the numbers, from 1, of rows counted from 0."""
        return rows + 1

    def batches(self, columns: Sequence[str]) -> Iterator[Any]:
        """Give some columns as record batches."""
        file = self._open()
        yield from self._read(file, columns, range(file.num_row_groups))

    def cancels(self) -> Iterator[Any]:
        """Give `kind` and `claim` of every row group that may cancel something."""
        if "kind" not in self.names:
            return
        file = self._open()
        kind = self.names.index("kind")
        for group in range(file.num_row_groups):
            told = file.metadata.row_group(group).column(kind).statistics
            if told is None or not told.has_min_max or told.min <= "cancel" <= told.max:
                yield from self._read(file, ("kind", "claim"), [group])

    def _open(self) -> Any:  # noqa: ANN401 - pyarrow has no types
        words = [field.name for field in self._schema if _is_text(field.type)]
        return parquet.ParquetFile(self.path, read_dictionary=words)

    def _read(self, file: Any, columns: Sequence[str], groups: Sequence[int]) -> Iterator[Any]:  # noqa: ANN401 - pyarrow has no types
        wanted = [name for name in columns if name in self.names]
        try:
            yield from file.iter_batches(
                batch_size=ROWS, row_groups=list(groups), columns=wanted, use_threads=False
            )
        except (pa.ArrowException, OSError) as error:
            raise ClaimsUnreadable(path=str(self.path), detail=str(error)) from error


def _can_be_read(name: str, kind: Any) -> bool:  # noqa: ANN401 - a type of pyarrow
    if _is_text(kind):
        return True
    if name in NUMBERS or name == "where":
        return bool(pa.types.is_integer(kind))
    if name in DAYS:
        return bool(pa.types.is_date(kind) or (pa.types.is_timestamp(kind) and kind.tz is None))
    if name in BOOLEANS:
        return bool(pa.types.is_boolean(kind) or pa.types.is_integer(kind))
    return False


def _is_text(kind: Any) -> bool:  # noqa: ANN401 - a type of pyarrow
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(inner) or pa.types.is_large_string(inner))
