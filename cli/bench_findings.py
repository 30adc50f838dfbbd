"""`gongji bench findings`: what suspicion rules find where it was planted, and where nothing is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.params import option
from cli.render import Column, Table, show, talk
from cli.session import rule_book
from cli.texts import Command
from domain.text import Text

if TYPE_CHECKING:
    from benchmarks.findings import Measured
    from cli.settings import Settings

_WHAT = {
    "rules": Text("规则", "rules"),
    "planted": Text("埋设的违规", "misuses planted"),
    "hit": Text("其中查出", "of these found"),
    "near_misses": Text("近似而合规的", "near misses"),
    "hit_near_misses": Text("其中误报", "of these found (false alarms)"),
    "settlements": Text("守规城镇的结算", "settlements of an honest town"),
    "events": Text("事件", "events"),
    "false_violations": Text("误报为明确违规", "false violations"),
    "false_suspicions": Text("误报为可疑", "false suspicions"),
    "suspicions_per_million": Text("每百万笔误报可疑", "false suspicions in a million"),
    "taken_in_ms": Text("读模型更新，毫秒", "read models brought up to date, ms"),
    "taken_in_cpu_ms": Text("其中处理器时间，毫秒", "of these processor time, ms"),
    "asked_ms": Text("全部规则，毫秒", "all rules asked, ms"),
    "asked_cpu_ms": Text("其中处理器时间，毫秒", "of these processor time, ms"),
}
_COLUMNS = [
    Column("measure", Text("项目", "measure"), "code", for_people=False),
    Column("what", Text("项目", "measure")),
    Column("value", Text("值", "value"), "int"),
]


@click.command(
    "findings",
    cls=Command,
    about=Text(
        "疑点规则：埋设的违规查出多少，守规城镇误报多少，需时多少。\n\n"
        "守规城镇由种子编造，用现行规则真实结算；其中查出的都是误报。",
        "Suspicion rules: how much planted misuse is found, how much is found in an honest town, "
        "and how long it takes.\n\n"
        "The town is made up from a seed and settled by the rules in force; whatever is found "
        "there is a false alarm.",
    ),
    examples=("gongji bench findings --settlements 500",),
)
@option(
    "--settlements",
    type=click.IntRange(min=1),
    default=20_000,
    metavar="NUMBER",
    about=Text("守规城镇的结算笔数，默认 20000", "Settlements of the town; default 20000."),
)
@option(
    "--seed",
    type=click.IntRange(min=0),
    default=1,
    metavar="NUMBER",
    about=Text("种子，默认 1", "The seed; default 1."),
)
@click.pass_obj
def findings(settings: Settings, settlements: int, seed: int) -> None:
    """Measure and show."""
    from benchmarks.findings import measure

    talk(settings, Text("埋设、结算、查找", "planting, settling, asking"))
    measured = measure(rule_book(), settlements=settlements, seed=seed)
    table = Table(
        "bench-findings",
        _COLUMNS,
        [
            {"measure": name, "what": what, "value": getattr(measured, name)}
            for name, what in _WHAT.items()
        ],
        notes=_by_rule(measured),
        more={"false_by_rule": measured.false_by_rule},
    )
    show(settings, table)


def _by_rule(measured: Measured) -> list[Text]:
    said = " ".join(f"{rule} {count:,}" for rule, count in measured.false_by_rule.items())
    return [Text(f"误报按规则：{said}", f"False alarms by rule: {said}")] if said else []
