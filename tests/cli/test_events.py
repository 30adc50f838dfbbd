"""Listing, showing, tracing and replaying the events of a small real store."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.main import root
from domain.facts import CATALOG
from tests.cli.small_books import fill
from tests.ledger.tampering import leaves, reword


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a small store that no test changes."""
    path = tmp_path_factory.mktemp("events") / "books"
    fill(path)
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a small store that a test may damage."""
    fill(tmp_path / "books")
    return tmp_path / "books"


def run(path: Path, *words: str) -> Result:
    return CliRunner().invoke(root, ["--store", str(path), "events", *words])


def rows(path: Path, *words: str) -> list[dict[str, Any]]:
    """Run a command that must succeed and give its rows."""
    result = run(path, *words, "-O", "json")
    assert result.exit_code == 0, result.stderr
    found: list[dict[str, Any]] = json.loads(result.stdout)["rows"]
    return found


def topics(path: Path, *words: str) -> list[str]:
    return [row["topic"] for row in rows(path, "list", *words)]


# ------------------------------------------------------------------------------------------- list


def test_all_events_are_listed_by_position(books: Path) -> None:
    positions = [row["position"] for row in rows(books, "list")]
    assert positions == list(range(1, len(positions) + 1))
    assert len(positions) > 20


def test_a_claim_lists_what_it_did_to_accounts_too(books: Path) -> None:
    assert topics(books, "claim:visit") == [
        "claim.settled",
        "account.debited",
        "account.debited",
        "claim.cancelled",
        "account.restored",
    ]


def test_a_person_lists_own_events_and_those_of_own_claims(books: Path) -> None:
    found = topics(books, "person:mother")
    assert found[0] == "person.enrolled"
    assert "claim.cancelled" in found
    assert "account.debited" in found


def test_types_are_alternatives_and_the_other_words_all_hold(books: Path) -> None:
    both = topics(books, "person:son", "type:account.debited", "type:account.restored")
    assert set(both) == {"account.debited", "account.restored"}


def test_the_first_word_of_a_type_stands_for_all_of_its_kind(books: Path) -> None:
    assert {topic.split(".")[0] for topic in topics(books, "type:pool")} == {"pool"}


def test_a_settlement_lists_its_own_attempt_only(books: Path) -> None:
    assert topics(books, "settlement:S-visit-1") == topics(books, "claim:visit")
    assert topics(books, "settlement:S-visit-2") == []


@pytest.mark.parametrize(
    ("word", "fits"),
    [
        ("date:2026", True),
        ("date:2026-03", True),
        ("date:2026-03-02", True),
        ("date:2026-03..2026-04", True),
        ("date:2026-03-02..", True),
        ("date:..2026-03-01", False),
        ("date:2025", False),
        ("date:2026-03-03..", False),
    ],
)
def test_dates_are_days_months_years_and_spans(books: Path, word: str, fits: bool) -> None:  # noqa: FBT001 - a column of the table above
    assert bool(topics(books, "claim:visit", word)) is fits


@pytest.mark.parametrize("word", ["persn:mother", "mother", "person:", "colour:red"])
def test_a_wrong_filter_word_is_told_with_those_there_are(books: Path, word: str) -> None:
    result = run(books, "list", word)
    assert result.exit_code == 2
    assert "person:, pool:, claim:, finding:, settlement:, type:, date:" in result.stderr


def test_a_near_filter_word_is_suggested(books: Path) -> None:
    assert "did you mean person:" in run(books, "list", "persn:mother").stderr


@pytest.mark.parametrize("word", ["date:soon", "date:2026-13", "date:..", "date:2026-3-2-1"])
def test_a_wrong_date_is_told(books: Path, word: str) -> None:
    result = run(books, "list", word)
    assert result.exit_code == 2
    assert "no day or span" in result.stderr


def test_an_unknown_type_is_told(books: Path) -> None:
    result = run(books, "list", "type:account.debit")
    assert result.exit_code == 2
    assert "no event is called" in result.stderr


def test_a_shortened_list_says_so(books: Path) -> None:
    result = run(books, "list", "--limit", "3")
    assert "the first 3 of " in result.stdout
    assert "the first" not in run(books, "list", "--limit", "0").stdout


def test_what_was_not_yet_known_is_left_out(books: Path) -> None:
    result = CliRunner().invoke(
        root, ["--store", str(books), "--as-known-at", "5", "events", "list", "-O", "json"]
    )
    assert [row["position"] for row in json.loads(result.stdout)["rows"]] == [1, 2, 3, 4, 5]


def test_the_list_speaks_chinese(books: Path) -> None:
    result = run(books, "list", "claim:visit", "--lang", "zh")
    assert "mother 的费用单 visit 结算" in result.stdout


@pytest.mark.parametrize(("word", "fits"), [("late:", True), ("late:60", True), ("late:61", False)])
def test_late_facts_are_found_by_how_late_they_are(books: Path, word: str, fits: bool) -> None:  # noqa: FBT001 - a column of the table above
    found = rows(books, "list", "type:person.enrolled", word)
    assert [row["late_days"] for row in found] == ([60] * 3 if fits else [])


def test_what_was_recorded_on_its_day_is_not_late(books: Path) -> None:
    assert topics(books, "type:account.debited", "late:1") == []
    assert "days late" not in run(books, "list", "type:account.debited").stdout
    assert "days late" in run(books, "list", "type:person.enrolled").stdout


@pytest.mark.parametrize("word", ["late:soon", "late:0", "late:-1", "late:100000"])
def test_a_wrong_number_of_days_is_told(books: Path, word: str) -> None:
    result = run(books, "list", word)
    assert result.exit_code == 2
    assert "no number of days" in result.stderr


# ------------------------------------------------------------------------------- show and trace


def test_one_event_is_shown_whole(books: Path) -> None:
    (found,) = rows(books, "show", "1")
    assert found["topic"] == "person.enrolled"
    assert found["stream"] == "person/mother"
    assert found["fact"]["region"] == "420000"
    assert (found["actor"], found["cause"]) == ("till-7", "m1")
    assert len(found["sha256"]) == 64


def test_people_see_the_body_of_an_event(books: Path) -> None:
    assert '"region": "420000"' in run(books, "show", "1").stdout


def test_an_event_that_is_not_there_is_told(books: Path) -> None:
    for words in (("show", "999"), ("trace", "999"), ("trace", "no-such-message")):
        result = run(books, *words)
        assert result.exit_code == 2
        assert "no such event or message" in result.stderr


def test_a_trace_gives_cause_and_effect_command_by_command(books: Path) -> None:
    (settled,) = [r["position"] for r in rows(books, "list", "type:claim.settled")]
    traced = rows(books, "trace", str(settled))
    about = [row for row in traced if row["link"] != "ground"]
    assert [row["topic"] for row in about] == topics(books, "claim:visit")
    assert [(row["link"], row["command"]) for row in about] == [
        *[("same", "claim.settle")] * 3,
        *[("after", "claim.cancel")] * 2,
    ]
    assert [row["brought_about_by"] for row in about[:3]] == [None, settled, settled]
    assert traced[-1]["note"] == "partly returned"


def test_a_trace_begins_with_what_the_decision_rests_on(books: Path) -> None:
    (settled,) = [r["position"] for r in rows(books, "list", "type:claim.settled")]
    traced = rows(books, "trace", str(settled))
    grounds = [row for row in traced if row["link"] == "ground"]
    assert [row["topic"] for row in grounds] == ["pool.relation_bound", "pool.use_authorized"] * 2
    assert all(row["position"] < settled for row in grounds)


def test_a_refund_is_traced_back_to_the_payment(books: Path) -> None:
    (refund,) = [r["position"] for r in rows(books, "list", "type:account.restored")]
    traced = rows(books, "trace", str(refund))
    assert [row["command"] for row in traced if row["link"] == "before"] == ["claim.settle"] * 3
    page = run(books, "trace", str(refund), "--lang", "zh").stdout
    assert "↑ 前因" in page
    assert "● 本次办理" in page
    assert "◇ 依据" in page


def test_a_message_is_traced_like_its_events(books: Path) -> None:
    cause = rows(books, "list", "type:claim.settled")[0]["cause"]
    tree = run(books, "trace", cause).stdout
    assert "claim/visit" in tree
    assert "account.restored" in tree
    assert tree.count("◀") == 1


# ------------------------------------------------------------------------------------------ replay


def test_a_sound_history_replays_and_agrees_with_the_read_models(books: Path) -> None:
    assert run(books, "replay").exit_code == 0
    result = run(books, "replay", "--compare")
    assert result.exit_code == 0
    assert "Replay and read models agree" in result.stdout


def test_the_speed_of_a_replay_is_reported(books: Path) -> None:
    report = json.loads(run(books, "replay", "-O", "json").stdout)
    assert report["events"] == len(rows(books, "list"))
    assert report["events_per_second"] > 0


def test_a_replay_to_a_position_compares_with_read_models_of_that_position(books: Path) -> None:
    result = run(books, "replay", "--to", "12", "--compare", "-O", "json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["events"] == 12


@pytest.mark.parametrize(
    ("moment", "events"),
    [
        ("2026-03-02", 25),
        ("2026-03-01", 0),
        ("2026-03-02T09:05:59+08:00", 5),
        ("2026-03-02T01:06:00+00:00", 6),
        ("999", 25),
        ("0", 0),
    ],
)
def test_a_replay_goes_up_to_an_instant_or_the_end_of_a_day(
    books: Path, moment: str, events: int
) -> None:
    result = run(books, "replay", "--to", moment, "--compare", "-O", "json")
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert (report["events"], report["position"]) == (events, events)


def test_a_replay_to_no_moment_is_told(books: Path) -> None:
    result = run(books, "replay", "--to", "yesterday")
    assert result.exit_code == 2
    assert "no position, no day and no instant" in result.stderr


def test_a_contradicting_event_is_named_with_stream_version_and_position(path: Path) -> None:
    reword(path, "account.credited", "30000", "29999", first=True)  # the first is the son's
    result = run(path, "replay", "-O", "json")
    assert result.exit_code == 1
    (finding,) = json.loads(result.stdout)["rows"]
    assert "account.debited person/son@" in finding["place"]
    assert finding["place"].startswith("#")


def test_a_read_model_that_says_something_else_is_found(path: Path) -> None:
    from sqlalchemy import update

    from projections.runner import open_views
    from projections.tables import BALANCES

    assert run(path, "replay", "--compare").exit_code == 0
    engine = open_views(path)
    with engine.begin() as connection:
        connection.execute(update(BALANCES).values(available_fen=1))
    engine.dispose()
    result = run(path, "replay", "--compare", "-O", "json")
    assert result.exit_code == 1
    finding = json.loads(result.stdout)["rows"][0]
    assert finding["place"].startswith("balances")
    assert json.loads(finding["stored"])["available_fen"] == 1


def test_an_unreadable_event_ends_a_replay_as_damage(path: Path) -> None:
    with leaves(path) as entries:
        entries[2].lines[0] = {}
    assert run(path, "replay").exit_code == 4


def test_an_edit_without_a_right_checksum_ends_a_replay_as_damage(path: Path) -> None:
    reword(path, "account.credited", "30000", "29999", sealed=False)
    assert run(path, "replay").exit_code == 4


# ----------------------------------------------------------------------------------------- catalog


def test_the_catalogue_has_every_event_with_fields_and_a_sentence(books: Path) -> None:
    found = {row["topic"]: row for row in rows(books, "catalog")}
    assert set(found) >= {topic for topic in CATALOG if not topic.startswith("planted.")}
    debited = found["account.debited"]
    assert debited["version"] == 1
    assert debited["fields"]["claim"] == "ClaimId"
    assert found["account.closed"]["fields"]["heir"].endswith("?")
    assert "{owner}" in debited["says"]


def test_the_catalogue_speaks_chinese(books: Path) -> None:
    assert "参保" in run(books, "catalog", "--lang", "zh").stdout
