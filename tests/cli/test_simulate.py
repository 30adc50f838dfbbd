"""Scenarios and random histories on the command line, and the completion of shells."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import root
from cli.progress import progress
from cli.settings import Settings
from domain.text import Text
from tests.cli.books import call, data

SHIPPED = Path(__file__).parents[2] / "simulation" / "scenarios"
ONE = SHIPPED / "hold-expires.yaml"


def test_one_scenario_is_shown_step_by_step(tmp_path: Path) -> None:
    result = call(tmp_path, "simulate", "run", str(ONE), "--lang", "zh")
    assert result.exit_code == 0
    assert "1 个情景，1 个通过" in result.stdout
    assert "E214" in result.stdout


def test_a_folder_of_scenarios_is_run_and_counted(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_bytes(ONE.read_bytes())
    found = data(tmp_path, "simulate", "run", str(tmp_path))
    assert [row["outcome"] for row in found["rows"]] == ["passed"]
    assert found["totals"]["checked"] > 0


def test_a_difference_is_shown_with_file_line_expected_and_got(tmp_path: Path) -> None:
    changed = tmp_path / "changed.yaml"
    lines = ONE.read_text(encoding="utf-8").splitlines()
    line = next(n for n, each in enumerate(lines, start=1) if "cash: 200," in each)
    lines[line - 1] = lines[line - 1].replace("cash: 200,", "cash: 201,")
    changed.write_text("\n".join(lines), encoding="utf-8")
    result = call(tmp_path, "simulate", "run", str(changed))
    assert result.exit_code == 1
    assert f"changed.yaml:{line}" in result.stdout
    assert "expected" in result.stdout
    (row,) = json.loads(call(tmp_path, "simulate", "run", str(changed), "-O", "json").stdout)[
        "rows"
    ]
    assert row["differences"][0]["line"] == line


def test_a_file_that_is_no_scenario_cannot_be_run(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("nothing: here\n", encoding="utf-8")
    assert call(tmp_path, "simulate", "run", str(bad)).exit_code == 2
    assert call(tmp_path, "simulate", "run", str(tmp_path / "none.yaml")).exit_code == 2
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "No scenario files" in call(tmp_path, "simulate", "run", str(empty)).stderr


def test_a_random_history_is_the_same_for_the_same_seed_and_can_be_kept(tmp_path: Path) -> None:
    store = tmp_path / "books"
    call(store, "store", "init")
    words = ("simulate", "random", "--seed", "7", "--operations", "120")
    thrown_away = data(store, *words)
    kept = data(store, *words, "--keep")
    assert kept["rows"] == thrown_away["rows"]
    assert kept["totals"]["accepted"] > 0
    assert data(store, "store", "status")["position"] == kept["position"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_every_shell_gets_a_script(shell: str) -> None:
    result = CliRunner().invoke(root, ["completion", shell])
    assert result.exit_code == 0
    assert "_GONGJI_COMPLETE" in result.stdout


def test_codes_are_completed_with_their_words() -> None:
    words = "gongji family bind F A P --relation sp"
    environ = {"_GONGJI_COMPLETE": "zsh_complete", "COMP_WORDS": words, "COMP_CWORD": "7"}
    result = CliRunner().invoke(root, [], env=environ | {"GONGJI_LANG": "zh"})
    assert "spouse\n配偶" in result.stdout


def test_powershell_is_completed() -> None:
    environ = {
        "_GONGJI_COMPLETE": "powershell_complete",
        "GONGJI_COMPLETE_LINE": "gongji fam",
        "GONGJI_COMPLETE_WORD": "fam",
    }
    assert CliRunner().invoke(root, [], env=environ).stdout.startswith("family\t")


# --------------------------------------------------------------------------------------- progress


class Terminal(io.StringIO):
    """A standard error that says whether it is a terminal."""

    is_one = True

    def isatty(self) -> bool:
        """Say it."""
        return self.is_one


@pytest.mark.parametrize(
    ("case", "after_ms", "shown"),
    [
        ("terminal", 1000, True),
        ("file", 1000, False),
        ("quiet", 1000, False),
        ("terminal", 400, False),
    ],
)
def test_progress_is_shown_on_a_terminal_after_half_a_second(
    monkeypatch: pytest.MonkeyPatch, case: str, after_ms: int, *, shown: bool
) -> None:
    terminal = Terminal()
    terminal.is_one = case != "file"
    clock = iter((0, 0, after_ms))
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr("cli.progress._now_ms", lambda: next(clock))
    with progress(Settings(quiet=case == "quiet"), Text("办理", "working")) as tell:
        tell(0, 1000)
        tell(500, 1000)
    written = terminal.getvalue()
    assert ("working  500 / 1,000  500/s  1 s" in written) is shown
    assert written.endswith("\r\x1b[K") is shown
