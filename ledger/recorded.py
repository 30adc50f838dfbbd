"""A fact as it is kept: with its place in its stream and with who, when and why."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from domain.facts import Fact, Meta, Stream


class RecordedEvent(NamedTuple):
    """One event. Structurally a `DomainEventProtocol[UUID]` of the eventsourcing library.

    `originator_id` is the stream's id and `originator_version` counts from 1 in its stream.
    """

    originator_id: UUID
    originator_version: int
    stream: Stream
    meta: Meta
    fact: Fact


# Deriving an id costs a SHA-1; the streams at work repeat, so the last 65,536 are remembered.
@lru_cache(maxsize=1 << 16)
def originator_id_of(stream: Stream) -> UUID:
    """Give the id under which a stream is stored."""
    return stream.id
