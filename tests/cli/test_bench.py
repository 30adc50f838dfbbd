"""The command around the canonical workload."""

from __future__ import annotations

import json
import re
from pathlib import Path

from click.testing import CliRunner

from cli.main import root

SMALL = ("--persons", "12", "--settlements", "3")


def test_every_figure_is_in_the_data(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        root, ["bench", *SMALL, "--folder", str(tmp_path), "-O", "json", "--quiet"]
    )
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert [(row["measure"], row["clients"]) for row in report["rows"]] == [
        ("settle", 1),
        ("settle", 8),
        ("settle", 64),
        ("baseline", 1),
        ("baseline", 8),
        ("baseline", 64),
        ("replay", None),
        ("project", None),
        ("store", None),
    ]
    ours, baseline = report["rows"][:3], report["rows"][3:6]
    for row in ours + baseline:
        assert row["count"] == 3
        assert row["per_second"] > 0
        assert 0 < row["p50_us"] <= row["p99_us"]
    for one, other in zip(ours, baseline, strict=True):
        times = one["per_second"] * 100 // other["per_second"]
        assert one["times_baseline_hundredths"] == times
        assert other["conflicts"] >= 0
    assert report["baseline_synchronous"] in {1, 2}
    assert report["baseline_library"].startswith("eventsourcing 9.5.")
    assert report["rows"][-1]["bytes_each"] > 0
    assert (report["persons"], report["settlements"]) == (12, 3)
    assert list(tmp_path.iterdir()) == []


def test_people_see_a_table_in_their_language_and_what_is_going_on() -> None:
    result = CliRunner().invoke(root, ["bench", *SMALL, "--seconds", "5", "--lang", "zh"])
    assert result.exit_code == 0, result.output
    assert "结算（落盘后答复）" in result.stdout
    assert "基线：原样的 eventsourcing 库" in result.stdout
    assert re.search(r"\d\.\d×", result.stdout)
    assert "重放全部事件" in result.stderr


def test_smoke_is_small() -> None:
    result = CliRunner().invoke(root, ["bench", "--smoke", "-O", "json", "--quiet"])
    assert json.loads(result.stdout)["settlements"] <= 1_000
