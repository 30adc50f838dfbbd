"""`gongji bench`: the canonical workload on a throw-away store."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from cli.params import option
from cli.render import Column, Table, show, talk
from cli.settings import Settings
from cli.texts import Command
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.canonical import Report
    from benchmarks.clients import Run
    from benchmarks.setting import Size

BASELINE = Text("为基线的倍数", "times baseline")

COLUMNS = (
    Column("measure", Text("项目", "measure"), "code", for_people=False),
    Column("what", Text("项目", "measure")),
    Column("clients", Text("等待的客户端", "clients waiting"), "int"),
    Column("count", Text("数量", "count"), "int"),
    Column("per_second", Text("每秒", "a second"), "int"),
    Column("p50_us", Text("中位延迟 µs", "p50 µs"), "int"),
    Column("p99_us", Text("99% 延迟 µs", "p99 µs"), "int"),
    Column("conflicts", Text("冲突重做", "conflicts"), "int"),
    Column("times_baseline_hundredths", BASELINE, "int", for_people=False),
    Column("times_baseline", BASELINE, in_data=False),
    Column("bytes_each", Text("每笔字节", "bytes each"), "int"),
)

_WHAT = {
    "settle": Text("结算（落盘后答复）", "settlements, durable when answered"),
    "baseline": Text("基线：原样的 eventsourcing 库", "baseline: the stock eventsourcing library"),
    "replay": Text("重放：折叠的事件", "replay: events folded"),
    "project": Text("投影：写入全部读模型的事件", "projection: events into every read model"),
    "store": Text("账本大小：每笔结算", "store size, each settlement"),
}


@click.command(
    "bench",
    cls=Command,
    about=Text(
        "标准负载：结算吞吐与延迟、基线、重放、投影、账本大小。\n\n"
        "在临时目录新建账本，逐组落盘（fsync），结束后删除。数字只可与同一台机器、同样规模的数字比较；"
        "读法见 benchmarks/README.md。",
        "The canonical workload: settlements, latency, baseline, replay, projection, size.\n\n"
        "Works on a fresh store in a temporary folder, with fsync, and removes it afterwards. "
        "Compare figures of one machine and one size only; benchmarks/README.md says how to "
        "read them.",
    ),
    examples=("gongji bench --smoke", "gongji bench --settlements 20000 -O json"),
)
@option(
    "--persons",
    type=click.IntRange(min=12),
    metavar="NUMBER",
    about=Text("参保人数，默认 3000", "Insured persons; default 3000."),
)
@option(
    "--settlements",
    type=click.IntRange(min=1),
    metavar="NUMBER",
    about=Text("每轮结算笔数，默认 10000", "Settlements in each run; default 10000."),
)
@option(
    "--seconds",
    type=click.IntRange(min=1),
    metavar="NUMBER",
    about=Text("每轮至多几秒", "Stop each run after so many seconds."),
)
@option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, writable=True, path_type=Path),
    metavar="PATH",
    about=Text(
        "在何处建临时账本（默认系统临时目录；内存盘上的落盘不作数）",
        "Where to make the store; default the system's. On a memory disk fsync means nothing.",
    ),
)
@option(
    "--smoke",
    is_flag=True,
    about=Text("只看能否跑通，数字无意义", "Only see that it runs; its figures mean nothing."),
)
@click.pass_obj
def bench(
    settings: Settings,
    persons: int | None,
    settlements: int | None,
    seconds: int | None,
    folder: Path | None,
    smoke: bool,
) -> None:
    """Measure and show."""
    from benchmarks.canonical import measure
    from benchmarks.setting import SMOKE, Setting, Size
    from policies import loader

    size = SMOKE if smoke else Size()
    asked = {"persons": persons, "settlements": settlements, "seconds": seconds}
    size = size._replace(**{name: value for name, value in asked.items() if value is not None})
    with TemporaryDirectory(prefix="gongji-bench-", dir=folder) as place:
        report = measure(
            size,
            Setting(Path(place), loader.load(), lambda says: talk(settings, says)),
        )
    show(
        settings,
        Table("bench", COLUMNS, list(_rows(report)), facts=_facts(size), more=_more(report)),
    )


def _rows(report: Report) -> Iterator[dict[str, object]]:
    yield from _settled(report)
    yield from _compared(report)
    yield from _read(report)


def _settled(report: Report) -> Iterator[dict[str, object]]:
    for run in report.runs:
        times = report.times_baseline_hundredths(run)
        said = {
            "times_baseline_hundredths": times,
            "times_baseline": f"{times // 100}.{times % 100 // 10}×",
        }
        yield _row("settle") | _of_run(run) | said


def _compared(report: Report) -> Iterator[dict[str, object]]:
    for run, conflicts in report.baseline.attempts:
        yield _row("baseline", conflicts=conflicts) | _of_run(run)


def _read(report: Report) -> Iterator[dict[str, object]]:
    yield _row("replay", count=report.replay.events, per_second=report.replay.per_second)
    yield _row("project", count=report.projection.events, per_second=report.projection.per_second)
    yield _row(
        "store",
        count=sum(run.settlements for run in report.runs),
        bytes_each=report.bytes_a_settlement,
    )


def _of_run(run: Run) -> dict[str, object]:
    return {
        "clients": run.clients,
        "count": run.settlements,
        "per_second": run.per_second,
        "p50_us": run.percentile_us(50),
        "p99_us": run.percentile_us(99),
    }


def _row(measure: str, **figures: int) -> dict[str, object]:
    return {"measure": measure, "what": _WHAT[measure], **figures}


def _facts(size: Size) -> list[Text]:
    from platform import python_implementation, python_version

    python = f"{python_implementation()} {python_version()}"
    return [
        Text(f"参保人 {size.persons:,}", f"{size.persons:,} persons"),
        Text(f"每轮 {size.settlements:,} 笔", f"{size.settlements:,} settlements a run"),
        Text(python, python),
    ]


def _more(report: Report) -> dict[str, object]:
    from importlib.metadata import version

    size = report.size
    return {
        "persons": size.persons,
        "settlements": size.settlements,
        "seconds": size.seconds,
        "events_a_settlement_hundredths": report.events_a_settlement_hundredths,
        "baseline_library": f"eventsourcing {version('eventsourcing')}",
        "baseline_synchronous": report.baseline.synchronous,
    }
