"""Rows that cannot be decided: each fault is told by its line, and costs its own bill only."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest

from simulation.bulk.reading import claims_csv
from simulation.bulk.reading.claims_faults import FAULTS
from simulation.bulk.reading.claims_file import ClaimsFile
from tests.simulation.bulk.claim_tables import Line, as_table, csv_of, line, opened, write

Told = list[tuple[int, str, str, str]]  # line, column, value, fault


def read(path: Path) -> tuple[ClaimsFile, list[int], Told]:
    """Read a file; give it, the accepted claims, and what the file of rejects tells."""
    rejects = path.with_name("rejects.csv")
    claims = opened(path, rejects)
    accepted = [claim for rows in claims.batches() for claim in rows.claim.tolist()]
    if not rejects.exists():
        return claims, accepted, []
    with rejects.open(encoding="utf-8-sig", newline="") as file:
        told = list(csv.DictReader(file))
    assert all(record["file"] == path.name for record in told)
    assert all(record["what_zh"] and record["what_en"] for record in told)
    assert all(record["do_zh"] and record["do_en"] for record in told)
    keys = ("column", "value", "fault")
    return claims, accepted, [(int(r["line"]), *(r[key] for key in keys)) for r in told]  # type: ignore[misc]  # three values each


def planted(path: Path, bad: Sequence[Line]) -> tuple[ClaimsFile, list[int], Told]:
    """Read a file whose bad lines stand between two sound bills of two lines."""
    sound = [line(1), line(1, line=2)]
    later = {"booked": "2026-03-31", "day": "2026-03-31"}
    after = [line(900, **later), line(900, line=2, **later)]
    path.write_text(csv_of([*sound, *bad, *after]), encoding="utf-8")
    return read(path)


# The bad row is in line 4 and belongs to claim 5.
ONE_FAULT: list[tuple[str, dict[str, object], tuple[str, str, str]]] = [
    ("kind", {"kind": "settel"}, ("kind", "settel", "unknown_word")),
    ("roll", {"kind": "roll"}, ("kind", "roll", "unknown_word")),
    ("claim missing", {"claim": ""}, ("claim", "", "missing")),
    ("claim text", {"claim": "C5"}, ("claim", "C5", "not_a_number")),
    ("claim hex", {"claim": "0x5"}, ("claim", "0x5", "not_a_number")),
    ("claim long", {"claim": 10**18}, ("claim", str(10**18), "number_range")),
    ("claim negative", {"claim": -5}, ("claim", "-5", "number_range")),
    ("line zero", {"line": 0}, ("line", "0", "number_range")),
    ("line high", {"line": 32768}, ("line", "32768", "number_range")),
    ("patient", {"patient": 100}, ("patient", "100", "unknown_person")),
    ("patient decimal", {"patient": "7.0"}, ("patient", "7.0", "not_a_number")),
    ("where", {"where": "999999"}, ("where", "999999", "unknown_region")),
    ("where missing", {"where": ""}, ("where", "", "missing")),
    ("place", {"place": "shop"}, ("place", "shop", "unknown_word")),
    ("category", {"category": "医院"}, ("category", "医院", "unknown_word")),
    ("credential", {"credential": "mine"}, ("credential", "mine", "unknown_word")),
    ("segment", {"segment": "wallet"}, ("segment", "wallet", "unknown_word")),
    ("boolean", {"emergency": "maybe"}, ("emergency", "maybe", "not_yes_or_no")),
    ("no such day", {"day": "2026-02-30"}, ("day", "2026-02-30", "not_a_day")),
    ("day text", {"day": "yesterday"}, ("day", "yesterday", "not_a_day")),
    ("day missing", {"day": ""}, ("day", "", "missing")),
    ("day far off", {"booked": "2206-03-02"}, ("booked", "2206-03-02", "day_range")),
    ("day after", {"day": "2026-03-03"}, ("day", "2026-03-03", "after_booking")),
    ("total", {"total_fen": "100.00"}, ("total_fen", "100.00", "not_a_number")),
    ("total missing", {"total_fen": ""}, ("total_fen", "", "missing")),
    ("total high", {"total_fen": 2_000_000_001}, ("total_fen", "2000000001", "amount_range")),
    ("total endless", {"total_fen": 10**30}, ("total_fen", str(10**30), "amount_range")),
    ("fund negative", {"fund_fen": -1}, ("fund_fen", "-1", "amount_range")),
    ("fund above", {"fund_fen": 10_001}, ("fund_fen", "10001", "above_total")),
    ("whole bill", {"whole": "1"}, ("whole", "1", "misplaced")),
    ("prior bill", {"segment": "prior"}, ("segment", "prior", "misplaced")),
    ("whole line", {"kind": "cancel", "whole": "1"}, ("line", "1", "misplaced")),
    ("no credit", {"kind": "credit", "total_fen": 0}, ("total_fen", "0", "nothing_to_credit")),
    ("booked before", {"booked": "2026-03-01"}, ("booked", "2026-03-01", "booked_order")),
    ("claim before", {"claim": 1, "line": 2}, ("claim", "1", "claim_order")),
]


@pytest.mark.parametrize(
    ("said", "told"),
    [pytest.param(said, told, id=name) for name, said, told in ONE_FAULT],
)
def test_a_fault_is_told_by_line_column_and_value_and_its_neighbours_pass(
    tmp_path: Path, said: dict[str, object], told: tuple[str, str, str]
) -> None:
    said = {**said, "fund_fen": said.get("fund_fen", 0)}
    bad = [line(3), line(5, **said)] if told[2] == "claim_order" else [line(5, **said)]
    claims, accepted, found = planted(tmp_path / "claims.csv", bad)
    assert found == [(3 + len(bad), *told)]
    assert accepted == [1, 1, *([3] if len(bad) > 1 else []), 900, 900]
    assert claims.rejected.rows == 1
    assert claims.rejected.totals == {told[2]: 1}


DISAGREEING: dict[str, str] = {
    "booked": "2026-03-03",
    "day": "2026-02-28",
    "patient": "8",
    "where": "110100",
    "place": "clinic",
    "use_accounts": "false",
    "aid_requested": "true",
    "emergency": "true",
    "designated": "false",
    "connected": "false",
    "credential": "proxy",
}


@pytest.mark.parametrize("column", DISAGREEING)
def test_the_lines_of_a_bill_agree_or_none_of_them_passes(tmp_path: Path, column: str) -> None:
    said = {column: DISAGREEING[column]}
    usual = {"use_accounts": "true", "designated": "true", "connected": "true"}
    bill = [line(5, **usual), line(5, line=2, **{**usual, **said}), line(6)]
    claims, accepted, found = planted(tmp_path / "claims.csv", bill)
    assert [(at, name, fault) for at, name, _, fault in found] == [
        (4, "claim", "other_line"),
        (5, column, "differs"),
    ]
    assert accepted == [1, 1, 6, 900, 900]
    assert claims.rejected.rows == 2


def test_lines_of_a_bill_rise(tmp_path: Path) -> None:
    bill = [line(5), line(5, line=3), line(5, line=3), line(5, line=4)]
    _, accepted, found = planted(tmp_path / "claims.csv", bill)
    faults = ["other_line", "other_line", "line_order", "other_line"]
    assert [(at, fault) for at, _, _, fault in found] == list(zip(range(4, 8), faults, strict=True))
    assert accepted == [1, 1, 900, 900]


def test_a_whole_cancellation_is_one_row(tmp_path: Path) -> None:
    whole = line(1, kind="cancel", line=0, whole="true")
    _, accepted, found = planted(tmp_path / "claims.csv", [whole, whole])
    assert [(at, fault) for at, _, _, fault in found] == [(4, "other_line"), (5, "misplaced")]
    assert accepted == [1, 1, 900, 900]


def test_two_faults_in_a_row_are_both_told(tmp_path: Path) -> None:
    bad = [line(5, place="shop", total_fen="x")]
    claims, _, found = planted(tmp_path / "claims.csv", bad)
    assert found == [(4, "place", "shop", "unknown_word"), (4, "total_fen", "x", "not_a_number")]
    assert claims.rejected.rows == 1
    assert list(claims.rejected.totals) == ["not_a_number", "unknown_word"]


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_a_bill_does_not_pass_without_the_line_whose_claim_cannot_be_read(
    tmp_path: Path, lost: int
) -> None:
    bill = [line(5), line(5, line=2), line(5, line=3), line(6)]
    bill[lost]["claim"] = "5?"
    _, accepted, found = planted(tmp_path / "claims.csv", bill)
    assert accepted == [1, 1, 6, 900, 900]
    assert found[lost] == (4 + lost, "claim", "5?", "not_a_number")
    assert [fault for *_, fault in found].count("other_line") == 2


def test_a_bill_that_was_left_out_does_not_hold_later_ones_back(tmp_path: Path) -> None:
    late = {"booked": "2026-03-30", "day": "2026-03-30"}
    bad = [line(800, patient=-1, **late), line(5), line(799, **{**late, "day": ""}), line(6)]
    _, accepted, found = planted(tmp_path / "claims.csv", bad)
    assert accepted == [1, 1, 5, 6, 900, 900]
    assert [fault for *_, fault in found] == ["unknown_person", "missing"]


def test_two_cancellations_do_not_become_one_where_the_row_between_them_is_left_out(
    tmp_path: Path,
) -> None:
    first, second = line(1, kind="cancel"), line(1, kind="cancel", line=2)
    path = tmp_path / "claims.csv"
    _, accepted, found = planted(path, [first, line(7, place="shop"), second])
    assert [(at, fault) for at, _, _, fault in found] == [(5, "unknown_word"), (6, "runs_together")]
    assert accepted == [1, 1, 1, 900, 900]
    _, accepted, found = planted(path, [first, line(7), second])
    assert (accepted, found) == ([1, 1, 1, 7, 1, 900, 900], [])


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    lines = csv_of([line(1), line(2, place="x"), line(3), line(4, place="y")]).splitlines()
    header, one, two, three, four = lines
    text = [header, "", one, "", "", two, three, "", four, ""]
    path.write_text("\r\n".join(text), encoding="utf-8-sig")
    _, accepted, found = read(path)
    assert accepted == [1, 3]
    assert [(at, value) for at, _, value, _ in found] == [(6, "x"), (9, "y")]
    for at, _, value, _ in found:
        assert f",{value}," in path.read_text(encoding="utf-8").split("\n")[at - 1]


def test_rows_of_parquet_are_counted_from_one(tmp_path: Path) -> None:
    plain, path = tmp_path / "plain.csv", tmp_path / "claims.parquet"
    plain.write_text(csv_of([line(claim) for claim in range(120)]), encoding="utf-8")
    (rows,) = opened(plain).batches()
    rows.patient[[60, 110]] = 100
    write(as_table(rows), path)
    claims, accepted, found = read(path)
    assert found == [(61, *PATIENT), (111, *PATIENT)]
    assert len(accepted) == 118
    assert claims.rejected.totals == {"unknown_person": 2}


PATIENT = ("patient", "100", "unknown_person")


@pytest.mark.parametrize("rows", [40_000, 33_000])
def test_a_bill_without_end_is_left_out_and_takes_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    monkeypatch.setattr(claims_csv, "BLOCK", 1 << 20)
    endless = [line(5, line=1 + number % 32_000) for number in range(rows)]
    claims, accepted, found = planted(tmp_path / "claims.csv", [*endless, line(6)])
    assert accepted == [1, 1, 6, 900, 900]
    assert claims.rejected.rows == rows
    assert [at for at, *_ in found] == list(range(4, 4 + rows))
    assert claims.rejected.totals["line_order"] >= 1


def test_faults_are_the_same_however_the_file_is_cut_into_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [
        line(bill, line=number, place="shop" if bill % 7 == number else "clinic")
        for bill in range(5, 400)
        for number in range(1, 1 + bill % 5)
    ]
    _, accepted, told = planted(tmp_path / "claims.csv", lines)
    monkeypatch.setattr(claims_csv, "BLOCK", 1 << 10)
    assert planted(tmp_path / "claims.csv", lines)[1:] == (accepted, told)
    assert len(told) > 300


def test_going_on_tells_the_faults_before_again(tmp_path: Path) -> None:
    path, rejects = tmp_path / "claims.csv", tmp_path / "rejects.csv"
    path.write_text(csv_of([line(1), line(2, place="x"), line(3), line(4)]), encoding="utf-8")
    whole = [rows.claim.tolist() for rows in opened(path, rejects).batches(size=1)]
    told = rejects.read_bytes()
    rejects.unlink()
    rest = [rows.claim.tolist() for rows in opened(path, rejects).batches(size=1, from_row=2)]
    assert (whole, rest) == ([[1], [3], [4]], [[4]])
    assert rejects.read_bytes() == told


def test_the_rejects_have_their_name_only_when_they_are_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims_csv, "BLOCK", 1 << 10)
    path, rejects = tmp_path / "claims.csv", tmp_path / "rejects.csv"
    lines = [line(claim, place="x" if claim == 1 else "clinic") for claim in range(100)]
    path.write_text(csv_of(lines), encoding="utf-8")
    reading = opened(path, rejects).batches(size=1)
    partial = tmp_path / "rejects.csv.partial"
    for _ in range(30):
        next(reading)
    assert (partial.exists(), rejects.exists()) == (True, False)
    reading.close()
    assert (partial.exists(), rejects.exists()) == (True, False)
    list(opened(path, rejects).batches())
    assert (partial.exists(), rejects.exists()) == (False, True)
    path.write_text(csv_of([line(1)]), encoding="utf-8")
    list(opened(path, rejects).batches())
    assert (partial.exists(), rejects.exists()) == (False, False)


def test_every_kind_of_fault_was_planted_here() -> None:
    planted_kinds = {told[2] for _, _, told in ONE_FAULT}
    planted_kinds |= {"differs", "line_order", "runs_together", "other_line"}
    assert planted_kinds == set(FAULTS)
