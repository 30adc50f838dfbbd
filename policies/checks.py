"""What must hold of the linked files before a rule may decide about money, check by check.

Every check has a lasting name. `check` runs them all, so that one run shows everything that is
wrong. What is only worth a warning stands in `lint`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from domain.text import Text
from policies import day_checks, decision_checks, region_checks
from policies.library import Decision, Library, Region
from policies.region_checks import blame
from policies.strict_yaml import YamlProblem

_OfRegion = Callable[[Library, Region], Iterator[YamlProblem]]


@dataclass(frozen=True, slots=True)
class Check:
    """What holds where a check finds nothing, and how it looks."""

    name: str
    holds: Text
    look: _OfRegion

    def problems(self, library: Library) -> Iterator[YamlProblem]:
        """Give what it finds in a library."""
        for region in library.regions.values():
            for problem in self.look(library, region):
                problem.check = self.name
                yield problem


def check(library: Library) -> Iterator[YamlProblem]:
    """Give every problem of a library."""
    for each in CHECKS.values():
        yield from each.problems(library)


def _each(look: Callable[[Decision], Iterator[Text]]) -> _OfRegion:
    """Make a check of regions out of one of decisions."""

    def look_at_all(library: Library, region: Region) -> Iterator[YamlProblem]:
        del library
        for decisions in region.decisions.values():
            for decision in decisions:
                yield from (blame(decision, message) for message in look(decision))

    return look_at_all


def _named(*checks: Check) -> dict[str, Check]:
    return {each.name: each for each in checks}


CHECKS = _named(
    Check(
        "interval_empty",
        Text("止期晚于起期", "a value ends after it begins"),
        _each(decision_checks.interval_empty),
    ),
    Check(
        "interval_order",
        Text("各段按时间排列", "values stand in order of time"),
        region_checks.interval_order,
    ),
    Check(
        "interval_overlap",
        Text("一天只有一个值", "a day has one value"),
        region_checks.interval_overlap,
    ),
    Check(
        "interval_gap",
        Text("一个参数的各段相接", "the values of a parameter follow each other without a hole"),
        day_checks.interval_gap,
    ),
    Check(
        "first_day_unfounded",
        Text("地区的起始日有依据", "the first day of a region comes from somewhere"),
        day_checks.first_day_unfounded,
    ),
    Check(
        "start_unfounded",
        Text("起期各有依据", "every first day comes from somewhere"),
        day_checks.start_unfounded,
    ),
    Check(
        "end_unfounded",
        Text("止期各有依据", "every last day comes from somewhere"),
        day_checks.end_unfounded,
    ),
    Check(
        "dated_by_idle",
        Text("dated_by 所列说法给出起期或止期", "`dated_by` names claims of the first or last day"),
        day_checks.dated_by_idle,
    ),
    Check(
        "stated_by_nothing",
        Text("所称写明的起期有材料写明", "a first day that is called stated is named by a text"),
        day_checks.stated_by_nothing,
    ),
    Check(
        "claim_day_differs",
        Text("说法所见之日与来源的日期相符", "claims were seen when their sources were there"),
        day_checks.claim_day_differs,
    ),
    Check(
        "day_without_value",
        Text("每天都有值，从不倒推", "every day has a value, and none is guessed"),
        region_checks.day_without_value,
    ),
    Check(
        "departure",
        Text("与上级的差别合乎登记", "a child departs from its parent only as the registry allows"),
        region_checks.departure,
    ),
    Check(
        "claim_foreign",
        Text("只引用本地区与上级的说法", "only claims of the region and its parents are cited"),
        region_checks.claim_foreign,
    ),
    Check(
        "why_missing",
        Text("推定与待核实都写明理由", "assumptions say why"),
        _each(decision_checks.why_missing),
    ),
    Check(
        "assumed_though_vouched",
        Text("推定的值没有引用", "an assumption cites nothing"),
        _each(decision_checks.assumed_though_vouched),
    ),
    Check(
        "citation_missing",
        Text("不是推定的值都有引用", "a value that is no assumption cites something"),
        _each(decision_checks.citation_missing),
    ),
    Check(
        "grade_d_only",
        Text("没有值只依据 D 级来源", "no value rests on grade D alone"),
        _each(decision_checks.grade_d_only),
    ),
    Check(
        "official_text_missing",
        Text("现行有效须有 A 级来源", "`in_force` has a source of grade A"),
        _each(decision_checks.official_text_missing),
    ),
    Check(
        "citation_differs",
        Text("所引说法与值相符", "cited claims say what the value says"),
        _each(decision_checks.citation_differs),
    ),
    Check(
        "text_later",
        Text("值不早于最早的依据，否则说明理由", "a value is no older than its texts, or says why"),
        _each(decision_checks.text_later),
    ),
    Check(
        "member_unvouched",
        Text(
            "集合成员都有说法支持，否则列为推定",
            "a claim vouches for each member, or it is called presumed",
        ),
        _each(decision_checks.member_unvouched),
    ),
    Check(
        "presumed_idle",
        Text("列为推定的成员确无说法支持", "for what is called presumed no claim vouches"),
        _each(decision_checks.presumed_idle),
    ),
    Check(
        "grade_not_better",
        Text("按等级取舍的，依据的等级更高", "what is resolved by grade rests on the better grade"),
        _each(decision_checks.grade_not_better),
    ),
    Check(
        "contested_not_said",
        Text("有矛盾说法的标为有争议", "what is contradicted is called contested"),
        _each(decision_checks.contested_not_said),
    ),
    Check(
        "contested_by_nothing",
        Text("有争议的写明矛盾说法", "what is contested names what contradicts it"),
        _each(decision_checks.contested_by_nothing),
    ),
    Check(
        "contested_unresolved",
        Text("有争议的写明取舍", "what is contested says how it was resolved"),
        _each(decision_checks.contested_unresolved),
    ),
    Check(
        "contradiction_agrees",
        Text("矛盾说法确实与值不符", "named contradictions do contradict"),
        _each(decision_checks.contradiction_agrees),
    ),
    Check(
        "claim_key_differs",
        Text(
            "说法的键同头同源", "claims of one document, and no others, have keys of one beginning"
        ),
        region_checks.claim_key_differs,
    ),
    Check(
        "contradiction_unnamed",
        Text("本地区同期不符的说法都列为矛盾", "the region's texts that disagree are named"),
        region_checks.contradiction_unnamed,
    ),
)
"""By name, in order of running."""
