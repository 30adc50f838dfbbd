"""Two taps, telling the till, switches and sides on the command line, by invented rules."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.errors import FOUND
from domain.codes import RefundAfterEnd, Side, Till
from domain.rules import RuleBook
from tests.builders import HERE, rules
from tests.cli.books import call, data, done

LINE = (
    *("--claim", "C1", "--patient", "dad", "--institution", "H1", "--place", "pharmacy"),
    *("--region", HERE, "--category", "drug", "--total", "80"),
)
LATER = {"GONGJI_NOW": "2026-03-01T10:05:00+08:00"}
TWO_TAPS = {
    "claim.till": Till.TWO_TAPS,
    "claim.refund_after_end": RefundAfterEnd.CASH,
    "pool.unbind_by": Side.GRANTOR,
    "own.out_of_area": False,
}


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a father with 30 yuan and a daughter with 200, where the card is tapped twice."""
    return family(tmp_path, monkeypatch, TWO_TAPS)


def family(folder: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, object]) -> Path:
    book = RuleBook([rules(changes)])
    for module in ("session", "deciding"):
        monkeypatch.setattr(f"cli.{module}.rule_book", lambda: book)
    store = folder / "store"
    done(store, "store", "init")
    for person, yuan in (("dad", "30"), ("ann", "200")):
        done(store, "person", "enroll", person, "--region", HERE, "--on", "2026-01-01")
        done(store, "account", "open", person, "--on", "2026-01-01")
        done(store, "account", "credit", person, yuan)
    done(store, "family", "open", "F1", "ann")
    done(store, "family", "bind", "F1", "ann", "dad", "--relation", "parent")
    done(store, "family", "authorize", "F1", "ann", "dad", "--from", "2026-01-01")
    return store


def test_an_offer_says_what_to_do_next_and_ends_with_the_code_of_something_found(
    store: Path,
) -> None:
    said = call(store, "claim", "settle", *LINE, "--lang", "en")
    assert said.exit_code == FOUND
    assert "waits for a second tap" in said.stdout
    assert "settled" not in said.stdout
    assert "2026-03-01 10:05:00" in said.stdout
    assert "new message id" in said.stdout
    zh = call(store, "claim", "settle", *LINE, "--lang", "zh", env=LATER)  # too late: a new offer
    assert zh.exit_code == FOUND
    assert "待再次刷卡" in zh.stdout
    assert "2026-03-01 10:10:00" in zh.stdout
    assert "用新的报文号重发同一张费用单" in zh.stdout


def test_an_offer_as_data_names_its_end(store: Path) -> None:
    said = call(store, "claim", "settle", *LINE, "-O", "json")
    (row,) = json.loads(said.stdout)["rows"]
    assert (said.exit_code, row["status"]) == (FOUND, "offered")
    assert row["expires_at"] == "2026-03-01T02:05:00+00:00"
    assert (row["own_account_fen"], row["mutual_aid_fen"], row["cash_fen"]) == (0, 0, 0)


def test_the_second_tap_pays_and_succeeds(store: Path) -> None:
    assert call(store, "claim", "settle", *LINE, "--key", "K1").exit_code == FOUND
    assert call(store, "claim", "settle", *LINE, "--key", "K1").exit_code == FOUND
    (row,) = data(store, "claim", "settle", *LINE, "--key", "K2")["rows"]
    assert (row["own_account_fen"], row["mutual_aid_fen"]) == (3_000, 5_000)
    assert "expires_at" not in row


def test_a_hold_waits_for_the_second_tap_too(store: Path) -> None:
    until = ("--until", "2026-03-02T10:00:00+08:00")
    assert call(store, "claim", "authorize", *LINE, *until).exit_code == FOUND
    (row,) = data(store, "claim", "authorize", *LINE, *until)["rows"]
    assert (row["status"], row["held_fen"]) == ("held", 8_000)


def test_an_offer_is_shown_listed_and_explained(store: Path) -> None:
    call(store, "claim", "settle", *LINE)
    shown = done(store, "claim", "show", "C1", "--lang", "en").stdout
    assert "before 2026-03-01 10:05:00" in shown
    assert "own money falls short" in shown
    assert (
        "待再次刷卡，2026-03-01 10:05:00 前"
        in done(store, "claim", "show", "C1", "--lang", "zh").stdout
    )
    (row,) = data(store, "claim", "list", "--status", "offered")["rows"]
    assert (row["claim"], row["attempt"], row["expires_at"]) == (
        "C1",
        1,
        "2026-03-01T02:05:00+00:00",
    )
    explained = done(store, "claim", "explain", "C1", "--lang", "en").stdout
    assert "a second one within 5 minutes pays as follows" in explained
    assert "the same comes out" in explained
    assert data(store, "claim", "explain", "C1")["second_tap_within_minutes"] == 5


def test_once_accepted_the_settlement_is_explained_and_not_the_offer(store: Path) -> None:
    call(store, "claim", "settle", *LINE)
    done(store, "claim", "settle", *LINE)
    for which in ("C1", "S-C1-1"):
        assert "second_tap_within_minutes" not in data(store, "claim", "explain", which)
    rows = data(store, "claim", "list")["rows"]
    assert [(row["attempt"], row["status"]) for row in rows] == [(1, "settled")]


def test_a_quote_tells_that_two_taps_will_be_needed(store: Path) -> None:
    assert data(store, "claim", "quote", *LINE)["second_tap_within_minutes"] == 5
    said = done(store, "claim", "quote", *LINE, "--lang", "zh").stdout
    assert "第一次只提示、不付款；5 分钟内再次刷卡后" in said
    small = (*LINE[:-1], "30")
    assert "second_tap_within_minutes" not in data(store, "claim", "quote", *small)
    call(store, "claim", "settle", *LINE)
    assert "second_tap_within_minutes" not in data(store, "claim", "quote", *LINE)


def test_the_books_of_offers_pass_every_check(store: Path) -> None:
    call(store, "claim", "settle", *LINE)
    done(store, "claim", "settle", *LINE)
    done(store, "family", "unbind", "F1", "ann", "dad")
    done(store, "claim", "cancel", "S-C1-1")
    call(store, "claim", "settle", *LINE)
    names = ("conservation", "non_negativity", "balances", "holds", "settlements", "trial_balance")
    done(store, "check", *names, "replay", "rebuild")


def test_a_refund_after_the_end_says_what_to_hand_out_in_cash(store: Path) -> None:
    call(store, "claim", "settle", *LINE)
    done(store, "claim", "settle", *LINE)
    done(store, "family", "unbind", "F1", "ann", "dad", "--asked-by", "ann")
    said = done(store, "claim", "cancel", "S-C1-1", "--lang", "en").stdout
    assert "mutual aid back in cash" in said
    assert "50.00" in said
    statement = done(store, "account", "statement", "ann", "--lang", "en").stdout
    assert "because the relation had ended" in " ".join(statement.split())


def test_only_the_grantor_unbinds_where_the_area_says_so(store: Path) -> None:
    refused = call(store, "family", "unbind", "F1", "ann", "dad", "--asked-by", "dad")
    assert refused.exit_code == FOUND
    assert "E183" in refused.stderr


def test_the_till_must_be_told_where_the_area_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = family(tmp_path, monkeypatch, {"claim.till": Till.ON_REQUEST})
    silent = data(store, "claim", "quote", *LINE)["rows"]
    assert [(row["gave_fen"], row["reason"]) for row in silent][1] == (0, "aid_not_requested")
    assert silent[1]["rule"] == "claim.till"
    told = data(store, "claim", "quote", *LINE, "--aid-requested")["rows"]
    assert [row["gave_fen"] for row in told] == [3_000, 5_000]
    claim = tmp_path / "claim.yaml"
    claim.write_text(
        f"claim: C1\npatient: dad\ninstitution: {{id: H1, place: pharmacy, region: '{HERE}'}}\n"
        "service_date: 2026-03-01\naid_requested: true\n"
        "lines:\n  - {no: 1, category: drug, total_fen: 8000}\n",
        encoding="utf-8",
    )
    assert data(store, "claim", "quote", str(claim))["totals"]["gave_fen"] == 8_000


def test_use_outside_the_home_area_is_switched(store: Path) -> None:
    away = (*LINE[:9], "420100", *LINE[10:])
    barred = data(store, "claim", "quote", *away)["rows"][0]
    assert (barred["gave_fen"], barred["reason"]) == (0, "out_of_area_off")
    said = done(store, "account", "out-of-area", "dad", "--allow", "--lang", "zh").stdout
    assert "异地支付开关" in said
    assert data(store, "claim", "quote", *away)["rows"][0]["gave_fen"] == 3_000
    again = call(store, "account", "out-of-area", "dad", "--allow")
    assert (again.exit_code, "E181" in again.stderr) == (FOUND, True)
    done(store, "account", "out-of-area", "dad", "--forbid")
    assert call(store, "account", "out-of-area", "dad").exit_code == 2
