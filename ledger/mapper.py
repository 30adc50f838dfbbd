"""Entries and events read back: validated, lifted to their present form, or refused by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Union, cast
from uuid import UUID

import msgspec
from eventsourcing.persistence import JSONTranscoder, Mapper, Notification, StoredEvent

from domain import claim, finding, person, pool, sealing  # noqa: F401  # they enter their facts
from domain.facts import CATALOG, Fact, Meta, Stream
from domain.text import Text
from ledger.entries import Line, StoredEntry
from ledger.errors import StoreDamaged, StoreNewer
from ledger.recorded import RecordedEvent
from ledger.upcasting import upcast

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from eventsourcing.domain import DomainEventProtocol


class _HeadOf(msgspec.Struct, forbid_unknown_fields=True):
    """A head as it is read; that of an event which was never kept stands nowhere."""

    meta: Meta
    entry: int = 0
    last: int = 0


class _Alone(msgspec.Struct):
    meta: Meta


class LedgerMapper(Mapper[UUID]):
    """The library's mapper with our form of events. It has no state: one serves all threads.

    It knows the facts that were in the catalogue when it was made.
    """

    def __init__(self) -> None:
        """Satisfy the library, whose mappers have a transcoder; ours is not used."""
        super().__init__(JSONTranscoder())
        facts: Any = Union[tuple(CATALOG.values())]  # noqa: UP007  # made of what there is
        line = msgspec.defstruct(
            "Line",
            [("stream", Stream), ("version", int), ("fact", facts)],
            forbid_unknown_fields=True,
        )
        self._head = msgspec.json.Decoder(_HeadOf).decode
        self._lines = msgspec.json.Decoder(line).decode_lines

    def events_of(self, entry: StoredEntry) -> list[RecordedEvent]:
        """Read the events of an entry.

        Raises:
            StoreNewer: a topic or its version is not known to this version of gongji.
            StoreDamaged: these bytes were never written as an entry.
        """
        head, _, rest = entry.body.partition(b"\n")
        _, _, lines = rest.partition(b"\n")  # what was answered does not concern who reads events
        try:
            meta = self._head(head).meta
            found = cast("Sequence[Line]", self._lines(lines))
        except ValueError:
            return _read_slowly(f"#{entry.last}", head, lines)
        return [RecordedEvent(line.stream, line.version, meta, line.fact) for line in found]

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        """Write one event down by itself."""
        assert isinstance(domain_event, RecordedEvent)
        event = domain_event
        line = Line(event.stream, event.originator_version, event.fact)
        state = _write(_Alone(event.meta)) + b"\n" + _write(line)
        return StoredEvent(event.originator_id, event.originator_version, event.fact.TOPIC, state)

    def to_stored_events(self, events: Iterable[RecordedEvent]) -> list[StoredEvent]:
        """Write events down, each by itself."""
        return [self.to_stored_event(event) for event in events]

    def to_domain_event(self, stored_event: StoredEvent) -> RecordedEvent:
        """Read one event, lifted to the present version and validated.

        Raises:
            StoreNewer: the topic or its version is not known to this version of gongji.
            StoreDamaged: the state is not one that was ever written, or is not this stream's.
        """
        place = place_of(stored_event)
        if stored_event.topic not in CATALOG:
            raise _newer(place, stored_event.topic)
        head, _, line = stored_event.state.partition(b"\n")
        try:
            meta = self._head(head).meta
            (found,) = cast("Sequence[Line]", self._lines(line))
        except ValueError:
            slowly = _read_slowly(place, head, line)
            if len(slowly) != 1:
                detail = Text("正文不是一条事件", "the body is not that of one event")
                raise StoreDamaged(place=place, detail=detail) from None
            (event,) = slowly
        else:
            event = RecordedEvent(found.stream, found.version, meta, found.fact)
        named = stored_event.originator_version, stored_event.topic
        if named != (event.originator_version, event.fact.TOPIC):
            detail = Text("正文的版本或名称不符", "the body has another version or name")
            raise StoreDamaged(place=place, detail=detail)
        if event.originator_id != stored_event.originator_id:
            detail = Text(
                f"正文属于 {'/'.join(event.stream)}，与流编号不符",
                f"the body belongs to {'/'.join(event.stream)}, which is another stream",
            )
            raise StoreDamaged(place=place, detail=detail)
        return event


def place_of(stored_event: StoredEvent) -> str:
    """Name where a stored event stands, in a form that both languages read."""
    position = f"#{stored_event.id} " if isinstance(stored_event, Notification) else ""
    stream = f"{stored_event.originator_id}@{stored_event.originator_version}"
    return f"{position}{stored_event.topic} {stream}"


def _newer(place: str, topic: str) -> StoreNewer:
    return StoreNewer(place=place, found=topic, known=Text("别的事件名", "other event names"))


_write = msgspec.json.Encoder(order="deterministic").encode


class _AnyLine(msgspec.Struct, forbid_unknown_fields=True):
    stream: Stream
    version: int
    fact: dict[str, Any]


def _read_slowly(place: str, head: bytes, lines: bytes) -> list[RecordedEvent]:
    """Read lines that have an older form, or find out what is wrong with them."""
    try:
        meta = msgspec.json.decode(head, type=_HeadOf).meta
        each = lines.rstrip(b"\n").split(b"\n") if lines else ()
        found = [msgspec.json.decode(line, type=_AnyLine) for line in each]
        return [
            RecordedEvent(line.stream, line.version, meta, _lifted(place, line.fact))
            for line in found
        ]
    except (ValueError, LookupError, TypeError) as broken:  # the last two: no upcaster expects it
        raise StoreDamaged(place=place, detail=str(broken)) from broken


def _lifted(place: str, written: dict[str, Any]) -> Fact:
    topic, tagged, said = str(written.pop("type", "")).partition("@")
    version = int(said) if tagged else 1
    if not topic or (tagged and version < 2):  # noqa: PLR2004  # the first form has no number
        msg = "a fact of no form that there ever was"
        raise ValueError(msg)
    kind = CATALOG.get(topic)
    if kind is None:
        raise _newer(place, topic)
    if version > kind.VERSION:
        raise StoreNewer(place=place, found=f"v{version}", known=f"v{kind.VERSION}")
    lifted = upcast(topic, written, from_version=version, to_version=kind.VERSION)
    lifted["type"] = kind.__struct_config__.tag
    return msgspec.json.decode(msgspec.json.encode(lifted), type=kind)
