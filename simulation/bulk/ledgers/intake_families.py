"""The relations of a ledger as edges: what was authorized, in which order, and what was used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import accumulate
from typing import Any, NamedTuple

from domain import judging
from domain.columns import bit, mask
from domain.ids import PersonId, PoolId, RegionCode
from domain.person import Person
from domain.pool import Authorization, Binding, Pool, Standing
from domain.purses import pool_purse, quota_purse
from domain.rules import UNLIMITED
from ledger.claim_handlers import relations_to
from simulation.bulk.arrays import PERIODS, Terms


class Purse(NamedTuple):
    """Money set aside: its pot, its owner by number and by id, its name and what is in it."""

    pot: int
    owner: int
    owner_id: PersonId
    name: str
    quota_fen: int  # the whole of a quota; -1 of a family's purse
    money: tuple[int, int]  # current, prior


class Edge(NamedTuple):
    """A relation in its place among all: who may use whose account, by which family."""

    pool: PoolId
    grantor: PersonId
    beneficiary: PersonId


class Use(NamedTuple):
    """What was used, fen: by edge and by giver in the open year, the rest by key of the table."""

    of_edge: Sequence[int]
    of_giver: Sequence[int]
    elsewhere: Mapping[int, int]


class Families(NamedTuple):
    """Every relation laid out; the columns are those of `State`."""

    edges: tuple[Edge, ...]
    givers: tuple[PersonId, ...]
    first_edge: Sequence[int]
    grantor: Sequence[int]
    terms: Sequence[int]
    giver: Sequence[int]
    rank: Sequence[int]
    chosen: Sequence[int]
    aside: Sequence[int]
    aside_pots: Sequence[tuple[int, int]]
    authorized: Sequence[Terms]

    def use(
        self, persons: Mapping[PersonId, Person], *, open_years: Mapping[RegionCode, int]
    ) -> Use:
        """Sort what relatives used by relation and giver, and by period."""
        of_edge, of_giver = [0] * len(self.edges), [0] * len(self.givers)
        elsewhere: dict[int, int] = {}
        for i, edge in enumerate(self.edges):
            owner, giver = persons[edge.grantor], self.giver[i]
            year = open_years[owner.region]
            for period, fen in _used(owner, edge.beneficiary):
                if period == year:
                    of_edge[i] += fen
                    of_giver[giver] += fen
                    continue
                keys = [i] if period > _LAST_YEAR else [i, len(self.edges) + giver]
                for key in keys:
                    cell = key * PERIODS + period
                    elsewhere[cell] = elsewhere.get(cell, 0) + fen
        return Use(of_edge, of_giver, elsewhere)

    def columns(self, use: Use) -> dict[str, Sequence[int]]:
        """Give the columns of `State` about relations and their use."""
        return {
            "first_edge": self.first_edge,
            "grantor": self.grantor,
            "terms": self.terms,
            "used": use.of_edge,
            "giver": self.giver,
            "rank": self.rank,
            "chosen": self.chosen,
            "aside": self.aside,
            "given": use.of_giver,
            "aside_pool": [pool for pool, _ in self.aside_pots],
            "aside_quota": [quota for _, quota in self.aside_pots],
            "authorized": [cell for row in self.authorized for cell in row],
        }


_LAST_YEAR = 9999
"""Periods beyond are days."""


def _used(owner: Person, beneficiary: PersonId) -> Iterator[tuple[int, int]]:
    """Give each period, a year or the ordinal of a day, with what was used in it, fen."""
    if owner.account is None:
        return
    for period, fen in owner.account.used.get(beneficiary, {}).items():
        if fen:
            is_day = len(period) > len("2026")
            yield date.fromisoformat(period).toordinal() if is_day else int(period), fen


def lay_out_families(
    persons: Mapping[PersonId, Person],
    pools: Mapping[PoolId, Pool],
    *,
    numbers: Mapping[PersonId, int],
    purses: Sequence[Purse],
) -> Families:
    """Lay relations out by beneficiary, in order of the grantors' ids.

    Each grantor of somebody has one relation, as in a single settlement: the open one, else the
    last one filed.
    """
    found = [_relations_of(person, pools) for person in persons.values()]
    relations = [each for of_one in found for each in of_one]
    givers = sorted({binding.grantor for _, binding in relations}, key=numbers.__getitem__)
    giver = {grantor: i for i, grantor in enumerate(givers)}
    pot_of = {(purse.owner_id, purse.name): purse.pot for purse in purses}
    pots = [_pots(pool, binding, pot_of) for pool, binding in relations]
    aside_pots = _distinct(pair for pair in pots if pair != _NO_POTS)
    rows = [_terms(pool, binding) for pool, binding in relations]
    authorized = _distinct(rows)
    return Families(
        edges=tuple(Edge(pool.id, b.grantor, b.beneficiary) for pool, b in relations),
        givers=tuple(givers),
        first_edge=[0, *accumulate(len(of_one) for of_one in found)],
        grantor=[numbers[binding.grantor] for _, binding in relations],
        terms=[authorized[row] for row in rows],
        giver=[giver[binding.grantor] for _, binding in relations],
        rank=[place for of_one in found for place in _ranks(of_one)],
        chosen=[_chosen(pool, binding) for pool, binding in relations],
        aside=[aside_pots.get(pair, -1) for pair in pots],
        aside_pots=list(aside_pots),
        authorized=list(authorized),
    )


def _relations_of(person: Person, pools: Mapping[PoolId, Pool]) -> list[tuple[Pool, Binding]]:
    consulted = [pools[pool] for pool in sorted(person.pools | person.former_pools)]
    return sorted(relations_to(person.id, consulted), key=lambda found: found[1].grantor)


def _distinct(rows: Iterable[Any]) -> dict[Any, int]:
    """Number equal rows alike, in order of their first occurrence."""
    found: dict[Any, int] = {}
    for row in rows:
        found.setdefault(row, len(found))
    return found


def _ranks(relations: Sequence[tuple[Pool, Binding]]) -> list[int]:
    """Give the place of each relation by day and number of filing; equal ones share a place."""
    filed = [(binding.bound_on, binding.filing_no) for _, binding in relations]
    place = {when: i for i, when in enumerate(sorted(set(filed)))}
    return [place[when] for when in filed]


def _chosen(pool: Pool, binding: Binding) -> int:
    """Give the place of a grantor in the order that the beneficiary set, or -1."""
    order = pool.orders.get(binding.beneficiary, ())
    return order.index(binding.grantor) if binding.grantor in order else -1


_NO_POTS = (-1, -1)


def _pots(
    pool: Pool, binding: Binding, pot_of: Mapping[tuple[PersonId, str], int]
) -> tuple[int, int]:
    """Give the pots that serve a relation: the family's purse and the beneficiary's quota."""
    return (
        pot_of.get((binding.grantor, pool_purse(pool.id)), -1),
        pot_of.get((binding.grantor, quota_purse(binding.beneficiary)), -1),
    )


def _terms(pool: Pool, binding: Binding) -> Terms:
    given = binding.authorization or _NOTHING_GIVEN
    return Terms(
        standing=_STANDING[binding.standing],
        active_from=binding.active_from.toordinal(),
        relation=bit(binding.relation),
        authorized=int(binding.authorization is not None),
        first_day=given.first_day.toordinal(),
        last_day=(given.last_day or date.max).toordinal(),
        places=mask(given.places),
        categories=mask(given.categories),
        retained=given.retained_fen,
        per_use=given.per_use_fen,
        per_day=given.per_day_fen,
        per_year=given.per_year_fen,
        joint_year=pool.joint_year_fen.get(binding.grantor, UNLIMITED),
    )


_NOTHING_GIVEN = Authorization(first_day=date.min)
_STANDING = {
    Standing.BOUND: judging.BOUND,
    Standing.UNDER_REVIEW: judging.UNDER_REVIEW,
    Standing.REJECTED: judging.ENDED,
    Standing.ENDED: judging.ENDED,
}
