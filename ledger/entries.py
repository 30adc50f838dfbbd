"""Entries: what one command did, as lines of JSON. Same command, same bytes, on every machine.

The first line is the head: the number of the entry, the position of its last event, and who,
when and why. The second is the answer: the digest of the request, and what was answered. Each
line after them is one event: its stream, its version in the stream, and the fact.

    {"entry":40,"last":50,"meta":{"recorded_at":…}}
    {"digest":"…","answer":{…}}
    {"stream":["person","p1"],"version":5,"fact":{"type":"account.debited",…}}

Where an entry stands is so part of its bytes, and of its leaf in the log (`ledger.log`). An event
by itself, as the eventsourcing library wants it, is the head and its own line. A tag such as
"account.debited@2" tells a fact's later form; fields that have their default are left out.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b, sha1
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

import msgspec
from eventsourcing.persistence import Notification, StoredEvent

from domain.facts import Fact, Meta, Stream
from domain.ids import NAMESPACE, MessageId
from domain.record import Record
from ledger.errors import StoreDamaged
from ledger.recorded import originator_id_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Head(Record, frozen=True):
    """Where an entry stands (see `StoredEntry`), and what its events share."""

    entry: int
    last: int
    meta: Meta


class Answer(Record, frozen=True):
    """What a command was told. `digest` is of its request, `answer` is JSON."""

    digest: bytes
    answer: msgspec.Raw


class Line(Record, frozen=True):
    """One event of an entry."""

    stream: Stream
    version: int
    fact: Fact


class _ForeignHead(Record, frozen=True):
    entry: int
    last: int


class Foreign(Record, frozen=True):
    """An event that is not ours, kept for whoever uses a recorder through the library."""

    originator_id: UUID
    version: int
    topic: str
    state: bytes


class Entry(NamedTuple):
    """An entry on its way to be kept: its bytes, and under which places it is found.

    `places` names the command's key and the stream of every event, see `place_of`.
    """

    body: bytes
    events: int
    places: tuple[int, ...]


class StoredEntry(NamedTuple):
    """An entry as kept: entries count 1, 2, 3, …; `last` is the position of its last event.

    An entry without events (a command that was accepted and changed nothing) has the position of
    the event before it. `leaf` is its leaf in the log (`ledger.log.tree`), as kept beside it.
    """

    number: int
    last: int
    body: bytes
    leaf: bytes = b""


class End(NamedTuple):
    """How far a history goes: so many entries, so many events."""

    entries: int
    events: int


class StoredAnswer(NamedTuple):
    """What a command was answered: by its idempotency key, with the digest of its request.

    `position` is that of the command's last event.
    """

    key: MessageId
    digest: bytes
    answer: bytes
    position: int


_write = msgspec.json.Encoder(order="deterministic").encode_lines


def write_entry(head: Head, answer: Answer, *, lines: Sequence[Line]) -> bytes:
    """Write down what one command did."""
    return _write((head, answer, *lines))


def foreign_entry(events: Sequence[StoredEvent], *, after: End) -> Entry:
    """Wrap events of somebody else, whose bytes may be anything, to stand behind an end."""
    lines = [
        Foreign(_uuid(e.originator_id), e.originator_version, e.topic, e.state) for e in events
    ]
    places = tuple(place_of_id(line.originator_id) for line in lines)
    head = _ForeignHead(after.entries + 1, after.events + len(lines))
    return Entry(_write((head, {}, *lines)), len(lines), places)


def digest_of(name: str, request: bytes) -> bytes:
    """Give what two requests have in common only if they ask the same (16 bytes)."""
    return blake2b(request, digest_size=16, person=name.encode()[:16]).digest()


_NAMESPACE = NAMESPACE.bytes
_PLACES = (1 << 62) - 1  # the low bits of a UUID that its version and variant leave alone


# Deriving a number costs a SHA-1; the names at work repeat, so the last 65,536 are remembered.
@lru_cache(maxsize=1 << 16)
def place_of(kind: str, key: str) -> int:
    """Give the number under which a stream, or a command by its key, is found: 62 bits.

    It is the low end of the stream's UUID, without making one. Two names may share a number, so
    what is found is compared with what was sought.
    """
    # What is no text at all is not there, and to say so must not fail the others of its group.
    name = f"{kind}/{key}".encode(errors="surrogatepass")
    digest = sha1(_NAMESPACE + name, usedforsecurity=False).digest()
    return int.from_bytes(digest[8:16], "big") & _PLACES


def place_of_key(key: MessageId) -> int:
    """Give the number under which a command is found."""
    return place_of("message", key)


def place_of_id(originator_id: UUID) -> int:
    """Give the number under which a stream is found, by its UUID."""
    return originator_id.int & _PLACES


class _Tag(msgspec.Struct, frozen=True):
    type: str = ""


class _Sketch(msgspec.Struct):
    """As much of a line, ours or foreign, as tells which event it is."""

    version: int
    stream: Stream | None = None
    fact: _Tag = _Tag()
    originator_id: UUID | None = None
    topic: str = ""
    state: bytes = b""


class _Heading(msgspec.Struct):
    """As much of a head, ours or foreign, as tells where its entry stands and whose it is."""

    entry: int = 0
    last: int = -1
    meta: Meta | None = None


class _Answered(msgspec.Struct):
    """As much of an answer as answers a repetition."""

    digest: bytes = b""
    answer: msgspec.Raw = msgspec.Raw(b"null")


class Parts(NamedTuple):
    """The lines of an entry, undecoded, without their ends; `lines` are those of the events."""

    head: bytes
    answer: bytes
    lines: list[bytes]


def split(body: bytes) -> Parts:
    """Take an entry apart into lines; what is missing is empty, and no JSON."""
    head, _, rest = body.rstrip(b"\n").partition(b"\n")
    answer, *lines = rest.split(b"\n")
    return Parts(head, answer, lines)


_sketch = msgspec.json.Decoder(_Sketch).decode
_heading = msgspec.json.Decoder(_Heading).decode
_answered = msgspec.json.Decoder(_Answered).decode


def events_of(entry: StoredEntry) -> Iterator[Notification]:
    """Take an entry apart into events with positions.

    Raises:
        StoreDamaged: a line was never written as an event.
    """
    head, _, lines = split(entry.body)
    for position, line in enumerate(lines, entry.last - len(lines) + 1):
        try:
            found = _sketch(line)
            of = _whose(found)
        except ValueError as error:
            raise StoreDamaged(place=f"#{position}", detail=str(error)) from error
        if isinstance(of, UUID):
            yield Notification(of, found.version, found.topic, found.state, position)
        else:
            topic = found.fact.type.partition("@")[0]
            state = head + b"\n" + line
            yield Notification(originator_id_of(of), found.version, topic, state, position)


def places_of(entry: StoredEntry) -> tuple[int, ...]:
    """Give the places under which an entry is found, from its bytes alone.

    Raises:
        StoreDamaged: these are not the bytes of an entry.
    """
    head, _, lines = split(entry.body)
    try:
        meta = _heading(head).meta
        places = [place_of_key(MessageId(meta.cause))] if meta else []
        for found in map(_sketch, lines):
            of = _whose(found)
            places.append(place_of_id(of) if isinstance(of, UUID) else place_of(*of))
    except ValueError as error:
        raise StoreDamaged(place=f"entry {entry.number}", detail=str(error)) from error
    return tuple(places)


def stands_where_it_says(entry: StoredEntry) -> bool:
    """Tell whether an entry names itself as it is kept: by its number and its last position.

    Raises:
        StoreDamaged: this was never written as the head of an entry.
    """
    try:
        said = _heading(split(entry.body).head)
    except ValueError as error:
        raise StoreDamaged(place=f"entry {entry.number}", detail=str(error)) from error
    return (said.entry, said.last) == (entry.number, entry.last)


def answer_in(entry: StoredEntry) -> StoredAnswer | None:
    """Give what an entry answered; None where it is foreign.

    Raises:
        StoreDamaged: these were never written as head and answer of an entry.
    """
    head, answer, _ = split(entry.body)
    try:
        meta = _heading(head).meta
        kept = _answered(answer)
    except ValueError as error:
        raise StoreDamaged(place=f"entry {entry.number}", detail=str(error)) from error
    if meta is None:
        return None
    return StoredAnswer(MessageId(meta.cause), kept.digest, bytes(kept.answer), entry.last)


def _whose(found: _Sketch) -> Stream | UUID:
    """Name the stream of an event: ours, or by its UUID if it is foreign."""
    if found.originator_id is not None:
        return found.originator_id
    if found.stream is None or not found.fact.type:
        msg = "a line that names no event"
        raise ValueError(msg)
    return found.stream


def _uuid(originator_id: UUID | str) -> UUID:
    assert isinstance(originator_id, UUID), "streams are named by UUIDs"
    return originator_id
