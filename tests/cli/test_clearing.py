"""Clearing on the command line: pairs of areas, nets that add up to zero, lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.books import call, data


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Give a store in which care was paid across areas."""
    path = tmp_path / "books"
    call(path, "store", "init")
    call(path, "simulate", "random", "--seed", "7", "--operations", "400", "--keep")
    return path


def months(store: Path) -> list[str]:
    found = data(store, "events", "list", "type:claim", "--limit", "1000")
    return sorted({row["effective_on"][:7] for row in found["rows"]})


def test_the_nets_of_a_month_add_up_to_zero_and_the_lines_to_the_pairs(store: Path) -> None:
    cleared = 0
    for month in months(store):
        found = data(store, "clearing", "run", month)
        lines = data(store, "clearing", "lines", month)["rows"]
        assert sum(found["net_fen"].values()) == 0
        total = sum(row["amount_fen"] for row in found["rows"])
        assert total == sum(row["amount_fen"] for row in lines)
        cleared += len(lines)
        for area in found["net_fen"]:
            mine = data(store, "clearing", "lines", month, "--area", area)["rows"]
            assert all(area in (row["debtor"], row["creditor"]) for row in mine)
    assert cleared


@pytest.mark.parametrize(("lang", "says"), [("zh", "合计"), ("en", "total")])
def test_people_read_areas_by_name(store: Path, lang: str, says: str) -> None:
    shown = [
        call(store, "clearing", "run", month, "--lang", lang).stdout for month in months(store)
    ]
    assert any(says in page for page in shown)


def test_a_month_without_such_money_and_a_word_that_is_no_month(store: Path) -> None:
    assert data(store, "clearing", "run", "1999-01")["rows"] == []
    assert call(store, "clearing", "run", "1999-1").exit_code == 2
