"""The rules of a whole country are read, checked and resolved in the time that they are given."""

from __future__ import annotations

import time
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


def test_all_rules_of_a_country_are_ready_within_two_seconds(country: Path) -> None:
    started = time.process_time()
    library = load_library(country)
    sets = list(rule_sets(library))
    assert time.process_time() - started < 2  # 0.7 s on a two-core machine
    assert (len(library.regions), len(library.claims) > 1500, len(sets) > 200) == (41, True, True)


def test_the_rules_of_one_region_are_ready_at_once(country: Path) -> None:
    started = time.process_time()
    found = load(country).resolve(RegionCode("710100"), date(2026, 1, 1))
    assert time.process_time() - started < 0.4  # 0.1 s on a two-core machine
    assert isinstance(found, RuleSet)


def test_every_step_is_measured_on_what_it_says(tmp_path: Path) -> None:
    codes = write_folder(tmp_path, Size(regions=3, sources=10, claims=60))
    found = {each.name: each for each in measure(tmp_path, RegionCode(codes[1]), runs=1)}
    assert [each.things for each in found.values()][1:3] == [3, 4]  # chain, regions
    assert all(each.microseconds > 0 for each in found.values())


def test_the_report_has_a_line_for_every_step() -> None:
    lines = list(report(runs=1))
    assert sum(line.endswith(" ms") for line in lines) == 11
