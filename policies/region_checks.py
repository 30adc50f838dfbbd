"""Checks of a region's file among its parents: gaps, overlaps, departures, silent contradictions.

Each takes a library and one of its regions and gives a problem for everything that is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from domain.text import Text
from policies.library import Claim, Decision, Library, Region, unnamed
from policies.resolve import breakpoints
from policies.strict_yaml import YamlProblem
from policies.vocabulary import narrower


def interval_order(library: Library, region: Region) -> Iterator[YamlProblem]:
    """Find decisions that do not stand in order of time."""
    del library
    for before, after in _neighbours(region):
        if after.start < before.start:
            yield blame(after, _UNORDERED)


def interval_overlap(library: Library, region: Region) -> Iterator[YamlProblem]:
    """Find a day with two values."""
    del library
    for before, after in _neighbours(region):
        if before.start <= after.start and (before.end is None or after.start < before.end):
            yield blame(after, _OVERLAP)


def _neighbours(region: Region) -> Iterator[tuple[Decision, Decision]]:
    for decisions in region.decisions.values():
        yield from pairwise(decisions)


def day_without_value(library: Library, region: Region) -> Iterator[YamlProblem]:
    """Find the first day on which a parameter that decides has no value."""
    days = breakpoints(library, region)
    for parameter in library.deciding:
        for day in days:
            if library.decided(region.code, parameter, on=day) is None:
                says = Text(
                    f"自 {day} 起 {parameter} 没有规定；请补上，或写明 assumed 及理由",
                    f"{parameter} has no value from {day}; add one, or `assumed` with its why",
                )
                yield YamlProblem(region.file, region.line, says)
                break  # the first day tells enough


def departure(library: Library, region: Region) -> Iterator[YamlProblem]:
    """Find a value that departs from its parent's against the registry."""
    if len(region.chain) == 1:
        return
    days = breakpoints(library, region)
    for parameter, decisions in region.decisions.items():
        departs = library.parameters[parameter].departs
        if departs == "override":
            continue
        for decision in decisions:
            for day in filter(decision.holds_on, days):
                above = library.decided(region.chain[1], parameter, on=day)
                if above is not None and _departs(departs, decision, above):
                    yield blame(decision, _departure(departs, above))
                    break


def _departs(departs: str, decision: Decision, above: Decision) -> bool:
    smaller, larger = decision.value, above.value
    if departs == "widen_only":
        smaller, larger = larger, smaller
    return not narrower(smaller, larger)


def _departure(departs: str, above: Decision) -> Text:
    zh, en = ("更窄", "narrower") if departs == "narrow_only" else ("更宽", "wider")
    where = f"{above.file}:{above.line}"
    return Text(f"只能比上级（{where}）{zh}", f"may only be {en} than the parent's ({where})")


def claim_foreign(library: Library, region: Region) -> Iterator[YamlProblem]:
    """Find a citation of a region that is no parent."""
    del library
    for decisions in region.decisions.values():
        for decision in decisions:
            for claim in decision.named:
                if claim.region not in region.chain:
                    says = Text(
                        f"说法“{claim.key}”属于 {claim.region}，不在本地区的上级链上",
                        f"claim {claim.key!r} belongs to {claim.region}, "
                        "which is no parent of this region",
                    )
                    yield blame(decision, says)


def contradiction_unnamed(library: Library, region: Region) -> Iterator[YamlProblem]:
    """Find a text of the region that says otherwise than its own value and is not named."""
    for decision, claim in unnamed(library, region):
        if decision.region == claim.region == region.code:
            yield _otherwise(decision, claim, decision)


def claim_key_differs(library: Library, region: Region) -> Iterator[YamlProblem]:
    """Find a claim whose key begins like that of another document's, or unlike its own's.

    The key of a claim says where it is from, all but its last word: so a source that is mixed up
    shows.
    """
    source_of: dict[str, str] = {}
    stem_of: dict[str, str] = {}
    for claim in library.claims.values():
        if claim.region == region.code:
            stem, source = claim.key.rpartition(".")[0], claim.source.key
            known = source_of.setdefault(stem, source), stem_of.setdefault(source, stem)
            if known != (source, stem):
                says = Text(
                    f"说法“{claim.key}”出自“{source}”，而“{stem}.…”另有出处，或该来源的键另有开头",
                    f"claim {claim.key!r} is from {source!r}, but {stem}.… from another document, "
                    "or the keys of this one begin otherwise",
                )
                yield YamlProblem(claim.file, claim.line, says)


def parent_text_unnamed(library: Library, region: Region) -> Iterator[YamlProblem]:
    """Find a parent's text, followed there, that says otherwise than the region's own value."""
    for decision, claim in unnamed(library, region):
        if claim.region != region.code:
            yield _otherwise(decision, claim, decision)


def inherited_doubted(library: Library, region: Region) -> Iterator[YamlProblem]:
    """Find a text of the region that says otherwise than the value that it inherits."""
    for decision, claim in unnamed(library, region):
        if claim.region == region.code != decision.region:
            yield _otherwise(decision, claim, claim)


def _otherwise(decision: Decision, claim: Claim, where: Decision | Claim) -> YamlProblem:
    says = Text(
        f"说法“{claim.key}”（{claim.day}，{claim.says.zh}）与此值不符；"
        "请列入 contradicted_by 并写明取舍，或分段",
        f"claim {claim.key!r} ({claim.day}: {claim.says.en}) says otherwise; name it in "
        "`contradicted_by` with a `resolution`, or split the value",
    )
    return YamlProblem(where.file, where.line, blame(decision, says).message)


def blame(decision: Decision, message: Text) -> YamlProblem:
    """Say which decision is wrong, where it stands, and how."""
    name = decision.parameter
    says = Text(f"{name}：{message.zh}", f"{name}: {message.en}")
    return YamlProblem(decision.file, decision.line, says)


_UNORDERED = Text("起期早于前一段；请按时间排列", "starts before the one above; sort by `from`")
_OVERLAP = Text("与前一段重叠；请写明前一段的 to", "overlaps the one above; give that one a `to`")
