"""What a fact (the body of an event) is, and what a decision gives.

A decision knows nothing of positions, versions, actors or clocks: it names streams and facts.
The ledger stamps them with `Meta` and keeps them.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar, NamedTuple, TypeVar
from uuid import UUID

from domain.ids import stream_id
from domain.record import Instant, Record
from domain.refusals import Refusal


class Fact(Record, frozen=True, tag_field="type"):
    """Something that happened. `TOPIC` is the stored name, for ever; `VERSION` its form.

    A field with a default may be added; anything else raises `VERSION` and adds an upcaster.
    """

    TOPIC: ClassVar[str]
    VERSION: ClassVar[int] = 1

    effective_on: date


class Kind(StrEnum):
    """The kinds of stream: those of the trade, the ledger's own, and findings under review."""

    PERSON = "person"
    POOL = "pool"
    CLAIM = "claim"
    LEDGER = "ledger"
    FINDING = "finding"


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


class Meta(Record, frozen=True):
    """What is recorded beside every fact: when it became known, who caused it, and why."""

    recorded_at: Instant
    actor: str
    cause: str  # message id (idempotency key) of the command
    correlation: str  # what belongs together: usually the claim or the pool
    note: str = ""  # the reason a person gave


CATALOG: dict[str, type[Fact]] = {}
"""Every fact by its topic; filled when the aggregate modules are imported."""

_FactType = TypeVar("_FactType", bound=type[Fact])


def recorded(fact: _FactType) -> _FactType:
    """Enter a fact class in the catalogue. Its tag is its topic, from version 2 on "topic@2"."""
    topic, _, version = str(fact.__struct_config__.tag).partition("@")
    assert topic not in CATALOG, topic
    fact.TOPIC = topic
    fact.VERSION = int(version or 1)
    CATALOG[topic] = fact
    return fact
