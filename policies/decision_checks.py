"""Checks of one decision by itself: is it founded, and is it open about what contradicts it.

Each takes a decision and gives a sentence for everything that is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from domain.text import Text
from policies.library import Claim, Decision
from policies.vocabulary import is_tariff


def interval_empty(decision: Decision) -> Iterator[Text]:
    """Find a decision that ends before it begins."""
    if decision.end is not None and decision.end <= decision.start:
        yield Text("止期不晚于起期", "`to` is not after `from`")


def why_missing(decision: Decision) -> Iterator[Text]:
    """Find an assumption without its reason."""
    if decision.status in {"assumed", "unverified"} and not decision.why:
        yield Text("assumed 与 unverified 须写明 why", "`assumed` and `unverified` need a `why`")
    if decision.presumed and not decision.why:
        yield Text("presumed 须写明 why", "`presumed` needs a `why`")


def assumed_though_vouched(decision: Decision) -> Iterator[Text]:
    """Find a value that is called an assumption although a text says it."""
    if decision.status == "assumed" and decision.cites:
        yield Text(
            "有说法支持，不是推定；请改为 observed 或 unverified",
            "a text says so, so it is no assumption; make it `observed` or `unverified`",
        )


def citation_missing(decision: Decision) -> Iterator[Text]:
    """Find a value that nothing vouches for and that is not called an assumption."""
    if decision.status != "assumed" and not decision.cites:
        yield Text(
            "没有引用；请写 cites，或改为 assumed 并写明 why",
            "cites nothing; add `cites`, or make it `assumed` with a `why`",
        )


def grade_d_only(decision: Decision) -> Iterator[Text]:
    """Find a value that rests on pages of unknown origin alone."""
    grades = {claim.source.grade for claim in decision.cites}
    if grades == {"D"}:
        yield Text("只依据 D 级来源", "rests on sources of grade D only")
    elif "D" in grades and is_tariff(decision.value):
        yield Text(
            "待遇条款各有其出处，其中不能有 D 级来源",
            "every claim brings clauses of its own, and none may rest on a source of grade D",
        )


def official_text_missing(decision: Decision) -> Iterator[Text]:
    """Find `in_force` without an official text."""
    if decision.status == "in_force" and "A" not in {c.source.grade for c in decision.cites}:
        yield Text("in_force 须有 A 级来源", "`in_force` needs a source of grade A")


def citation_differs(decision: Decision) -> Iterator[Text]:
    """Find a cited claim that says something else than the value."""
    for claim in decision.cites:
        if not claim.states.agrees(decision.value):
            yield Text(
                f"所引说法“{claim.key}”与此值不符（{claim.says.zh}）",
                f"the cited claim {claim.key!r} says something else ({claim.says.en})",
            )


def text_later(decision: Decision) -> Iterator[Text]:
    """Find a value that begins before the oldest text for it, without a word on why."""
    if decision.why or not decision.cites or decision.status == "contested":
        return
    if decision.start < min(claim.day for claim in decision.cites):
        yield Text(
            "最早的依据晚于起期；请拆成 unverified 一段，或写明 why",
            "the oldest text is later than `from`; split off an `unverified` part, or say `why`",
        )


def member_unvouched(decision: Decision) -> Iterator[Text]:
    """Find members of a set that no cited claim names and that are not called presumed."""
    if missing := sorted(_unvouched(decision) - decision.presumed):
        names = ", ".join(missing)
        yield Text(
            f"没有说法支持成员 {names}；请引用，或列入 presumed 并写明 why",
            f"no cited claim vouches for {names}; cite one, or name it in `presumed` and say `why`",
        )


def presumed_idle(decision: Decision) -> Iterator[Text]:
    """Find members that are called presumed and are no members, or are vouched for."""
    if idle := sorted(decision.presumed - _unvouched(decision)):
        names = ", ".join(idle)
        yield Text(
            f"{names} 不在值内，或已有说法支持，不应列入 presumed",
            f"{names} is no member, or a text names it, and does not belong in `presumed`",
        )


def _unvouched(decision: Decision) -> frozenset[StrEnum]:
    """Give the members of a set that no cited claim names; an assumption needs none to."""
    if not decision.cites or not isinstance(decision.value, frozenset):
        return frozenset()
    vouched = frozenset().union(*(claim.states.members() for claim in decision.cites))
    return decision.value - vouched


def grade_not_better(decision: Decision) -> Iterator[Text]:
    """Find a contradiction that is said to be resolved by grade between texts of one grade."""
    resolution = decision.resolution
    if resolution is None or resolution.rule != "grade" or not decision.contradicted_by:
        return
    best = min((claim.source.grade for claim in decision.cites), default="")
    against = min(claim.source.grade for claim in decision.contradicted_by)
    if not best < against:
        yield Text(
            f"称按来源等级取舍，但依据（{best}）并不优于矛盾说法（{against}）",
            f"resolved by grade, but its texts ({best}) are no better than the others ({against})",
        )


def contested_not_said(decision: Decision) -> Iterator[Text]:
    """Find a contradicted value that is not called contested."""
    if decision.contradicted_by and decision.status != "contested":
        yield Text("有矛盾说法，status 应为 contested", "contradicted, so it must be `contested`")


def contested_by_nothing(decision: Decision) -> Iterator[Text]:
    """Find a contested value that names nothing against it."""
    if decision.status == "contested" and not decision.contradicted_by:
        yield Text("contested 须写明 contradicted_by", "`contested` must name `contradicted_by`")


def contested_unresolved(decision: Decision) -> Iterator[Text]:
    """Find a contested value without its resolution."""
    if decision.status == "contested" and decision.resolution is None:
        yield Text("contested 须写明 resolution", "`contested` needs a `resolution`")


def contradiction_agrees(decision: Decision) -> Iterator[Text]:
    """Find a claim that is named against a value and agrees with it."""
    for claim in decision.contradicted_by:
        if claim.states.agrees(decision.value):
            yield _about(claim, "并不与此值矛盾", "does not contradict this value")


def _about(claim: Claim, zh: str, en: str) -> Text:
    return Text(f"“{claim.key}”{zh}", f"claim {claim.key!r} {en}")
