"""Service dates (Asia/Shanghai) and instants (UTC). Nothing here reads a clock."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, timezone

# China has kept one time without daylight saving since 1992; a fixed offset needs no tz database.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


def parse_instant(text: str) -> datetime:
    """Read an ISO 8601 instant with an offset into UTC.

    Raises:
        ValueError: not ISO 8601, no offset given, or outside the calendar in UTC.
    """
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        msg = f"an instant needs an offset, such as 2026-03-02T09:00:00+08:00: {text!r}"
        raise ValueError(msg)
    try:
        return instant.astimezone(UTC)
    except OverflowError as error:
        msg = f"outside the calendar in UTC: {text!r}"
        raise ValueError(msg) from error


def service_date_of(instant: datetime) -> date:
    """Give the calendar day in Shanghai on which an aware instant falls."""
    assert instant.tzinfo is not None
    return instant.astimezone(SHANGHAI).date()


def end_of_day(day: date) -> datetime:
    """Give the last instant, in UTC, that falls on a calendar day in Shanghai."""
    return datetime.combine(day, time.max, SHANGHAI).astimezone(UTC)


def last_day_over(instant: datetime) -> date:
    """Give the last calendar day in Shanghai that is over at an aware instant."""
    day = service_date_of(instant)
    return day if instant >= end_of_day(day) else day - timedelta(days=1)


def hour_in_shanghai(instant: datetime) -> int:
    """Give the hour of the day in Shanghai, 0 to 23."""
    assert instant.tzinfo is not None
    return instant.astimezone(SHANGHAI).hour


def next_day_at(instant: datetime, hour: int) -> datetime:
    """Give the instant, in UTC, at which an hour begins on the next day in Shanghai."""
    day = service_date_of(instant) + timedelta(days=1)
    return datetime.combine(day, time(hour), SHANGHAI).astimezone(UTC)


def shanghai_time(instant: str) -> str:
    """Write an ISO 8601 instant as Shanghai time, to the second ("2026-03-02 12:00:00")."""
    return f"{parse_instant(instant).astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def account_year(day: date, start_month: int) -> int:
    """Name the account year of a day by the calendar year in which it starts.

    `start_month` is 1 where the year is the calendar year and 7 where it runs July to June.
    """
    assert 1 <= start_month <= 12  # noqa: PLR2004  # months
    return day.year if day.month >= start_month else day.year - 1


def months_later(day: date, months: int) -> date:
    """Give the same day of a later month, or that month's last day where it is shorter.

    A term of months that begins on a day ends with this day, as civil law counts.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day_in(year, month + 1, day=day.day)


def day_in(year: int, month: int, *, day: int) -> date:
    """Give a day of a month, or the month's last day where it is shorter."""
    return date(year, month, min(day, monthrange(year, month)[1]))
