"""The page about time travel shows what its commands really print."""

from __future__ import annotations

import re
import shlex
from itertools import pairwise
from pathlib import Path

import pytest

from tests.cli.books import call

PAGE = (Path(__file__).parents[2] / "docs" / "time-travel.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(sh|text)\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
MADE, *EXAMPLES = [lines.splitlines() for kind, lines in BLOCKS if kind == "sh"]
IN_TEXT = sorted(set(re.findall(r"`(gongji [^`]+)`", PAGE)))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the store that the page makes."""
    path = tmp_path_factory.mktemp("page") / "books"
    for line in MADE:
        result = call(path, *shlex.split(line)[1:])
        assert result.exit_code == 0, result.output
    return path


def test_every_example_prints_what_the_page_shows(store: Path) -> None:
    shown = [
        (lines.strip(), output)
        for (kind, lines), (following, output) in pairwise(BLOCKS)
        if (kind, following) == ("sh", "text")
    ]
    assert len(shown) == len(EXAMPLES) >= 4
    for line, output in shown:
        result = call(store, *shlex.split(line)[1:], env={"GONGJI_LANG": "en"})
        assert result.exit_code == 0, result.output
        assert trimmed(result.stdout) == trimmed(output)


def trimmed(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip("\n").splitlines()]


@pytest.mark.parametrize("line", IN_TEXT)
def test_every_command_in_the_text_runs(store: Path, line: str) -> None:
    result = call(store, *shlex.split(line)[1:])
    assert result.exit_code == 0, result.output
    assert result.stdout


def test_the_page_names_enough_commands() -> None:
    assert len(IN_TEXT) >= 12
