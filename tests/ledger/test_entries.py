"""What one command did as bytes, and what can be told from the bytes alone."""

from __future__ import annotations

from uuid import UUID, uuid5

import pytest
from eventsourcing.persistence import StoredEvent
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from domain.facts import Kind, Stream
from domain.ids import NAMESPACE, MessageId
from ledger.entries import (
    Answer,
    End,
    Head,
    Line,
    StoredAnswer,
    StoredEntry,
    answer_in,
    digest_of,
    events_of,
    foreign_entry,
    place_of,
    place_of_id,
    place_of_key,
    places_of,
    split,
    stands_where_it_says,
    write_entry,
)
from ledger.errors import StoreDamaged
from ledger.recorders import Recorder
from ledger.store import Store
from ledger.writer import Writer
from tests.ledger.planted import ANNE, BERT, EVOLVE, count, counted, meta

HEAD = Head(4, 12, meta("m1"))
ANSWER = Answer(b"digest", Raw(b'{"left":5}'))
LINES = [Line(ANNE, 3, counted(1)), Line(BERT, 1, counted(2, remark="两分"))]
BODY = write_entry(HEAD, ANSWER, lines=LINES)
ENTRY = StoredEntry(4, 12, BODY)


def test_an_entry_is_lines_of_json_that_tell_everything() -> None:
    assert BODY.decode() == (
        '{"entry":4,"last":12,"meta":{"recorded_at":"2026-03-02T04:00:00Z","actor":"till-7",'
        '"cause":"m1","correlation":"c1"}}\n'
        '{"digest":"ZGlnZXN0","answer":{"left":5}}\n'
        '{"stream":["person","anne"],"version":3,'
        '"fact":{"type":"planted.counted","effective_on":"2026-03-02","by":1}}\n'
        '{"stream":["person","bert"],"version":1,'
        '"fact":{"type":"planted.counted","effective_on":"2026-03-02","by":2,"remark":"两分"}}\n'
    )


@given(st.text(st.characters(codec="utf-8")))
def test_no_text_breaks_a_line(text: str) -> None:
    line = Line(Stream(Kind.PERSON, text), 1, counted(1, remark=text))
    body = write_entry(Head(1, 1, meta(text)), Answer(b"", Raw(b"1")), lines=[line])
    assert len(split(body).lines) == 1
    kept = answer_in(StoredEntry(1, 1, body))
    assert kept is not None
    assert kept.key == text


def test_an_entry_is_taken_apart_into_events_with_positions() -> None:
    first, second = events_of(ENTRY)
    head, _, (line, other) = split(BODY)
    assert (first.id, first.originator_id, first.originator_version) == (11, ANNE.id, 3)
    assert (second.id, second.originator_id, second.originator_version) == (12, BERT.id, 1)
    assert first.topic == second.topic == "planted.counted"
    assert (first.state, second.state) == (head + b"\n" + line, head + b"\n" + other)


def test_a_later_form_has_the_same_topic() -> None:
    later = StoredEntry(1, 1, BODY.replace(b"planted.counted", b"planted.counted@12", 1))
    assert next(events_of(later)).topic == "planted.counted"


def test_an_entry_without_events_has_an_answer_all_the_same() -> None:
    entry = StoredEntry(4, 12, write_entry(HEAD, ANSWER, lines=()))
    assert list(events_of(entry)) == []
    assert places_of(entry) == (place_of_key(MessageId("m1")),)
    assert answer_in(entry) == StoredAnswer(MessageId("m1"), b"digest", b'{"left":5}', 12)


def test_an_answer_is_kept_byte_for_byte() -> None:
    answer = b'{"b": 1.50,  "a":"\\u4e2d"}'
    body = write_entry(Head(1, 0, meta()), Answer(b"d", Raw(answer)), lines=())
    kept = answer_in(StoredEntry(1, 0, body))
    assert kept is not None
    assert kept.answer == answer


def test_an_entry_is_found_by_its_streams_and_its_key() -> None:
    streams = {place_of(*ANNE), place_of(*BERT)}
    assert set(places_of(ENTRY)) == streams | {place_of_key(MessageId("m1"))}


@given(st.sampled_from(Kind), st.text(min_size=1))
def test_the_place_of_a_stream_is_the_low_end_of_its_id(kind: Kind, key: str) -> None:
    name = f"{kind.value}/{key}"
    try:
        name.encode()
    except UnicodeEncodeError:
        return
    expected = uuid5(NAMESPACE, name)
    assert Stream(kind, key).id == expected
    assert place_of(kind, key) == place_of_id(expected) == expected.int % 2**62


def test_places_fit_into_sqlites_integers_and_differ() -> None:
    places = {place_of(kind, str(n)) for kind in Kind for n in range(1_000)}
    places |= {place_of_key(MessageId(str(n))) for n in range(1_000)}
    assert len(places) == (len(Kind) + 1) * 1_000
    assert all(0 <= place < 2**63 for place in places)


def test_a_digest_tells_requests_and_their_names_apart() -> None:
    digests = {digest_of(name, request) for name in ("a", "b") for request in (b"1", b"2", b"")}
    assert len(digests) == 6
    assert {len(digest) for digest in digests} == {16}
    assert digest_of("a", b"1") in digests


STRANGER = UUID("00000000-0000-4000-8000-000000000007")
FOREIGN = StoredEvent(STRANGER, 5, "their.topic", b"\x00\n\xff{")


def test_events_of_somebody_else_come_back_as_they_are() -> None:
    body, events, places = foreign_entry([FOREIGN, FOREIGN], after=End(6, 9))
    entry = StoredEntry(7, 11, body)
    assert body.startswith(b'{"entry":7,"last":11}\n{}\n')
    assert stands_where_it_says(entry)
    assert events == 2
    assert places == places_of(entry) == (place_of_id(STRANGER),) * 2
    assert answer_in(entry) is None
    found = list(events_of(entry))
    assert [event.id for event in found] == [10, 11]
    for event in found:
        same = StoredEvent(event.originator_id, event.originator_version, event.topic, event.state)
        assert same == FOREIGN


@pytest.mark.parametrize(
    "line",
    [
        b"{}",
        b"[]",
        b"{",
        b"\xff",
        b'{"version":1}',
        b'{"stream":["person","anne"],"version":1}',
        b'{"stream":["person","anne"],"version":1,"fact":{}}',
        b'{"version":1,"fact":{"type":"planted.counted"}}',
        b'{"stream":["horse","anne"],"version":1,"fact":{"type":"planted.counted"}}',
        b'{"stream":["person","\xff"],"version":1,"fact":{"type":"planted.counted"}}',
        b'{"originator_id":"x","version":1,"topic":"","state":""}',
    ],
)
def test_a_line_that_was_never_written_is_damage(line: bytes) -> None:
    head, answer, (first, _) = split(BODY)
    entry = StoredEntry(4, 12, b"\n".join((head, answer, first, line, b"")))
    with pytest.raises(StoreDamaged) as damaged:
        list(events_of(entry))
    assert damaged.value.facts["place"] == "#12"
    with pytest.raises(StoreDamaged) as damaged:
        places_of(entry)
    assert damaged.value.facts["place"] == "entry 4"


@pytest.mark.parametrize("head", [b"", b"[]", b'{"meta":7}', b'{"entry":"\xff"}', b"{"])
def test_a_head_that_was_never_written_is_damage(head: bytes) -> None:
    entry = StoredEntry(4, 12, head + b"\n{}\n")
    for read in (answer_in, places_of, stands_where_it_says):
        with pytest.raises(StoreDamaged) as damaged:
            read(entry)
        assert damaged.value.facts["place"] == "entry 4"


@pytest.mark.parametrize("answer", [b"", b"[]", b'{"digest":7}', b'{"digest":"\xff"}', b"{"])
def test_an_answer_that_was_never_written_is_damage(answer: bytes) -> None:
    head = split(BODY).head
    for body in (head + b"\n" + answer + b"\n", head + b"\n", head):
        with pytest.raises(StoreDamaged) as damaged:
            answer_in(StoredEntry(4, 12, body))
        assert damaged.value.facts["place"] == "entry 4"


def test_an_entry_stands_where_it_says_or_it_does_not() -> None:
    assert stands_where_it_says(ENTRY)
    for number, last in ((5, 12), (4, 11), (12, 4)):
        assert not stands_where_it_says(StoredEntry(number, last, BODY))
    for head in (b"{}", b'{"entry":4}', b'{"last":12}'):
        assert not stands_where_it_says(StoredEntry(4, 12, head + b"\n{}\n"))


def test_what_is_no_uuid_names_no_stream_of_the_library() -> None:
    with pytest.raises(AssertionError):
        foreign_entry([StoredEvent("anne", 1, "their.topic", b"")], after=End(0, 0))


# ---------------------------------------------------------------------------------- in a recorder


@pytest.fixture
def recorder(store: Store) -> Recorder:
    """Give a recorder with entries of 2, 0, 1, 0, 0 and 2 events."""
    with Writer(store, EVOLVE) as writer:
        for n, streams in enumerate([(ANNE, BERT), (), (ANNE,), (), (), (BERT, ANNE)]):
            writer.execute(count(f"m{n}", 1, streams=streams))
    return store.recorder


def test_entries_and_positions_are_counted_apart(recorder: Recorder) -> None:
    found = recorder.entries(0, limit=9)
    assert [(entry.number, entry.last) for entry in found] == [
        (1, 2),
        (2, 2),
        (3, 3),
        (4, 3),
        (5, 3),
        (6, 5),
    ]
    assert recorder.end == End(6, 5)
    assert recorder.entries(2, limit=2) == found[2:4]
    assert not recorder.entries(6, limit=9)
    assert recorder.entry(4) == found[3]


def test_the_entry_before_a_position_is_the_last_that_is_all_at_or_before_it(
    recorder: Recorder,
) -> None:
    assert [recorder.entry_before(position) for position in range(8)] == [0, 0, 2, 5, 5, 6, 6, 6]


def test_there_is_no_entry_before_anything_in_an_empty_store(store: Store) -> None:
    assert store.recorder.entry_before(0) == store.recorder.entry_before(7) == 0
    assert store.recorder.end == End(0, 0)


@pytest.mark.parametrize("number", [0, 7])
def test_an_entry_that_is_not_there_is_damage(recorder: Recorder, number: int) -> None:
    with pytest.raises(StoreDamaged, match=f"entry {number}: it is missing"):
        recorder.entry(number)


def test_entries_are_found_by_stream_and_by_key(recorder: Recorder) -> None:
    places = [place_of(*ANNE), place_of(*BERT), place_of_key(MessageId("m4")), 7]
    found = {place: list(numbers) for place, numbers in recorder.find(places).items()}
    assert found == {places[0]: [1, 3, 6], places[1]: [1, 6], places[2]: [5]}
    assert [entry.number for entry in recorder.entries_at(place_of(*ANNE))] == [1, 3, 6]
    assert list(recorder.entries_at(7)) == []


def test_a_place_shared_by_two_names_is_told_apart_by_what_is_there(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = recorder.find
    everywhere = [place_of(*ANNE), place_of_key(MessageId("m4")), place_of_key(MessageId("m0"))]

    def all_together(places: list[int]) -> dict[int, list[int]]:
        numbers = sorted({n for found in find(everywhere).values() for n in found})
        return {place: list(numbers) for place in places}

    monkeypatch.setattr(recorder, "find", all_together)
    kept = recorder.answer(MessageId("m4"))
    assert kept is not None
    assert kept.key == "m4"
    assert recorder.answer(MessageId("m5-not-there")) is None
    assert [event.originator_version for event in recorder.select_events(BERT.id)] == [1, 2]


def test_a_foreign_entry_answers_nobody(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.recorder.insert_events([FOREIGN])
    monkeypatch.setattr(store.recorder, "find", lambda places: dict.fromkeys(places, (1,)))
    assert store.recorder.answer(MessageId("m1")) is None


def test_every_event_can_be_read_from_any_position_to_any_other(
    recorder: Recorder, store: Store
) -> None:
    for after in range(7):
        for upto in range(7):
            expected = list(range(after + 1, min(upto, 5) + 1))
            assert [position for position, _ in store.events(after, upto=upto)] == expected
            notes = store.notifications(after, upto=upto)
            assert [notification.id for notification in notes] == expected
    assert recorder.select_notifications(None, 2)[-1].id == 2
