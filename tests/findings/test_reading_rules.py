"""Rules are read strictly: whatever is wrong names file, line and what would do."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.codes import Suspicion
from policies.strict_yaml import YamlProblem
from projections.findings.lists import read_list
from projections.findings.reading import UnknownThreshold, rules, with_thresholds
from projections.findings.rule import Data, Parameter, Scene, Unit
from tests.findings.asking import RULES

RULE = """\
rules:
  - id: ZZ-01
    version: 3
    name: {zh: 多户, en: many}
    means: {zh: 多户, en: many holders}
    logic: many_holders
    parameters:
      holders: {value: 2, unit: persons}
      minutes: {value: 5, unit: minutes}
    grade: suspicious
    window: day
    scene: pharmacy
    stage: after
    data: [uses]
    says: {zh: "{institution} {number} {amount}", en: "{institution} {number} {amount}"}
    clears: {zh: 无, en: nothing}
    source: own
"""


def folder(path: Path, text: str) -> Path:
    (path / "own.yaml").write_text(text, encoding="utf-8")
    (path / "notes.txt").write_text("not a rule", encoding="utf-8")
    return path


def test_a_rule_of_ones_own_is_read_beside_the_shipped_ones(tmp_path: Path) -> None:
    known = rules(folder(tmp_path, RULE))
    assert set(known) == {*RULES, "ZZ-01"}
    mine = known["ZZ-01"]
    assert mine.version == 3
    assert mine.grade is Suspicion.SUSPICIOUS
    assert mine.scene is Scene.PHARMACY
    assert mine.data == (Data.USES,)
    assert mine.parameters["holders"] == Parameter(2, Unit.PERSONS)
    assert mine.source.is_own


def test_a_rule_of_ones_own_takes_the_place_of_a_shipped_one(tmp_path: Path) -> None:
    known = rules(folder(tmp_path, RULE.replace("ZZ-01", "MA-10")))
    assert set(known) == set(RULES)
    assert known["MA-10"].version == 3


def test_shipped_rules_say_where_they_come_from() -> None:
    cited = [rule.source for rule in RULES.values() if not rule.source.is_own]
    assert len(cited) >= 4
    assert all(source.number and source.date and source.address for source in cited)


@pytest.mark.parametrize(
    ("written", "instead", "line", "said"),
    [
        ("logic: many_holders", "logic: many_hats", 6, "no logic 'many_hats'"),
        ("holders: {value: 2, unit: persons}", "hats: {value: 2, unit: persons}", 8, "hats: unk"),
        ("      minutes: {value: 5, unit: minutes}\n", "", 8, "minutes: is missing"),
        ("unit: minutes", "unit: hours", 9, "the unit is minutes"),
        ("value: 2", "value: two", 8, "a whole number"),
        ("value: 2", "value: -2", 8, "not below zero"),
        ("value: 2", "value: true", 8, "a whole number"),
        ("grade: suspicious", "grade: guilty", 10, "'guilty' is none of suspicious, violation"),
        ("window: day", "window: decade", 11, "none of visit"),
        ("data: [uses]", "data: [gossip]", 14, "none of uses"),
        ("data: [uses]", "data: uses", 14, "must be a list"),
        ('{number} {amount}", en', '{hats} {amount}", en', 15, "there is no hats"),
        ('en: "{institution} {number}', 'en: "{institution}', 15, "different facts"),
        ("    version: 3\n", "", 2, "version: is missing"),
        ("version: 3", "version: 3\n    colour: red", 4, "colour: unknown"),
        ("en: many}", "en: many, fr: beaucoup}", 4, "fr: unknown"),
        ("en: many}", "en: ''}", 4, "en: must be text"),
        ("name: {zh: 多户, en: many}", "name: many", 4, "must be a mapping"),
        ("id: ZZ-01", "id: rule 1", 2, "an id is like MA-01"),
        ("source: own", "source: {title: 通知}", 17, "number: is missing"),
        ("source: own", "source: hearsay", 17, "must be a mapping"),
        ("rules:\n", "rules:\n  - yes\n", 2, "this is no rule"),
        ("rules:\n", "colour: red\nrules:\n", 1, "colour: unknown"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(
    tmp_path: Path, *, written: str, instead: str, line: int, said: str
) -> None:
    assert RULE.count(written) == 1
    with pytest.raises(YamlProblem) as caught:
        rules(folder(tmp_path, RULE.replace(written, instead)))
    assert caught.value.line == line
    assert caught.value.path.endswith("own.yaml")
    assert said in caught.value.says("en")
    assert caught.value.says("zh") != caught.value.says("en")


def test_a_rule_that_stands_twice_in_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "more.yaml").write_text(RULE, encoding="utf-8")
    with pytest.raises(YamlProblem, match="ZZ-01 stands twice"):
        rules(folder(tmp_path, RULE))


def test_a_file_without_a_list_of_rules_is_refused(tmp_path: Path) -> None:
    with pytest.raises(YamlProblem, match="must be a list of rules"):
        rules(folder(tmp_path, "rules: none\n"))


def test_thresholds_can_be_set_and_only_those_that_there_are() -> None:
    changed = with_thresholds(RULES, ["MA-10.holders=4", "MA-17.floor_fen=500"])
    assert changed["MA-10"].parameters["holders"] == Parameter(4, Unit.PERSONS)
    assert changed["MA-17"].parameters["floor_fen"] == Parameter(500, Unit.FEN)
    assert RULES["MA-10"].parameters["holders"] == Parameter(5, Unit.PERSONS)


@pytest.mark.parametrize(
    "setting",
    ["MA-10.hats=4", "MA-99.holders=4", "MA-10.holders=-4", "MA-10.holders=four", "holders=4", ""],
)
def test_a_threshold_that_there_is_not_is_refused(setting: str) -> None:
    with pytest.raises(UnknownThreshold):
        with_thresholds(RULES, [setting])


def test_a_list_is_read_by_person(tmp_path: Path) -> None:
    path = tmp_path / "deaths.csv"
    path.write_text("\ufeffperson,died_on\nP1,2026-03-01\nP2,2026-03-02\n", encoding="utf-8")
    assert read_list("deaths", path) == {"P1": "2026-03-01", "P2": "2026-03-02"}


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("deaths", "", 1),
        ("deaths", "who,when\n", 1),
        ("deaths", "person,died_on\nP1,2026-03-01\nP2,yesterday\n", 3),
        ("deaths", "person,died_on\nP1\n", 2),
        ("addresses", "person,area\n,310000\n", 2),
        ("addresses", "person,area\nP1,Shanghai\n", 2),
    ],
)
def test_a_list_out_of_form_is_refused_with_its_line(
    tmp_path: Path, *, name: str, text: str, line: int
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(YamlProblem) as caught:
        read_list(name, path)
    assert caught.value.line == line
