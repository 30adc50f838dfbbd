"""The block of an entry in `entries.txt`: lines as they are stored, or the SHA-256 of a line.

A block ends with an empty line. The hash of a withheld line stands for it, so that the leaf of
the entry in the log (`ledger.log`) follows from the block alone.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from ledger.entries import split

if TYPE_CHECKING:
    from interchange.evidence.scopes import Carried

WITHHELD = b"sha256:"


def block_of(carried: Carried) -> bytes:
    """Write down an entry; its first line is always shown."""
    if carried.is_whole:
        return carried.entry.body.rstrip(b"\n") + b"\n\n"
    head, answer, events = split(carried.entry.body)
    assert len(events) == len(carried.shown), "one choice for each event"
    lines = [head, answer if carried.answer_shown else withheld(answer)]
    for line, shown in zip(events, carried.shown, strict=True):
        lines.append(line if shown else withheld(line))
    return b"\n".join(lines) + b"\n\n"


def withheld(line: bytes) -> bytes:
    """Give what stands for a line that is not shown."""
    return WITHHELD + sha256(line).hexdigest().encode()
