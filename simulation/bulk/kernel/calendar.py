"""Years and months of days, from ordinals alone."""

from __future__ import annotations

_BEFORE_MARCH = 306  # days from 1 March of year 0 to ordinal 1, less one
_DAYS_OF_400_YEARS = 146_097
_DAYS_OF_100_YEARS = 36_524
_DAYS_OF_4_YEARS = 1_460


def month_of(day: int) -> int:
    """Give `year * 12 + month - 1` of a day, as months are counted on.

    Years are counted from March, so that a leap day is the last day of its year.
    """
    since = day + _BEFORE_MARCH - 1
    era = since // _DAYS_OF_400_YEARS
    rest = since - era * _DAYS_OF_400_YEARS
    years = (
        rest
        - rest // _DAYS_OF_4_YEARS
        + rest // _DAYS_OF_100_YEARS
        - rest // (_DAYS_OF_400_YEARS - 1)
    ) // 365
    in_year = rest - (365 * years + years // 4 - years // 100)
    march = (5 * in_year + 2) // 153  # months since March
    return (era * 400 + years) * 12 + march + 2


def year_of(day: int, start_month: int) -> int:
    """Name the account year of a day by the year in which it starts (`domain.time`)."""
    month = month_of(day)
    year = month // 12
    return year if month - year * 12 + 1 >= start_month else year - 1
