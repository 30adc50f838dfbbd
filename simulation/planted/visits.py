"""Where somebody is served, who belongs together, and how an account was tried."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from domain.claim import Trial
from domain.codes import Category, Place
from domain.ids import PersonId, PoolId, RegionCode
from domain.reasons import Reason

HERE = RegionCode("310000")


class Visit(NamedTuple):
    """Where, when and by whom somebody is served."""

    institution: str = "hospital"
    place: Place = Place.HOSPITAL
    area: str = HERE
    category: Category = Category.OUTPATIENT
    actor: str = ""
    day: date | None = None  # of care; default the street's own


class Family(NamedTuple):
    """The two sides of a relation."""

    grantor: str
    user: str


HOSPITAL = Visit()
PHARMACY = Visit("pharmacy", Place.PHARMACY, category=Category.DRUG)


def trial(who: str, fen: int, *, reason: Reason, own: bool = False) -> Trial:
    """Say how an account was tried for the one line of a claim."""
    return Trial(
        account=PersonId(who),
        pool=None if own else pool_of(who),
        version=1,
        account_year=2020,
        open_year=2020,
        lines=(1,),
        gave_fen=fen,
        reason=reason,
    )


def pool_of(grantor: str) -> PoolId:
    """Name the family of a grantor."""
    return PoolId(f"family of {grantor}")
