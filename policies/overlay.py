"""Overlays: "what if this rule were another", as plain data on top of the policy files.

An overlay never touches a file and never serves a real store: it compiles to a rule book of its
own whose ids differ, which simulations use. One that changes nothing is a mistake and said so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from domain.ids import RegionCode
from domain.rules import RuleBook
from domain.text import Text
from policies.documents import Bilingual, Day, Node, PolicyProblems, read_file
from policies.library import Decision, Library, Region
from policies.resolve import LazyRules, breakpoints
from policies.strict_yaml import YamlProblem
from policies.vocabulary import Meaning, Unreadable, meaning


class ChangeNode(Node):
    """One rule that is to be another in a region, from a day (inside) to a day (outside)."""

    region: str
    param: str
    start: Day = Field(alias="from")
    end: Day | None = Field(default=None, alias="to")
    value: object


class OverlayFile(Node):
    """An overlay as people write it."""

    format: Literal["gongji-overlay/1"] = Field(alias="schema")
    title: Bilingual
    why: Bilingual
    changes: Annotated[list[ChangeNode], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Change:
    """One rule that is another over `[start, end)`; `file` and `line` say where that is written."""

    region: RegionCode
    parameter: str
    start: date
    end: date | None
    value: Meaning
    why: Text
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Overlay:
    """What would be changed, with a title and a reason for people."""

    title: Text
    why: Text
    changes: tuple[Change, ...]


class Cell(NamedTuple):
    """One value of a region over `[start, end)` that an overlay changes."""

    region: RegionCode
    parameter: str
    start: date
    end: date | None
    before: Meaning | None
    after: Meaning | None


def read_overlay(path: Path, library: Library) -> Overlay:
    """Read an overlay and hold its names and values against the registry.

    Raises:
        PolicyProblems: bad YAML, unknown regions or parameters, values that are not allowed.
        OSError: the file cannot be read.
    """
    file = read_file(path, OverlayFile)
    problems: list[YamlProblem] = []
    changes: list[Change] = []
    for node in file.changes:
        try:
            changes.append(_change(node, library, why=file.why.text, file=path.name))
        except Unreadable as problem:
            problems.append(YamlProblem(path.name, node.line, problem.message))
    if problems:
        raise PolicyProblems(tuple(problems))
    return Overlay(file.title.text, file.why.text, tuple(changes))


def _change(node: ChangeNode, library: Library, *, why: Text, file: str) -> Change:
    region = RegionCode(node.region)
    if region not in library.regions:
        raise Unreadable(Text(f"没有地区 {region} 的规则", f"there are no rules for {region!r}"))
    if node.param not in library.deciding:
        raise Unreadable(
            Text(f"没有可改的参数“{node.param}”", f"no parameter {node.param!r} decides anything")
        )
    if node.end is not None and node.end <= node.start:
        raise Unreadable(Text("止期不晚于起期", "`to` is not after `from`"))
    value = meaning(library.parameters[node.param], node.value)
    return Change(region, node.param, node.start, node.end, value, why, file, node.line)


def overlaid(library: Library, overlay: Overlay) -> Library:
    """Give a library with the changes in it; the one handed in stays as it is.

    Raises:
        PolicyProblems: the overlay, or one of its changes, changes nothing.
    """
    problems = []
    for change in overlay.changes:
        before, library = library, _with(library, change)
        if not any(changed_cells(before, library)):
            problems.append(YamlProblem(change.file, change.line, _CHANGES_NOTHING))
    if problems:
        raise PolicyProblems(tuple(problems))
    return library


_CHANGES_NOTHING = Text(
    "此项没有改变任何规则；请检查日期与取值，或删去",
    "this changes no rule; check its days and its value, or remove it",
)


def hypothetical_book(library: Library) -> RuleBook:
    """Give the rule book of an overlaid library; no store on disk will take it."""
    lazy = LazyRules(lambda: library.regions, lambda _region: library)
    return RuleBook(resolver=lazy, hypothetical=True)


def _with(library: Library, change: Change) -> Library:
    region = library.regions[change.region]
    kept = region.decisions.get(change.parameter, ())
    decision = _decision(region, change)
    decisions = sorted((*_around(kept, change), decision), key=lambda each: each.start)
    changed = replace(region, decisions={**region.decisions, change.parameter: tuple(decisions)})
    return replace(library, regions={**library.regions, region.code: changed})


def _decision(region: Region, change: Change) -> Decision:
    return Decision(
        region=region.code,
        parameter=change.parameter,
        start=change.start,
        end=change.end,
        value=change.value,
        status="hypothetical",
        cites=(),
        contradicted_by=(),
        resolution=None,
        why=change.why,
        from_basis="stated",
        checked_on=change.start,
        file=change.file,
        line=change.line,
    )


def _around(decisions: Sequence[Decision], change: Change) -> Iterator[Decision]:
    """Give what is left of a region's own decisions before and after a change."""
    for decision in decisions:
        end = change.start if decision.end is None else min(decision.end, change.start)
        if decision.start < end:
            yield replace(decision, end=end)
        if change.end is not None and (decision.end is None or decision.end > change.end):
            yield replace(decision, start=max(decision.start, change.end))


def changed_cells(before: Library, after: Library) -> Iterator[Cell]:
    """Give every region, parameter and span of days whose value differs: the golden difference.

    A change of a province shows in each of its cities that inherits it. Days before a region has
    any rules do not count.
    """
    for region in before.regions.values():
        other = after.regions[region.code]
        if all(before.regions[c].decisions is after.regions[c].decisions for c in region.chain):
            continue
        days = sorted({*breakpoints(before, region), *breakpoints(after, other)})
        for parameter in before.deciding:
            yield from _changed_spans(before, after, (region.code, parameter), days)


def _changed_spans(
    before: Library, after: Library, cell: tuple[RegionCode, str], days: Sequence[date]
) -> Iterator[Cell]:
    """Give the spans of one region and parameter that differ; equal neighbours are one."""
    open_: Cell | None = None
    for day in days:
        was, now = (_value(library, cell, day) for library in (before, after))
        same = open_ is not None and (open_.before, open_.after) == (was, now)
        if open_ is not None and not same:
            yield open_._replace(end=day)
            open_ = None
        if was != now and open_ is None:
            open_ = Cell(*cell, day, None, was, now)
    if open_ is not None:
        yield open_


def _value(library: Library, cell: tuple[RegionCode, str], day: date) -> Meaning | None:
    decision = library.decided(cell[0], cell[1], on=day)
    return None if decision is None else decision.value
