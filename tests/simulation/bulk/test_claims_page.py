"""The page on claims files and the reader know the same columns, words and faults."""

from __future__ import annotations

from pathlib import Path

from simulation.bulk.reading.claims_columns import COLUMNS, REQUIRED, WORDS
from simulation.bulk.reading.claims_faults import FAULTS, MOST_FEN

PAGE = (Path(__file__).parents[3] / "docs" / "claims-files.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    """Give the cells of the first table under a heading."""
    part = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("| `")]
    return [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines]


def test_the_page_has_every_column_in_order_and_says_which_must_be_there() -> None:
    table = rows("Columns")
    assert [row[0] for row in table] == list(COLUMNS)
    assert [row[0] for row in table if row[2] == "yes"] == [n for n in COLUMNS if n in REQUIRED]


def test_the_page_has_the_words_of_every_short_vocabulary() -> None:
    holds = {row[0]: row[4] for row in rows("Columns")}
    for column in ("kind", "place", "credential", "segment"):
        assert all(f"`{word}`" in f"`{holds[column]}`" for word in WORDS[column]), column


def test_the_page_has_every_fault_in_order() -> None:
    assert [row[0] for row in rows("Rows that cannot be decided")] == list(FAULTS)


def test_the_page_names_the_highest_amount() -> None:
    assert f"{MOST_FEN:,} fen" in PAGE
