"""Instants, service dates and account years."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.time import (
    SHANGHAI,
    account_year,
    end_of_day,
    last_day_over,
    parse_instant,
    service_date_of,
)

instants = st.datetimes(
    min_value=datetime(1, 1, 3),  # noqa: DTZ001  # the strategy adds the zone
    max_value=datetime(9999, 12, 29),  # noqa: DTZ001  # as above
    timezones=st.sampled_from([UTC, SHANGHAI, timezone(timedelta(hours=-5, minutes=-30))]),
)


@given(instants)
def test_an_instant_written_with_any_offset_is_read_as_the_same_instant_in_utc(
    instant: datetime,
) -> None:
    read = parse_instant(instant.isoformat())
    assert read == instant
    assert read.tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-03-02T09:00:00", "needs an offset, such as 2026-03-02T09:00:00\\+08:00"),
        ("2026-03-02", "needs an offset"),
        ("yesterday", "isoformat"),
        ("2026-02-30T00:00:00Z", "day"),
        ("0001-01-01T00:00:00+08:00", "outside the calendar in UTC"),
        ("9999-12-31T23:59:59-08:00", "outside the calendar in UTC"),
    ],
)
def test_an_instant_without_offset_or_outside_the_calendar_is_not_read(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_instant(text)


@pytest.mark.parametrize(
    ("utc", "day"),
    [
        ("2025-12-31T15:59:59.999999+00:00", date(2025, 12, 31)),
        ("2025-12-31T16:00:00+00:00", date(2026, 1, 1)),
        ("2024-02-28T16:00:00+00:00", date(2024, 2, 29)),
    ],
)
def test_the_service_date_changes_at_midnight_in_shanghai(utc: str, day: date) -> None:
    assert service_date_of(parse_instant(utc)) == day


_INSTANT = timedelta(microseconds=1)


@given(st.dates(max_value=date(9999, 12, 30)))
def test_a_day_ends_just_before_midnight_in_shanghai(day: date) -> None:
    end = end_of_day(day)
    assert end.tzinfo is UTC
    assert service_date_of(end) == day
    assert service_date_of(end + _INSTANT) == day + timedelta(days=1)


@given(st.dates(min_value=date(1, 1, 3), max_value=date(9999, 12, 30)))
def test_a_day_is_over_at_its_end_and_not_before(day: date) -> None:
    before = day - timedelta(days=1)
    assert last_day_over(end_of_day(day)) == day
    assert last_day_over(end_of_day(day) - _INSTANT) == before
    assert last_day_over(end_of_day(before) + _INSTANT) == before


def test_a_naive_instant_has_no_service_date() -> None:
    with pytest.raises(AssertionError):
        service_date_of(datetime(2026, 3, 2))  # noqa: DTZ001  # that is the point


@pytest.mark.parametrize(
    ("day", "start_month", "year"),
    [
        (date(2026, 1, 1), 1, 2026),
        (date(2026, 12, 31), 1, 2026),
        (date(2026, 6, 30), 7, 2025),
        (date(2026, 7, 1), 7, 2026),
        (date(2027, 6, 30), 7, 2026),
        (date(2026, 11, 30), 12, 2025),
        (date(2026, 12, 1), 12, 2026),
    ],
)
def test_an_account_year_is_named_by_the_year_in_which_it_starts(
    day: date, start_month: int, year: int
) -> None:
    assert account_year(day, start_month) == year


@pytest.mark.parametrize("start_month", [0, 13])
def test_an_account_year_starts_in_a_real_month(start_month: int) -> None:
    with pytest.raises(AssertionError):
        account_year(date(2026, 1, 1), start_month)
