"""What a projection is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Table

from domain.text import Text
from ledger.recorded import RecordedEvent

Page = Sequence[tuple[int, RecordedEvent]]
"""Events with their positions, in order of position."""


@dataclass(frozen=True, slots=True)
class Projection:
    """A read model: its tables, and how a page of events changes them.

    `project` is called once for each page, inside the transaction that also moves the tracked
    position. It reads and writes its own tables and nothing else. Raise `version` whenever the
    tables or their meaning change: older ones are then rebuilt.
    """

    name: str
    says: Text
    version: int
    tables: tuple[Table, ...]
    project: Callable[[Connection, Page], None]
