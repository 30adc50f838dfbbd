"""Every kind of mistake in a policy file, planted once and caught with its file and line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from domain.ids import RegionCode
from policies.documents import PolicyProblems
from policies.lint import READING, WARNINGS, Care, lint
from policies.loader import SHIPPED, load, load_library
from tests import house
from tests.policies.conftest import Spoil, plant
from tests.policies.planted import (
    IN_FILES,
    MINIMUM_CLAIM,
    MINIMUM_SAYS,
    NANTONG,
    SHANXI,
)
from tests.policies.planted_decisions import IN_DECISIONS

PLANTED = [*IN_FILES, *IN_DECISIONS]

CARE = Care(on=date(2026, 12, 1), days=180)


@pytest.mark.parametrize(("check", "file", "old", "new", "says"), PLANTED)
def test_planted_mistake_is_caught(
    folder: Path, check: str, file: str, old: str, new: str, says: str
) -> None:
    plant(folder, file, old, new)
    by_name = {outcome.name: outcome for outcome in lint(folder, CARE)}
    found = [each for each in by_name[check].found or () if says in each.message.en]
    assert found, [str(each) for outcome in by_name.values() for each in outcome.found or ()]
    assert {each.check for each in found} == {check}
    assert all(each.says("zh") != each.says("en") for each in found)


@pytest.mark.parametrize(("check", "file", "old", "new", "says"), PLANTED)
def test_planted_error_keeps_the_files_from_being_used_and_a_warning_does_not(
    folder: Path, check: str, file: str, old: str, new: str, says: str
) -> None:
    plant(folder, file, old, new)
    if check in WARNINGS:
        assert load_library(folder).regions
        return
    with pytest.raises(PolicyProblems) as caught:
        load_library(folder)
    assert (check, True) in {(it.check, says in it.message.en) for it in caught.value.problems}


def test_every_check_finds_a_planted_mistake() -> None:
    assert {each.name for each in lint(SHIPPED, CARE)} == {check for check, *_ in PLANTED}


def test_shipped_files_have_no_error() -> None:
    outcomes = lint(SHIPPED, CARE)
    errors = [it for outcome in outcomes if outcome.level == "error" for it in outcome.found or ()]
    assert [str(each) for each in errors] == []
    assert all(outcome.found is not None for outcome in outcomes)


def test_checks_that_could_not_run_say_so(folder: Path) -> None:
    plant(folder, SHANXI, "value: 100000, cites", "value: 1e5, cites")
    run = {outcome.name: outcome.found is not None for outcome in lint(folder, CARE)}
    assert {name for name, was in run.items() if was} == set(READING)


def test_every_check_says_in_both_languages_what_must_hold() -> None:
    outcomes = lint(SHIPPED, CARE)
    assert house.incomplete_texts([outcome.holds for outcome in outcomes]) == []
    assert len({outcome.name for outcome in outcomes}) == len(outcomes)


def test_problem_names_file_and_line(spoil: Spoil, folder: Path) -> None:
    problems = spoil(SHANXI, "value: 100000, cites", "value: 100001, cites")
    lines = (folder / SHANXI).read_text(encoding="utf-8").splitlines()
    assert [problem.path for problem in problems] == [SHANXI]
    assert "value: 100001" in lines[problems[0].line - 1]
    assert str(problems[0]).startswith(f"{SHANXI}:{problems[0].line}: pool.retained_minimum: ")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_missing_language_is_named_with_file_and_line(
    spoil: Spoil, folder: Path, language: str
) -> None:
    problems = spoil(
        SHANXI, MINIMUM_SAYS, "{" + ("zh: 留存" if language == "en" else "en: x") + "}"
    )
    lines = (folder / SHANXI).read_text(encoding="utf-8").splitlines()
    (problem,) = problems
    assert "says: {" in lines[problem.line - 1]
    key = f"claims.sx.rule.minimum.says.{language}"
    assert problem.says("en") == f"{SHANXI}:{problem.line}: missing key {key}; add it"
    assert problem.says("zh") == f"{SHANXI}:{problem.line}: 缺少键 {key}；请补上"


def test_all_problems_of_all_files_come_at_once_and_without_an_echo(
    spoil: Spoil, folder: Path
) -> None:
    spoil(NANTONG, "cites: [nt.pools], status: unv", "cites: [nt.none], status: unv")
    problems = spoil(SHANXI, MINIMUM_CLAIM, MINIMUM_CLAIM.replace("100000", "plenty"))
    assert [(problem.path, problem.message.en.split(" ")[0]) for problem in problems] == [
        (SHANXI, "value"),
        (NANTONG, "unknown"),
    ]
    book = load(folder)
    with pytest.raises(PolicyProblems, match=SHANXI):
        book.resolve(RegionCode("140000"), date(2025, 1, 1))


def test_yaml_mistake_in_a_region_file_is_a_policy_problem(spoil: Spoil) -> None:
    problems = spoil(SHANXI, "checked_on: 2026-11-21", "checked_on: 2026-11-21\nregion: {}")
    assert [each.message.en for each in problems] == ["duplicate key 'region'; remove one of them"]


def test_missing_registry_is_an_error_of_the_machine(folder: Path) -> None:
    (folder / "registry.yaml").unlink()
    with pytest.raises(FileNotFoundError):
        load_library(folder)
