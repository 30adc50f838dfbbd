"""How far the history was acknowledged, noted beside it.

A damaged write-ahead log ends, for SQLite, before the damage: commits behind it would be gone
without a word. The note tells that they were there. It is written after each commit, is never
waited for, and so may lag behind after a loss of power, but never runs ahead.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from domain.text import Text
from ledger.entries import End
from ledger.errors import StoreDamaged

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOTE = "acknowledged"


class AcknowledgedEnd:
    """The note beside a history that is being written."""

    def __init__(self, path: Path) -> None:
        """Open the note, made where it is missing."""
        self._note = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)

    def write(self, end: End) -> None:
        """Note a new end. That it could not be noted takes nothing from what was committed."""
        with suppress(OSError):
            os.pwrite(self._note, b"%020d %020d\n" % end, 0)

    def close(self) -> None:
        """Close the note. Closing twice is allowed."""
        if self._note >= 0:
            os.close(self._note)
            self._note = -1


def check_acknowledged(path: Path, find_end: Callable[[], End]) -> None:
    """Compare the end of a history with what was acknowledged before.

    The end is looked for behind the note, so that a writer may be at work meanwhile.

    Raises:
        StoreDamaged: acknowledged commits are missing, or the note is none.
    """
    try:
        noted = path.read_bytes()
    except FileNotFoundError:
        return  # a store that was copied without its note
    if not noted:
        return  # made, and never written to
    try:
        entries, events = (int(number) for number in noted.split())
    except ValueError as error:
        detail = Text("不是位置记录", "this is no note of a position")
        raise StoreDamaged(place=str(path), detail=detail) from error
    end = find_end()
    if end < End(entries, events):
        detail = Text(
            f"已确认到位置 {events}，历史却止于 {end.events}：已确认的事件缺失",
            f"acknowledged up to position {events}, but the history ends at {end.events}: "
            "acknowledged events are missing",
        )
        raise StoreDamaged(place=str(path), detail=detail)
