"""The tour runs its commands for real and ends where it should, in both languages."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli import tour_steps
from cli.main import root
from cli.tour_steps import STEPS, Change, File, Heading, Run, Say
from domain.text import Text
from policies import loader
from tests import house


def take(*words: str) -> Result:
    return CliRunner().invoke(root, ["tour", *words])


def test_the_tour_ends_well_and_says_what_to_do_next() -> None:
    result = take()
    assert result.exit_code == 0, result.output
    assert "decided again from the records and rules of then" in result.stdout
    assert "expected 400.01, got 400.00" in result.stdout
    assert "gongji store init     make a store of your own" in result.stdout


def test_the_tour_speaks_chinese() -> None:
    result = take("--lang", "zh")
    assert result.exit_code == 0, result.output
    assert "接下来" in result.stdout
    assert "0 处发现" in result.stdout


def test_the_tour_prints_every_command_before_running_it() -> None:
    printed = take().stdout
    position = -1
    for step in STEPS:
        if isinstance(step, Run):
            found = printed.find(f"$ gongji {step.line}", position + 1)
            assert found > position, step.line
            position = found


def test_the_tour_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    before = dict(os.environ), Path.cwd()
    assert take().exit_code == 0
    assert (dict(os.environ), Path.cwd()) == before
    assert list(tmp_path.iterdir()) == []


def test_a_kept_tour_can_be_gone_on_with(tmp_path: Path) -> None:
    place = tmp_path / "my-tour"
    assert take("--keep", str(place)).exit_code == 0
    result = CliRunner().invoke(root, ["--store", str(place / "books"), "check"])
    assert result.exit_code == 0
    assert (place / "visit.yaml").exists()


def test_a_step_that_does_not_end_as_it_should_ends_the_tour(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for steps in ((Run("store status"),), (Run("store status", brief=True),)):
        monkeypatch.setattr("cli.tour.STEPS", (*steps, Say(Text("此后", "never reached"))))
        result = take()
        assert result.exit_code == 1
        assert "The tour failed" in result.stdout
        assert "never reached" not in result.stdout


def test_every_sentence_of_the_tour_is_said_in_both_languages() -> None:
    said = [step.says for step in STEPS if isinstance(step, Heading | Say)]
    assert house.incomplete_texts([*said, *(says for _, says in tour_steps.NEXT)]) == []


def test_every_file_of_the_tour_is_read_by_a_command() -> None:
    lines = [word for step in STEPS if isinstance(step, Run) for word in shlex.split(step.line)]
    names = [step.name for step in STEPS if isinstance(step, File)]
    names += [step.target for step in STEPS if isinstance(step, Change)]
    assert names
    assert set(names) <= set(lines)


def test_the_scenario_of_the_tour_is_shipped_and_has_the_amount_that_is_changed() -> None:
    shipped = loader.SHIPPED.parent / "simulation" / "scenarios" / tour_steps.SCENARIO
    assert shipped.read_text(encoding="utf-8").count(tour_steps.EXPECTED) == 1
