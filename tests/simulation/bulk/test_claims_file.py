"""Files of claims that are in order: every form of them, and every way of cutting them."""

from __future__ import annotations

import gzip
import hashlib
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from simulation.bulk import arrays
from simulation.bulk.arrays import CANCEL, CREDIT, SETTLE, Rows
from tests.simulation.bulk.claim_tables import (
    PERSONS,
    REGIONS,
    all_rows,
    as_table,
    csv_of,
    line,
    opened,
    write,
)

TWO_BILLS = [
    line(1),
    line(1, line=2, category="drug", outside_catalogue="true"),
    line(2, booked="2026-03-03", day="2026-03-03", credential="proxy"),
]

_FLAGS = np.array(
    [
        *(0, arrays.NO_ACCOUNTS, arrays.AID_REQUESTED | arrays.EMERGENCY),
        *(arrays.NOT_DESIGNATED, arrays.NOT_CONNECTED | 3 << arrays.CREDENTIAL),
    ]
)


def bill(seed: np.random.Generator, kind: int, *, claim: int, booked: int) -> list[tuple[int, ...]]:
    """Give the rows of one bill, cancellation or credit."""
    flags = int(seed.choice(_FLAGS)) if kind != CREDIT else 0
    day, patient = booked - int(seed.integers(0, 400)), int(seed.integers(0, PERSONS))
    where, place = int(seed.integers(0, len(REGIONS))), int(seed.integers(0, 4))
    whole = kind == CANCEL and seed.random() < 0.5
    numbers = sorted(seed.choice(np.arange(1, 40), size=int(seed.integers(1, 5)), replace=False))
    rows: list[tuple[int, ...]] = []
    for number in [0] if whole else numbers[:1] if kind == CREDIT else numbers:
        extra = int(seed.choice([0, arrays.OUTSIDE])) | (arrays.WHOLE if whole else 0)
        extra = int(seed.choice([0, arrays.TO_PRIOR])) if kind == CREDIT else extra
        total = int(seed.integers(1, 2_000_000_000))
        key = (kind, claim, int(number), booked, day, patient, where, place)
        cell = (int(seed.integers(0, 11)), flags | extra, total, int(seed.integers(0, total)), -1)
        rows.append((*key, *cell))
    return rows


@st.composite
def random_rows(draw: st.DrawFn) -> Rows:
    """Draw rows of bills in order, some cancelled, and credits between them."""
    seed = np.random.default_rng(draw(st.integers(0, 2**32)))
    rows: list[tuple[int, ...]] = []
    claim, booked = int(seed.integers(0, 3)), date(2026, 1, 1).toordinal()
    settled: list[int] = []
    for _ in range(draw(st.integers(1, 60))):
        kind = int(seed.choice([SETTLE, SETTLE, CANCEL, CREDIT]))
        kind = kind if settled else SETTLE
        booked += int(seed.integers(0, 2))
        named = {SETTLE: claim, CREDIT: 0, CANCEL: int(seed.choice(settled or [0]))}[kind]
        if rows and rows[-1][:2] == (CANCEL, named) and kind == CANCEL:
            continue  # it would be the same cancellation
        if kind == SETTLE:
            settled.append(claim)
            claim += int(seed.integers(1, 5))
        rows += bill(seed, kind, claim=named, booked=booked)
    columns = zip(*rows, strict=True)
    dtypes = [np.int8, np.int64, np.int16, np.int32, np.int32, np.int32, np.int16, np.int8, np.int8]
    dtypes += [np.int16, np.int64, np.int64, np.int32]
    made = Rows(*(np.array(c, t) for c, t in zip(columns, dtypes, strict=True)))
    cancelled = np.unique(made.claim[made.kind == CANCEL])
    named_later = np.isin(made.claim, cancelled) & (made.kind != CREDIT)
    slots = np.where(named_later, np.searchsorted(cancelled, made.claim), -1)
    return made._replace(slot=slots.astype(np.int32))


def assert_same(found: Rows, wanted: Rows) -> None:
    for name, column in found._asdict().items():
        expected = wanted._asdict()[name]
        assert column.dtype == expected.dtype, name
        assert column.flags.c_contiguous, name
        assert column.flags.writeable, name
        assert column.tolist() == expected.tolist(), name


@settings(deadline=None, max_examples=40)
@given(random_rows(), st.integers(1, 20), st.sampled_from(["c.csv", "c.parquet"]))
def test_rows_written_and_read_are_the_same_however_they_are_cut(
    rows: Rows, size: int, name: str
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(as_table(rows), path)
        claims = opened(path)
        assert claims.rows == len(rows.kind)
        assert claims.cancelled.tolist() == np.unique(rows.claim[rows.kind == CANCEL]).tolist()
        assert_same(all_rows(path), rows)
        batches = list(claims.batches(size=size))
        assert_same(Rows(*map(np.concatenate, zip(*batches, strict=True))), rows)
        ends = np.cumsum([len(batch.kind) for batch in batches])
        for place, end in enumerate(ends.tolist()):
            later = list(claims.batches(size=size, from_row=end))
            assert len(later) == len(batches) - place - 1
            for one, other in zip(later, batches[place + 1 :], strict=True):
                assert_same(one, other)
        assert claims.rejected.rows == 0


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_a_batch_ends_where_a_bill_ends(tmp_path: Path, size: int) -> None:
    path = tmp_path / "claims.csv"
    lines = [line(1), line(1, line=2), line(2), line(3), line(3, line=2), line(3, line=3)]
    path.write_text(csv_of(lines), encoding="utf-8")
    batches = [batch.claim.tolist() for batch in opened(path).batches(size=size)]
    bills = {1: [[1, 1], [2], [3, 3, 3]], 3: [[1, 1, 2], [3, 3, 3]], 4: [[1, 1, 2], [3, 3, 3]]}
    assert batches == bills.get(size, bills[1])


def test_going_on_inside_a_bill_or_behind_the_end_is_a_mistake(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    path.write_text(csv_of(TWO_BILLS), encoding="utf-8")
    assert list(opened(path).batches(from_row=3)) == []
    for row in (1, 4):
        with pytest.raises(ValueError, match="where a bill ends"):
            list(opened(path).batches(from_row=row))


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "bom"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("zipped", [False, True], ids=["text", "gz"])
def test_csv_is_read_in_every_usual_form(
    tmp_path: Path, mark: str, ends: str, *, zipped: bool
) -> None:
    plain = tmp_path / "plain.csv"
    plain.write_text(csv_of(TWO_BILLS), encoding="utf-8")
    text = (mark + csv_of(TWO_BILLS).replace("\n", ends)).encode()
    path = tmp_path / ("claims.csv.gz" if zipped else "claims.csv")
    path.write_bytes(gzip.compress(text) if zipped else text)
    claims = opened(path)
    (rows,) = claims.batches()
    assert_same(rows, all_rows(plain))
    assert rows.flags.tolist() == [0, arrays.OUTSIDE, 1 << arrays.CREDENTIAL]
    assert claims.rows == 3
    assert claims.digest == hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_last_line_needs_no_end_and_blank_lines_count_for_nothing(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    path.write_text("\n\n".join(csv_of(TWO_BILLS).splitlines()), encoding="utf-8")
    assert all_rows(path).claim.tolist() == [1, 1, 2]


def test_columns_that_need_not_be_there_have_defaults(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    path.write_text(
        "total_fen,claim,patient,day,where,place,category\n"
        '"100", 5 ,07,2026/3/1,420100, clinic ,drug\n',
        encoding="utf-8",
    )
    rows = all_rows(path)
    day = date(2026, 3, 1).toordinal()
    assert [column.tolist() for column in rows] == [
        *([SETTLE], [5], [1], [day], [day], [7], [2], [1], [5]),
        *([0], [100], [0], [-1]),
    ]


def test_credits_and_whole_cancellations_need_only_what_they_say(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    credit = {"kind": "credit", "booked": "2026-03-05", "patient": 8, "total_fen": 50}
    cancel = line(1, kind="cancel", line="", whole="TRUE", booked="2026-03-04", category="")
    path.write_text(csv_of([line(1), cancel, {**credit, "segment": "prior"}]), encoding="utf-8")
    rows = all_rows(path)
    day = date(2026, 3, 5).toordinal()
    assert rows.flags.tolist() == [0, arrays.WHOLE, arrays.TO_PRIOR]
    assert rows.line.tolist() == [1, 0, 1]
    assert (rows.claim[2], rows.day[2], rows.total[2], rows.slot[2]) == (0, day, 50, -1)
    assert rows.slot[:2].tolist() == [0, 0]


@pytest.mark.parametrize("name", ["claims.csv", "claims.parquet"])
def test_a_header_without_rows_is_a_file_without_claims(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    empty = pa.table({name: pa.array([], pa.string()) for name in line(1)})
    if name.endswith("csv"):
        path.write_text(csv_of([line(1)]).splitlines()[0], encoding="utf-8")
    else:
        parquet.write_table(empty, path)
    claims = opened(path)
    assert (claims.rows, claims.cancelled.tolist(), list(claims.batches())) == (0, [], [])


def test_parquet_is_read_from_the_types_that_data_frames_write(tmp_path: Path) -> None:
    path, plain = tmp_path / "claims.parquet", tmp_path / "plain.csv"
    plain.write_text(csv_of(TWO_BILLS), encoding="utf-8")
    texts = {name: [str(each.get(name, "false")) for each in TWO_BILLS] for name in TWO_BILLS[1]}
    texts["credential"] = ["own", "own", "proxy"]
    days = [date.fromisoformat(day) for day in texts["day"]]
    columns = {
        **texts,
        "claim": pa.array([1, 1, 2], pa.uint64()),
        "patient": pa.array([7, 7, 7], pa.uint8()),
        "line": pa.array([1, None, 1]).fill_null(2).dictionary_encode(),
        "day": pa.array(days, pa.date32()).cast(pa.timestamp("ns")),
        "booked": pa.array(map(date.fromisoformat, texts["booked"]), pa.date64()),
        "where": pa.array([420100] * 3, pa.int32()),
        "place": pa.array(texts["place"], pa.large_string()),
        "outside_catalogue": pa.array([0, 1, 0], pa.int8()),
    }
    parquet.write_table(pa.table(columns), path)
    assert_same(all_rows(path), all_rows(plain))
