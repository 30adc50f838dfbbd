"""Entries in memory: for tests, simulations and throw-away stores."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from eventsourcing.persistence import IntegrityError

from ledger.entries import End, StoredEntry
from ledger.recorders import Recorder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from domain.text import Text
    from ledger.entries import Entry
    from ledger.log.tree import Growth


class MemoryRecorder(Recorder):
    """A list of entries that lives as long as the object."""

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self._entries: list[StoredEntry] = []
        self._places: dict[int, list[int]] = defaultdict(list)
        self._nodes: dict[int, list[bytes]] = defaultdict(list)  # by level

    def _keep(self, entries: Sequence[Entry], growth: Growth, *, after: End) -> End:
        """Keep entries with their leaves, all or none, and give the new end."""
        if after != self.end:
            msg = f"the end is {self.end}, not {after}"
            raise IntegrityError(msg)
        number, last = after
        kept = []
        for (body, events, places), leaf in zip(entries, growth.leaves, strict=True):
            number, last = number + 1, last + events
            kept.append(StoredEntry(number, last, body, leaf))
            for place in dict.fromkeys(places):
                self._places[place].append(number)
        for level, _, found in growth.nodes:
            self._nodes[level].append(found)
        self._entries += kept  # from here on readers see all of them
        return End(number, last)

    def entries(self, after: int, *, limit: int) -> Sequence[StoredEntry]:
        """Give the entries behind an entry."""
        return self._entries[after : after + limit]

    def nodes(self, level: int, first: int, *, limit: int) -> Sequence[bytes]:
        """Give the kept nodes of a level."""
        return self._nodes[level][first : first + limit]

    def find(self, places: Sequence[int]) -> Mapping[int, Sequence[int]]:
        """Give the numbers of the entries with each of these places."""
        there = len(self._entries)
        return {
            place: [number for number in self._places[place] if number <= there]
            for place in places
            if place in self._places
        }

    @property
    def end(self) -> End:
        """How far the history goes."""
        last = self._entries[-1] if self._entries else None
        return End(last.number, last.last) if last else End(0, 0)

    def faults(self) -> Sequence[Text]:
        """Find nothing: memory has no pages to be damaged."""
        return ()

    def close(self) -> None:
        """Keep everything: the entries live as long as the object."""
