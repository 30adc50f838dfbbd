"""`gongji bench`: the canonical workload on throw-away stores."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from cli.bench_rows import COLUMNS, SECTIONS, facts, more, rows
from cli.params import option
from cli.render import Table, show, talk
from cli.settings import Settings
from cli.texts import Group, Lazy, refuse_times
from domain.text import Text

if TYPE_CHECKING:
    from benchmarks.setting import Size

_BOTH = Text("--smoke 与 --full 只能用一个", "--smoke and --full exclude each other")
_COUNT = click.IntRange(min=1)


@click.group(
    "bench",
    cls=Group,
    invoke_without_command=True,
    lazy={
        "bulk": Lazy(
            "cli.bench_bulk:bulk", Text("批量引擎的一日", "A day through the bulk engine")
        ),
        "findings": Lazy(
            "cli.bench_findings:findings", Text("疑点规则", "How well suspicion rules find")
        ),
    },
    about=Text(
        "标准负载：结算、基线、热点、预授权、规模、重放、投影、kill -9、磁盘、内存、分段。\n\n"
        "在临时目录新建账本，逐组落盘（fsync），结束后删除。计时的项目重复数轮，给出中位数与最低、最高。"
        "数字只可与同一台机器、同样规模的数字比较；读法见 benchmarks/README.md。",
        "The canonical workload: settling, baseline, growth, kill -9, memory and more.\n\n"
        "Works on fresh stores in a temporary folder, with fsync, and removes them afterwards. "
        "What is timed is repeated and shown as the median with the lowest and the highest. "
        "Compare figures of one machine and one size only; benchmarks/README.md says how to "
        "read them.",
    ),
    examples=(
        "gongji bench --smoke",
        "gongji bench --only settling --only baseline --repeat 5",
        "gongji bench --full -O json",
    ),
)
@option(
    "--only",
    type=click.Choice(list(SECTIONS)),
    multiple=True,
    about=Text("只测这些部分，可重复", "Measure only this section; may be repeated."),
)
@option(
    "--repeat",
    type=_COUNT,
    metavar="NUMBER",
    about=Text("每项几轮，默认 3", "Runs of everything that is timed; default 3."),
)
@option(
    "--persons",
    type=click.IntRange(min=108),
    metavar="NUMBER",
    about=Text("参保人数，默认 3000", "Insured persons; default 3000."),
)
@option(
    "--settlements",
    type=_COUNT,
    metavar="NUMBER",
    about=Text("每轮结算笔数，默认 3000", "Settlements in each run; default 3000."),
)
@option(
    "--seconds",
    type=_COUNT,
    metavar="NUMBER",
    about=Text("每轮至多几秒，默认 2", "Stop each run after so many seconds; default 2."),
)
@option(
    "--grown-persons",
    type=click.IntRange(min=12),
    multiple=True,
    metavar="NUMBER",
    about=Text(
        "规模：逐一测这些人数，第一个作基准",
        "Growth: these numbers of persons, one after the other; the first is compared with.",
    ),
)
@option(
    "--grown-settlements",
    type=click.IntRange(min=0),
    metavar="NUMBER",
    about=Text("规模：另测已有这么多笔的账本", "Growth: also with so many settlements before."),
)
@option(
    "--stored",
    type=_COUNT,
    metavar="NUMBER",
    about=Text("kill -9：账本里已有几笔", "Opening: settlements in the store."),
)
@option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, writable=True, path_type=Path),
    metavar="PATH",
    about=Text(
        "在何处建临时账本（默认系统临时目录；内存盘上的落盘不作数）",
        "Where to make the stores; default the system's. On a memory disk fsync means nothing.",
    ),
)
@option(
    "--smoke",
    is_flag=True,
    about=Text("只看能否跑通，数字无意义", "Only see that it runs; its figures mean nothing."),
)
@option(
    "--full",
    is_flag=True,
    about=Text(
        "大规模：一百万人、一百万笔，需一小时左右或更久",
        "The big sizes: a million persons, a million settlements; an hour or more.",
    ),
)
@click.pass_context
def bench(
    ctx: click.Context,
    /,
    only: tuple[str, ...],
    folder: Path | None,
    smoke: bool,
    full: bool,
    **asked: int | tuple[int, ...] | None,
) -> None:
    """Measure and show."""
    if ctx.invoked_subcommand is not None:
        return
    refuse_times(ctx)
    from benchmarks.report import measure
    from benchmarks.setting import Setting
    from policies import loader

    settings: Settings = ctx.obj
    if smoke and full:
        raise click.UsageError(_BOTH.say(settings.lang))
    size = _size(smoke=smoke, full=full, **asked)
    with TemporaryDirectory(prefix="gongji-bench-", dir=folder) as place:
        setting = Setting(Path(place), loader.load(), lambda says: talk(settings, says))
        report = measure(size, setting, only=only)
    table = Table("bench", COLUMNS, list(rows(report)), facts=facts(report), more=more(report))
    show(settings, table)


def _size(*, smoke: bool, full: bool, **asked: int | tuple[int, ...] | None) -> Size:
    from benchmarks.setting import FULL, SMOKE, Size

    size = SMOKE if smoke else FULL if full else Size()
    given = {name: value for name, value in asked.items() if value not in {None, ()}}
    return size._replace(**given)  # type: ignore[arg-type]  # click has checked each by its option
