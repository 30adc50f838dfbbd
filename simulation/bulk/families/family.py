"""One family of a population, read out of its arrays: everybody whom relations bind together.

A family here is a closed set: whoever may pay for somebody in it, or be paid for, is in it too.
Nobody outside it can change its money, so its bills can be decided again without the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple, TypeVar

import numpy as np

from domain.codes import Card, Category, Insurance, Place, Relation
from domain.ids import ClaimId, PersonId, PoolId, RegionCode
from domain.pool import Authorization
from domain.rules import UNLIMITED
from domain.text import Text
from simulation.bulk import arrays
from simulation.bulk.arrays import State, Terms

LARGEST = 200
"""Persons. Above it a set is no family but a part of the population that hangs together."""

_DIGITS = 9
_Word = TypeVar("_Word")
_CHUNK = 1 << 24  # edges looked through at a time


class CannotLoad(Exception):  # noqa: N818 - it ends the loading, and its sentence says why
    """Says why a family cannot be brought into a store."""

    def __init__(self, says: Text) -> None:
        """Carry the sentence."""
        self.says = says
        super().__init__(says.en)


class Pot(NamedTuple):
    """Money of somebody: the free money of an account, a purse or a wallet, fen by segment.

    `quota_fen` is the whole of a beneficiary's quota, -1 where the pot is none.
    """

    number: int
    owner: int
    current_fen: int
    prior_fen: int
    quota_fen: int = -1


class Member(NamedTuple):
    """A person. `spans` are (first day, `domain.judging` state) of a changing insurance.

    `filings` are (place, first day, last day) of care filed away from home.
    """

    number: int
    home: RegionCode
    open_year: int
    insurance: Insurance
    card: Card
    account: int
    out_of_area: bool
    money: Pot
    purses: tuple[Pot, ...]
    wallets: tuple[Pot, ...]
    spans: tuple[tuple[date, int], ...]
    filings: tuple[tuple[RegionCode, date, date], ...]


class Bond(NamedTuple):
    """A relation: an edge of the population. Pots are numbers, -1 where nothing is set aside."""

    edge: int
    grantor: int
    beneficiary: int
    relation: Relation
    terms: Terms
    used_fen: int
    rank: int
    chosen: int
    family_pot: int
    quota_pot: int

    @property
    def active_from(self) -> date:
        """Give the first day on which it may be used."""
        return date.fromordinal(max(self.terms.active_from, 1))

    @property
    def authorization(self) -> Authorization | None:
        """Give what the grantor authorized, or None."""
        terms = self.terms
        if not terms.authorized:
            return None
        ends = terms.last_day < date.max.toordinal()
        return Authorization(
            first_day=date.fromordinal(max(terms.first_day, 1)),
            last_day=date.fromordinal(terms.last_day) if ends else None,
            places=frozenset(_of_mask(terms.places, list(Place))),
            categories=frozenset(_of_mask(terms.categories, list(Category))),
            per_use_fen=terms.per_use,
            per_day_fen=terms.per_day,
            per_year_fen=terms.per_year,
            joint_year_fen=None if terms.joint_year >= UNLIMITED else terms.joint_year,
            retained_fen=terms.retained,
        )


class Family(NamedTuple):
    """Members in order of their numbers, and all relations between them.

    `pool` is the id of the one pool that it is loaded as, `area` the one whose rules say what may
    be bound in it; the arrays name neither.
    """

    members: tuple[Member, ...]
    bonds: tuple[Bond, ...]
    pool: PoolId
    area: RegionCode

    @property
    def areas(self) -> tuple[RegionCode, ...]:
        """Give the areas in which the pool may lie: those of all members, the usual one first."""
        return tuple(dict.fromkeys([self.area, *(member.home for member in self.members)]))

    @property
    def numbers(self) -> tuple[int, ...]:
        """Give the numbers of the members."""
        return tuple(member.number for member in self.members)


def person_id(number: int) -> PersonId:
    """Give the id of a person of a population."""
    return PersonId(f"P{number:0{_DIGITS}d}")


def claim_id(number: int) -> ClaimId:
    """Give the id of a bill of a bulk run."""
    return ClaimId(f"B{number}")


def family_of(
    state: State, person: int, *, regions: tuple[RegionCode, ...], most: int = LARGEST
) -> Family:
    """Give the family of a person; `regions` are the codes by number.

    Its pool is named after the first member, and lies in that member's area.

    Raises:
        CannotLoad: there is no such person, or more than `most` hang together.
    """
    persons = len(state.home)
    if not 0 <= person < persons:
        says = Text(
            "没有第 {person} 号人员；人员编号为 0 至 {last}",
            "there is no person {person}; they are numbered 0 to {last}",
        )
        raise CannotLoad(filled(says, person=person, last=persons - 1))
    numbers, edges = _component(state, person, most=most)
    members = tuple(_member(state, number, regions) for number in numbers)
    used = _used(state, edges)
    bonds = tuple(_bond(state, edge, used_fen=used[edge]) for edge in edges)
    return Family(members, bonds, PoolId(f"F{numbers[0]:0{_DIGITS}d}"), members[0].home)


def _component(state: State, person: int, *, most: int) -> tuple[list[int], list[int]]:
    """Find everybody whom relations connect with a person, and these relations, both ascending."""
    found, edges, new = {person}, set[int](), {person}
    while new:
        received = {edge for each in new for edge in _edges_of(state, each)}
        granted = set(_edges_granted(state, new))
        edges |= received | granted
        near = {int(state.grantor[edge]) for edge in received}
        near |= {_beneficiary(state, edge) for edge in granted}
        new = near - found
        found |= new
        if len(found) > most:
            says = Text(
                "与第 {person} 号人员相连的人超过 {most} 人：这不是一个家庭",
                "more than {most} persons hang together with person {person}: that is no family",
            )
            raise CannotLoad(filled(says, person=person, most=most))
    return sorted(found), sorted(edges)


def _edges_of(state: State, beneficiary: int) -> range:
    return range(int(state.first_edge[beneficiary]), int(state.first_edge[beneficiary + 1]))


def _edges_granted(state: State, grantors: set[int]) -> Iterator[int]:
    wanted = np.array(sorted(grantors), dtype=np.int32)
    for first in range(0, len(state.grantor), _CHUNK):
        chunk = np.asarray(state.grantor[first : first + _CHUNK])
        yield from (first + int(place) for place in np.flatnonzero(np.isin(chunk, wanted)))


def _beneficiary(state: State, edge: int) -> int:
    return int(np.searchsorted(state.first_edge, edge, side="right")) - 1


# ------------------------------------------------------------------------------- reading the arrays


def _member(state: State, number: int, regions: tuple[RegionCode, ...]) -> Member:
    flags, home = int(state.flags[number]), int(state.home[number])
    persons, purses = len(state.home), len(state.purse_owner)
    return Member(
        number=number,
        home=regions[home],
        open_year=int(state.open_year[home]),
        insurance=list(Insurance)[flags >> arrays.INSURANCE & 3],
        card=list(Card)[flags >> arrays.CARD & 3],
        account=flags >> arrays.ACCOUNT & 3,
        out_of_area=bool(flags & arrays.OUT_OF_AREA),
        money=_pot(state, number, number),
        purses=tuple(
            _pot(state, persons + place, number, quota_fen=int(state.purse_quota[place]))
            for place in _places(state.purse_owner, number)
        ),
        wallets=tuple(
            _pot(state, persons + purses + place, number)
            for place in _places(state.wallet_owner, number)
        ),
        spans=tuple(
            (date.fromordinal(int(state.changed_day[place])), int(state.changed_to[place]))
            for place in _places(state.changed_person, number)
            if flags & arrays.COVERAGE_CHANGES
        ),
        filings=tuple(
            (
                _filed_place(int(state.filing_place[place]), regions),
                date.fromordinal(int(state.filing_first[place])),
                date.fromordinal(int(state.filing_last[place])),
            )
            for place in _places(state.filing_person, number)
        ),
    )


def _pot(state: State, number: int, owner: int, *, quota_fen: int = -1) -> Pot:
    current_fen, prior_fen = int(state.current[number]), int(state.prior[number])
    return Pot(number, owner, current_fen, prior_fen, quota_fen)


def _places(owners: arrays.Numbers, owner: int) -> range:
    """Give where somebody's entries stand in an array that ascends by owner."""
    first, end = (int(np.searchsorted(owners, owner, side=side)) for side in ("left", "right"))
    return range(first, end)


def _filed_place(place: int, regions: tuple[RegionCode, ...]) -> RegionCode:
    """Give where care is filed for: a region or, below zero, a province in order of the codes."""
    if place >= 0:
        return regions[place]
    provinces = sorted({region[:2] for region in regions})
    return RegionCode(f"{provinces[-1 - place]}0000")


def _bond(state: State, edge: int, *, used_fen: int) -> Bond:
    width, row = len(Terms._fields), int(state.terms[edge])
    terms = Terms(*(int(cell) for cell in state.authorized[row * width : (row + 1) * width]))
    aside = int(state.aside[edge])
    pots = (state.aside_pool, state.aside_quota)
    family_pot, quota_pot = (int(pot[aside]) if aside >= 0 else -1 for pot in pots)
    return Bond(
        edge=edge,
        grantor=int(state.grantor[edge]),
        beneficiary=_beneficiary(state, edge),
        relation=list(Relation)[terms.relation.bit_length() - 1],
        terms=terms,
        used_fen=used_fen,
        rank=int(state.rank[edge]),
        chosen=int(state.chosen[edge]),
        family_pot=family_pot,
        quota_pot=quota_pot,
    )


def _used(state: State, edges: list[int]) -> dict[int, int]:
    """Give what was used by each relation, in any year or day, before the state was made, fen."""
    keys = np.asarray(state.use_key) // arrays.PERIODS
    mine = np.isin(keys, edges)
    found = {edge: int(state.used[edge]) for edge in edges}
    for key, fen in zip(keys[mine].tolist(), np.asarray(state.use_fen)[mine].tolist(), strict=True):
        found[key] += fen
    return found


def _of_mask(mask: int, words: list[_Word]) -> list[_Word]:
    return [word for number, word in enumerate(words) if mask >> number & 1]


def filled(says: Text, **facts: object) -> Text:
    """Fill the places of a sentence in both languages."""
    return Text(says.say("zh", **facts), says.say("en", **facts))
