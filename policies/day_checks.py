"""Checks of days: where the first and the last day of a value, and the day of a claim, come from.

Each takes a library and one of its regions and gives a problem for everything that is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import chain, pairwise

from domain.text import Text
from policies.documents import SourceNode
from policies.library import Claim, Decision, Library, Region
from policies.region_checks import blame
from policies.strict_yaml import YamlProblem

_DAY = timedelta(days=1)


def interval_gap(library: Library, region: Region) -> Iterator[YamlProblem]:
    """Find days between two values of a parameter on which the region says nothing."""
    del library
    for decisions in region.decisions.values():
        for before, after in pairwise(decisions):
            if before.end is not None and before.end < after.start:
                yield blame(after, _GAP)


def first_day_unfounded(library: Library, region: Region) -> Iterator[YamlProblem]:
    """Find a region whose rules begin on a day that neither its texts nor a parent's give."""
    known = {library.regions[code].starts for code in region.chain[1:]}
    for claim in library.claims.values():
        by_name = claim.region in region.chain and claim.source.key in region.starts_by
        if claim.region == region.code or by_name:
            known.add(claim.day)
    nodes = [library.documents[key] for key in region.starts_by]
    printed = {node.published for node in nodes} | {str(node.taken_as) for node in nodes}
    if region.starts not in known and region.starts.isoformat() not in printed:
        yield YamlProblem(region.file, region.line, _FIRST_DAY)


def start_unfounded(library: Library, region: Region) -> Iterator[YamlProblem]:
    """Find a value whose first day nothing gives."""
    for parameter, decisions in region.decisions.items():
        parents = _parents_days(library, region, parameter)
        before: Decision | None = None
        for decision in decisions:
            known = {region.starts, *parents, *(claim.day for claim in decision.named)}
            if before is not None and before.end is not None:
                known.add(before.end)
            if decision.start not in known:
                yield blame(decision, _START)
            before = decision


def end_unfounded(library: Library, region: Region) -> Iterator[YamlProblem]:
    """Find a value whose last day nothing gives."""
    for parameter, decisions in region.decisions.items():
        parents = _parents_days(library, region, parameter)
        for decision, after in zip(decisions, (*decisions[1:], None), strict=True):
            known = {*parents, *(claim.day for claim in decision.named)}
            if after is not None:
                known.add(after.start)
            if decision.end is not None and decision.end not in known:
                yield blame(decision, _END)


def dated_by_idle(library: Library, region: Region) -> Iterator[YamlProblem]:
    """Find a claim that is named for its day and gives neither the first nor the last."""
    del library
    for decision in chain.from_iterable(region.decisions.values()):
        for claim in decision.dated_by:
            if claim.day not in {decision.start, decision.end}:
                says = Text(
                    f"dated_by 所列说法“{claim.key}”的日期 {claim.day} 既非起期也非止期",
                    f"the day of claim {claim.key!r} in `dated_by`, {claim.day}, "
                    "is neither `from` nor `to`",
                )
                yield blame(decision, says)


def stated_by_nothing(library: Library, region: Region) -> Iterator[YamlProblem]:
    """Find a first day that is called stated though no text names it.

    The other way round is no mistake: a text may say that something holds *by* its day.
    """
    del library
    for decision in chain.from_iterable(region.decisions.values()):
        if decision.from_basis == "stated" and not _stated(decision.named, decision.start):
            yield blame(decision, _NOT_STATED)


def _stated(claims: Sequence[Claim], day: date) -> bool:
    return any(claim.day == day and not claim.observed for claim in claims)


def claim_day_differs(library: Library, region: Region) -> Iterator[YamlProblem]:
    """Find a claim seen on a day on which its source was not there, or was not read."""
    for claim in library.claims.values():
        if claim.region == region.code and claim.observed:
            node = library.documents[claim.source.key]
            if claim.day != node.taken_as and not _seen_then(claim.day, node):
                says = Text(
                    f"说法“{claim.key}”见于 {claim.day}，与来源的日期不符（{node.published}）；"
                    "请改正，或写 says_from，或在来源写明 taken_as",
                    f"claim {claim.key!r} was seen on {claim.day}, its source is of "
                    f"{node.published}; correct it, write `says_from`, or give the source "
                    "`taken_as`",
                )
                yield YamlProblem(claim.file, claim.line, says)


def _seen_then(day: date, node: SourceNode) -> bool:
    """Tell whether a claim may be dated so: a span of months counts from or to one of its months.

    An undated page was read on that day, and may have been looked at again since.
    """
    if node.published == "not known":
        return day <= node.checked_on
    first, _, last = node.published.partition("/")
    if len(first) == len("2024-01-31"):
        return day.isoformat() == first
    edge = day.day == 1 or (day + _DAY).day == 1
    return edge and first <= day.isoformat()[: len(first)] <= (last or first)


def _parents_days(library: Library, region: Region, parameter: str) -> set[date]:
    """Give the days on which what a region would inherit changes."""
    days: set[date] = set()
    for code in region.chain[1:]:
        for decision in library.regions[code].decisions.get(parameter, ()):
            days |= {decision.start, decision.end or decision.start}
    return days


_GAP = Text("与前一段之间有空缺；请补上", "there is a hole before it; fill it")
_FIRST_DAY = Text(
    "起始日没有依据：不是本地区说法之日、所列来源之日或上级的起始日",
    "nothing gives the region's first day: no claim of the region, none of the sources named for "
    "it, and no parent's first day",
)
_START = Text(
    "起期没有依据：不是本地区的起始日、所引说法之日、前一段的止期或上级变动之日；请写明 dated_by",
    "nothing gives its first day: neither the region's first day, a named claim, the value above, "
    "nor a change of the parent's; name what does in `dated_by`",
)
_END = Text(
    "止期没有依据：不是后一段的起期、所引说法之日或上级变动之日；请写明 dated_by",
    "nothing gives its last day: neither the value below, a named claim, nor a change of the "
    "parent's; name what does in `dated_by`",
)
_NOT_STATED = Text(
    "没有材料写明起期；请改为 first-seen", "no text names its first day; make it `first-seen`"
)
