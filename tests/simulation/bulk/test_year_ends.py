"""A region's account year begins before the first row that is booked in it."""

from __future__ import annotations

from datetime import date

import numpy as np

from simulation.bulk.arrays import ROLL, SETTLE, Rows, Rules, State
from simulation.bulk.kernel.terms import WIDTH, YEAR_START_MONTH
from simulation.bulk.run.year_ends import NO_CLAIM, YearEnds, start_months
from tests.simulation.bulk.states import small


def rules(*months: int, days: int = 800) -> Rules:
    """Give rules of one set a region, which say nothing but when its account year starts."""
    cells = np.zeros(len(months) * WIDTH, np.int64)
    cells[YEAR_START_MONTH::WIDTH] = months
    index = np.repeat(np.arange(len(months), dtype=np.int16), days)
    return Rules(date(2024, 1, 1).toordinal(), days, index, cells, np.array([42, 44], np.int16))


def rows(*days: date) -> Rows:
    """Give one row a day; the claim tells them apart."""
    nothing = np.zeros(len(days), np.int64)
    booked = np.array([day.toordinal() for day in days], np.int32)
    made = Rows(*(nothing,) * len(Rows._fields))
    return made._replace(
        kind=nothing.astype(np.int8), claim=nothing + range(10, 10 + len(days)), booked=booked
    )


def with_rolls(rows: Rows, state: State, *, rules: Rules) -> Rows:
    return YearEnds(state, rules).put_in(rows, state.open_year)


def seen(found: Rows) -> list[tuple[int, int, int]]:
    """Give (kind, claim, patient) of each row."""
    return list(zip(found.kind.tolist(), found.claim.tolist(), found.patient.tolist(), strict=True))


def bill(claim: int) -> tuple[int, int, int]:
    return (SETTLE, claim, 0)


def roll(region: int) -> tuple[int, int, int]:
    return (ROLL, NO_CLAIM, region)


def test_rows_within_the_open_year_stay_as_they_are() -> None:
    given = rows(date(2025, 1, 1), date(2025, 12, 31))
    assert with_rolls(given, small(), rules=rules(1, 1)) is given


def test_no_rows_begin_no_year() -> None:
    given = rows()
    assert with_rolls(given, small(), rules=rules(1, 1)) is given


def test_every_region_rolls_before_the_first_row_of_its_new_year() -> None:
    given = rows(date(2025, 12, 31), date(2026, 1, 2), date(2026, 1, 2))
    found = with_rolls(given, small(), rules=rules(1, 1))
    assert seen(found) == [bill(10), roll(0), roll(1), bill(11), bill(12)]
    assert found.booked.tolist()[1:3] == [date(2026, 1, 2).toordinal()] * 2
    assert found.slot.tolist()[1:3] == [-1, -1]
    assert [column.dtype for column in found] == [column.dtype for column in given]


def test_each_region_rolls_in_its_own_month() -> None:
    given = rows(date(2025, 12, 31), date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1))
    found = with_rolls(given, small(), rules=rules(1, 7))
    assert seen(found) == [bill(10), roll(0), bill(11), bill(12), roll(1), bill(13)]


def test_each_year_rolls_once() -> None:
    given = rows(date(2026, 5, 1), date(2026, 5, 2), date(2027, 5, 1))
    found = with_rolls(given, small(), rules=rules(1, 1))
    wanted = [roll(0), roll(1), bill(10), bill(11), roll(0), roll(1), bill(12)]
    assert seen(found) == wanted


def test_a_region_where_nobody_lives_does_not_roll() -> None:
    given = rows(date(2026, 5, 1))
    found = with_rolls(given, small(home=[1, 1, 1, 1]), rules=rules(1, 1))
    assert seen(found) == [roll(1), bill(10)]


def test_a_region_rolls_when_it_gets_rules() -> None:
    late = rules(1, 1)
    late.index[:100] = -1  # in the first region
    assert start_months(late, late.first_day + 99).tolist() == [0, 1]
    assert start_months(late, late.first_day + 100).tolist() == [1, 1]
    assert start_months(late, late.first_day - 1).tolist() == [0, 0]
    assert start_months(late, late.first_day + 10 * late.days).tolist() == [1, 1]
    day = date.fromordinal(late.first_day + 99)
    found = with_rolls(rows(day, date(2024, 6, 1)), small(open_year=[2023, 2023]), rules=late)
    assert seen(found) == [roll(1), bill(10), roll(0), bill(11)]
