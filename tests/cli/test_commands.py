"""Every command that changes the books, and what is seen of it afterwards."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.books import call, data, done, found


def test_an_answer_says_what_was_done_and_under_which_message(family: Path) -> None:
    result = done(family, "account", "credit", "P", "1,000.50", "--key", "K1")
    assert result.stdout.splitlines() == [
        "done        credited",
        "person      P",
        "message id  K1",
        "position 25",
    ]


def test_a_new_message_id_is_told_so_that_it_can_be_repeated(family: Path) -> None:
    result = done(family, "account", "credit", "P", "10", "-O", "json")
    key = json.loads(result.stdout)["rows"][0]["key"]
    assert f"--key {key}" in result.stderr
    again = done(family, "account", "credit", "P", "10", "-O", "json", "--key", key)
    assert json.loads(again.stdout)["rows"][0]["replayed"] is True
    assert "first answer again" in again.stderr


def test_one_key_for_another_content_is_a_conflict(family: Path) -> None:
    done(family, "account", "credit", "P", "10", "--key", "K1")
    result = call(family, "account", "credit", "P", "20", "--key", "K1")
    assert result.exit_code == 3
    assert "E103" in result.stderr


def test_a_refusal_leaves_the_store_as_it_was(family: Path) -> None:
    before = found(family)
    result = call(family, "account", "take-back", "P", "1000")
    assert result.exit_code == 1
    assert "E129" in result.stderr
    assert found(family) == before


def test_bad_input_leaves_the_store_as_it_was(family: Path, tmp_path: Path) -> None:
    before = found(family)
    bad = tmp_path / "bad.yaml"
    bad.write_text("claim: C1\npatient: P\nlines:\n  - {no: one}\n", encoding="utf-8")
    assert call(family, "claim", "settle", str(bad)).exit_code == 2
    assert call(family, "account", "credit", "P", "1.234").exit_code == 2
    assert call(family, "account", "credit", "P", "1", "--period", "March").exit_code == 2
    assert found(family) == before


def test_a_person_is_seen_as_things_stand_and_as_they_were_known(family: Path) -> None:
    done(family, "person", "coverage", "A", "suspended", "--on", "2026-02-01")
    done(family, "person", "retire", "A")
    done(family, "person", "card", "A", "lost")
    (row,) = data(family, "person", "show", "A")["rows"]
    assert (row["coverage"], row["work"], row["card"]) == ("suspended", "retired", "lost")
    assert row["available_fen"] == 13050
    (row,) = data(family, "person", "show", "A", "--as-of", "2026-01-31")["rows"]
    assert row["coverage"] == "active"
    (row,) = data(family, "person", "show", "A", "--as-known-at", "6")["rows"]
    assert (row["coverage"], row["account"], row["available_fen"]) == ("active", "open", 0)
    before = call(family, "person", "show", "A", "--as-known-at", "2026-03-01T09:00:00+08:00")
    assert "E111" in before.stderr  # all of it was recorded at ten o'clock
    known = data(family, "person", "show", "A", "--as-known-at", "2026-03-01T10:00:00+08:00")
    assert known["rows"][0]["card"] == "lost"
    done(family, "person", "card", "A", "replaced")
    assert data(family, "person", "show", "A")["rows"][0]["card"] == "active"


def test_a_person_moves_and_a_person_without_account_is_shown(family: Path) -> None:
    done(family, "person", "move", "A", "310000", "--on", "2026-02-01")
    assert data(family, "person", "show", "A")["rows"][0]["region"] == "310000"
    done(family, "person", "enroll", "R", "--region", "420100", "--insurance", "居民医保")
    shown = done(family, "person", "show", "R", "--lang", "zh").stdout
    assert "居民医保" in shown
    assert "无" in shown


def test_an_account_is_rolled_over_taken_back_and_closed(family: Path) -> None:
    done(family, "account", "take-back", "B", "40")
    done(family, "account", "roll", "B", "--on", "2027-01-01")
    (row,) = data(family, "account", "balance", "B")["rows"]
    assert (row["current_fen"], row["prior_fen"]) == (0, 6000)
    done(family, "person", "coverage", "B", "deceased", "--on", "2026-03-01")
    done(family, "account", "close", "B", "--payee", "heir_account", "--heir", "C")
    balances = {row["person"]: row for row in data(family, "account", "balance")["rows"]}
    assert balances["B"]["available_fen"] == 0
    assert balances["C"]["available_fen"] == 16000


def test_balances_as_of_a_day_and_as_known_at_a_position(family: Path) -> None:
    assert data(family, "account", "balance")["totals"]["available_fen"] == 38050
    past = data(family, "account", "balance", "--as-of", "2026-02-28")
    assert past["totals"]["available_fen"] == 0
    assert past["as_of"] == "2026-02-28"
    known = data(family, "account", "balance", "--as-known-at", "10")
    assert known["totals"]["available_fen"] == 8050


def test_a_statement_adds_up_from_opening_to_closing(family: Path, claim_file: str) -> None:
    done(family, "claim", "settle", claim_file)
    full = data(family, "account", "statement", "A")
    assert [row["amount_fen"] for row in full["rows"]] == [3050, 10000, -13050]
    assert full["totals"]["amount_fen"] == 0
    assert full["rows"][-1]["settlement"] == "S-C1-1"
    empty = data(family, "account", "statement", "A", "--from", "2026-03-02")
    assert empty["rows"] == []
    amounts = ("current_fen", "prior_fen", "held_fen", "set_aside_fen")
    assert empty["opening"] == dict.fromkeys(amounts, 0)
    shown = done(family, "account", "statement", "A", "--to", "2026-03-31").stdout
    assert "opening 0.00 + changes 0.00 = closing 0.00" in shown
    wrong = call(family, "account", "statement", "A", "--from", "2026-03-02", "--to", "2026-03-01")
    assert wrong.exit_code == 1


@pytest.mark.parametrize(("who", "code"), [("X", "E111"), ("R", "E123")])
def test_an_account_that_nobody_opened_is_refused(family: Path, who: str, code: str) -> None:
    done(family, "person", "enroll", "R", "--region", "420100")
    for view in ("balance", "statement"):
        result = call(family, "account", view, who)
        assert result.exit_code == 1
        assert code in result.stderr


def test_a_family_shows_relations_limits_and_order(family: Path) -> None:
    shown = done(family, "family", "show", "F", "--lang", "zh").stdout
    assert "配偶" in shown
    assert "20.00" in shown
    rows = data(family, "family", "show", "F")["rows"]
    assert [row["per_use_fen"] for row in rows] == [None, 2000, None]
    assert rows[1]["places"] == ["hospital", "pharmacy"]
    known = data(family, "family", "show", "F", "--as-known-at", "16")
    assert [row["grantor"] for row in known["rows"]] == ["A"]


def test_relations_are_withdrawn_unbound_and_ended_by_divorce(family: Path) -> None:
    done(family, "family", "withdraw", "F", "A", "P")
    done(family, "family", "unbind", "F", "C", "P")
    done(family, "family", "divorce", "F", "P", "B")
    rows = {row["grantor"]: row for row in data(family, "family", "show", "F")["rows"]}
    assert rows["A"]["first_day"] is None
    assert (rows["C"]["standing"], rows["C"]["ended_by"]) == ("ended", "unbound")
    assert call(family, "family", "unbind", "F", "C", "P").exit_code == 1


def test_a_refusal_by_rule_names_rule_and_source(family: Path) -> None:
    for lang, document in (("zh", "依据：pool.reorder"), ("en", "Basis: pool.reorder")):
        result = call(family, "family", "order", "F", "P", "C", "A", "B", "--lang", lang)
        assert result.exit_code == 1
        assert "E146" in result.stderr
        assert document in result.stderr


def test_a_binding_under_review_is_reviewed(family: Path) -> None:
    result = call(family, "family", "review", "F", "A", "P", "--approve")
    assert result.exit_code == 1
    assert "E142" in result.stderr


def test_the_order_is_set_where_the_area_allows_it(tmp_path: Path) -> None:
    store = tmp_path / "beijing"
    lines = [
        "store init",
        *(f"person enroll {who} --region 110000 --on 2025-01-01" for who in "PAB"),
        *(f"account open {who} --on 2025-01-01" for who in "PAB"),
        "family open F P",
        *(f"family bind F {who} P --relation parent" for who in "AB"),
        "family order F P B A",
    ]
    for line in lines:
        done(store, *line.split())
    assert data(store, "family", "show", "F")["orders"] == {"P": ["B", "A"]}
    assert "order of deduction for P: B → A" in done(store, "family", "show", "F").stdout


def test_an_empty_pool_says_what_to_do_first(family: Path) -> None:
    done(family, "family", "open", "F2", "A")
    assert "gongji family bind F2" in done(family, "family", "show", "F2").stdout


# ------------------------------------------------------------------------------------------ store


def test_read_models_are_brought_up_to_date_by_reading_and_can_be_rebuilt(family: Path) -> None:
    before = {row["name"]: row["behind"] for row in data(family, "store", "status")["rows"]}
    assert before["claims"] > 0
    data(family, "claim", "list")
    after = {row["name"]: row["behind"] for row in data(family, "store", "status")["rows"]}
    assert after["claims"] == 0
    assert after["journal"] == before["journal"]
    done(family, "store", "project")
    assert {row["behind"] for row in data(family, "store", "status")["rows"]} == {0}
    rebuilt = done(family, "store", "project", "--rebuild", "balances")
    assert "rebuilt" in rebuilt.stderr
    assert call(family, "store", "project", "balance").exit_code == 2


def test_a_store_is_never_made_over_another(family: Path) -> None:
    result = call(family, "store", "init")
    assert result.exit_code == 2
    assert "already a store" in result.stderr
