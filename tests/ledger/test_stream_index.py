"""The index behind the log: never wrong, whatever happens to its file."""

from __future__ import annotations

import random
import sqlite3
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from threading import Event, Thread

import pytest

from ledger import stream_index
from ledger.sqlite_recorder import INDEX
from ledger.stream_index import StreamIndex
from tests.ledger.indexes import Open, add, checksum_of, rows


@pytest.fixture
def small_lots(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let entries leave memory four at a time, and however few are left at the end."""
    monkeypatch.setattr(stream_index, "AT_ONCE", 4)
    monkeypatch.setattr(stream_index, "_MOST_WAITING", 12)


def test_an_entry_is_found_at_once_and_in_order(opened: Open) -> None:
    index = opened()
    add(index, (1, 2), (2, 2, 3), (1,))
    assert index.find((1, 2, 3, 4)) == {1: [1, 3], 2: [1, 2], 3: [2]}
    assert index.upto == 3


@pytest.mark.usefixtures("small_lots")
def test_what_leaves_memory_is_in_the_file(opened: Open, tmp_path: Path) -> None:
    index = opened()
    places = [(n % 3, 10 + n) for n in range(50)]
    expected: dict[int, list[int]] = defaultdict(list)
    for number, of_entry in enumerate(places, 1):
        add(index, of_entry)
        for place in of_entry:
            expected[place].append(number)
        assert index.find(list(expected)) == expected
    index.close()
    assert rows(tmp_path / INDEX) == sorted((p, n) for p, found in expected.items() for n in found)
    again = opened()
    assert again.upto == 50
    assert again.find(list(expected)) == expected
    add(again, (1, 99))
    assert again.find((1, 99)) == {1: [*expected[1], 51], 99: [51]}


@pytest.mark.usefixtures("small_lots")
def test_a_failed_flush_loses_nothing(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = opened()
    failed = []

    def full(*_: object) -> sqlite3.Connection:
        failed.append(1)
        msg = "database or disk is full"
        raise sqlite3.OperationalError(msg)

    with monkeypatch.context() as patch:
        patch.setattr(index, "_connect", full)
        add(index, *[(1, 2)] * 9)
        index._wait()
        assert failed
        assert rows(tmp_path / INDEX) == []
        assert index.find((1, 2)) == {place: list(range(1, 10)) for place in (1, 2)}
    add(index, *[(1, 3)] * 9)
    assert index.find((1, 2, 3)) == {
        1: list(range(1, 19)),
        2: list(range(1, 10)),
        3: list(range(10, 19)),
    }
    index.close()
    assert [entry for place, entry in rows(tmp_path / INDEX) if place == 1] == list(range(1, 19))


@pytest.mark.usefixtures("small_lots")
def test_what_could_not_be_written_before_closing_is_not_said_to_be_there(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = opened()
    add(index, (1,))
    monkeypatch.setattr(index, "_connect", lambda *_: 1 / 0)
    index.close()
    again = opened()
    assert again.upto == 0
    assert again.find((1,)) == {}


@pytest.mark.usefixtures("small_lots")
def test_a_slow_file_is_waited_for_only_when_much_is_waiting(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = opened()
    go_on, writes = Event(), []
    connect = index._connect

    def slow(path: Path, mode: str) -> sqlite3.Connection:
        writes.append(mode)
        assert go_on.wait(10)
        return connect(path, mode)

    monkeypatch.setattr(index, "_connect", slow)
    add(index, *[(1,)] * 15)  # four are leaving, eleven wait: nobody has waited for the file
    assert index.find((1,)) == {1: list(range(1, 16))}
    waiting = Thread(target=add, args=(index, (1,)))
    waiting.start()
    waiting.join(0.2)
    assert waiting.is_alive()
    go_on.set()
    waiting.join(10)
    assert not waiting.is_alive()
    assert writes
    assert index.find((1,)) == {1: list(range(1, 17))}


def test_a_lot_on_its_way_to_the_file_is_never_out_of_sight(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between leaving memory and being in the file, entries are found all the same."""
    monkeypatch.setattr(stream_index, "AT_ONCE", 3)
    index = opened()
    done = Event()
    missed: list[tuple[int, object]] = []

    def look() -> None:
        while not done.is_set():
            upto = index.upto
            found = list(index.find((1,)).get(1, ()))
            if found[:upto] != list(range(1, upto + 1)):
                missed.append((upto, found))

    readers = [Thread(target=look) for _ in range(2)]
    for reader in readers:
        reader.start()
    add(index, *[(1,)] * 2_000)
    done.set()
    for reader in readers:
        reader.join()
    assert missed == []


class Sharp(StreamIndex):
    """An index whose memory is emptied at the worst moment: while somebody looks."""

    @property
    def _leaving(self) -> Mapping[int, tuple[int, ...]]:
        looking, self.looking = getattr(self, "looking", False), False
        if looking:
            self._flush_behind()
        layer: Mapping[int, tuple[int, ...]] = self.__dict__["leaving"]
        return layer

    @_leaving.setter
    def _leaving(self, layer: Mapping[int, tuple[int, ...]]) -> None:
        self.__dict__["leaving"] = layer


def test_a_lot_that_leaves_while_somebody_looks_is_seen(tmp_path: Path) -> None:
    index = Sharp(tmp_path / INDEX, writing=True, checksum_of=checksum_of)
    add(index, (1,), (1,))
    index.looking = True
    assert index.find((1,)) == {1: [1, 2]}
    assert not index.looking, "it did leave"
    index.close()


def test_random_histories_are_found_as_a_plain_dict_finds_them(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_index, "AT_ONCE", 7)
    drawn = random.Random(1)
    expected: dict[int, list[int]] = defaultdict(list)
    index = opened()
    for number in range(1, 500):
        places = {drawn.randrange(40) for _ in range(drawn.randrange(4))}
        add(index, tuple(places))
        for place in places:
            expected[place].append(number)
        if drawn.random() < 0.02:
            index.close()
            index = opened()
            for lost in range(index.upto + 1, number + 1):
                again = tuple(place for place, found in expected.items() if lost in found)
                index.add(lost, again, checksum=checksum_of(lost))
        asked = [drawn.randrange(45) for _ in range(3)]
        assert index.find(asked) == {p: expected[p] for p in asked if expected[p]}
