"""The rules of a whole country are read, checked and resolved in the time that they are given."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from benchmarks.policies import measure, report
from benchmarks.policy_folder import Size, write_folder
from domain.ids import RegionCode
from domain.rules import RuleSet
from policies.loader import load, load_library
from policies.resolve import rule_sets


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("country")
    write_folder(folder, Size())
    return folder


def test_a_made_up_country_is_as_large_as_it_is_said_to_be(country: Path) -> None:
    library = load_library(country)
    sets = list(rule_sets(library))
    assert (len(library.regions), len(library.claims) > 1500, len(sets) > 200) == (41, True, True)


def test_one_region_of_it_has_rules(country: Path) -> None:
    found = load(country).resolve(RegionCode("710100"), date(2026, 1, 1))
    assert isinstance(found, RuleSet)
    assert found.region == "710100"


def test_every_step_is_measured_on_what_it_says(tmp_path: Path) -> None:
    codes = write_folder(tmp_path, Size(regions=3, sources=10, claims=60))
    found = {each.name: each for each in measure(tmp_path, RegionCode(codes[1]), runs=1)}
    assert [each.things for each in found.values()][1:3] == [3, 4]  # chain, regions
    assert all(each.microseconds > 0 for each in found.values())


def test_the_report_has_a_line_for_every_step() -> None:
    lines = list(report(runs=1))
    assert sum(line.endswith(" ms") for line in lines) == 11
