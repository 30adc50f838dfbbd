"""Claims: in order of booking, the same from the same seed, and such as people have."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq
import pytest

from domain.codes import Category, Credential, Insurance, Place
from domain.columns import number
from domain.judging import OPEN
from simulation.bulk import arrays
from simulation.bulk.arrays import Rows, State
from simulation.bulk.reading.claims_columns import COLUMNS
from simulation.bulk.reading.claims_file import open_claims
from simulation.population import claims_files
from simulation.population.claims import Course, batches, claims, nothing
from simulation.population.claims_files import Format
from simulation.population.people import make
from simulation.population.setting import Setting

Array = np.ndarray[Any, Any]

COURSE = Course(date(2025, 7, 20), 40, 60_000, seed=5, credits=True)
PREMIUM = number(Category.RESIDENT_PREMIUM)


@pytest.fixture(scope="module")
def rows(state: State, where: Setting) -> Rows:
    return claims(state, COURSE, provinces=where.provinces)


def bills_of(rows: Rows) -> Array:
    found: Array = (rows.kind == arrays.SETTLE) & (rows.line == 1)
    return found


def test_the_same_seed_gives_the_same_claims(state: State, where: Setting, rows: Rows) -> None:
    again = claims(state, COURSE, provinces=where.provinces)
    other = claims(state, COURSE._replace(seed=6), provinces=where.provinces)
    assert all(a.tobytes() == b.tobytes() for a, b in zip(rows, again, strict=True))
    assert rows.patient.tobytes() != other.patient.tobytes()


def test_rows_have_the_types_of_the_engine(rows: Rows) -> None:
    kinds = arrays.kinds_of(Rows)
    assert {name: str(column.dtype) for name, column in rows._asdict().items()} == kinds


def test_rows_are_in_order_and_bills_are_whole_in_a_batch(
    state: State, where: Setting, rows: Rows
) -> None:
    assert (np.diff(rows.booked) >= 0).all()
    settled = rows.kind == arrays.SETTLE
    steps = np.diff(rows.claim[settled])
    assert set(steps.tolist()) >= {0, 1}
    assert (steps >= 0).all()
    assert (np.diff(rows.claim[rows.kind != arrays.CANCEL]) <= 1).all()
    assert (rows.line[settled][1:][steps == 0] == rows.line[settled][:-1][steps == 0] + 1).all()
    assert (rows.line[settled][1:][steps > 0] == 1).all()
    for batch in batches(state, COURSE, provinces=where.provinces):
        assert batch.line[0] <= 1


def test_there_are_as_many_bills_as_asked_for_fewer_on_weekends(rows: Rows) -> None:
    booked = rows.booked[bills_of(rows)]
    assert len(booked) == COURSE.bills
    by_day = Counter(booked.tolist())
    assert len(by_day) == COURSE.days
    monday = date(2025, 7, 21).toordinal()
    assert by_day[monday - 1] < by_day[monday]


def test_amounts_and_places_are_possible(state: State, where: Setting, rows: Rows) -> None:
    assert (rows.fund >= 0).all()
    assert (rows.fund <= rows.total).all()
    assert (rows.total[rows.kind != arrays.CANCEL] > 0).all()
    assert (rows.day <= rows.booked).all()
    assert rows.patient.min() >= 0
    assert rows.patient.max() < len(state.home)
    assert {where.weights[region] for region in set(rows.where.tolist())} == {1}
    assert set(rows.place.tolist()) == set(range(len(Place)))
    assert (rows.fund[(rows.flags & arrays.OUTSIDE) != 0] == 0).all()


def test_care_is_booked_late_now_and_then(rows: Rows) -> None:
    heads = bills_of(rows)
    late = (rows.booked - rows.day)[heads]
    assert 0.02 < (late > 0).mean() < 0.04
    assert late.max() == 10


def test_some_bills_have_several_lines(rows: Rows) -> None:
    lines = Counter(rows.claim[rows.kind == arrays.SETTLE].tolist())
    several = Counter(lines.values())
    assert set(several) == {1, 2, 3}
    assert 0.01 < (several[2] + several[3]) / COURSE.bills < 0.06


def test_premiums_are_paid_for_residents_and_in_their_season(state: State, rows: Rows) -> None:
    paid = (rows.category == PREMIUM) & (rows.kind == arrays.SETTLE)
    insurance = state.flags[rows.patient[paid]] & 3
    assert (insurance == number(Insurance.RESIDENT)).all()
    first_of_august = date(2025, 8, 1).toordinal()
    heads = bills_of(rows)
    before = paid[heads & (rows.booked < first_of_august)].mean()
    after = paid[heads & (rows.booked >= first_of_august)].mean()
    assert 0 < 10 * before < after


def test_care_elsewhere_is_mostly_filed(state: State, where: Setting, rows: Rows) -> None:
    provinces = np.array(where.provinces)
    heads = bills_of(rows)
    home, place = state.home[rows.patient[heads]], rows.where[heads]
    far = provinces[home] != provinces[place]
    assert 0.02 < far.mean() < 0.04
    assert 0.02 < ((home != place) & ~far).mean() < 0.04
    filed = (state.flags[rows.patient[heads]] & arrays.HAS_FILINGS) != 0
    assert filed[far].mean() > 0.8
    assert ((rows.flags & arrays.EMERGENCY) != 0).any()


def test_without_filings_people_travel_all_the_same(where: Setting) -> None:
    few = make(60, seed=1, where=where)
    assert len(few.filing_person) < 10
    none = few._replace(filing_person=few.filing_person[:0], filing_place=few.filing_place[:0])
    course = Course(date(2025, 7, 21), 1, 3_000, seed=1)
    made = claims(none, course, provinces=where.provinces)
    provinces = np.array(where.provinces)
    assert (provinces[none.home[made.patient]] != provinces[made.where]).any()


def test_a_bill_is_cancelled_once_after_it_was_settled(rows: Rows) -> None:
    settled: dict[int, dict[int, tuple[int, int, int]]] = {}
    for kind, claim, line, booked, total, fund in zip(
        *(column.tolist() for column in (rows.kind, rows.claim, rows.line)),
        *(column.tolist() for column in (rows.booked, rows.total, rows.fund)),
        strict=True,
    ):
        if kind == arrays.SETTLE:
            settled.setdefault(claim, {})[line] = (booked, total, fund)
    cancelled: dict[int, list[int]] = {}
    delays = []
    for row in np.flatnonzero(rows.kind == arrays.CANCEL).tolist():
        claim, line = int(rows.claim[row]), int(rows.line[row])
        bill = settled[claim]
        cancelled.setdefault(claim, []).append(line)
        whole = bool(rows.flags[row] & arrays.WHOLE)
        assert whole == (line == 0)
        delays.append(int(rows.booked[row]) - bill[1][0])
        if not whole:
            _, total, fund = bill[line]
            own = int(rows.total[row] - rows.fund[row])
            assert 0 < own <= total - fund
            assert 0 <= rows.fund[row] <= fund
    assert set(map(tuple, cancelled.values())) == {(0,), (1,), (1, 2)}
    assert 0.006 < len(cancelled) / COURSE.bills < 0.012
    assert min(delays) == 0
    assert max(delays) == 20
    assert 0.3 < delays.count(0) / len(delays) < 0.7


def test_cancellations_follow_their_bill_in_the_file(rows: Rows) -> None:
    last_seen = np.maximum.accumulate(np.where(rows.kind == arrays.CANCEL, 0, rows.claim))
    assert (rows.claim <= last_seen).all()


def test_the_first_of_a_month_credits_every_open_account(state: State, rows: Rows) -> None:
    credited = np.flatnonzero(rows.kind == arrays.CREDIT)
    assert set(rows.booked[credited].tolist()) == {date(2025, 8, 1).toordinal()}
    owners = np.flatnonzero((np.asarray(state.flags) >> arrays.ACCOUNT) & 3 == OPEN)
    assert rows.patient[credited].tolist() == owners.tolist()
    assert abs(int(rows.total[credited].mean()) - 1803_30 // 12) < 100


def test_months_credit_alike_and_credits_do_not_change_bills(
    state: State, where: Setting, rows: Rows
) -> None:
    other = claims(
        state, Course(date(2025, 9, 1), 1, 0, seed=5, credits=True), provinces=where.provinces
    )
    credited = rows.kind == arrays.CREDIT
    assert other.total.tolist() == rows.total[credited].tolist()
    plain = claims(state, COURSE._replace(credits=False), provinces=where.provinces)
    assert plain.patient.tolist() == rows.patient[~credited].tolist()
    assert plain.total.tolist() == rows.total[~credited].tolist()


@pytest.mark.parametrize("wrong", [{"days": 0}, {"bills": -1}, {"seed": -1}])
def test_courses_that_make_no_sense_are_refused(
    state: State, where: Setting, wrong: dict[str, int]
) -> None:
    with pytest.raises(ValueError, match="Course"):
        claims(state, COURSE._replace(**wrong), provinces=where.provinces)  # type: ignore[arg-type]  # only numbers are replaced


def test_no_bills_are_no_rows(state: State, where: Setting) -> None:
    made = claims(state, Course(date(2025, 7, 20), 3, 0, seed=1), provinces=where.provinces)
    assert all((a.dtype, len(a)) == (b.dtype, 0) for a, b in zip(made, nothing(), strict=True))


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_files_have_the_words_and_numbers_of_the_rows(
    form: Format, state: State, where: Setting, rows: Rows, tmp_path: Path
) -> None:
    path = tmp_path / f"claims.{form}"
    made = batches(state, COURSE, provinces=where.provinces)
    assert claims_files.write(made, path, regions=where.regions, form=form) == len(rows.kind)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    table = pq.read_table(path) if form == "parquet" else _read_csv(path)
    assert table.column_names == list(COLUMNS)
    for name in ("claim", "line", "patient"):
        assert table[name].to_pylist() == getattr(rows, name).tolist()
    assert table["total_fen"].to_pylist() == rows.total.tolist()
    assert table["fund_fen"].to_pylist() == rows.fund.tolist()
    assert table["booked"].to_pylist() == [date.fromordinal(day) for day in rows.booked.tolist()]
    assert table["where"].to_pylist() == [where.regions[each] for each in rows.where.tolist()]
    words = (("kind", claims_files.KINDS), ("place", list(Place)), ("category", list(Category)))
    for name, vocabulary in words:
        expected = [str(vocabulary[each]) for each in getattr(rows, name).tolist()]
        assert table[name].to_pylist() == expected
    shown = (rows.flags >> arrays.CREDENTIAL) & 3
    assert table["credential"].to_pylist() == [list(Credential)[each] for each in shown.tolist()]
    for name, flag, meant in FLAGS:
        expected = ((rows.flags & flag) != 0) == meant
        assert table[name].to_pylist() == expected.tolist(), name
    assert set(table["segment"].to_pylist()) == {"current"}


FLAGS = (
    ("outside_catalogue", arrays.OUTSIDE, True),
    ("use_accounts", arrays.NO_ACCOUNTS, False),
    ("aid_requested", arrays.AID_REQUESTED, True),
    ("emergency", arrays.EMERGENCY, True),
    ("designated", arrays.NOT_DESIGNATED, False),
    ("connected", arrays.NOT_CONNECTED, False),
    ("whole", arrays.WHOLE, True),
)


def _read_csv(path: Path) -> pa.Table:
    kinds = {name: pa.string() for name in ("where", "kind", "place", "category", "credential")}
    return arrow_csv.read_csv(path, convert_options=arrow_csv.ConvertOptions(column_types=kinds))


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_the_engine_reads_a_file_as_the_rows_it_was_made_of(
    form: Format, state: State, where: Setting, rows: Rows, tmp_path: Path
) -> None:
    path = tmp_path / f"claims.{form}"
    made = batches(state, COURSE, provinces=where.provinces)
    claims_files.write(made, path, regions=where.regions, form=form)
    read = open_claims(path, persons=len(state.home), regions=where.regions)
    found = Rows(*map(np.concatenate, zip(*read.batches(), strict=True)))
    assert read.rejected.rows == 0
    for name in Rows._fields[:-1]:  # but for the slot, which a run gives
        assert (getattr(found, name) == getattr(rows, name)).all(), name


def test_a_file_that_cannot_be_finished_is_not_there(where: Setting, tmp_path: Path) -> None:
    with pytest.raises(AttributeError):
        claims_files.write([None], tmp_path / "claims.csv", regions=where.regions, form="csv")  # type: ignore[list-item]  # what breaks in the middle
    assert list(tmp_path.iterdir()) == []
