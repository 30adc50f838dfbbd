"""Events to bytes and back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Notification, StoredEvent
from hypothesis import given
from hypothesis import strategies as st
from msgspec import inspect

from domain import claim, person, pool
from domain.facts import CATALOG, Fact, Kind, Stream
from ledger import mapper as mapping
from ledger.entries import Answer, Head, Line, StoredEntry, write_entry
from ledger.errors import StoreDamaged, StoreNewer
from ledger.mapper import LedgerMapper
from ledger.recorded import RecordedEvent, originator_id_of
from ledger.upcasting import UPCASTERS, upcast
from tests.ledger.planted import ANNE, BERT, Counted, counted, event, meta

STORED = LedgerMapper().to_stored_event(event(ANNE, 1))
HEAD, LINE = STORED.state.split(b"\n")


class CountedAnew(Fact, frozen=True, tag="planted.counted@3"):
    """The planted fact after two changes of form: an amount with a unit, and a place."""

    TOPIC: ClassVar[str] = "planted.counted"
    VERSION: ClassVar[int] = 3

    amount: int
    place: str


@pytest.fixture
def mapper() -> LedgerMapper:
    """Give a mapper that knows the planted fact."""
    return LedgerMapper()


@pytest.fixture
def renewed(monkeypatch: pytest.MonkeyPatch) -> LedgerMapper:
    """Give a mapper that knows the planted fact in its third form."""
    monkeypatch.setitem(CATALOG, "planted.counted", CountedAnew)
    return LedgerMapper()


def stored(
    *, head: dict[str, Any] | bytes = HEAD, line: dict[str, Any] | bytes = LINE
) -> StoredEvent:
    """Give a stored event of Anne's with a planted head or line."""
    parts = [
        part if isinstance(part, bytes) else json.dumps(part).encode() for part in (head, line)
    ]
    return StoredEvent(originator_id_of(ANNE), 1, "planted.counted", b"\n".join(parts))


def head(**changes: Any) -> dict[str, Any]:  # noqa: ANN401  # JSON
    """Give the head of a sound event with something else in it."""
    sound: dict[str, Any] = json.loads(HEAD)
    return sound | changes


def line(**changes: Any) -> dict[str, Any]:  # noqa: ANN401  # JSON
    """Give the line of a sound event with something else in it."""
    sound: dict[str, Any] = json.loads(LINE)
    return sound | changes


def fact(**changes: Any) -> dict[str, Any]:  # noqa: ANN401  # JSON
    """Give the line of a sound event with something else in its fact."""
    return line(fact=line()["fact"] | changes)


def test_a_state_is_compact_json_that_tells_everything() -> None:
    assert (
        StoredEvent(
            ANNE.id,
            1,
            "planted.counted",
            b'{"meta":{"recorded_at":"2026-03-02T04:00:00Z","actor":"till-7","cause":"m1",'
            b'"correlation":"c1"}}\n'
            b'{"stream":["person","anne"],"version":1,'
            b'"fact":{"type":"planted.counted","effective_on":"2026-03-02","by":1}}',
        )
        == STORED
    )


def test_an_event_is_one_for_the_library() -> None:
    assert isinstance(event(ANNE, 1), DomainEventProtocol)


TEXT = st.text(st.characters(codec="utf-8"))


@given(TEXT, st.integers(-(2**63), 2**63 - 1), st.text(min_size=1), st.dates())
def test_what_is_written_is_read_back(remark: str, by: int, key: str, day: date) -> None:
    if not key.isprintable():
        key = repr(key)
    stream = Stream(Kind.PERSON, key)
    kept = RecordedEvent(stream, 7, meta(), Counted(effective_on=day, by=by, remark=remark))
    CATALOG[Counted.TOPIC] = Counted
    mapper = LedgerMapper()
    assert mapper.to_domain_event(mapper.to_stored_event(kept)) == kept
    assert mapper.events_of(entry(kept)) == [kept]


def entry(*events: RecordedEvent) -> StoredEntry:
    """Give what one command did as it is kept, from position 11 on."""
    lines = [Line(each.stream, each.originator_version, each.fact) for each in events]
    last = 10 + len(lines)
    answer = Answer(b"d", msgspec.Raw(b'{"a":1}'))
    return StoredEntry(5, last, write_entry(Head(5, last, events[0].meta), answer, lines=lines))


def kept_alone(event: StoredEvent, *, last: int = 1) -> StoredEntry:
    """Give an entry with nothing but a stored event."""
    head, line = event.state.split(b"\n")
    return StoredEntry(1, last, b"\n".join((head, b"{}", line, b"")))


def test_the_events_of_an_entry_share_its_meta(mapper: LedgerMapper) -> None:
    events = [event(ANNE, 1), event(BERT, 1), event(ANNE, 2)]
    found = mapper.events_of(entry(*events))
    assert found == events
    assert found[0].meta is found[2].meta


def test_events_of_several_commands_keep_their_own_meta(mapper: LedgerMapper) -> None:
    events = [event(ANNE, 1), event(BERT, 1), event(ANNE, 2, cause="m2")]
    assert [mapper.to_domain_event(one) for one in mapper.to_stored_events(events)] == events


def test_what_the_catalogue_knows_is_read_without_a_second_look(
    mapper: LedgerMapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(mapping, "_read_slowly")
    assert mapper.events_of(entry(event(ANNE, 1))) == [event(ANNE, 1)]
    assert mapper.to_domain_event(STORED) == event(ANNE, 1)


def test_what_was_planted_later_is_read_with_a_second_look(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as before:
        before.delitem(CATALOG, "planted.counted")
        mapper = LedgerMapper()
    events = [event(ANNE, 1), event(BERT, 1)]
    assert mapper.events_of(entry(*events)) == events
    assert mapper.to_domain_event(STORED) == event(ANNE, 1)


def test_a_name_that_is_not_known_comes_from_a_newer_version(mapper: LedgerMapper) -> None:
    weighed = fact(type="planted.weighed")
    kept = stored(line=weighed)
    with pytest.raises(StoreNewer) as newer:
        mapper.to_domain_event(StoredEvent(ANNE.id, 1, "planted.weighed", kept.state))
    assert "planted.weighed" in newer.value.says("zh")
    with pytest.raises(StoreNewer, match=r"found planted\.weighed"):
        mapper.events_of(kept_alone(kept))


def test_a_version_that_is_not_known_comes_from_a_newer_version(mapper: LedgerMapper) -> None:
    known = line()["fact"]
    for newer in (known | {"type": "planted.counted@2"}, {"type": "planted.counted@2", "kg": 3}):
        kept = stored(line=line(fact=newer))  # readable by chance, and not
        with pytest.raises(StoreNewer, match="found v2, this version knows v1"):
            mapper.to_domain_event(kept)
        with pytest.raises(StoreNewer, match="found v2, this version knows v1"):
            mapper.events_of(kept_alone(kept))


DAMAGED: list[tuple[dict[str, Any], str]] = [
    ({"line": b"{"}, "truncated"),
    ({"line": b"\xff"}, "malformed"),
    ({"line": b'{"stream":["person","\xff"]}'}, "utf-8"),
    ({"line": b"[]"}, "got `array`"),
    ({"line": LINE + b"{}"}, "trailing"),
    ({"line": line(version="1x")}, r"version"),
    ({"line": line(version=None)}, r"version"),
    ({"line": line(fact=None)}, "fact"),
    ({"line": line(fact={})}, "no form that there ever was"),
    ({"line": line(extra=1)}, "extra"),
    ({"line": fact(extra=1)}, "extra"),
    ({"line": fact(by="1")}, r"Expected `int`, got `str` - at `\$.by`"),
    ({"line": fact(by=1.5)}, r"Expected `int`, got `float` - at `\$.by`"),
    ({"line": line(fact={"type": "planted.counted", "by": 1})}, "effective_on"),
    ({"line": fact(type="planted.counted@0")}, "no form that there ever was"),
    ({"line": fact(type="planted.counted@1")}, "no form that there ever was"),
    ({"line": fact(type="planted.counted@x")}, "invalid literal"),
    ({"line": fact(type="@2")}, "no form that there ever was"),
    ({"line": line(stream=["person", "bert"])}, "belongs to person/bert"),
    ({"line": line(stream=["pool", "anne"])}, "belongs to pool/anne"),
    ({"line": line(stream=["horse", "anne"])}, "horse"),
    ({"head": head(meta={})}, "recorded_at"),
    ({"head": head(extra=1)}, "extra"),
    ({"head": b"{}"}, "meta"),
    ({"head": b""}, "truncated"),
    ({"head": head(meta=head()["meta"] | {"recorded_at": "2026-03-02T04:00:00"})}, "timezone"),
]


@pytest.mark.parametrize(("damaged", "why"), DAMAGED)
def test_a_state_that_was_never_written_is_damage(
    mapper: LedgerMapper, damaged: dict[str, Any], why: str
) -> None:
    with pytest.raises(StoreDamaged, match=why):
        mapper.to_domain_event(stored(**damaged))


@pytest.mark.parametrize(
    ("damaged", "why"), [each for each in DAMAGED if not each[1].startswith("belongs")]
)
def test_an_entry_that_was_never_written_is_damage(
    mapper: LedgerMapper, damaged: dict[str, Any], why: str
) -> None:
    with pytest.raises(StoreDamaged, match=why) as found:
        mapper.events_of(kept_alone(stored(**damaged), last=12))
    assert found.value.facts["place"] == "#12"


def test_a_state_of_several_events_is_damage(mapper: LedgerMapper) -> None:
    for state in (HEAD, HEAD + b"\n" + LINE + b"\n" + LINE):
        with pytest.raises(StoreDamaged, match="not that of one event"):
            mapper.to_domain_event(StoredEvent(ANNE.id, 1, "planted.counted", state))


@pytest.mark.parametrize(("version", "topic"), [(2, "planted.counted"), (1, "person.retired")])
def test_a_state_of_another_event_is_damage(mapper: LedgerMapper, version: int, topic: str) -> None:
    with pytest.raises(StoreDamaged, match="another version or name"):
        mapper.to_domain_event(StoredEvent(ANNE.id, version, topic, STORED.state))


def test_damage_is_placed_by_position_name_and_stream(mapper: LedgerMapper) -> None:
    notification = Notification(ANNE.id, 4, "planted.counted", b"", 12)
    with pytest.raises(StoreDamaged) as damaged:
        mapper.to_domain_event(notification)
    assert damaged.value.facts["place"] == f"#12 planted.counted {ANNE.id}@4"


def test_an_old_version_is_lifted_step_by_step(
    renewed: LedgerMapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_amount(old: dict[str, Any]) -> dict[str, Any]:
        return {"effective_on": old["effective_on"], "amount": old["by"] * 100}

    def with_place(old: dict[str, Any]) -> dict[str, Any]:
        return old | {"place": "unknown"}

    monkeypatch.setitem(UPCASTERS, ("planted.counted", 1), with_amount)
    monkeypatch.setitem(UPCASTERS, ("planted.counted", 2), with_place)
    of_version_2 = {"type": "planted.counted@2", "effective_on": "2026-03-02", "amount": 100}
    for old in (LINE, line(fact=of_version_2)):
        kept = stored(line=old)
        expected = CountedAnew(effective_on=date(2026, 3, 2), amount=100, place="unknown")
        assert renewed.to_domain_event(kept).fact == expected
        assert [each.fact for each in renewed.events_of(kept_alone(kept))] == [expected]


@pytest.mark.parametrize("kept_as", [{"by": 1}, {"by": None}, {}])
def test_an_old_version_that_does_not_fit_after_lifting_is_damage(
    renewed: LedgerMapper, monkeypatch: pytest.MonkeyPatch, kept_as: dict[str, Any]
) -> None:
    def lift(old: dict[str, Any]) -> dict[str, Any]:
        return {"effective_on": old["effective_on"], "amont": old["by"] + 1}

    for version in (1, 2):
        monkeypatch.setitem(UPCASTERS, ("planted.counted", version), lift)
    old = {"type": "planted.counted", "effective_on": "2026-03-02", **kept_as}
    with pytest.raises(StoreDamaged):
        renewed.to_domain_event(stored(line=line(fact=old)))


def test_an_old_version_that_fits_by_chance_is_lifted_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Recounted(Fact, frozen=True, tag="planted.counted@2"):
        TOPIC: ClassVar[str] = "planted.counted"
        VERSION: ClassVar[int] = 2

        by: int
        remark: str = ""

    monkeypatch.setitem(CATALOG, "planted.counted", Recounted)
    monkeypatch.setitem(UPCASTERS, ("planted.counted", 1), lambda old: old | {"by": 70})
    lifted = LedgerMapper().to_domain_event(STORED).fact
    assert lifted == Recounted(effective_on=counted(70).effective_on, by=70)


def test_a_version_raised_without_an_upcaster_is_a_bug() -> None:
    with pytest.raises(KeyError):
        upcast("planted.counted", {}, from_version=1, to_version=2)


def test_every_raised_version_has_its_upcasters() -> None:
    assert {person, pool, claim}  # their facts are in the catalogue
    missing = [
        (topic, version)
        for topic, fact in CATALOG.items()
        for version in range(1, fact.VERSION)
        if (topic, version) not in UPCASTERS
    ]
    assert missing == []


WRITE_SETS = """
from datetime import UTC, date, datetime
import msgspec
from domain.codes import Category, Place
from domain.facts import Kind, Meta, Stream
from domain.pool import Authorization, UseAuthorized
from ledger.entries import Answer, Head, Line, write_entry
from ledger.mapper import LedgerMapper
from ledger.recorded import RecordedEvent
day = date(2026, 1, 1)
sets = {"places": frozenset(Place), "categories": frozenset(Category)}
authorization = Authorization(first_day=day, **sets)
fact = UseAuthorized(effective_on=day, grantor="a", beneficiary="b", authorization=authorization)
meta = Meta(datetime(2026, 1, 1, tzinfo=UTC), "a", "m1", "c1")
stream = Stream(Kind.POOL, "f")
answer = Answer(b"", msgspec.Raw(b"1"))
print(write_entry(Head(1, 1, meta), answer, lines=(Line(stream, 1, fact),)))
print(LedgerMapper().to_stored_event(RecordedEvent(stream, 1, meta, fact)).state)
"""


def test_the_order_of_a_set_does_not_change_from_run_to_run() -> None:
    written = {
        subprocess.run(
            [sys.executable, "-c", WRITE_SETS],
            cwd=Path(__file__).parents[2],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(written) == 1


def parts(kind: inspect.Type) -> Iterator[inspect.Type]:
    """Give a type and every type that it is made of."""
    yield kind
    match kind:
        case inspect.StructType(fields=fields):
            inner = [field.type for field in fields]
        case inspect.UnionType(types=types):
            inner = list(types)
        case inspect.TupleType(item_types=types):
            inner = list(types)
        case inspect.DictType(key_type=key, value_type=value):
            inner = [key, value]
        case inspect.CollectionType(item_type=item):
            inner = [item]
        case _:
            inner = []
    for part in inner:
        yield from parts(part)


def test_a_fact_holds_only_what_is_written_in_one_way() -> None:
    """No floats and nothing untyped; sets and keys of words only, which can be put in order."""
    words = (inspect.StrType, inspect.EnumType)
    assert len(CATALOG) > 20
    for topic, fact in CATALOG.items():
        for part in parts(inspect.type_info(fact)):
            assert not isinstance(part, inspect.FloatType | inspect.AnyType | inspect.RawType), (
                topic
            )
            if isinstance(part, inspect.SetType | inspect.FrozenSetType):
                assert isinstance(part.item_type, words), topic
            if isinstance(part, inspect.DictType):
                assert isinstance(part.key_type, words), topic
