"""The documents behind the rules: how good each is, what rests on it, when it was last checked."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from cli.explanation import say_value
from cli.policy_names import source_named
from cli.policy_texts import source_data
from cli.render import Column, Table, show
from cli.sources import area, library
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from cli.settings import Settings
    from policies.library import Library

_SOURCE = [
    Column("key", Text("代码", "key")),
    Column("grade", Text("等级", "grade"), "code", "Grade"),
    Column("published", Text("发布", "published")),
    Column("title", Text("标题", "title")),
    Column("issuer", Text("发布者", "issuer")),
    Column("number", Text("文号", "number")),
    Column("claims", Text("说法", "claims"), "int"),
    Column("values", Text("取值", "values"), "int"),
    Column("against", Text("矛盾", "against"), "int"),
    Column("checked_on", Text("核对日", "checked on"), "date"),
    Column("address", Text("网址", "address")),
    Column("note", Text("说明", "note"), for_people=False),
]


def list_sources(settings: Settings) -> None:
    """List every document with how much rests on it."""
    files = library()
    rows = [_row(files, key) for key in files.sources]
    facts = [Text(f"{len(rows)} 个来源", f"{len(rows)} sources")]
    columns = [each for each in _SOURCE if each.key not in {"number", "address"}]
    shown = columns if settings.for_people else _SOURCE
    show(settings, Table("policy-sources", shown, rows, facts=facts))


def _row(files: Library, key: str) -> dict[str, object]:
    uses = Counter(row["use"] for row in _resting(files, key))
    document = files.documents[key]
    return {
        **source_data(files.sources[key]),
        "claims": sum(claim.source.key == key for claim in files.claims.values()),
        "values": uses["cites"],
        "against": uses["against"],
        "checked_on": document.checked_on,
        "note": document.note,
    }


_RESTING = [
    Column("kind", Text("种类", "kind"), "code", "FoundKind"),
    Column("use", Text("用途", "use"), "code", "Use"),
    Column("key", Text("代码", "key")),
    Column("region_name", Text("地区", "region"), in_data=False),
    Column("region", Text("地区", "region"), for_people=False),
    Column("from", Text("起", "from"), "date"),
    Column("to", Text("止（不含）", "until"), "date"),
    Column("says", Text("内容", "says")),
]


def show_source(settings: Settings, asked: str) -> None:
    """Show one document, and the claims and values that rest on it."""
    files = library()
    key = source_named(settings.lang, asked)
    rows = [
        {**row, "region_name": area(row["region"])}
        for row in (*_starts(files, key), *_claims(files, key), *_resting(files, key))
    ]
    source = _row(files, key)
    if settings.for_people:
        shown = [column for column in _SOURCE if source[column.key] not in ("", 0)]
        show(settings, Table("policy-source", shown, [source], record=True))
    empty = Text("没有内容依据它。", "Nothing rests on it.")
    table = Table("policy-source", _RESTING, rows, more={"source": source}, empty=empty)
    show(settings, table)


def _claims(files: Library, key: str) -> Iterator[dict[str, Any]]:
    for claim in files.claims.values():
        if claim.source.key == key:
            yield {
                "kind": "claim",
                "use": "says",
                "key": claim.key,
                "region": claim.region,
                "from": claim.day,
                "says": claim.says,
            }


def _starts(files: Library, key: str) -> Iterator[dict[str, Any]]:
    for code, region in files.regions.items():
        if key in region.starts_by:
            yield {
                "kind": "region",
                "use": "starts",
                "key": code,
                "region": code,
                "from": region.starts,
                "says": region.name.text,
            }


def _resting(files: Library, key: str) -> Iterator[dict[str, Any]]:
    for decision in files.decisions():
        for use, claims in (("cites", decision.cites), ("against", decision.contradicted_by)):
            if any(claim.source.key == key for claim in claims):
                yield {
                    "kind": "value",
                    "use": use,
                    "key": decision.parameter,
                    "region": decision.region,
                    "from": decision.start,
                    "to": decision.end,
                    "says": say_value(files.parameters[decision.parameter], decision.value),
                }


# ------------------------------------------------------------------------------------------- stale

_STALE = [
    Column("kind", Text("种类", "kind"), "code", "FoundKind"),
    Column("key", Text("代码", "key")),
    Column("region", Text("地区", "region")),
    Column("from", Text("起", "from"), "date"),
    Column("checked_on", Text("核对日", "checked on"), "date"),
    Column("days", Text("天数", "days"), "int"),
    Column("says", Text("内容", "says")),
]


def show_stale(settings: Settings, on: date, *, days: int) -> int:
    """Show sources and values that were not checked for so many days; give how many."""
    from policies.lint import Care

    care = Care(on, days)
    rows = [row for row in _dated(library()) if care.overdue(row["checked_on"])]
    rows.sort(key=lambda row: row["checked_on"])
    counted: list[Mapping[str, object]] = [
        {**row, "days": (on - row["checked_on"]).days} for row in rows
    ]
    empty = Text("都在期限内核对过。", "Everything was checked within that time.")
    facts = [Text(f"{len(rows)} 项逾期", f"{len(rows)} overdue")]
    table = Table("policy-stale", _STALE, counted, as_of=on, empty=empty, facts=facts)
    show(settings, table)
    return len(rows)


def _dated(files: Library) -> Iterator[dict[str, Any]]:
    for key, document in files.documents.items():
        title = Text(document.title, document.title)
        yield {"kind": "source", "key": key, "checked_on": document.checked_on, "says": title}
    for decision in files.decisions():
        yield {
            "kind": "value",
            "key": decision.parameter,
            "region": decision.region,
            "from": decision.start,
            "checked_on": decision.checked_on,
            "says": say_value(files.parameters[decision.parameter], decision.value),
        }
