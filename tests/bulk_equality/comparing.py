"""Holding what the kernel decided against what the single settlement decided, row by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from domain.columns import number
from domain.rules import RuleBook
from simulation.bulk.deciding import Outcome
from simulation.bulk.outcomes import REFUSALS, SINGLY
from simulation.bulk.rules import RuleTable
from tests.bulk_equality import trials
from tests.bulk_equality.decisions import Decision
from tests.bulk_equality.happenings import Bill, Cancel, Happening, Roll
from tests.bulk_equality.names import Names
from tests.bulk_equality.rows import Laid


class Difference(NamedTuple):
    """What happened, what differs, and what each of the two says."""

    happening: object
    what: str
    singly: object
    in_bulk: object


class Comparing:
    """Compares a batch; `only_singly` stands for a decision that the kernel must leave open."""

    def __init__(self, names: Names, table: RuleTable, book: RuleBook) -> None:
        """Take what the numbers stand for."""
        self.names = names
        self.ids = [*map(str, table.ids), None]  # -1 is the last one
        self.book = book

    def batch(
        self,
        happenings: Sequence[Happening],
        decisions: Sequence[Decision | None],
        *,
        laid: Laid,
        outcome: Outcome,
    ) -> Iterator[Difference]:
        """Give everything that differs."""
        decided = [each.tolist() for each in outcome.decided]
        legs = list(zip(*(each.tolist() for each in outcome.legs), strict=True))
        lines = laid.rows.line.tolist()
        begin = 0
        for happening, decision, first, count in zip(
            happenings, decisions, laid.first, laid.length, strict=True
        ):
            codes, rules, cash, fund, paid = (of[first : first + count] for of in decided)
            end = begin + paid[0]
            amounts = _by_line(lines[first : first + count], cash, fund)
            theirs = (codes, rules[0], amounts, legs[begin:end])
            yield from self._one(happening, decision, theirs)
            if any(paid[1:]):
                yield Difference(happening, "legs of later rows", 0, paid)
            begin = end
        if begin != len(legs):
            yield Difference(None, "legs of nothing", begin, len(legs))

    def _one(
        self,
        happening: Happening,
        decision: Decision | None,
        theirs: tuple[list[int], int, object, list[tuple[int, ...]]],
    ) -> Iterator[Difference]:
        codes, rule, amounts, legs = theirs
        code = codes[0]
        if len(set(codes)) > 1:
            yield Difference(happening, "outcome of the rows of one bill", codes[0], codes)
        if decision is None or code in SINGLY:
            if (decision is None) != (code in SINGLY) or legs:
                yield Difference(happening, "left to the single settlement", decision, theirs)
            return
        said = (str(REFUSALS[code][0]), REFUSALS[code][1]) if code else ("", None)
        if said != (decision.code, decision.rule):
            yield Difference(happening, "outcome", decision, said)
            return
        if self.ids[rule] != decision.rule_set:
            yield Difference(happening, "rule set", decision.rule_set, self.ids[rule])
        mine = self.legs(decision)
        if mine != legs:
            yield Difference(happening, "legs", mine, legs)
        if amounts != _amounts(happening, decision):
            yield Difference(happening, "cash and fund", _amounts(happening, decision), amounts)

    def legs(self, decision: Decision) -> list[tuple[int, ...]]:
        """Write legs as the kernel does: pot, relation, segment, line, amount, what is left."""
        patient = decision.patient
        names = self.names
        return [
            (
                names.pot[paid.pot],
                -1 if paid.pot.owner == patient else names.edge[paid.pot.owner, patient],
                number(paid.segment),
                paid.line,
                paid.fen,
                paid.after,
            )
            for paid in decision.legs
        ]

    def trials(
        self,
        happenings: Sequence[Happening],
        decisions: Sequence[Decision | None],
        *,
        laid: Laid,
        outcome: Outcome,
    ) -> Iterator[Difference]:
        """Give every account about which the two say something else."""
        rows, *columns = (each.tolist() for each in outcome.tried)
        tried = list(zip(*columns, strict=True))
        starts = [i for i in range(len(rows)) if i == 0 or rows[i] != rows[i - 1]]
        found = {rows[a]: tried[a:b] for a, b in pairwise([*starts, len(rows)])}
        for happening, decision, first in zip(happenings, decisions, laid.first, strict=True):
            said = found.pop(first, [])
            if not isinstance(happening, Bill) or decision is None:
                if said:
                    yield Difference(happening, "trials", None, said)
                continue
            mine = trials.singly(decision.trials, self.names)
            theirs = trials.in_bulk(said, happening.request, names=self.names, book=self.book)
            if mine != theirs:
                yield Difference(happening, "trials", mine, theirs)
        if found:
            yield Difference(None, "trials of nothing", None, found)


def _by_line(
    lines: list[int], cash: list[int], fund: list[int]
) -> tuple[dict[int, int], dict[int, int]]:
    return dict(zip(lines, cash, strict=True)), dict(zip(lines, fund, strict=True))


def _amounts(happening: Happening, decision: Decision) -> tuple[dict[int, int], dict[int, int]]:
    """Give cash and fund by line as the rows of a happening have them."""
    match happening:
        case Bill():
            lines = [line.no for line in happening.request.lines]
        case Cancel(lines=asked) if asked is not None:
            lines = [line for line, _, _ in asked]
        case Roll():
            return {0: decision.moved}, {0: 0}
        case _:
            return {0: sum(decision.cash.values())}, {0: sum(decision.fund.values())}
    cash = {line: decision.cash.get(line, 0) for line in lines}
    return cash, {line: decision.fund.get(line, 0) for line in lines}
