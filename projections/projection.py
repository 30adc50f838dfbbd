"""What a projection is, and the page of events that it is given at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter

from sqlalchemy import Connection, Table

from domain.facts import Fact
from domain.text import Text
from ledger.recorded import RecordedEvent

Facts = frozenset[type[Fact]]
"""Kinds of facts."""


class Page:
    """Some events with their positions, in order of position.

    Their facts are sorted by kind once, because several projections ask for them, and each for few.
    """

    def __init__(self, events: Sequence[tuple[int, RecordedEvent]]) -> None:
        """Take in events; there is at least one."""
        self.events = events
        self._by_kind: defaultdict[type[Fact], list[tuple[int, str, Fact]]] = defaultdict(list)
        for position, event in events:
            fact = event.fact
            self._by_kind[type(fact)].append((position, event.stream.key, fact))

    @property
    def first(self) -> int:
        """Give the position of the first event."""
        return self.events[0][0]

    @property
    def last(self) -> int:
        """Give the position of the last event."""
        return self.events[-1][0]

    def after(self, position: int) -> Page | None:
        """Give what comes after a position; None if nothing does."""
        if position < self.first:
            return self
        rest = [each for each in self.events if each[0] > position]
        return Page(rest) if rest else None

    def facts(self, kinds: Facts) -> list[tuple[int, str, Fact]]:
        """Give the facts of some kinds, each with its position and the key of its stream."""
        found = [each for kind in kinds for each in self._by_kind.get(kind, ())]
        return sorted(found, key=itemgetter(0))


@dataclass(frozen=True, slots=True)
class Projection:
    """A read model: its tables, and how a page of events changes them.

    `project` is called once for each page, inside the transaction that also moves the tracked
    position. It reads and writes its own tables and nothing else. Raise `version` whenever the
    tables or their meaning change: older ones are then rebuilt.

    All projections have one shape: pick the facts that matter, load the rows that they touch, fold
    the facts into them in memory, and write every row back once.
    """

    name: str
    says: Text
    version: int
    tables: tuple[Table, ...]
    project: Callable[[Connection, Page], None]
