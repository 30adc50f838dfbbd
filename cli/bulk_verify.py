"""`gongji simulate verify`: the auditor's check of a bulk log."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter_ns
from typing import TYPE_CHECKING

import click

from cli.errors import FOUND, failure
from cli.extras import needs
from cli.params import argument, option
from cli.progress import COMPILING, progress
from cli.render import Column, Table, show, talk
from cli.session import rule_book
from cli.texts import Command
from domain.ids import RegionCode
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.settings import Settings
    from simulation.bulk.audit.audit_report import Finding, Report
    from simulation.bulk.audit.verifying import How

MOST = 20
"""So many findings of one check are shown to people; data has all of them."""

_DOING = Text("核验日志", "verifying the log")
_OTHER_RULES = Text(
    "日志不是按手头的规则裁定的，无法重新裁定",
    "the log was not decided by the rules at hand, so it cannot be decided again",
)
_OTHER_REMEDY = Text(
    "使用写日志时的规则库，或去掉 --redecide",
    "use the rules that the log was written with, or leave --redecide out",
)


@click.command(
    "verify",
    cls=Command,
    about=Text(
        "核验批量日志：文件与链值、件数与合计、逐笔余额、从不为负、退款原路退回、期末状态。\n\n"
        "各账户是否在限额之内，只有 --redecide 能证明：按日志所记的规则把每一行重新裁定一遍。"
        "没有核验的项目会逐项列出。通过退出码为 0，有发现为 1，无法核验为 2。",
        "Verify a bulk log: files and chain, counts and sums, every balance, never below zero, "
        "refunds the way they came, the closing state.\n\n"
        "Whether every account stayed within its limits is shown by --redecide alone, which "
        "decides every row again by the rules that the log names. What was not checked is listed. "
        "Exit code 0 if all is well, 1 if something was found, 2 if it cannot run.",
    ),
    examples=(
        "gongji simulate verify run --state people",
        "gongji simulate verify run --state people --redecide -O json",
    ),
)
@argument(
    "log",
    metavar="LOG",
    type=click.Path(path_type=Path, file_okay=False),
    about=Text("日志目录", "Folder of the log."),
)
@option(
    "--state",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    metavar="FOLDER",
    about=Text("日志的期初状态", "Folder of the state that the log began with."),
)
@option(
    "--redecide",
    is_flag=True,
    about=Text("按当时规则重新裁定每一行", "Decide every row again under its rules."),
)
@option(
    "--head",
    default="",
    metavar="HASH",
    about=Text("另处留存的末行链值", "Head of the chain, where it was noted elsewhere."),
)
@option(
    "--no-sm3",
    is_flag=True,
    about=Text("不核对 SM3，只核对 SHA-256", "Leave SM3 out; SHA-256 is checked all the same."),
)
@click.pass_context
def verify(
    ctx: click.Context, /, log: Path, state: Path, *, redecide: bool, head: str, no_sm3: bool
) -> None:
    """Verify a log."""
    settings: Settings = ctx.obj
    with needs(settings, "bulk"):
        from simulation.bulk.audit import verifying
        from simulation.bulk.compile_watch import compiling
        from simulation.bulk.states.state_files import load

    opening = load(state, mmap=True)
    how = _how(settings, log, redecide=redecide, regions=opening.regions)
    how = how._replace(head=head, sm3=not no_sm3)
    begun = perf_counter_ns()
    with (
        progress(settings, _DOING) as tell,
        compiling(lambda: talk(settings, COMPILING)) as took,
    ):
        report = verifying.verify(log, opening=opening, how=how, tell=tell)
    milliseconds = max((perf_counter_ns() - begun) // 1_000_000 - took(), 0)
    show(settings, _table(settings, report, milliseconds=milliseconds))
    ctx.exit(0 if report.is_clean else FOUND)


def _how(settings: Settings, log: Path, *, redecide: bool, regions: tuple[str, ...]) -> How:
    """Lay out what to check, and by which rules.

    Raises:
        Failure: every row is to be decided again, and the rules are not those of the log.
        FileNotFoundError: the log has no manifest.
    """
    from simulation.bulk.audit.verifying import How
    from simulation.bulk.log import manifest
    from simulation.bulk.rules import rule_table

    table = rule_table(rule_book(), regions=map(RegionCode, regions))
    if not redecide:
        return How(table=table)
    begin = manifest.read(log).begin
    if begin is not None and begin.rules != table.digest:
        code = "other_rules"
        remedy = _OTHER_REMEDY.say(settings.lang)
        raise failure(code, _OTHER_RULES.say(settings.lang), remedy=remedy)
    from simulation.bulk.deciding import compiled

    return How(table=table, decide=compiled())


# ------------------------------------------------------------------------------------------ showing

_COLUMNS = [
    Column("check", Text("检查", "check")),
    Column("verdict", Text("结论", "verdict")),
    Column("things", Text("核验数", "checked"), "int"),
    Column("holds", Text("应当成立", "what must hold")),
    Column("file", Text("文件", "file")),
    Column("seq", Text("行号", "row"), "int"),
    Column("claim", Text("费用单", "claim"), "int"),
    Column("says", Text("发现", "finding"), if_any=True),
    Column("expected", Text("应为", "expected")),
    Column("found", Text("实为", "found")),
    Column("times", Text("次数", "times"), "int"),
]
_PLACE = {"file", "seq", "claim", "expected", "found", "times"}
_OK = Text("通过", "ok")
_FOUND = Text("有误", "found")
_UNHELD = Text("未核验", "not checked")
_LEFT_OUT = Text("未核验 {check}：{why}", "not checked: {check}, {why}")
_MORE = Text(
    "……另有 {count:,} 处，用 -O csv 列出全部", "… and {count:,} more; -O csv gives all of them"
)


def _table(settings: Settings, report: Report, *, milliseconds: int) -> Table:
    found = sum(finding.times for finding in report.findings)
    rate = report.events * 1000 // max(milliseconds, 1)
    left_out = bool(report.findings) or not settings.for_people
    columns = [column for column in _COLUMNS if left_out or column.key not in _PLACE]
    return Table(
        "bulk-verify",
        columns,
        list(_rows(settings, report)),
        facts=[
            Text(f"{len(report.held)} 项检查", f"{len(report.held)} checks"),
            Text(f"{found:,} 处发现", f"{found:,} findings"),
            Text(f"{len(report.unheld)} 项未核验", f"{len(report.unheld)} not checked"),
            Text(f"{report.events:,} 个事件", f"{report.events:,} events"),
            Text(f"每秒 {rate:,} 个", f"{rate:,} a second"),
        ],
        notes=[
            Text(
                _LEFT_OUT.say("zh", check=check, why=why.zh),
                _LEFT_OUT.say("en", check=check, why=why.en),
            )
            for check, _, why in report.unheld
        ],
        more={
            "checks": len(report.held),
            "findings": found,
            "not_checked": len(report.unheld),
            "events": report.events,
            "events_per_second": rate,
            "head": report.head,
        },
    )


def _rows(settings: Settings, report: Report) -> Iterator[dict[str, object]]:
    """Give what was held with what it found, then what was not."""
    verdicts = (_OK, _FOUND, _UNHELD) if settings.for_people else ("ok", "found", "not_checked")
    ok, wrong, unheld = verdicts
    looked = {held.check: held for held in report.held}
    names = dict.fromkeys([*looked, *(finding.check for finding in report.findings)])
    for name in names:
        found = [finding for finding in report.findings if finding.check == name]
        head: dict[str, object] = {"check": name, "verdict": wrong if found else ok}
        if name in looked:
            head |= {"things": looked[name].things, "holds": looked[name].holds}
        yield from _findings(settings, head, found)
    for check, holds, why in report.unheld:
        row: dict[str, object] = {"check": check, "verdict": unheld, "holds": holds}
        yield row if settings.for_people else row | {"says": why}


def _findings(
    settings: Settings, head: dict[str, object], found: list[Finding]
) -> Iterator[dict[str, object]]:
    """Give one check's row, or a row for each finding of it."""
    if not found:
        yield head
    shown = found[:MOST] if settings.for_people else found
    for place, finding in enumerate(shown):
        row = finding._asdict()
        for name in ("seq", "claim"):
            if row[name] < 0:
                del row[name]
        del row["check"]
        yield (head | row) if place == 0 or not settings.for_people else row
    if len(found) > len(shown):
        yield {"says": _MORE.say(settings.lang, count=len(found) - len(shown))}
