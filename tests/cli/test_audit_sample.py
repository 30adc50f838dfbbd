"""`gongji audit sample`: drawn, written, filled in, evaluated."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.books import call, data, done

if TYPE_CHECKING:
    from pathlib import Path

SAMPLE = ("audit", "sample")


def settle(family: Path, number: int, yuan: int, place: str = "hospital") -> None:
    done(
        family,
        *("claim", "settle", "--claim", f"S{number}", "--patient", "P", "--institution", "H1"),
        *("--place", place, "--region", "420100", "--category", "outpatient"),
        *("--total", str(yuan), "--date", "2026-03-01", "-q"),
    )


@pytest.fixture
def shop(family: Path) -> Path:
    """Give books with six settlements: 10 yuan to 60 yuan, 210 in all."""
    done(family, "account", "credit", "P", "1000", "-q")
    for number in range(1, 7):
        settle(family, number, 10 * number, "pharmacy" if number % 2 else "hospital")
    return family


def fill(file: Path, **cells: dict[str, str]) -> None:
    """Fill in: every item is right but those named."""
    with file.open(encoding="utf-8-sig", newline="") as page:
        rows = list(csv.DictReader(page))
    for row in rows:
        row.update(cells.get(row["item"].replace("-", "_"), {"error_fen": "0"}))
    write(file, rows)


def write(file: Path, rows: list[dict[str, str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as page:
        writer = csv.DictWriter(page, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def drawn(shop: Path, file: Path, *words: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = data(shop, *SAMPLE, "--out", str(file), *words)["rows"]
    return rows


def test_a_sample_says_all_that_is_needed_to_draw_it_again(shop: Path) -> None:
    once = data(shop, *SAMPLE, "--size", "3", "--seed", "7")
    assert len(once["rows"]) == 3
    assert once["frame"]["items"] == 6
    assert once["frame"]["total_fen"] == 210_00
    assert len(once["frame"]["digest"]) == 64
    assert (once["seed"], once["method"], once["size"]) == ("7", "simple", 3)
    position = once["position"]
    settle(shop, 7, 70)
    assert data(shop, *SAMPLE, "--size", "3", "--seed", "7")["frame"] != once["frame"]
    again = data(shop, *SAMPLE, "--size", "3", "--seed", "7", "--as-known-at", str(position))
    assert again == once | {"as_known_at": position}
    before = ("--as-known-at", "2026-03-01T09:59:59+08:00")
    nothing = call(shop, *SAMPLE, "--size", "3", "--seed", "7", *before)
    assert (nothing.exit_code, "nothing is in the frame" in nothing.stderr) == (2, True)


def test_everything_that_is_known_by_now_is_in_the_frame(shop: Path) -> None:
    words = (*SAMPLE, "--size", "3", "--seed", "7")
    now = data(shop, *words, "--as-known-at", "2026-03-01T10:00:00+08:00")
    assert now["frame"] == data(shop, *words)["frame"]


def test_without_a_seed_one_is_made_and_printed(shop: Path) -> None:
    seeds = {data(shop, *SAMPLE, "--size", "2")["seed"] for _ in range(2)}
    assert len(seeds) == 2
    assert all(seed.startswith("s") and len(seed) == 17 for seed in seeds)


def test_a_page_says_frame_digest_interval_and_how_the_size_came_about(shop: Path) -> None:
    words = ("--method", "money_unit", "--tolerable", "150", "--seed", "7")
    page = done(shop, *SAMPLE, *words, "--lang", "zh").stdout
    assert "总体 6 项 210.00 元" in page
    assert "抽样间隔 42.00 元" in page  # ⌈2.9958 × 210 ÷ 150⌉ = 5 items
    assert "样本量由可信度 95%、可容忍/预期错报 150.00/0.00 元按泊松系数算出" in page


def test_a_money_unit_sample_is_filled_in_and_evaluated(shop: Path, tmp_path: Path) -> None:
    """Five of 210 yuan: interval 42, so 50 and 60 yuan are certain.

    20 fen are wrong of 50 yuan; nothing else: 0.20 + 42 × 2.9958 = 126.0236.
    """
    file = tmp_path / "s.csv"
    rows = drawn(shop, file, "--method", "money_unit", "--size", "5", "--seed", "7")
    assert {row["item"] for row in rows if row["stratum"] == "certain"} == {"S-S5-1", "S-S6-1"}
    fill(file, S_S5_1={"audited_yuan": "49.80"})
    found = data(shop, *SAMPLE, "--evaluate", str(file), "--tolerable", "150")
    (row,) = found["rows"]
    assert row == {
        "estimator": "stringer",
        "likely_fen": 20,
        "precision_fen": 125_83,
        "upper_fen": 126_03,
        "tolerable_fen": 150_00,
        "conclusion": "acceptable",
    }
    assert (found["examined"], found["in_error"], found["overstated_fen"]) == (len(rows), 1, 20)
    low = call(shop, *SAMPLE, "--evaluate", str(file), "--tolerable", "100")
    assert (low.exit_code, "not shown to be acceptable" in low.stdout) == (1, True)
    less = data(shop, *SAMPLE, "--evaluate", str(file), "--confidence", "90")
    assert less["rows"][0]["upper_fen"] == 96_91  # 0.20 + 42 × 2.3026
    assert less["rows"][0]["conclusion"] is None
    page = call(shop, "--lang", "zh", *SAMPLE, "--evaluate", str(file)).stdout
    assert "少记另查" in page


def test_a_systematic_sample_has_two_estimators_and_says_what_it_assumes(
    shop: Path, tmp_path: Path
) -> None:
    file = tmp_path / "s.csv"
    rows = drawn(shop, file, "--method", "systematic", "--size", "3", "--seed", "7")
    first = rows[0]["item"].replace("-", "_")
    fill(file, **{first: {"error_yuan": "1"}})
    found = data(shop, *SAMPLE, "--evaluate", str(file))
    assert [row["estimator"] for row in found["rows"]] == ["difference", "ratio"]
    assert found["rows"][0]["likely_fen"] == 2_00
    assert found["items_in_error_at_most"] == 6
    page = done(shop, *SAMPLE, "--evaluate", str(file)).stdout
    assert "as if simple random" in page
    assert "Fewer than 10" in page


def test_a_sample_without_errors_concludes_nothing_by_the_normal_distribution(
    shop: Path, tmp_path: Path
) -> None:
    file = tmp_path / "s.csv"
    drawn(shop, file, "--size", "3", "--tolerable", "10")
    fill(file)
    result = call(shop, *SAMPLE, "--evaluate", str(file))
    assert (result.exit_code, "no conclusion" in result.stdout) == (1, True)
    assert "No error was found" in result.stdout


def test_a_stratified_sample_keeps_its_strata_in_the_file(shop: Path, tmp_path: Path) -> None:
    file = tmp_path / "s.csv"
    words = ("--method", "stratified", "--by", "place", "--allotment", "neyman", "--size", "5")
    found = data(shop, *SAMPLE, *words, "--out", str(file))
    assert [part["name"] for part in found["strata"]] == ["hospital", "pharmacy"]
    assert sum(part["drawn"] for part in found["strata"]) == 5
    fill(file)
    assert data(shop, *SAMPLE, "--evaluate", str(file))["examined"] == 5
    by_amount = ("--method", "stratified", "--bands", "20,50", "--size", "6")
    strata = data(shop, *SAMPLE, *by_amount)["strata"]
    assert [part["name"] for part in strata] == ["..20.00", "20.00..50.00", "50.00.."]


def test_lines_and_events_are_sampled_too(shop: Path) -> None:
    (line,) = data(shop, *SAMPLE, "--of", "lines", "--size", "1", "--person", "A")["rows"]
    assert line["item"].startswith("#")
    assert line["person"] == "A"
    events = data(shop, *SAMPLE, "--of", "events", "--size", "4")["rows"]
    assert [event["positions"] for event in events] == [[int(e["item"][1:])] for e in events]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "--size"),
        (("--size", "7"), "6 items only"),
        (("--size", "2", "--region", "310000"), "nothing is in the frame"),
        (("--tolerable", "0"), "above zero"),
        (("--tolerable", "211"), "210.00"),
        (("--tolerable", "100", "--expected", "100"), "too near"),
        (("--size", "3", "--method", "stratified", "--by", "place"), "needs 4"),
        (("--size", "3", "--bands", "5,x"), "ascending amounts"),
        (("--size", "3", "--bands", "5,4"), "ascending amounts"),
        (("--size", "3", "--of", "events", "--place", "hospital"), "no institution"),
        (("--size", "3", "--of", "events", "--method", "money_unit"), "fewer fen"),
    ],
)
def test_a_plan_that_does_not_fit_is_told(shop: Path, words: tuple[str, ...], says: str) -> None:
    result = call(shop, *SAMPLE, *words)
    assert (result.exit_code, says in result.stderr) == (2, True), result.output


def test_a_computed_size_is_never_more_than_there_is(shop: Path) -> None:
    assert len(data(shop, *SAMPLE, "--tolerable", "1")["rows"]) == 6


def edited(file: Path, cell: str, value: str) -> None:
    with file.open(encoding="utf-8-sig", newline="") as page:
        rows = list(csv.DictReader(page))
    rows[0][cell] = value
    write(file, rows)


@pytest.mark.parametrize(
    ("cell", "value", "says"),
    [
        ("error_fen", "", "row 2 has no audited amount"),
        ("audited_fen", "1", "disagree"),
        ("error_fen", "1.5", "row 2, error_fen: 1.5"),
        ("error_yuan", "one", "row 2, error_yuan: one"),
        ("amount_fen", "x", "row 2, amount_fen: x"),
        ("seed", "other", "differ in seed"),
        ("item", "S-S9-1", ""),
        ("stratum", "other", "3 rows were drawn"),
    ],
)
def test_a_file_that_was_spoilt_is_not_evaluated(
    shop: Path, tmp_path: Path, cell: str, value: str, says: str
) -> None:
    file = tmp_path / "s.csv"
    drawn(shop, file, "--size", "3", "--seed", "7")
    fill(file)
    edited(file, cell, value)
    result = call(shop, *SAMPLE, "--evaluate", str(file))
    assert result.exit_code == (2 if says else 0)
    assert says in result.stderr


def test_a_row_that_was_taken_out_or_doubled_is_noticed(shop: Path, tmp_path: Path) -> None:
    file = tmp_path / "s.csv"
    drawn(shop, file, "--size", "3", "--seed", "7")
    fill(file)
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    for kept in (lines[:-1], [*lines, lines[-1]], [*lines[:-1], lines[1]]):
        file.write_text("".join(kept), encoding="utf-8")
        result = call(shop, *SAMPLE, "--evaluate", str(file))
        assert (result.exit_code, "3 rows were drawn" in result.stderr) == (2, True)


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", b"\xff\xfe\xff", b"", b"method\n"])
def test_another_file_is_no_sample(shop: Path, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "s.csv"
    file.write_bytes(content)
    result = call(shop, *SAMPLE, "--evaluate", str(file))
    assert (result.exit_code, "no file of a sample" in result.stderr) == (2, True)


def test_a_method_that_nobody_knows_is_no_sample(shop: Path, tmp_path: Path) -> None:
    file = tmp_path / "s.csv"
    drawn(shop, file, "--size", "1", "--seed", "7")
    fill(file)
    edited(file, "method", "haphazard")
    result = call(shop, *SAMPLE, "--evaluate", str(file))
    assert (result.exit_code, "row 2, method: haphazard" in result.stderr) == (2, True)


METHODS = (
    ("--size", "3"),
    ("--size", "4", "--method", "money_unit", "--at-least", "20"),
    ("--size", "4", "--method", "systematic", "--of", "lines", "--person", "P"),
    ("--size", "5", "--method", "stratified", "--bands", "45", "--allotment", "neyman"),
    ("--size", "2", "--place", "pharmacy", "--from", "2026-03-01", "--money", "total"),
)


@pytest.mark.parametrize("words", METHODS)
def test_the_sample_of_a_file_is_drawn_again(
    shop: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    file = tmp_path / "s.csv"
    drawn(shop, file, *words, "--seed", "007")
    fill(file)
    settle(shop, 7, 70)  # afterwards: it was not known then
    assert data(shop, *SAMPLE, "--evaluate", str(file), "--redraw")["seed"] == "007"


@pytest.mark.parametrize(
    ("cell", "value", "says"),
    [
        ("amount_fen", "1", "not the one that these books give: S-S"),
        ("item", "S-S9-1", "S-S9-1"),
        ("seed", "seed:9", "not the one that these books give"),
        ("interval_fen", "7", "interval_fen"),
        ("stratum_fen", "1", "whole"),
        ("scope", "person=A", "frame is not that of the books"),
        ("scope", "person", "cannot be read"),
        ("bands_fen", "5 4", "cannot be read"),
        ("size", "7", "cannot be read"),
        ("over", "shops", "cannot be read"),
        ("known_at", "9999", "frame is not that of the books"),
        ("frame_digest", "0", "frame is not that of the books"),
    ],
)
def test_a_file_that_is_not_of_these_books_is_found(
    shop: Path, tmp_path: Path, cell: str, value: str, says: str
) -> None:
    file = tmp_path / "s.csv"
    drawn(shop, file, "--size", "1", "--seed", "7")
    fill(file)
    edited(file, cell, value)
    done(shop, *SAMPLE, "--evaluate", str(file))  # the file alone is believed
    result = call(shop, *SAMPLE, "--evaluate", str(file), "--redraw")
    assert (result.exit_code, says in result.stderr) == (1, True), result.output


def test_a_spreadsheet_takes_nothing_in_the_file_for_a_formula(shop: Path, tmp_path: Path) -> None:
    file = tmp_path / "s.csv"
    drawn(shop, file, "--size", "2", "--seed", "=1+1")
    with file.open(encoding="utf-8-sig", newline="") as page:
        cells = [cell for row in csv.reader(page) for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))] == []
    assert "seed:=1+1" in cells
