"""A rule set as whole numbers: what decides a payment, one column a parameter.

The same numbers serve one settlement and millions: `domain.judging` reads them interpreted and
compiled alike. Sets become bit masks, one-of words their place in the vocabulary, yes and no 1 and
0, money fen; a ratio takes two columns.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from typing import get_origin

from domain.money import Ratio
from domain.rules import RuleSet, declared


@cache
def number(member: StrEnum) -> int:
    """Give the place of a word in its vocabulary, from 0."""
    return list(type(member)).index(member)


def bit(member: StrEnum) -> int:
    """Give the bit of a word in a mask of its vocabulary."""
    return 1 << number(member)


def mask(members: Iterable[StrEnum]) -> int:
    """Give the bits of several words."""
    bits = 0
    for member in members:
        bits |= bit(member)
    return bits


def columns() -> tuple[str, ...]:
    """Name the columns of a rule set in order: the parameters that decide, by registry name.

    A ratio is two columns, `….num` and `….den`. A tariff is none: it prices a bill before any
    account is asked.
    """
    return tuple(_columns())


@cache
def _flat() -> tuple[str, ...]:
    """Name the parameters that are a number or two."""
    return tuple(name for name, kind in declared().items() if get_origin(kind) is not tuple)


@cache
def _columns() -> list[str]:
    found = []
    for name in _flat():
        kind = declared()[name]
        found += [f"{name}.num", f"{name}.den"] if kind is Ratio else [name]
    return found


def row(rules: RuleSet) -> tuple[int, ...]:
    """Give a rule set as whole numbers, in the order of `columns`."""
    found: list[int] = []
    for name in _flat():
        found += _numbers(rules.value(name))
    return tuple(found)


def _numbers(value: object) -> tuple[int, ...]:
    match value:
        case Ratio():
            return value.num, value.den
        case frozenset():
            return (mask(value),)
        case StrEnum():
            return (number(value),)
        case int():  # money, counts, and yes and no
            return (int(value),)
    msg = f"no rule is of this kind: {value!r}"
    raise AssertionError(msg)
