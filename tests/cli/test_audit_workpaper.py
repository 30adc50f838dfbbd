"""`gongji audit workpaper`: what it shows is what the commands say, and it can be made again."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.cli.books import call, data, done

NOTE = '=HYPERLINK("http://example.org")'


@pytest.fixture
def settled(family: Path) -> Path:
    """Give the family's store with two settlements, one cancelled, and a hostile note."""
    claim = "--patient P --institution H1 --place hospital --region 420100 --category outpatient"
    for name, total, fund in (("C1", "120", "60"), ("C2", "80.50", "0")):
        facts = f"--claim {name} {claim} --total {total} --fund {fund}"
        done(family, "claim", "settle", *facts.split(), "--key", name)
    done(family, "claim", "cancel", "S-C2-1", "--key", "K3", "--note", NOTE)
    return family


def made(store: Path, *words: str, lang: str = "zh") -> Any:  # noqa: ANN401  # openpyxl's own
    """Write a working paper and open it."""
    out = store.parent / "paper.xlsx"
    done(store, "audit", "workpaper", str(out), "--lang", lang, *words)
    return openpyxl.load_workbook(out)


def cover(book: Any) -> dict[str, str]:  # noqa: ANN401  # openpyxl's own
    sheet = book.worksheets[0]
    rows = sheet.iter_rows(min_row=3, max_col=2, values_only=True)
    return {label: value or "" for label, value in rows if label}


def column(sheet: Any, title: str) -> list[Any]:  # noqa: ANN401  # openpyxl's own
    head = [cell.value for cell in sheet[1]]
    return [line[head.index(title)] for line in sheet.iter_rows(min_row=2, values_only=True)]


def test_the_cover_holds_what_is_known_and_leaves_the_rest_empty(settled: Path) -> None:
    book = made(settled, "--body", "某医院", "--index", "A-01", "--reviewed-on", "2026-03-09")
    found = cover(book)
    assert found["被审计单位"] == "某医院"
    assert found["索引号"] == "A-01"
    assert found["编制人"] == "tester"
    assert found["编制日期"] == "2026-03-01"
    assert found["复核日期"] == "2026-03-09"
    assert found["审计期间或截止日"] == "2026-03-01 至 2026-03-01"
    assert found["账本位置"] == str(data(settled, "claim", "list")["position"])
    assert found["规则集"].startswith("rs1:")
    for label in ("审计事项", "实施的审计程序", "审计结论", "结论依据", "复核人", "检查点"):
        assert found[label] == "", label


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_command_on_the_cover_makes_the_same_bytes_again(settled: Path, lang: str) -> None:
    words = ("--person", "P", "--to", "2026-03-31", "--matter", "a 'matter' & more")
    book = made(settled, *words, lang=lang)
    out = settled.parent / "paper.xlsx"
    before = out.read_bytes()
    line = cover(book)["重做命令" if lang == "zh" else "command that makes it again"]
    out.unlink()
    done(settled, "account", "credit", "P", "1", "--key", "later")  # the ledger grows meanwhile
    program, *again = shlex.split(line)
    assert program == "gongji"
    done(settled, *again)
    assert out.read_bytes() == before


def test_lines_and_totals_are_those_of_the_ledger(settled: Path) -> None:
    lines = made(settled)["明细"]
    assert column(lines, "结算号") == ["S-C1-1", "S-C2-1", "S-C2-1"]
    assert column(lines, "类型") == ["结算", "结算", "退费"]
    assert column(lines, "总额") == [120, 80.5, -80.5]
    assert column(lines, "状态") == ["已结算", "已撤销", "已撤销"]
    book = openpyxl.load_workbook(settled.parent / "paper.xlsx", data_only=True)
    shown = data(settled, "claim", "list")["totals"]
    assert book["汇总"]["C5"].value * 100 == shown["total_fen"] - 8050
    assert book["汇总"]["B5"].value == 3


def test_a_scope_chooses_lines_and_brings_the_trail(settled: Path) -> None:
    book = made(settled, "--claim", "C2")
    assert column(book["明细"], "费用单") == ["C2", "C2"]
    trail = data(settled, "audit", "trail", "claim:C2")["rows"]
    assert column(book["轨迹"], "位置") == [row["position"] for row in trail]
    notes = [cell for row in book["轨迹"].iter_rows() for cell in row if cell.value == NOTE]
    assert notes
    assert {cell.data_type for cell in notes} == {"s"}


def test_a_grantor_has_the_lines_that_the_account_paid(settled: Path) -> None:
    assert column(made(settled, "--person", "A")["明细"], "就诊人")[0] == "P"
    (settled.parent / "paper.xlsx").unlink()
    assert column(made(settled, "--person", "C")["明细"], "结算号") == []


def test_the_basis_names_rules_their_values_and_documents(settled: Path) -> None:
    basis = made(settled)["依据"]
    parameters = column(basis, "参数")
    assert "pool.order" in parameters
    at = parameters.index("pool.segments")
    assert column(basis, "取值")[at]
    assert column(basis, "援引次数")[at] > 0
    assert any("《" in (text or "") for text in column(basis, "文件"))
    granted = [name for name in parameters if name.startswith("authorization.")]
    assert granted


def test_samples_findings_and_reconciliations_are_added_as_they_are(settled: Path) -> None:
    folder = settled.parent
    sample = folder / "sample.csv"
    sample.write_text("﻿no,settlement,total_yuan\n1,=1+1,80.50\n2,S,x\n", encoding="utf-8")
    findings = folder / "findings.json"
    row = '{"id": "MA-05-0a", "rows": null, "amount_fen": 5, "positions": [1, 2], "clear": true}'
    findings.write_text(f'{{"rows": [{row}]}}', encoding="utf-8")
    outside = folder / "outside.csv"
    outside.write_text("结算号,总额\nS-C1-1,120.00\n", encoding="utf-8")
    files = {"--sample": sample, "--findings": findings, "--reconcile": outside}
    book = made(settled, *(str(word) for pair in files.items() for word in pair))
    assert book.sheetnames == [
        "封面",
        "明细",
        "汇总",
        "依据",
        "抽样",
        "疑点",
        "对账总额",
        "对账差异",
    ]
    assert column(book["抽样"], "settlement") == ["=1+1", "S"]
    assert column(book["抽样"], "total_yuan") == [80.5, "x"]
    assert column(book["疑点"], "amount_fen") == [5]
    assert column(book["疑点"], "positions") == ["[1, 2]"]
    assert column(book["疑点"], "clear") == ["true"]
    assert column(book["对账差异"], "差异") == ["对方缺", "对方缺"]
    net = column(book["对账总额"], "医疗费总额")[6:9]
    assert net == [120, 120, 0]


def test_totals_that_a_file_states_are_a_sheet_of_their_own(settled: Path) -> None:
    outside = settled.parent / "totals.csv"
    outside.write_text("insutype,费用,fixmedins_setl_cnt\n310,120.00,3\n", encoding="utf-8")
    book = made(settled, "--reconcile", str(outside), "--column", "total=费用")
    assert "--column=total=费用" in cover(book)["重做命令"]
    assert book.sheetnames[-1] == "对账总额"
    assert column(book["对账总额"], "医疗费总额") == [120, 120, 0]
    assert column(book["对账总额"], "险种") == ["职工医保"] * 3


def test_a_checkpoint_is_held_against_the_log_and_its_signature_is_not(settled: Path) -> None:
    done(settled, "audit", "key")
    kept = settled.parent / "checkpoint.txt"
    (signed,) = data(settled, "audit", "checkpoint", "--out", str(kept))["rows"]
    found = cover(made(settled, "--checkpoint", str(kept), lang="en"))
    size, root = f"size {signed['size']}", f"root {signed['root']}"
    assert found["tree of the log by then"].splitlines() == [size, root]
    assert found["checkpoint"].splitlines() == [
        signed["origin"],
        size,
        root,
        "the log of the ledger has this root at that size; its signature is not checked here",
    ]
    written = kept.read_text(encoding="utf-8")
    out = settled.parent / "paper.xlsx"
    for changed, says in (
        (written.replace(f"\n{signed['size']}\n", "\n3\n"), "history was rewritten"),
        (written.replace(f"\n{signed['size']}\n", "\n9999\n"), "fewer entries"),
    ):
        kept.write_text(changed, encoding="utf-8")
        out.unlink()
        assert says in cover(made(settled, "--checkpoint", str(kept), lang="en"))["checkpoint"]
    for nothing in (b"nothing\n", b"\xff\xff"):
        kept.write_bytes(nothing)
        other = settled.parent / "other.xlsx"
        refused = call(settled, "audit", "workpaper", str(other), "--checkpoint", str(kept))
        assert refused.exit_code == 2
        assert not other.exists()


def test_in_the_midst_of_an_entry_or_at_an_instant_no_tree_is_named(settled: Path) -> None:
    rows = data(settled, "events", "list", "claim:C1")["rows"]
    midst = rows[0]["position"]  # debits of accounts follow in the same entry
    out = settled.parent / "paper.xlsx"
    assert cover(made(settled, "--as-known-at", str(midst)))["日志至此的树"] == ""
    out.unlink()
    at = cover(made(settled, "--as-known-at", "2026-03-01T10:00:00+08:00"))
    assert at["日志至此的树"] == ""
    assert at["账本位置"] == "2026-03-01 10:00:00"


def test_as_known_at_an_earlier_position_the_refund_is_not_there(settled: Path) -> None:
    events = data(settled, "events", "list", "claim:C2", "type:claim.cancelled")["rows"]
    known = str(events[0]["position"] - 1)
    book = made(settled, "--as-known-at", known)
    assert column(book["明细"], "类型") == ["结算", "结算"]
    assert cover(book)["账本位置"] == known


def test_the_answer_names_file_sheets_and_digest(settled: Path) -> None:
    import hashlib

    out = settled.parent / "paper.xlsx"
    (row,) = data(settled, "audit", "workpaper", str(out))["rows"]
    assert row["sheets"] == ["Cover", "Lines", "Summary", "Basis"]
    assert row["lines"] == 3
    assert row["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("a.xlsx", "--person", "P", "--claim", "C1"), 2),
        (("a.csv",), 2),
        (("a.xlsx", "--from", "2026-03-02", "--to", "2026-03-01"), 2),
        (("a.xlsx", "--person", "nobody"), 1),
        (("a.xlsx", "--claim", "none"), 1),
        (("a.xlsx", "--sample", "none.csv"), 2),
    ],
)
def test_what_cannot_be_made_leaves_no_file(
    settled: Path, tmp_path: Path, words: tuple[str, ...], code: int
) -> None:
    name, *rest = words
    result = call(settled, "audit", "workpaper", str(tmp_path / name), *rest)
    assert result.exit_code == code, result.output
    assert not (tmp_path / name).exists()


def test_a_paper_overwrites_nothing(settled: Path) -> None:
    out = settled.parent / "paper.xlsx"
    out.write_bytes(b"mine")
    assert call(settled, "audit", "workpaper", str(out)).exit_code == 2
    assert out.read_bytes() == b"mine"
    empty = settled.parent / "empty.csv"
    empty.write_text("", encoding="utf-8")
    other = settled.parent / "other.xlsx"
    assert call(settled, "audit", "workpaper", str(other), "--sample", str(empty)).exit_code == 2
