"""Events to bytes and back: deterministic when written, validated when read.

An event's body is compact UTF-8 JSON and tells everything by itself:
`{"v":1,"stream":["person","p1"],"meta":{…},"fact":{…}}`, where `v` is the version of the fact.
The topic beside it is the fact's stored name. Same event, same bytes, on every machine.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from eventsourcing.persistence import JSONTranscoder, Mapper, Notification, StoredEvent
from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from domain.facts import CATALOG, Fact, Meta, Stream
from domain.text import Text
from ledger.errors import StoreDamaged, StoreNewer
from ledger.recorded import RecordedEvent, originator_id_of
from ledger.upcasting import upcast

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eventsourcing.domain import DomainEventProtocol


class LedgerMapper(Mapper[UUID]):
    """The library's mapper with our body format. It has no state: one serves all threads."""

    def __init__(self) -> None:
        """Satisfy the library, whose mappers have a transcoder; ours is not used."""
        super().__init__(JSONTranscoder())

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        """Write one recorded event down."""
        assert isinstance(domain_event, RecordedEvent)
        return self.to_stored_events((domain_event,))[0]

    def to_stored_events(self, events: Iterable[RecordedEvent]) -> list[StoredEvent]:
        """Write the events of a command down; the meta that they share is encoded once."""
        stored = []
        meta, meta_json = None, b""
        for event in events:
            if event.meta is not meta:
                meta = event.meta
                meta_json = _json(meta)
            fact = event.fact
            head = f'{{"v":{fact.VERSION},"stream":{_stream_json(event.stream)},"meta":'
            state = b"".join((head.encode(), meta_json, b',"fact":', _json(fact), b"}"))
            stored.append(
                StoredEvent(event.originator_id, event.originator_version, fact.TOPIC, state)
            )
        return stored

    def to_domain_event(self, stored_event: StoredEvent) -> RecordedEvent:
        """Read one event, lifted to the present version and validated.

        Raises:
            StoreNewer: the topic or its version is not known to this version of gongji.
            StoreDamaged: the body is not one that was ever written, or is not this stream's.
        """
        kind = CATALOG.get(stored_event.topic)
        if kind is None:
            known = Text("别的事件名", "other event names")
            raise StoreNewer(place=place_of(stored_event), found=stored_event.topic, known=known)
        try:
            body = _body_of(kind).__pydantic_validator__.validate_json(stored_event.state)
        except ValidationError as error:
            body = _read_slowly(stored_event, kind, error=error)
        else:
            if body.v != kind.VERSION:
                body = _read_slowly(stored_event, kind, error=None)
        if originator_id_of(body.stream) != stored_event.originator_id:
            detail = Text(
                f"正文属于 {'/'.join(body.stream)}，与流编号不符",
                f"the body belongs to {'/'.join(body.stream)}, which is another stream",
            )
            raise StoreDamaged(place=place_of(stored_event), detail=detail)
        return RecordedEvent(
            stored_event.originator_id,  # type: ignore[arg-type]  # equal to a UUID, just above
            stored_event.originator_version,
            body.stream,
            body.meta,
            body.fact,
        )


def place_of(stored_event: StoredEvent) -> str:
    """Name where a stored event stands, in a form that both languages read."""
    position = f"#{stored_event.id} " if isinstance(stored_event, Notification) else ""
    stream = f"{stored_event.originator_id}@{stored_event.originator_version}"
    return f"{position}{stored_event.topic} {stream}"


_quoted = json.JSONEncoder(ensure_ascii=False).encode


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    v: int
    stream: Stream
    meta: Meta
    fact: Any


@cache
def _body_of(kind: type[Fact]) -> type[_Body]:
    return create_model(f"{kind.__name__}Body", __base__=_Body, fact=(kind, ...))


def _json(model: BaseModel) -> bytes:
    # model_dump_json would decode these bytes to str only for us to encode them again.
    return model.__pydantic_serializer__.to_json(model)


def _stream_json(stream: Stream) -> str:
    return f'["{stream.kind.value}",{_quoted(stream.key)}]'


def _read_slowly(
    stored_event: StoredEvent, kind: type[Fact], *, error: ValidationError | None
) -> _Body:
    """Read a body of an older version, or find out what is wrong with it."""
    place = place_of(stored_event)
    try:
        raw = json.loads(stored_event.state)
    except (TypeError, ValueError) as broken:
        raise StoreDamaged(place=place, detail=str(broken)) from broken
    version = raw.get("v") if isinstance(raw, dict) else None
    if type(version) is not int or version < 1 or not isinstance(raw.get("fact"), dict):
        detail = Text("正文缺少版本号或事实", "the body has no version or no fact")
        raise StoreDamaged(place=place, detail=detail)
    if version > kind.VERSION:
        raise StoreNewer(place=place, found=f"v{version}", known=f"v{kind.VERSION}")
    if version == kind.VERSION:
        raise StoreDamaged(place=place, detail=_first(error)) from error
    raw["fact"] = upcast(kind.TOPIC, raw["fact"], from_version=version, to_version=kind.VERSION)
    try:
        return _body_of(kind).model_validate_json(json.dumps(raw))
    except ValidationError as invalid:
        raise StoreDamaged(place=place, detail=_first(invalid)) from invalid


def _first(error: ValidationError | None) -> str:
    assert error is not None, "a body of the present version comes here only when invalid"
    first = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
