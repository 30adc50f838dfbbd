"""Claims made up from a seed: bills, cancellations and credits in order of booking.

Each part of a day has a stream of its own. Claim numbers rise from 1 through bills and credits.
"""

from __future__ import annotations

from calendar import SATURDAY
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from simulation.bulk import arrays
from simulation.bulk.arrays import Rows, State
from simulation.population import mixture, statistics
from simulation.population.accounts import opened
from simulation.population.bills import Map, bills, lines, map_of
from simulation.population.draws import Array, Draws, shares, skewed

PART = 1 << 17
"""Most bills, or credits, of a part of a day."""

CANCELLED = 10
"""Of a thousand bills, how many are cancelled, about half of them on the same day."""

_BILLS, _CREDITS = 1, 2  # what streams are for; those of people begin with the code of a region
_WHOLE = 600  # of a thousand cancellations, how many are of the whole bill
_SAME_DAY = 500
_LONGEST = 20  # days between a bill and its cancellation
_WEEKDAY, _WEEKEND = 10, 7  # how many bills there are on such days
_CREDIT = skewed(statistics.YEARLY_CREDIT.value // 12, spread=50)


class Course(NamedTuple):
    """Which claims to make: so many bills, and then cancellations and credits."""

    first: date
    days: int
    bills: int
    seed: int
    credits: bool = False  # on the first day of each month into every open account


def claims(state: State, course: Course, *, provinces: Iterable[int]) -> Rows:
    """Make all claims of a course; `provinces` are those of the regions by number.

    Raises:
        ValueError: no days, fewer than no bills, or a seed below 0.
    """
    return _joined([nothing(), *batches(state, course, provinces=provinces)])


def batches(state: State, course: Course, *, provinces: Iterable[int]) -> Iterator[Rows]:
    """Make the same claims part by part; no bill or cancellation is cut.

    Raises:
        ValueError: no days, fewer than no bills, or a seed below 0.
    """
    if course.days < 1 or course.bills < 0 or course.seed < 0:
        raise ValueError(course)
    regions = map_of(state, np.array(list(provinces), np.int64))
    days = [course.first + timedelta(day) for day in range(course.days)]
    counts = shares(course.bills, [_busy(day) for day in days])
    later: dict[int, list[Rows]] = defaultdict(list)
    claim = 1
    for day, count in zip(days, counts, strict=True):
        for made, draws in _day(state, course, day=day, count=count, regions=regions):
            numbered = made._replace(claim=made.claim + claim)
            claim = int(numbered.claim[-1]) + 1
            yield numbered if draws is None else _with_cancellations(numbered, later, draws=draws)
        if cancelled := later.pop(day.toordinal(), None):
            yield _joined(cancelled)


def nothing() -> Rows:
    """Give no rows, in the types that rows have."""
    return Rows(*(np.empty(0, kind) for kind in _TYPES))


_TYPES = tuple(arrays.kinds_of(Rows).values())


def _busy(day: date) -> int:
    return _WEEKEND if day.weekday() >= SATURDAY else _WEEKDAY


# ------------------------------------------------------------------------------- bills and credits


def _day(
    state: State, course: Course, *, day: date, count: int, regions: Map
) -> Iterator[tuple[Rows, Draws | None]]:
    """Make the credits and bills of a day, claims counted from 0 in each part.

    With bills comes their stream, for their cancellations.
    """
    booked = day.toordinal()
    if course.credits and day.day == 1:
        for start in range(0, len(state.home), PART):
            credit = _credits(state, start, booked=booked, seed=course.seed)
            if len(credit.claim):
                yield credit, None
    kinds = mixture.kinds_in(day.month)
    for place, start in enumerate(range(0, count, PART)):
        draws = Draws(course.seed, _BILLS, booked, place)
        size = min(PART, count - start)
        made = bills(state, regions, kinds=kinds, booked=booked, count=size, draws=draws)
        yield lines(made, booked=booked, draws=draws), draws


def _credits(state: State, start: int, *, booked: int, seed: int) -> Rows:
    """Credit a part of the open accounts; each gets the same in every month."""
    stop = min(start + PART, len(state.home))
    amounts = Draws(seed, _CREDITS, start // PART).picks(stop - start, _CREDIT)
    owners = np.flatnonzero(opened(state.flags[start:stop]))
    count = len(owners)
    blank = dict(zip(Rows._fields, (np.zeros(count, kind) for kind in _TYPES), strict=True))
    blank |= {
        "kind": np.full(count, arrays.CREDIT, np.int8),
        "claim": np.arange(count),
        "booked": np.full(count, booked, np.int32),
        "day": np.full(count, booked, np.int32),
        "patient": (owners + start).astype(np.int32),
        "where": state.home[owners + start],
        "total": amounts[owners].astype(np.int64),
        "slot": np.full(count, -1, np.int32),
    }
    return Rows(**blank)


# ----------------------------------------------------------------------------------- cancellations


def _with_cancellations(made: Rows, later: dict[int, list[Rows]], *, draws: Draws) -> Rows:
    """Give a part with what is cancelled of it at once, and remember what will be later."""
    booked = int(made.booked[0])
    cancelled, delays = _cancellations(made, draws)
    for delay in np.unique(delays[delays > 0]).tolist():
        some = _picked(cancelled, delays == delay)
        when = np.full(len(some.kind), booked + delay, np.int32)
        later[booked + delay].append(some._replace(booked=when))
    return _joined([made, _picked(cancelled, delays == 0)])


def _cancellations(made: Rows, draws: Draws) -> tuple[Rows, Array]:
    """Give cancellations of a part's bills, and for each row after how many days.

    A whole one is one row of line 0; a partial one takes half of the first two lines.
    """
    bill = np.cumsum(made.line == 1) - 1
    bills_there = int(bill[-1]) + 1
    chosen = draws.happens(bills_there, CANCELLED)
    whole = draws.happens(bills_there, _WHOLE)
    same_day = draws.happens(bills_there, _SAME_DAY)
    delay = np.where(same_day, 0, 1 + draws.below(bills_there, _LONGEST))
    rows = np.flatnonzero(chosen[bill] & (made.line <= np.where(whole[bill], 1, 2)))
    entire = whole[bill[rows]]
    total, fund = made.total[rows], made.fund[rows]
    half = np.where(entire, 0, (total - fund + 1) // 2), np.where(entire, 0, fund // 2)
    cancelled = _picked(made, rows)._replace(
        kind=np.full(len(rows), arrays.CANCEL, np.int8),
        line=np.where(entire, np.int16(0), made.line[rows]),
        flags=np.where(entire, np.int16(arrays.WHOLE), np.int16(0)),
        total=half[0] + half[1],
        fund=half[1],
    )
    return cancelled, delay[bill[rows]]


def _picked(made: Rows, rows: Array) -> Rows:
    return Rows(*(column[rows] for column in made))


def _joined(parts: list[Rows]) -> Rows:
    return Rows(*(np.concatenate(column) for column in zip(*parts, strict=True)))
