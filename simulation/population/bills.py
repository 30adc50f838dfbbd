"""The bills of a part of a day, before they are numbered: who, where, what for, how much."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from domain.codes import Category, Credential, Insurance
from domain.columns import number
from simulation.bulk import arrays
from simulation.bulk.arrays import Rows, State
from simulation.population import mixture, statistics
from simulation.population.draws import Array, Draws, chances, combined, skewed

SEVERAL_LINES = 60
"""Of a thousand bills of hospitals, how many have a second line; half of them have a third."""

LATE = 30
"""Of a thousand bills, how many are booked one to ten days after the care."""

WITHIN_PROVINCE = 30
"""Of a thousand bills, how many are of another area of the province."""

_UNFILED = 120  # of a thousand bills of another province, how many nobody filed
_OUTSIDE = 40  # of a thousand lines, how many are outside the catalogue
_LEAST_FEN = 100
_SHAPE = skewed(1000, spread=90)  # thousandths of a mean
_FLAGS = chances(  # assumed
    combined(
        {0: 990, arrays.NO_ACCOUNTS: 10},
        {0: 700, arrays.AID_REQUESTED: 300},
        {0: 998, arrays.NOT_DESIGNATED: 2},
        {0: 998, arrays.NOT_CONNECTED: 2},
        {
            number(Credential.OWN) << arrays.CREDENTIAL: 980,
            number(Credential.PROXY) << arrays.CREDENTIAL: 15,
            number(Credential.GRANTOR) << arrays.CREDENTIAL: 3,
            number(Credential.NONE) << arrays.CREDENTIAL: 2,
        },
    )
)
_RESIDENT = number(Insurance.RESIDENT)
_DRUG = number(Category.DRUG)
_SEARCHED = 16  # persons looked at to find one in resident insurance


class Map(NamedTuple):
    """The regions, sorted by province, so that another one of the same is quickly found."""

    province: Array  # of each region
    sorted: Array  # regions by province
    place: Array  # of each region among those of its province
    first: Array  # where in `sorted` the region's province begins
    size: Array  # how many regions its province has


def map_of(state: State, province: Array) -> Map:
    """Sort the regions in which people live; `province` is of every region."""
    populated = np.flatnonzero(np.bincount(state.home, minlength=len(province)))
    sorted_regions = populated[np.argsort(province[populated], kind="stable")]
    provinces = province[sorted_regions]
    first = np.searchsorted(provinces, province)
    place = np.zeros(len(province), np.int64)
    place[sorted_regions] = np.arange(len(sorted_regions)) - first[sorted_regions]
    size = np.searchsorted(provinces, province, side="right") - first
    return Map(province, sorted_regions, place, first, size)


class Bills(NamedTuple):
    """Bills, one element each."""

    kind: Array  # uint8, place in `mixture.KINDS`
    patient: Array  # int64
    where: Array  # int16
    day: Array  # int64
    flags: Array  # int16
    own: Array  # int64, fen
    fund: Array  # int64, fen


def bills(
    state: State, regions: Map, *, kinds: Array, booked: int, count: int, draws: Draws
) -> Bills:
    """Make the bills of a part of a day."""
    kind = draws.picks(count, kinds)
    patient = draws.below(count, len(state.home))
    _to_residents(state, patient, kind=kind)
    where, emergency = _where(state, patient, kind=kind, regions=regions, draws=draws)
    own = np.maximum(draws.picks(count, _SHAPE) * mixture.OWN[kind] // 1000, _LEAST_FEN)
    own[kind == mixture.PREMIUM] = mixture.OWN[mixture.PREMIUM]
    ratio = mixture.RATIO[kind]
    fund = np.where(draws.happens(count, mixture.WITH_FUND[kind]), own * ratio // (1000 - ratio), 0)
    late = draws.happens(count, LATE)
    day = booked - np.where(late, 1 + draws.below(count, 10), 0)
    flags = draws.picks(count, _FLAGS) | np.where(
        emergency, np.int16(arrays.EMERGENCY), np.int16(0)
    )
    return Bills(kind, patient, where, day, flags, own, fund)


def lines(made: Bills, *, booked: int, draws: Draws) -> Rows:
    """Count the bills as claims from 0, and divide some of a hospital's into lines."""
    count = len(made.kind)
    several = mixture.MAY_HAVE_LINES[made.kind] & draws.happens(count, SEVERAL_LINES)
    extra = np.where(several, 1 + draws.numbers(count) % 2, 0)
    bill = np.repeat(np.arange(count), 1 + extra)
    line = 1 + np.arange(len(bill)) - np.repeat(np.cumsum(1 + extra) - 1 - extra, 1 + extra)
    head = line == 1  # it has two or three parts of the bill, each other line one
    own, fund = (_divided(fen, extra, bill=bill, head=head) for fen in (made.own, made.fund))
    outside = draws.happens(len(bill), _OUTSIDE) & ~mixture.AT_OFFICE[made.kind[bill]]
    total = own + fund
    fund[outside] = 0  # people bear all of it
    category = mixture.CATEGORY[made.kind[bill]]
    return Rows(
        kind=np.full(len(bill), arrays.SETTLE, np.int8),
        claim=bill,
        line=line.astype(np.int16),
        booked=np.full(len(bill), booked, np.int32),
        day=made.day[bill].astype(np.int32),
        patient=made.patient[bill].astype(np.int32),
        where=made.where[bill],
        place=mixture.PLACE[made.kind[bill]],
        category=np.where(head, category, np.int8(_DRUG)),
        flags=made.flags[bill] | np.where(outside, np.int16(arrays.OUTSIDE), np.int16(0)),
        total=total,
        fund=fund,
        slot=np.full(len(bill), -1, np.int32),
    )


def _divided(fen: Array, extra: Array, *, bill: Array, head: Array) -> Array:
    part = fen // (extra + 2)
    found: Array = part[bill]
    found[head] = fen - extra * part
    return found


def _to_residents(state: State, patient: Array, *, kind: Array) -> None:
    """Have residents' premiums paid for the next resident; where none is near, somebody insures."""
    paid = np.flatnonzero(kind == mixture.PREMIUM)
    for _ in range(_SEARCHED):
        paid = paid[(state.flags[patient[paid]] & 3) != _RESIDENT]
        patient[paid] = (patient[paid] + 1) % len(state.home)
    kind[paid[(state.flags[patient[paid]] & 3) != _RESIDENT]] = mixture.COMMERCIAL


def _where(
    state: State, patient: Array, *, kind: Array, regions: Map, draws: Draws
) -> tuple[Array, Array]:
    """Give the region of each bill, and whether it was an emergency; filed patients travel.

    Bills of another province are mostly of patients who filed that; they replace the drawn ones.
    """
    count = len(patient)
    lot = draws.numbers(count).astype(np.int64) * 1000 >> 16
    can = ~mixture.AT_OFFICE[kind]
    far = np.flatnonzero(can & (lot < statistics.ACROSS_PROVINCES.value))
    filed = far if len(state.filing_person) else far[:0]
    filed = filed[~draws.happens(len(filed), _UNFILED)]
    filing = draws.below(len(filed), max(len(state.filing_person), 1))
    patient[filed] = state.filing_person[filing]
    where = state.home[patient].astype(np.int64)
    where[far] = regions.sorted[draws.below(len(far), len(regions.sorted))]
    where[filed] = _in_place(state.filing_place[filing], regions=regions, draws=draws)
    near = np.flatnonzero(
        can
        & (lot >= statistics.ACROSS_PROVINCES.value)
        & (lot < statistics.ACROSS_PROVINCES.value + WITHIN_PROVINCE)
    )
    home = where[near]
    steps = 1 + draws.below(len(near), 1 << 16) % np.maximum(regions.size[home] - 1, 1)
    where[near] = regions.sorted[
        regions.first[home] + (regions.place[home] + steps) % regions.size[home]
    ]
    emergency = np.zeros(count, np.bool_)
    emergency[far] = draws.happens(len(far), 150)
    return where.astype(np.int16), emergency


def _in_place(place: Array, *, regions: Map, draws: Draws) -> Array:
    """Give the region of a filing, or any one of the province that was filed."""
    whole = place < 0
    some = regions.sorted[
        np.searchsorted(regions.province[regions.sorted], -1 - place).clip(
            max=len(regions.sorted) - 1
        )
    ]
    step = draws.below(len(place), 1 << 16) % np.maximum(regions.size[some], 1)
    return np.where(whole, regions.sorted[regions.first[some] + step], place)
