"""Claims, sources, values and resolutions of the policy files, in words and as data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.sources import area, cite
from cli.words import WORDS
from domain.money import Ratio
from domain.rules import UNLIMITED, UNLIMITED_COUNT
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from domain.rules import Source
    from domain.text import Lang
    from policies.documents import ParameterNode, ResolutionNode
    from policies.library import Claim, Decision, Region
    from policies.vocabulary import Meaning

_NO_ADDRESS = Text("未留网址", "no address kept")


def claim_lines(claims: Sequence[Claim], lang: Lang) -> Iterator[str]:
    """Lay claims out: what each says and from when, below it the document with its address."""
    for claim in claims:
        day = Text("（{day}）", " ({day})").say(lang, day=claim.day)
        yield f"  {claim.says.say(lang)}{day}"
        yield f"    {claim.source.grade} {cite(claim.source).say(lang)}"
        yield f"    {claim.source.address or _NO_ADDRESS.say(lang)}"


def claim_data(claim: Claim) -> dict[str, object]:
    """Give a claim with its source whole."""
    return {
        "claim": claim.key,
        "region": claim.region,
        "day": claim.day,
        "says": claim.says,
        "source": source_data(claim.source),
    }


def source_data(source: Source) -> dict[str, str]:
    """Give a document."""
    fields = ("key", "title", "issuer", "number", "published", "grade", "address")
    return {field: str(getattr(source, field)) for field in fields}


def value_data(node: ParameterNode, value: Meaning) -> object:
    """Give a value as the policy files write it."""
    if isinstance(value, Ratio):
        return {"num": value.num, "den": value.den}
    if isinstance(value, frozenset):
        return sorted(value)
    most = {"money": UNLIMITED, "count": UNLIMITED_COUNT}.get(node.type)
    return "unlimited" if most is not None and value == most else value


def resolution_data(resolution: ResolutionNode | None) -> dict[str, object] | None:
    """Give how a contradiction was resolved."""
    if resolution is None:
        return None
    why, day = resolution.why.text, resolution.decided_on
    return {"rule": resolution.rule, "why": why, "decided_on": day}


def say_resolution(resolution: ResolutionNode) -> Text:
    """Say how a contradiction was resolved, why, and when that was decided."""
    rule, why = WORDS["ResolutionRule"][resolution.rule], resolution.why.text
    day = resolution.decided_on
    return Text(f"{rule.zh}：{why.zh}（{day}）", f"{rule.en}: {why.en} ({day})")


def status_of_value(decision: Decision | None) -> str:
    """Give how sure a value is; `unknown` where no text was found."""
    return "unknown" if decision is None else decision.status


def from_whom(region: Region, decision: Decision) -> Text:
    """Say which region decided, and whether it is a parent."""
    where = area(decision.region)
    if decision.region == region.code:
        return where
    return Text(f"{where.zh}，本地区沿用", f"{where.en}, inherited")
