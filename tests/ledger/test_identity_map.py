"""States at hand: folded on demand, bounded, never wrong."""

from __future__ import annotations

from domain.facts import Change, Stream
from ledger.identity_map import IdentityMap, Versioned
from ledger.memory_recorder import MemoryRecorder
from ledger.recorded import RecordedEvent
from ledger.workspace import Group, Workspace
from tests.ledger.planted import ANNE, BERT, EVOLVE, Total, counted, event, meta

EVENTS = {
    ANNE: [event(ANNE, 1, by=1), event(ANNE, 2, by=2)],
    BERT: [event(BERT, 1, by=5)],
}


class Shelf:
    """A map over planted streams that counts how often each is read."""

    def __init__(self, capacity: int = 10) -> None:
        """Start with nothing at hand."""
        self.reads: list[Stream] = []
        self.map = IdentityMap(self.read, EVOLVE, capacity=capacity)

    def read(self, stream: Stream) -> list[RecordedEvent]:
        """Give the events of a stream."""
        self.reads.append(stream)
        return EVENTS.get(stream, [])


def test_a_stream_is_folded_once_and_then_at_hand() -> None:
    shelf = Shelf()
    first = shelf.map.load(ANNE)
    assert first == Versioned(Total(total=3), 2)
    assert shelf.map.load(ANNE) is first
    assert shelf.reads == [ANNE]


def test_a_stream_in_which_nothing_happened_has_no_state() -> None:
    shelf = Shelf()
    nobody = Stream(ANNE.kind, "nobody")
    assert shelf.map.load(nobody) is None
    assert shelf.map.load(nobody) is None
    assert shelf.reads == [nobody, nobody]


def test_beyond_its_capacity_the_longest_unchanged_state_is_dropped_and_folded_again() -> None:
    shelf = Shelf(capacity=1)
    before = shelf.map.load(ANNE)
    shelf.map.load(BERT)
    assert shelf.map.load(ANNE) == before
    assert shelf.reads == [ANNE, BERT, ANNE]


def test_a_changed_state_counts_as_young() -> None:
    shelf = Shelf(capacity=2)
    for stream in (ANNE, BERT):
        shelf.map.load(stream)
    shelf.map.keep({ANNE: Versioned(Total(total=9), 3)})
    shelf.map.keep({Stream(ANNE.kind, "carl"): Versioned(Total(total=1), 1)})
    assert shelf.map.load(ANNE) == Versioned(Total(total=9), 3)
    assert shelf.reads == [ANNE, BERT]


def test_a_workspace_that_is_dropped_leaves_no_trace() -> None:
    shelf = Shelf()
    group = Group(shelf.map, MemoryRecorder())
    work = Workspace(group)
    work.record([Change(ANNE, counted(4)), Change(ANNE, counted(1))], meta())
    assert work.load(ANNE) == Versioned(Total(total=8), 4)
    assert [one.originator_version for one in work.events] == [3, 4]
    assert group.load(ANNE) == shelf.map.load(ANNE) == Versioned(Total(total=3), 2)
    assert Workspace(group).load(ANNE) == Versioned(Total(total=3), 2)
