"""Damage planted in an event file, by an insider who makes the checksums fit or by accident.

Every plant must hit something; one that changes nothing fails its test.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger import store as stores
from ledger.acknowledged import NOTE
from ledger.entries import End, Entry, StoredEntry, places_of
from ledger.log.tree import Edge, grow, leaf_hash
from ledger.recorders import Recorder
from ledger.sqlite_recorder import _checksum, _checksum_of_node

Json = dict[str, Any]


@dataclass
class Leaf:
    """An entry taken apart, to be changed at will: numbers, head, answer, a line for each event.

    The numbers are not in `head`: its bytes are written with those that the entry has.
    """

    number: int
    last: int
    head: Json
    answer: Json
    lines: list[Json]

    @property
    def body(self) -> bytes:
        """The entry's bytes, written as the ledger writes."""
        head = {"entry": self.number, "last": self.last, **self.head}
        return b"".join(written(part) + b"\n" for part in (head, self.answer, *self.lines))

    @property
    def positions(self) -> range:
        """The positions of the events."""
        return range(self.last - len(self.lines) + 1, self.last + 1)

    @property
    def places(self) -> tuple[int, ...]:
        """Where the entry is to be found."""
        return places_of(StoredEntry(self.number, self.last, self.body))


def written(part: Json) -> bytes:
    """Write JSON as the ledger does."""
    return json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode()


def leaf_of(entry: StoredEntry) -> Leaf:
    """Take an entry apart, and be sure that it can be put together again."""
    head, answer, *lines = map(json.loads, entry.body.splitlines())
    leaf = Leaf(head.pop("entry"), head.pop("last"), head, answer, lines)
    assert (leaf.number, leaf.last, leaf.body) == entry[:3]
    return leaf


def entry_of(leaf: Leaf, *, after: End) -> Entry:
    """Give an entry to be committed behind an end."""
    leaf.number, leaf.last = after.entries + 1, after.events + len(leaf.lines)
    return Entry(leaf.body, len(leaf.lines), leaf.places)


def commit(recorder: Recorder, leaf: Leaf) -> None:
    """Commit an entry behind all others."""
    recorder.commit([entry_of(leaf, after=recorder.end)], after=recorder.end)


def topic(line: Json) -> str:
    """Give the topic of an event."""
    name: str = line["fact"]["type"]
    return name


@contextmanager
def leaves(path: Path, *, sealed: bool = True) -> Iterator[list[Leaf]]:
    """Lend all entries of a store; what is done to them is done to the file.

    `sealed`: all checksums fit afterwards, and the log; else each entry keeps the checksum and
    the leaf that it had.
    """
    with closing(sqlite3.connect(path / stores.EVENTS)) as connection, connection:
        before = connection.execute("SELECT * FROM entries ORDER BY number").fetchall()
        found = [leaf_of(StoredEntry(number, last, body)) for number, last, _, _, body in before]
        seals = {id(leaf): row[2:4] for leaf, row in zip(found, before, strict=True)}
        kept = list(found)
        yield found
        after = []
        for leaf in found:
            hashed = leaf_hash(leaf.body)
            right = _checksum(leaf.number, leaf.last, hashed, leaf.body), hashed
            seal = right if sealed else seals[id(leaf)]
            after.append((leaf.number, leaf.last, *seal, leaf.body))
        assert sorted(after) != before, "nothing was changed"
        assert kept, "held until here, so that no id is used twice"
        connection.execute("DELETE FROM entries")
        connection.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?)", after)
        if sealed:
            connection.execute("DELETE FROM nodes")
            nodes = grow(Edge(), [row[3] for row in sorted(after)]).nodes
            rows = [(*node, _checksum_of_node(*node)) for node in nodes]
            connection.executemany("INSERT INTO nodes VALUES (?, ?, ?, ?)", rows)


def tamper(path: Path, *statements: str) -> None:
    """Change the file behind the store's back, by SQL; every change of rows must hit some."""
    with closing(sqlite3.connect(path / stores.EVENTS)) as connection:
        for statement in statements:
            hit = connection.execute(statement).rowcount
            assert hit != 0, statement
        connection.commit()


def edit_events(
    path: Path, which: str | int, change: Callable[[Json], object], *, sealed: bool = True
) -> None:
    """Change the events of a topic, or the one at a position."""
    with leaves(path, sealed=sealed) as found:
        for leaf in found:
            for position, line in zip(leaf.positions, leaf.lines, strict=True):
                if which in (position, topic(line)):
                    change(line)


def reword(
    path: Path, which: str, old: str, new: str, *, first: bool = False, sealed: bool = True
) -> None:
    """Replace words in what is recorded of the events of a topic, of all or of the first one."""

    def reworded(part: Json) -> Json:
        changed: Json = json.loads(written(part).decode().replace(old, new))
        return changed

    with leaves(path, sealed=sealed) as found:
        for leaf in found:
            places = [n for n, line in enumerate(leaf.lines) if topic(line) == which]
            for n in places[:1] if first else places:
                leaf.lines[n] = reworded(leaf.lines[n])
            if places:
                leaf.head["meta"] = reworded(leaf.head["meta"])
                if first:
                    return


def delete_events(
    path: Path, goes: Callable[[int, Json], bool], *, closed_up: bool = False, sealed: bool = True
) -> None:
    """Delete events by position and content; `closed_up` counts the positions afresh."""
    with leaves(path, sealed=sealed) as found:
        last = 0
        for leaf in found:
            pairs = zip(leaf.positions, leaf.lines, strict=True)
            leaf.lines = [line for position, line in pairs if not goes(position, line)]
            last += len(leaf.lines)
            if closed_up:
                leaf.last = last
    if closed_up:
        tamper(path, f"UPDATE history_end SET events = {last}")  # noqa: S608  # a number
        (path / NOTE).unlink()


def delete_entries(path: Path, *numbers: int) -> None:
    """Delete whole entries by number."""
    for number in numbers:
        tamper(path, f"DELETE FROM entries WHERE number = {number}")  # noqa: S608  # a number


def edit_head(
    path: Path, key: str, change: Callable[[Json], object], *, sealed: bool = True
) -> None:
    """Change the head of the command with a key."""
    with leaves(path, sealed=sealed) as found:
        for leaf in found:
            if leaf.head["meta"]["cause"] == key:
                change(leaf.head)


def edit_answer(path: Path, key: str, change: Callable[[Json], object]) -> None:
    """Change what the command with a key was answered."""
    with leaves(path) as found:
        for leaf in found:
            if leaf.head["meta"]["cause"] == key:
                change(leaf.answer)


def flip(path: Path, offset: int, *, file: str = stores.EVENTS) -> None:
    """Flip all bits of one byte of a file."""
    data = bytearray((path / file).read_bytes())
    data[offset] ^= 0xFF
    (path / file).write_bytes(data)
