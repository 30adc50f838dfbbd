"""Examining a store from end to end: is everything there, in order, readable and found again?

What is found here is missing, cut off, out of order, twice, unreadable, in the wrong place or
not to be found. An amount that was edited together with its checksum is not: comparing the replay
with the books finds it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from domain.ids import MessageId
from domain.text import Text
from ledger import salvage
from ledger.entries import (
    StoredEntry,
    answer_in,
    place_of_id,
    place_of_key,
    stands_where_it_says,
)
from ledger.errors import StoreDamaged, StoreNewer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ledger.store import Store

PAGE = 500  # keys or streams looked up at once


class Problem(NamedTuple):
    """Something wrong with a store, and where."""

    place: str
    says: Text


def check_store(store: Store) -> list[Problem]:
    """Read the whole history once and give every problem, in the order of discovery.

    Also safe while a writer is at work: what is recorded after the start is left out. Memory
    grows with the number of streams (about 250 bytes each).
    """
    found: list[Problem] = []
    try:
        found += [Problem("events", fault) for fault in store.recorder.faults()]
        found += _Examination(store).problems()
    except StoreDamaged as damaged:  # the medium gave up; nothing behind it can be read
        found.append(_problem(damaged))
    return found


class _Kept(NamedTuple):
    """An answer that has come by, to be looked up as a repetition would."""

    key: MessageId
    entry: int


class _Examination:
    """One walk through a history, and what has come by so far."""

    def __init__(self, store: Store) -> None:
        self._mapper = store.mapper
        self._recorder = store.recorder
        self._end = store.recorder.end.entries
        self._number = 0  # of the last entry
        self._position: int | None = 0  # of the last event; None behind a damaged entry
        self._versions: dict[UUID, int] = {}
        self._trails: dict[int, int] = {}  # by place, one number for all entries with the place
        self._lost: list[range] = []  # entries of which it is not known what they held
        self._kept: list[_Kept] = []

    def problems(self) -> Iterator[Problem]:
        """Walk from end to end."""
        for found in salvage.entries(self._recorder, upto=self._end):
            if isinstance(found, StoreDamaged):
                yield _problem(found)
                self._pass_over(int(str(found.facts["entry"])))
                continue
            yield from self._entry_problems(found)
            if len(self._kept) == PAGE:
                yield from self._answer_problems()
        yield from self._answer_problems()
        self._lost.append(range(self._number + 1, self._end + 1))
        yield from self._index_problems()

    def _pass_over(self, number: int) -> None:
        self._lost.append(range(self._number + 1, number + 1))
        self._number, self._position = number, None

    def _entry_problems(self, entry: StoredEntry) -> Iterator[Problem]:
        place = f"entry {entry.number}"
        yield from _gap(place, _NUMBER, should=self._number + 1, found=entry.number)
        if entry.number > self._number + 1:
            self._lost.append(range(self._number + 1, entry.number))
        self._number = entry.number
        events = salvage.events(self._mapper, entry)
        yield from self._position_problems(entry, events)
        yield from self._event_problems(entry, events)
        yield from self._head_problems(entry)

    def _position_problems(
        self, entry: StoredEntry, events: Sequence[salvage.Salvaged]
    ) -> Iterator[Problem]:
        before, self._position = self._position, entry.last
        if before is None:
            return
        if events:
            yield from _gap(events[0].place, _POSITION, should=before + 1, found=events[0].position)
        else:
            yield from _gap(f"entry {entry.number}", _POSITION, should=before, found=entry.last)

    def _event_problems(
        self, entry: StoredEntry, events: Sequence[salvage.Salvaged]
    ) -> Iterator[Problem]:
        for each in events:
            if isinstance(each.event, StoreDamaged | StoreNewer):
                yield _problem(each.event)
            if each.originator_id is not None:
                should = self._versions.get(each.originator_id, 0) + 1
                yield from _gap(each.place, _VERSION, should=should, found=each.version)
                self._versions[each.originator_id] = each.version
        streams = {each.originator_id for each in events}
        if None in streams:
            self._lost.append(range(entry.number, entry.number + 1))
            return
        for of in streams:
            assert of is not None, "just seen"
            place = place_of_id(of)
            self._trails[place] = _longer(self._trails.get(place, 0), entry.number)

    def _head_problems(self, entry: StoredEntry) -> Iterator[Problem]:
        """Look at where an entry says it stands, and at the answer, which prevents repetitions."""
        try:
            if not stands_where_it_says(entry):
                yield Problem(f"entry {entry.number}", _ELSEWHERE)
            kept = answer_in(entry)
        except StoreDamaged as damaged:
            yield _problem(damaged)
            return
        if kept is None or not kept.digest or kept.answer == b"null":
            key = kept.key if kept else "?"
            says = Text(f"报文 {key} 的答复缺失", f"the answer to {key} is missing")
            yield Problem(f"entry {entry.number}", says)
        if kept is not None:
            self._kept.append(_Kept(kept.key, entry.number))

    def _answer_problems(self) -> Iterator[Problem]:
        """Look keys up as a repetition would, and let each have been answered once."""
        kept, self._kept = self._kept, []
        try:
            found = self._recorder.find([place_of_key(key) for key, _ in kept])
        except StoreDamaged:
            return  # the damage itself is reported where it lies
        for key, number in kept:
            entries = found.get(place_of_key(key), ())
            if number not in entries:
                says = Text(
                    f"按报文 {key} 找不到其答复", f"the answer to {key} is not found by its key"
                )
                yield Problem(f"entry {number}", says)
            for other in entries:
                if other < number and self._key_of(other) == key:
                    zh, en = (
                        f"报文 {key} 已在第 {other} 笔办过",
                        f"{key} was done before, in entry {other}",
                    )
                    yield Problem(f"entry {number}", Text(zh, en))

    def _key_of(self, number: int) -> MessageId | None:
        try:
            kept = answer_in(self._recorder.entry(number))
        except StoreDamaged:
            return None
        return kept.key if kept else None

    def _index_problems(self) -> Iterator[Problem]:
        """Look streams up as a replay would, and compare with where they came by."""
        streams = list(self._versions)
        for start in range(0, len(streams), PAGE):
            some = {of: place_of_id(of) for of in streams[start : start + PAGE]}
            try:
                found = self._recorder.find(list(some.values()))
            except StoreDamaged:
                return
            for of, place in some.items():
                trail = 0
                for number in found.get(place, ()):
                    if number <= self._end and not any(number in lost for lost in self._lost):
                        trail = _longer(trail, number)
                if trail != self._trails.get(place, 0):
                    yield Problem(f"stream {of}", _NOT_FOUND)


_NUMBER = Text("笔号", "entry")
_POSITION = Text("位置", "position")
_VERSION = Text("本流版本", "version in its stream")
_ELSEWHERE = Text(
    "正文所记的笔号或末位置与存放之处不符",
    "its bytes name another number or last position than that under which it is kept",
)
_NOT_FOUND = Text(
    "索引所指与账目不符；可删除索引文件，下次打开时重建",
    "the index does not lead to its events; delete the index file and it is made again",
)


def _gap(place: str, counted: Text, *, should: int, found: int) -> Iterator[Problem]:
    if found != should:
        yield Problem(
            place,
            Text(
                f"{counted.zh}应为 {should}，实为 {found}：有事件缺失或错序",
                f"{counted.en} should be {should} and is {found}: "
                "events are missing or out of order",
            ),
        )


def _longer(trail: int, number: int) -> int:
    """Give one number for a row of numbers, from that for the row without the last."""
    return hash((trail, number))


def _problem(error: StoreDamaged | StoreNewer) -> Problem:
    return Problem(str(error.facts["place"]), Text(error.says("zh"), error.says("en")))
