"""A tiny trade for trying the ledger: streams that count up and down, never below zero."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import ClassVar

from domain.facts import Change, Fact, Kind, Meta, Stream
from domain.ids import MessageId
from domain.record import Record
from domain.refusals import Code, Refusal, refuse
from ledger.identity_map import Evolve
from ledger.recorded import RecordedEvent
from ledger.workspace import Workspace
from ledger.writer import Decided, Job

TODAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
ANNE = Stream(Kind.PERSON, "anne")
BERT = Stream(Kind.PERSON, "bert")


class Counted(Fact, frozen=True, tag="planted.counted"):
    """Something was counted."""

    TOPIC: ClassVar[str] = "planted.counted"

    by: int
    remark: str = ""


class Total(Record, frozen=True):
    """How far a stream has counted."""

    total: int = 0


def evolve(state: Total | None, fact: Counted) -> Total:
    """Add up."""
    after = Total(total=(state or Total()).total + fact.by)
    assert after.total >= 0
    return after


EVOLVE: dict[Kind, Evolve] = {Kind.PERSON: evolve}


def meta(cause: str = "m1", at: datetime = NOON) -> Meta:
    """Give the meta of a command."""
    return Meta(recorded_at=at, actor="till-7", cause=cause, correlation="c1")


def counted(by: int, remark: str = "") -> Counted:
    """Give a fact of today."""
    return Counted(effective_on=TODAY, by=by, remark=remark)


def event(stream: Stream, version: int, *, by: int = 1, cause: str = "m1") -> RecordedEvent:
    """Give one recorded event."""
    return RecordedEvent(stream, version, meta(cause), counted(by))


def count(key: str, by: int, *, streams: Iterable[Stream] = (ANNE,), at: datetime = NOON) -> Job:
    """Ask for streams to count, all or none; refused where one would fall below zero."""

    def decide(seen: Workspace, recorded_at: datetime) -> Decided | Refusal:
        assert recorded_at >= at
        for stream in streams:
            before = seen.load(stream)
            if (before.state.total if before else 0) + by < 0:
                return refuse(Code.INSUFFICIENT, person=stream.key)
        seen.record(Change(stream, counted(by)) for stream in streams)
        return Decided(answer=f'"counted {by}"'.encode(), correlation=key)

    return Job(MessageId(key), digest=str(by).encode(), at=at, actor="till-7", decide=decide)
