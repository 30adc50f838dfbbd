"""The tour runs its commands for real and ends where it should, in both languages."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner, Result

from cli import tour_steps
from cli.main import root
from cli.tour_audit import EVIDENCE
from cli.tour_population import BILL, PATIENT, PERSONS, POPULATION
from cli.tour_steps import STEPS, Change, File, Heading, Run, Say, Tamper, Tool
from domain.text import Text
from policies import loader
from tests import house

EVERYTHING = (*STEPS, *POPULATION, *EVIDENCE)


def take(*words: str) -> Result:
    return CliRunner().invoke(root, ["tour", *words])


class Taken(NamedTuple):
    """A tour that was taken, and what was there before and after it."""

    result: Result
    folder: Path
    surroundings: tuple[object, object]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Taken:
    """Give a tour in English that was kept."""
    folder = tmp_path_factory.mktemp("tours") / "my-tour"
    before = dict(os.environ), Path.cwd()
    result = take("--lang", "en", "--keep", str(folder))
    assert result.exit_code == 0, result.output
    return Taken(result, folder, (before, (dict(os.environ), Path.cwd())))


@pytest.fixture(scope="module")
def thrown_away(tmp_path_factory: pytest.TempPathFactory) -> Taken:
    """Give a tour in Chinese without the extra [bulk], and the folder for what is temporary."""
    folder = tmp_path_factory.mktemp("temporary")
    before = dict(os.environ), Path.cwd()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tempfile.tempdir", str(folder))
        patch.setattr("cli.tour_population.missing", lambda extra: [f"{extra}: numba"])
        patch.setattr("cli.tour_audit.find_spec", lambda _: None)
        result = take("--lang", "zh")
    assert result.exit_code == 0, result.output
    return Taken(result, folder, (before, (dict(os.environ), Path.cwd())))


def test_the_tour_ends_well_and_says_what_to_do_next(kept: Taken) -> None:
    said = kept.result.stdout
    assert "decided again from the records and rules of then" in said
    assert "expected 400.01, got 400.00" in said
    assert "gongji store init     make a store of your own" in said


def test_the_tour_speaks_chinese(thrown_away: Taken) -> None:
    assert "接下来" in thrown_away.result.stdout
    assert "0 处发现" in thrown_away.result.stdout


def test_the_tour_prints_every_command_before_running_it(kept: Taken) -> None:
    printed = kept.result.stdout
    position = -1
    for step in EVERYTHING:
        if isinstance(step, Run):
            found = printed.find(f"$ gongji {step.line}", position + 1)
            assert found > position, step.line
            position = found


def test_a_population_is_settled_verified_and_one_bill_explained(kept: Taken) -> None:
    said = kept.result.stdout.partition("simulate population")[2]
    assert f"{PERSONS:,} persons" in said
    assert "17 checks · 0 findings · 0 not checked" in said
    assert "each decided again singly: the same to the fen" in said
    explained = said.partition(f"claim explain {BILL}")[2]
    assert re.search(rf"^1  {PATIENT}  own account", explained, re.MULTILINE)
    assert len(re.findall(r"the patient is their child, bound +[1-9]", explained)) == 2
    assert "Limit per day reached" in explained


def test_without_the_extra_the_tour_says_what_to_install_and_goes_on(thrown_away: Taken) -> None:
    said = thrown_away.result.stdout
    assert "十万人的一天" in said
    assert "pip install 'gongji[bulk]'" in said
    assert "gongji simulate population" not in said
    assert said.index("gongji[bulk]") < said.index("接下来")


def test_evidence_is_accepted_and_three_forgeries_are_not(kept: Taken) -> None:
    said = kept.result.stdout.partition("Evidence: taken away")[2]
    lines = [step.line for step in EVIDENCE if isinstance(step, Tool)]
    verdicts = re.findall(r"^([✓✗]) (\w+)\.zip", said, re.MULTILINE)
    forged = [("✗", "byte"), ("✗", "event"), ("✗", "signed")]
    unseen = ("✓", "signed")  # which nobody can tell without a kept checkpoint
    assert verdicts == [("✓", "evidence"), *forged, unseen]
    assert [shlex.split(line)[1] for line in lines] == [f"{name}.zip" for _, name in verdicts]
    assert len([step for step in EVIDENCE if isinstance(step, Tamper)]) == 3
    assert "history that was signed is rewritten" in said


def test_without_the_verifier_the_tour_says_what_to_install(thrown_away: Taken) -> None:
    said = thrown_away.result.stdout.partition("证据：带走")[2]
    assert "pip install ./gongji-verify" in said
    assert "$ gongji" not in said


def test_the_tour_leaves_nothing_behind(kept: Taken, thrown_away: Taken) -> None:
    assert list(thrown_away.folder.iterdir()) == []
    for before, after in (kept.surroundings, thrown_away.surroundings):
        assert before == after


def test_a_kept_tour_can_be_gone_on_with(kept: Taken) -> None:
    for store in ("books", "household"):
        result = CliRunner().invoke(root, ["--store", str(kept.folder / store), "check"])
        assert result.exit_code == 0, result.output
    assert (kept.folder / "visit.yaml").exists()


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
    said = [step.says for step in EVERYTHING if isinstance(step, Heading | Say | Tamper)]
    assert house.incomplete_texts([*said, *(says for _, says in tour_steps.NEXT)]) == []


def test_every_file_of_the_tour_is_read_by_a_command() -> None:
    lines = [
        word for step in EVERYTHING if isinstance(step, Run) for word in shlex.split(step.line)
    ]
    names = [step.name for step in EVERYTHING if isinstance(step, File)]
    names += [step.target for step in EVERYTHING if isinstance(step, Change)]
    assert names
    assert set(names) <= set(lines)


def test_the_scenario_of_the_tour_is_shipped_and_has_the_amount_that_is_changed() -> None:
    shipped = loader.SHIPPED.parent / "simulation" / "scenarios" / tour_steps.SCENARIO
    assert shipped.read_text(encoding="utf-8").count(tour_steps.EXPECTED) == 1
