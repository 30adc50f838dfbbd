"""Two moments side by side: what differs between them, and the events in between.

States are folded from the events themselves, so that the answer rests on no table of balances.
Only streams that something happened to are folded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import or_

from domain.account import AccountClosed, AccountOpened
from domain.claim import Claim
from domain.facts import Kind, Stream
from domain.ids import PersonId
from domain.person import Person, person_stream
from domain.pool import OrderSet, Pool
from domain.time import last_day_over
from ledger.view import EVOLVE
from projections.audit_trail import about, positions_where
from projections.expected import claim_row
from projections.moments import recorded_at
from projections.reading import Recorded, events_at
from projections.subjects import OfPair
from projections.summaries import Figures, money_of, relation_figures, standing_of
from projections.tables import TRAIL

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Engine

    from ledger.recorded import RecordedEvent
    from ledger.store import Store


class Matter(StrEnum):
    """What a figure that differs belongs to."""

    BALANCE = "balance"
    PERSON = "person"
    RELATION = "relation"
    CLAIM = "claim"


class Changed(NamedTuple):
    """One figure that differs; None: there was none.

    `change_fen` is there for balances and claims. `late` counts facts about this matter of the
    subject that were recorded in between and hold from a day that was over at the first moment.
    """

    matter: Matter
    stream: Stream
    subject: str
    figure: str
    before: object
    after: object
    change_fen: int | None
    late: int


class Counted(NamedTuple):
    """How many events of one kind were recorded in between, and how many of them late."""

    topic: str
    events: int
    late: int


class Apart(NamedTuple):
    """What lies between two positions. Facts up to `over`, if recorded in between, are late."""

    first: int
    last: int
    over: date | None
    positions: Sequence[int]
    counted: tuple[Counted, ...]
    changed: tuple[Changed, ...]


class _Pair:
    """The states of one stream at two moments, and what is known of the events between.

    `version` is that of the last one between; `late` counts late facts by matter and subject.
    """

    __slots__ = ("after", "before", "late", "version")

    def __init__(self) -> None:
        self.before: object = None
        self.after: object = None
        self.version = 0
        self.late: Counter[tuple[Matter, str]] = Counter()


def compare(
    store: Store,
    engine: Engine,
    *,
    first: int,
    last: int,
    since: datetime | None = None,
    persons: Collection[PersonId] = (),
) -> Apart:
    """Hold the books at the position `first` against those at `last`, not before it.

    `since` is the instant that `first` stands for, where it was asked for by one. With `persons`
    only their balances, relations and claims are compared.

    Raises:
        StoreDamaged, StoreNewer: an event that is needed cannot be read.
    """
    assert 0 <= first <= last, "the first moment comes first"
    instant = since or recorded_at(store, first)
    over = last_day_over(instant) if instant and first < last else None
    positions = positions_where(engine, *_between(first, last, persons))
    pairs: dict[Stream, _Pair] = {}
    counted: Counter[str] = Counter()
    late: Counter[str] = Counter()
    for _, event in events_at(store, positions):
        pair = pairs.setdefault(event.stream, _Pair())
        pair.version = event.originator_version
        counted[event.fact.TOPIC] += 1
        if is_late(event.fact.effective_on, over):
            late[event.fact.TOPIC] += 1
            pair.late.update(_concerned(event))
    _fold(store, pairs, first=first, last=last)
    changed = tuple(sorted(_changes(pairs, frozenset(persons)), key=_by_matter))
    kinds = (Counted(topic, many, late[topic]) for topic, many in sorted(counted.items()))
    return Apart(first, last, over, positions, tuple(kinds), changed)


def is_late(effective_on: date, over: date | None) -> bool:
    """Tell whether a fact holds from a day that was over at the first moment."""
    return over is not None and effective_on <= over


def _between(first: int, last: int, persons: Collection[PersonId]) -> list[ColumnElement[bool]]:
    conditions = [TRAIL.c.position > first, TRAIL.c.position <= last]
    if persons:
        conditions.append(or_(*(about(person_stream(person)) for person in persons)))
    return conditions


_DEAR = 4  # times as much as reading the next event costs finding one by its stream


def _fold(store: Store, pairs: Mapping[Stream, _Pair], *, first: int, last: int) -> None:
    """Fold streams up to both moments: one by one, or where they are many all in one reading."""
    if _DEAR * sum(pair.version for pair in pairs.values()) > last:
        everything = (Recorded(*each) for each in store.events(upto=last))
        _take_in((it for it in everything if it.event.stream in pairs), pairs, first=first)
        return
    for stream in pairs:
        own = (Recorded(*each) for each in store.placed(stream) if each[0] <= last)
        _take_in(own, pairs, first=first)


def _take_in(found: Iterable[Recorded], pairs: Mapping[Stream, _Pair], *, first: int) -> None:
    for position, event in found:
        pair = pairs[event.stream]
        pair.after = EVOLVE[event.stream.kind](pair.after, event.fact)
        if position <= first:
            pair.before = pair.after


# ------------------------------------------------------------------------------------ what differs

_Part = tuple[Matter, str, Figures]
"""Figures of one subject: what they belong to, and its name."""


def _changes(pairs: Mapping[Stream, _Pair], persons: frozenset[PersonId]) -> Iterator[Changed]:
    for stream in sorted(pairs):
        pair = pairs[stream]
        before = {(matter, name): it for matter, name, it in _parts(pair.before, persons)}
        after = {(matter, name): it for matter, name, it in _parts(pair.after, persons)}
        for key in dict.fromkeys((*before, *after)):
            matter, name = key
            old, new = before.get(key, {}), after.get(key, {})
            for figure in dict.fromkeys((*old, *new)):
                was, became = old.get(figure), new.get(figure)
                if was != became and (was or became):
                    moved = _moved(matter, figure, was, became)
                    late = pair.late[key]
                    yield Changed(matter, stream, name, figure, was, became, moved, late)


def _concerned(event: RecordedEvent) -> Iterator[tuple[Matter, str]]:
    """Give what a fact is about, in the terms of what differs."""
    fact, key = event.fact, event.stream.key
    match event.stream.kind:
        case Kind.PERSON:
            of_money = fact.TOPIC.startswith(("account.", "wallet."))
            if of_money:
                yield Matter.BALANCE, key
            if not of_money or isinstance(fact, AccountOpened | AccountClosed):
                yield Matter.PERSON, key
        case Kind.POOL if isinstance(fact, OfPair):
            yield Matter.RELATION, _sides(fact.grantor, fact.beneficiary)
        case Kind.POOL if isinstance(fact, OrderSet):
            yield from (
                (Matter.RELATION, _sides(grantor, fact.beneficiary)) for grantor in fact.grantors
            )
        case Kind.CLAIM:
            yield Matter.CLAIM, key


def _sides(grantor: PersonId, beneficiary: PersonId) -> str:
    return f"{grantor} → {beneficiary}"


def _by_matter(changed: Changed) -> int:
    return _ORDER.index(changed.matter)


_ORDER = list(Matter)


def _moved(matter: Matter, figure: str, *sides: object) -> int | None:
    """Give by how much money changed; limits are money, too, but none that moves."""
    if matter is Matter.RELATION or not figure.endswith("_fen"):
        return None
    was, became = (side if isinstance(side, int) else 0 for side in sides)
    return became - was


def _parts(state: object, persons: frozenset[PersonId]) -> Iterator[_Part]:
    """Give the figures of a state by subject; those of other persons are left out."""
    match state:
        case Person() if not persons or state.id in persons:
            yield Matter.BALANCE, state.id, money_of(state)
            yield Matter.PERSON, state.id, standing_of(state)
        case Pool():
            for binding in state.bindings.values():
                sides = binding.grantor, binding.beneficiary
                if not persons or not persons.isdisjoint(sides):
                    yield Matter.RELATION, _sides(*sides), relation_figures(state, binding)
        case Claim() if not persons or not persons.isdisjoint(_of_claim(state)):
            yield Matter.CLAIM, state.request.claim, claim_row(state)


def _of_claim(claim: Claim) -> set[PersonId]:
    """Give the patient, and everybody whose account pays or was to pay."""
    return {claim.request.patient, *(leg.account for leg in claim.allocation.legs)}
