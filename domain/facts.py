"""What a fact (the body of an event) is, and what a decision gives.

A decision knows nothing of positions, versions, actors or clocks: it names streams and facts.
The ledger stamps them with `Meta` and keeps them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import ClassVar, NamedTuple, TypeVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from domain.ids import stream_id
from domain.refusals import Refusal


class Fact(BaseModel):
    """Something that happened. `TOPIC` is the stored name, for ever; `VERSION` its form.

    A field with a default may be added; anything else raises `VERSION` and adds an upcaster.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    TOPIC: ClassVar[str]
    VERSION: ClassVar[int] = 1

    effective_on: date


class Kind(StrEnum):
    """The three kinds of stream."""

    PERSON = "person"
    POOL = "pool"
    CLAIM = "claim"


class Stream(NamedTuple):
    """One stream by kind and business key."""

    kind: Kind
    key: str

    @property
    def id(self) -> UUID:
        """Give the id under which the stream is stored."""
        return stream_id(self.kind, self.key)


class Change(NamedTuple):
    """One fact for one stream: what a decision wants recorded."""

    stream: Stream
    fact: Fact


Outcome = tuple[Change, ...] | Refusal
"""What a decider gives: facts for streams, or an expected "no"."""


class Meta(BaseModel):
    """What is recorded beside every fact: when it became known, who caused it, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    recorded_at: AwareDatetime
    actor: str
    cause: str  # message id (idempotency key) of the command
    correlation: str  # what belongs together: usually the claim or the pool
    note: str = ""  # the reason a person gave


CATALOG: dict[str, type[Fact]] = {}
"""Every fact by its topic; filled when the aggregate modules are imported."""

_FactType = TypeVar("_FactType", bound=type[Fact])


def recorded_as(topic: str, version: int = 1) -> Callable[[_FactType], _FactType]:
    """Give a fact class its stored name and version, and enter it in the catalogue."""

    def enter(fact: _FactType) -> _FactType:
        assert topic not in CATALOG, topic
        fact.TOPIC = topic
        fact.VERSION = version
        CATALOG[topic] = fact
        return fact

    return enter
