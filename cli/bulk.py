"""`gongji simulate bulk`: millions of claims at once, into a log that goes on where it stopped."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter_ns
from typing import TYPE_CHECKING, NamedTuple

import click

from cli.bulk_table import as_table
from cli.errors import FOUND, INTERRUPTED, Failure, Trouble
from cli.extras import needs
from cli.params import argument, option
from cli.progress import COMPILING, progress
from cli.render import show, talk
from cli.session import rule_book
from cli.texts import Command
from domain.ids import RegionCode
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.settings import Settings
    from simulation.bulk.deciding import Decide
    from simulation.bulk.log.summing import Summary
    from simulation.bulk.run.job import Job
    from simulation.bulk.run.running import Written

_SEGMENT = 1 << 20  # as simulation.bulk.run.job.SEGMENT, which needs numpy
_MOST = 1 << 24

_DECIDING = Text("批量结算", "settling")
_GO_ON = Text(
    "再次运行同一命令，即从日志的最后一段之后继续",
    "run the same command again: it goes on behind the last segment of the log",
)
_INTERRUPTED = Text("已中断；已写入的各段完好", "Interrupted; the segments written so far hold")
_ONE_ENGINE = Text(
    "--processes 与 --cluster 只能用一个", "--processes and --cluster exclude each other"
)
_REJECTED = Text(
    "有无法结算的行：{faults:,} 处错误，逐处列于 {path}",
    "some rows could not be settled: {faults:,} faults, listed in {path}",
)


@click.command(
    "bulk",
    cls=Command,
    about=Text(
        "用批量引擎结算一个费用文件（CSV 或 Parquet），结果写成可核验的日志。\n\n"
        "每段写完即落盘，写在清单中才算数。中断后再次运行同一命令，从中断处继续，"
        "结果与未中断时逐字节相同；对已完成的日志给出下一日的费用文件，则续在其后。"
        "规则、期初状态或费用文件与日志不符时不作任何更改。"
        "有无法结算的行时退出码为 1，无法运行时为 2。首次使用须编译约半分钟。",
        "Settle a file of claims (CSV or Parquet) with the bulk engine, and write a log that can "
        "be verified.\n\n"
        "Every segment is on disk before the manifest names it. After an interruption the same "
        "command goes on from there, and the result is the same to the byte; with the claims of "
        "the next day a finished log is added to. Where rules, opening state or claims are not "
        "those of the log nothing is changed. Exit code 1: rows could not be settled; "
        "2: it cannot run. The first time it compiles for half a minute.",
    ),
    examples=(
        "gongji simulate bulk claims.parquet --state people --out run",
        "gongji simulate bulk people/claims.csv --state people --out run --merkle -O json",
    ),
)
@argument(
    "claims",
    metavar="CLAIMS",
    type=click.Path(path_type=Path, dir_okay=False),
    about=Text("费用文件", "The file of claims."),
)
@option(
    "--state",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    metavar="FOLDER",
    about=Text("期初状态的目录，不会被更改", "Folder of the opening state; it is not changed."),
)
@option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    metavar="FOLDER",
    about=Text("日志目录：新的，或要续的", "Folder of the log: a new one, or one to go on with."),
)
@option(
    "--merkle",
    is_flag=True,
    about=Text(
        "每段另记 Merkle 根，可单独证明一笔（仅对新日志）",
        "Also note a Merkle root a segment, to prove single claims by; for a new log only.",
    ),
)
@option(
    "--segment",
    type=click.IntRange(1, _MOST),
    default=_SEGMENT,
    metavar="ROWS",
    about=Text(f"每段至多几行，默认 {_SEGMENT:,}", f"Rows of a segment; default {_SEGMENT:,}."),
)
@option(
    "--snapshot",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    about=Text(
        "另将期末状态写入此目录，可作下一日志的期初",
        "Also write the closing state to this folder; another log may begin on it.",
    ),
)
@option(
    "--processes",
    type=click.IntRange(1, 256),
    metavar="NUMBER",
    about=Text(
        "由几个进程裁定，默认本进程；结果相同",
        "Decide in so many processes instead of this one; the result is the same.",
    ),
)
@option(
    "--cluster",
    metavar="ADDRESS",
    about=Text(
        "由 Ray 集群裁定：auto、host:port 或 ray://host:port；结果相同",
        "Decide on a Ray cluster (auto, host:port or ray://host:port); the result is the same.",
    ),
)
@click.pass_context
def bulk(ctx: click.Context, /, **given: object) -> None:
    """Settle a file of claims."""
    settings: Settings = ctx.obj
    asked = _Asked(**given)  # type: ignore[arg-type]  # click hands over what its types say
    if asked.processes is not None and asked.cluster is not None:
        raise click.UsageError(_ONE_ENGINE.say(settings.lang))
    with needs(settings, "bulk"):
        import numba  # noqa: F401  # here, so that a missing one is said before anything is read
        import numpy  # noqa: F401, ICN001  # as above
        import pyarrow  # noqa: F401, ICN001  # as above
    if asked.cluster is not None:
        with needs(settings, "cluster"):
            import ray  # noqa: F401  # as above
    from simulation.bulk.compile_watch import compiling

    with (
        progress(settings, _DECIDING) as tell,
        compiling(lambda: talk(settings, COMPILING)) as took,
    ):
        ran = _run(settings, asked, tell=tell)
    rejected = ran.written.closing.rejected
    milliseconds = max(ran.milliseconds - took(), 0)
    show(settings, as_table(ran.written, ran.summary, milliseconds=milliseconds))
    if rejected:
        talk(settings, _REJECTED, faults=sum(rejected.values()), path=asked.rejects)
        ctx.exit(FOUND)


class _Asked(NamedTuple):
    """What was asked for."""

    claims: Path
    state: Path
    out: Path
    merkle: bool
    segment: int
    snapshot: Path | None
    processes: int | None
    cluster: str | None

    @property
    def rejects(self) -> Path:
        """Give where rows are listed that cannot be settled."""
        return self.out / f"{self.claims.name}.rejects.csv"


class _Ran(NamedTuple):
    """A finished run."""

    written: Written
    summary: Summary
    milliseconds: int


def _run(settings: Settings, asked: _Asked, *, tell: Callable[[int, int], None]) -> _Ran:
    """Run, or go on, until the log is closed on these claims."""
    from simulation.bulk.cluster.engines import engine_of
    from simulation.bulk.log.summing import summary
    from simulation.bulk.run.running import run
    from simulation.bulk.states.state_files import save

    try:
        with engine_of(asked.processes or 1, cluster=asked.cluster) as decide:
            job = _job(asked, decide)
            begun = perf_counter_ns()
            written = run(job, asked.out, merkle=asked.merkle, tell=tell)
    except KeyboardInterrupt:
        trouble = Trouble(
            "interrupted", _INTERRUPTED.say(settings.lang), remedy=_GO_ON.say(settings.lang)
        )
        raise Failure(trouble, exit_code=INTERRUPTED) from None
    milliseconds = (perf_counter_ns() - begun) // 1_000_000
    if asked.snapshot is not None:
        made = {"log": written.head, "closing": written.closing.number}
        save(written.state, asked.snapshot, regions=job.opening.regions, made=made)
    lines = [line for line in written.segments if line.claims == job.claims.digest]
    return _Ran(written, summary(asked.out, lines), milliseconds)


def _job(asked: _Asked, decide: Decide) -> Job:
    """Read everything that a run needs, but the claims, which are only looked over."""
    from simulation.bulk.reading.claims_file import open_claims
    from simulation.bulk.rules import rule_table
    from simulation.bulk.run.job import Job
    from simulation.bulk.states.state_files import load

    opening = load(asked.state, check=True)
    claims = open_claims(
        asked.claims,
        persons=len(opening.state.home),
        regions=opening.regions,
        rejects=asked.rejects,
    )
    table = rule_table(rule_book(), regions=map(RegionCode, opening.regions))
    return Job(claims, opening, table, decide, package=_version(), size=asked.segment)


def _version() -> str:
    """Give the version of this package; nothing if it runs without having been installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("gongji")
    except PackageNotFoundError:
        return ""
