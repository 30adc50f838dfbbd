"""Replay and time travel for auditors: what was known then, and what has changed since."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.books import call, data, done
from tests.cli.small_books import fill

THEN = "2026-03-02T09:13:30+08:00"  # the family is complete, nothing is settled
SETTLED = "2026-03-02T09:14:30+08:00"
HELD = "2026-03-02T09:15:30+08:00"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a small store that no test changes."""
    path = tmp_path_factory.mktemp("moments") / "books"
    fill(path)
    return path


# ----------------------------------------------------------------------------------------- history


def history(store: Path, *words: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = data(store, "events", "history", *words)["rows"]
    return rows


def test_a_persons_history_says_what_was_left_after_each_event(store: Path) -> None:
    rows = history(store, "person:son")
    assert [row["version"] for row in rows] == list(range(1, 9))
    left = [row["figures"].get("available_fen") for row in rows]
    assert left == [None, 0, 300_00, 300_00, 200_00, 50_00, 80_00, 130_00]
    assert rows[5]["after"] == "available 50.00, held 150.00"
    assert rows[5]["state"]["account"]["holds"]["drugs"]["beneficiary"] == "mother"
    assert rows[0]["late_days"] == 60


def test_a_pools_history_counts_members_and_authorizations(store: Path) -> None:
    after = [row["after"] for row in history(store, "pool:f1")]
    assert after[0] == "0 members, 0 relations, 0 authorizations"
    assert after[-1] == "3 members, 2 relations, 2 authorizations"


def test_a_claims_history_says_where_it_stood(store: Path) -> None:
    page = done(store, "events", "history", "claim:drugs", "--lang", "zh").stdout
    assert "已冻结，基金 600.00，共济 150.00" in page
    assert "已结算，基金 600.00，共济 120.00" in page
    assert "2 条" in page


def test_a_person_without_an_account_or_not_insured_any_more_is_said_so(tmp_path: Path) -> None:
    books = tmp_path / "books"
    done(books, "store", "init")
    for line in (
        "person enroll P --region 420100",
        "account open P",
        "account credit P 20",
        "person coverage P deceased",
        "account close P --payee pooled_fund",
    ):
        done(books, *line.split())
    after = [row["after"] for row in history(books, "person:P", "--lang", "zh")]
    assert after[0] == "无个人账户"
    assert after[-1] == "死亡，可用 0.00，账户已清退"


@pytest.mark.parametrize(
    ("when", "version", "available_fen"),
    [("@5", 5, 200_00), ("21", 6, 50_00), (SETTLED, 5, 200_00), ("2026-03-02", 8, 130_00)],
)
def test_the_state_at_a_version_or_a_moment(
    store: Path, when: str, version: int, available_fen: int
) -> None:
    (row,) = history(store, "person:son", "--when", when)
    assert (row["version"], row["figures"]["available_fen"]) == (version, available_fen)
    assert row["state"]["id"] == "son"
    page = done(store, "events", "history", "person:son", "--when", when).stdout
    assert '"id": "son"' in page


def test_a_history_ends_where_it_was_known_to(store: Path) -> None:
    rows = history(store, "person:son", "--as-known-at", SETTLED)
    assert [row["version"] for row in rows] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("person:nobody",), "nothing was recorded of it: person:nobody"),
        (("person:son", "--when", "@9"), "person:son @9"),
        (("person:son", "--when", "1"), "person:son #1"),
        (("person:son", "--when", "2026-03-01"), "person:son 2026-03-01 23:59:59"),
        (("person:son", "--when", "@x"), "no position, no day and no instant"),
        (("house:son",), "cannot be read: house:son"),
        (("person:",), "cannot be read: person:"),
    ],
)
def test_a_stream_or_a_moment_that_is_not_there_is_told(
    store: Path, words: tuple[str, ...], said: str
) -> None:
    result = call(store, "events", "history", *words)
    assert result.exit_code == 2
    assert said in result.stderr


# -------------------------------------------------------------------------------- two moments apart


def test_two_moments_side_by_side_say_what_differs(store: Path) -> None:
    found = data(store, "audit", "diff", THEN, "now")
    rows = {(row["subject"], row["figure"]): row for row in found["rows"]}
    assert (found["first"], found["last"]) == (16, 25)
    son = rows["son", "available_fen"]
    assert (son["before"], son["after"], son["change_fen"]) == (300_00, 130_00, -170_00)
    assert rows["visit", "status"]["after"] == "partly_cancelled"
    assert rows["visit", "mutual_aid_fen"]["change_fen"] == 350_00
    assert found["balances_changed_by"] == {"available_fen": -470_00}
    assert found["events"] == 9
    assert {it["topic"]: it["events"] for it in found["events_by_kind"]}["account.debited"] == 2


def test_the_second_moment_is_now_unless_it_is_given(store: Path) -> None:
    assert data(store, "audit", "diff", THEN) == data(store, "audit", "diff", THEN, "now")
    earlier = data(store, "audit", "diff", THEN, SETTLED)
    assert {row["subject"] for row in earlier["rows"]} == {"son", "daughter", "visit"}


def test_relations_and_what_was_late_are_told_to_people(store: Path) -> None:
    page = done(store, "audit", "diff", "13", "16", "--lang", "zh").stdout
    assert "#13 (2026-03-02 09:11:00) 与 #16 (2026-03-02 09:13:00)" in page
    assert "daughter → mother" in page
    assert "父母" in page
    assert "其中迟录 3 条：2026-03-01 或更早生效" in page
    assert "之间记录 3 条事件" in page


def test_a_person_is_picked_out(store: Path) -> None:
    found = data(store, "audit", "diff", "16", "--person", "son")
    assert {row["subject"] for row in found["rows"]} == {"son", "visit", "drugs"}
    assert found["persons"] == ["son"]


def test_a_person_who_is_not_in_the_books_has_no_difference_either_way(store: Path) -> None:
    result = call(store, "audit", "diff", "16", "--person", "sun", "--lang", "en")
    assert result.exit_code == 2
    assert "no insured person sun" in result.stderr


def test_the_events_between_are_listed_and_the_late_ones_marked(store: Path) -> None:
    found = data(store, "audit", "diff", "2026-03-01", "--events")
    assert [row["position"] for row in found["rows"]] == list(range(1, 26))
    assert {row["topic"] for row in found["rows"] if row["late"]} == {
        *("person.enrolled", "account.opened", "pool.opened", "pool.relation_bound"),
        *("person.joined_pool", "pool.use_authorized"),
    }
    from_nothing = data(store, "audit", "diff", "0", "--events")["rows"]
    assert not any(row["late"] for row in from_nothing)  # before the first event no day was over
    page = done(store, "audit", "diff", "1", "--events", "--limit", "2").stdout
    assert "the first 2 of 24 events" in page


def test_a_long_answer_is_shortened_for_people(store: Path) -> None:
    whole = data(store, "audit", "diff", "0")["rows"]
    assert len(data(store, "audit", "diff", "0", "--limit", "3")["rows"]) == 3
    page = done(store, "audit", "diff", "0", "--limit", "3").stdout
    assert f"the first 3 of {len(whole)} figures that differ" in page


def test_nothing_differs_between_a_moment_and_itself(store: Path) -> None:
    page = done(store, "audit", "diff", "now", "now").stdout
    assert "Nothing differs between the two moments." in page
    assert "in between" not in page


def test_a_position_behind_the_end_is_not_taken_for_the_end(store: Path) -> None:
    result = call(store, "audit", "diff", "999", "--lang", "en")
    assert result.exit_code == 2
    assert "nothing stands at position 999" in result.stderr


def test_moments_in_the_wrong_order_are_told_with_the_right_one(store: Path) -> None:
    result = call(store, "audit", "diff", "20", "12")
    assert result.exit_code == 2
    assert "gongji audit diff 12 20" in result.stderr


# ------------------------------------------------------------------- what was known then of a claim


def test_a_claim_is_explained_as_it_was_known(store: Path) -> None:
    then = data(store, "claim", "explain", "drugs", "--as-known-at", HELD)
    now = data(store, "claim", "explain", "drugs")
    assert (then["position"], now["position"]) == (21, 25)
    assert (then["status"], now["status"]) == ("held", "settled")
    assert (
        "as known at 2026-03-02 09:15:30"
        in done(store, "claim", "explain", "drugs", "--as-known-at", HELD).stdout
    )


def test_a_claim_that_was_not_known_then_is_not_explained(store: Path) -> None:
    result = call(store, "claim", "explain", "S-drugs-1", "--as-known-at", THEN)
    assert result.exit_code == 1
    assert "there is no claim" in result.stderr


def test_claims_and_holds_are_listed_as_they_were_known(store: Path) -> None:
    then = data(store, "claim", "list", "--as-known-at", HELD)
    assert {row["claim"]: row["status"] for row in then["rows"]} == {
        "visit": "settled",
        "drugs": "held",
    }
    (hold,) = data(store, "account", "holds", "--as-known-at", HELD)["rows"]
    assert (hold["claim"], hold["held_fen"]) == ("drugs", 150_00)
    assert data(store, "account", "holds")["rows"] == []
    assert data(store, "claim", "list", "--as-known-at", THEN)["rows"] == []


def test_a_day_stands_for_its_end(store: Path) -> None:
    assert history(store, "person:son", "--as-known-at", "2026-03-02") == history(
        store, "person:son"
    )
    assert call(store, "person", "show", "son", "--as-known-at", "2026-03-01").exit_code == 1


def test_a_wallet_is_shown_as_it_was_known(store: Path) -> None:
    result = call(store, "wallet", "show", "--as-known-at", "5")
    assert result.exit_code == 0
    assert "as known at #5" in result.stdout
