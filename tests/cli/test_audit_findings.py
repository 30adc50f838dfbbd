"""`gongji audit findings`, `finding` and `rules`: what is asked, what is found, how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ledger import store as stores
from policies import loader
from simulation.planted.cases import plant_all
from simulation.planted.telling import write
from tests.cli.books import call, data


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a store full of planted misuse; its read models are made by the first command."""
    path = tmp_path_factory.mktemp("street") / "books"
    stores.init(path)
    with stores.open_writer(path) as store:
        write(plant_all(loader.load())[0].told, store)
    return path


def found(store: Path, *words: str, ends: int) -> dict[str, Any]:
    """Ask for findings, in JSON, and insist on the exit code."""
    result = call(store, "audit", "findings", *words, "-O", "json")
    assert result.exit_code == ends, result.output
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def test_an_honest_family_is_clean(family: Path) -> None:
    answer = found(family, "--fail-on", "suspicious", ends=0)
    assert answer["rows"] == []
    assert len(answer["rules"]) == 32


def test_findings_end_with_exit_code_1_from_the_grade_that_is_asked_for(street: Path) -> None:
    assert found(street, ends=1)["rows"]
    suspicious = found(street, "--rule", "MA-10", ends=0)["rows"]
    assert [row["level"] for row in suspicious] == ["suspicious"]
    assert found(street, "--rule", "MA-10", "--fail-on", "suspicious", ends=1)["rows"]
    assert found(street, "--rule", "MA-26", "--fail-on", "none", ends=0)["rows"]


def test_findings_are_chosen_by_rule_grade_and_person(street: Path) -> None:
    rows = found(street, "--level", "violation", ends=1)["rows"]
    assert {row["level"] for row in rows} == {"violation"}
    assert len(rows) > 5
    rows = found(street, "--person", "MA-26x-other", ends=1)["rows"]
    assert [row["rule"] for row in rows] == ["MA-26"]
    rows = found(street, "--rule", "MA-26", "--rule", "MA-10", ends=1)["rows"]
    assert [row["rule"] for row in rows] == ["MA-10", "MA-26"]


def test_a_row_has_money_events_and_the_reason(street: Path) -> None:
    (row,) = found(street, "--rule", "MA-26", ends=1)["rows"]
    assert row["subject"] == "person/MA-26x-other"
    assert row["amount_fen"] == 120_00
    assert row["count"] == len(row["positions"]) == 1
    assert "120.00" in row["says"]
    assert row["clears"]


def test_another_threshold_finds_more(street: Path) -> None:
    usual = found(street, "--rule", "MA-10", ends=0)["rows"]
    stricter = found(street, "--rule", "MA-10", "--set", "MA-10.holders=4", ends=0)["rows"]
    assert len(stricter) == len(usual) + 1


def test_an_outside_list_of_deaths_is_asked(street: Path, tmp_path: Path) -> None:
    path = tmp_path / "deaths.csv"
    path.write_text("person,died_on\nMA-10x-0-grantor,2020-05-05\n", encoding="utf-8")
    usual = found(street, "--rule", "MA-05", ends=1)["rows"]
    listed = found(street, "--rule", "MA-05", "--list", f"deaths={path}", ends=1)["rows"]
    assert len(listed) == len(usual) + 1


def test_a_rule_of_ones_own_is_asked(street: Path, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(
        """\
rules:
  - id: ZZ-01
    version: 1
    name: {zh: 夜间一次, en: once at night}
    means: {zh: 药店夜间一次即列, en: one use at night is enough}
    logic: night_use
    parameters:
      from_hour: {value: 0, unit: clock}
      to_hour: {value: 5, unit: clock}
      times: {value: 1, unit: times}
    grade: violation
    window: day
    scene: pharmacy
    stage: after
    data: [uses]
    says: {zh: "{institution} {night}", en: "{institution} {night}"}
    clears: {zh: 无, en: nothing}
    source: own
""",
        encoding="utf-8",
    )
    rows = found(street, "--rules", str(tmp_path), "--rule", "ZZ-01", ends=1)["rows"]
    assert {row["rule"] for row in rows} == {"ZZ-01"}
    assert "institution/MA-14o-shop" in {row["subject"] for row in rows}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--rule", "MA-99"), "no rule 'MA-99'"),
        (("--set", "MA-10.hats=3"), "no threshold 'MA-10.hats=3'"),
        (("--list", "hats=hats.csv"), "no list 'hats=hats.csv'"),
        (("--person", "nobody"), "no insured person nobody"),
        (("--list", "deaths"), "no list 'deaths'"),
        (("--list", "deaths=nowhere.csv"), "No such file"),
    ],
)
def test_what_there_is_not_is_refused(street: Path, words: tuple[str, ...], said: str) -> None:
    result = call(street, "audit", "findings", *words)
    assert result.exit_code == 2
    assert said in result.stderr


def test_one_finding_is_shown_with_its_events(street: Path) -> None:
    (row,) = found(street, "--rule", "MA-10", ends=0)["rows"]
    answer = data(street, "audit", "finding", row["id"])
    assert [event["position"] for event in answer["rows"]] == row["positions"]
    assert answer["finding"] == row
    said = call(street, "--lang", "zh", "audit", "finding", row["id"]).stdout
    assert "何以排除" in said
    assert "依据：规则 MA-10" in said


@pytest.mark.parametrize("name", ["MA-10-000000000000", "MA-99-000000000000", "nothing"])
def test_a_finding_that_there_is_not_is_refused(street: Path, name: str) -> None:
    result = call(street, "audit", "finding", name)
    assert result.exit_code == 2
    assert f"no finding {name!r}" in result.stderr


def test_the_rules_are_listed_and_one_is_shown_in_official_form(family: Path) -> None:
    rows = data(family, "audit", "rules")["rows"]
    assert len(rows) == 32
    (row,) = data(family, "audit", "rules", "MA-02")["rows"]
    assert row["logic"] == "relation_outside"
    assert row["level"] == "violation"
    assert "2024-07" in row["source"]
    (row,) = data(family, "audit", "rules", "MA-10", "--set", "MA-10.holders=7")["rows"]
    assert row["parameters"] == ["holders=7 persons", "minutes=10 minutes"]
    assert row["source"] != "our own"


def test_a_rule_for_people_has_units_in_words(family: Path) -> None:
    said = call(family, "--lang", "zh", "audit", "rules", "MA-10").stdout
    assert "holders=5 人" in said
    assert "可疑" in said
