"""The command that measures the bulk engine, in its smallest size."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from cli.bench_bulk import _UNITS, _WHAT
from cli.main import root


def test_every_part_gives_a_figure_and_nothing_stays_behind(tmp_path: Path) -> None:
    arguments = ["bench", "bulk", "--smoke", "--folder", str(tmp_path), "-O", "json", "--quiet"]
    result = CliRunner().invoke(root, arguments)
    assert result.exit_code == 0, result.output
    assert list(tmp_path.iterdir()) == []
    rows = json.loads(result.stdout)["rows"]
    assert {row["measure"] for row in rows} == set(_WHAT)
    assert {row["unit"] for row in rows} == set(_UNITS)
    assert all(row["median"] > 0 for row in rows if row["measure"] != "compiling")


def test_nothing_is_measured_as_of_a_time() -> None:
    for command in (["bench", "--smoke"], ["bench", "bulk", "--smoke"]):
        result = CliRunner().invoke(root, ["--as-of", "2026-03-02", *command])
        assert result.exit_code == 2
        assert "--as-of" in result.output


def test_the_canonical_workload_is_still_measured_without_a_name() -> None:
    result = CliRunner().invoke(root, ["bench", "--smoke", "--full"])
    assert result.exit_code == 2
    assert "--full" in result.output
