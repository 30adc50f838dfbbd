"""The audit trail: who did what, when and why, for every person, pool and claim it touches.

One command records all its events under one cause (its message id); what belongs together, such
as everything about one claim, shares a correlation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import or_, select

from domain.account import (
    AccountCaptured,
    AccountClosed,
    AccountDebited,
    AccountHeld,
    AccountPaidOut,
    AccountReleased,
    AccountRestored,
)
from domain.claim import (
    ClaimAuthorized,
    ClaimCancelled,
    ClaimCaptured,
    ClaimReversed,
    ClaimSettled,
)
from domain.facts import Fact, Kind, Stream
from domain.person import PersonJoinedPool, PersonLeftPool
from domain.pool import (
    AuthorizationWithdrawn,
    OrderSet,
    PoolOpened,
    RelationBound,
    RelationEnded,
    RelationReviewed,
    UseAuthorized,
)
from domain.text import Text
from projections.projection import Page, Projection
from projections.questions import Known, then
from projections.rows import Row, add
from projections.sentences import sentence
from projections.tables import TRAIL, TRAIL_SUBJECTS

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Engine, Select

    from ledger.recorded import RecordedEvent


class Entry(NamedTuple):
    """One event of the trail. `cause` is the message id of the command that recorded it."""

    position: int
    stream: Stream
    version: int
    topic: str
    effective_on: date
    recorded_at: datetime
    actor: str
    cause: str
    correlation: str
    note: str
    says: Text


class Command(NamedTuple):
    """All that one command recorded: first its decision, then what followed from it."""

    cause: str
    actor: str
    recorded_at: datetime
    note: str
    events: tuple[Entry, ...]


class Trace(NamedTuple):
    """Everything that belongs together with one event, command by command."""

    position: int
    correlation: str
    commands: tuple[Command, ...]


def trail(
    engine: Engine, subject: Stream, *, as_of: date | None = None, as_known_at: Known = None
) -> list[Entry]:
    """Give every event that touches a person, pool or claim, in order of recording.

    For a person these are also all events of the claims of which the person is the patient.
    """
    return entries(engine, about(subject), *then(TRAIL, as_of=as_of, as_known_at=as_known_at))


def about(subject: Stream) -> ColumnElement[bool]:
    """Give the condition on events that they touch a person, pool or claim."""
    touched = select(TRAIL_SUBJECTS.c.position).where(*_is(subject))
    direct = TRAIL.c.position.in_(touched)
    if subject.kind is not Kind.PERSON:
        return direct
    return or_(direct, TRAIL.c.position.in_(_of_claims_of(subject)))


def trace(engine: Engine, position: int) -> Trace | None:
    """Give cause and effect of the event at a position; None if there is no such event."""
    found = entries(engine, TRAIL.c.position == position)
    if not found:
        return None
    correlation = found[0].correlation
    related = entries(engine, TRAIL.c.correlation == correlation)
    return Trace(position, correlation, tuple(_commands(related)))


def entries(
    engine: Engine, *conditions: ColumnElement[bool], limit: int | None = None
) -> list[Entry]:
    """Give the events that meet conditions on `TRAIL`, oldest first, at most `limit`."""
    found = select(TRAIL).where(*conditions).order_by(TRAIL.c.position).limit(limit)
    with engine.connect() as connection:
        return [
            Entry(
                row.position,
                Stream(Kind(row.stream_kind), row.stream_key),
                row.version,
                row.topic,
                row.effective_on,
                row.recorded_at,
                row.actor,
                row.cause,
                row.correlation,
                row.note,
                Text(row.zh, row.en),
            )
            for row in connection.execute(found)
        ]


def _is(subject: Stream) -> tuple[ColumnElement[bool], ...]:
    return TRAIL_SUBJECTS.c.kind == subject.kind, TRAIL_SUBJECTS.c.subject == subject.key


def _of_claims_of(patient: Stream) -> Select[tuple[int]]:
    """Find what happened to a patient's claims, whose later events do not name the patient."""
    opened = TRAIL.alias()
    claims = (
        select(opened.c.stream_key)
        .join(TRAIL_SUBJECTS, TRAIL_SUBJECTS.c.position == opened.c.position)
        .where(*_is(patient), TRAIL_SUBJECTS.c.role == "patient")
    )
    subjects = TRAIL_SUBJECTS.alias()
    return select(subjects.c.position).where(
        subjects.c.kind == Kind.CLAIM, subjects.c.subject.in_(claims)
    )


def _commands(entries: Sequence[Entry]) -> Iterator[Command]:
    for cause, group in groupby(entries, key=lambda entry: entry.cause):
        events = tuple(group)
        first = events[0]
        yield Command(cause, first.actor, first.recorded_at, first.note, events)


def _project(connection: Connection, page: Page) -> None:
    add(connection, TRAIL, rows=[_row(position, event) for position, event in page])
    add(
        connection,
        TRAIL_SUBJECTS,
        rows=[
            {"kind": kind, "subject": key, "position": position, "role": role}
            for position, event in page
            for (kind, key), role in subjects(event.stream, event.fact).items()
        ],
    )


AUDIT_TRAIL_PROJECTION = Projection(
    name="audit_trail",
    says=Text("审计轨迹", "who did what, when and why"),
    version=1,
    tables=(TRAIL, TRAIL_SUBJECTS),
    project=_project,
)


def _row(position: int, event: RecordedEvent) -> Row:
    says, meta = sentence(event.fact, event.stream.key), event.meta
    return {
        "position": position,
        "stream_kind": event.stream.kind,
        "stream_key": event.stream.key,
        "version": event.originator_version,
        "topic": event.fact.TOPIC,
        "effective_on": event.fact.effective_on,
        "recorded_at": meta.recorded_at,
        "actor": meta.actor,
        "cause": meta.cause,
        "correlation": meta.correlation,
        "note": meta.note,
        "zh": says.zh,
        "en": says.en,
    }


def subjects(stream: Stream, fact: Fact) -> dict[Stream, str]:
    """Give everything an event touches, each once, with the role in which it does."""
    found = {Stream(kind, key): role for kind, key, role in reversed(list(_named(fact))) if key}
    return {stream: "owner", **found}


def _named(fact: Fact) -> Iterator[tuple[Kind, str | None, str]]:
    """Give what a fact names beside its own stream; the first role of a subject counts."""
    match fact:
        case AccountDebited() | AccountHeld() | AccountRestored():
            yield Kind.PERSON, fact.beneficiary, "beneficiary"
            yield Kind.CLAIM, fact.claim, "claim"
        case AccountCaptured() | AccountReleased():
            yield Kind.CLAIM, fact.claim, "claim"
        case AccountClosed() | AccountPaidOut():
            yield Kind.PERSON, fact.heir, "heir"
        case PersonJoinedPool() | PersonLeftPool():
            yield Kind.POOL, fact.pool, "pool"
        case PoolOpened():
            yield Kind.PERSON, fact.opened_by, "opener"
        case OrderSet():
            yield Kind.PERSON, fact.beneficiary, "beneficiary"
            for grantor in fact.grantors:
                yield Kind.PERSON, grantor, "grantor"
        case (
            RelationBound()
            | RelationReviewed()
            | UseAuthorized()
            | AuthorizationWithdrawn()
            | RelationEnded()
        ):
            yield Kind.PERSON, fact.grantor, "grantor"
            yield Kind.PERSON, fact.beneficiary, "beneficiary"
        case ClaimSettled() | ClaimAuthorized():
            yield Kind.PERSON, fact.request.patient, "patient"
            for leg in fact.allocation.legs:
                yield Kind.PERSON, leg.account, "payer"
            for pool, _ in fact.allocation.pools:
                yield Kind.POOL, pool, "pool"
        case ClaimCaptured() | ClaimCancelled() | ClaimReversed():
            for leg in fact.legs:
                yield Kind.PERSON, leg.account, "payer"
        case _:
            pass
