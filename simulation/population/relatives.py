"""Who could pay for whom in a household: pairs of members and what the one is to the other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from domain.codes import Relation
from domain.columns import number
from simulation.population.draws import Array
from simulation.population.households import IN_SERVICE, KINDS, RETIRED


class Pairs(NamedTuple):
    """Pairs of members of one kind of household after another, by beneficiary, then grantor."""

    first: Array  # int64, for each kind of household and one more: its pairs
    grantor: Array  # int64, place in the household
    beneficiary: Array  # int64
    relation: Array  # int64, number of domain.codes.Relation: what the beneficiary is
    likely: Array  # int64, how many in a thousand of active families are bound


_GENERATION = {"R": 0, "P": 0, "C": 2}  # all others: 1
_LIKELY = {
    Relation.SPOUSE: 400,
    Relation.PARENT: 600,
    Relation.CHILD: 700,
    Relation.GRANDCHILD: 200,
    Relation.SPOUSE_PARENT: 300,
}
_LIKELY_WITHOUT_ACCOUNT = 850  # a spouse in resident insurance is bound more often


def pairs() -> Pairs:
    """List the pairs of every kind of household."""
    rows: list[tuple[int, int, int, int]] = []
    first = [0]
    for kind in KINDS:
        rows += [
            (grantor, beneficiary, number(relation), _likely(kind[beneficiary], relation))
            for beneficiary in range(len(kind))
            for grantor in range(len(kind))
            if (relation := _relation(kind, grantor, beneficiary)) is not None
        ]
        first.append(len(rows))
    columns = np.array(rows, np.int64).T
    return Pairs(np.array(first, np.int64), *columns)


def _relation(kind: str, grantor: int, beneficiary: int) -> Relation | None:
    """Say what a member is to one with an account; None where they are no near relatives.

    Who is of the same generation is married. The old are the head's parents.
    """
    if grantor == beneficiary or kind[grantor] not in IN_SERVICE + RETIRED:
        return None
    mine, theirs = (_GENERATION.get(kind[place], 1) for place in (grantor, beneficiary))
    if mine == theirs:
        return Relation.SPOUSE
    if theirs < mine:
        return Relation.PARENT if grantor == 0 else Relation.SPOUSE_PARENT
    if theirs - mine > 1:
        return Relation.GRANDCHILD
    return Relation.CHILD if mine == 1 or beneficiary == 0 else None


def _likely(letter: str, relation: Relation) -> int:
    if relation is Relation.SPOUSE and letter not in IN_SERVICE + RETIRED:
        return _LIKELY_WITHOUT_ACCOUNT
    return _LIKELY[relation]
