"""Control totals over settlement lines: payments, refunds and net, in all and by group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from projections.settlement_lines import MEASURES, Fens, Line


class Part(StrEnum):
    """What is summed 汇总口径."""

    PAYMENTS = "payments"
    REFUNDS = "refunds"
    NET = "net"


GROUPS = ("area", "insurance", "clearing")
"""By what totals are split where both sides say it."""

Group = tuple[str, ...]
"""Area, insurance and clearing kind, empty where it is not asked for; () for everything."""


_Directions = tuple[list[Line], list[Line]]


class Sums(NamedTuple):
    """So many lines, and the fen of each measure that is summed."""

    lines: int
    fens: tuple[int, ...]


class Total(NamedTuple):
    """The sums of one group and part on both sides."""

    group: Group
    part: Part
    here: Sums
    there: Sums


class Stated(NamedTuple):
    """A total that somebody states: of a group, a part and days, each empty where it is not said.

    `place` is its line in a file; `fens` are as those of a line.
    """

    place: int
    group: Group
    part: Part
    lines: int
    fens: Fens
    first: date | None = None
    last: date | None = None


class Counting(NamedTuple):
    """Which measures are compared: their names, and where they stand in a line."""

    names: tuple[str, ...]
    places: tuple[int, ...]

    def fens(self, line: Line) -> tuple[int, ...]:
        """Give what a line has of each; what is not said is nothing."""
        return tuple([line.fens[place] or 0 for place in self.places])

    def sum(self, lines: Iterable[Line]) -> tuple[int, ...]:
        """Add lines up."""
        sums = [0] * len(self.places)
        for line in lines:
            for index, place in enumerate(self.places):
                sums[index] += line.fens[place] or 0
        return tuple(sums)


def counting(measures: Sequence[str]) -> Counting:
    """Choose measures, in the order of `MEASURES`."""
    names = tuple(name for name in MEASURES if name in measures)
    return Counting(names, tuple(MEASURES.index(name) for name in names))


def hold(stated: Iterable[Stated], lines: Sequence[Line], *, measures: Counting) -> list[Total]:
    """Give for each total that somebody states that of the same lines here, in the same order."""
    return [
        Total(
            each.group,
            each.part,
            _sums(_directions(each, lines), each.part, measures=measures),
            Sums(each.lines, tuple(each.fens[place] or 0 for place in measures.places)),
        )
        for each in stated
    ]


def _directions(stated: Stated, lines: Iterable[Line]) -> _Directions:
    """Choose the lines that a stated total is about."""
    first, last = stated.first or date.min, stated.last or date.max
    chosen: _Directions = ([], [])
    for line in lines:
        group = tuple(getattr(line, name) for name in GROUPS)
        same = all(wanted in ("", given) for wanted, given in zip(stated.group, group, strict=True))
        if same and (line.day is None or first <= line.day <= last):
            chosen[line.refund].append(line)
    return chosen


def totals(here: Sequence[Line], there: Sequence[Line], *, measures: Counting) -> Iterator[Total]:
    """Give the sums of everything, then those of each group that either side has."""
    said = tuple(name for name in GROUPS if any(getattr(line, name) for line in there))
    for by in ((), said) if said else ((),):
        ours, theirs = (_by_group(lines, by=by) for lines in (here, there))
        for group in sorted(ours.keys() | theirs.keys() | ({()} if not by else set())):
            for part in Part:
                sides = (_sums(side.get(group), part, measures=measures) for side in (ours, theirs))
                yield Total(group, part, *sides)


def _by_group(lines: Iterable[Line], *, by: Sequence[str]) -> dict[Group, _Directions]:
    """Sort lines by group, payments apart from refunds."""
    groups: dict[Group, _Directions] = {}
    for line in lines:
        group = tuple(getattr(line, name) if name in by else "" for name in GROUPS) if by else ()
        groups.setdefault(group, ([], []))[line.refund].append(line)
    return groups


def _sums(sides: _Directions | None, part: Part, *, measures: Counting) -> Sums:
    payments, refunds = sides or ([], [])
    lines = {Part.PAYMENTS: payments, Part.REFUNDS: refunds, Part.NET: [*payments, *refunds]}[part]
    return Sums(len(lines), measures.sum(lines))
