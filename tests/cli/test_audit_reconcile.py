"""`gongji audit reconcile`: the ledger's own lines agree, and every change of a line is found."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from ledger.application import Application
from ledger.store import init, open_writer
from simulation.random_history import generate
from tests.cli.books import call, data, done
from tests.properties.rulebooks import rule_book

SEEDS = (2, 14)  # with refunds, reversals, holds and mutual aid


@pytest.fixture(scope="module", params=SEEDS)
def lived(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a store with a random history in it."""
    store = tmp_path_factory.mktemp("lived") / "books"
    init(store)
    with open_writer(store) as opened, Application(opened, rule_book()) as application:
        generate(application, seed=request.param, operations=600)
    return store


@pytest.fixture
def settled(family: Path) -> Path:
    """Give the family's store with two settlements, one of them cancelled in part, and a file."""
    claim = "--patient P --institution H1 --place hospital --region 420100 --category outpatient"
    for name, total, fund in (("C1", "120", "60"), ("C2", "80.50", "0")):
        facts = f"--claim {name} {claim} --total {total} --fund {fund}"
        done(family, "claim", "settle", *facts.split(), "--key", name)
    done(family, "claim", "cancel", "S-C2-1", "--key", "K3")
    lines(family)
    return family


def lines(store: Path) -> Path:
    """Write the ledger's own lines."""
    file = store.parent / "lines.csv"
    done(store, "audit", "reconcile", "--export", str(file), "-q")
    return file


Change = Callable[[list[dict[str, str]]], list[dict[str, str]]]


def changed(store: Path, change: Change) -> Path:
    """Change the rows of the file."""
    file = store.parent / "lines.csv"
    head, *rows = file.read_text(encoding="utf-8-sig").splitlines()
    names = head.split(",")
    records = [dict(zip(names, row.split(","), strict=True)) for row in rows]
    after = change(records)
    text = "\n".join([head, *(",".join(each[name] for name in names) for each in after)])
    file.write_text(f"{text}\n", encoding="gb18030")
    return file


def found(store: Path, file: Path, *words: str) -> dict[str, Any]:
    """Reconcile a file in which something differs."""
    result = call(store, "audit", "reconcile", str(file), "--detail", *words, "-O", "json")
    assert result.exit_code == 1, result.output
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl"])
def test_what_the_ledger_writes_it_reads_without_a_difference(
    lived: Path, tmp_path: Path, ending: str
) -> None:
    file = tmp_path / f"lines.{ending}"
    done(lived, "audit", "reconcile", "--export", str(file))
    answer = data(lived, "audit", "reconcile", str(file))
    assert answer["equal"]
    assert answer["rows"] == []
    here, there = (row for row in answer["sums"] if row["part"] == "net" and row["side"][0] in "ht")
    assert here | {"side": "there"} == there
    ours = {row["part"]: row for row in answer["sums"] if row["side"] == "here"}
    assert ours["refunds"]["total_fen"] < 0
    assert ours["payments"]["mutual_aid_fen"] > 0
    assert answer["groups"]


def test_many_changes_at_once_are_all_found_and_nothing_else(lived: Path, tmp_path: Path) -> None:
    store = tmp_path / "copy"
    shutil.copytree(lived, store)
    lines(store)
    random = Random(7)
    touched: list[str] = []

    def change(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        once = Counter(row["mdtrt_id"] for row in rows)
        alone = [row for row in rows if once[row["mdtrt_id"]] == 1]
        lost, doubled, dearer, strange = random.sample(alone, 4)
        touched.extend(row["mdtrt_id"] for row in (lost, doubled, dearer, strange))
        kept = [row for row in rows if row is not lost]
        kept[kept.index(dearer)] = edit(dearer, psn_cash_pay="123456.78")
        kept[kept.index(strange)] = edit(strange, fixmedins_code="H-other")
        return [*kept, doubled, edit(lost, setl_id="S-new-1", mdtrt_id="new")]

    rows = found(store, changed(store, change))["rows"]
    lost, doubled, dearer, strange = touched
    assert {(row["kind"], row["claim"]) for row in rows} == {
        ("missing_there", lost),
        ("missing_here", "new"),
        ("doubled_there", doubled),
        ("amount", dearer),
        ("facts", strange),
    }


def edit(row: dict[str, str], **cells: str) -> dict[str, str]:
    return {**row, **cells}


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        (lambda rows: rows[1:], {"missing_there"}),
        (lambda rows: [*rows, edit(rows[0], setl_id="S9", mdtrt_id="C9")], {"missing_here"}),
        (lambda rows: [*rows, rows[0]], {"doubled_there"}),
        (lambda rows: [edit(rows[0], psn_cash_pay="0.01"), *rows[1:]], {"amount"}),
        (lambda rows: [edit(rows[0], psn_no="A"), *rows[1:]], {"facts"}),
        (lambda rows: rows[:2], {"missing_there"}),
        (
            lambda rows: [*rows[:2], edit(rows[2], medfee_sumamt="-80.51"), rows[2]],
            {"missing_here"},  # a second refund of another amount
        ),
    ],
)
def test_each_change_of_a_line_is_found(settled: Path, change: Change, kinds: set[str]) -> None:
    answer = found(settled, changed(settled, change))
    assert {row["kind"] for row in answer["rows"]} == kinds
    totals = [row for row in answer["sums"] if row["part"] == "net" and row["side"] == "more_there"]
    assert totals[0]["total_fen"] == answer["totals"]["total_fen"]


def test_a_refund_row_has_the_payments_amounts_below_zero(settled: Path) -> None:
    text = (settled.parent / "lines.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(text) == 4
    payment, refund = text[2].split(","), text[3].split(",")
    assert payment[0] == refund[0] == "S-C2-1"
    assert (payment[-1], refund[-1]) == ("0", "1")
    assert refund[8:13] == [f"-{fen}" if float(fen) else fen for fen in payment[8:13]]


def test_a_reversed_settlement_that_stands_there_is_a_matter_of_status(family: Path) -> None:
    facts = "--claim C1 --patient P --institution H1 --place hospital --region 420100"
    done(family, *f"claim settle {facts} --category outpatient --total 10 --key K1".split())
    file = lines(family)
    done(family, "claim", "reverse", "K1", "--patient", "P", "--key", "K2")
    (row,) = found(family, file)["rows"]
    assert (row["kind"], row["status_here"], row["file_lines"]) == ("status", "reversed", [2])
    shown = call(family, "audit", "reconcile", str(file), "--detail", "--lang", "zh").stdout
    assert "状态 已冲正 → 已结算" in shown


def test_a_period_and_an_institution_choose_on_both_sides(settled: Path) -> None:
    file = settled.parent / "lines.csv"
    for words in (
        ("--from", "2026-03-02"),
        ("--to", "2026-02-28"),
        ("--institution", "H2"),
    ):
        answer = data(settled, "audit", "reconcile", str(file), *words)
        assert (answer["equal"], answer["passed_over"]) == (True, 3)
    later = changed(settled, lambda rows: [edit(rows[0], setl_time="2026-04-01"), *rows[1:]])
    answer = found(settled, later, "--to", "2026-03-31")
    assert [row["kind"] for row in answer["rows"]] == ["period"]


def test_people_see_totals_then_kinds_then_what_was_not_compared(settled: Path) -> None:
    file = settled.parent / "short.csv"
    file.write_text("结算号,总额\nS-C1-1,120.00\nS-C2-1,80.50\n合计,200.50\n", encoding="gb18030")
    result = call(settled, "audit", "reconcile", str(file), "--lang", "zh")
    assert result.exit_code == 1
    for said in ("总账", "对方缺", "-80.50", "略过合计行 1 行", "文件没有此项，未对：基金支付"):
        assert said in result.stdout, said
    equal = call(settled, "audit", "reconcile", str(settled.parent / "lines.csv"))
    assert "Both sides agree" in equal.stdout
    assert equal.exit_code == 0
    nowhere = ("--institution", "H9", "--lang", "en")
    nothing = call(settled, "audit", "reconcile", str(settled.parent / "lines.csv"), *nowhere)
    assert "nothing was compared" in nothing.stdout
    assert "agree" not in nothing.stdout


def test_stated_totals_are_compared_where_no_line_is_named(settled: Path) -> None:
    file = settled.parent / "totals.csv"
    head = (
        "insutype,clr_type,medfee_sumamt,fund_pay_sumamt,acct_pay,fixmedins_setl_cnt,refd_setl_flag"
    )
    rows = ("310,11,200.50,60.00,{account},2,0", "310,11,-80.50,0,-80.50,1,1", "390,11,0,0,0,0,0")
    text = "\n".join([head, *rows])
    answer = data(settled, "audit", "reconcile", str(settled.parent / "lines.csv"))
    (paid,) = [row for row in answer["sums"] if (row["part"], row["side"]) == ("payments", "here")]
    (back,) = [row for row in answer["sums"] if (row["part"], row["side"]) == ("refunds", "here")]
    account = f"{paid['account_fen'] // 100}.{paid['account_fen'] % 100:02d}"
    returned = f"-{-back['account_fen'] // 100}.{-back['account_fen'] % 100:02d}"
    text = text.replace("{account}", account).replace("-80.50,1,1", f"{returned},1,1")
    file.write_text(text, encoding="utf-8")
    held = data(settled, "audit", "reconcile", str(file))
    assert held["equal"]
    assert [row["lines"] for row in held["rows"] if row["side"] == "here"] == [2, 1, 0]
    file.write_text(text.replace("200.50", "200.51"), encoding="utf-8")
    off = call(settled, "audit", "reconcile", str(file), "--lang", "zh")
    assert off.exit_code == 1
    assert "不符 1 项" in off.stdout
    assert "0.01" in off.stdout


def test_known_at_an_earlier_position_the_refund_is_missing_here(settled: Path) -> None:
    events = data(settled, "events", "list", "claim:C2", "type:claim.cancelled")["rows"]
    position = events[0]["position"]
    file = settled.parent / "lines.csv"
    rows = found(settled, file, "--as-known-at", str(position - 1))["rows"]
    assert [row["kind"] for row in rows] == ["missing_here"]


def test_a_bad_file_is_refused_with_line_and_column_in_both_languages(settled: Path) -> None:
    file = settled.parent / "bad.csv"
    file.write_text("setl_id,acct_pay\nS-C1-1,=1+1\n", encoding="utf-8")
    for lang, said in (("zh", "单元格是公式"), ("en", "the cell is a formula")):
        result = call(settled, "audit", "reconcile", str(file), "--lang", lang)
        assert result.exit_code == 2
        assert said in result.stderr
        assert "bad.csv:2 acct_pay" in result.stderr
    assert call(settled, "audit", "reconcile", str(settled / "none.csv")).exit_code == 2


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("a.csv", "--export", "b.csv"),
        ("a.csv", "--column", "total"),
        ("a.csv", "--column", "sum=A"),
        ("a.csv", "--from", "2026-03-02", "--to", "2026-03-01"),
        ("--export", "b.pdf"),
    ],
)
def test_a_line_that_makes_no_sense_is_refused(family: Path, words: tuple[str, ...]) -> None:
    assert call(family, "audit", "reconcile", *words).exit_code == 2


def test_an_export_overwrites_nothing(settled: Path) -> None:
    file = settled.parent / "lines.csv"
    before = file.read_bytes()
    assert call(settled, "audit", "reconcile", "--export", str(file)).exit_code == 2
    assert file.read_bytes() == before
    other = settled.parent / "other.csv"
    row = data(settled, "audit", "reconcile", "--export", str(other), "-q")["rows"][0]
    assert row == {"file": str(other), "lines": 3}
