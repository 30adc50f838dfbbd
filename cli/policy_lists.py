"""Lists over the rules: regions, parameters, hits of a search, a rule through time, differences."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from cli.explanation import say_change, say_value
from cli.policy_texts import from_whom, say_resolution, status_of_value
from cli.render import Column, Table, show
from cli.sources import area, library
from cli.words import WORDS, vocabulary
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from cli.settings import Settings
    from domain.ids import RegionCode
    from policies.library import Decision, Library, Region
    from policies.timeline import Difference

_STATUSES = ("in_force", "observed", "contested", "unverified", "assumed")
_BY_STATUS = [Column(each, WORDS["PolicyStatus"][each], "int") for each in _STATUSES]

_REGIONS = [
    Column("region", Text("代码", "code")),
    Column("name", Text("地区", "region")),
    Column("parent", Text("上级", "parent")),
    Column("starts", Text("起", "from"), "date"),
    Column("own", Text("自定参数", "decides itself"), "int"),
    Column("values", Text("取值", "values"), "int"),
    Column("claims", Text("说法", "claims"), "int"),
    *_BY_STATUS,
    Column("informs", Text("供查阅", "informs"), "int"),
]
_PARAMETERS = [
    Column("parameter", Text("参数", "parameter")),
    Column("label", Text("名称", "label")),
    Column("subject", Text("主题", "about"), for_people=False),
    Column("serves", Text("用途", "use"), "code", "Serves"),
    Column("type", Text("类型", "type"), "code", "ParameterType"),
    Column("departs", Text("下级", "children"), "code", "Departs", for_people=False),
    Column("regions", Text("自定地区", "regions"), "int"),
    Column("claims", Text("说法", "claims"), "int"),
    *_BY_STATUS,
]


def list_regions(settings: Settings, on: date) -> None:
    """List regions, with how sure their values of a day are, inherited ones included."""
    from policies.timeline import coverage

    files = library()
    claims = Counter(claim.region for claim in files.claims.values())
    rows = [
        {
            "region": code,
            "name": region.name.text,
            "parent": region.chain[1] if len(region.chain) > 1 else "",
            "starts": region.starts,
            "own": len(region.decisions),
            "values": sum(map(len, region.decisions.values())),
            "claims": claims[code],
            **dict.fromkeys((*_STATUSES, "informs"), 0),
            **coverage(files, region, on=on),
        }
        for code, region in sorted(files.regions.items())
    ]
    table = Table("policy-regions", _REGIONS, rows, as_of=on, facts=_sums(files))
    show(settings, table)


def list_parameters(settings: Settings, on: date) -> None:
    """List parameters, with how sure their values of a day are over all regions."""
    files = library()
    claims = Counter(claim.parameter for claim in files.claims.values())
    rows = [
        {
            "parameter": key,
            "label": node.label.text,
            "subject": files.subjects[key.partition(".")[0]].text,
            "serves": node.serves,
            "type": node.type,
            "departs": node.departs,
            "regions": sum(key in region.decisions for region in files.regions.values()),
            "claims": claims[key],
            **dict.fromkeys(_STATUSES, 0),
            **_statuses(files, key, on=on),
        }
        for key, node in files.parameters.items()
    ]
    table = Table("policy-parameters", _PARAMETERS, rows, as_of=on, facts=_sums(files))
    show(settings, table)


def _statuses(files: Library, key: str, *, on: date) -> Counter[str]:
    found = (
        files.decided(code, key, on=on)
        for code, region in files.regions.items()
        if on >= region.starts
    )
    return Counter(decision.status for decision in found if decision is not None)


def _sums(files: Library) -> list[Text]:
    deciding = len(files.deciding)
    informing = len(files.parameters) - deciding
    return [
        Text(f"{len(files.regions)} 个地区", f"{len(files.regions)} regions"),
        Text(
            f"{deciding} 个参数决定金额，{informing} 个供查阅",
            f"{deciding} parameters decide, {informing} inform",
        ),
        Text(f"{len(files.claims)} 条说法", f"{len(files.claims)} claims"),
        Text(f"{len(files.sources)} 个来源", f"{len(files.sources)} sources"),
    ]


# ------------------------------------------------------------------------------------------ search

_HITS = [
    Column("kind", Text("种类", "kind"), "code", "FoundKind"),
    Column("key", Text("代码", "key")),
    Column("region", Text("地区", "region")),
    Column("says", Text("内容", "says")),
]


def show_hits(settings: Settings, asked: str) -> None:
    """Show what a search finds."""
    from policies.finding import search

    files = library()
    names = {node.vocabulary for node in files.parameters.values() if node.vocabulary}
    members = {name: vocabulary(name).values() for name in names}
    rows = [hit._asdict() for hit in search(files, asked, members=members)]
    empty = Text(f"没有找到“{asked}”。", f"Nothing says {asked!r}.")
    facts = [Text(f"{len(rows)} 项", f"{len(rows)} found")]
    show(settings, Table("policy-search", _HITS, rows, empty=empty, facts=facts))


# ----------------------------------------------------------------------------------------- history

_HISTORY = [
    Column("from", Text("起", "from"), "date"),
    Column("to", Text("止（不含）", "until"), "date"),
    Column("says", Text("取值", "value")),
    Column("status", Text("可靠程度", "how sure"), "code", "PolicyStatus"),
    Column("decided_in", Text("由何处规定", "decided by"), in_data=False),
    Column("region", Text("由何处规定", "decided by"), for_people=False),
    Column("holds", Text("在本地有效", "holds here")),
    Column(
        "from_basis", Text("起期依据", "start rests on"), "code", "PolicyBasis", for_people=False
    ),
    Column("sources", Text("来源", "sources")),
    Column("against", Text("矛盾来源", "against it")),
    Column("why", Text("理由", "why")),
]


def show_history(settings: Settings, parameter: str, code: RegionCode) -> None:
    """Show every value of a rule in a region through time, and what the region overrules."""
    from policies.loader import shelf
    from policies.timeline import overruled, segments

    files = shelf().chain(code)
    region = files.regions[code]
    label = files.parameters[parameter].label.text
    rows = [
        {"from": each.start, "to": each.end, **_row(files, region, each.decision), "holds": True}
        for each in segments(files, region, parameter=parameter)
    ]
    rows += [
        {"from": each.start, "to": each.end, **_row(files, region, each), "holds": False}
        for each in overruled(files, region, parameter=parameter)
    ]
    where = area(code)
    title = Text(
        f"{label.zh}（{parameter}） · {where.zh}", f"{label.en} ({parameter}) · {where.en}"
    )
    more = {"parameter": parameter, "label": label, "asked_region": code}
    show(settings, Table("policy-history", _HISTORY, rows, title=title, more=more))


def _row(files: Library, region: Region, decision: Decision | None) -> dict[str, object]:
    row: dict[str, object] = {"status": status_of_value(decision)}
    if decision is None:
        return row
    reasons = [decision.why] if decision.why else []
    reasons += [say_resolution(decision.resolution)] if decision.resolution else []
    return row | {
        "says": say_value(files.parameters[decision.parameter], decision.value),
        "decided_in": from_whom(region, decision),
        "region": decision.region,
        "from_basis": decision.from_basis,
        "sources": list(dict.fromkeys(claim.source.key for claim in decision.cites)),
        "against": list(dict.fromkeys(claim.source.key for claim in decision.contradicted_by)),
        "why": Text("；".join(r.zh for r in reasons), "; ".join(r.en for r in reasons)),
    }


# ------------------------------------------------------------------------------------- differences

_DIFFERENCES = [
    Column("region_name", Text("地区", "region"), in_data=False),
    Column("region", Text("地区", "region"), for_people=False),
    Column("label", Text("规则", "rule")),
    Column("parameter", Text("参数", "parameter")),
    Column("kind", Text("差别", "differs in"), "code", "Difference"),
    Column("before", Text("前", "before")),
    Column("before_status", Text("可靠程度", "how sure"), "code", "PolicyStatus"),
    Column("after", Text("后", "after")),
    Column("after_status", Text("可靠程度", "how sure"), "code", "PolicyStatus"),
    Column("since", Text("起", "since"), "date"),
    Column("decided_in", Text("由何处规定", "decided by"), for_people=False),
]


def show_differences(
    settings: Settings, days: tuple[date, date], *, region: RegionCode | None
) -> None:
    """Show what differs between two days."""
    from policies.loader import shelf

    files = library() if region is None else shelf().chain(region)
    codes = sorted(files.regions) if region is None else [region]
    rows = [
        _difference(files, each)
        for code in codes
        for each in _between(files, files.regions[code], days, inherited=region is not None)
    ]
    title = Text(f"{days[0]} → {days[1]}", f"{days[0]} → {days[1]}")
    empty = Text("这两日的规则相同。", "The rules of the two days are the same.")
    facts = [Text(f"{len(rows)} 处差别", f"{len(rows)} differences")]
    more = {"before": days[0], "after": days[1]}
    table = Table(
        "policy-diff", _DIFFERENCES, rows, title=title, empty=empty, facts=facts, more=more
    )
    show(settings, table)


def _between(
    files: Library, region: Region, days: tuple[date, date], *, inherited: bool
) -> Iterator[Difference]:
    from policies.timeline import differences

    for each in differences(files, region, days=days):
        owners = {decision.region for decision in (each.before, each.after) if decision}
        if inherited or region.code in owners:
            yield each


def _difference(files: Library, found: Difference) -> dict[str, object]:
    node = files.parameters[found.parameter]
    was, now = found.before and found.before.value, found.after and found.after.value
    before, after = say_change(node, was, now)
    return {
        "region_name": found.region.name.text,
        "region": found.region.code,
        "label": node.label.text,
        "parameter": found.parameter,
        "kind": found.kind,
        "before": before,
        "before_status": found.before and found.before.status,
        "after": after,
        "after_status": found.after and found.after.status,
        "since": found.after and found.after.start,
        "decided_in": found.after and found.after.region,
    }
