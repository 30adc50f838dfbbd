"""Files of claims made by hand, and random rows written as files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv, parquet

from domain.codes import ACCOUNT_SEGMENTS, Category, Credential, Place
from simulation.bulk import arrays
from simulation.bulk.arrays import Rows
from simulation.bulk.reading.claims_columns import COLUMNS
from simulation.bulk.reading.claims_file import ClaimsFile, open_claims

REGIONS = ("110100", "310100", "420100")
PERSONS = 100
KINDS = ("settle", "cancel", "credit")

Line = Mapping[str, object]


def line(claim: int, /, **said: object) -> dict[str, object]:
    """Give one row of a file, as a till would write it."""
    usual = {
        "kind": "settle",
        "claim": claim,
        "line": 1,
        "booked": "2026-03-02",
        "day": "2026-03-01",
        "patient": 7,
        "where": "420100",
        "place": "hospital",
        "category": "outpatient",
        "total_fen": 10_000,
        "fund_fen": 6_000,
    }
    return {**usual, **said}


def csv_of(lines: Sequence[Line]) -> str:
    """Write lines as CSV with every column that one of them names."""
    names = list(dict.fromkeys(name for each in lines for name in each))
    body = [",".join(str(each.get(name, "")) for name in names) for each in lines]
    return "".join(f"{text}\n" for text in (",".join(names), *body))


def opened(path: Path, rejects: Path | None = None) -> ClaimsFile:
    return open_claims(path, persons=PERSONS, regions=REGIONS, rejects=rejects)


def all_rows(path: Path) -> Rows:
    """Read a whole file as one batch; it must have a row."""
    (rows,) = opened(path).batches()
    return rows


def as_table(rows: Rows) -> pa.Table:
    """Give rows as a table with every column of a claims file."""

    def yes(bit: int) -> pa.Array:
        return pa.array((rows.flags & bit) != 0)

    def no(bit: int) -> pa.Array:
        return pa.array((rows.flags & bit) == 0)

    columns = {
        "kind": _words(KINDS, rows.kind),
        "claim": pa.array(rows.claim),
        "line": pa.array(rows.line),
        "booked": _days(rows.booked),
        "day": _days(rows.day),
        "patient": pa.array(rows.patient),
        "where": _words(REGIONS, rows.where),
        "place": _words(tuple(Place), rows.place),
        "category": _words(tuple(Category), rows.category),
        "outside_catalogue": yes(arrays.OUTSIDE),
        "use_accounts": no(arrays.NO_ACCOUNTS),
        "aid_requested": yes(arrays.AID_REQUESTED),
        "emergency": yes(arrays.EMERGENCY),
        "designated": no(arrays.NOT_DESIGNATED),
        "connected": no(arrays.NOT_CONNECTED),
        "credential": _words(tuple(Credential), (rows.flags >> arrays.CREDENTIAL) & 3),
        "whole": yes(arrays.WHOLE),
        "segment": _words(ACCOUNT_SEGMENTS, np.sign(rows.flags & arrays.TO_PRIOR)),
        "total_fen": pa.array(rows.total),
        "fund_fen": pa.array(rows.fund),
    }
    assert tuple(columns) == COLUMNS
    return pa.table(columns)


def write(table: pa.Table, path: Path) -> None:
    """Write a table in the format that the name tells."""
    if path.suffix == ".parquet":
        parquet.write_table(table, path, row_group_size=50)
    else:
        csv.write_csv(table, path)


def _words(vocabulary: Sequence[str], numbers: np.ndarray) -> pa.Array:
    return pa.array([vocabulary[number] for number in numbers.tolist()], pa.string())


def _days(ordinals: np.ndarray) -> pa.Array:
    return pa.array([date.fromordinal(day) for day in ordinals.tolist()], pa.date32())
