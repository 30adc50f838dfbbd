"""`gongji simulate bulk`: claims in, a log and a table out; what is wrong is said."""

from __future__ import annotations

import csv
import importlib
import json
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from domain.codes import Category, Place
from simulation.bulk import deciding
from simulation.bulk.arrays import AID_REQUESTED, CANCEL, CREDIT, NOT_DESIGNATED, SETTLE
from simulation.bulk.cluster import engines
from simulation.bulk.log import manifest
from simulation.bulk.run import running
from simulation.bulk.states import state_files
from tests.cli.books import call
from tests.simulation.bulk import runs

KINDS = {SETTLE: "settle", CANCEL: "cancel", CREDIT: "credit"}


@pytest.fixture(autouse=True)
def _interpreted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiling takes long, and what is decided is the same."""
    monkeypatch.setattr(engines, "compiled", deciding.plain)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    state_files.save(runs.street(), tmp_path / "state", regions=runs.table().regions)
    return tmp_path / "state"


@pytest.fixture
def claims(tmp_path: Path) -> Path:
    return written(tmp_path / "claims.csv", runs.bills(seed=1, count=40))


def written(path: Path, bills: list[runs.Bill], *, person: str = "") -> Path:
    """Write claims as CSV; `person` stands for the patient of the last one."""
    rows = [_cells(bill) for bill in bills]
    if person:
        rows[-1]["patient"] = person
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    return path


def _cells(bill: Mapping[str, int]) -> dict[str, object]:
    day, booked = (str(date.fromordinal(bill[name])) for name in ("day", "booked"))
    whole = bill["kind"] == CANCEL
    return {
        "kind": KINDS[bill["kind"]],
        "claim": bill["claim"] if bill["kind"] != CREDIT else "",
        "line": "" if whole else bill["line"],
        "day": day,
        "booked": booked,
        "patient": bill["patient"],
        "where": runs.CITY,
        "place": list(Place)[bill["place"]].value,
        "category": "" if whole else list(Category)[bill["category"]].value,
        "aid_requested": str(bool(bill["flags"] & AID_REQUESTED) and not whole).lower(),
        "designated": str(not bill["flags"] & NOT_DESIGNATED).lower(),
        "whole": str(whole).lower(),
        "total_fen": bill["total"],
        "fund_fen": bill["fund"] if bill["kind"] != CREDIT else "",
    }


def bulk(tmp_path: Path, claims: Path, *words: str) -> Any:  # noqa: ANN401  # click's result
    options = ("--state", str(tmp_path / "state"), "--out", str(tmp_path / "log"))
    return call(tmp_path / "store", "simulate", "bulk", str(claims), *options, *words)


@pytest.mark.usefixtures("state")
def test_a_file_of_claims_is_settled_into_a_log(tmp_path: Path, claims: Path) -> None:
    result = bulk(tmp_path, claims, "-O", "json", "--segment", "8")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    rows = {row["item"]: row for row in found["rows"]}
    of = manifest.read(tmp_path / "log")
    assert found["head"] == of.head
    assert found["state"] == of.closings[-1].state
    assert found["segments"] == len(of.segments) == 5
    assert found["events"] == sum(line.counts.events for line in of.segments)
    assert rows["bills"]["count"] == sum(line.counts.bills for line in of.segments)
    paid = sum(rows[payer]["amount_fen"] for payer in ("fund", "own", "relatives", "cash"))
    assert paid == rows["bills"]["amount_fen"]
    refused = [row["count"] for item, row in rows.items() if item.startswith("refused:")]
    assert sum(refused) == rows["refused"]["count"]
    assert rows["refused:institution_not_designated"]["count"] > 0


@pytest.mark.usefixtures("state")
def test_claims_from_a_file_are_decided_like_claims_from_arrays(
    tmp_path: Path, claims: Path
) -> None:
    assert bulk(tmp_path, claims, "--segment", "8").exit_code == 0
    arrays = running.run(runs.job(runs.claims()), tmp_path / "arrays")
    assert manifest.read(tmp_path / "log").closings[-1].state == arrays.closing.state


@pytest.mark.usefixtures("state")
def test_people_read_amounts_reasons_head_and_state(tmp_path: Path, claims: Path) -> None:
    result = bulk(tmp_path, claims)
    of = manifest.read(tmp_path / "log")
    for said in ("relatives' accounts", "E201", of.head, of.closings[-1].state, "1 segment "):
        assert said in result.stdout
    again = bulk(tmp_path, claims, "--lang", "zh")
    assert "日志已完整，未作更改" in again.stdout
    assert manifest.read(tmp_path / "log").head == of.head


@pytest.mark.usefixtures("state")
def test_rows_that_cannot_be_settled_are_listed_and_the_exit_code_says_so(tmp_path: Path) -> None:
    claims = written(tmp_path / "claims.csv", runs.bills(seed=1, count=9), person="77")
    result = bulk(tmp_path, claims)
    assert result.exit_code == 1
    listed = tmp_path / "log" / "claims.csv.rejects.csv"
    assert str(listed) in result.stderr
    assert "77" in listed.read_text(encoding="utf-8")
    assert manifest.read(tmp_path / "log").closings[0].rejected == {"unknown_person": 1}
    assert bulk(tmp_path, claims).exit_code == 1  # the same claims have the same faults


@pytest.mark.usefixtures("state")
def test_the_closing_state_can_be_the_opening_state_of_another_log(
    tmp_path: Path, claims: Path
) -> None:
    assert bulk(tmp_path, claims, "--snapshot", str(tmp_path / "next")).exit_code == 0
    of = manifest.read(tmp_path / "log")
    closing = state_files.load(tmp_path / "next", check=True)
    assert closing.digest == of.closings[0].state
    assert closing.about == {"log": of.head, "closing": 1}
    taken = bulk(tmp_path, claims, "--snapshot", str(tmp_path / "next"))
    assert taken.exit_code == 2
    assert "already there" in taken.stderr


@pytest.mark.usefixtures("state")
def test_processes_decide_the_same(tmp_path: Path, claims: Path) -> None:
    result = bulk(tmp_path, claims, "--processes", "1")
    assert result.exit_code == 0
    both = bulk(tmp_path, claims, "--processes", "2", "--cluster", "auto")
    assert both.exit_code == 2
    assert "exclude each other" in both.stderr


@pytest.mark.usefixtures("state")
def test_an_interrupted_run_says_how_to_go_on(
    tmp_path: Path, claims: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(running, "run", interrupted)
        result = bulk(tmp_path, claims)
    assert result.exit_code == 130
    assert "run the same command again" in result.stderr
    assert bulk(tmp_path, claims).exit_code == 0


def test_without_a_state_nothing_is_written(tmp_path: Path, claims: Path) -> None:
    result = bulk(tmp_path, claims)
    assert result.exit_code == 2
    assert "no state of a population" in result.stderr
    assert not (tmp_path / "log").exists()


@pytest.mark.usefixtures("state")
def test_a_file_that_is_no_claims_file_leaves_nothing(tmp_path: Path) -> None:
    letter = tmp_path / "letter.csv"
    letter.write_text("dear\nall\n", encoding="utf-8")
    for nothing in (letter, tmp_path / "none.csv"):
        result = bulk(tmp_path, nothing)
        assert result.exit_code == 2
        assert nothing.name in result.stderr
        assert not (tmp_path / "log").exists()


@pytest.mark.usefixtures("state")
def test_other_rules_than_those_of_the_log_change_nothing(
    tmp_path: Path, claims: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bulk(tmp_path, claims)
    head = manifest.read(tmp_path / "log").head
    other = runs.table()._replace(digest="0" * 64)
    monkeypatch.setattr("simulation.bulk.rules.rule_table", lambda *_, **__: other)
    result = bulk(tmp_path, claims)
    assert result.exit_code == 2
    assert "another rule book" in result.stderr
    assert manifest.read(tmp_path / "log").head == head


@pytest.mark.parametrize(
    ("package", "extra", "words"),
    [("numba", "bulk", ()), ("ray", "cluster", ("--cluster", "auto"))],
)
@pytest.mark.usefixtures("state")
def test_a_missing_extra_is_named(
    tmp_path: Path,
    claims: Path,
    monkeypatch: pytest.MonkeyPatch,
    package: str,
    extra: str,
    words: tuple[str, ...],
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    result = bulk(tmp_path, claims, *words)
    assert result.exit_code == 2
    assert package in result.stderr
    assert f"gongji[{extra}]" in result.stderr
    assert not (tmp_path / "log").exists()


def test_a_package_that_no_extra_brings_is_no_missing_extra() -> None:
    from cli.extras import needs
    from cli.settings import Settings

    def ask() -> None:
        with needs(Settings(), "bulk"):
            importlib.import_module("surely_not_installed")

    with pytest.raises(ModuleNotFoundError, match="surely_not_installed"):
        ask()
