"""A random state in arrays, in which everything occurs that a state can hold."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from domain.rules import UNLIMITED
from simulation.bulk import arrays
from simulation.bulk.arrays import State, Terms, kinds_of

Numbers = NDArray[Any]
LONG_AGO = date(2020, 1, 1).toordinal()
NOW = date(2026, 11, 15).toordinal()


def random_state(rng: np.random.Generator, *, persons: int, regions: int, wild: bool) -> State:
    """Give a state; in a wild one relations do not keep to households of five."""
    relations = _relations(rng, persons, wild=wild)
    owner, quota, *serving = _purses(rng, relations["grantor"], persons)
    wallets = _some(rng, persons, 0.3)
    spans, filings = (_several(rng, _some(rng, persons, share)) for share in (0.2, 0.3))
    pots = persons + len(owner) + len(wallets)
    prior = rng.integers(0, 30_000, pots)
    prior[persons + len(owner) :] = 0
    bits = {
        arrays.HAS_WALLET: wallets,
        arrays.HAS_PURSES: owner,
        arrays.COVERAGE_CHANGES: spans,
        arrays.HAS_FILINGS: filings,
    }
    columns = {
        "home": rng.integers(0, regions, persons // 5 + 1).repeat(5)[:persons],
        "flags": _flags(rng, persons, bits),
        "current": rng.integers(0, 20_000, pots),
        "prior": prior,
        "purse_owner": owner,
        "purse_quota": quota,
        "wallet_owner": wallets,
        **relations,
        **dict(zip(("aside", "aside_pool", "aside_quota"), serving, strict=True)),
        "authorized": _terms(rng, 30),
        "changed_person": spans,
        "changed_day": np.sort(rng.integers(LONG_AGO, NOW + 90, len(spans))),
        "changed_to": rng.choice([0] * 9 + [1, 2], len(spans)),
        **_filings(rng, filings, regions),
        "open_year": np.full(regions, 2026),
        "use_key": np.full(8, -1),
        "use_fen": np.zeros(8),
    }
    return State(*(columns[name].astype(kind) for name, kind in kinds_of(State).items()))


def _flags(rng: np.random.Generator, persons: int, bits: dict[int, Numbers]) -> Numbers:
    """Give the flags of all persons, some with bits that say what they own."""
    flags = rng.choice([0] * 6 + [1, 2], persons) << arrays.INSURANCE
    flags |= rng.choice([0] * 30 + [1], persons) << arrays.CARD
    flags |= rng.choice([0] * 20 + [1, 2], persons) << arrays.ACCOUNT
    flags |= rng.choice([0, arrays.OUT_OF_AREA], persons)
    for bit, whose in bits.items():
        flags[whose] |= bit
    return flags


def _filings(rng: np.random.Generator, whose: Numbers, regions: int) -> dict[str, Numbers]:
    """Give filings of sixty days, for a region or for a whole province."""
    first = rng.integers(NOW - 60, NOW + 60, len(whose))
    province = -1 - rng.integers(0, 3, len(whose))
    region = rng.integers(0, regions, len(whose))
    return {
        "filing_person": whose,
        "filing_place": np.where(rng.random(len(whose)) < 0.3, province, region),
        "filing_first": first,
        "filing_last": first + 60,
    }


def _relations(rng: np.random.Generator, persons: int, *, wild: bool) -> dict[str, Numbers]:
    """Give relations by beneficiary and grantor, never of somebody with himself."""
    beneficiary = np.repeat(np.arange(persons), rng.integers(0, 5, persons))
    near = beneficiary // 5 * 5 + rng.integers(0, 5, len(beneficiary))
    far = rng.integers(0, persons, len(beneficiary))
    grantor = np.minimum(far if wild else near, persons - 1)
    other = beneficiary != grantor
    beneficiary, grantor = np.divmod(np.unique((beneficiary * persons + grantor)[other]), persons)
    first_edge = np.searchsorted(beneficiary, np.arange(persons + 1))
    edges = len(grantor)
    rank = np.empty(edges, np.int64)
    rank[np.lexsort([rng.random(edges), beneficiary])] = np.arange(edges) - first_edge[beneficiary]
    givers, giver = np.unique(grantor, return_inverse=True)
    return {
        "first_edge": first_edge,
        "grantor": grantor,
        "terms": rng.integers(0, 30, edges),
        "used": rng.integers(0, 5_000, edges),
        "giver": giver,
        "rank": rank,
        "chosen": np.where(rng.random(persons)[beneficiary] < 0.2, rank, -1),
        "given": np.bincount(giver, minlength=len(givers)) * 5_000,
    }


def _purses(
    rng: np.random.Generator, grantor: Numbers, persons: int
) -> tuple[Numbers, Numbers, Numbers, Numbers, Numbers]:
    """Give purses with owners and quotas, each edge's pair or -1, and the pairs' pots.

    A family's purse serves all edges of its owner, a quota one.
    """
    families = np.flatnonzero((rng.random(persons) < 0.4) & np.isin(np.arange(persons), grantor))
    with_quota = _some(rng, len(grantor), 0.3)
    owners = np.concatenate([families, grantor[with_quota]])
    order = np.argsort(owners, kind="stable")
    place = np.empty(len(order), np.int64)
    place[order] = persons + np.arange(len(order))
    pool = np.full(persons, -1)
    pool[families] = place[: len(families)]
    quota = np.full(len(grantor), -1)
    quota[with_quota] = place[len(families) :]
    served = (pool[grantor] >= 0) | (quota >= 0)
    aside = np.where(served, np.cumsum(served) - 1, -1)
    quotas = np.concatenate([np.full(len(families), -1), rng.integers(1, 40_000, len(with_quota))])
    return owners[order], quotas[order], aside, pool[grantor][served], quota[served]


def _terms(rng: np.random.Generator, count: int) -> Numbers:
    """Give rows of terms: most allow much, some limit, a few bar."""
    drawn = [
        Terms(
            standing=int(rng.choice([0] * 20 + [1, 2])),
            active_from=int(rng.choice([LONG_AGO] * 9 + [NOW])),
            relation=1 << int(rng.integers(0, 9)),
            authorized=int(rng.random() < 0.95),
            first_day=int(rng.choice([LONG_AGO] * 9 + [NOW])),
            last_day=int(rng.choice([NOW + 200] * 9 + [NOW])),
            places=int(rng.choice([0] * 5 + [0b0011])),
            categories=int(rng.choice([0] * 5 + [0b1001101])),
            retained=int(rng.choice([0, 1_000])),
            per_use=int(rng.choice([UNLIMITED, UNLIMITED, 3_000])),
            per_day=int(rng.choice([UNLIMITED, UNLIMITED, 5_000])),
            per_year=int(rng.choice([UNLIMITED, UNLIMITED, 20_000])),
            joint_year=int(rng.choice([UNLIMITED, UNLIMITED, 70_000])),
        )
        for _ in range(count)
    ]
    return np.array(drawn).reshape(-1)


def _some(rng: np.random.Generator, count: int, share: float) -> Numbers:
    return np.flatnonzero(rng.random(count) < share)


def _several(rng: np.random.Generator, whose: Numbers) -> Numbers:
    """Name each of some persons one to three times."""
    return np.repeat(whose, rng.integers(1, 4, len(whose)))
