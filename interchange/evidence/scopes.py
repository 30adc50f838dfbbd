"""What a package is about: the whole log, one account, one claim, or the days of a period.

A scope chooses entries, and of each entry the lines that are shown. What is not shown is withheld,
and its SHA-256 stands in its place (`interchange.evidence.blocks`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from domain.claim import Decisive, claim_stream
from domain.facts import Kind, Stream
from domain.ids import ClaimId, PersonId
from domain.person import person_stream
from domain.record import Instant
from domain.text import Text
from domain.time import service_date_of
from ledger.entries import StoredEntry, place_of, split
from ledger.errors import StoreDamaged

if TYPE_CHECKING:
    from ledger.recorded import RecordedEvent
    from ledger.store import Store

PAGE = 1_000  # entries


@dataclass(frozen=True)
class Everything:
    """The whole log."""

    def described(self) -> dict[str, str]:
        """Give the scope as the manifest has it."""
        return {"kind": "all"}


@dataclass(frozen=True)
class Account:
    """One person: the own stream, and the claims of which the person is the patient."""

    person: PersonId

    def described(self) -> dict[str, str]:
        """Give the scope as the manifest has it."""
        return {"kind": "account", "person": self.person}


@dataclass(frozen=True)
class OneClaim:
    """One claim with all that was paid, held or given back for it."""

    claim: ClaimId

    def described(self) -> dict[str, str]:
        """Give the scope as the manifest has it."""
        return {"kind": "claim", "claim": self.claim}


@dataclass(frozen=True)
class Period:
    """Whatever was recorded on some days (in Shanghai), both included."""

    first: date
    last: date

    def described(self) -> dict[str, str]:
        """Give the scope as the manifest has it."""
        days = {"from": self.first.isoformat(), "to": self.last.isoformat()}
        return {"kind": "period", **days}


Scope = Everything | Account | OneClaim | Period


class Carried(NamedTuple):
    """An entry of a package: its events, and which of its lines behind the head are shown.

    `events` are all of the entry, also those that are withheld; `shown` is one for each.
    """

    entry: StoredEntry
    events: Sequence[RecordedEvent]
    answer_shown: bool
    shown: Sequence[bool]

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing of it is withheld."""
        return self.answer_shown and all(self.shown)


def carried(store: Store, scope: Scope, *, size: int) -> Iterator[Carried]:
    """Give the entries of a scope in order, up to a size of the log.

    Raises:
        StoreDamaged, StoreNewer: one cannot be read, or one that has to be there is not found.
    """
    match scope:
        case Everything():
            return (_whole(store, entry) for entry in _entries(store, after=0, upto=size))
        case Period():
            return _of_period(store, scope, size=size)
        case Account():
            return _of_account(store, scope.person, size=size)
        case OneClaim():
            return _of_claim(store, scope.claim, size=size)


def _entries(store: Store, *, after: int, upto: int) -> Iterator[StoredEntry]:
    while after < upto:
        page = store.recorder.entries(after, limit=min(PAGE, upto - after))
        yield from page
        if not page:
            missing = Text("缺失", "it is missing")
            raise StoreDamaged(place=f"entry {after + 1}", detail=missing)
        after = page[-1].number


def _whole(store: Store, entry: StoredEntry) -> Carried:
    events = store.mapper.events_of(entry)
    return Carried(entry, events, answer_shown=True, shown=(True,) * len(events))


def _head_alone(store: Store, entry: StoredEntry) -> Carried:
    events = store.mapper.events_of(entry)
    return Carried(entry, events, answer_shown=False, shown=(False,) * len(events))


# ------------------------------------------------------------------------------------------ period


class _WhenRecorded(msgspec.Struct):
    recorded_at: Instant


class _Stamp(msgspec.Struct):
    """As much of a head as tells when an entry was recorded."""

    meta: _WhenRecorded


_stamp = msgspec.json.Decoder(_Stamp).decode


def _day_of(entry: StoredEntry) -> date:
    try:
        return service_date_of(_stamp(split(entry.body).head).meta.recorded_at)
    except ValueError as error:
        raise StoreDamaged(place=f"entry {entry.number}", detail=str(error)) from error


def _of_period(store: Store, period: Period, *, size: int) -> Iterator[Carried]:
    """Give what was recorded on the days of a period, and the heads on either side."""
    inside = [
        entry.number
        for entry in _entries(store, after=0, upto=size)
        if period.first <= _day_of(entry) <= period.last
    ]
    if not inside:
        return
    first, last = inside[0] - 1, min(inside[-1] + 1, size)
    numbers = frozenset(inside)
    for entry in _entries(store, after=max(first - 1, 0), upto=last):
        give = _whole if entry.number in numbers else _head_alone
        yield give(store, entry)


# ------------------------------------------------------------------------------- account and claim


def _of_account(store: Store, person: PersonId, *, size: int) -> Iterator[Carried]:
    claims = _claims_of(store, person, size=size)
    streams = {person_stream(person), *map(claim_stream, claims)}
    for entry, events in _with_streams(store, streams, size=size):
        shown = [event.stream in streams for event in events]
        yield Carried(entry, events, answer_shown=all(shown), shown=shown)


def _claims_of(store: Store, person: PersonId, *, size: int) -> Iterator[ClaimId]:
    """Give the claims of which somebody is the patient, by what was decided about them."""
    written = b'"patient":' + msgspec.json.encode(person)  # few entries have it, and are looked at
    for entry in _entries(store, after=0, upto=size):
        if written not in entry.body:
            continue
        for event in store.mapper.events_of(entry):
            fact = event.fact
            if isinstance(fact, Decisive) and fact.request.patient == person:
                yield fact.request.claim


def _of_claim(store: Store, claim: ClaimId, *, size: int) -> Iterator[Carried]:
    stream = claim_stream(claim)
    for entry, events in _with_streams(store, {stream}, size=size):
        about_it = events[0].meta.correlation == "/".join(stream)
        named = [_claim_named(event) for event in events]
        shown = [name == claim or (name is None and about_it) for name in named]
        yield Carried(entry, events, answer_shown=about_it, shown=shown)


def _claim_named(event: RecordedEvent) -> ClaimId | None:
    """Give the claim that an event is of or names; None if it names none."""
    if event.stream.kind is Kind.CLAIM:
        return ClaimId(event.stream.key)
    return getattr(event.fact, "claim", None)


def _with_streams(
    store: Store, streams: set[Stream], *, size: int
) -> Iterator[tuple[StoredEntry, Sequence[RecordedEvent]]]:
    """Give the entries with an event of some streams; each stream is there without a gap."""
    places = {place_of(*stream) for stream in streams}
    found = store.recorder.find(tuple(places)).values()
    numbers = sorted({number for each in found for number in each if number <= size})
    versions = dict.fromkeys(streams, 0)
    for number in numbers:
        entry = store.recorder.entry(number)
        events = store.mapper.events_of(entry)
        mine = [event for event in events if event.stream in streams]
        for event in mine:
            versions[event.stream] += 1
            if event.originator_version != versions[event.stream]:
                raise StoreDamaged(place="/".join(event.stream), detail=_NOT_FOUND)
        if mine:
            yield entry, events


_NOT_FOUND = Text(
    "有事件查找不到；可删除索引文件，下次打开时重建",
    "an event is not found; delete the index file and it is made again",
)
