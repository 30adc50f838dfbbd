"""`gongji simulate compare --population`: two sets of rules on the same people and claims."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from xml.parsers import expat

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import Result

from cli import compare_chart
from cli.session import rule_book
from domain.codes import Relation
from simulation.bulk import deciding
from simulation.bulk.states import state_files
from tests.cli.books import call
from tests.simulation.bulk.small_population import Someone, Tie, population

OVERLAY = """\
schema: gongji-overlay/1
title: {zh: 武汉共济单次限额, en: a limit for each use in Wuhan}
why: {zh: 试算, en: to see}
changes:
  - {region: "420100", param: pool.per_use_cap, from: 2026-01-14, value: 4000}
"""
CLAIMS = """\
kind,claim,line,patient,day,where,place,category,total_fen,fund_fen
settle,1,1,0,2026-03-02,420100,hospital,outpatient,9000,1000
settle,2,1,0,2026-03-03,420100,hospital,outpatient,20000,0
settle,3,1,1,2026-03-03,420100,hospital,outpatient,3000,0
"""


@pytest.fixture
def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a population in Wuhan: one who is helped, two who help."""
    monkeypatch.setattr(deciding, "compiled", deciding.plain)
    regions = rule_book().regions()
    wuhan = [str(region) for region in regions].index("420100")
    everybody = [Someone(home=wuhan), Someone(200_00, home=wuhan), Someone(60_00, home=wuhan)]
    ties = [Tie(1, 0, relation=Relation.CHILD), Tie(2, 0, relation=Relation.SPOUSE)]
    state = population(everybody, ties, open_years=[2026] * len(regions))
    state_files.save(state, tmp_path / "people", regions=regions)
    born = pa.table(
        {"number": pa.array([0, 1, 2], pa.int32()), "birth_year": pa.array([2016, 1980, 1950])}
    )
    pq.write_table(born, tmp_path / "people" / "persons.parquet")
    (tmp_path / "cap.yaml").write_text(OVERLAY, encoding="utf-8")
    (tmp_path / "claims.csv").write_text(CLAIMS, encoding="utf-8")
    return tmp_path


def compare(people: Path, *words: str, base: str = "rules", change: str = "") -> Result:
    change = change or str(people / "cap.yaml")
    on = ("--population", str(people / "people"), "--claims", str(people / "claims.csv"))
    return call(people / "none", "simulate", "compare", base, change, *on, *words)


def test_a_missing_extra_is_named(people: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    result = compare(people)
    assert result.exit_code == 2
    assert "gongji[bulk]" in result.stderr


def test_who_pays_and_for_whom_it_makes_a_difference(people: Path) -> None:
    result = compare(people, "-O", "json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert {row["payer"]: (row["before_fen"], row["after_fen"]) for row in found["rows"]} == {
        "fund": (10_00, 10_00),
        "own_account": (0, 30_00),
        "wallet": (0, 0),
        "mutual_aid": (260_00, 140_00),
        "cash": (50_00, 140_00),
    }
    assert found["says"] == "a supposition, not a forecast"
    assert (found["bills"], found["changed_patients"]) == (3, 2)
    (region,) = found["by_region"]
    assert (region["region"], region["less"], region["more"]) == ("420100", 1, 1)
    assert [(age["age_from"], age["more"]) for age in found["by_age"]] == [(0, 1), (45, 0)]
    assert [size["cost_from_fen"] for size in found["by_size"]] == [0, 100_00]
    assert [each["change_fen"] for each in found["deciles"]] == [-30_00] * 6 + [120_00] * 5
    assert {rule["parameter"] for rule in found["rules"]} == {"pool.per_use_cap"}


def test_equal_overlays_change_nothing(people: Path) -> None:
    result = compare(people, "-O", "json", base=str(people / "cap.yaml"))
    found = json.loads(result.stdout)
    assert [row["change_fen"] for row in found["rows"]] == [0] * 5
    assert found["deciles"] == []
    assert found["rules"] == []


@pytest.mark.parametrize(
    ("lang", "says"), [("zh", "假设，不是预测"), ("en", "a supposition, not a forecast")]
)
def test_people_read_that_it_is_a_supposition(people: Path, lang: str, says: str) -> None:
    result = compare(people, "--lang", lang)
    assert result.exit_code == 0, result.output
    assert says in result.stdout
    assert "120.00" in result.stdout
    assert "pool.per_use_cap" in result.stdout


def test_areas_in_which_nothing_changes_are_counted(people: Path) -> None:
    result = compare(people, base=str(people / "cap.yaml"))
    assert "Nobody's cash changes." in result.stdout
    assert "1 more, in which nothing changes." in result.stdout


def test_the_picture_is_a_png_or_an_svg_and_its_numbers_are_those_of_the_tables(
    people: Path,
) -> None:
    png, svg, data = (people / name for name in ("c.png", "c.svg", "c.csv"))
    assert compare(people, "--chart", str(png), "--chart-data", str(data)).exit_code == 0
    assert png.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(png.read_bytes()[16:20]) > 1_000  # pixels wide
    with data.open(encoding="utf-8-sig", newline="") as file:
        bars = {(row["panel"], row["key"]): row["change"] for row in csv.DictReader(file)}
    assert bars["payer", "mutual_aid"] == "-12000"
    assert bars["region", "420100"] == "9000"
    assert compare(people, "--chart", str(svg), "--lang", "zh").exit_code == 0
    picture = svg.read_text(encoding="utf-8")
    reader = expat.ParserCreate()
    reader.Parse(picture)  # raises where it is not well-formed
    assert picture.startswith("<svg")
    assert ">共济账户</text>" in picture
    assert "假设，不是预测" in picture
    assert "Noto Sans CJK SC" in picture


def test_labels_that_the_machine_cannot_write_are_in_english(
    people: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.compare_population.can_write_chinese", lambda: False)
    result = compare(people, "--chart", str(people / "c.png"), "--lang", "zh")
    assert result.exit_code == 0, result.output
    assert "没有中文字体" in result.stderr


def test_two_characters_tell_whether_there_is_a_font(monkeypatch: pytest.MonkeyPatch) -> None:
    found = compare_chart.can_write_chinese()
    monkeypatch.setattr(compare_chart, "_SVG", compare_chart._SVG.replace("{it}", "x"))
    assert not compare_chart.can_write_chinese()
    assert isinstance(found, bool)


def test_the_numbers_of_the_picture_as_json(people: Path) -> None:
    path = people / "bars.json"
    assert compare(people, "--chart-data", str(path)).exit_code == 0
    bars = json.loads(path.read_text(encoding="utf-8"))
    assert {"panel": "decile", "key": "50", "label": "50%", "change": -30_00} in bars


def test_rows_that_cannot_be_decided_are_counted_and_end_with_1(people: Path) -> None:
    with (people / "claims.csv").open("a", encoding="utf-8") as file:
        file.write("settle,9,1,77,2026-03-04,420100,hospital,outpatient,100,0\n")
    result = compare(people, "-O", "json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["rows_left_out"] == 1
    assert "1 rows of the claims cannot be decided" in result.stderr


def test_what_cannot_be_compared_ends_with_2(people: Path) -> None:
    overlay = str(people / "cap.yaml")
    alone = call(people, "simulate", "compare", "rules", overlay, "--claims", "c.csv")
    assert alone.exit_code == 2
    assert "--population" in alone.stderr
    wrong = compare(people, "--chart", str(people / "c.gif"))
    assert wrong.exit_code == 2
    assert "ends in .png or .svg" in wrong.stderr
    assert compare(people, change=str(people / "none.yaml")).exit_code == 2
    state_files.save(population([Someone()]), people / "elsewhere", regions=["420100"])
    on = ("--population", str(people / "elsewhere"), "--claims", str(people / "claims.csv"))
    result = call(people, "simulate", "compare", "rules", overlay, *on)
    assert result.exit_code == 2
    assert "make the population anew" in result.stderr
