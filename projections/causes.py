"""Cause and effect of one event: what it rests on, its command, and what went before and after.

The matter of an event is what an auditor would follow: its claim, its transfer, or the relation of
two persons. Everything recorded about the matter is told command by command, also what another
command did on its way, such as a hold that had run out. Other events have their command alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import or_

from domain.account import AccountCaptured, AccountDebited
from domain.claim import Decisive, claim_stream
from domain.facts import Fact, Kind, Stream
from domain.ids import ClaimId, MessageId, PersonId, TransferId, sender_of
from domain.person import person_stream
from domain.pool import (
    OrderSet,
    RelationBound,
    RelationEnded,
    RelationReviewed,
    UseAuthorized,
    pool_stream,
)
from projections.audit_trail import Entry, about, entry_of, positions_where
from projections.reading import Recorded, events_at
from projections.subjects import OfPair
from projections.tables import TRAIL

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from ledger.store import Store


class Link(StrEnum):
    """How something stands to the event that was asked for."""

    GROUND = "ground"
    BEFORE = "before"
    SAME = "same"
    AFTER = "after"


class Command(NamedTuple):
    """What one command recorded about the matter, in order; `name` as in the list of commands.

    `decision` is the position of the event that brought the others about.
    """

    link: Link
    name: str
    cause: str
    actor: str
    recorded_at: datetime
    note: str
    decision: int
    events: tuple[Entry, ...]


class Paid(NamedTuple):
    """What a grantor's account paid for a beneficiary: how often, how much, first and last."""

    payments: int
    amount_fen: int
    first: int
    last: int


class Trace(NamedTuple):
    """Everything about one matter. `grounds` is what allowed relatives' accounts to pay.

    `paid` is there for what happened to a relation: what was paid from then on until its end.
    """

    position: int
    matter: str
    grounds: tuple[Entry, ...]
    commands: tuple[Command, ...]
    paid: Paid | None = None


def trace(store: Store, engine: Engine, *, position: int) -> Trace | None:
    """Give cause and effect of the event at a position; None if there is no such event."""
    asked = next((Recorded(*found) for found in events_at(store, [position])), None)
    if asked is None:
        return None
    together = _command_at(store, position)
    matter, elsewhere = _matter(store, engine, asked)
    related = {each.position: each for each in (*elsewhere, *together)}
    told = [related[position] for position in sorted(related)]
    return Trace(
        position,
        matter,
        tuple(entry_of(*each) for each in _grounds(store, told, asked=asked)),
        tuple(_commands(store, told, asked=asked, matter=matter)),
        _paid(store, engine, told, asked=asked),
    )


def _command_at(store: Store, position: int) -> list[Recorded]:
    """Give all events of the command that recorded the event at a position."""
    entry = store.recorder.entry(store.recorder.entry_before(position - 1) + 1)
    events = store.mapper.events_of(entry)
    first = entry.last - len(events) + 1
    return [Recorded(at, event) for at, event in enumerate(events, first)]


# -------------------------------------------------------------------------------------- the matter


def _matter(store: Store, engine: Engine, asked: Recorded) -> tuple[str, list[Recorded]]:
    """Name what an event is about, and give what was recorded about it."""
    event = asked.event
    claim = event.stream.key if event.stream.kind is Kind.CLAIM else _named(event.fact, "claim")
    transfer = _named(event.fact, "transfer")
    if claim:
        return f"claim/{claim}", _of_claim(store, engine, ClaimId(claim))
    if transfer:
        return f"transfer/{transfer}", _of_transfer(store, engine, TransferId(transfer))
    if isinstance(event.fact, OfPair):
        pair = event.fact.grantor, event.fact.beneficiary
        found = _of_pair(store, engine, pool=event.stream, pair=pair)
        return f"{'/'.join(event.stream)} {' → '.join(pair)}", found
    return event.meta.correlation, []


def _named(fact: Fact, name: str) -> str:
    return getattr(fact, name, None) or ""


def _of_claim(store: Store, engine: Engine, claim: ClaimId) -> list[Recorded]:
    stream = claim_stream(claim)
    mine = TRAIL.c.correlation == "/".join(stream)
    return _read(store, positions_where(engine, or_(mine, about(stream))))


def _of_transfer(store: Store, engine: Engine, transfer: TransferId) -> list[Recorded]:
    """Give what happened to a transfer; it may have come back on the way of another command."""
    passing = or_(*(TRAIL.c.topic.startswith(kind) for kind in ("wallet.", "account.")))
    found = positions_where(engine, passing, about(person_stream(sender_of(transfer))))
    return [each for each in _read(store, found) if _named(each.event.fact, "transfer") == transfer]


def _of_pair(
    store: Store, engine: Engine, *, pool: Stream, pair: tuple[PersonId, PersonId]
) -> list[Recorded]:
    """Give what happened to the relations of two persons, with all that followed from it."""
    of_pools = TRAIL.c.topic.startswith("pool.")
    found = positions_where(engine, of_pools, *(about(person_stream(side)) for side in pair))
    mine = [
        it
        for it in _read(store, found)
        if it.event.stream == pool and _pair_of(it.event.fact) == pair
    ]
    return [each for it in mine for each in _command_at(store, it.position)]


def _paid(
    store: Store, engine: Engine, told: Iterable[Recorded], *, asked: Recorded
) -> Paid | None:
    """Add up what a relation was used for from an event about it until it ended."""
    pair = _pair_of(asked.event.fact)
    if pair is None:
        return None
    ends = (it.position for it in told if isinstance(it.event.fact, RelationEnded))
    end = next((position for position in ends if position >= asked.position), 2**62)
    found = positions_where(
        engine,
        TRAIL.c.topic.in_([AccountDebited.TOPIC, AccountCaptured.TOPIC]),
        TRAIL.c.position.between(asked.position, end),
        *(about(person_stream(side)) for side in pair),
    )
    payments = [
        (it.position, it.event.fact.taken.total_fen)
        for it in _read(store, found)
        if it.event.stream.key == pair[0]
        and isinstance(it.event.fact, AccountDebited | AccountCaptured)
    ]
    if not payments:
        return None
    amount_fen = sum(fen for _, fen in payments)
    return Paid(len(payments), amount_fen, payments[0][0], payments[-1][0])


def _read(store: Store, positions: Sequence[int]) -> list[Recorded]:
    return [Recorded(*each) for each in events_at(store, positions)]


def _pair_of(fact: Fact) -> tuple[PersonId, PersonId] | None:
    return (fact.grantor, fact.beneficiary) if isinstance(fact, OfPair) else None


# ------------------------------------------------------------------------------------- the commands


def _commands(
    store: Store, told: Sequence[Recorded], *, asked: Recorded, matter: str
) -> Iterator[Command]:
    for cause, group in groupby(told, key=lambda each: each.event.meta.cause):
        events = tuple(group)
        meta = events[0].event.meta
        decisive = (it.position for it in events if "/".join(it.event.stream) == matter)
        yield Command(
            _link(events, asked),
            _name(store, MessageId(cause)),
            cause,
            meta.actor,
            meta.recorded_at,
            meta.note,
            next(decisive, events[0].position),
            tuple(entry_of(*each) for each in events),
        )


def _link(events: Sequence[Recorded], asked: Recorded) -> Link:
    if events[0].event.meta.cause == asked.event.meta.cause:
        return Link.SAME
    return Link.BEFORE if events[0].position < asked.position else Link.AFTER


def _name(store: Store, cause: MessageId) -> str:
    """Give the name of a command by what it was answered; empty where no answer was kept."""
    kept = store.recorder.answer(cause)
    return json.loads(kept.answer).get("command", "") if kept else ""


# ------------------------------------------------------------------------------------- the grounds


def _grounds(store: Store, told: Iterable[Recorded], *, asked: Recorded) -> list[Recorded]:
    """Give relation, review, authorization and order behind the decision that an event rests on.

    That is the last decision about its claim up to the end of its command.
    """
    last = _command_at(store, asked.position)[-1].position
    decisions = [
        each.event.fact
        for each in told
        if isinstance(each.event.fact, Decisive) and each.position <= last
    ]
    return sorted(_behind(store, decisions[-1])) if decisions else []


def _behind(store: Store, decision: Decisive) -> Iterator[Recorded]:
    patient, allocation = decision.request.patient, decision.allocation
    versions = dict(allocation.pools)
    payers = {(it.pool, it.account) for it in allocation.trials if it.pool and it.gave_fen}
    for pool in sorted({pool for pool, _ in payers}):
        standing: dict[tuple[str, type[Fact]], Recorded] = {}
        for position, event in store.placed(pool_stream(pool)):
            if event.originator_version > versions[pool]:
                break
            _settle(standing, Recorded(position, event), patient=patient)
        paid = {account for of, account in payers if of == pool}
        yield from (it for (whose, _), it in standing.items() if whose in {*paid, patient})


def _settle(
    standing: dict[tuple[str, type[Fact]], Recorded], found: Recorded, *, patient: PersonId
) -> None:
    """Keep the last fact of each kind about the patient's relation with each grantor.

    A new relation begins without what was said of an earlier one.
    """
    fact = found.event.fact
    if isinstance(fact, OrderSet) and fact.beneficiary == patient:
        standing[patient, OrderSet] = found
    if not isinstance(fact, _ALLOWING) or fact.beneficiary != patient:
        return
    if isinstance(fact, RelationBound):
        for kind in _ALLOWING:
            standing.pop((fact.grantor, kind), None)
    standing[fact.grantor, type(fact)] = found


_ALLOWING = RelationBound, RelationReviewed, UseAuthorized
