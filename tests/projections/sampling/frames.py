"""Frames made by hand, for the tests of sampling."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from projections.sampling.codes import Money, Over
from projections.sampling.frame import Frame, Item

DAY = date(2026, 3, 2)


def frame(amounts: Sequence[int], *, institutions: str = "") -> Frame:
    """Give a frame of settlements with these amounts; a letter for each names an institution."""
    names = institutions or "h" * len(amounts)
    items = [
        Item(f"S-{number}", DAY, fen, institution=name)
        for number, (fen, name) in enumerate(zip(amounts, names, strict=True), 1)
    ]
    return Frame(Over.SETTLEMENTS, Money.ACCOUNTS, tuple(items))
