"""What `gongji check` finds on a real store, and which check names it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.main import root
from ledger import store as stores
from tests.cli.small_books import fill
from tests.ledger.tampering import (
    delete_entries,
    delete_events,
    edit_answer,
    leaves,
    reword,
    tamper,
    topic,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a small store whose read models are up to date."""
    fill(tmp_path / "books")
    assert run(tmp_path / "books", "store", "project").exit_code == 0
    return tmp_path / "books"


def run(path: Path, *words: str) -> Result:
    return CliRunner().invoke(root, ["--store", str(path), *words])


def findings(path: Path, *words: str) -> tuple[int, dict[str, list[str]]]:
    """Run the checks and give the exit code and what each found."""
    result = run(path, "check", *words, "-O", "json")
    found: dict[str, list[str]] = {}
    rows: list[dict[str, Any]] = json.loads(result.stdout)["rows"]
    for row in rows:
        if row["verdict"] != "ok":
            found.setdefault(row["check"], []).append(f"{row['place']}: {row['says']}")
    return result.exit_code, found


def test_sound_books_pass_every_check(path: Path) -> None:
    result = run(path, "check")
    assert result.exit_code == 0
    assert "0 findings" in result.stdout
    assert "comes out the same" in result.stdout


def test_sound_books_pass_every_check_in_chinese(path: Path) -> None:
    result = run(path, "check", "--lang", "zh")
    assert result.exit_code == 0
    assert "0 处发现" in result.stdout


def test_an_edited_debit_is_found_by_the_replay_and_by_the_rebuild(path: Path) -> None:
    reword(path, "account.debited", '"taken":[10000', '"taken":[10001')
    exit_code, found = findings(path)
    assert exit_code == 1
    assert any("account.debited person/" in finding for finding in found["replay"])
    assert found["rebuild"]
    assert found["settlements"]
    assert "store" not in found


def test_an_amount_edited_together_with_what_is_left_is_found(path: Path) -> None:
    reword(path, "account.credited", "30000", "30001")
    exit_code, found = findings(path)
    assert exit_code == 1
    assert found["replay"]
    assert found["redecide"]


def test_a_history_whose_end_is_missing_is_examined_but_not_read(path: Path) -> None:
    """What was cut off would be missing from every answer, as if it had never happened."""
    with stores.open_reader(path) as store:
        end = store.recorder.end
    delete_entries(path, end.entries)
    last = "(SELECT max(last) FROM entries)"
    tamper(path, f"UPDATE history_end SET entries = {end.entries - 1}, events = {last}")  # noqa: S608  # numbers
    exit_code, found = findings(path, "store")
    assert exit_code == 4
    assert any("acknowledged events are missing" in finding for finding in found["store"])
    assert run(path, "events", "list").exit_code == 4


def test_an_edited_decision_does_not_come_out_the_same_when_decided_again(path: Path) -> None:
    reword(path, "claim.settled", "gave_all_it_had", "per_use_limit")
    exit_code, found = findings(path)
    assert exit_code == 1
    assert "decided again it comes out differently: trials" in found["redecide"][0]


def test_a_deleted_event_is_damage_and_named(path: Path) -> None:
    delete_events(path, lambda _, line: topic(line) == "account.captured")
    exit_code, found = findings(path)
    assert exit_code == 4
    assert "events are missing" in found["store"][0]


def test_a_deleted_stream_is_damage_and_its_decisions_cannot_be_made_again(path: Path) -> None:
    delete_events(path, lambda _, line: line["stream"][1] == "daughter")
    exit_code, found = findings(path)
    assert exit_code == 4
    assert "events are missing" in found["store"][0]
    assert any("person/daughter" in finding for finding in found["redecide"])


def test_a_deleted_end_is_damage(path: Path) -> None:
    with leaves(path) as found_entries:
        last = found_entries[-1]
        last.lines.pop()
        last.last -= 1
    exit_code, found = findings(path)
    assert exit_code == 4
    assert "the last position given out" in found["store"][0]
    assert found["answers"]


def test_a_deleted_last_entry_is_damage(path: Path) -> None:
    with stores.open_reader(path) as store:
        number = store.recorder.end.entries
    delete_entries(path, number)
    exit_code, found = findings(path)
    assert exit_code == 4
    assert "the last position given out" in found["store"][0]
    assert found["replay"]


def test_an_edit_without_a_right_checksum_is_damage_and_the_rest_is_still_checked(
    path: Path,
) -> None:
    old, new = '"taken":[10000', '"taken":[10001'
    reword(path, "account.debited", old, new, sealed=False)
    exit_code, found = findings(path)
    assert exit_code == 4
    assert "the checksum does not fit" in found["store"][0]
    assert found["replay"]
    assert found["rebuild"]


def test_every_entry_with_a_wrong_checksum_is_named(path: Path) -> None:
    tamper(path, "UPDATE entries SET checksum = checksum + 1 WHERE number IN (3, 7)")
    _, found = findings(path, "store")
    damaged = [finding for finding in found["store"] if "checksum" in finding]
    assert [finding.split(":")[0] for finding in damaged] == ["entry 3", "entry 7"]


def test_an_edited_answer_is_found(path: Path) -> None:
    edit_answer(path, "m14", lambda answer: answer["answer"].update(cash_fen=100))
    exit_code, found = findings(path)
    assert exit_code == 1
    assert "cash_fen 100 ≠ 0" in found["answers"][0]


def test_an_answer_that_is_no_answer_is_found(path: Path) -> None:
    edit_answer(path, "m1", lambda answer: answer.update(answer="yes"))
    _, found = findings(path, "answers")
    assert "is no answer" in found["answers"][0]


def test_an_answer_of_another_command_is_found(path: Path) -> None:
    other = {"command": "person.enroll", "person": "x"}
    with leaves(path) as found_entries:
        for leaf in found_entries:
            leaf.answer["answer"] = other
    _, found = findings(path, "answers")
    assert "person x ≠ mother" in found["answers"][0]


def test_a_missing_answer_is_damage(path: Path) -> None:
    edit_answer(path, "m3", lambda answer: answer.pop("answer"))
    exit_code, found = findings(path)
    assert exit_code == 4
    assert "the answer to m3 is missing" in found["store"][0]


def test_an_edited_read_model_is_found(path: Path) -> None:
    from sqlalchemy import update

    from projections.runner import open_views
    from projections.tables import BALANCES

    engine = open_views(path)
    with engine.begin() as connection:
        connection.execute(update(BALANCES).values(available_fen=BALANCES.c.available_fen + 1))
    engine.dispose()
    exit_code, found = findings(path)
    assert exit_code == 1
    assert {"conservation", "balances", "replay", "rebuild"} <= set(found)


def test_an_unreadable_event_is_damage_and_the_rest_is_still_checked(path: Path) -> None:
    with leaves(path) as found_entries:
        found_entries[1].lines[0] = {}
    exit_code, found = findings(path)
    assert exit_code == 4
    assert found["store"]
    assert found["replay"]


def test_a_file_that_is_no_store_is_damage(tmp_path: Path) -> None:
    (tmp_path / stores.EVENTS).write_bytes(b"nothing of ours")
    assert run(tmp_path, "check").exit_code == 4


def test_only_the_named_checks_run(path: Path) -> None:
    result = run(path, "check", "store", "trial_balance", "-O", "json")
    assert [row["check"] for row in json.loads(result.stdout)["rows"]] == ["store", "trial_balance"]


def test_an_unknown_check_is_told_with_those_there_are(path: Path) -> None:
    result = run(path, "check", "magic")
    assert result.exit_code == 2
    assert "no check 'magic'" in result.stderr
    assert "redecide" in result.stderr


def test_people_see_a_few_findings_of_a_check_and_how_many_there_are(path: Path) -> None:
    from sqlalchemy import update

    from projections.runner import open_views
    from projections.tables import TRAIL

    engine = open_views(path)
    with engine.begin() as connection:
        connection.execute(update(TRAIL).values(digest="not what was recorded"))
    engine.dispose()
    shown = run(path, "check", "rebuild").stdout
    assert "more; -O csv gives all of them" in shown
