"""`gongji simulate population`: files, figures in both languages, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from cli.main import root
from simulation.bulk.arrays import State
from simulation.bulk.states.state_files import load


def run(out: Path, *more: str) -> Result:
    given = ["--persons", "3000", "--seed", "7", "--out", str(out)]
    return CliRunner().invoke(root, ["simulate", "population", *given, *more])


def test_a_population_is_written_and_compared(tmp_path: Path) -> None:
    out = tmp_path / "people"
    result = run(out, "-O", "json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["schema"] == "gongji/population/1"
    balance = next(row for row in found["rows"] if row["figure"] == "mean_balance")
    assert balance["official"] == 408_402
    assert 300_000 < balance["ours"] < 500_000
    assert (balance["unit"], balance["source"]) == ("fen", "stat2024")
    assert found["persons"] == 3000
    names = {path.name for path in out.iterdir()}
    assert names == {*(f"{name}.npy" for name in State._fields), "state.json", "persons.parquet"}
    state = load(out, check=True)
    assert len(state.state.home) == 3000
    assert state.digest == found["digest"]


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    more = ("--claims", "2000", "--days", "3", "--quiet")
    one, other = tmp_path / "one", tmp_path / "other"
    assert run(one, *more).exit_code == run(other, *more).exit_code == 0
    for path in one.iterdir():
        assert path.read_bytes() == (other / path.name).read_bytes(), path.name


@pytest.mark.parametrize(("form", "lang"), [("csv", "zh"), ("parquet", "en")])
def test_claims_are_written_beside_it(form: str, lang: str, tmp_path: Path) -> None:
    out = tmp_path / "people"
    more = ("--claims", "500", "--format", form, "--no-persons-file", "--lang", lang)
    result = run(out, *more, "--credits", "--first", "2026-03-01", "--days", "2")
    assert result.exit_code == 0, result.output
    path = out / f"claims.{form}"
    assert not (out / "persons.parquet").exists()
    rows = (
        path.read_text(encoding="utf-8").count("\n") - 1
        if form == "csv"
        else pq.read_metadata(path).num_rows
    )
    words = {"zh": ("账户平均余额", f"{rows:,} 行费用"), "en": ("mean balance", f"{rows:,} rows")}
    for word in (*words[lang], "¥4,084.02", "93.4 %"):
        assert word in result.stdout
    assert rows > 2000


def test_settled_claims_are_compared_with_mutual_aid(tmp_path: Path) -> None:
    result = run(tmp_path / "people", "--claims", "4000", "--settle", "-O", "json")
    assert result.exit_code == 0, result.output
    ours = {row["figure"]: row["ours"] for row in json.loads(result.stdout)["rows"]}
    assert ours["aid_uses"] > 0
    assert ours["mean_use"] > 0


def test_people_can_be_of_some_areas_only(tmp_path: Path) -> None:
    out = tmp_path / "people"
    more = ("--region", "310000", "--region", "420100")
    assert run(out, *more).exit_code == 0
    regions = json.loads((out / "state.json").read_text(encoding="utf-8"))["regions"]
    homes = {regions[home] for home in np.load(out / "home.npy").tolist()}
    assert homes == {"310000", "420100"}


@pytest.mark.parametrize(
    "wrong",
    [
        ("--persons", "0"),
        ("--seed", "-1"),
        ("--claims", "-1"),
        ("--days", "0"),
        ("--first", "tomorrow"),
        ("--region", "x"),
        ("--region", "999999"),
        ("--first", "1990-01-01"),
        ("--format", "xlsx"),
    ],
)
def test_bad_arguments_are_told_and_nothing_is_written(
    wrong: tuple[str, str], tmp_path: Path
) -> None:
    result = run(tmp_path / "people", *wrong, "--lang", "en")
    assert result.exit_code == 2
    assert result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    result = run(tmp_path, "--lang", "en")
    assert result.exit_code == 2
    assert "already there" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
