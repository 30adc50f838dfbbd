"""Events to bytes and back."""

from __future__ import annotations

import json
from datetime import date
from typing import Any, ClassVar

import pytest
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Notification, StoredEvent
from hypothesis import given
from hypothesis import strategies as st

from domain import claim, person, pool
from domain.facts import CATALOG, Fact, Kind, Stream
from ledger.errors import StoreDamaged, StoreNewer
from ledger.mapper import LedgerMapper
from ledger.recorded import RecordedEvent, originator_id_of
from ledger.upcasting import UPCASTERS, upcast
from tests.ledger.planted import ANNE, BERT, Counted, counted, event, meta

MAPPER = LedgerMapper()
STORED = MAPPER.to_stored_event(event(ANNE, 1))


class CountedAnew(Fact):
    """The planted fact after two changes of form: an amount with a unit, and a place."""

    TOPIC: ClassVar[str] = "planted.counted"
    VERSION: ClassVar[int] = 3

    amount: int
    place: str


def stored(body: dict[str, Any] | bytes, *, topic: str = "planted.counted") -> StoredEvent:
    """Give a stored event of Anne's with a planted body."""
    state = body if isinstance(body, bytes) else json.dumps(body).encode()
    return StoredEvent(originator_id_of(ANNE), 1, topic, state)


def body(**changes: Any) -> dict[str, Any]:  # noqa: ANN401  # JSON
    """Give the body of a sound event with something else in it."""
    sound: dict[str, Any] = json.loads(STORED.state)
    return sound | changes


def test_a_body_is_compact_json_that_tells_everything() -> None:
    assert (
        StoredEvent(
            ANNE.id,
            1,
            "planted.counted",
            b'{"v":1,"stream":["person","anne"],"meta":{"recorded_at":"2026-03-02T04:00:00Z",'
            b'"actor":"till-7","cause":"m1","correlation":"c1","note":""},'
            b'"fact":{"effective_on":"2026-03-02","by":1,"remark":""}}',
        )
        == STORED
    )


def test_an_event_is_one_for_the_library() -> None:
    assert isinstance(event(ANNE, 1), DomainEventProtocol)


@given(st.text(st.characters(codec="utf-8")), st.integers(), st.text(min_size=1), st.dates())
def test_what_is_written_is_read_back(remark: str, by: int, key: str, day: date) -> None:
    if not key.isprintable():
        key = repr(key)
    stream = Stream(Kind.PERSON, key)
    fact = Counted(effective_on=day, by=by, remark=remark)
    kept = RecordedEvent(originator_id_of(stream), 7, stream, meta(), fact)
    assert MAPPER.to_domain_event(MAPPER.to_stored_event(kept)) == kept


def test_events_of_several_commands_keep_their_own_meta() -> None:
    events = [event(ANNE, 1), event(BERT, 1), event(ANNE, 2, cause="m2")]
    assert [MAPPER.to_domain_event(one) for one in MAPPER.to_stored_events(events)] == events


def test_a_name_that_is_not_known_comes_from_a_newer_version() -> None:
    with pytest.raises(StoreNewer) as newer:
        MAPPER.to_domain_event(stored(body(), topic="planted.weighed"))
    assert "planted.weighed" in newer.value.says("zh")


def test_a_version_that_is_not_known_comes_from_a_newer_version() -> None:
    for fact in (body()["fact"], {"weight": 3}):  # readable by chance, and not
        with pytest.raises(StoreNewer, match="found v2, this version knows v1"):
            MAPPER.to_domain_event(stored(body(v=2, fact=fact)))


@pytest.mark.parametrize(
    ("damaged", "why"),
    [
        (b"{", "Expecting"),
        (b"\xff", "codec"),
        (b"[]", "no version or no fact"),
        (body(v="1x"), "no version or no fact"),
        (body(v="2"), "no version or no fact"),
        (body(v=0), "no version or no fact"),
        (body(fact=None), "no version or no fact"),
        (body(fact={}), r"fact\.effective_on: Field required"),
        (body(meta={}), r"meta\.recorded_at: Field required"),
        (body(extra=1), "extra: Extra inputs are not permitted"),
        (body(stream=["person", "bert"]), "belongs to person/bert"),
        (body(stream=["pool", "anne"]), "belongs to pool/anne"),
    ],
)
def test_a_body_that_was_never_written_is_damage(damaged: dict[str, Any] | bytes, why: str) -> None:
    with pytest.raises(StoreDamaged, match=why):
        MAPPER.to_domain_event(stored(damaged))


def test_damage_is_placed_by_position_name_and_stream() -> None:
    notification = Notification(ANNE.id, 4, "planted.counted", b"", 12)
    with pytest.raises(StoreDamaged) as damaged:
        MAPPER.to_domain_event(notification)
    assert damaged.value.facts["place"] == f"#12 planted.counted {ANNE.id}@4"


def test_an_old_version_is_lifted_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    def with_amount(fact: dict[str, Any]) -> dict[str, Any]:
        return {"effective_on": fact["effective_on"], "amount": fact["by"] * 100}

    def with_place(fact: dict[str, Any]) -> dict[str, Any]:
        return fact | {"place": "unknown"}

    monkeypatch.setitem(CATALOG, "planted.counted", CountedAnew)
    monkeypatch.setitem(UPCASTERS, ("planted.counted", 1), with_amount)
    monkeypatch.setitem(UPCASTERS, ("planted.counted", 2), with_place)
    of_version_2 = body(v=2, fact={"effective_on": "2026-03-02", "amount": 100})
    for old in (body(), of_version_2):
        lifted = MAPPER.to_domain_event(stored(old)).fact
        assert lifted == CountedAnew(effective_on=date(2026, 3, 2), amount=100, place="unknown")


def test_an_old_version_that_does_not_fit_after_lifting_is_damage(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(CATALOG, "planted.counted", CountedAnew)
    for version in (1, 2):
        monkeypatch.setitem(UPCASTERS, ("planted.counted", version), lambda fact: fact)
    with pytest.raises(StoreDamaged, match=r"fact\.amount: Field required"):
        MAPPER.to_domain_event(stored(body()))


def test_an_old_version_that_fits_by_chance_is_lifted_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Counted, "VERSION", 2)
    monkeypatch.setitem(UPCASTERS, ("planted.counted", 1), lambda fact: fact | {"by": 70})
    assert MAPPER.to_domain_event(STORED).fact == counted(70)


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


def test_no_fact_holds_a_set_whose_order_would_change_from_run_to_run() -> None:
    assert len(CATALOG) > 1
    for topic, fact in CATALOG.items():
        assert '"uniqueItems"' not in json.dumps(fact.model_json_schema(mode="serialization")), (
            topic
        )


def test_no_fact_holds_a_float() -> None:
    for topic, fact in CATALOG.items():
        assert '"number"' not in json.dumps(fact.model_json_schema()), topic
