"""`gongji audit export beancount|hledger`: to a file or standard output, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from beancount import loader

from tests.cli.books import call, data, done


def test_the_books_are_written_with_the_figures_of_the_balances(
    family: Path, claim_file: str, tmp_path: Path
) -> None:
    done(family, "claim", "settle", claim_file)
    out = tmp_path / "books.beancount"
    (row,) = data(family, "audit", "export", "beancount", str(out))["rows"]
    entries, errors, _ = loader.load_file(str(out))
    assert errors == []
    assert row["transactions"] == sum(type(each).__name__ == "Transaction" for each in entries)
    assert row["accounts"] == sum(type(each).__name__ == "Open" for each in entries)
    assert row["assertions"] > 0
    assert list(tmp_path.glob("*.part")) == []


@pytest.mark.parametrize("tool", ["beancount", "hledger"])
def test_standard_output_has_the_text_alone_and_the_talk_goes_beside_it(
    tool: str, family: Path, tmp_path: Path
) -> None:
    out = tmp_path / "books"
    done(family, "audit", "export", tool, str(out), "--lang", "zh")
    result = done(family, "audit", "export", tool, "-", "--lang", "zh")
    assert result.stdout == out.read_text(encoding="utf-8")
    assert "2101-个人账户-可用" in result.stdout
    assert "断言" in result.stderr


def test_of_one_person_and_a_period(family: Path) -> None:
    words = ("audit", "export", "hledger", "-", "--person", "A", "--assert", "month")
    result = done(family, *words, "--from", "2026-03-02", "--to", "2026-03-31")
    assert "P-A" in result.stdout
    assert "P-B" not in result.stdout
    assert "2026-03-01 * opening | opening balances" in result.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--person", "nobody"), "E111"),
        (("--from", "2026-03-02", "--to", "2026-03-01"), "E106"),
        (("--as-of", "2026-03-01"), "--as-of"),
    ],
)
def test_what_cannot_be_exported_is_refused_and_nothing_is_written(
    family: Path, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    out = tmp_path / "books"
    result = call(family, "audit", "export", "beancount", str(out), *words)
    assert result.exit_code in {1, 2}
    assert said in result.stderr
    assert not out.exists()


def test_a_file_that_cannot_be_written_is_named(family: Path, tmp_path: Path) -> None:
    out = tmp_path / "missing" / "books"
    result = call(family, "audit", "export", "beancount", str(out))
    assert result.exit_code == 2
    assert "missing" in result.stderr


def test_an_empty_store_gives_an_empty_journal(tmp_path: Path) -> None:
    store = tmp_path / "store"
    done(store, "store", "init")
    result = done(store, "audit", "export", "beancount", "-")
    assert "nothing was entered" in result.stdout
    assert loader.load_string(result.stdout)[1] == []
