"""`gongji simulate verify`: what was held, what was not, and what was found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result

from simulation.bulk.arrays import Legs
from simulation.bulk.audit.audit_report import CHECKS
from simulation.bulk.states import state_files
from tests.cli.books import call
from tests.simulation.bulk import audits, runs, tampering


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a log and the state that it began with."""
    folder = tmp_path_factory.mktemp("run")
    audits.write(folder / "log")
    state_files.save(runs.street(), folder / "state", regions=runs.table().regions)
    return folder


def verify(run: Path, to: Path, *words: str, log: Path | None = None) -> Result:
    folders = (str(log or run / "log"), "--state", str(run / "state"))
    return call(to, "simulate", "verify", *folders, *words)


def test_a_clean_log_ends_with_0_and_says_what_was_not_checked(run: Path, tmp_path: Path) -> None:
    result = verify(run, tmp_path, "-O", "json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert [row["check"] for row in found["rows"]] == list(CHECKS)
    verdicts = {row["check"]: row["verdict"] for row in found["rows"]}
    assert verdicts.pop("redecide") == "not_checked"
    assert set(verdicts.values()) == {"ok"}
    assert (found["findings"], found["not_checked"]) == (0, 1)
    assert found["events"] > 100
    assert len(found["head"]) == 64


@pytest.mark.parametrize(
    ("lang", "says"), [("zh", "未要求重新裁定"), ("en", "nobody asked to decide again")]
)
def test_people_read_what_must_hold_and_how_much_was_held(
    run: Path, tmp_path: Path, lang: str, says: str
) -> None:
    result = verify(run, tmp_path, "--lang", lang)
    assert result.exit_code == 0, result.output
    assert says in result.stdout
    assert CHECKS["mirrors"].say("zh" if lang == "zh" else "en") in result.stdout


def test_a_forgery_ends_with_1_and_names_file_row_claim_and_amounts(
    run: Path, tmp_path: Path
) -> None:
    log = audits.copy(run / "log", tmp_path)
    tampering.rewrite(log, 1, lambda batch: batch._replace(legs=_a_fen_more(batch.legs)))
    result = verify(run, tmp_path, "-O", "json", log=log)
    assert result.exit_code == 1, result.output
    (row,) = [row for row in json.loads(result.stdout)["rows"] if row["check"] == "balances"]
    assert (row["verdict"], row["file"]) == ("found", "00001.legs.parquet")
    assert int(row["found"]) == int(row["expected"]) + 1
    assert row["claim"] > 0
    people = verify(run, tmp_path, "--lang", "en", log=log)
    assert "the balance differs" in people.stdout


def _a_fen_more(legs: Legs) -> Legs:
    legs.after[0] += 1
    return legs


def test_a_flipped_bit_ends_with_1(run: Path, tmp_path: Path) -> None:
    log = audits.copy(run / "log", tmp_path)
    tampering.flip(log / "closing-00001.parquet", 99)
    result = verify(run, tmp_path, "--lang", "en", "--no-sm3", log=log)
    assert result.exit_code == 1
    assert "has another SHA-256" in result.stdout


def test_a_head_that_was_noted_is_compared(run: Path, tmp_path: Path) -> None:
    head = json.loads(verify(run, tmp_path, "-O", "json").stdout)["head"]
    assert verify(run, tmp_path, "--head", head).exit_code == 0
    assert verify(run, tmp_path, "--head", "0" * 64).exit_code == 1


def test_what_cannot_be_verified_ends_with_2(run: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert verify(run, tmp_path, log=tmp_path / "empty").exit_code == 2
    assert verify(run, tmp_path, log=tmp_path / "none").exit_code == 2
    missing = call(tmp_path, "simulate", "verify", str(run / "log"), "--state", str(tmp_path))
    assert missing.exit_code == 2, missing.output


def test_rules_other_than_those_of_the_log_cannot_decide_it_again(
    run: Path, tmp_path: Path
) -> None:
    table = runs.table()._replace(digest="7" * 64)
    log = audits.write(tmp_path / "log", table=table)
    result = verify(run, tmp_path, "--redecide", "--lang", "en", log=log)
    assert result.exit_code == 2
    assert "not decided by the rules at hand" in result.stderr
    result = verify(run, tmp_path, "-O", "json", log=log)
    assert result.exit_code == 0
    assert json.loads(result.stdout)["not_checked"] == 4


def test_a_log_is_decided_again_on_request(run: Path, tmp_path: Path) -> None:
    result = verify(run, tmp_path, "--redecide", "-O", "json")
    assert result.exit_code == 0, result.output
    (row,) = [row for row in json.loads(result.stdout)["rows"] if row["check"] == "redecide"]
    assert row["verdict"] == "ok"
    assert row["things"] > 90
