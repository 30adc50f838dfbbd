"""`gongji audit rules`: the suspicion rules, and one of them in official form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.findings_asked import Asked, asks, rules_of
from cli.params import argument
from cli.render import Column, Table, show
from cli.texts import Command
from cli.words import word
from domain.text import Text

if TYPE_CHECKING:
    from cli.settings import Settings
    from projections.findings.rule import Parameter, Rule, Source

_LISTED = [
    Column("id", Text("编号", "id")),
    Column("name", Text("名称", "name")),
    Column("level", Text("结果类型", "grade"), "code", words="Suspicion"),
    Column("window", Text("时间范围", "window"), "code", words="Window"),
    Column("scene", Text("适用场景", "scene"), "code", words="Scene"),
    Column("parameters", Text("参数与阈值", "thresholds")),
]
_WHOLE = [
    *_LISTED[:2],
    Column("version", Text("版本", "version"), "int"),
    Column("means", Text("规则逻辑", "logic")),
    Column("logic", Text("逻辑函数", "function")),
    *_LISTED[2:],
    Column("stage", Text("监管环节", "stage"), "code", words="Phase"),
    Column("data", Text("所需数据", "data"), "code", words="Data"),
    Column("says", Text("疑点表述", "sentence")),
    Column("clears", Text("何以排除", "what would clear it")),
    Column("source", Text("来源", "source")),
]


@click.command(
    "rules",
    cls=Command,
    about=Text(
        "疑点规则：列出全部，或按官方规则库的格式给出一条：逻辑、参数、阈值、结果类型、时间范围、"
        "场景、环节、来源。",
        "The suspicion rules: all of them, or one in the form of the official libraries: logic, "
        "parameters, thresholds, grade, window, scene, stage, source.",
    ),
    examples=("gongji audit rules", "gongji audit rules MA-10 --set MA-10.holders=4"),
)
@argument("name", required=False, metavar="RULE", about=Text("规则编号", "The id of a rule."))
@asks
@click.pass_obj
def rules(settings: Settings, asked: Asked, name: str | None) -> None:
    """Show the rules, or one."""
    known = rules_of(settings, asked, [name] if name else [])
    show(
        settings,
        Table(
            "rules",
            _WHOLE if name else _LISTED,
            [_row(settings, rule) for rule in known.values()],
            record=name is not None,
            facts=[] if name else [Text(f"{len(known)} 条规则", f"{len(known)} rules")],
        ),
    )


def _row(settings: Settings, rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "name": rule.name,
        "version": rule.version,
        "means": rule.means,
        "logic": rule.logic,
        "parameters": _thresholds(settings, rule),
        "level": rule.grade,
        "window": rule.window,
        "scene": rule.scene,
        "stage": rule.stage,
        "data": list(rule.data),
        "says": rule.says,
        "clears": rule.clears,
        "source": say_source(rule.source),
    }


def _thresholds(settings: Settings, rule: Rule) -> list[str]:
    return [
        f"{name}={each.value} {_unit(settings, each)}" for name, each in rule.parameters.items()
    ]


def _unit(settings: Settings, parameter: Parameter) -> str:
    return word("Unit", parameter.unit, settings.lang) if settings.for_people else parameter.unit


def say_source(source: Source) -> Text:
    """Say where a rule comes from."""
    if source.is_own:
        return Text("本项目自拟", "our own")
    said = f"{source.title} · {source.number} · {source.date} · {source.address}"
    return Text(said, said)
