"""A fact as it is kept: with its place in its stream and with who, when and why."""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

from domain.facts import Fact, Meta, Stream
from domain.record import Record


class RecordedEvent(Record, frozen=True):
    """One event. Structurally a `DomainEventProtocol[UUID]` of the eventsourcing library.

    `originator_version` counts from 1 in the stream.
    """

    stream: Stream
    originator_version: int
    meta: Meta
    fact: Fact

    @property
    def originator_id(self) -> UUID:
        """Give the id under which the stream is stored."""
        return originator_id_of(self.stream)


# Deriving an id costs a SHA-1; the streams at work repeat, so the last 65,536 are remembered.
@lru_cache(maxsize=1 << 16)
def originator_id_of(stream: Stream) -> UUID:
    """Give the id under which a stream is stored."""
    return stream.id
