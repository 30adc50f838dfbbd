"""The frame of the faults: what passes, what is kept of a run, and what a run begins with."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.faults import __main__ as program
from tests.faults import notes, registry
from tests.faults.notes import Notes
from tests.faults.report import FINDINGS, LONG, SHORT, Line, Profile, Tally, in_parts

FINE = Line("planted", runs=3, fired=3, bad=0, unit="runs", detail="")


def start(monkeypatch: pytest.MonkeyPatch, *arguments: str, faults: dict[str, object]) -> Result:
    """Run the program with planted faults: a line that a fault gives, or an error it raises."""

    def find(name: str) -> Callable[[Profile], Line]:
        def fault(_: Profile) -> Line:
            given = faults[name]
            if isinstance(given, Exception):
                raise given
            assert isinstance(given, Line)
            return given

        return fault

    monkeypatch.setattr(program, "find", find)
    monkeypatch.setattr(program, "NAMES", tuple(faults))
    monkeypatch.setattr(program, "names_in", lambda _: tuple(faults))
    return CliRunner().invoke(program.main, arguments)


def test_a_fault_that_never_happened_has_not_passed() -> None:
    assert FINE.passed
    assert not FINE._replace(fired=0).passed
    assert not FINE._replace(bad=1).passed
    assert str(FINE) == "planted: 3 runs, 3 fired, 0 bad  ok"
    assert str(FINE._replace(bad=1)).endswith("1 bad  FAILED")


def test_what_must_happen_now_and_then_and_never_did_is_bad() -> None:
    tally = Tally(runs=1, fired=1)
    tally.counts["heads"] += 1
    tally.demand("heads")
    assert tally.line("coin", unit="throws").passed
    tally.demand("tails")
    assert tally.line("coin", unit="throws").detail == "1 heads; never happened: tails"
    assert not tally.line("coin", unit="throws").passed


def test_every_bad_run_is_counted_and_the_first_ones_are_shown() -> None:
    tally = Tally()
    for number in range(FINDINGS + 3):
        other = Tally()
        other.find(f"finding {number}")
        tally.add(other)
    assert tally.bad == FINDINGS + 3
    assert tally.findings == [f"finding {number}" for number in range(FINDINGS)]


def test_a_profile_lies_between_short_and_long() -> None:
    assert SHORT.times(short=150, long=10_000) == 150
    assert LONG.times(short=150, long=10_000) == 10_000
    assert 150 < Profile("between", 20).times(short=150, long=10_000) < 10_000


def test_an_interrupted_fault_goes_on_where_it_was(tmp_path: Path) -> None:
    path, seen = tmp_path / "notes.json", []

    def one(numbers: range) -> Tally:
        if numbers.start == 4 and 4 not in seen:
            seen.append(4)
            raise KeyboardInterrupt
        seen.extend(numbers)
        return Tally(runs=len(numbers), fired=len(numbers))

    for _ in range(2):
        profile = SHORT._replace(notes=Notes(path, SHORT))
        try:
            tally = in_parts("planted", profile, one, runs=7, part=2)
        except KeyboardInterrupt:
            assert seen == [0, 1, 2, 3, 4]
    assert seen == [0, 1, 2, 3, 4, 4, 5, 6]
    assert (tally.runs, tally.fired) == (7, 7)


def test_a_finished_fault_is_not_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ("--resume", str(tmp_path / "notes.json"))
    broken: dict[str, object] = {"one": FINE, "two": ImportError("no such module")}
    first = start(monkeypatch, *arguments, faults=broken)
    assert first.exit_code == 1
    assert "1 FAILED" in first.output.splitlines()[-1]
    mended: dict[str, object] = {"one": FINE._replace(runs=9), "two": FINE}
    second = start(monkeypatch, *arguments, faults=mended)
    assert second.exit_code == 0
    assert second.output.splitlines()[0].startswith("planted: 3 runs")
    assert second.output.splitlines()[0].endswith("(kept)")
    third = start(monkeypatch, *arguments, faults=mended)
    assert third.output.splitlines()[0].startswith("planted: 9 runs"), "a new run, all anew"


def test_notes_of_other_sources_or_another_profile_are_not_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "notes.json"
    Notes(path, SHORT).keep_line("one", FINE, seconds=1)
    assert Notes(path, SHORT).line("one") == (FINE, 1)
    assert Notes(path, LONG).line("one") is None
    monkeypatch.setattr(notes, "_digest", lambda: "other sources")
    assert Notes(path, SHORT).line("one") is None
    path.write_text("half a fi")
    assert Notes(path, SHORT).line("one") is None


def test_a_fault_that_failed_or_broke_off_fails_the_program(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    faults: dict[str, object] = {"one": FINE._replace(bad=2), "two": OSError("gone"), "three": FINE}
    done = start(monkeypatch, faults=faults)
    assert done.exit_code == 1
    assert "OSError: gone" in done.output
    assert done.output.splitlines()[-1].startswith("3 faults, 6 fired  2 FAILED")


def test_data_is_one_object_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    done = start(monkeypatch, "--json", faults={"one": FINE})
    line, summary = map(json.loads, done.output.splitlines())
    assert done.exit_code == 0
    assert (line["name"], line["passed"], line["line"]["runs"]) == ("one", True, 3)
    assert summary == {"faults": 1, "failed": 0, "fired": 3}


def test_every_fault_of_the_short_profile_is_there() -> None:
    for name in registry.names_in(SHORT):
        assert callable(registry.find(name))


def test_what_takes_hours_is_in_the_long_profile_only() -> None:
    assert set(registry.names_in(LONG)) == set(registry.NAMES)
    assert set(registry.NAMES) - set(registry.names_in(SHORT)) == registry.LONG_ONLY == {"mutants"}
