"""One table, four formats: the same rows and totals in each, and nothing a spreadsheet runs."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from cli.render import Column, Table, safe_cell, show, talk
from cli.settings import OUTPUTS, Output, Settings
from domain.money import format_yuan
from domain.text import Lang, Text
from tests.cli.books import done

COLUMNS = [
    Column("who", Text("谁", "who")),
    Column("relation", Text("关系", "relation"), "code", "Relation"),
    Column("amount_fen", Text("金额", "amount"), "yuan"),
    Column("times", Text("次", "times"), "int"),
    Column("on", Text("日", "on"), "date"),
    Column("at", Text("时", "at"), "instant"),
    Column("places", Text("场所", "places"), "code", "Place"),
    Column("open", Text("开", "open")),
    Column("inner", Text("内", "inner"), "data", for_people=False),
    Column("face", Text("面", "face"), in_data=False),
]
AT = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
ROWS = [
    {
        "who": "甲",
        "relation": "spouse",
        "amount_fen": 123450,
        "times": 1200,
        "on": date(2026, 3, 1),
        "at": AT,
        "places": frozenset({"pharmacy", "hospital"}),
        "open": True,
        "inner": {"a": 1},
        "face": "shown",
    },
    {"who": "=1+1", "amount_fen": -5, "open": False},
]


def table(**more: object) -> Table:
    return Table("sample", COLUMNS, iter(ROWS), totals={"amount_fen": 123445}, **more)  # type: ignore[arg-type]  # any field


def written(
    capsys: pytest.CaptureFixture[str], output: Output, lang: Lang = "en", **more: object
) -> str:
    show(Settings(lang=lang, output=output), table(**more))
    return capsys.readouterr().out


def test_a_table_for_people_has_words_yuan_totals_and_a_footer(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = written(
        capsys,
        "table",
        "zh",
        title=Text("样表", "sample"),
        as_of=date(2026, 3, 31),
        as_known_at=AT,
        position=1204,
        notes=[Text("注", "note")],
    )
    assert out.startswith("样表\n")
    for said in (
        "配偶",
        "1,234.50",
        "-0.05",
        "1,200",
        "2026-03-01 10:00:00",
        "医院、药店",
        "是",
        "合计",
    ):
        assert said in out, said
    assert out.endswith("注\n截至 2026-03-31 · 按 2026-03-01 10:00:00 所知 · 位置 1,204\n")
    assert "inner" not in out
    assert "shown" in out


def test_json_is_one_envelope_with_fen_and_codes(capsys: pytest.CaptureFixture[str]) -> None:
    out = json.loads(written(capsys, "json", position=7, as_known_at=5, more={"extra": 1}))
    assert list(out) == [
        *("schema", "as_of", "as_known_at", "position", "rows", "totals", "extra", "problems")
    ]
    assert out["schema"] == "gongji/sample/1"
    assert (out["position"], out["as_known_at"]) == (7, 5)
    assert out["rows"][0] == {
        "who": "甲",
        "relation": "spouse",
        "amount_fen": 123450,
        "times": 1200,
        "on": "2026-03-01",
        "at": "2026-03-01T02:00:00+00:00",
        "places": ["hospital", "pharmacy"],
        "open": True,
        "inner": {"a": 1},
    }
    assert list(out["rows"][1]) == list(out["rows"][0])  # every row has every key


def test_json_lines_end_with_the_totals(capsys: pytest.CaptureFixture[str]) -> None:
    *rows, last = map(json.loads, written(capsys, "jsonl").splitlines())
    assert [row["amount_fen"] for row in rows] == [123450, -5]
    assert last["totals"] == {"amount_fen": 123445}
    assert "rows" not in last


def test_csv_has_a_mark_yuan_beside_fen_totals_and_no_formula(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = written(capsys, "csv", "zh")
    assert out.startswith("\ufeffwho,relation,amount_yuan,amount_fen,times,")
    rows = list(csv.reader(io.StringIO(out.removeprefix("\ufeff"))))
    assert rows[1][:4] == ["甲", "spouse", "1234.50", "123450"]
    assert rows[2][:4] == ["'=1+1", "", "-0.05", "-5"]
    assert rows[3][:4] == ["合计", "", "1234.45", "123445"]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", *"＝＋－＠"])  # noqa: RUF001 - the full-width forms are meant
def test_a_cell_that_begins_like_a_formula_is_quoted(sign: str) -> None:
    assert safe_cell(f"{sign}cmd") == f"'{sign}cmd"


@pytest.mark.parametrize("number", ["-12.50", "+3", "-1"])
def test_a_number_stays_a_number(number: str) -> None:
    assert safe_cell(number) == number


def test_totals_may_be_known_only_after_the_last_row(capsys: pytest.CaptureFixture[str]) -> None:
    seen: list[int] = []

    def rows() -> object:
        for row in ROWS:
            seen.append(1)
            yield row

    late = Table("sample", COLUMNS[:1], rows(), totals=lambda: {"count": len(seen)})  # type: ignore[arg-type]  # a generator of rows
    show(Settings(output="jsonl"), late)
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["totals"] == {"count": 2}


def test_a_single_row_is_shown_downwards(capsys: pytest.CaptureFixture[str]) -> None:
    show(Settings(), Table("sample", COLUMNS[:3], ROWS[:1], record=True))
    assert capsys.readouterr().out == "who       甲\nrelation  spouse\namount    1,234.50\n"


def test_an_empty_table_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    show(Settings(lang="zh"), Table("sample", COLUMNS, [], empty=Text("先做这个", "do this")))
    assert capsys.readouterr().out == "先做这个\n"


@pytest.mark.parametrize(("why", "shown"), [("because", True), ("", False), (None, False)])
def test_a_column_that_no_row_fills_can_be_left_out_of_tables_and_stays_in_data(
    capsys: pytest.CaptureFixture[str], *, why: str | None, shown: bool
) -> None:
    columns = [Column("who", Text("谁", "who")), Column("why", Text("为何", "reason"), if_any=True)]
    rows: list[dict[str, object]] = [{"who": "a"}, {"who": "b", "why": why}]
    show(Settings(lang="en"), Table("sample", columns, rows))
    assert ("reason" in capsys.readouterr().out) is shown
    show(Settings(lang="en", output="json"), Table("sample", columns, rows))
    assert [row["why"] for row in json.loads(capsys.readouterr().out)["rows"]] == [None, why]


def test_quiet_silences_talk_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    talk(Settings(), Text("说 {it}", "said {it}"), it=1)
    talk(Settings(quiet=True), Text("不说", "unsaid"))
    assert capsys.readouterr() == ("", "said 1\n")


VIEWS = (
    "account balance",
    "account statement A",
    "account holds",
    "family show F",
    "claim list",
    "claim show C1",
    "claim explain C1",
    "claim quote {file}",
    "person show A",
    "store status",
)


@pytest.fixture(scope="module")
def settled(shared_family: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a store with one settlement and one hold, for reading."""
    import shutil

    folder = tmp_path_factory.mktemp("settled") / "family"
    shutil.copytree(shared_family.parent, folder)
    store = folder / shared_family.name
    claim = folder / "claim.yaml"
    done(store, "claim", "settle", str(claim))
    claim.write_text(claim.read_text(encoding="utf-8").replace("C1", "C2"), encoding="utf-8")
    done(store, "claim", "authorize", str(claim), "--until", "2026-03-02T00:00:00+08:00")
    done(store, "account", "balance")  # the read models are up to date from here on
    done(store, "store", "project")
    claim.write_text(claim.read_text(encoding="utf-8").replace("C2", "C3"), encoding="utf-8")
    return store


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_gives_the_same_rows_and_totals_in_every_format(
    settled: Path, view: str
) -> None:
    words = view.format(file=settled.parent / "claim.yaml").split()
    out = {output: done(settled, *words, "-O", output).stdout for output in OUTPUTS}
    envelope = json.loads(out["json"])
    rows, totals = envelope["rows"], envelope["totals"]
    *lines, last = map(json.loads, out["jsonl"].splitlines())
    assert (lines, last["totals"]) == (rows, totals)
    table_rows = list(csv.DictReader(io.StringIO(out["csv"].removeprefix("\ufeff"))))
    fen = [key for key in (rows or [{}])[0] if key.endswith("_fen")]
    numbers = [[str(row[key]) if row[key] is not None else "" for key in fen] for row in rows]
    if totals:
        numbers.append([str(totals.get(key, "")) for key in fen])
    assert [[row[key] for key in fen] for row in table_rows] == numbers
    for key in fen:
        assert f"{key.removesuffix('_fen')}_yuan" in table_rows[0]
    for key in set(totals) & set(fen):
        assert format_yuan(totals[key]) in out["table"]


def test_piped_output_has_no_colour(settled: Path) -> None:
    for output in OUTPUTS:
        result = done(settled, "claim", "explain", "C1", "-O", output)
        assert "\x1b" not in result.output
