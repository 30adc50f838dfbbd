"""Asking the views by SQL: what is answered, and that nothing else can be done."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from cli.view_words import view_words
from ledger.store import Store
from projections.views.asking import (
    NOT_A_QUESTION,
    NOT_ALLOWED,
    TOO_LONG,
    WRONG,
    Unanswered,
    ask,
    guarded,
)
from projections.views.making import make

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


@pytest.fixture
def file(books: tuple[Store, Engine]) -> Path:
    """Give the file of read models with its views."""
    store, engine = books
    make(store, engine, words=view_words())
    return Path(str(engine.url.database))


@pytest.fixture
def connection(file: Path) -> Iterator[sqlite3.Connection]:
    with guarded(file, expired=lambda: False) as opened:
        yield opened


def contents(file: Path) -> list[str]:
    """Give everything in the file as statements."""
    with sqlite3.connect(file) as plain:
        return list(plain.iterdump())


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 参保人 FROM v_账户余额 WHERE 分段 = '当年' ORDER BY 1",
        "  -- who\n/* of\n all */ select person from balances where segment='current' order by 1;",
        "WITH 谁 AS (SELECT person FROM balances) SELECT DISTINCT person FROM 谁 ORDER BY 1",
    ],
)
def test_a_question_is_answered(connection: sqlite3.Connection, sql: str) -> None:
    answer = ask(connection, sql)
    assert [row[0] for row in answer.rows] == ["aunt", "daughter", "father", "mother", "son"]
    assert len(answer.columns) == 1


def test_columns_of_one_name_are_numbered(connection: sqlite3.Connection) -> None:
    answer = ask(connection, "SELECT 1 AS a, 2 AS b, 3 AS a, 4 AS a")
    assert answer.columns == ("a", "b", "a_2", "a_3")
    assert list(answer.rows) == [(1, 2, 3, 4)]


def test_rows_are_read_as_they_are_asked_for(file: Path) -> None:
    looked: list[int] = []

    def expired() -> bool:
        looked.append(1)
        return len(looked) > 50

    numbers = ENDLESS.replace("count(*)", "i")
    with guarded(file, expired=expired) as opened:
        answer = ask(opened, numbers)
        assert next(answer.rows) == (1,)
        with pytest.raises(Unanswered) as stopped:
            for _ in answer.rows:
                pass
    assert stopped.value.says == TOO_LONG


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "-- SELECT 1",
        "/* SELECT 1",
        "DELETE FROM journal",
        "DROP VIEW v_账户余额",
        "UPDATE balances SET available_fen = 0",
        "INSERT INTO balances SELECT * FROM balances",
        "REPLACE INTO tracking VALUES ('journal', 1, 0)",
        "CREATE TABLE t (a)",
        "ATTACH 'other.sqlite' AS other",
        "DETACH main",
        "PRAGMA query_only = OFF",
        "PRAGMA table_info(journal)",
        "VACUUM INTO 'copy.sqlite'",
        "BEGIN",
        "EXPLAIN SELECT 1",
        "VALUES (1)",
        "SELECTED",
        "SELECT 1; SELECT 2",
        "SELECT 1; DROP TABLE journal",
        "SELECT 1;\n-- \n DELETE FROM journal",
    ],
)
def test_anything_but_one_question_is_refused(file: Path, sql: str) -> None:
    before = contents(file)
    with guarded(file, expired=lambda: False) as opened:
        with pytest.raises(Unanswered) as refused:
            ask(opened, sql)
        assert refused.value.says == NOT_A_QUESTION
    assert contents(file) == before
    assert sorted(path.name for path in file.parent.glob("c*.sqlite")) == []


@pytest.mark.parametrize(
    "sql",
    [
        "WITH gone AS (SELECT 1) DELETE FROM journal",
        "WITH gone AS (SELECT 1) UPDATE balances SET available_fen = 0",
        "WITH gone AS (SELECT 1) INSERT INTO tracking VALUES ('x', 1, 1)",
        "SELECT load_extension('other')",
        "SELECT * FROM pragma_database_list",
        "SELECT * FROM pragma_query_only",
    ],
)
def test_a_question_that_does_something_is_not_allowed(file: Path, sql: str) -> None:
    before = contents(file)
    with guarded(file, expired=lambda: False) as opened, pytest.raises(Unanswered) as refused:
        list(ask(opened, sql).rows)
    assert refused.value.says == NOT_ALLOWED
    assert contents(file) == before


@pytest.mark.parametrize(
    ("sql", "detail"),
    [
        ("SELECT * FROM v_没有", "no such table"),
        ("SELECT 没有 FROM v_账户余额", "no such column"),
        ("SELECT", "incomplete"),
        ("SELECT zeroblob(1000000000)", "too big"),
        ("SELECT 'a\x00b'", "null character"),
        ("SELECT '" + "x" * 200_000 + "'", "too large"),
        ("SELECT ?", "bindings"),
    ],
)
def test_what_is_wrong_is_said_in_the_words_of_sqlite(
    connection: sqlite3.Connection, sql: str, detail: str
) -> None:
    with pytest.raises(Unanswered) as wrong:
        list(ask(connection, sql).rows)
    assert detail in wrong.value.detail
    assert wrong.value.says == WRONG


def test_the_guard_itself_cannot_write_even_without_the_authorizer(file: Path) -> None:
    with guarded(file, expired=lambda: False) as opened:
        opened.set_authorizer(None)
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            opened.execute("DELETE FROM journal")
        opened.execute("PRAGMA query_only = OFF")
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            opened.execute("DELETE FROM journal")


def test_an_endless_question_is_stopped(file: Path) -> None:
    looked: list[int] = []

    def expired() -> bool:
        looked.append(1)
        return len(looked) > 5

    with guarded(file, expired=expired) as opened, pytest.raises(Unanswered) as stopped:
        list(ask(opened, ENDLESS).rows)
    assert stopped.value.says == TOO_LONG
    assert len(looked) == 6


def test_a_folder_with_odd_characters_is_opened(file: Path, tmp_path: Path) -> None:
    odd = tmp_path / "a?b#c %20 账"
    odd.mkdir()
    (odd / file.name).write_bytes(b"")
    with sqlite3.connect(odd / file.name) as other:
        other.execute("CREATE TABLE t (a)")
    with guarded(odd / file.name, expired=lambda: False) as opened:
        assert list(ask(opened, "SELECT count(*) FROM t").rows) == [(0,)]
