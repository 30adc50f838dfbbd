"""Facts that were recorded late: on a later day, in Shanghai, than the one from which they hold."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import func

from domain.time import service_date_of

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Table

_SHANGHAI = "+8 hours"  # China has one time, without daylight saving; see `domain.time`


def days_late(effective_on: date, recorded_at: datetime) -> int:
    """Give how many days after the day from which it holds a fact was recorded, at least 0."""
    return max((service_date_of(recorded_at) - effective_on).days, 0)


def recorded_late(table: Table, days: int) -> ColumnElement[bool]:
    """Give the condition that a row was recorded at least so many days late.

    The table has `effective_on` and `recorded_at`, as the database stores them.
    """
    in_time = func.date(table.c.recorded_at, _SHANGHAI, f"-{days} days")
    return table.c.effective_on <= in_time
