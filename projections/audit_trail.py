"""The audit trail: who did what, when and why, for every person, pool and claim it touches.

One command records all its events under one cause (its message id); what belongs together, such
as everything about one claim, shares a correlation.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import func, or_, select, true

from domain.claim import ClaimAuthorized, ClaimOffered, ClaimSettled, Decisive
from domain.facts import Kind, Stream
from domain.text import Text
from projections.digests import digests
from projections.lateness import days_late
from projections.projection import Facts, Page, Projection
from projections.questions import Known, then
from projections.reading import events_at
from projections.rows import Values, add, grow, stored_day, stored_instant
from projections.sentences import sentence
from projections.subjects import Subject, subjects
from projections.tables import BLOCK, TRAIL, TRAIL_PATIENTS, TRAIL_SUBJECTS

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Engine, Select, Table

    from ledger.recorded import RecordedEvent
    from ledger.store import Store


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

    @property
    def late_days(self) -> int:
        """Give how many days after the day from which it holds it was recorded."""
        return days_late(self.effective_on, self.recorded_at)


def trail(
    store: Store,
    engine: Engine,
    *,
    subject: Stream,
    as_of: date | None = None,
    as_known_at: Known = None,
) -> list[Entry]:
    """Give every event that touches a person, pool or claim, in order of recording.

    For a person these are also all events of the claims of which the person is the patient.
    """
    then_known = then(TRAIL, as_of=as_of, as_known_at=as_known_at)
    return entries(store, engine, about(subject), *then_known)


def about(subject: Stream) -> ColumnElement[bool]:
    """Give the condition on events that they touch a person, pool or claim."""
    touched = _listed(TRAIL_SUBJECTS, "positions").where(
        TRAIL_SUBJECTS.c.kind == subject.kind, TRAIL_SUBJECTS.c.subject == subject.key
    )
    direct = TRAIL.c.position.in_(touched)
    if subject.kind is not Kind.PERSON:
        return direct
    return or_(direct, TRAIL.c.position.in_(_of_claims_of(subject)))


def entries(
    store: Store, engine: Engine, *conditions: ColumnElement[bool], limit: int | None = None
) -> list[Entry]:
    """Give the events that meet conditions on `TRAIL`, oldest first, at most `limit`."""
    positions = positions_where(engine, *conditions, limit=limit)
    return [entry_of(position, event) for position, event in events_at(store, positions)]


def positions_where(
    engine: Engine, *conditions: ColumnElement[bool], limit: int | None = None
) -> Sequence[int]:
    """Give the positions of the events that meet conditions on `TRAIL`, in order."""
    found = select(TRAIL.c.position).where(*conditions).order_by(TRAIL.c.position).limit(limit)
    with engine.connect() as connection:
        return connection.execute(found).scalars().all()


def entry_of(position: int, event: RecordedEvent) -> Entry:
    """Give an event as the trail tells it."""
    meta, fact = event.meta, event.fact
    return Entry(
        position,
        event.stream,
        event.originator_version,
        fact.TOPIC,
        fact.effective_on,
        meta.recorded_at,
        meta.actor,
        meta.cause,
        meta.correlation,
        meta.note,
        sentence(fact, event.stream.key),
    )


def _of_claims_of(patient: Stream) -> Select[tuple[int]]:
    """Find what happened to a patient's claims, whose later events do not name the patient."""
    claims = _listed(TRAIL_PATIENTS, "claims").where(TRAIL_PATIENTS.c.patient == patient.key)
    return _listed(TRAIL_SUBJECTS, "positions").where(
        TRAIL_SUBJECTS.c.kind == Kind.CLAIM, TRAIL_SUBJECTS.c.subject.in_(claims)
    )


def _listed(table: Table, column: str) -> Select[tuple[Any]]:
    """Take the list in a column apart: one row for each thing on it."""
    array = "[" + func.substr(table.c[column], 2) + "]"  # without the first comma
    things = func.json_each(array).table_valued("value")
    return select(things.c.value).select_from(table.join(things, true()))


def _project(connection: Connection, page: Page) -> None:
    rows: list[Values] = []
    for (position, event), digest in zip(page.events, digests(page), strict=True):
        fact, meta = event.fact, event.meta
        effective_on, recorded_at = stored_day(fact.effective_on), stored_instant(meta.recorded_at)
        rows.append((position, fact.TOPIC, effective_on, recorded_at, meta.correlation, digest))
    add(connection, TRAIL, rows=rows)
    grow(connection, TRAIL_SUBJECTS, "positions", rows=_touched(page))
    grow(connection, TRAIL_PATIENTS, "claims", rows=_opened(page))


AUDIT_TRAIL_PROJECTION = Projection(
    name="audit_trail",
    says=Text("审计轨迹", "who did what, when and why"),
    version=2,
    tables=(TRAIL, TRAIL_SUBJECTS, TRAIL_PATIENTS),
    project=_project,
)


def _touched(page: Page) -> list[Values]:
    """List the positions of events by everything they touch, block by block."""
    rows: list[Values] = []
    for block, events in groupby(page.events, key=lambda each: each[0] // BLOCK):
        # A dict instead of a set: it keeps the order, and an event counts once for each subject.
        positions: defaultdict[Subject, dict[int, None]] = defaultdict(dict)
        for position, event in events:
            for subject in subjects(event):
                positions[subject][position] = None
        for (kind, key), at in positions.items():
            rows.append((_KINDS[kind], key, block, _list(map(str, at))))
    return rows


def _opened(page: Page) -> list[Values]:
    """List the claims that were opened by their patients, block by block."""
    claims: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
    for position, claim, fact in page.facts(_OPENINGS):
        assert isinstance(fact, Decisive)
        claims[fact.request.patient, position // BLOCK].append(json.dumps(claim))
    return [(patient, block, _list(of)) for (patient, block), of in claims.items()]


_OPENINGS: Facts = frozenset({ClaimOffered, ClaimSettled, ClaimAuthorized})
_KINDS = {kind: kind.value for kind in Kind}


def _list(things: Iterable[str]) -> str:
    """Write a list that can be continued: each thing after a comma."""
    return "," + ",".join(things)
