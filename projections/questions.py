"""The two questions about time, which every reading function answers apart.

*As of* a day: what held on that day, by all that is recorded. *As known at* a position or an
instant: what had been recorded by then.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Table

Known = int | datetime | None
"""As known at a position (included), at an aware instant (included), or now."""


def then(table: Table, *, as_of: date | None, as_known_at: Known) -> list[ColumnElement[bool]]:
    """Give the conditions on a table with `effective_on`, `recorded_at` and `position`."""
    conditions = []
    if as_of is not None:
        conditions.append(table.c.effective_on <= as_of)
    match as_known_at:
        case datetime():
            assert as_known_at.tzinfo is not None, "an instant is aware"
            conditions.append(table.c.recorded_at <= as_known_at)
        case int():
            conditions.append(table.c.position <= as_known_at)
    return conditions
