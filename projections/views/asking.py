"""Asking the views by SQL: one statement that reads, on a connection that can do nothing else."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from domain.text import Text

Value = str | int | float | bytes | None
"""What SQLite gives; fractions come of a reader's own arithmetic, never of a view."""

_STEPS = 10_000  # of SQLite's machine, between two looks at the clock
_MAX_VALUE = 1 << 24  # bytes in one value
_MAX_SQL = 100_000  # bytes in a statement
_MAY = frozenset(
    {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
)
_MAY_NOT_CALL = frozenset({"load_extension", "fts3_tokenizer"})
_LEADING = re.compile(r"(?:\s+|--[^\n]*(?:\n|\Z)|/\*.*?\*/)*", re.DOTALL)

NOT_A_QUESTION = Text(
    "只接受一条 SELECT 或 WITH 语句", "only one statement is taken, a SELECT or a WITH"
)
NOT_ALLOWED = Text(
    "只可读取，不可更改或打开别的库", "it may only read, and nothing but these books"
)
TOO_LONG = Text("超过时限，已中止", "it took too long and was stopped")
WRONG = Text("SQL 有误：{detail}", "the SQL is wrong: {detail}")


_REFUSED = {"You can only execute one statement": NOT_A_QUESTION, "not authorized": NOT_ALLOWED}
"""By how the message of SQLite or of its driver begins."""


class Unanswered(Exception):  # noqa: N818  # it says why there is no answer
    """A statement was refused, was stopped, or is wrong. Nothing was changed."""

    def __init__(self, says: Text, detail: str = "") -> None:
        """Carry what is to be said, and SQLite's own words."""
        super().__init__(says.en)
        self.says = says
        self.detail = detail


class Answer(NamedTuple):
    """Names of columns, each once, and rows that are read as they are asked for."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[Value, ...]]


@contextmanager
def guarded(path: Path, *, expired: Callable[[], bool]) -> Iterator[sqlite3.Connection]:
    """Open a file of read models for reading alone; `expired` tells when to stop."""
    address = f"file:{quote(str(path.absolute()))}?mode=ro"
    connection = sqlite3.connect(address, uri=True, isolation_level=None)
    try:
        connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_VALUE)
        connection.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, _MAX_SQL)
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        connection.set_authorizer(_authorize)
        connection.set_progress_handler(lambda: int(expired()), _STEPS)
        yield connection
    finally:
        connection.close()


def ask(connection: sqlite3.Connection, sql: str) -> Answer:
    """Ask one question.

    Raises:
        Unanswered: it is no question, it may not be asked, or SQLite does not understand it; also
            while the rows are read.
    """
    begun = _LEADING.match(sql)
    assert begun is not None, "it matches nothing, too"
    if not re.match(r"(?:select|with)\b", sql[begun.end() :], re.IGNORECASE):
        raise Unanswered(NOT_A_QUESTION)
    with _understood():
        cursor = connection.execute(sql)
    names = [description[0] for description in cursor.description]
    return Answer(tuple(_distinct(names)), _rows(cursor))


def _rows(cursor: sqlite3.Cursor) -> Iterator[tuple[Value, ...]]:
    with _understood():
        yield from cursor


@contextmanager
def _understood() -> Iterator[None]:
    """Turn SQLite's errors into what can be said of them."""
    try:
        yield
    except sqlite3.Error as error:
        said = str(error)
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
            raise Unanswered(TOO_LONG, said) from error
        known = (says for begin, says in _REFUSED.items() if said.startswith(begin))
        raise Unanswered(next(known, WRONG), said) from error


def _authorize(action: int, _: str | None, name: str | None, *__: str | None) -> int:
    """Allow reading and calling functions; everything else is denied."""
    calls = action == sqlite3.SQLITE_FUNCTION and name in _MAY_NOT_CALL
    return sqlite3.SQLITE_OK if action in _MAY and not calls else sqlite3.SQLITE_DENY


def _distinct(names: list[str]) -> Iterator[str]:
    """Number names that come again."""
    seen: dict[str, int] = {}
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        yield name if seen[name] == 1 else f"{name}_{seen[name]}"
