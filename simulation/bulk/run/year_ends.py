"""Rows that begin a region's account year, put in before the first row booked in it.

Claims files do not say when account years begin; the rules do. By the day of booking each region
rolls once a year, before anything else of that day, in order of the regions' numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cached_property

import numpy as np

from domain.time import account_year
from simulation.bulk.arrays import ROLL, Rows, Rules, State
from simulation.bulk.kernel.terms import WIDTH, YEAR_START_MONTH
from simulation.bulk.states.state_checks import Array

NO_CLAIM = -1
"""The claim number of a row that belongs to no bill."""

_MONTHS = 12
_CHUNK = 1 << 22  # persons counted at a time


class YearEnds:
    """Begins account years in one population, under one table of rules."""

    def __init__(self, state: State, rules: Rules) -> None:
        """Take who lives where, which no run changes."""
        self._home = np.asarray(state.home)
        self._regions = len(state.open_year)
        self._rules = rules

    def put_in(self, rows: Rows, open_year: Array) -> Rows:
        """Give rows with those put in that begin the account years of regions where people live.

        `rows` are numpy arrays in order of booking, `open_year` is the year that is open in each
        region before them. Rows that begin no year are given as they are.
        """
        due = list(self._due(rows, open_year))
        if not due:
            return rows
        at = np.array([row for row, _ in due])
        begun = _rolls(rows.booked[at], np.array([region for _, region in due]))
        return Rows(
            *(
                np.insert(column, at, values.astype(column.dtype))
                for column, values in zip(rows, begun, strict=True)
            )
        )

    def _due(self, rows: Rows, open_year: Array) -> Iterator[tuple[int, int]]:
        """Give (row to put it before, region) of each year that begins, in order."""
        opened = np.array(open_year, dtype=np.int64)
        for row in _first_rows_of_days(rows.booked):
            day = int(rows.booked[row])
            years = _years(start_months(self._rules, day), date.fromordinal(day))
            for region in np.flatnonzero(opened < years).tolist():
                if region in self._peopled:
                    yield row, region
            opened = np.maximum(opened, years)

    @cached_property
    def _peopled(self) -> frozenset[int]:
        """Give the regions where people live; nobody asks before a year begins."""
        people = np.zeros(self._regions, np.int64)
        for start in range(0, len(self._home), _CHUNK):
            people += np.bincount(self._home[start : start + _CHUNK], minlength=self._regions)
        return frozenset(np.flatnonzero(people).tolist())


def start_months(rules: Rules, day: int) -> Array:
    """Give for each region the month in which its account year starts; 0 where it has no rules."""
    regions = len(rules.province)
    since = min(day - rules.first_day, rules.days - 1)
    if since < 0:
        return np.zeros(regions, np.int64)
    index = np.asarray(rules.index).reshape(regions, rules.days)[:, since].astype(np.int64)
    cells = np.asarray(rules.cells)
    return np.where(index < 0, 0, cells[np.maximum(index, 0) * WIDTH + YEAR_START_MONTH])


def _rolls(days: Array, regions: Array) -> Rows:
    """Give one row for each day and region; what means nothing in them is 0."""
    nothing = np.zeros(len(days), np.int64)
    return Rows(*(nothing,) * len(Rows._fields))._replace(
        kind=nothing + ROLL,
        claim=nothing + NO_CLAIM,
        booked=days,
        day=days,
        patient=regions,
        where=regions,
        slot=nothing - 1,
    )


def _years(starts: Array, day: date) -> Array:
    """Give the account year of a day for each region's starting month; 0 where there is none."""
    years = np.zeros(len(starts), np.int64)
    for month in range(1, _MONTHS + 1):
        years[starts == month] = account_year(day, month)
    return years


def _first_rows_of_days(booked: Array) -> list[int]:
    if not len(booked):
        return []
    return [0, *(np.flatnonzero(np.diff(booked)) + 1).tolist()]
