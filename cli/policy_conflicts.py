"""Where sources contradict each other: both sides, how that was resolved, and texts left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cli.explanation import say_value
from cli.policy_texts import claim_data, claim_lines, resolution_data, say_resolution
from cli.render import Column, Table, console, show
from cli.sources import area, library
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.settings import Settings
    from domain.ids import RegionCode
    from policies.library import Claim, Decision, Library

_COLUMNS = [
    Column("standing", Text("情形", "standing"), "code", "Contradiction"),
    Column("region", Text("地区", "region")),
    Column("parameter", Text("参数", "parameter")),
    Column("label", Text("名称", "label")),
    Column("from", Text("起", "from"), "date"),
    Column("to", Text("止（不含）", "until"), "date"),
    Column("says", Text("取值", "value")),
    Column("status", Text("可靠程度", "how sure")),
    Column("cites", Text("依据", "rests on"), "data"),
    Column("against", Text("矛盾说法", "against"), "data"),
    Column("resolution", Text("取舍", "resolution"), "data"),
]
_FOR, _AGAINST = Text("依据", "for it"), Text("矛盾", "against it")
_ALONE = Text("未列为矛盾", "says otherwise, not named")
_RESOLVED = Text("取舍", "resolved")
_NONE = Text("没有矛盾的说法。", "No texts contradict each other.")


class _Conflict(NamedTuple):
    """A value and the texts against it, named ones or one that was left alone."""

    standing: str
    decision: Decision
    against: tuple[Claim, ...]


def show_conflicts(settings: Settings, region: RegionCode | None) -> None:
    """Show contradictions: everywhere, or those of a region and of what it inherits."""
    from policies.loader import shelf

    files = library() if region is None else shelf().chain(region)
    found = list(_everywhere(files) if region is None else _within(files, region))
    named = sum(each.standing == "named" for each in found)
    facts = [
        Text(f"{named} 个取值有争议", f"{named} contested values"),
        Text(f"{len(found) - named} 条说法未列为矛盾", f"{len(found) - named} texts left alone"),
    ]
    if settings.for_people:
        _show_pages(settings, files, found)
        out = console(settings)
        out.print(" · ".join(fact.say(settings.lang) for fact in facts), style="dim")
        return
    rows = [_row(files, each) for each in found]
    show(settings, Table("policy-contradictions", _COLUMNS, rows))


def _everywhere(files: Library) -> Iterator[_Conflict]:
    from policies.library import unnamed

    for _, region in sorted(files.regions.items()):
        for decisions in region.decisions.values():
            for decision in decisions:
                if decision.contradicted_by:
                    yield _Conflict("named", decision, decision.contradicted_by)
        for decision, claim in unnamed(files, region):
            yield _Conflict("alone", decision, (claim,))


def _within(files: Library, code: RegionCode) -> Iterator[_Conflict]:
    from policies.timeline import segments

    region = files.regions[code]
    holding = {
        id(segment.decision)
        for parameter in files.parameters
        for segment in segments(files, region, parameter=parameter)
    }
    yield from (each for each in _everywhere(files) if id(each.decision) in holding)


def _show_pages(settings: Settings, files: Library, found: list[_Conflict]) -> None:
    lang = settings.lang
    out = console(settings)
    if not found:
        out.print(_NONE.say(lang))
    for each in found:
        decision = each.decision
        node = files.parameters[decision.parameter]
        since, until = decision.start, decision.end or "…"
        head = f"{area(decision.region).say(lang)} · {node.label.text.say(lang)}"
        out.print(f"{head} · {decision.parameter}", style="bold", soft_wrap=True)
        value = say_value(node, decision.value).say(lang)
        out.print(f"{since} → {until}  {value}", soft_wrap=True)
        for title, claims in (
            (_FOR, decision.cites),
            (_AGAINST if each.standing == "named" else _ALONE, each.against),
        ):
            out.print(f"  {title.say(lang)}", style="dim")
            for line in claim_lines(claims, lang):
                out.print(f"  {line}", soft_wrap=True)
        if decision.resolution is not None:
            resolved = say_resolution(decision.resolution).say(lang)
            out.print(f"  {_RESOLVED.say(lang)}", style="dim")
            out.print(f"    {resolved}", soft_wrap=True)
        out.print()


def _row(files: Library, found: _Conflict) -> dict[str, object]:
    decision = found.decision
    node = files.parameters[decision.parameter]
    return {
        "standing": found.standing,
        "region": decision.region,
        "parameter": decision.parameter,
        "label": node.label.text,
        "from": decision.start,
        "to": decision.end,
        "says": say_value(node, decision.value),
        "status": decision.status,
        "cites": [claim_data(claim) for claim in decision.cites],
        "against": [claim_data(claim) for claim in found.against],
        "resolution": resolution_data(decision.resolution),
    }
