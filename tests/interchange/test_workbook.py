"""Workbooks: every text stays a text, money is exact, and the same content gives the same bytes."""

from __future__ import annotations

import re
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from interchange.workbook.sheets import Facts, Field, Table, display_width, open_book
from interchange.workbook.workpaper import HEAD, MEASURES, Paper, write_paper

FACTS = Facts("底稿 & 题", "某人", datetime(2026, 3, 2, 4, 0, tzinfo=UTC), "范围", "A-01", "zh")

HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    '=HYPERLINK("http://example.org","x")',
    "=cmd|' /C calc'!A0",
    "{=1+1}",
    "http://example.org",
    "mailto:a@example.org",
    "internal:Sheet1!A1",
    "0012",
    "1e5",
    "\t=1",
    "  =1",
    "_x0041_",
    "&L&G",
    "'=1",
    "TRUE",
    "#REF!",
]


def row(position: int, kind: str, sign: int, total: int, **facts: str) -> tuple[object, ...]:
    fund, own, aid = total // 2, total // 8, total // 16
    fens = (total, fund, own + aid, own, aid, total - fund - own - aid)
    texts = {"area": "310000", "insurance": "职工医保", "clearing": "门诊", **facts}
    head = (position, f"S-C{position}-1", f"C{position}", kind, date(2026, 3, 2), "P", "H")
    return (*head, *texts.values(), "已结算", *(sign * fen for fen in fens), "rs1:x")


ROWS = [
    row(1, "结算", 1, 1),
    row(2, "结算", 1, 1_234_567_89),
    row(3, "退费", -1, 29, clearing="住院"),
    row(4, "结算", 1, 10, area="420100"),
]


def paper(rows: list[tuple[object, ...]], *tables: Table) -> Paper:
    return Paper(FACTS, [("被审计单位", "=1+1"), ("审计结论", "")], rows, tables)


def written(path: Path, content: Paper) -> Any:  # noqa: ANN401  # openpyxl's own
    path.unlink(missing_ok=True)
    write_paper(path, content)
    return openpyxl.load_workbook(path)


def test_no_text_becomes_a_formula_a_number_or_an_address(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    cells = [(text, text) for text in HOSTILE]
    table = Table("疑点", (Field("=A1"), Field("@x", "yuan")), cells)
    book = written(path, paper(ROWS, table))
    found = [cell for line in book["疑点"].iter_rows(min_row=1) for cell in line]
    assert {cell.data_type for cell in found} == {"s"}
    assert all(cell.hyperlink is None for cell in found)
    assert [cell.value for cell in found[2:]] == [text for text in HOSTILE for _ in range(2)]
    assert book["封面"]["B3"].data_type == "s"
    read = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("疑点").to_python()
    assert read[1:] == [[text, text] for text in HOSTILE]
    with zipfile.ZipFile(path) as parts:
        sheets = [name for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
        with_formulas = [name for name in sheets if b"<f>" in parts.read(name)]
        assert with_formulas == ["xl/worksheets/sheet3.xml"]  # the totals alone
        assert not [name for name in parts.namelist() if "externalLink" in name]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40))
def test_any_text_comes_back_as_it_went_in(tmp_path: Path, text: str) -> None:
    table = Table("疑点", (Field("x"),), [(text,)])
    cell = written(tmp_path / "a.xlsx", paper([], table))["疑点"]["A2"]
    assert cell.data_type == "s"
    assert cell.value == text


def test_a_text_too_long_for_a_cell_is_cut_and_says_so(tmp_path: Path) -> None:
    table = Table("疑点", (Field("x"),), [("长" * 40_000,)])
    cell = written(tmp_path / "a.xlsx", paper([], table))["疑点"]["A2"]
    assert len(cell.value) == 32_767
    assert cell.value.endswith("…")


@given(st.integers(-(10**15), 10**15))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_fen_become_yuan_exactly(tmp_path: Path, fen: int) -> None:
    path = tmp_path / "a.xlsx"
    written(path, paper([], Table("t", (Field("x", "yuan"),), [(fen,)])))
    with zipfile.ZipFile(path) as parts:
        (value,) = re.findall(
            rb'<c r="A2"[^>]*><v>([^<]+)</v>', parts.read("xl/worksheets/sheet4.xml")
        )
    yuan, _, cents = value.decode().lstrip("-").partition(".")
    sign = -1 if value.startswith(b"-") else 1
    assert sign * (int(yuan) * 100 + int(cents.ljust(2, "0"))) == fen


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in "ab":
        write_paper(tmp_path / f"{name}.xlsx", paper(ROWS))
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    properties = openpyxl.load_workbook(tmp_path / "a.xlsx").properties
    assert properties.created == datetime(2026, 3, 2, 4, 0)  # noqa: DTZ001  # as the file has it
    assert properties.creator == "某人"


def test_no_file_is_overwritten_and_none_is_left_half_written(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        write_paper(path, paper(ROWS))
    assert path.read_bytes() == b"mine"
    other = tmp_path / "b.xlsx"
    with pytest.raises(RuntimeError), open_book(other, FACTS):
        raise RuntimeError
    assert not other.exists()


def test_sheets_are_ready_to_be_read_and_printed(tmp_path: Path) -> None:
    book = written(tmp_path / "a.xlsx", paper(ROWS))
    assert book.sheetnames == ["封面", "明细", "汇总"]
    lines = book["明细"]
    assert lines.freeze_panes == "A2"
    assert lines.auto_filter.ref == "A1:R5"
    assert lines.print_title_rows == "$1:$1"
    assert lines.oddFooter.center.text == "第 &P 页，共 &N 页"
    assert lines.oddFooter.left.text == "A-01"
    assert lines.oddHeader.left.text == "底稿 && 题"
    assert lines.page_setup.paperSize == 9
    assert lines.page_setup.fitToHeight == 0
    assert (lines["M3"].value, lines["L3"].number_format) == (617283.94, "#,##0.00")
    widths = {place: lines.column_dimensions[place].width for place in "BFIL"}
    assert all(width >= 8 for width in widths.values())
    assert widths["I"] >= display_width("职工医保") + 1
    cover = book["封面"]
    assert cover["B4"].fill.fgColor.rgb == "FFFFF9DB"  # still to be filled in
    assert cover["B3"].fill.fgColor.rgb != "FFFFF9DB"


CONDITION = re.compile(r"'明细'!\$([A-Z]+)\$2:\$\1\$(\d+),\$?([A-Z]+\d+)")


def evaluate(book: Any, formula: str) -> float:  # noqa: ANN401  # openpyxl's own
    """Compute COUNTIFS and SUMIFS over the lines, from the formula's own text."""
    lines, totals = book["明细"], book["汇总"]
    conditions = [(column, totals[cell].value) for column, _, cell in CONDITION.findall(formula)]
    last = lines.max_row
    assert {int(end) for _, end, _ in CONDITION.findall(formula)} == {last}
    fitting = [
        line
        for line in range(2, last + 1)
        if all(lines[f"{column}{line}"].value == value for column, value in conditions)
    ]
    if formula.startswith("=COUNTIFS("):
        return len(fitting)
    column = re.match(r"=ROUND\(SUMIFS\('明细'!\$([A-Z]+)\$2", formula)
    assert column, formula
    amounts: list[float] = [lines[f"{column[1]}{line}"].value for line in fitting]
    return round(sum(amounts), 2)


def test_totals_are_formulas_that_come_to_what_stands_beside_them(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = written(path, paper(ROWS))
    known = openpyxl.load_workbook(path, data_only=True)["汇总"]
    totals = book["汇总"]
    checked = 0
    for line in totals.iter_rows():
        for cell in line:
            if cell.data_type == "f" and "IFS(" in cell.value:
                assert evaluate(book, cell.value) == known[cell.coordinate].value, cell.value
                checked += 1
    groups = len({(each[7], each[8], each[9]) for each in ROWS})
    assert checked == (2 + groups) * (1 + len(MEASURES))
    assert totals["C5"].value == "=ROUND(C3+C4,2)"
    assert known["C5"].value == 1_234_567.71
    assert [known[f"{place}7"].value for place in "BCDEFGH"] == ["相符"] * 7
    assert known["C8"].value == "相符"


def test_amounts_that_do_not_add_up_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    wrong = [*ROWS[0]]
    wrong[11] = 2
    written(path, paper([tuple(wrong)]))
    assert openpyxl.load_workbook(path, data_only=True)["汇总"]["C8"].value == "不符"


def test_a_paper_without_lines_has_all_its_sheets(tmp_path: Path) -> None:
    book = written(tmp_path / "a.xlsx", paper([]))
    assert [cell.value for cell in book["明细"][1]] == [title.zh for title, _ in HEAD]
    assert book["汇总"]["B3"].value == "=COUNTIFS('明细'!$D$2:$D$2,$A3)"
