"""A population made up from a seed, as the state from which a bulk run starts.

Regions follow each other, in them households, so that relatives have numbers near each other.
Blocks are made independently of one another, by as many threads as wanted, and are put together
in order: the same seed and setting give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

import numpy as np

from simulation.bulk import arrays
from simulation.bulk.arrays import State
from simulation.population import terms
from simulation.population.accounts import accounts
from simulation.population.draws import Array, Draws
from simulation.population.growing import Growing
from simulation.population.households import (
    ACCOUNTS,
    FAMILIES,
    RELATIONS,
    Block,
    blocks,
    households,
)
from simulation.population.purses import purses
from simulation.population.relations import relations
from simulation.population.setting import Setting

MOST_PERSONS = 1 << 30
"""More cannot be numbered, with their purses and wallets, in 32 bits."""

_USES = 1 << 10  # places in the table of uses of a new state; it grows when it must


class _People(NamedTuple):
    """The arrays with one element for each person, for all blocks."""

    home: Array
    flags: Array
    current: Array
    prior: Array
    relations: Array  # how many make the person a beneficiary


class _Piece(NamedTuple):
    """What a block adds that is not one element a person, in the types of the state.

    Persons are numbered as in the state; grantors and purses, until all are together, from 0.
    """

    givers: int  # how many grantors there are
    grantor: Array
    terms: Array
    giver: Array
    rank: Array
    chosen: Array
    aside: Array
    aside_pool: Array
    aside_quota: Array
    purse_owner: Array
    purse_quota: Array
    purse_current: Array
    purse_prior: Array
    wallet_owner: Array
    wallet: Array
    changed_person: Array
    changed_day: Array
    changed_to: Array
    filing_person: Array
    filing_place: Array
    filing_first: Array
    filing_last: Array


def make(
    persons: int,
    *,
    seed: int,
    where: Setting,
    workers: int = 1,
    tell: Callable[[int, int], None] | None = None,
) -> State:
    """Make a population as it is at the beginning of a setting's day; nothing was used yet.

    `tell` is told, block by block, how many persons of all there are.

    Raises:
        ValueError: too few or too many persons, or a seed below 0.
    """
    if not 1 <= persons <= MOST_PERSONS:
        raise ValueError(persons)
    people = _People(
        *(np.empty(persons, kind) for kind in ("int16", "int16", "int32", "int32", "int8"))
    )
    each = partial(_make_block, people, seed=seed, where=where)
    parts = blocks(where.persons(persons))
    joined = {name: Growing() for name in _Piece._fields[1:]}
    before = _Before(0, 0, persons)
    with ThreadPoolExecutor(workers) as pool:
        for block, piece in zip(parts, pool.map(each, parts), strict=True):
            before = _numbered(piece, before)
            for name, array in joined.items():
                array.add(getattr(piece, name))
            if tell is not None:
                tell(block.start + block.persons, persons)
    arrays_of = {name: array.whole() for name, array in joined.items()}
    return _state(people, arrays_of, givers=before.givers, where=where)


def stream(block: Block, purpose: int, *, seed: int, where: Setting) -> Draws:
    """Give a stream of a block; it depends on the region's code and on no other region."""
    return Draws(seed, int(where.regions[block.region]), block.place, purpose)


def _make_block(people: _People, block: Block, *, seed: int, where: Setting) -> _Piece:
    draws = partial(stream, block, seed=seed, where=where)
    families = households(block, draws(FAMILIES))
    has = accounts(block, families, draws=draws(ACCOUNTS), where=where)
    of_relations = draws(RELATIONS)
    bound = relations(families, has, draws=of_relations, where=where)
    aside = purses(has, bound, draws=of_relations, where=where)
    has.flags[aside.owner] |= arrays.HAS_PURSES
    span = slice(block.start, block.start + block.persons)
    counts = np.bincount(bound.beneficiary, minlength=block.persons)
    for whole, part in zip(
        people, (has.home, has.flags, has.current, has.prior, counts), strict=True
    ):
        whole[span] = part
    has.changed[0] += block.start
    has.filed[0] += block.start
    return _Piece(
        givers=len(bound.givers),
        grantor=(bound.grantor + block.start).astype(np.int32),
        terms=bound.terms,
        giver=bound.giver.astype(np.int32),
        rank=bound.rank,
        chosen=bound.chosen,
        aside=aside.aside,
        aside_pool=aside.aside_pool,
        aside_quota=aside.aside_quota,
        purse_owner=(aside.owner + block.start).astype(np.int32),
        purse_quota=aside.quota,
        purse_current=aside.current,
        purse_prior=aside.prior,
        wallet_owner=(has.wallet_owner + block.start).astype(np.int32),
        wallet=has.wallet,
        changed_person=has.changed[0].astype(np.int32),
        changed_day=has.changed[1].astype(np.int32),
        changed_to=has.changed[2].astype(np.int8),
        filing_person=has.filed[0].astype(np.int32),
        filing_place=has.filed[1].astype(np.int32),
        filing_first=has.filed[2].astype(np.int32),
        filing_last=has.filed[3].astype(np.int32),
    )


# --------------------------------------------------------------------------------- all together


class _Before(NamedTuple):
    """How many grantors and pairs of purses earlier blocks have, and pots there are by then."""

    givers: int
    pairs: int
    pots: int


def _numbered(piece: _Piece, before: _Before) -> _Before:
    """Number a block's grantors, pairs of purses and pots after those of the blocks before."""
    np.add(piece.giver, before.givers, out=piece.giver)
    for numbers, first in (
        (piece.aside, before.pairs),
        (piece.aside_pool, before.pots),
        (piece.aside_quota, before.pots),
    ):
        numbers[numbers >= 0] += first
    return _Before(
        before.givers + piece.givers,
        before.pairs + len(piece.aside_pool),
        before.pots + len(piece.purse_owner),
    )


def _state(people: _People, joined: dict[str, Array], *, givers: int, where: Setting) -> State:
    first_edge = np.zeros(len(people.home) + 1, np.int32)
    np.cumsum(people.relations, out=first_edge[1:])
    wallet = joined.pop("wallet")
    current = (joined.pop("purse_current"), wallet)
    prior = (joined.pop("purse_prior"), np.zeros_like(wallet))
    return State(
        home=people.home,
        flags=people.flags,
        first_edge=first_edge,
        current=_extended(people.current, current),
        prior=_extended(people.prior, prior),
        used=np.zeros(len(joined["grantor"]), np.int32),
        given=np.zeros(givers, np.int32),
        authorized=terms.rows(where.day),
        open_year=where.limits.year.astype(np.int32),
        use_key=np.full(_USES, -1, np.int64),
        use_fen=np.zeros(_USES, np.int64),
        **joined,
    )


def _extended(array: Array, more: tuple[Array, ...]) -> Array:
    """Lengthen an array where it lies."""
    growing = Growing(array)
    for part in more:
        growing.add(part)
    return growing.whole()
