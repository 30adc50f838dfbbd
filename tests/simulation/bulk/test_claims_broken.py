"""Files of claims that cannot be read at all are refused before anything starts."""

from __future__ import annotations

import gzip
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from domain.text import Lang
from ledger.errors import StoreError
from simulation.bulk.reading import claims_csv
from simulation.bulk.reading.claims_errors import (
    ClaimsColumns,
    ClaimsColumnType,
    ClaimsEmpty,
    ClaimsNotText,
    ClaimsRagged,
    ClaimsUnreadable,
)
from tests.simulation.bulk.claim_tables import csv_of, line, opened

SOUND = csv_of([line(1), line(2), line(3)])


def refused(path: Path, kind: type[StoreError]) -> StoreError:
    """Open a broken file and give what is said, which must be sayable in both languages."""
    with pytest.raises(kind) as caught:
        opened(path)
    assert "{" not in "".join(f"{caught.value.says(n)}{caught.value.remedy(n)}" for n in BOTH)
    return caught.value


BOTH: tuple[Lang, ...] = ("zh", "en")


@pytest.mark.parametrize("text", ["", "\n", "\ufeff", "\n" + SOUND], ids=repr)
def test_without_a_header_there_is_nothing_to_read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "claims.csv"
    path.write_text(text, encoding="utf-8")
    refused(path, ClaimsEmpty)


def test_the_first_line_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    path.write_bytes(SOUND.replace("3,1,", "三,1,").encode("gb18030"))
    assert refused(path, ClaimsNotText).facts["line"] == 4


@pytest.mark.parametrize("block", [1 << 6, 1 << 10, 1 << 24])
def test_bytes_that_belong_together_may_fall_into_two_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(claims_csv, "BLOCK", max(block, 1 << 8))
    path = tmp_path / "claims.csv"
    path.write_text(csv_of([line(n, place="医院" * 3) for n in range(100)]), encoding="utf-8")
    claims = opened(path)
    assert list(claims.batches()) == []
    assert claims.rejected.totals == {"unknown_word": 100}


@pytest.mark.parametrize("more", ["", ",1"])
@pytest.mark.parametrize("column", ["", "claim,day\n"])
def test_a_line_of_another_length_is_named(tmp_path: Path, more: str, column: str) -> None:
    path = tmp_path / "claims.csv"
    lines = SOUND.splitlines()
    lines[2] = lines[2] + more if more else lines[2].rpartition(",")[0]
    path.write_text("\n".join([lines[0], "", *lines[1:]]) + column, encoding="utf-8")
    error = refused(path, ClaimsRagged)
    assert (error.facts["line"], error.facts["wants"]) == (4, 11)
    assert error.facts["found"] == (12 if more else 10)


def test_a_value_over_two_lines_is_named(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    path.write_text(SOUND.replace("2,1,", '"2\n",1,', 1), encoding="utf-8")
    assert "3" in refused(path, ClaimsUnreadable).says("en")


@pytest.mark.parametrize("kept", [0, 1])
def test_line_ends_of_old_are_told(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "claims.csv"
    header, _, body = SOUND.partition("\n")
    path.write_bytes((header + ("\n" if kept else "\r") + body.replace("\n", "\r")).encode())
    refused(path, ClaimsUnreadable)


def test_a_text_without_line_ends_takes_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims_csv, "BLOCK", 1 << 10)
    path = tmp_path / "claims.csv"
    path.write_bytes(b"a" * 10_000)
    assert "no line ends" in refused(path, ClaimsUnreadable).says("en")


def test_missing_unknown_and_repeated_columns_are_named_with_the_nearest_name(
    tmp_path: Path,
) -> None:
    path = tmp_path / "claims.csv"
    path.write_text(
        "claim,patiant,day,day,where,place,category,total_fen,xyzzy\n", encoding="utf-8"
    )
    said = refused(path, ClaimsColumns).says("en")
    assert "unknown 'patiant', did you mean patient" in said
    assert "unknown 'xyzzy'" in said
    assert "patient is missing" in said
    assert "day is there more than once" in said


def test_what_is_named_parquet_must_be_parquet(tmp_path: Path) -> None:
    path = tmp_path / "claims.parquet"
    path.write_text(SOUND, encoding="utf-8")
    refused(path, ClaimsUnreadable)


def test_a_parquet_file_cut_short_is_refused_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "claims.data"
    parquet.write_table(pa.table({"claim": [1]}), path)
    path.write_bytes(path.read_bytes()[:-20])
    refused(path, ClaimsUnreadable)


def test_a_workbook_is_told_from_csv(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    path.write_bytes(b"PK\x03\x04rest")
    refused(path, ClaimsUnreadable)


def test_a_zipped_file_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv.gz"
    path.write_bytes(gzip.compress(SOUND.encode())[:-20])
    refused(path, ClaimsUnreadable)


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("total_fen", pa.array([100.5])),
        ("claim", pa.array([1.0])),
        ("day", pa.array([20260301])),
        ("day", pa.array([0], pa.timestamp("s", "Asia/Shanghai"))),
        ("emergency", pa.array([0.0])),
        ("place", pa.array([1])),
        ("category", pa.array([["drug"]])),
    ],
    ids=str,
)
def test_a_column_of_parquet_that_cannot_be_read_exactly_is_named(
    tmp_path: Path, column: str, values: pa.Array
) -> None:
    path = tmp_path / "claims.parquet"
    columns = {name: pa.array([str(value)]) for name, value in line(1).items()}
    parquet.write_table(pa.table({**columns, column: values}), path)
    assert refused(path, ClaimsColumnType).facts["column"] == column


def test_a_parquet_file_damaged_inside_stops_the_reading(tmp_path: Path) -> None:
    path = tmp_path / "claims.parquet"
    table = pa.table({n: [str(v)] * 5000 for n, v in line(1).items()} | {"claim": range(5000)})
    parquet.write_table(table, path, compression="zstd")
    bytes_ = bytearray(path.read_bytes())
    bytes_[60:4000] = b"\xff" * 3940
    path.write_bytes(bytes_)
    with pytest.raises(ClaimsUnreadable):
        list(opened(path).batches())
