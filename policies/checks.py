"""What must hold of the linked files before a rule may decide about money.

Each check is a function from decisions to problems; `check` runs them all, so that one run shows
everything that is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from domain.text import Text
from policies.library import Claim, Decision, Library, Region
from policies.resolve import breakpoints
from policies.strict_yaml import YamlProblem
from policies.vocabulary import is_tariff, narrower


def check(library: Library) -> Iterator[YamlProblem]:
    """Give every problem of a library: intervals, gaps, citations, contradictions, departures."""
    for region in library.regions.values():
        for decisions in region.decisions.values():
            yield from _intervals(decisions)
            for decision in decisions:
                for rule in _DECISION_CHECKS:
                    yield from (_blame(decision, message) for message in rule(decision))
                yield from _sources_in_chain(region, decision)
        yield from _gaps(library, region)
        yield from _departures(library, region)


def _intervals(decisions: tuple[Decision, ...]) -> Iterator[YamlProblem]:
    for decision in decisions:
        if decision.end is not None and decision.end <= decision.start:
            yield _blame(decision, _EMPTY_INTERVAL)
    for before, after in pairwise(decisions):
        if after.start < before.start:
            yield _blame(after, _UNORDERED)
        elif before.end is None or after.start < before.end:
            yield _blame(after, _OVERLAP)


def _gaps(library: Library, region: Region) -> Iterator[YamlProblem]:
    for parameter in library.deciding:
        for day in breakpoints(library, region):
            if library.decided(region.code, parameter, on=day) is None:
                yield YamlProblem(
                    region.file,
                    region.line,
                    Text(
                        f"自 {day} 起 {parameter} 没有规定；请补上，或写明 assumed 及理由",
                        f"{parameter} has no value from {day}; add one, or `assumed` with its why",
                    ),
                )
                break  # the first day tells enough


def _departures(library: Library, region: Region) -> Iterator[YamlProblem]:
    if len(region.chain) == 1:
        return
    parent = region.chain[1]
    for parameter, decisions in region.decisions.items():
        departs = library.parameters[parameter].departs
        for decision in decisions:
            for day in breakpoints(library, region):
                above = library.decided(parent, parameter, on=day)
                if departs == "override" or above is None or not decision.holds_on(day):
                    continue
                smaller, larger = decision.value, above.value
                if departs == "widen_only":
                    smaller, larger = larger, smaller
                if not narrower(smaller, larger):
                    yield _blame(decision, _departs(departs, above))
                    break


def _sources_in_chain(region: Region, decision: Decision) -> Iterator[YamlProblem]:
    for claim in decision.cites + decision.contradicted_by:
        if claim.region not in region.chain:
            yield _blame(decision, _foreign(claim))


def _citations(decision: Decision) -> Iterator[Text]:
    if decision.status in {"assumed", "unverified"} and not decision.why:
        yield _NO_WHY
    if decision.status != "assumed" and not decision.cites:
        yield _NO_CITATION
    grades = [claim.source.grade for claim in decision.cites]
    if grades and set(grades) == {"D"}:
        yield _ONLY_D
    elif is_tariff(decision.value) and "D" in grades:
        yield _CLAUSES_OF_D
    if decision.status == "in_force" and "A" not in {c.source.grade for c in decision.cites}:
        yield _NO_A
    for claim in decision.cites:
        if not claim.states.agrees(decision.value):
            yield _says_otherwise(claim)


def _reach(decision: Decision) -> Iterator[Text]:
    """Tell where a citation carries less than the value: later days, or fewer members."""
    if decision.status == "assumed" or decision.why or not decision.cites:
        return
    if decision.status != "contested" and decision.start < min(c.day for c in decision.cites):
        yield _LATER_TEXT
    if isinstance(decision.value, frozenset):
        vouched = frozenset().union(*(claim.states.members() for claim in decision.cites))
        if missing := sorted(decision.value - vouched):
            yield _unvouched(missing)


def _contradictions(decision: Decision) -> Iterator[Text]:
    contested = decision.status == "contested"
    if decision.contradicted_by and not contested:
        yield _NOT_CONTESTED
    if contested and not decision.contradicted_by:
        yield _UNOPPOSED
    if contested and decision.resolution is None:
        yield _NO_RESOLUTION
    for claim in decision.contradicted_by:
        if claim.states.agrees(decision.value):
            yield _agrees(claim)


_DECISION_CHECKS: tuple[Callable[[Decision], Iterator[Text]], ...] = (
    _citations,
    _reach,
    _contradictions,
)


def _blame(decision: Decision, message: Text) -> YamlProblem:
    zh, en = message
    name = decision.parameter
    return YamlProblem(decision.file, decision.line, Text(f"{name}：{zh}", f"{name}: {en}"))


def _departs(departs: str, above: Decision) -> Text:
    zh, en = ("更窄", "narrower") if departs == "narrow_only" else ("更宽", "wider")
    where = f"{above.file}:{above.line}"
    return Text(f"只能比上级（{where}）{zh}", f"may only be {en} than the parent's ({where})")


def _foreign(claim: Claim) -> Text:
    return Text(
        f"说法“{claim.key}”属于 {claim.region}，不在本地区的上级链上",
        f"claim {claim.key!r} belongs to {claim.region}, which is no parent of this region",
    )


def _says_otherwise(claim: Claim) -> Text:
    return Text(
        f"所引说法“{claim.key}”与此值不符（{claim.says.zh}）",
        f"the cited claim {claim.key!r} says something else ({claim.says.en})",
    )


def _agrees(claim: Claim) -> Text:
    return Text(
        f"“{claim.key}”并不与此值矛盾",
        f"claim {claim.key!r} does not contradict this value",
    )


def _unvouched(missing: Sequence[str]) -> Text:
    names = ", ".join(missing)
    return Text(
        f"没有说法支持成员 {names}；请引用或写明 why",
        f"no cited claim vouches for {names}; cite one or say `why`",
    )


_EMPTY_INTERVAL = Text("止期不晚于起期", "`to` is not after `from`")
_UNORDERED = Text("起期早于前一段；请按时间排列", "starts before the one above; sort by `from`")
_OVERLAP = Text("与前一段重叠；请写明前一段的 to", "overlaps the one above; give that one a `to`")
_NO_WHY = Text("assumed 与 unverified 须写明 why", "`assumed` and `unverified` need a `why`")
_NO_CITATION = Text(
    "没有引用；请写 cites，或改为 assumed 并写明 why",
    "cites nothing; add `cites`, or make it `assumed` with a `why`",
)
_ONLY_D = Text("只依据 D 级来源", "rests on sources of grade D only")
_CLAUSES_OF_D = Text(
    "待遇条款各有其出处，其中不能有 D 级来源",
    "every claim brings clauses of its own, and none may rest on a source of grade D",
)
_NO_A = Text("in_force 须有 A 级来源", "`in_force` needs a source of grade A")
_LATER_TEXT = Text(
    "最早的依据晚于起期；请拆成 unverified 一段，或写明 why",
    "the oldest text is later than `from`; split off an `unverified` part, or say `why`",
)
_NOT_CONTESTED = Text(
    "有矛盾说法，status 应为 contested", "contradicted, so it must be `contested`"
)
_UNOPPOSED = Text("contested 须写明 contradicted_by", "`contested` must name `contradicted_by`")
_NO_RESOLUTION = Text("contested 须写明 resolution", "`contested` needs a `resolution`")
