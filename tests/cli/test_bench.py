"""The command around the canonical workload."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from click.testing import CliRunner, Result

from benchmarks import report as reports
from benchmarks.setting import CLIENTS, FULL, SMOKE, Setting, Size
from cli import bench_rows, bench_words
from cli.main import root
from domain.text import Text
from tests import house

MANY = CLIENTS[-1]
SMALL = ("--smoke", "--persons", "108", "--settlements", "12", "--repeat", "2")


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(root, ["bench", *arguments])
    assert result.exit_code == 0, result.output
    return result


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("bench")
    result = run(*SMALL, "--folder", str(folder), "-O", "json", "--quiet")
    assert list(folder.iterdir()) == []
    assert result.stderr == ""
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def of(whole: dict[str, Any], section: str) -> list[dict[str, Any]]:
    return [row for row in whole["rows"] if row["section"] == section]


def test_every_section_is_in_the_data_in_its_order(whole: dict[str, Any]) -> None:
    assert list(dict.fromkeys(row["section"] for row in whole["rows"])) == list(reports.SECTIONS)
    for row in whole["rows"]:
        assert row["what"]
        assert row["unit"] in bench_words.UNITS
        assert row["low"] <= row["median"] <= row["high"]
    assert whole["size"]["persons"] == 108
    assert whole["size"]["repeat"] == 2


def test_throughput_comes_with_latency_and_its_spread(whole: dict[str, Any]) -> None:
    ours, baseline = of(whole, "settling"), of(whole, "baseline")
    assert [row["clients"] for row in ours] == [row["clients"] for row in baseline] == [1, 8, 64]
    for row in ours + baseline + of(whole, "hot"):
        assert row["low"] > 0
        for name in ("p50_us", "p99_us"):
            assert 0 < row[f"{name}_low"] <= row[name] <= row[f"{name}_high"]
        assert row["p50_us"] <= row["p99_us"]
    assert [row["count"] for row in ours] == [24] * 3
    for one, other in zip(ours, baseline, strict=True):
        assert one["times_baseline_hundredths"] == one["median"] * 100 // other["median"]
        assert other["conflicts"] >= 0
    assert whole["baseline_synchronous"] in {1, 2}
    assert whole["baseline_library"].startswith("eventsourcing 9.5.")


def test_costs_are_those_of_the_medians(whole: dict[str, Any]) -> None:
    spread, hot = of(whole, "hot")
    assert hot["cost_permille"] == _cost(hot, spread)
    assert spread["cost_permille"] is None
    first, *others = [row for row in of(whole, "growth") if row["measure"] == "growth"]
    assert (first["persons"], first["settled"]) == (*SMOKE.grown_persons[:1], 0)
    assert [row["cost_permille"] for row in others] == [_cost(row, first) for row in others]
    assert others[-1]["settled"] == SMOKE.grown_settlements


def _cost(of: dict[str, Any], against: dict[str, Any]) -> int:
    behind: int = against["median"] - of["median"]
    return round(behind * 1000 / int(against["median"]))


def test_holding_opening_bytes_and_memory_have_their_figures(whole: dict[str, Any]) -> None:
    cycle, authorized, captured = of(whole, "holding")
    assert cycle["median"] < min(authorized["high"], captured["high"])
    opening = {row["measure"]: row["median"] for row in of(whole, "opening")}
    assert 0 < opening["opening.open"] < opening["opening.read"] < opening["opening.settle"]
    assert opening["opening.settle"] < opening["opening.start_settle"]
    assert [each["unsure"] for each in whole["killed"]] == [MANY] * 2
    assert len(of(whole, "storage")) == 6
    sizes = {row["measure"]: row["median"] for row in of(whole, "storage")}
    assert min(sizes[f"storage.{file}.person"] for file in ("events", "lookup", "views")) > 0
    assert 300 <= whole["events_a_settlement_hundredths"] <= 400
    memory = {row["measure"]: row["median"] for row in of(whole, "memory")}
    assert memory["memory.started"] < memory["memory.at_hand"] <= memory["memory.settled"]


def test_shares_of_a_whole_add_up_to_it(whole: dict[str, Any]) -> None:
    for clients in (1, MANY):
        stages = [row for row in of(whole, "stages") if row["clients"] == clients]
        assert [row["measure"] for row in stages] == [f"stages.{n}" for n in bench_words.STAGES]
        shares = sum(row["share_permille"] for row in stages)
        assert 1_000 - len(stages) <= shares <= 1_000
    total, *steps = of(whole, "replaying")
    assert total["unit"] == "per_second"
    assert 1_000 - len(steps) <= sum(row["share_permille"] for row in steps) <= 1_000


def test_people_see_a_table_in_their_language_and_what_is_going_on() -> None:
    only = ("--only", "settling", "--only", "baseline", "--only", "hot")
    result = run(*SMALL, *only, "--lang", "zh")
    assert "结算（落盘后答复）" in result.stdout
    assert "基线：原样的 eventsourcing 库" in result.stdout
    assert re.search(r"基线的 \d+\.\d 倍", result.stdout)
    assert re.search(r"[慢快] \d+\.\d %", result.stdout)
    assert re.search(r"[\d,]+ … [\d,]+", result.stdout)
    assert "热点家庭，第 2 轮" in result.stderr
    assert "kill" not in result.stdout


def test_without_the_baseline_nothing_is_compared_with_it() -> None:
    result = run(*SMALL, "--only", "settling", "-O", "json", "--quiet")
    data = json.loads(result.stdout)
    assert {row["times_baseline_hundredths"] for row in data["rows"]} == {None}
    assert "baseline_library" not in data


def test_sizes_are_asked_for_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Size] = []

    def note(size: Size, _: Setting, *, only: tuple[str, ...]) -> reports.Report:
        asked.append(size)
        assert only == ()
        return reports.Report(size)

    monkeypatch.setattr(reports, "measure", note)
    run()
    run("--smoke")
    run("--full")
    grown = ("--grown-persons", "12", "--grown-persons", "24", "--grown-settlements", "0")
    run(*grown, "--seconds", "9", "--stored", "7", "--repeat", "1")
    mine = Size(grown_persons=(12, 24), grown_settlements=0, seconds=9, stored=7, repeat=1)
    assert asked == [Size(), SMOKE, FULL, mine]
    assert FULL.grown_persons == (1_000, 100_000, 1_000_000)
    assert FULL.grown_settlements == 1_000_000


def test_smoke_and_full_exclude_each_other() -> None:
    result = CliRunner().invoke(root, ["bench", "--smoke", "--full", "--lang", "en"])
    assert result.exit_code == 2
    assert "exclude each other" in result.output


def test_every_section_has_its_rows_and_its_words() -> None:
    assert list(bench_rows.SECTIONS) == list(reports.SECTIONS)
    texts: list[Text] = [
        *bench_words.WHAT.values(),
        *bench_words.STAGES.values(),
        *bench_words.UNITS.values(),
    ]
    assert house.incomplete_texts(texts) == []
