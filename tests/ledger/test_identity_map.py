"""States at hand: folded on demand, bounded, never wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from msgspec import Raw

from domain.facts import Change, Kind, Stream
from domain.ids import MessageId
from ledger import store as stores
from ledger.entries import Answer, StoredAnswer, place_of, place_of_key
from ledger.identity_map import IdentityMap, Room, Versioned
from ledger.recorded import RecordedEvent
from ledger.store import Store
from ledger.workspace import Group, Workspace
from ledger.writer import Writer
from tests.ledger.planted import ANNE, BERT, EVOLVE, Total, count, counted, meta

M1, M9 = MessageId("m1"), MessageId("m9")


class Shelf:
    """A map over planted streams that counts how often each is read."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, capacity: int = 10, packed: int = 0
    ) -> None:
        """Start with nothing at hand: Anne counted 1 and 2, Bert counted 5."""
        self.reads: list[Stream] = []
        self.store = stores.memory()
        with Writer(self.store, EVOLVE) as writer:
            for key, by, stream in (("m1", 1, ANNE), ("m2", 5, BERT), ("m3", 2, ANNE)):
                writer.execute(count(key, by, streams=(stream,)))
        read = Store.stream

        def counting(store: Store, stream: Stream) -> Iterator[RecordedEvent]:
            self.reads.append(stream)
            return read(store, stream)

        monkeypatch.setattr(Store, "stream", counting)
        self.map = IdentityMap(self.store, EVOLVE, room=dict.fromkeys(Kind, Room(capacity, packed)))

    def group(self) -> Group:
        """Begin a group."""
        return Group(self.map, after=self.store.recorder.end)


Fill = Callable[..., Shelf]


@pytest.fixture
def fill(monkeypatch: pytest.MonkeyPatch) -> Fill:
    """Give a way to make a shelf."""
    return lambda **options: Shelf(monkeypatch, **options)


def test_a_stream_is_folded_once_and_then_at_hand(fill: Fill) -> None:
    shelf = fill()
    first = shelf.map.load(ANNE)
    assert first == Versioned(Total(total=3), 2)
    assert shelf.map.load(ANNE) is first
    assert shelf.reads == [ANNE]


def test_a_stream_in_which_nothing_happened_has_no_state(fill: Fill) -> None:
    shelf = fill()
    nobody = Stream(ANNE.kind, "nobody")
    assert shelf.map.load(nobody) is None
    assert shelf.map.load(nobody) is None
    assert shelf.reads == [nobody, nobody]


def test_beyond_its_capacity_the_longest_unchanged_state_is_dropped_and_folded_again(
    fill: Fill,
) -> None:
    shelf = fill(capacity=1)
    before = shelf.map.load(ANNE)
    shelf.map.load(BERT)
    assert shelf.map.load(ANNE) == before
    assert shelf.reads == [ANNE, BERT, ANNE]


def test_a_packed_state_is_unpacked_and_not_folded_again(fill: Fill) -> None:
    shelf = fill(capacity=1, packed=1)
    before = shelf.map.load(ANNE)
    shelf.map.load(BERT)
    again = shelf.map.load(ANNE)
    assert again == before
    assert again is not before
    assert shelf.reads == [ANNE, BERT]


def test_a_packed_state_is_forgotten_when_a_newer_one_is_committed(fill: Fill) -> None:
    shelf = fill(capacity=1, packed=5)
    shelf.map.load(ANNE)
    shelf.map.load(BERT)
    shelf.map.keep({ANNE: Versioned(Total(total=9), 3)})
    shelf.map.keep({BERT: Versioned(Total(total=7), 2)})
    assert shelf.map.load(ANNE) == Versioned(Total(total=9), 3)


def test_where_there_is_no_room_for_packed_states_the_first_packed_is_dropped(fill: Fill) -> None:
    shelf = fill(capacity=1, packed=1)
    for stream in (ANNE, BERT, Stream(ANNE.kind, "carl")):
        shelf.map.keep({stream: Versioned(Total(total=1), 1)})
    shelf.map.load(BERT)
    shelf.map.load(ANNE)
    assert shelf.reads == [ANNE]


def test_a_changed_state_counts_as_young(fill: Fill) -> None:
    shelf = fill(capacity=2)
    for stream in (ANNE, BERT):
        shelf.map.load(stream)
    shelf.map.keep({ANNE: Versioned(Total(total=9), 3)})
    shelf.map.keep({Stream(ANNE.kind, "carl"): Versioned(Total(total=1), 1)})
    assert shelf.map.load(ANNE) == Versioned(Total(total=9), 3)
    assert shelf.reads == [ANNE, BERT]


def test_states_of_one_kind_do_not_push_out_those_of_another(fill: Fill) -> None:
    shelf = fill(capacity=2)
    shelf.map.load(ANNE)
    for number in range(5):
        shelf.map.keep({Stream(Kind.CLAIM, f"c{number}"): Versioned(Total(total=1), 1)})
    shelf.map.load(ANNE)
    assert shelf.reads == [ANNE]
    assert shelf.map.at_hand(Stream(Kind.CLAIM, "c2")) is None
    assert shelf.map.at_hand(Stream(Kind.CLAIM, "c4")) is not None


def test_a_workspace_that_is_dropped_leaves_no_trace(fill: Fill) -> None:
    shelf = fill()
    group = shelf.group()
    work = Workspace(group)
    work.record([Change(ANNE, counted(4)), Change(ANNE, counted(1))])
    assert work.load(ANNE) == Versioned(Total(total=8), 4)
    assert [line.version for line in work.lines] == [3, 4]
    assert group.load(ANNE) == shelf.map.load(ANNE) == Versioned(Total(total=3), 2)
    assert Workspace(group).load(ANNE) == Versioned(Total(total=3), 2)


def test_a_workspace_that_is_taken_over_is_what_the_next_one_sees(fill: Fill) -> None:
    shelf = fill()
    group = shelf.group()
    first, second = Workspace(group), Workspace(group)
    first.record([Change(ANNE, counted(4)), Change(BERT, counted(1))])
    assert group.join(first, meta("m4"), answer=Answer(b"d", Raw(b'"4"'))) == 5
    assert second.load(ANNE) == Versioned(Total(total=7), 3)
    assert second.load(BERT) == Versioned(Total(total=6), 2)
    assert group.states == first.changed
    assert shelf.map.load(ANNE) == Versioned(Total(total=3), 2)


def test_what_a_look_up_beforehand_did_not_find_is_not_looked_up_again(
    fill: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = fill()
    nobody = Stream(ANNE.kind, "nobody")
    found = {place_of(*nobody): (), place_of(*ANNE): (1, 3), place_of_key(M1): (1,)}
    found[place_of_key(M9)] = ()
    group = Group(shelf.map, after=shelf.store.recorder.end, found=found)
    assert group.load(nobody) is None
    assert group.load(ANNE) == Versioned(Total(total=3), 2)
    assert group.load(BERT) == Versioned(Total(total=5), 1)
    assert shelf.reads == [ANNE, BERT]
    asked: list[MessageId] = []
    answer = shelf.map.answer

    def asking(key: MessageId) -> StoredAnswer | None:
        asked.append(key)
        return answer(key)

    monkeypatch.setattr(shelf.map, "answer", asking)
    assert group.answer(M9) is None
    assert (kept := group.answer(M1)) is not None
    assert kept.answer == b'"counted 1"'
    assert group.answer(MessageId("m3")) is not None
    assert asked == [M1, "m3"]
