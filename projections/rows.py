"""Rows in bulk: read what a page of events touches, change it in memory, write it back once.

Rows pass between projections and driver as the database stores them: days and instants as text
(`stored_day`, `stored_instant`), codes as their text. Converting value by value on the way would
cost more than folding and storing together. SQLAlchemy makes every statement, once for each table,
and converts for those who read.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import BindParameter, bindparam, delete, func, insert, select
from sqlalchemy.dialects import sqlite

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sqlalchemy import ClauseElement, Column, ColumnElement, Connection, Table

Row = dict[str, Any]
"""One row by column name."""

Key = tuple[Any, ...]
"""The values of a table's primary key, in its order."""

Values = tuple[str | int | None, ...]
"""The values of one row in the order of its table's columns."""

_DIALECT = sqlite.dialect()


# Events of a page fall on few days, and all of a command are recorded at one instant.
@lru_cache(maxsize=1 << 16)
def stored_day(day: date) -> str:
    """Give a day as a column of days stores it."""
    return day.isoformat()


@lru_cache(maxsize=1 << 16)
def stored_instant(instant: datetime) -> str:
    """Give an aware instant as a column of instants stores it: in UTC, without offset."""
    assert instant.tzinfo is not None, "an instant is aware"
    in_utc = instant if instant.tzinfo is UTC else instant.astimezone(UTC)
    return in_utc.isoformat(" ", "microseconds")[:_INSTANT]


_INSTANT = len("2026-03-02 04:00:00.000000")


def load(connection: Connection, table: Table, *, first: Collection[str]) -> dict[Key, Row]:
    """Read, as stored, the rows whose key begins with one of these values."""
    if not first:
        return {}
    names = tuple(table.columns.keys())
    found = connection.exec_driver_sql(_select_sql(table), (json.dumps(list(first)),))
    rows = (dict(zip(names, values, strict=True)) for values in found)
    key = _getter(table.primary_key.columns.keys())
    return {key(row): row for row in rows}


def add(connection: Connection, table: Table, *, rows: list[Values]) -> None:
    """Insert new rows."""
    if rows:
        connection.exec_driver_sql(_insert_sql(table), rows)


def save(connection: Connection, table: Table, *, rows: Collection[Row]) -> None:
    """Insert rows, or replace those that have the same key."""
    if rows:
        values = list(map(_getter(table.columns.keys()), rows))
        connection.exec_driver_sql(_upsert_sql(table), values)


def grow(connection: Connection, table: Table, *columns: str, rows: list[Values]) -> None:
    """Insert rows, or add to the columns named those of rows that have the same key.

    Numbers are added up and text is put behind text; the other columns are replaced.
    """
    if rows:
        connection.exec_driver_sql(_upsert_sql(table, *columns), rows)


def erase(connection: Connection, table: Table, *, keys: Iterable[Key]) -> None:
    """Delete the rows with these keys."""
    gone = list(keys)
    if gone:
        connection.exec_driver_sql(_delete_sql(table), gone)


def one_of(
    column: Column[Any], values: Collection[str] | BindParameter[Any]
) -> ColumnElement[bool]:
    """Give the condition that a column has one of these values, or of those in a JSON array.

    It takes one parameter for any number of values: the statement is always the same, and SQLite
    would not take more than 32,766.
    """
    array = values if isinstance(values, BindParameter) else json.dumps(list(values))
    return column.in_(select(func.json_each(array).table_valued("value").c.value))


def key_of(table: Table, row: Row) -> Key:
    """Give a row's key."""
    return tuple(row[column.name] for column in table.primary_key)


def _getter(names: Collection[str]) -> Any:  # noqa: ANN401  # itemgetter gives one value or several
    """Make a function that gives the values of some columns of a row, always as a tuple."""
    if len(names) == 1:
        (name,) = names
        return lambda row: (row[name],)
    return itemgetter(*names)


@cache
def _select_sql(table: Table) -> str:
    first = next(iter(table.primary_key.columns))
    return _sql(select(table).where(one_of(first, bindparam("first"))))


@cache
def _insert_sql(table: Table) -> str:
    return _sql(insert(table))


@cache
def _upsert_sql(table: Table, *grown: str) -> str:
    statement = sqlite.insert(table)
    keys = table.primary_key.columns.keys()
    values = {
        name: table.c[name] + new if name in grown else new
        for name, new in statement.excluded.items()
        if name not in keys
    }
    return _sql(statement.on_conflict_do_update(index_elements=keys, set_=values))


@cache
def _delete_sql(table: Table) -> str:
    key = table.primary_key.columns
    return _sql(delete(table).where(*(column == bindparam(f"key_{column.name}") for column in key)))


def _sql(statement: ClauseElement) -> str:
    return str(statement.compile(dialect=_DIALECT))
