"""Rules as whole numbers: one column a parameter, the same for one settlement and for millions.

Sets become bit masks, one-of words their place in the vocabulary, yes and no 1 and 0, money fen; a
ratio takes two columns. `domain.judging` reads what the columns say for each kind of account.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache, lru_cache
from typing import NamedTuple

from domain.codes import Place
from domain.judging import Caps, Scope
from domain.money import Ratio


@lru_cache(maxsize=None, typed=True)  # words of two vocabularies may be spelled alike
def number(member: StrEnum) -> int:
    """Give the place of a word in its vocabulary, from 0."""
    return list(type(member)).index(member)


@lru_cache(maxsize=None, typed=True)  # as above
def bit(member: StrEnum) -> int:
    """Give the bit of a word in a mask of its vocabulary."""
    return 1 << number(member)


@cache
def mask(members: frozenset[StrEnum]) -> int:
    """Give the bits of several words. No two vocabularies of sets have a word in common."""
    return sum(map(bit, members))


def names_of(parameters: Mapping[str, object]) -> Iterable[str]:
    """Name the columns of parameters, given with the types of their fields.

    A ratio is two columns, `….num` and `….den`. A tariff is none: it prices a bill before any
    account is asked.
    """
    for name, kind in parameters.items():
        if kind is Ratio:
            yield f"{name}.num"
            yield f"{name}.den"
        elif is_number(kind):
            yield name


def is_number(kind: object) -> bool:
    """Tell whether a value of a kind is a number, a word or a set of words."""
    return isinstance(kind, type) or getattr(kind, "__origin__", None) is frozenset


def cells_of(value: object) -> tuple[int, ...]:
    """Give the value of one parameter as whole numbers."""
    match value:
        case Ratio():
            return value.num, value.den
        case frozenset():
            return (mask(value),)
        case StrEnum():
            return (number(value),)
        case int():  # money, counts, and yes and no
            return (int(value),)
    return ()


class Compiled(NamedTuple):
    """What the rules of one area say of each kind of account, as whole numbers."""

    own: Scope
    wallet: Scope
    relative: Scope
    quota: Scope  # a relative's quota of the national wallet
    caps: Caps


_ALL_PLACES = mask(frozenset(Place))


def compiled(cells: Mapping[str, int]) -> Compiled:
    """Sort the columns of a rule set by the kind of account that they decide about."""
    relative = Scope(
        places=cells["pool.places"],
        categories=cells["pool.categories"],
        outside_catalogue=cells["pool.outside_catalogue"],
        out_of_area=1,
        relations=cells["pool.relations"],
        insurance=cells["pool.beneficiary_insurance"],
        resident_places=cells["pool.resident_places"],
        with_fund=cells["pool.with_fund"],
        area=cells["pool.area"],
        direct_area=cells["pool.direct_area"],
        must_be_covered=cells["pool.grantor_covered"],
        balance_at_least=cells["pool.balance_at_least"],
    )
    own = relative._replace(
        places=cells["own.places"],
        categories=cells["own.categories"],
        outside_catalogue=cells["own.outside_catalogue"],
        out_of_area=cells["own.out_of_area"],
    )
    by_wallet = {"places": cells["wallet.places"], "categories": cells["wallet.categories"]}
    return Compiled(
        own=own,
        wallet=own._replace(**by_wallet),
        relative=relative,
        quota=relative._replace(
            **by_wallet, relations=cells["wallet.relations"], resident_places=_ALL_PLACES
        ),
        caps=Caps(
            retained_minimum=cells["pool.retained_minimum"],
            per_use=cells["pool.per_use_cap"],
            per_day=cells["pool.per_day_cap"],
            per_year=cells["pool.per_year_cap"],
            joint_year=cells["pool.joint_year_cap"],
        ),
    )
