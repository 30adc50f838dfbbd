"""Relations inside households: who authorized whom, within what the rules of the areas allow."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from domain.codes import Relation
from domain.columns import number
from simulation.population import terms
from simulation.population.accounts import Accounts, opened
from simulation.population.draws import Array, Draws
from simulation.population.households import MEMBERS, Households
from simulation.population.relatives import pairs
from simulation.population.setting import Setting

ACTIVE = 305
"""Of a thousand households, how many use mutual aid: chosen so that as many settlements use it as
officially, when a year's claims (about 15 bills a person) are settled."""


class Relations(NamedTuple):
    """The relations of a block, by beneficiary, then grantor. Persons are counted within it."""

    beneficiary: Array  # int64
    grantor: Array  # int64
    relation: Array  # int64, number of domain.codes.Relation
    terms: Array  # int32
    giver: Array  # int64, number of the grantor among the block's grantors
    givers: Array  # int64, the block's grantors in order
    rank: Array  # int16
    chosen: Array  # int16


_PAIRS = pairs()
_GRANDCHILD = number(Relation.GRANDCHILD)
_MATERNAL = number(Relation.MATERNAL_GRANDCHILD)


class _Edges(NamedTuple):
    """Who might pay for whom."""

    grantor: Array
    beneficiary: Array
    relation: Array

    def at(self, kept: Array) -> _Edges:
        """Give some of them."""
        return _Edges(*(column[kept] for column in self))


def relations(families: Households, has: Accounts, *, draws: Draws, where: Setting) -> Relations:
    """Bind relatives of the block's active families."""
    edges = _candidates(families, draws)
    edges = edges.at(opened(has.flags)[edges.grantor])
    edges = edges.at(_allowed(edges, has.home, where=where))
    givers, giver = np.unique(edges.grantor, return_inverse=True)
    form = _forms(giver, has.home[edges.grantor], draws=draws, where=where)
    rank, chosen = _orders(edges.beneficiary, has.home, draws=draws, where=where)
    return Relations(
        beneficiary=edges.beneficiary,
        grantor=edges.grantor,
        relation=edges.relation,
        terms=terms.row_of(edges.relation, form),
        giver=giver,
        givers=givers,
        rank=rank,
        chosen=chosen,
    )


def _candidates(families: Households, draws: Draws) -> _Edges:
    """Give pairs of relatives of active families, as far as the last household has members."""
    active = np.flatnonzero(draws.happens(len(families.kind), ACTIVE))
    kind = families.kind[active]
    counts = np.diff(_PAIRS.first)[kind]
    household = np.repeat(np.arange(len(active)), counts)
    within = np.arange(len(household)) - np.repeat(np.cumsum(counts) - counts, counts)
    pair = within + _PAIRS.first[kind[household]]
    head = families.first[active[household]]
    grantor, beneficiary = head + _PAIRS.grantor[pair], head + _PAIRS.beneficiary[pair]
    relation = _PAIRS.relation[pair]
    relation = np.where(
        (relation == _GRANDCHILD) & families.woman[active[household]], _MATERNAL, relation
    )
    bound = draws.happens(len(pair), _PAIRS.likely[pair])
    kept = bound & (np.maximum(grantor, beneficiary) < len(families.family))
    return _Edges(grantor, beneficiary, relation).at(kept)


def _allowed(edges: _Edges, home: Array, *, where: Setting) -> Array:
    """Give the places of the pairs that the rules of the grantors' areas allow together."""
    limits, (grantor, beneficiary, relation) = where.limits, edges
    theirs = home[grantor]
    provinces = np.array(where.provinces)
    far = provinces[theirs] != provinces[home[beneficiary]]
    allowed = np.where(far, limits.far_relations[theirs], limits.relations[theirs])
    kept = np.flatnonzero(allowed >> relation & 1)
    for kind, most in (
        (Relation.SPOUSE, limits.max_spouses),
        (Relation.PARENT, limits.max_parents),
        (Relation.CHILD, limits.max_children),
    ):
        counted = relation[kept] == number(kind)
        kept = kept[~counted | _among_first(grantor[kept], most[theirs[kept]], counted=counted)]
    kept = kept[_among_first(grantor[kept], limits.max_beneficiaries[theirs[kept]])]
    least = np.full(len(home), MEMBERS)  # the tightest of all the grantors' areas
    np.minimum.at(least, beneficiary[kept], limits.max_grantors[theirs[kept]])
    kept = kept[_among_first(beneficiary[kept], least[beneficiary[kept]])]
    if limits.exclusive_roles[theirs].any():
        for mine, others in ((grantor, beneficiary), (beneficiary, grantor)):
            both = np.isin(mine[kept], others[kept])
            kept = kept[~(both & (limits.exclusive_roles[theirs[kept]] == 1))]
    found: Array = kept
    return found


def _among_first(keys: Array, most: Array, *, counted: Array | None = None) -> Array:
    """Tell whether fewer than `most` counted ones of the same key stand before each."""
    if most.min(initial=MEMBERS) >= MEMBERS:
        return np.ones(len(keys), np.bool_)
    found: Array = _before(keys, counted) < most
    return found


def _before(keys: Array, counted: Array | None = None) -> Array:
    """Say for each element how many counted ones with the same key stand before it."""
    ones = np.ones(len(keys), np.int64) if counted is None else counted.astype(np.int64)
    by_key = np.argsort(keys, kind="stable")
    before = np.cumsum(ones[by_key]) - ones[by_key]
    starts = np.flatnonzero(np.diff(keys[by_key], prepend=-1))
    base = np.repeat(before[starts], np.diff(starts, append=len(keys)))
    found = np.empty(len(keys), np.int64)
    found[by_key] = before - base
    return found


def _forms(giver: Array, home: Array, *, draws: Draws, where: Setting) -> Array:
    """Give the form of each relation: its grantor's, with an end where the area demands one."""
    givers = int(giver.max(initial=-1)) + 1
    form = draws.picks(givers, terms.FORM)[giver]
    ends = draws.happens(givers, 100)[giver] | (where.limits.period_required[home] == 1)
    form = form + terms.SIMPLE * ends
    odd = draws.picks(len(giver), terms.ODD)
    form = np.where(odd >= 0, odd, form)
    waits = draws.happens(len(giver), 30) & (where.limits.review[home] == 1)
    return np.where(waits, terms.REVIEWED, form)


def _orders(
    beneficiary: Array, home: Array, *, draws: Draws, where: Setting
) -> tuple[Array, Array]:
    """Give each relation's place by filing, and in the order that its beneficiary set, or -1.

    Where people must say who pays first, all with several grantors did; where they may, some.
    """
    same = beneficiary[1:] == beneficiary[:-1]
    several = np.flatnonzero(np.append(same, False) | np.append(False, same))
    rank = np.zeros(len(beneficiary), np.int16)
    rank[several] = _shuffled(beneficiary[several], draws)
    chosen = np.full(len(beneficiary), -1, np.int16)
    set_it = draws.happens(len(home), 400)[beneficiary[several]]
    limits, region = where.limits, home[beneficiary[several]]
    sets = (limits.user_set[region] == 1) | ((limits.reorder[region] == 1) & set_it)
    wished = several[sets]
    chosen[wished] = _shuffled(beneficiary[wished], draws)
    return rank, chosen


def _shuffled(keys: Array, draws: Draws) -> Array:
    """Give those of the same key, who follow each other, places from 0 by lot."""
    by_lot = np.argsort(keys << 16 | draws.numbers(len(keys)), kind="stable")
    found = np.empty(len(keys), np.int64)
    found[by_lot] = _before(keys)
    return found
