"""Rows in bulk: read what a page of events touches, change it in memory, write it back once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, insert, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sqlalchemy import ColumnElement, Connection, Table

Row = dict[str, Any]
"""One row by column name."""

Key = tuple[Any, ...]
"""The values of a table's primary key, in its order."""

_AT_ONCE = 5_000  # keys of up to three columns: SQLite takes 32,766 parameters a statement


def load(connection: Connection, table: Table, *, keys: Collection[Key]) -> dict[Key, Row]:
    """Read the rows with these keys. Keys may be shortened to the leading columns, all alike."""
    wanted = list(keys)
    found: dict[Key, Row] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = select(table).where(_is_one_of(table, wanted[start : start + _AT_ONCE]))
        for row in map(dict, connection.execute(some).mappings()):
            found[key_of(table, row)] = row
    return found


def add(connection: Connection, table: Table, *, rows: Collection[Row]) -> None:
    """Insert new rows."""
    if rows:
        connection.execute(insert(table), list(rows))


def save(connection: Connection, table: Table, *, rows: Collection[Row]) -> None:
    """Insert rows, or replace those that have the same key."""
    if not rows:
        return
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table)
    keys = [column.name for column in table.primary_key]
    values = {c.name: c for c in statement.excluded if c.name not in keys}
    connection.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=values), list(rows)
    )


def erase(connection: Connection, table: Table, *, keys: Iterable[Key]) -> None:
    """Delete the rows with these keys."""
    columns = list(table.primary_key.columns)
    gone = [{f"key_{c.name}": part for c, part in zip(columns, key, strict=True)} for key in keys]
    if gone:
        matches = [column == bindparam(f"key_{column.name}") for column in columns]
        connection.execute(delete(table).where(*matches), gone)


def key_of(table: Table, row: Row) -> Key:
    """Give a row's key."""
    return tuple(row[column.name] for column in table.primary_key)


def _is_one_of(table: Table, keys: Sequence[Key]) -> ColumnElement[bool]:
    columns = list(table.primary_key.columns)[: len(keys[0])]
    if len(columns) == 1:
        return columns[0].in_([key for (key,) in keys])
    return tuple_(*columns).in_(keys)
