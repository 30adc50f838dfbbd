"""What bills are for: kinds with how common they are, what people bear of them, and the season.

The weights were chosen so that the money people bear falls on institutions, pharmacies, premiums
and the rest as the money of mutual aid officially does. What of a bill the fund pays, and how
often it pays, is assumed, except that a stay in hospital costs what it officially does.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from domain.codes import Category, Place
from domain.columns import number
from simulation.population import statistics
from simulation.population.draws import Array, chances


class Kind(NamedTuple):
    """One kind of bill."""

    place: Place
    category: Category
    weight: int  # of a thousand bills but residents' premiums
    own_fen: int  # mean of what people bear
    with_fund: int  # of a thousand bills, on how many the fund pays too
    ratio: int  # what it pays then, parts of a thousand of the cost


_FUND_OF_STAYS = 800
_STAY_FEN = statistics.INPATIENT_COST.value * (1000 - _FUND_OF_STAYS) // 1000

KINDS = (
    Kind(Place.HOSPITAL, Category.OUTPATIENT, 425, 118_00, 600, 550),
    Kind(Place.CLINIC, Category.OUTPATIENT, 370, 75_00, 700, 650),
    Kind(Place.HOSPITAL, Category.CHRONIC, 60, 190_00, 900, 700),
    Kind(Place.HOSPITAL, Category.SPECIAL_DRUG, 4, 1000_00, 950, 700),
    Kind(Place.HOSPITAL, Category.MATERNITY, 4, 750_00, 800, 700),
    Kind(Place.HOSPITAL, Category.INPATIENT, 16, _STAY_FEN, 1000, _FUND_OF_STAYS),
    Kind(Place.PHARMACY, Category.DRUG, 90, 80_00, 150, 600),
    Kind(Place.PHARMACY, Category.DEVICE, 8, 150_00, 0, 0),
    Kind(Place.CLINIC, Category.VACCINE, 12, 250_00, 0, 0),
    Kind(Place.OFFICE, Category.COMMERCIAL_PREMIUM, 9, 480_00, 0, 0),
    Kind(Place.OFFICE, Category.CARE_PREMIUM, 2, 110_00, 0, 0),
    Kind(Place.OFFICE, Category.RESIDENT_PREMIUM, 0, 400_00, 0, 0),  # by season, see `kinds_in`
)

PREMIUM, COMMERCIAL = len(KINDS) - 1, len(KINDS) - 3
"""The kinds that are a resident's premium and a premium for insurance on top."""

_PAYERS = 334  # of a thousand persons, how many are residents: nobody else pays such premiums

SEASON = range(8, 13)
"""The months in which residents pay for the next year."""

PLACE = np.array([number(kind.place) for kind in KINDS], np.int8)
CATEGORY = np.array([number(kind.category) for kind in KINDS], np.int8)
OWN = np.array([kind.own_fen for kind in KINDS], np.int64)
WITH_FUND = np.array([kind.with_fund for kind in KINDS], np.int64)
RATIO = np.array([kind.ratio for kind in KINDS], np.int64)
AT_OFFICE = np.equal(PLACE, number(Place.OFFICE))
MAY_HAVE_LINES = np.equal(PLACE, number(Place.HOSPITAL))


def kinds_in(month: int) -> Array:
    """Give the table of kinds for a month.

    Premiums have the official share of the money of residents, who use most of mutual aid.
    """
    figure = statistics.PREMIUMS_IN_SEASON if month in SEASON else statistics.PREMIUMS_OFF_SEASON
    share = figure.value
    others = sum(kind.weight * kind.own_fen for kind in KINDS)
    weights = {
        place: kind.weight * (1000 - share) * KINDS[PREMIUM].own_fen
        for place, kind in enumerate(KINDS)
    }
    return chances({**weights, PREMIUM: share * others * _PAYERS // 1000}, kind="uint8")
