"""Reconciliation 对账: the ledger's lines held against an outsider's, in total and line by line.

A line is found again by its settlement and direction; what is left, by its claim and direction.
Whatever the totals differ by is explained by the differences that are listed: their effects add up
to it (`Reconciliation` asserts that).

Source: total and line-by-line reconciliation by insurance and clearing kind, with refunds as rows
of their own beside the payment, 医疗保障信息平台定点医药机构接口规范 (Hunan edition V1.3, 2021-08).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from projections.settlement_lines import Books, Line
from projections.settlement_totals import Counting, Part, Total, counting, totals


class Difference(StrEnum):
    """In which way a line differs 差异种类."""

    MISSING_HERE = "missing_here"  # there only
    MISSING_THERE = "missing_there"  # here only
    PERIOD = "period"  # the other side has it outside the period
    DOUBLED_HERE = "doubled_here"
    DOUBLED_THERE = "doubled_there"
    AMOUNT = "amount"
    SPLIT = "split"  # the same sum in other parts
    STATUS = "status"
    FACTS = "facts"  # who, where or when


class Discrepancy(NamedTuple):
    """One difference.

    `what` names the measures or facts that differ, `effect` is by how many fen there is more there,
    for each measure that is compared; 0 where another difference of the same lines has it.
    """

    kind: Difference
    here: tuple[Line, ...]
    there: tuple[Line, ...]
    effect: tuple[int, ...]
    what: tuple[str, ...] = ()
    status_here: str = ""

    @property
    def line(self) -> Line:
        """Give the line that names the settlement: ours where we have one."""
        return (self.here or self.there)[0]


@dataclass(frozen=True)
class Reconciliation:
    """What came out. `measures` are those that the file has, in the order of `MEASURES`."""

    measures: tuple[str, ...]
    totals: tuple[Total, ...]
    differences: tuple[Discrepancy, ...]

    def __post_init__(self) -> None:
        """Hold that the differences explain the totals to the last fen."""
        net = next(each for each in self.totals if each.part is Part.NET and not each.group)
        for place, (here, there) in enumerate(zip(net.here.fens, net.there.fens, strict=True)):
            explained = sum(each.effect[place] for each in self.differences)
            assert there - here == explained, "what differs explains the totals"

    @property
    def equal(self) -> bool:
        """Tell whether nothing differs."""
        return not self.differences


class Outside(NamedTuple):
    """The lines of both sides that lie outside the period."""

    here: Sequence[Line] = ()
    there: Sequence[Line] = ()


def reconcile(
    books: Books,
    theirs: Sequence[Line],
    *,
    measures: Sequence[str],
    outside: Outside = Outside(),  # noqa: B008  # a tuple, which nobody can change
) -> Reconciliation:
    """Hold the ledger's lines against others; `measures` are those that the others have."""
    wanted = counting(measures)
    matching = _Matching(wanted)
    here, there = books.lines, list(theirs)
    for key in (_by_settlement, _by_claim):
        here, there = matching.match(here, there, key=key)
    found = matching.found
    others = _names(outside.there)
    for line in here:
        beyond = not others.isdisjoint(_names([line]))
        kind = Difference.PERIOD if beyond else Difference.MISSING_THERE
        found.append(matching.alone(kind, here=line))
    ours = _names(outside.here)
    for line in there:
        beyond = not ours.isdisjoint(_names([line]))
        found.append(
            matching.alone(Difference.PERIOD, there=line)
            if beyond
            else matching.stranger(line, books)
        )
    order = list(Difference)
    found.sort(key=lambda each: (order.index(each.kind), each.line.settlement, each.line.place))
    sums = tuple(totals(books.lines, theirs, measures=wanted))
    return Reconciliation(wanted.names, sums, tuple(found))


def _names(lines: Iterable[Line]) -> set[tuple[str, bool]]:
    """Give the names by which lines are found: the settlement's or, where there is none, the claim.

    Both carry their direction; ids of settlements and of claims do not meet.
    """
    return {(line.settlement or line.claim, line.refund) for line in lines}


_Key = Callable[[Line], "tuple[str, bool]"]


def _by_settlement(line: Line) -> tuple[str, bool]:
    return line.settlement, line.refund


def _by_claim(line: Line) -> tuple[str, bool]:
    return line.claim, line.refund


class _Matching:
    """Finds lines of two sides that are about the same, and puts down in what they differ."""

    def __init__(self, measures: Counting) -> None:
        self.measures = measures
        self.found: list[Discrepancy] = []
        self._nothing = (0,) * len(measures.names)

    def match(
        self, here: Iterable[Line], there: Iterable[Line], *, key: _Key
    ) -> tuple[list[Line], list[Line]]:
        """Compare what has the same key, and give what is left alone on either side."""
        ours, others = _grouped(here, key), _grouped(there, key)
        left_here: list[Line] = []
        left_there: list[Line] = []
        for name, lines in ours.items():
            if name[0] and name in others:
                rest_here, rest_there = self._group(lines, others.pop(name))
                left_here += rest_here
                left_there += rest_there
            else:
                left_here += lines
        for lines in others.values():
            left_there += lines
        return left_here, left_there

    def _group(self, here: list[Line], there: list[Line]) -> tuple[list[Line], list[Line]]:
        """Compare the lines of one key; there is at least one on each side."""
        if len(here) == len(there) == 1:
            self._pair(here[0], there[0])
            return [], []
        ours, others = self.measures.sum(here), self.measures.sum(there)
        if len(here) != len(there) and ours == others and any(ours):
            split = Discrepancy(Difference.SPLIT, tuple(here), tuple(there), self._nothing)
            self.found.append(split)
            return [], []
        fens = self.measures.fens
        pairs, here, there = _paired(here, there, fens=fens)
        for pair in pairs:
            self._pair(*pair)
        known = {fens(line) for pair in pairs for line in pair}
        left_here, left_there = [], []
        for line in here:
            if fens(line) in known:
                self.found.append(self.alone(Difference.DOUBLED_HERE, here=line))
            else:
                left_here.append(line)
        for line in there:
            if fens(line) in known or not line.refund:
                self.found.append(self.alone(Difference.DOUBLED_THERE, there=line))
            else:
                left_there.append(line)
        return left_here, left_there

    def _pair(self, here: Line, there: Line) -> None:
        """Put down in what two lines differ that are about the same."""
        ours, theirs = self.measures.fens(here), self.measures.fens(there)
        both = (here,), (there,)
        if ours != theirs:
            effect = tuple(t - h for h, t in zip(ours, theirs, strict=True))
            names = zip(self.measures.names, effect, strict=True)
            what = tuple(name for name, fen in names if fen)
            self.found.append(Discrepancy(Difference.AMOUNT, *both, effect, what))
        if not here.refund and there.status and here.status != there.status:
            status = ("status",), here.status
            self.found.append(Discrepancy(Difference.STATUS, *both, self._nothing, *status))
        if what := tuple(_other_facts(here, there)):
            self.found.append(Discrepancy(Difference.FACTS, *both, self._nothing, what))

    def alone(
        self, kind: Difference, *, here: Line | None = None, there: Line | None = None
    ) -> Discrepancy:
        """Make the difference of a line that one side has alone."""
        if here is not None:
            effect = tuple(-fen for fen in self.measures.fens(here))
            return Discrepancy(kind, (here,), (), effect)
        assert there is not None
        return Discrepancy(kind, (), (there,), self.measures.fens(there))

    def stranger(self, line: Line, books: Books) -> Discrepancy:
        """Make that of a line which is there alone, or say how its claim stands here."""
        stands = books.undone.get(line.settlement) or books.pending.get(line.claim)
        if stands is None:
            return self.alone(Difference.MISSING_HERE, there=line)
        found = self.alone(Difference.STATUS, there=line)
        return found._replace(what=("status",), status_here=stands.value)


def _paired(
    here: list[Line], there: list[Line], *, fens: Callable[[Line], tuple[int, ...]]
) -> tuple[list[tuple[Line, Line]], list[Line], list[Line]]:
    """Put equal lines together, then the rest in order; give what is over on either side."""
    waiting: defaultdict[tuple[int, ...], list[Line]] = defaultdict(list)
    for line in reversed(there):
        waiting[fens(line)].append(line)
    pairs, unlike = [], []
    for line in here:
        same = waiting[fens(line)]
        if same:
            pairs.append((line, same.pop()))
        else:
            unlike.append(line)
    over = [line for lines in waiting.values() for line in lines]
    rest = sorted(over, key=lambda line: line.place)
    both = min(len(unlike), len(rest))
    pairs += zip(unlike[:both], rest[:both], strict=True)
    return pairs, unlike[both:], rest[both:]


_FACTS = ("claim", "day", "patient", "institution", "area", "insurance", "clearing")


def _other_facts(here: Line, there: Line) -> Iterator[str]:
    """Name the facts of two lines that differ; what a side does not say differs from nothing.

    A refund may have a settlement id of its own: the interface leaves that open.
    """
    names = _FACTS if here.refund else ("settlement", *_FACTS)
    for name in names:
        ours, theirs = getattr(here, name), getattr(there, name)
        if ours and theirs and ours != theirs:
            yield name


def _grouped(lines: Iterable[Line], key: _Key) -> dict[tuple[str, bool], list[Line]]:
    """Sort lines by key."""
    groups: defaultdict[tuple[str, bool], list[Line]] = defaultdict(list)
    for line in lines:
        groups[key(line)].append(line)
    return groups
