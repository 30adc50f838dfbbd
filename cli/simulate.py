"""`gongji simulate`: scenarios held against their expectations, populations, random histories."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.bulk import bulk
from cli.bulk_load import load
from cli.bulk_verify import verify
from cli.compare import compare
from cli.errors import CANNOT_RUN, FOUND, failure
from cli.params import argument, option
from cli.population import population
from cli.progress import progress
from cli.render import Column, Table, console, show
from cli.session import rule_book, shipped
from cli.texts import group
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cli.settings import Settings
    from ledger.store import Store
    from simulation.scenario_report import Report

simulate = group(
    "simulate",
    about=Text(
        "模拟：人群的批量结算与核验，比较规则，运行情景并核对预期，或生成随机的历史。"
        "全为虚构，不是预测。",
        "Settle and verify whole populations, compare rules, run scenarios against their "
        "expectations, or make up a random history. All of it is invented; nothing is a forecast.",
    ),
    examples=(
        "gongji simulate population --persons 100000 --seed 1 --claims 100000 --out people",
        "gongji simulate bulk people/claims.parquet --state people --out run",
        "gongji simulate verify run --state people --redecide",
        "gongji simulate run",
    ),
)

simulate.add_command(population)
simulate.add_command(bulk)
simulate.add_command(verify)
simulate.add_command(load)
simulate.add_command(compare)

_KEEP = option(
    "--keep",
    is_flag=True,
    about=Text(
        "把历史留在 --store 的账本中，默认用完即弃",
        "Keep the history in the store of --store; by default it is thrown away.",
    ),
)
_COLUMNS = [
    Column("scenario", Text("文件", "file")),
    Column("title", Text("情景", "scenario")),
    Column("checked", Text("核对项", "compared"), "int"),
    Column("differs", Text("不符", "differ"), "int"),
    Column("outcome", Text("结果", "outcome"), "code", "Outcome"),
    Column("differences", Text("不符之处", "differences"), "data", for_people=False),
    Column("problems", Text("文件问题", "problems"), "data", for_people=False),
]


@simulate.command(
    "run",
    about=Text(
        "运行情景文件（或目录下全部情景）；自带的情景写文件名即可，不给路径则运行全部。\n\n"
        "只给一个文件时逐步显示经过。有不符时退出码为 1，文件有误时为 2。",
        "Run scenario files, or all in a folder; of those that are shipped the name is enough, "
        "and without a path all of them run.\n\n"
        "A single file is shown step by step. Exit code 1: something differs; 2: a file is wrong.",
    ),
    examples=("gongji simulate run", "gongji simulate run hubei-last-bound-first.yaml"),
)
@argument(
    "paths",
    nargs=-1,
    required=False,
    metavar="SCENARIO",
    about=Text("情景文件或目录", "Scenario files or folders."),
)
@_KEEP
@click.pass_context
def run(ctx: click.Context, *, paths: tuple[str, ...], keep: bool) -> None:
    """Run scenarios."""
    from simulation.scenario import run_file

    settings: Settings = ctx.obj
    files = _files(settings, paths)
    book = rule_book()
    reports: list[Report] = []
    doing = Text("运行情景", "running scenarios")
    with _kept(settings, keep=keep) as store, progress(settings, doing) as tell:
        for file in files:
            reports.append(run_file(file, book, store=store))
            tell(len(reports), len(files))
    if settings.for_people:
        _show_people(settings, reports)
    show(settings, _as_table(settings, reports))
    if any(report.problems for report in reports):
        ctx.exit(CANNOT_RUN)
    ctx.exit(0 if all(report.passed for report in reports) else FOUND)


def _files(settings: Settings, paths: Sequence[str]) -> list[Path]:
    """Give the scenario files that are named, or the shipped ones."""
    from simulation.scenario_file import SHIPPED

    named = [shipped(path, SHIPPED.name) for path in paths]
    files: list[Path] = []
    for path in named or [SHIPPED]:
        files += sorted(path.rglob("*.yaml")) if path.is_dir() else [path]
    if not files:
        says = Text("没有情景文件：{0}", "No scenario files: {0}")
        code = "no_scenarios"
        raise failure(code, says.say(settings.lang).format(" ".join(paths)))
    return files


@contextmanager
def _kept(settings: Settings, *, keep: bool) -> Iterator[Store | None]:
    """Give the store in which the history stays, or None where it is thrown away."""
    if not keep:
        yield None
        return
    from ledger.store import open_writer

    with open_writer(settings.store) as store:
        yield store


def _show_people(settings: Settings, reports: Sequence[Report]) -> None:
    """Show what happened where there is one scenario, and everything that differs."""
    out = console(settings)
    lang = settings.lang
    for report in reports:
        if len(reports) == 1:
            out.print(report.title.say(lang), style="bold")
            for happening in report.happened:
                out.print(f"{happening.line:>4}  {happening.says.say(lang)}")
                for detail in happening.details:
                    out.print(f"      {detail.say(lang)}", style="dim")
        for problem in report.problems:
            out.print(problem.says(lang), style="red")
        for difference in report.differences:
            out.print(difference.says(lang), style="red")


def _as_table(settings: Settings, reports: Sequence[Report]) -> Table:
    rows = [
        {
            "scenario": Path(report.path).name if settings.for_people else report.path,
            "title": report.title,
            "checked": report.checked,
            "differs": len(report.differences),
            "outcome": _outcome(report),
            "differences": [
                {
                    "file": each.path,
                    "line": each.line,
                    "what": each.what,
                    "expected": each.expected,
                    "got": each.got,
                }
                for each in report.differences
            ],
            "problems": [problem.says(settings.lang) for problem in report.problems],
        }
        for report in reports
    ]
    passed = sum(report.passed for report in reports)
    facts = Text(
        f"{len(reports)} 个情景，{passed} 个通过", f"{passed} of {len(reports)} scenarios passed"
    )
    totals = {
        "checked": sum(report.checked for report in reports),
        "differs": sum(len(report.differences) for report in reports),
    }
    return Table("scenarios", _COLUMNS, rows, totals=totals, facts=[facts])


def _outcome(report: Report) -> str:
    return "not_run" if report.problems else "passed" if report.passed else "differs"


_COUNTS = [
    Column("operation", Text("操作", "operation")),
    Column("accepted", Text("办理", "accepted"), "int"),
    Column("repeated", Text("重发", "repeated"), "int"),
    Column("refused", Text("拒绝", "refused"), "int"),
    Column("refusals", Text("拒绝原因", "refusals"), "data", for_people=False),
]


@simulate.command(
    "random",
    about=Text(
        "按种子生成一段随机历史：同一种子，字节相同。",
        "Make up a random history from a seed: the same seed gives the same bytes.",
    ),
    examples=("gongji simulate random --seed 7 --operations 300",),
)
@option(
    "--seed", type=int, default=1, metavar="NUMBER", about=Text("种子，默认 1", "Seed; default 1.")
)
@option(
    "--operations",
    type=click.IntRange(1, 1_000_000),
    default=300,
    metavar="NUMBER",
    about=Text("操作数，默认 300", "How many operations; default 300."),
)
@_KEEP
@click.pass_obj
def random(settings: Settings, *, seed: int, operations: int, keep: bool) -> None:
    """Make up a random history."""
    from ledger.application import Application
    from ledger.store import memory
    from simulation.random_history import Summary, play

    summary = Summary(seed)
    doing = Text("随机历史", "random history")
    with (
        _kept(settings, keep=keep) as kept,
        kept or memory() as store,
        Application(store, rule_book()) as application,
        progress(settings, doing) as tell,
    ):
        for played in play(application, seed=seed, operations=operations):
            summary.count(played)
            tell(played.number, operations)
        position = store.recorder.last_position
    table = Table(
        "random-history",
        _COUNTS,
        rows := _counts(summary.outcomes),
        totals={
            key: sum(int(str(row[key])) for row in rows)
            for key in ("accepted", "repeated", "refused")
        },
        facts=[Text(f"种子 {seed}", f"seed {seed}"), _INVENTED],
        position=position,
        more={"seed": seed, "operations": operations},
    )
    show(settings, table)


_INVENTED = Text("虚构数据，不是预测", "invented data, not a forecast")


def _counts(outcomes: Counter[tuple[str, str]]) -> list[dict[str, object]]:
    """Give one row for each operation, in order of name."""
    rows: list[dict[str, object]] = []
    for operation in sorted({name for name, _ in outcomes}):
        mine = {outcome: n for (name, outcome), n in outcomes.items() if name == operation}
        accepted, repeated = mine.pop("accepted", 0), mine.pop("repeated", 0)
        rows.append(
            {
                "operation": operation,
                "accepted": accepted,
                "repeated": repeated,
                "refused": sum(mine.values()),
                "refusals": dict(sorted(mine.items())),
            }
        )
    return rows
