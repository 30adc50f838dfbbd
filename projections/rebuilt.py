"""Comparing every projection, row by row, with one that is built afresh from the events (I10)."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.exc import StatementError

from domain.text import Text
from ledger.check import Problem
from ledger.errors import StoreError
from projections.rows import Row, key_of
from projections.runner import PROJECTIONS, open_views, positions, run

if TYPE_CHECKING:
    from sqlalchemy import Engine, Table

    from ledger.store import Store

ROWS = 10_000  # read at a time


def rebuild_problems(store: Store, engine: Engine) -> Iterator[Problem]:
    """Build all projections anew, up to where they stand, and give every row that differs."""
    upto = max(positions(engine).values())
    with tempfile.TemporaryDirectory() as directory:
        fresh = open_views(Path(directory))
        try:
            run(store, fresh, upto=upto)
        except (AssertionError, LookupError, StatementError, StoreError) as error:
            reached = min(positions(fresh).values())
            kind = type(error).__name__
            yield Problem(
                f"#{reached + 1}…",
                Text(f"事件无法重建为账目（{kind}）", f"the events do not add up ({kind})"),
            )
        else:
            for name, projection in PROJECTIONS.items():
                for table in projection.tables:
                    for place, says in table_differences(table, engine, rebuilt=fresh):
                        yield Problem(f"{name} {place}", says)
        finally:
            fresh.dispose()


def table_differences(table: Table, kept: Engine, *, rebuilt: Engine) -> Iterator[Problem]:
    """Walk through two copies of a table in order of key and give every row that differs."""
    left, right = _rows(table, kept), _rows(table, rebuilt)
    row, other = next(left, None), next(right, None)
    while row is not None or other is not None:
        if other is None or (row is not None and key_of(table, row) < key_of(table, other)):
            assert row is not None
            yield Problem(_place(table, row), Text("重建后没有此行", "the rebuild has no such row"))
            row = next(left, None)
        elif row is None or key_of(table, other) < key_of(table, row):
            yield Problem(_place(table, other), Text("缺少此行", "the row is missing"))
            other = next(right, None)
        else:
            if row != other:
                yield Problem(_place(table, row), _difference(row, other))
            row, other = next(left, None), next(right, None)


def _rows(table: Table, engine: Engine) -> Iterator[Row]:
    ordered = select(table).order_by(*table.primary_key)
    with engine.connect() as connection:
        for row in connection.execution_options(yield_per=ROWS).execute(ordered).mappings():
            yield dict(row)


def _place(table: Table, row: Row) -> str:
    return f"{table.name} {'/'.join(map(str, key_of(table, row)))}"


def _difference(row: Row, other: Row) -> Text:
    columns = [name for name in row if row[name] != other[name]]
    zh = "，".join(f"{name} 为 {row[name]}，应为 {other[name]}" for name in columns)
    en = ", ".join(f"{name} is {row[name]} instead of {other[name]}" for name in columns)
    return Text(zh, en)
