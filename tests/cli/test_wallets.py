"""`gongji wallet` and `gongji family give`, and what is seen of them afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.books import AREA, call, data, done

EVENING = {"GONGJI_NOW": "2025-11-04T21:59:00+08:00"}
NIGHT = {"GONGJI_NOW": "2025-11-04T22:00:00+08:00"}
EARLY = {"GONGJI_NOW": "2025-11-05T05:59:00+08:00"}
MORNING = {"GONGJI_NOW": "2025-11-05T06:00:00+08:00"}

STORY = (
    f"person enroll son --region {AREA} --on 2025-01-01",
    f"person enroll mother --region {AREA} --insurance resident --work none --on 2025-01-01",
    "account open son --on 2025-01-01",
    "account credit son 9000",
    "wallet open son",
    "wallet open mother",
)


@pytest.fixture
def relatives(tmp_path: Path) -> Path:
    """Give a store with a son who has 9000 yuan, his mother, and their wallets."""
    store = tmp_path / "store"
    done(store, "store", "init")
    for words in STORY:
        result = call(store, *words.split(), env=EVENING)
        assert result.exit_code == 0, result.output
    return store


def at(store: Path, env: dict[str, str], words: str) -> str:
    result = call(store, *words.split(), env=env)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_money_is_sent_accepted_and_shown(relatives: Path) -> None:
    said = at(relatives, EVENING, "wallet send son mother 400 --relation parent")
    assert "T-son-1" in said
    assert "400.00" in said
    shown = at(relatives, EVENING, "wallet show --lang en")
    assert "transfer T-son-1: son → mother 400.00 yuan, to be accepted before 2025-11-05" in shown
    at(relatives, EARLY, "wallet accept mother T-son-1")
    shown_data = data(relatives, "wallet", "show", "mother")
    assert shown_data["rows"] == [
        {"person": "mother", "available_fen": 400_00, "held_fen": 0, "pending_fen": 0}
    ]
    person = data(relatives, "person", "show", "mother")["rows"][0]
    assert (person["wallet_fen"], person["wallet_pending_fen"]) == (400_00, 0)


def test_a_refusal_names_its_rule_and_leaves_the_money(relatives: Path) -> None:
    words = ["wallet", "send", "son", "mother", "1", "--relation", "parent", "--lang", "en"]
    result = call(relatives, *words, env=NIGHT)
    assert result.exit_code == 1
    assert "E312" in result.stderr
    assert "wallet.closes_hour" in result.stderr
    assert data(relatives, "wallet", "show")["transfers"] == []


def test_what_nobody_accepted_comes_back(relatives: Path) -> None:
    at(relatives, EVENING, "wallet send son mother 400 --relation parent")
    at(relatives, MORNING, "wallet return T-son-1")
    assert data(relatives, "account", "balance", "son")["rows"][0]["available_fen"] == 9000_00
    assert "wallets" not in call(relatives, "check", "wallets").stderr


def test_the_wallet_pays_and_the_decision_is_explained(relatives: Path) -> None:
    at(relatives, EVENING, "wallet send son mother 400 --relation parent")
    at(relatives, EARLY, "wallet accept mother T-son-1")
    claim = (
        "claim settle --claim C1 --patient mother --institution H1 --place hospital "
        f"--region {AREA} --category outpatient --total 500 --date 2025-11-05"
    )
    result = call(relatives, *claim.split(), env=MORNING)
    assert result.exit_code == 0, result.output
    page = at(relatives, MORNING, "claim explain C1 --lang en")
    assert "own wallet" in page
    assert "Available then: 400.00" in page
    assert "wallet 400.00" in page
    explained = data(relatives, "claim", "explain", "C1")
    assert [row["purse"] for row in explained["rows"]] == [None, "wallet"]
    (line,) = data(relatives, "claim", "show", "C1")["rows"]
    assert (line["own_account_fen"], line["wallet_fen"], line["cash_fen"]) == (0, 400_00, 100_00)
    checked = call(relatives, "check", env=MORNING)
    assert checked.exit_code == 0, checked.output


def test_no_wallet_is_said(relatives: Path) -> None:
    result = call(relatives, "wallet", "show", "aunt")
    assert result.exit_code == 1
    assert "E305" in result.stderr


def test_money_is_given_at_once_in_hangzhou(tmp_path: Path) -> None:
    store = tmp_path / "store"
    done(store, "store", "init")
    for words in (
        "person enroll father --region 330100 --on 2025-01-01",
        "person enroll daughter --region 330100 --on 2025-01-01",
        "account open father --on 2025-01-01",
        "account open daughter --on 2025-01-01",
        "account credit father 1000 --segment prior",
        "family open F father --on 2025-05-01",
        "family bind F father daughter --relation child --on 2025-05-01",
    ):
        done(store, *words.split())
    done(store, *["family", "give", "F", "father", "daughter", "800"])
    rows = {row["person"]: row for row in data(store, "account", "balance")["rows"]}
    assert (rows["father"]["prior_fen"], rows["daughter"]["prior_fen"]) == (200_00, 800_00)
