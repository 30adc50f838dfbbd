"""What is wrong in a scenario file is told with its line, in both languages, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from policies import loader
from simulation.scenario import run, run_file
from simulation.scenario_file import parse_scenario
from simulation.scenario_steps import VERBS, ScenarioNode
from simulation.scenario_words import SENTENCES

GOOD = """\
schema: gongji-scenario/1
title: {zh: 一个例子, en: an example}
shows: {zh: 一个例子, en: an example}
sources:
  - {tag: nt, grade: C, published: 2022/2023, issuer: 转述网站, title: 南通家庭共济问答}
region: "420000"
opening: 2026-01-10
figures:
  half: 100 / 2
people:
  child: {name: 子女, insurance: resident}
  mother: {balance: 500}
families:
  home:
    - {grantor: mother, beneficiary: child, relation: child}
claims:
  visit:
    patient: child
    institution: hospital
    lines:
      - {category: outpatient, total: 100}
steps:
  - on: 2026-03-02 09:00
    settle: visit
    expect: {mutual_aid: 100, cash: 0}
expect:
  balances: {mother: 400}
"""


def problems(text: str) -> list[str]:
    found = parse_scenario(text, path="example.yaml")
    assert not isinstance(found, ScenarioNode), "nothing was found"
    for problem in found:
        assert problem.message.zh != problem.message.en
    return [problem.says("en") for problem in found]


def test_the_example_is_good() -> None:
    assert isinstance(parse_scenario(GOOD), ScenarioNode)


@pytest.mark.parametrize(
    ("written", "instead", "says"),
    [
        ("  - on: 2026", "  - when: x\n    on: 2026", "23: unknown key steps.0.when"),
        ("cash: 0}", "cahs: 0}", "25: unknown key steps.0.expect.cahs"),
        ("total: 100", "total: 100.5", "21: '100.5' is a float"),
        ("    patient: child\n", "    patient: child\n    patient: child\n", "19: duplicate key"),
        ("total: 100", "total: 100 / 3", "21: claims.visit.lines.0.total: 100/3 is not a whole"),
        ("total: 100", "total: 100 +", "21: claims.visit.lines.0.total: a number is missing"),
        ("total: 100", "total: true", "21: claims.visit.lines.0.total: should be an amount"),
        ("total: 100", "total: half + third", "21: claims.visit.lines.0.total: there is no figure"),
        ("half: 100 / 2", "half: 100 / 0", "9: figures.half: division by zero"),
        ("half: 100 / 2", "half: [1]", "9: figures.half"),
        ("patient: child", "patient: uncle", "18: claims.visit.patient: there is no person named"),
        ("{mother: 400}", "{father: 400}", "27: expect.balances.father: there is no person named"),
        ("settle: visit", "settle: visits", "24: steps.0.settle: there is no claim named visits"),
        ("settle: visit", "unbind: {family: f, grantor: mother, beneficiary: child}", "no family"),
        ("relation: child", "relation: uncle", "15: families.home.0.relation should be 'spouse'"),
        ("on: 2026-03-02 09:00", "on: 2026-02-30", "23: steps.0.on: should be a day or a time"),
        ("on: 2026-03-02 09:00", "on: yesterday", "23: steps.0.on: should be a day or a time"),
        ("opening: 2026-01-10", "opening: 2026-01-10 09:00", "7: opening: should be a day like"),
        ("settle: visit", "settle: visit\n    quote: visit", "23: steps.0: one thing a step"),
        ("    settle: visit\n    expect: {mutual_aid: 100, cash: 0}\n", "", "without action"),
        ("on: 2026-03-02", "on: 2025-03-02", "23: time runs backwards"),
        ("  mother: {", "  妈妈: {insurance: resident}\n  mother: {", "12: use 1 to 64 letters"),
        ('region: "420000"', "region: 420000", "6: region should be text; quote numbers"),
        ("opening: 2026-01-10\n", "", "1: missing key opening; add it"),
        ("  - {tag: nt", "  - {tog: nt", "5: unknown key sources.0.tog"),
        ("lines:\n      - {category: outpatient, total: 100}", "lines: []", "must not be empty"),
        ("cash: 0}", "refused: nonsense}", "25: steps.0.expect.refused should be"),
        ("title: {zh: 一个例子, en: an example}", "title: an example", "2: title should be a map"),
        ("    lines:\n", "    use_accounts: maybe\n    lines:\n", "20: claims.visit.use_accounts"),
        ("steps:\n", "steps: none\nstops:\n", "22: steps should be a list"),
    ],
)
def test_a_problem_is_told_with_file_and_line(written: str, instead: str, says: str) -> None:
    assert written in GOOD
    found = problems(GOOD.replace(written, instead, 1))
    assert any(f"example.yaml:{says}" in one or says in one for one in found), found


def test_a_scenario_without_expectation_is_a_problem() -> None:
    text = GOOD.replace("    expect: {mutual_aid: 100, cash: 0}\n", "")
    text = text.replace("expect:\n  balances: {mother: 400}\n", "")
    assert problems(text) == [
        "example.yaml:1: nothing is expected; without an expectation nothing is shown"
    ]


def test_all_problems_are_told_at_once_in_order_of_line() -> None:
    text = GOOD.replace("patient: child", "patient: uncle").replace("cash: 0}", "cash: half.}")
    lines = [one.split(":")[1] for one in problems(text)]
    assert lines == ["18", "25"]


def test_times_of_one_day_run_forwards_too() -> None:
    later = "  - {on: 2026-03-02 08:59, expect: {balances: {mother: 400}}}\nexpect:\n"
    assert problems(GOOD.replace("expect:\n  bal", later + "  bal")) == [
        "example.yaml:26: time runs backwards; write steps in order of time"
    ]


def test_a_file_with_problems_is_reported_and_not_run(tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(GOOD.replace("cash: 0}", "cahs: 0}"), encoding="utf-8")
    report = run_file(path, loader.load())
    assert not report.passed
    assert report.happened == ()
    [problem] = report.problems
    assert problem.says("zh") == f"{path}:25: 未知的键 steps.0.expect.cahs；请删去或改正"


def test_a_file_that_is_no_yaml_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text("title: [", encoding="utf-8")
    assert len(run_file(path, loader.load()).problems) == 1


def test_every_verb_has_a_sentence() -> None:
    assert set(VERBS) | {""} == set(SENTENCES)


def test_the_guide_names_every_verb_and_its_example_passes() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "scenarios.md").read_text(encoding="utf-8")
    assert [verb for verb in VERBS if f"`{verb}`" not in guide] == []
    example = parse_scenario(guide.split("```yaml\n")[1].split("```")[0])
    assert isinstance(example, ScenarioNode)
    assert run(example, loader.load(), name="guide").passed
