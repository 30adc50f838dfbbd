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
    changed: Array  # three rows
    filed: Array  # four rows


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
    pieces: list[_Piece] = []
    with ThreadPoolExecutor(workers) as pool:
        for block, piece in zip(parts, pool.map(each, parts), strict=True):
            pieces.append(piece)
            if tell is not None:
                tell(block.start + block.persons, persons)
    return _together(people, pieces, where=where)


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
        changed=has.changed.astype(np.int32),
        filed=has.filed.astype(np.int32),
    )


# --------------------------------------------------------------------------------- all together


def _together(people: _People, pieces: list[_Piece], *, where: Setting) -> State:
    """Join what the blocks made, an array at a time; its pieces are let go of."""
    givers = _numbered(pieces, persons=len(people.home))
    parts: dict[str, list[Array]] = {
        name: [getattr(piece, name) for piece in pieces] for name in _Piece._fields[1:]
    }
    pieces.clear()
    current = [*parts.pop("purse_current"), *parts["wallet"]]
    prior = [*parts.pop("purse_prior"), *map(np.zeros_like, parts.pop("wallet"))]
    changed = np.concatenate(parts.pop("changed"), axis=1)
    filed = np.concatenate(parts.pop("filed"), axis=1)
    joined = {name: np.concatenate(parts.pop(name)) for name in list(parts)}
    first_edge = np.zeros(len(people.home) + 1, np.int32)
    np.cumsum(people.relations, out=first_edge[1:])
    return State(
        home=people.home,
        flags=people.flags,
        first_edge=first_edge,
        current=_extended(people.current, current),
        prior=_extended(people.prior, prior),
        used=np.zeros(len(joined["grantor"]), np.int32),
        given=np.zeros(givers, np.int32),
        authorized=terms.rows(where.day),
        changed_person=changed[0].copy(),
        changed_day=changed[1].copy(),
        changed_to=changed[2].astype(np.int8),
        filing_person=filed[0].copy(),
        filing_place=filed[1].copy(),
        filing_first=filed[2].copy(),
        filing_last=filed[3].copy(),
        open_year=where.limits.year.astype(np.int32),
        use_key=np.full(_USES, -1, np.int64),
        use_fen=np.zeros(_USES, np.int64),
        **joined,
    )


def _numbered(pieces: list[_Piece], *, persons: int) -> int:
    """Number grantors, purses and pairs of purses through all blocks; give how many grantors."""
    givers = pairs = 0
    pots = persons
    for piece in pieces:
        np.add(piece.giver, givers, out=piece.giver)
        for numbers, before in (
            (piece.aside, pairs),
            (piece.aside_pool, pots),
            (piece.aside_quota, pots),
        ):
            numbers[numbers >= 0] += before
        givers += piece.givers
        pairs += len(piece.aside_pool)
        pots += len(piece.purse_owner)
    return givers


def _extended(array: Array, more: list[Array]) -> Array:
    """Lengthen an array where it lies: a copy of a nation's balances would cost 1.5 GB."""
    count = len(array)
    tail = np.concatenate(more)
    array.resize(count + len(tail), refcheck=False)
    array[count:] = tail
    return array
