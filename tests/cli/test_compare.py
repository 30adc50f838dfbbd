"""Comparing rules on the command line: what differs is shown with money, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.books import call, data

SIMULATION = Path(__file__).parents[2] / "simulation"
HUBEI = str(SIMULATION / "scenarios" / "hubei-last-bound-first.yaml")
OVERLAYS = sorted((SIMULATION / "overlays").glob("*.yaml"))


def overlay(name: str) -> str:
    return str(SIMULATION / "overlays" / f"{name}.yaml")


def test_the_order_of_beijing_in_hubei_takes_money_from_other_relatives(tmp_path: Path) -> None:
    found = data(tmp_path, "simulate", "compare", HUBEI, overlay("hubei-filing-order"))
    assert [(row["account"], row["change_fen"]) for row in found["rows"]] == [
        ("A", 200_00),
        ("B", -200_00),
    ]
    assert {rule["region"] for rule in found["rules"]} == {"420000", "420100"}
    assert (found["decided"], found["changed"]) == (1, 1)


@pytest.mark.parametrize(("lang", "says"), [("zh", "按备案先后"), ("en", "first filed")])
def test_people_read_rules_payers_and_claims(tmp_path: Path, lang: str, says: str) -> None:
    words = ("simulate", "compare", HUBEI, overlay("hubei-filing-order"), "--lang", lang)
    result = call(tmp_path, *words)
    assert result.exit_code == 0
    assert says in result.stdout
    assert "pool.order" in result.stdout
    assert "-200.00" in result.stdout


def test_an_order_that_nobody_set_is_that_of_filing(tmp_path: Path) -> None:
    found = data(tmp_path, "simulate", "compare", HUBEI, overlay("hubei-user-set-order"))
    assert [row["change_fen"] for row in found["rows"]] == [200_00, -200_00]


def test_a_history_is_compared_without_being_changed(tmp_path: Path) -> None:
    store = tmp_path / "books"
    call(store, "store", "init")
    call(store, "simulate", "run", HUBEI, "--keep")
    before = (store / "events.sqlite").read_bytes()
    words = ("simulate", "compare", str(store), overlay("hubei-filing-order"))
    found = data(store, *words)
    assert found["changed"] == 1
    assert (store / "events.sqlite").read_bytes() == before


def test_a_base_that_cannot_be_read_and_an_overlay_that_changes_nothing_end_with_2(
    tmp_path: Path,
) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("nothing: here\n", encoding="utf-8")
    words = ("simulate", "compare")
    assert call(tmp_path, *words, str(bad), overlay("hubei-filing-order")).exit_code == 2
    same = tmp_path / "same.yaml"
    text = Path(overlay("hubei-filing-order")).read_text(encoding="utf-8")
    same.write_text(text.replace("value: filing", "value: last_bound"), encoding="utf-8")
    result = call(tmp_path, *words, HUBEI, str(same))
    assert result.exit_code == 2
    assert "same.yaml:8" in result.stderr


@pytest.mark.parametrize("path", OVERLAYS, ids=lambda path: path.stem)
def test_every_shipped_overlay_changes_something(path: Path, tmp_path: Path) -> None:
    found = data(tmp_path, "simulate", "compare", HUBEI, str(path))
    assert found["rules"]
