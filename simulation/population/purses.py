"""Money that grantors put aside: for their family, or as a quota for one relative."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from domain.columns import number
from domain.rules import SegmentOrder
from simulation.population.accounts import Accounts
from simulation.population.draws import Array, Draws
from simulation.population.relations import Relations
from simulation.population.setting import Setting

SET_ASIDE = 850
"""Of a thousand grantors who can put money aside, how many did. Assumed."""

LEAST_FEN = 100_00
"""Who has less to spare puts nothing aside. Assumed."""


class Purses(NamedTuple):
    """The purses of a block, by owner. Persons, purses and relations are counted within it."""

    owner: Array  # int64
    quota: Array  # int32; -1 for a family's purse
    current: Array  # int32
    prior: Array  # int32
    aside: Array  # int32, for each relation: the row of the next two, or -1
    aside_pool: Array  # int32, a purse, or -1
    aside_quota: Array  # int32


def purses(has: Accounts, bound: Relations, *, draws: Draws, where: Setting) -> Purses:
    """Put money aside as the areas of the grantors have it; takes it out of their accounts."""
    theirs = has.home[bound.grantor]
    provinces = np.array(where.provinces)
    far = provinces[theirs] != provinces[has.home[bound.beneficiary]]
    did = draws.happens(len(bound.givers), SET_ASIDE)[bound.giver]
    did &= _spare(has, bound.grantor, where=where) >= LEAST_FEN
    for_family = did & ~far & (where.limits.family_purse[theirs] == 1)
    as_quota = did & far & (where.limits.quota[theirs] == 1)
    owners = np.concatenate([np.unique(bound.grantor[for_family]), bound.grantor[as_quota]])
    families = len(owners) - int(as_quota.sum())
    rows = np.arange(len(owners))
    by_owner = np.argsort(owners, kind="stable")
    place = np.empty(len(owners), np.int32)
    place[by_owner] = rows
    aside = np.full(len(bound.grantor), -1, np.int32)
    aside[for_family] = np.searchsorted(owners[:families], bound.grantor[for_family])
    aside[as_quota] = rows[families:]
    current, prior = _fill(has, owners, where=where)
    is_quota = rows >= families
    quota = np.where(is_quota, current + prior, -1).astype(np.int32)
    return Purses(
        owner=owners[by_owner],
        quota=quota[by_owner],
        current=current[by_owner],
        prior=prior[by_owner],
        aside=aside,
        aside_pool=np.where(is_quota, -1, place).astype(np.int32),
        aside_quota=np.where(is_quota, place, -1).astype(np.int32),
    )


def _spare(has: Accounts, owners: Array, *, where: Setting) -> Array:
    """Give how many fen each may put aside, from the segments that the area opens to relatives."""
    home = has.home[owners]
    prior = has.prior[owners].astype(np.int64)
    both = has.current[owners] + prior
    prior_only = where.limits.segments[home] == number(SegmentOrder.PRIOR_ONLY)
    usable = np.where(prior_only, prior, both)
    return np.clip(both - where.limits.floor[home], 0, usable)


def _fill(has: Accounts, owners: Array, *, where: Setting) -> tuple[Array, Array]:
    """Move an eighth of what may be put aside into each purse, by the segments of the area.

    A household has five members at most, so that a grantor never has more than five purses.
    """
    order = where.limits.segments[has.home[owners]]
    current, prior = has.current[owners], has.prior[owners]
    current_first = order == number(SegmentOrder.CURRENT_FIRST)
    wanted = _spare(has, owners, where=where) >> 3
    first, second = np.where(current_first, (current, prior), (prior, current)) >> 3
    of_first = np.minimum(first, wanted)
    of_second = np.minimum(second, wanted - of_first)
    of_current, of_prior = np.where(
        current_first, (of_first, of_second), (of_second, of_first)
    ).astype(np.int32)
    np.subtract.at(has.current, owners, of_current)
    np.subtract.at(has.prior, owners, of_prior)
    return of_current, of_prior
