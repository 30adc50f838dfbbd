"""Stores that are not what their log says give no package; long ones are told as they are read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from domain.ids import PersonId
from interchange.evidence.package import write
from interchange.evidence.reading import read
from interchange.evidence.scopes import Account, Everything, Period, carried
from ledger.entries import Entry, StoredEntry, place_of
from ledger.errors import StoreDamaged
from ledger.mapper import LedgerMapper
from ledger.memory_recorder import MemoryRecorder
from ledger.store import Store
from tests.interchange.packing import made, opened, sealed
from tests.interchange.told import length
from tests.ledger.tampering import commit, leaf_of
from tests.projections.histories import History, random_history

MOTHER = Account(PersonId("mother"))
EVER = Period(date(2020, 1, 1), date(2040, 1, 1))


@pytest.fixture
def family() -> History:
    """Give a family with accounts."""
    history = History()
    history.found_family()
    return history


class _Edited(MemoryRecorder):
    """A medium on which somebody edited the second entry, and nothing else."""

    def entries(self, after: int, *, limit: int) -> Sequence[StoredEntry]:
        """Give the entries as they are now."""
        return [
            entry._replace(body=entry.body.replace(b"till-7", b"till-8"))
            if entry.number == 2
            else entry
            for entry in super().entries(after, limit=limit)
        ]


def test_a_store_that_was_edited_behind_its_log_gives_no_package(tmp_path: Path) -> None:
    family = History(store=Store(_Edited(), LedgerMapper()))
    family.found_family()
    assert b"till-8" in family.store.recorder.entry(2).body
    for scope in (Everything(), MOTHER):
        with pytest.raises(StoreDamaged):
            opened(tmp_path, family.store, scope, book=family.application.book)
    assert list(tmp_path.iterdir()) == []


def test_a_log_of_which_another_leaf_was_edited_gives_no_proof(
    family: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder, signed = family.store.recorder, sealed(family.store)
    size = recorder.end.entries
    leaves = list(recorder.leaf_hashes(0, limit=size))
    numbers = {each.entry.number for each in carried(family.store, MOTHER, size=size)}
    other = next(number for number in range(1, size) if number not in numbers)
    leaves[other - 1] = bytes(32)
    monkeypatch.setattr(
        recorder, "leaf_hashes", lambda after, *, limit: leaves[after : after + limit]
    )
    with pytest.raises(StoreDamaged, match="not the one in the log"):
        opened(tmp_path, family.store, MOTHER, book=family.application.book, signed=signed)


def test_events_that_contradict_each_other_give_no_package(family: History, tmp_path: Path) -> None:
    entries = family.store.recorder.entries(0, limit=family.store.recorder.end.entries)
    leaf = leaf_of(next(each for each in entries if b"account.credited" in each.body))
    leaf.lines[0]["fact"]["left"][0] += 1
    leaf.lines[0]["version"] = length(family.store, ("person", "mother")) + 1
    commit(family.store.recorder, leaf)
    with pytest.raises(StoreDamaged, match="contradicts"):
        opened(tmp_path, family.store, Everything(), book=family.application.book)


@pytest.mark.parametrize("lost", [True, False])
def test_the_index_may_lead_too_far_but_may_lose_nothing(tmp_path: Path, *, lost: bool) -> None:
    family = random_history(1, steps=30)
    recorder, book = family.store.recorder, family.application.book
    whole = opened(tmp_path, family.store, MOTHER, book=book)
    place = place_of("person", "mother")
    numbers = list(recorder.find((place,))[place])
    index = {place: [*numbers[:2], *numbers[3:]] if lost else range(1, recorder.end.entries + 1)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recorder, "find", lambda places: {p: index.get(p, []) for p in places})
        if lost:
            with pytest.raises(StoreDamaged, match="not found"):
                opened(tmp_path, family.store, MOTHER, book=book)
        else:
            found = opened(tmp_path, family.store, MOTHER, book=book)
            assert found.versions["person", "mother"] == whole.versions["person", "mother"]


def test_an_entry_that_is_missing_is_damage(family: History) -> None:
    size = family.store.recorder.end.entries + 1
    with pytest.raises(StoreDamaged, match=f"entry {size}"):
        list(carried(family.store, Everything(), size=size))


def test_a_head_without_an_instant_is_damage(family: History) -> None:
    recorder = family.store.recorder
    size = recorder.end.entries + 1
    body = b'{"entry":%d,"last":%d}\n{}\n' % (size, recorder.end.events)
    recorder.commit([Entry(body, 0, ())], after=recorder.end)
    with pytest.raises(StoreDamaged, match=f"entry {size}"):
        list(carried(family.store, EVER, size=size))


def test_a_longer_log_is_written_and_read_back_by_pages(family: History, tmp_path: Path) -> None:
    for _ in range(1_100):
        family.credit("mother", 1)
    told: list[tuple[int, int]] = []
    path, size = tmp_path / "long.zip", family.store.recorder.end.entries
    terms = made(family.application.book)._replace(tell=lambda *now: told.append(now))
    write(path, family.store, scope=Everything(), sealed=sealed(family.store), made=terms)
    assert told == [(1_000, size)]
    _, store = read(path)
    assert store.recorder.log().root() == family.store.recorder.log().root()
