"""Fen by segment of a personal account: what is available, held, set aside, or moved."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import msgspec

from domain.codes import Segment
from domain.record import Record


class Amounts(Record, frozen=True, array_like=True, omit_defaults=False):
    """Fen by segment."""

    current_fen: int = 0
    prior_fen: int = 0

    @property
    def total_fen(self) -> int:
        """Give both segments together."""
        return self.current_fen + self.prior_fen

    def of(self, segment: Segment) -> int:
        """Give one segment's fen."""
        return self.current_fen if segment is _CURRENT else self.prior_fen

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(self.current_fen + other.current_fen, self.prior_fen + other.prior_fen)

    def __sub__(self, other: Amounts) -> Amounts:
        return Amounts(self.current_fen - other.current_fen, self.prior_fen - other.prior_fen)

    def as_prior(self) -> Amounts:
        """Give the same money once its account year has closed."""
        return Amounts(0, self.total_fen)

    def is_valid(self) -> bool:
        """Tell whether neither segment is below zero."""
        return self.current_fen >= 0 and self.prior_fen >= 0


NOTHING = Amounts()

_CURRENT = Segment.CURRENT  # looking a member up in its enumeration costs more than comparing it


def amounts(segment: Segment, fen: int) -> Amounts:
    """Put fen into one segment."""
    return Amounts(fen, 0) if segment is _CURRENT else Amounts(0, fen)


@cache
def amounts_in(kind: type[Record]) -> tuple[str, ...]:
    """Name the fields of a kind of fact that are amounts moved; what is left is compared."""
    fields = msgspec.structs.fields(kind)
    return tuple(each.name for each in fields if each.type is Amounts and each.name != "left")


def take(available: Amounts, fen: int, *, segments: Sequence[Segment]) -> Amounts:
    """Take fen from segments in order; there is enough in them."""
    taken = NOTHING
    for segment in segments:
        part = min(available.of(segment), fen - taken.total_fen)
        taken += amounts(segment, part)
    assert taken.total_fen == fen
    return taken
