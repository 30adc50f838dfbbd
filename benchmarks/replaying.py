"""A section of the report: folding the whole history, and where the time of that goes.

Decoding validates: the two are one step of the decoder, which has no mode without. So the cost
of validation by itself cannot be had; the cost of reading, of decoding with validation and of
folding can.
"""

from __future__ import annotations

from time import perf_counter_ns
from typing import NamedTuple

from benchmarks.books import settled
from benchmarks.figures import Rate, Spread, spread
from benchmarks.setting import Setting, Size
from domain.facts import Stream
from domain.text import Text
from ledger import store as stores
from ledger.store import PAGE, Store
from ledger.view import EVOLVE


class Parts(NamedTuple):
    """What the steps of one replay took, nanoseconds."""

    events: int
    read_ns: int  # from the file, with checksums compared
    decoded_ns: int  # and validated
    folded_ns: int


class Replay(NamedTuple):
    """Whole replays, and replays taken apart."""

    whole: tuple[Rate, ...]
    parts: tuple[Parts, ...]

    @property
    def events(self) -> int:
        """Give how many events the history has."""
        return self.whole[0].events

    @property
    def per_second(self) -> Spread:
        """Give events a second, read, validated and folded."""
        return spread(rate.per_second for rate in self.whole)


def measure(size: Size, setting: Setting) -> Replay:
    """Replay a store with settlements as often as asked."""
    path = settled(setting, size.persons, count=size.settlements)
    setting.tell(Text("重放全部事件", "replaying every event"))
    with stores.open_reader(path) as store:
        whole = tuple(fold(store) for _ in range(size.repeat))
        parts = tuple(taken_apart(store) for _ in range(size.repeat))
    return Replay(whole, parts)


def fold(store: Store) -> Rate:
    """Read, validate and fold every event of a store from the first one on."""
    states: dict[Stream, object] = {}
    events = 0
    begun = perf_counter_ns()
    for _, event in store.events():
        stream = event.stream
        states[stream] = EVOLVE[stream.kind](states.get(stream), event.fact)
        events += 1
    return Rate(events, perf_counter_ns() - begun)


def taken_apart(store: Store) -> Parts:
    """Replay page by page, each step of a page by itself."""
    states: dict[Stream, object] = {}
    number = events = read_ns = decoded_ns = folded_ns = 0
    while True:
        begun = perf_counter_ns()
        page = store.recorder.entries(number, limit=PAGE)
        read = perf_counter_ns()
        found = [event for entry in page for event in store.mapper.events_of(entry)]
        decoded = perf_counter_ns()
        for event in found:
            stream = event.stream
            states[stream] = EVOLVE[stream.kind](states.get(stream), event.fact)
        folded = perf_counter_ns()
        read_ns += read - begun
        decoded_ns += decoded - read
        folded_ns += folded - decoded
        if not page:
            return Parts(events, read_ns, decoded_ns, folded_ns)
        events += len(found)
        number = page[-1].number
