"""`gongji audit views`, `sql` and `export csv`: the views from the command line."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from projections.views.catalogue import VIEWS
from projections.views.dictionary import page
from tests.cli.books import call, data, done, found


def test_views_are_listed_with_their_columns(family: Path) -> None:
    listed = data(family, "audit", "views")
    assert [row["view"] for row in listed["rows"]] == list(VIEWS)
    columns = data(family, "audit", "views", "v_账户余额")["rows"]
    assert [row["column"] for row in columns][:3] == ["参保人", "分段", "分段代码"]
    shown = done(family, "audit", "views", "v_账户余额", "--lang", "zh").stdout
    assert str(family / "views.sqlite") in shown
    assert done(family, "audit", "views", "--markdown").stdout == page()


def test_a_view_that_is_not_there_is_an_error_that_suggests_one(family: Path) -> None:
    result = call(family, "audit", "views", "v_帐户余额")
    assert result.exit_code == 2
    assert "v_账户余额" in result.stderr
    assert "v_分录" in call(family, "audit", "views", "x").stderr


def test_sql_is_answered_with_what_was_recorded_last(family: Path, claim_file: str) -> None:
    asked = (
        "audit",
        "sql",
        "SELECT 出资人, sum(净额_分) AS 分 FROM v_结算分担 GROUP BY 1 ORDER BY 1",
    )
    assert data(family, *asked)["rows"] == []
    done(family, "claim", "settle", claim_file)
    assert data(family, *asked)["rows"] == [
        {"出资人": "A", "分": 13050},
        {"出资人": "B", "分": 2000},
        {"出资人": "P", "分": 5000},
    ]
    lines = list(csv.reader(io.StringIO(done(family, *asked, "-O", "csv").stdout)))
    assert lines[0] == ["\ufeff出资人", "分"]
    assert lines[1:] == [["A", "13050"], ["B", "2000"], ["P", "5000"]]
    assert "13050" in done(family, *asked).stdout


def test_odd_values_are_shown_as_they_are(family: Path) -> None:
    asked = "SELECT x'00ff' AS b, NULL AS n, 1.5 AS r, '=1+1' AS f, 9007199254740993 AS i"
    (row,) = data(family, "audit", "sql", asked)["rows"]
    assert row == {"b": "00ff", "n": None, "r": "1.5", "f": "=1+1", "i": 9007199254740993}
    assert "'=1+1" in done(family, "audit", "sql", asked, "-O", "csv").stdout


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM journal", "only one statement is taken"),
        ("WITH a AS (SELECT 1) DELETE FROM journal", "may only read"),
        ("SELECT * FROM v_没有", "no such table"),
        ("SELECT 1; SELECT 2", "only one statement is taken"),
    ],
)
def test_hostile_sql_is_refused_and_changes_nothing(
    family: Path, statement: str, said: str
) -> None:
    data(family, "audit", "views")
    before = found(family), (family / "views.sqlite").read_bytes()
    result = call(family, "audit", "sql", statement)
    assert result.exit_code == 2
    assert said in result.stderr
    assert (found(family), (family / "views.sqlite").read_bytes()) == before


def test_a_question_without_end_is_stopped(family: Path) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT sum(i) FROM n"
    result = call(family, "audit", "sql", endless, "--timeout", "1")
    assert result.exit_code == 2
    assert "took too long" in result.stderr


def test_a_screen_shows_a_thousand_rows_and_data_has_all(family: Path) -> None:
    many = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 1001) "
        "SELECT i FROM n"
    )
    shown = done(family, "audit", "sql", many).stdout
    assert "only the first 1,000 rows" in shown
    assert "1001" not in shown.splitlines()
    assert len(data(family, "audit", "sql", many)["rows"]) == 1001
    few = done(family, "audit", "sql", many.replace("1001", "1000")).stdout
    assert "only the first" not in few


def test_views_are_handed_over_as_files_with_control_totals(family: Path, tmp_path: Path) -> None:
    out = tmp_path / "handed over"
    rows = data(family, "audit", "export", "csv", str(out))["rows"]
    assert [row["file"] for row in rows] == [f"{name}.csv" for name in VIEWS]
    assert (out / "control.csv").is_file()
    again = call(family, "audit", "export", "csv", str(out))
    assert again.exit_code == 2
    assert "exists" in again.stderr
    nowhere = call(tmp_path / "none", "audit", "export", "csv", str(tmp_path / "new"))
    assert nowhere.exit_code == 2
    assert not (tmp_path / "new").exists()  # without a store no folder is left behind
