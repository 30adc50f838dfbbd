"""How the baseline writes values of `domain` down: the library's way, one transcoding a type."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from enum import StrEnum
from inspect import signature
from typing import Any

from eventsourcing.persistence import Transcoding

from domain.account import AccountCredited, AccountDebited, AccountOpened
from domain.amounts import Amounts
from domain.claim import (
    Allocation,
    ClaimLine,
    ClaimRequest,
    ClaimSettled,
    Institution,
    Leg,
    Trial,
)
from domain.codes import (
    Category,
    Credential,
    CreditKind,
    Evidence,
    Insurance,
    Place,
    Relation,
    Segment,
    Work,
)
from domain.person import PersonEnrolled, PersonJoinedPool
from domain.pool import Authorization, PoolOpened, RelationBound, UseAuthorized
from domain.reasons import Reason


class DateAsIso(Transcoding):
    """Writes days as ISO 8601."""

    type = date
    name = "date"

    def encode(self, obj: date) -> str:
        """Write a day."""
        return obj.isoformat()

    def decode(self, data: str) -> date:
        """Read a day."""
        return date.fromisoformat(data)


class SetAsList(Transcoding):
    """Writes sets of words in order."""

    type = frozenset
    name = "set"

    def encode(self, obj: frozenset[str]) -> list[str]:
        """Write a set."""
        return sorted(obj)

    def decode(self, data: list[str]) -> frozenset[str]:
        """Read a set."""
        return frozenset(data)


class Fields(Transcoding):
    """Writes a value as its fields.

    JSON keeps neither tuples nor enumerations apart; `lift` names the fields to be lifted back,
    with what lifts them. A value inside a value has a transcoding of its own.
    """

    def __init__(self, of: type[Any], **lift: Callable[[Any], object]) -> None:
        """Write and read one type, made by naming its fields."""
        self.type = of
        self.name = of.__name__
        self._fields = tuple(signature(of).parameters)
        self._lift = lift
        assert lift.keys() <= set(self._fields), (of, lift)

    def encode(self, obj: object) -> dict[str, object]:
        """Write a value."""
        return {name: getattr(obj, name) for name in self._fields}

    def decode(self, data: dict[str, Any]) -> object:
        """Read a value."""
        for name, lift in self._lift.items():
            data[name] = lift(data[name])
        return self.type(**data)


def transcodings() -> Iterator[Transcoding]:
    """Give what the library's transcoder does not bring along."""
    yield DateAsIso()
    yield SetAsList()
    yield Fields(Amounts)
    yield Fields(PersonEnrolled, insurance=Insurance, work=Work)
    yield Fields(PersonJoinedPool)
    yield Fields(AccountOpened)
    yield Fields(AccountCredited, kind=CreditKind)
    yield Fields(AccountDebited)
    yield Fields(PoolOpened)
    yield Fields(RelationBound, relation=Relation, evidence=Evidence)
    yield Fields(UseAuthorized)
    yield Fields(Authorization, places=_set_of(Place), categories=_set_of(Category))
    yield Fields(ClaimSettled)
    yield Fields(ClaimRequest, credential=Credential, lines=tuple)
    yield Fields(Institution, place=Place)
    yield Fields(ClaimLine, category=Category)
    yield Fields(Allocation, legs=tuple, cash_fen=_pairs, trials=tuple, pools=_pairs)
    yield Fields(Leg, segment=Segment)
    yield Fields(Trial, lines=tuple, reason=Reason)


def _set_of(words: type[StrEnum]) -> Callable[[Any], object]:
    return lambda found: frozenset(map(words, found))


def _pairs(found: list[list[object]]) -> tuple[tuple[object, ...], ...]:
    return tuple(map(tuple, found))
