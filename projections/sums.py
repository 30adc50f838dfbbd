"""Sums over read models that must come to nothing, and where they do not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlalchemy import Select, func, or_, select

from domain.money import format_yuan

if TYPE_CHECKING:
    from sqlalchemy import CompoundSelect, Engine, RowMapping


def unequal(
    engine: Engine,
    parts: CompoundSelect[tuple[object, ...]] | Select[tuple[object, ...]],
    *,
    keys: tuple[str, ...],
    sums: tuple[str, ...],
) -> Iterator[RowMapping]:
    """Add parts up by key and give those that are not zero: two sides with opposite signs."""
    table = parts.subquery()
    columns = [table.c[key] for key in keys]
    totals = [func.sum(table.c[name]).label(name) for name in sums]
    grouped = select(*columns, *totals).group_by(*columns).subquery()
    some = [grouped.c[name] != 0 for name in sums]
    yield from rows(engine, select(grouped).where(or_(*some)).order_by(*grouped.c))


def rows(engine: Engine, found: Select[tuple[object, ...]]) -> Iterator[RowMapping]:
    """Give what a query finds, row by row."""
    with engine.connect() as connection:
        yield from connection.execute(found).mappings()


def yuan(fen: int) -> str:
    """Print fen that a database has summed up."""
    return format_yuan(int(fen))
