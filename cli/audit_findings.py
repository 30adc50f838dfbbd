"""`gongji audit findings` and `gongji audit finding`: what the suspicion rules find."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from cli.audit_rules import say_source
from cli.errors import FOUND, failure
from cli.findings_asked import Asked, asks, found_in, rules_of
from cli.params import argument, option
from cli.render import Column, Table, show
from cli.session import views
from cli.subjects import need_person
from cli.texts import Command
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cli.settings import Settings
    from projections.findings.rule import Finding, Rule

_LEVELS = ("suspicious", "violation")
_COLUMNS = [
    Column("id", Text("疑点号", "finding")),
    Column("level", Text("结果类型", "grade"), "code", words="Suspicion"),
    Column("subject", Text("对象", "subject")),
    Column("first_day", Text("起", "from"), "date"),
    Column("last_day", Text("止", "to"), "date", for_people=False),
    Column("count", Text("笔数", "count"), "int"),
    Column("amount_fen", Text("金额(元)", "amount (yuan)"), "yuan"),
    Column("says", Text("疑点", "finding")),
    Column("rule", Text("规则", "rule"), for_people=False),
    Column("clears", Text("何以排除", "what would clear it"), for_people=False),
    Column("positions", Text("事件位置", "events"), "data", for_people=False),
]
_NEVER_ACCUSES = Text(
    "规则只列出疑点，不作定论；由人复核。gongji audit finding 疑点号 列出所涉事件。",
    "A rule accuses nobody: a person decides. gongji audit finding FINDING lists the events.",
)


@click.command(
    "findings",
    cls=Command,
    about=Text(
        "疑点：以规则查全部历史，逐条列出对象、金额、事件与理由。\n\n"
        "规则分可疑与明确违规；有达到 --fail-on（默认明确违规）的，退出码为 1。"
        "规则见 gongji audit rules，写法见 docs/findings.md。",
        "Ask the suspicion rules of the whole history: subject, money, events and reason of each "
        "finding.\n\n"
        "A rule is graded suspicious or violation; exit code 1 if something at or above --fail-on "
        "(default violation) was found. gongji audit rules lists them, docs/findings.md says how "
        "to write one.",
    ),
    examples=(
        "gongji audit findings",
        "gongji audit findings --rule MA-10 --set MA-10.holders=4 --fail-on suspicious",
        "gongji audit findings --list deaths=deaths.csv -O csv",
    ),
)
@option(
    "--rule", "names", multiple=True, metavar="RULE", about=Text("只问此规则", "Only this rule.")
)
@option(
    "--level",
    type=click.Choice(_LEVELS),
    about=Text("只列此等级的", "Only findings of this grade."),
)
@option("--person", metavar="PERSON", about=Text("只列涉及此人的", "Only those about this person."))
@option(
    "--fail-on",
    type=click.Choice((*_LEVELS, "none")),
    default="violation",
    about=Text(
        "达到何等级即退出码为 1，默认 violation",
        "From which grade on the exit code is 1; default violation.",
    ),
)
@asks
@click.pass_context
def findings(
    ctx: click.Context,
    /,
    asked: Asked,
    names: tuple[str, ...],
    level: str | None,
    person: str | None,
    fail_on: str,
) -> None:
    """Ask the rules and show what they find."""
    from projections.findings.running import READ_MODELS

    settings: Settings = ctx.obj
    rules = rules_of(settings, asked, names)
    with views(settings, READ_MODELS) as current:
        if person is not None:
            need_person(settings, current.store, person)
        found = found_in(current, settings, asked, rules)
    wanted = [
        each
        for each in found
        if (level is None or each.level == level)
        and (person is None or each.subject == f"person/{person}")
    ]
    facts = [
        Text(f"{len(rules)} 条规则", f"{len(rules)} rules"),
        Text(f"{len(wanted)} 处疑点", f"{len(wanted)} findings"),
    ]
    table = Table(
        "findings",
        _COLUMNS,
        [_row(each) for each in wanted],
        position=current.position,
        notes=[_NEVER_ACCUSES] if wanted else [],
        facts=facts,
        empty=Text("没有疑点。", "Nothing was found."),
        more={"rules": list(rules)},
    )
    show(settings, table)
    ctx.exit(FOUND if _fails(wanted, fail_on) else 0)


def _row(found: Finding) -> dict[str, object]:
    return {column.key: getattr(found, column.key) for column in _COLUMNS}


def _clears(clears: Text) -> Text:
    return Text(f"何以排除：{clears.zh}", f"What would clear it: {clears.en}")


def _basis(rule: Rule) -> Text:
    source = say_source(rule.source)
    return Text(
        f"依据：规则 {rule.id} {rule.name.zh}；{source.zh}",
        f"Basis: rule {rule.id}, {rule.name.en}; {source.en}",
    )


def _fails(found: Sequence[Finding], fail_on: str) -> bool:
    if fail_on == "none":
        return False
    return any(each.level in _LEVELS[_LEVELS.index(fail_on) :] for each in found)


@click.command(
    "finding",
    cls=Command,
    about=Text(
        "一处疑点：理由、何以排除、依据与所涉事件。",
        "One finding: why, what would clear it, on what basis, and the events.",
    ),
    examples=("gongji audit finding MA-08-0dcefb8c6f47",),
)
@argument("finding_id", metavar="FINDING", about=Text("疑点号", "The finding."))
@asks
@click.pass_obj
def finding(settings: Settings, finding_id: str, asked: Asked) -> None:
    """Show one finding with its events."""
    from sqlalchemy import BindParameter, bindparam

    from cli.events import ENTRY, entry_row
    from projections.audit_trail import entries
    from projections.findings.running import READ_MODELS
    from projections.rows import one_of
    from projections.tables import TRAIL

    rules = rules_of(settings, asked)
    name = finding_id.rpartition("-")[0]
    with views(settings, READ_MODELS) as current:
        chosen = {name: rules[name]} if name in rules else {}
        found = found_in(current, settings, asked, chosen)
        it = next((each for each in found if each.id == finding_id), None)
        if it is None:
            says = Text("没有疑点“{it}”", "there is no finding {it!r}")
            said = says.say(settings.lang, it=finding_id)
            code = "unknown_finding"
            raise failure(code, said, remedy="gongji audit findings")
        at: BindParameter[str] = bindparam("at", json.dumps(it.positions))
        touched = entries(current.store, current.engine, one_of(TRAIL.c.position, at))
    table = Table(
        "finding",
        ENTRY,
        [entry_row(entry) for entry in touched],
        title=it.id,
        position=current.position,
        notes=[it.says, _clears(it.clears), _basis(rules[name])],
        facts=[Text(f"{len(touched)} 条事件", f"{len(touched)} events")],
        more={"finding": _row(it)},
    )
    show(settings, table)
