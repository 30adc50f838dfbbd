"""The commands on the page about the bulk engine run as they stand there, with fewer people."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli.main import root
from cli.tour_population import BILL, PATIENT, PERSONS
from simulation.bulk.families.family import claim_id, person_id
from simulation.bulk.outcomes import SINGLY

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "bulk.md").read_text(encoding="utf-8")
FEWER = 4_000


def commands() -> list[str]:
    """Give the command lines of the page in their order."""
    (block,) = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    return str(block).splitlines()


def test_the_page_goes_the_way_of_the_tour() -> None:
    assert f"--persons {PERSONS} --seed 1 --claims {PERSONS}" in commands()[0]
    number = int(PATIENT.removeprefix("P"))
    assert f"number {number}, is `{person_id(number)}`" in PAGE
    assert f"is `{claim_id(int(BILL.removeprefix('B')))}` in the store" in PAGE


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_readme_has_commands_of_the_page_in_their_order(name: str) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL)
    (shown,) = (block for block in blocks if "simulate bulk" in block)
    lines = shown.splitlines()
    assert len(lines) > 3
    assert lines == [line for line in commands() if line in lines]


def test_every_command_of_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("duckdb")
    monkeypatch.chdir(tmp_path)
    bill = BILL
    ran = []
    for line in commands():
        if "--family" in line:
            bill = _found()
        fewer = line.replace(str(PERSONS), str(FEWER)).replace(BILL, bill)
        words = shlex.split(fewer)
        result = CliRunner().invoke(root, [*words[1:], "--lang", "en"])
        assert result.exit_code == 0, f"{fewer}\n{result.output}"
        ran.append(words[1:3])
    assert ["simulate", "verify"] in ran
    assert ["claim", "explain"] in ran


def _found() -> str:
    """Give the first bill that the page's query finds."""
    (query,) = re.findall(r"```python duckdb\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(query, "bulk.md: duckdb", "exec"), names)  # noqa: S102  # the page is our own
    claim, _, relatives, _ = names["found"][0]
    assert relatives >= 1
    return claim_id(claim)


def test_the_page_names_the_highest_balance() -> None:
    (most,) = {found for says in SINGLY.values() for found in re.findall(r"[\d,]+\.\d\d", says.en)}
    assert f"above {most} yuan" in PAGE
