"""What is wrong with a file from outside, with the place, in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from domain.text import Text


class Fault(NamedTuple):
    """One thing that is wrong. `line` counts from 1 as the file's own program does; 0: the file."""

    says: Text
    line: int = 0
    column: str = ""


class Unreadable(Exception):  # noqa: N818  # it says so of the file, as the program's other ends do
    """A file cannot be taken for what it should be; `faults` say why."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """Carry the faults."""
        self.faults = tuple(faults)
        super().__init__("; ".join(fault.says.en for fault in faults))


def unreadable(says: Text, *, line: int = 0, column: str = "") -> Unreadable:
    """Make the end of a reading that has one fault."""
    return Unreadable([Fault(says, line, column)])
