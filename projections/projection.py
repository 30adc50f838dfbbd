"""What a projection is: what it does with a page of events, and which of them concern it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Table

from domain.facts import Fact
from domain.text import Text
from ledger.recorded import RecordedEvent

Page = Sequence[tuple[int, RecordedEvent]]
"""Events with their positions, in order of position."""

Facts = frozenset[type[Fact]]
"""Kinds of facts."""


def picked(page: Page, facts: Facts) -> list[tuple[int, str, Fact]]:
    """Give the facts of some kinds, each with its position and the key of its stream.

    By type and not by `isinstance`: no fact has a subclass, and most events concern few.
    """
    return [
        (position, event.stream.key, event.fact)
        for position, event in page
        if type(event.fact) in facts
    ]


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
