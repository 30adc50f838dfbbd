"""Files of settlements from outside: every form, and every fault with its place."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from interchange.tabular.faults import Fault, Unreadable
from interchange.tabular.settlement_file import HEAD, write_settlements
from interchange.tabular.settlement_rows import Intake, read_settlements
from projections.settlement_lines import MEASURES, Line

HEADED = ["setl_id", "mdtrt_id", "medfee_sumamt", "acct_pay", "acct_mulaid_pay", "refd_setl_flag"]
ROWS = [
    ["S-C1-1", "C1", "1,234.50", "200.00", "50", "0"],
    ["S-C1-1", "C1", "-1234.50", "-200", "-50.00", "1"],
]
LINES = [
    Line("S-C1-1", "C1", False, (123450, None, 20000, 15000, 5000, None), 2),  # noqa: FBT003  # a NamedTuple
    Line("S-C1-1", "C1", True, (-123450, None, -20000, -15000, -5000, None), 3),  # noqa: FBT003  # a NamedTuple
]
CHINESE = [
    "结算ID",
    "就诊ID",
    "医疗费总额(元)",
    "个人账户支出",
    "个人账户共济支付金额",
    "退费结算标志",
]


def separated(rows: list[list[str]], separator: str = ",") -> str:
    quoted = ([f'"{cell}"' if separator in cell else cell for cell in row] for row in rows)
    return "".join(separator.join(row) + "\r\n" for row in quoted)


def objects(rows: list[list[str]]) -> str:
    return "".join(
        json.dumps(dict(zip(rows[0], row, strict=True)), ensure_ascii=False) + "\n"
        for row in rows[1:]
    )


def workbook(path: Path, rows: list[list[Any]]) -> Path:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            sheet.write(number, place, cell)
    book.close()
    return path


ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">
<office:body><office:spreadsheet><table:table table:name="1">{rows}</table:table>
</office:spreadsheet></office:body></office:document-content>"""


def open_document(path: Path, rows: list[list[str]], *, formula: str = "") -> Path:
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    written = "".join(
        f"<table:table-row>{''.join(cell.format(each) for each in row)}</table:table-row>"
        for row in rows
    )
    with zipfile.ZipFile(path, "w") as parts:
        parts.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        parts.writestr("content.xml", ODS.format(rows=written + formula))
        parts.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:'
            'manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type='
            '"application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>',
        )
    return path


def read(path: Path, **given: str) -> Intake:
    return read_settlements(path, given=given)


def text_file(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "file"
    path.write_bytes(text.encode(encoding))
    return path


def faults(path: Path, **given: str) -> tuple[Fault, ...]:
    with pytest.raises(Unreadable) as caught:
        read(path, **given)
    return caught.value.faults


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("head", [HEADED, CHINESE])
@pytest.mark.parametrize("form", [separated, lambda rows: separated(rows, "\t"), objects])
def test_one_content_in_every_form_and_encoding_is_the_same(
    tmp_path: Path, encoding: str, head: list[str], form: Callable[[list[list[str]]], str]
) -> None:
    intake = read(text_file(tmp_path, form([head, *ROWS]), encoding))
    assert intake.measures == ("total", "account", "own_account", "mutual_aid")
    assert [each._replace(place=0) for each in intake.lines] == [
        each._replace(place=0) for each in LINES
    ]


def test_spreadsheets_are_read_as_they_look(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["3月对账"], HEADED, *ROWS]
    rows[2] = ["S-C1-1", "C1", 1234.5, 200, 50, 0]
    intake = read(workbook(tmp_path / "a.xlsx", rows))
    assert [each.place for each in intake.lines] == [3, 4]
    assert [each._replace(place=0) for each in intake.lines] == [
        each._replace(place=0) for each in LINES
    ]
    assert read(open_document(tmp_path / "a.ods", [HEADED, *ROWS])).lines == LINES


def test_a_file_of_formulas_is_refused_with_the_cell(tmp_path: Path) -> None:
    book = workbook(tmp_path / "a.xlsx", [HEADED, ["S-C1-1", "C1", "=1+1", "1", "0", "0"]])
    assert [(each.line, each.column) for each in faults(book)] == [(2, "C")]
    formula = (
        '<table:table-row><table:table-cell/><table:table-cell table:formula="of:=1+1" '
        'office:value-type="float" office:value="2"/></table:table-row>'
    )
    ods = open_document(tmp_path / "a.ods", [HEADED, *ROWS], formula=formula)
    assert [(each.line, each.column) for each in faults(ods)] == [(4, "2")]
    rows = [HEADED, ["=A1", "C1", "=SUM(C3:C9)", "1", "0", "0"]]
    found = faults(text_file(tmp_path, separated(rows)))
    assert {(each.line, each.column) for each in found} == {
        (2, "setl_id"),
        (2, "medfee_sumamt"),
    }
    assert all("公式" in each.says.zh and "formula" in each.says.en for each in found)


@pytest.mark.parametrize(
    ("cell", "column", "says"),
    [
        ("1.234", 2, "1.234"),
        ("1.2e3", 2, "1.2e3"),
        ("12 元", 3, "12 元"),
        ("1,23.00", 3, "1,23.00"),
        ("99999999999999999", 2, "99999999999999999"),
        ("2", 5, "0"),
        ("2.02E+19", 0, "2.02E+19"),
    ],
)
def test_a_cell_that_will_not_do_is_named_with_line_and_column(
    tmp_path: Path, cell: str, column: int, says: str
) -> None:
    row = [*ROWS[0]]
    row[column] = cell
    (fault,) = faults(text_file(tmp_path, separated([HEADED, ROWS[0], row])))
    assert (fault.line, fault.column) == (3, HEADED[column])
    assert says in fault.says.zh
    assert says in fault.says.en


def test_all_faults_are_told_at_once_up_to_twenty(tmp_path: Path) -> None:
    bad = [["S", "C", "x", "y", "0", "0"]] * 30
    assert len(faults(text_file(tmp_path, separated([HEADED, *bad])))) == 20


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 0),
        ("a,b\n1,2\n", 0),
        ("setl_id,psn_no\nS1,P1\n", 1),
        ("psn_no,acct_pay\nP1,1\n", 1),
        ("setl_id,acct_pay,acct_pay\nS1,1,2\n", 1),
        ("setl_id,acct_pay,account\nS1,1,2\n", 1),
        ('setl_id,acct_pay\n"S1,1\n', 2),
        ('{"setl_id": "S1", "acct_pay": 1}\n[1]\n', 2),
        ('{"setl_id": "S1", "acct_pay": 1}\n{"setl_id"\n', 2),
    ],
)
def test_a_file_that_is_no_table_of_settlements_is_refused(
    tmp_path: Path, text: str, line: int
) -> None:
    assert [each.line for each in faults(text_file(tmp_path, text))] == [line]


def test_bytes_that_are_no_text_and_broken_workbooks_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for data in (b"setl_id,acct_pay\nS1,\xff\xff\n", b"PK\x03\x04 no zip", b"\xd0\xcf\x11\xe0no"):
        path.write_bytes(data)
        assert len(faults(path)) == 1
    with zipfile.ZipFile(path, "w") as parts:
        parts.writestr("other.txt", "not a workbook")
    assert "工作簿" in faults(path)[0].says.zh


def test_columns_may_be_named_and_counted_in_fen(tmp_path: Path) -> None:
    text = "号,金额,account_fen,account_yuan\nS1,123450,200,2.00\n合计,123450,200,2.00\n"
    given = {"settlement": "号", "total_fen": "金额"}
    intake = read(text_file(tmp_path, text), **given)
    assert intake.lines[0].fens[:3] == (123450, None, 200)
    assert intake.columns == {"settlement": "号", "total": "金额", "account": "account_fen"}
    assert intake.totals_skipped == 1
    (fault,) = faults(text_file(tmp_path, text.replace("123450", "1.5")), **given)
    assert (fault.line, fault.column) == (2, "金额")
    (fault,) = faults(text_file(tmp_path, text), settlement="号", total="没有")
    assert "没有" in fault.says.zh


def test_the_interfaces_own_line_file_has_no_head(tmp_path: Path) -> None:
    text = "S1\tC1\tP1\t100.00\t60.00\tnull\t0\nS1\tC1\tP1\t-100.00\t-60.00\t0\t1\n"
    payment, refund = read(text_file(tmp_path, text)).lines
    assert payment.fens[:3] == (100_00, 60_00, 0)
    assert (payment.claim, payment.patient, refund.refund) == ("C1", "P1", True)


def test_a_file_of_totals_is_read_as_what_it_states(tmp_path: Path) -> None:
    text = (
        "insutype,clr_type,setl_optins,stmt_begndate,stmt_enddate,medfee_sumamt,acct_pay,"
        "fixmedins_setl_cnt,refd_setl_flag\n"
        "310,11,420100,2026-03-01,2026-03-31,100.00,20.00,3,\n"
        "390,41,,,,5,5,1,1\n"
    )
    path = text_file(tmp_path, text)
    month, refunds = read(path).stated
    assert month.group == ("420100", "employee", "outpatient")
    assert (month.part, month.lines, month.fens[:3]) == ("net", 3, (100_00, None, 20_00))
    assert (month.first, month.last) == (date(2026, 3, 1), date(2026, 3, 31))
    assert (refunds.part, refunds.lines, refunds.fens[0]) == ("refunds", 1, -5_00)
    assert read(path).lines == []
    (fault,) = faults(text_file(tmp_path, text.replace(",3,", ",3.5,")))
    assert fault.column == "fixmedins_setl_cnt"


def test_refunds_are_known_by_flag_or_by_sign(tmp_path: Path) -> None:
    turned = read(text_file(tmp_path, "setl_id,acct_pay,refd_setl_flag\nS1,5,1\n"))
    assert turned.turned == 1
    assert turned.lines[0].fens[2] == -500
    signed = read(text_file(tmp_path, "setl_id,acct_pay\nS1,-5\nS2,0\n"))
    assert [each.refund for each in signed.lines] == [True, False]
    (fault,) = faults(text_file(tmp_path, "setl_id,acct_pay,refd_setl_flag\nS1,-5,0\n"))
    assert (fault.line, fault.column) == (2, "refd_setl_flag")


@pytest.mark.parametrize("written", ["2026-03-02", "20260302", "2026-03-02 10:11:12", "2026/03/02"])
def test_days_are_read_as_they_are_written(tmp_path: Path, written: str) -> None:
    text = f"setl_id,acct_pay,setl_time\nS1,5,{written}\nS2,5,\n"
    lines = read(text_file(tmp_path, text)).lines
    assert [each.day for each in lines] == [date(2026, 3, 2), None]
    (fault,) = faults(text_file(tmp_path, text.replace(written, "20260231")))
    assert fault.column == "setl_time"


def test_codes_of_the_interface_become_ours_and_a_real_identity_number_is_hidden(
    tmp_path: Path,
) -> None:
    text = (
        "setl_id,acct_pay,insutype,clr_type,状态,psn_no\n"
        "S1,5,390,41,已撤销,11010519491231002X\nS2,5,7,9901,settled,P1\n"
    )
    first, second = read(text_file(tmp_path, text)).lines
    assert (first.insurance, first.clearing, first.status) == ("resident", "pharmacy", "cancelled")
    assert first.patient == "110…2X"
    assert (second.insurance, second.clearing, second.patient) == ("7", "9901", "P1")


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".txt", ".jsonl"])
def test_what_is_written_is_read_back(tmp_path: Path, ending: str) -> None:
    facts: dict[str, Any] = {
        "day": date(2026, 3, 2),
        "patient": "P1",
        "institution": "H1",
        "area": "310000",
        "insurance": "resident",
        "clearing": "other",
    }
    fens = (1_234_567_89, 500, 300, 100, 200, 1_234_559_89)
    payment = Line("S-C1-1", "C1", refund=False, fens=fens, place=2, **facts)
    refund = payment._replace(refund=True, fens=tuple(-fen for fen in fens), place=3)
    path = tmp_path / f"out{ending}"
    assert write_settlements(path, [payment, refund]) == 2
    intake = read(path)
    place = {".jsonl": 1}.get(ending, 2)
    assert intake.measures == MEASURES
    assert intake.lines == [payment._replace(place=place), refund._replace(place=place + 1)]
    assert set(intake.columns.values()) == set(HEAD)
    with pytest.raises(FileExistsError):
        write_settlements(path, [payment])


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable):
        write_settlements(tmp_path / "out.pdf", [])
