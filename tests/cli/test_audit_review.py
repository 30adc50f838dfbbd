"""`gongji audit review`: from a row of findings to a decision, on the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.books import call, data, done

if TYPE_CHECKING:
    from pathlib import Path

OWN = (
    *("--rule", "MA-10", "--level", "可疑", "--subject", "person/A", "--positions", "2,9"),
    *("--amount", "30.50", "--says", "several cards in ten minutes"),
)


def put_up(family: Path) -> str:
    answer = data(family, "audit", "review", "raise", *OWN, "--by", "wang", "--note", "monthly")
    number: str = answer["rows"][0]["finding"]
    return number


def step(family: Path, *words: str) -> dict[str, Any]:
    row: dict[str, Any] = data(family, "audit", "review", *words)["rows"][0]
    return row


def row_of(number: str) -> dict[str, Any]:
    return {
        "id": number,
        "rule": "MA-10",
        "level": "suspicious",
        "subject": "person/A",
        "positions": [2, 9],
        "first_day": "2026-03-01",
        "amount_fen": 3050,
        "says": "several cards in ten minutes",
    }


def test_a_finding_goes_through_all_its_steps(family: Path) -> None:
    number = put_up(family)
    assert number.startswith("MA-10-")
    step(family, "first", number, "stands", "--by", "wang")
    same = call(family, "audit", "review", "second", number, "stands", "--by", "wang")
    assert (same.exit_code, "E506" in same.stderr) == (1, True)
    step(family, "second", number, "stands", "--by", "li", "--object-by", "2026-03-31")
    early = call(family, "audit", "review", "decide", number, "upheld", "--by", "li")
    assert (early.exit_code, "2026-03-31" in early.stderr) == (1, True)
    step(family, "object", number, "--by", "H1", "--note", "see the invoice")
    leap = call(family, "--lang", "zh", "audit", "review", "decide", number, "upheld")
    assert "尚在“申诉”之后，不能直接到“处理”" in leap.stderr
    step(family, "verify", number, "疑点成立", "--by", "zhao")
    last = step(family, "decide", number, "partly_upheld", "--by", "li", "--recover", "12")
    assert (last["command"], last["step"]) == ("finding.decide", "decision")
    shown = data(family, "audit", "review", "show", number)
    assert [row["step"] for row in shown["rows"]] == [
        "raised",
        "first_review",
        "second_review",
        "objection",
        "verification",
        "decision",
    ]
    assert shown["rows"][0]["note"] == "monthly"
    assert shown["rows"][3]["by"] == "H1"
    assert shown["rows"][5]["actor"] == "tester"
    assert shown["finding"]["recover_fen"] == 1200
    assert shown["finding"]["positions"] == [2, 9]
    page = done(family, "--lang", "zh", "audit", "review", "show", number).stdout
    assert "排除疑点" not in page
    assert "see the invoice" in page
    assert "处理：部分认定，应追回 12.00 元" in page
    listed = data(family, "audit", "review", "list", "--step", "decision")
    assert listed["totals"] == {"amount_fen": 3050, "recover_fen": 1200}
    topics = [row["topic"] for row in data(family, "events", "list", f"finding:{number}")["rows"]]
    assert topics[-1] == "finding.decided"
    assert len(topics) == 6
    history = data(family, "events", "history", f"finding:{number}")["rows"]
    assert [row["figures"]["step"] for row in history][-2:] == ["verification", "decision"]
    assert "追回 12.00" in history[-1]["after"] or "to recover 12.00" in history[-1]["after"]
    trail = data(family, "audit", "trail", "person:A")["rows"]
    assert [row["topic"] for row in trail][-6:] == topics
    done(family, "check")


@pytest.mark.parametrize("wrapped", ["row", "list", "envelope"])
def test_a_row_of_the_findings_is_taken_as_it_is(
    family: Path, tmp_path: Path, wrapped: str
) -> None:
    number = put_up(family)
    other = row_of("MA-11-000000000000") | {"rule": "MA-11"}
    rows = [other, row_of(number)]
    written = {"row": rows[1], "list": rows, "envelope": {"schema": "x", "rows": rows}}[wrapped]
    file = tmp_path / "found.json"
    file.write_text(json.dumps(written), encoding="utf-8")
    again = call(family, "audit", "review", "raise", "--from", str(file), "--id", number)
    assert (again.exit_code, "E115" in again.stderr) == (1, True)
    if wrapped != "row":
        both = call(family, "audit", "review", "raise", "--from", str(file))
        assert (both.exit_code, "2 findings" in both.stderr) == (2, True)
        changed = ("raise", "--from", str(file), "--id", other["id"])
        assert "should be" in call(family, "audit", "review", *changed).stderr


def test_both_languages_of_a_finding_are_kept(family: Path, tmp_path: Path) -> None:
    row = row_of("") | {"says": {"zh": "十分钟内多卡", "en": "many cards"}, "version": 3}
    del row["id"]
    file = tmp_path / "found.json"
    file.write_text(json.dumps(row), encoding="utf-8")
    done(family, "audit", "review", "raise", "--from", str(file))
    (listed,) = data(family, "audit", "review", "list", "--rule", "MA-10")["rows"]
    assert (listed["says"], listed["version"]) == ("many cards", 3)
    assert "十分钟内多卡" in done(family, "--lang", "zh", "audit", "review", "list").stdout


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"level": "bad"}, "level cannot be read: bad"),
        ({"positions": 3}, "positions cannot be read: 3"),
        ({"positions": [1, "x"]}, "positions cannot be read: x"),
        ({"amount_fen": True}, "amount_fen cannot be read: True"),
        ({"amount_fen": None}, "missing: --amount"),
    ],
)
def test_what_cannot_be_read_is_named(
    family: Path, tmp_path: Path, changes: dict[str, object], says: str
) -> None:
    file = tmp_path / "found.json"
    file.write_text(json.dumps(row_of("x") | changes), encoding="utf-8")
    result = call(family, "audit", "review", "raise", "--from", str(file))
    assert result.exit_code == 2
    assert says in result.stderr


@pytest.mark.parametrize("text", ["no json", "[1]", "3"])
def test_a_file_of_something_else_is_told(family: Path, tmp_path: Path, text: str) -> None:
    file = tmp_path / "found.json"
    file.write_text(text, encoding="utf-8")
    result = call(family, "audit", "review", "raise", "--from", str(file))
    assert (result.exit_code, "no JSON of findings" in result.stderr) == (2, True)


def test_nothing_is_under_review_yet(family: Path) -> None:
    assert "audit review raise" in done(family, "audit", "review", "list").stdout
    put_up(family)
    other = done(family, "--lang", "en", "audit", "review", "list", "--rule", "MA-01").stdout
    assert "No finding fits" in other
    unknown = call(family, "audit", "review", "show", "MA-01-1")
    assert (unknown.exit_code, "E501" in unknown.stderr) == (1, True)
