"""Finding events by what they are about, what they are, and the day on which they hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select

from domain.claim import ClaimAuthorized, ClaimOffered, ClaimSettled, claim_stream
from domain.facts import Stream
from domain.ids import SettlementId, claim_of
from projections.audit_trail import Entry, about, entries, trail
from projections.lateness import recorded_late
from projections.questions import Known, then
from projections.tables import TRAIL

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Engine

    from ledger.store import Store

_OPENINGS = {ClaimSettled.TOPIC, ClaimAuthorized.TOPIC, ClaimOffered.TOPIC}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for; an event has to meet everything that is given.

    `subjects` must all be touched. `types` are stored names or their first words (`account`), of
    which one must fit. `first_day` and `last_day` are the days on which events hold, included.
    `late_days` is how late they were recorded at least; 0 for those that were not late, too.
    """

    subjects: tuple[Stream, ...] = ()
    settlements: tuple[SettlementId, ...] = ()
    types: tuple[str, ...] = ()
    first_day: date | None = None
    last_day: date | None = None
    late_days: int = 0


def search(
    store: Store,
    engine: Engine,
    *,
    wanted: Wanted,
    as_of: date | None = None,
    as_known_at: Known = None,
    limit: int | None = None,
) -> tuple[list[Entry], int]:
    """Give the first `limit` events that fit, in order of recording, and how many fit in all."""
    conditions = [
        *then(TRAIL, as_of=as_of, as_known_at=as_known_at),
        *(about(subject) for subject in wanted.subjects),
        *(
            _of_settlement(store, engine, settlement=settlement)
            for settlement in wanted.settlements
        ),
    ]
    if wanted.types:
        conditions.append(or_(*(_is_of(kind) for kind in wanted.types)))
    if wanted.first_day is not None:
        conditions.append(TRAIL.c.effective_on >= wanted.first_day)
    if wanted.last_day is not None:
        conditions.append(TRAIL.c.effective_on <= wanted.last_day)
    if wanted.late_days:
        conditions.append(recorded_late(TRAIL, wanted.late_days))
    with engine.connect() as connection:
        fitting = connection.execute(
            select(func.count()).select_from(TRAIL).where(*conditions)
        ).scalar_one()
    return entries(store, engine, *conditions, limit=limit), fitting


def _is_of(kind: str) -> ColumnElement[bool]:
    topic = TRAIL.c.topic
    return topic == kind if "." in kind else topic.startswith(f"{kind}.", autoescape=True)


def _of_settlement(store: Store, engine: Engine, settlement: SettlementId) -> ColumnElement[bool]:
    """Pick the events of one attempt: a claim that was undone may be settled anew."""
    attempt, positions = 0, []
    for entry in trail(store, engine, subject=claim_stream(claim_of(settlement))):
        attempt += entry.topic in _OPENINGS
        if f"{attempt}" == settlement.rpartition("-")[2]:
            positions.append(entry.position)
    return TRAIL.c.position.in_(positions)
