"""Claims made up, written as files that `simulation.bulk.reading.claims_file` reads.

One row a line of a bill, in order of booking. Words are dictionaries in Parquet, days are dates,
the rest are whole numbers or yes and no.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc_csv
import pyarrow.parquet as pq

from domain.codes import ACCOUNT_SEGMENTS, Category, Credential, Place
from simulation.bulk import arrays
from simulation.bulk.arrays import Rows
from simulation.population.draws import Array

Format = Literal["csv", "parquet"]

KINDS = ("settle", "cancel", "credit")
"""The words for the kinds of rows that stand in files."""

_WORD = pa.dictionary(pa.int16(), pa.string())
SCHEMA = pa.schema(
    [
        ("kind", _WORD),
        ("claim", pa.int64()),
        ("line", pa.int16()),
        ("booked", pa.date32()),
        ("day", pa.date32()),
        ("patient", pa.int32()),
        ("where", _WORD),
        ("place", _WORD),
        ("category", _WORD),
        ("outside_catalogue", pa.bool_()),
        ("use_accounts", pa.bool_()),
        ("aid_requested", pa.bool_()),
        ("emergency", pa.bool_()),
        ("designated", pa.bool_()),
        ("connected", pa.bool_()),
        ("credential", _WORD),
        ("whole", pa.bool_()),
        ("segment", _WORD),
        ("total_fen", pa.int64()),
        ("fund_fen", pa.int64()),
    ]
)

_EPOCH = 719_163  # date(1970, 1, 1).toordinal(), from which Parquet counts days
_TWO_BITS = 3


def write(
    batches: Iterable[Rows], path: Path, *, regions: Sequence[str], form: Format = "parquet"
) -> int:
    """Write rows into a file, which appears when it is complete; give how many there were."""
    rows = 0
    building = path.with_name(f".{path.name}.tmp")
    try:
        with _writer(building, form) as writer:
            for made in batches:
                writer.write_batch(record_batch(made, regions=regions))
                rows += len(made.kind)
        building.replace(path)
    finally:
        building.unlink(missing_ok=True)
    return rows


def record_batch(made: Rows, *, regions: Sequence[str]) -> pa.RecordBatch:
    """Give rows with the words that their numbers stand for."""
    flags = made.flags
    return pa.record_batch(
        [
            _words(made.kind, KINDS),
            pa.array(made.claim),
            pa.array(made.line),
            _days(made.booked),
            _days(made.day),
            pa.array(made.patient),
            _words(made.where, regions),
            _words(made.place, _of(Place)),
            _words(made.category, _of(Category)),
            _yes(flags & arrays.OUTSIDE),
            _yes(~flags & arrays.NO_ACCOUNTS),
            _yes(flags & arrays.AID_REQUESTED),
            _yes(flags & arrays.EMERGENCY),
            _yes(~flags & arrays.NOT_DESIGNATED),
            _yes(~flags & arrays.NOT_CONNECTED),
            _words(flags >> arrays.CREDENTIAL & _TWO_BITS, _of(Credential)),
            _yes(flags & arrays.WHOLE),
            _words((flags & arrays.TO_PRIOR) != 0, [word.value for word in ACCOUNT_SEGMENTS]),
            pa.array(made.total),
            pa.array(made.fund),
        ],
        schema=SCHEMA,
    )


def _writer(path: Path, form: Format) -> AbstractContextManager[Any]:
    if form == "csv":
        return _CsvWriter(path)
    writer: AbstractContextManager[Any] = pq.ParquetWriter(
        path, SCHEMA, compression="zstd", compression_level=1
    )
    return writer


class _CsvWriter:
    """Writes words as words: a dictionary has no place in CSV. Columns' names stand bare."""

    def __init__(self, path: Path) -> None:
        fields = [pa.field(f.name, pa.string() if f.type == _WORD else f.type) for f in SCHEMA]
        self._schema = pa.schema(fields)
        self._writer = pc_csv.CSVWriter(
            path, self._schema, write_options=pc_csv.WriteOptions(quoting_style="none")
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.close()

    def write_batch(self, batch: pa.RecordBatch) -> None:
        self._writer.write_batch(batch.cast(self._schema))


def _of(words: type[StrEnum]) -> list[str]:
    return [word.value for word in words]


def _words(numbers: Array, words: Sequence[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(numbers.astype(np.int16)), pa.array(list(words)))


def _yes(bits: Array) -> pa.Array:
    return pa.array(bits != 0)


def _days(ordinals: Array) -> pa.Array:
    return pa.array(ordinals.astype(np.int32) - _EPOCH).cast(pa.date32())
