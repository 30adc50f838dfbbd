"""docs/auditor.md: every line of it runs, and its answers are what the commands say."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "auditor.md"
QUESTIONS = 10

FACTS = {
    1: ["80.00", "250.00", "70.00"],
    2: ["250.00", "70.00", "Gave all"],
    3: ["active", "210.00", "deceased"],
    4: ["deceased", "100.00", "late"],
    5: ["tongji", "32000", "kangtai", "24000", "yifeng", "12000"],
    6: ["son", "150.00", "2026-03-28"],
    7: [],
    8: ["20"],
    9: ["most beneficiaries", "0.00"],
    10: ["70.00", "250.00"],
}
"""What has to be in the answer to each question."""


def _sections() -> list[tuple[str, list[str]]]:
    """Give each heading of the page with the lines that are to be run below it."""
    parts = re.split(r"^## (.+)$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    blocks = re.compile(r"```sh\n(.*?)```", re.DOTALL)
    return [
        (title, [line for block in blocks.findall(body) for line in block.splitlines()])
        for title, body in zip(parts[::2], parts[1::2], strict=True)
    ]


def _run(line: str, folder: Path) -> str:
    """Run one line in a folder as a shell would, and give what it says."""
    command, _, expected = line.partition("# exit code ")
    program, *words = shlex.split(command)
    beside = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    if program not in {"gongji", "gongji-verify"} and shutil.which(program, path=beside) is None:
        pytest.skip(f"{program} is not installed: {line}")
    code = {
        "gongji": [sys.executable, "-c", "from cli.main import main; main()"],
        "gongji-verify": [sys.executable, "-m", "gongji_verify_cli"],
    }.get(program, [program])
    root = PAGE.parents[1]
    path = os.pathsep.join(map(str, (root, root / "gongji-verify")))
    env = os.environ | {
        "GONGJI_STORE": "books",
        "GONGJI_LANG": "en",
        "GONGJI_ACTOR": "auditor",
        "GONGJI_NOW": "2026-05-04T09:00:00+08:00",
        "PATH": beside,
        "PYTHONPATH": path,
        "COLUMNS": "200",
    }
    done = subprocess.run(  # lines of our own page
        [*code, *words], cwd=folder, env=env, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == int(expected or 0), (line, done.stdout, done.stderr)
    return done.stdout


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder in which the first part of the page was run."""
    folder = tmp_path_factory.mktemp("auditor")
    title, lines = _sections()[0]
    assert title.startswith("The books")
    assert len(lines) > 5
    for line in lines:
        if not line.startswith("export "):
            _run(line, folder)
    return folder


def test_there_are_ten_questions_each_with_commands() -> None:
    _, *questions = _sections()
    numbers = [int(title.partition(".")[0]) for title, _ in questions]
    assert numbers == list(range(1, QUESTIONS + 1)) == list(FACTS)
    assert all(lines for _, lines in questions)


@pytest.mark.parametrize("number", FACTS)
def test_a_question_is_answered_by_commands_alone(number: int, books: Path) -> None:
    _, lines = _sections()[number]
    said = "\n".join(_run(line, books) for line in lines)
    for fact in FACTS[number]:
        assert fact in said, (fact, said)
