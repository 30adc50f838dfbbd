"""The part of a state around some persons, numbered anew."""

from __future__ import annotations

import numpy as np

from simulation.bulk.arrays import (
    COVERAGE_CHANGES,
    HAS_FILINGS,
    HAS_PURSES,
    HAS_WALLET,
    Numbers,
    State,
    Terms,
)
from simulation.bulk.cluster.components import Marks
from simulation.bulk.cluster.places import distinct, named, owned, ranges


def cut_state(
    state: State, persons: Numbers, *, asking: Numbers, marks: Marks
) -> tuple[State, Numbers, Numbers]:
    """Give the part of a state around some persons, and the numbers of its pots and edges.

    Relations come along of those who ask only; of the table of uses nothing does. Grantors are
    numbered as persons are. Leaves `marks.pot` of each pot as its number in the part.
    """
    flags = state.flags[persons]
    purses = owned(state.purse_owner, persons[flags & HAS_PURSES != 0])
    wallets = owned(state.wallet_owner, persons[flags & HAS_WALLET != 0])
    purse = len(state.home)
    wallet = purse + len(state.purse_owner)
    pots = np.concatenate([persons, purse + purses, wallet + wallets])
    marks.pot[pots] = np.arange(len(pots), dtype=np.int32)
    asks = np.flatnonzero(asking)
    first = state.first_edge[persons[asks]].astype(np.int64)
    count = np.zeros(len(persons) + 1, np.int32)
    count[asks + 1] = state.first_edge[persons[asks] + 1] - first
    edges = ranges(first, count[asks + 1])
    part = state._replace(
        home=state.home[persons],
        flags=flags,
        first_edge=np.cumsum(count, dtype=np.int32),
        current=state.current[pots],
        prior=state.prior[pots],
        purse_owner=marks.pot[state.purse_owner[purses]],
        purse_quota=state.purse_quota[purses],
        wallet_owner=marks.pot[state.wallet_owner[wallets]],
        use_key=state.use_key[:0],
        use_fen=state.use_fen[:0],
        **_of_relations(state, edges, marks=marks, persons=len(persons)),
        **_of_spans(state, persons, flags=flags, marks=marks),
    )
    return part, pots, edges


def _of_relations(
    state: State, edges: Numbers, *, marks: Marks, persons: int
) -> dict[str, Numbers]:
    """Give the arrays of `State` about some relations, of so many persons in the part."""
    grantor = marks.pot[state.grantor[edges]]
    given = np.zeros(persons, state.given.dtype)
    given[grantor] = state.given[state.giver[edges]]
    terms, authorized = _terms(state, edges)
    aside, pool, quota = _aside(state, edges, marks)
    return {
        "grantor": grantor,
        "terms": terms,
        "used": state.used[edges],
        "giver": grantor,
        "rank": state.rank[edges],
        "chosen": state.chosen[edges],
        "aside": aside,
        "given": given,
        "aside_pool": pool,
        "aside_quota": quota,
        "authorized": authorized,
    }


def _of_spans(
    state: State, persons: Numbers, *, flags: Numbers, marks: Marks
) -> dict[str, Numbers]:
    """Give the arrays of `State` about insurance and filings of some persons."""
    spans = owned(state.changed_person, persons[flags & COVERAGE_CHANGES != 0])
    filings = owned(state.filing_person, persons[flags & HAS_FILINGS != 0])
    return {
        "changed_person": marks.pot[state.changed_person[spans]],
        "changed_day": state.changed_day[spans],
        "changed_to": state.changed_to[spans],
        "filing_person": marks.pot[state.filing_person[filings]],
        "filing_place": state.filing_place[filings],
        "filing_first": state.filing_first[filings],
        "filing_last": state.filing_last[filings],
    }


def _terms(state: State, edges: Numbers) -> tuple[Numbers, Numbers]:
    """Give for each edge the row of its terms among the rows that the edges need, and these."""
    width = len(Terms._fields)
    rows, within = distinct(state.terms[edges], len(state.authorized) // width)
    return within, state.authorized.reshape(-1, width)[rows].reshape(-1)


def _aside(state: State, edges: Numbers, marks: Marks) -> tuple[Numbers, Numbers, Numbers]:
    """Give for each edge its pair of purses or -1, and the pairs, in pots of the part."""
    if len(state.aside_pool) == 0:
        return np.full(len(edges), -1, np.int32), state.aside_pool, state.aside_quota
    pairs = state.aside[edges]
    serves = pairs >= 0
    within = np.where(serves, np.cumsum(serves) - 1, -1).astype(np.int32)
    pool, quota = state.aside_pool[pairs[serves]], state.aside_quota[pairs[serves]]
    return within, named(marks.pot, pool), named(marks.pot, quota)
