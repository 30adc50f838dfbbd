"""`gongji bench bulk`: a population's day through the bulk engine."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from cli.extras import needs
from cli.params import option
from cli.render import Column, Table, show, talk
from cli.session import rule_book
from cli.texts import Command
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.bulk import Bulk, Settled
    from benchmarks.figures import Spread
    from cli.settings import Settings

_COUNT = click.IntRange(min=1)
_COLUMNS = (
    Column("measure", Text("项目", "measure"), "code", for_people=False),
    Column("what", Text("项目", "measure")),
    Column("median", Text("中位数", "median"), "int"),
    Column("low", Text("最低", "lowest"), "int"),
    Column("high", Text("最高", "highest"), "int"),
    Column("unit", Text("单位", "unit"), "code", for_people=False),
    Column("unit_words", Text("单位", "unit"), in_data=False),
)
_WHAT = {
    "settled": Text("结算并落盘", "settled, durable and chained"),
    "closed": Text("连同期末差异与状态摘要", "with the closing difference and state digest"),
    "merkle": Text("另计每事件默克尔叶", "with a Merkle leaf for each event"),
    "replayed": Text("核验：摘要、链、余额、冲正", "verified: hashes, chain, balances, mirrors"),
    "redecided": Text("核验并按规则重新裁定", "verified, and every row decided again"),
    "kernel": Text("仅内核（编译）", "the kernel alone, compiled"),
    "plain": Text("仅内核（解释执行）", "the kernel alone, interpreted"),
    "ratio": Text("编译与解释之比", "compiled against interpreted"),
    "log": Text("日志", "the log"),
    "state": Text("期初状态", "the opening state"),
    "memory": Text("内存峰值，至结算完毕", "memory at most, until settled"),
    "audit_memory": Text("内存峰值，至重新裁定完毕", "memory at most, until decided again"),
    "people": Text("编造人口", "making up the population"),
    "claims": Text("编造费用单", "making up the claims"),
    "compiling": Text("首次编译", "compiling, the first time"),
    "cycle": Text("全程一遍", "everything once"),
}
_UNITS = {
    "ms": Text("毫秒", "ms"),
    "bills_per_second": Text("笔/秒", "settlements/s"),
    "events_per_second": Text("事件/秒", "events/s"),
    "rows_per_second": Text("行/秒", "rows/s"),
    "hundredths": Text("倍 ×100", "times, ×100"),
    "centibytes_per_event": Text("字节/事件 ×100", "B/event, ×100"),
    "millibytes_per_person": Text("字节/人 ×1000", "B/person, ×1,000"),
    "mebibytes": Text("MiB", "MiB"),
}


@click.command(
    "bulk",
    cls=Command,
    about=Text(
        "批量引擎：编造人口与一日费用，结算、落盘、核验、重新裁定。\n\n"
        "默认一百万人、一百万笔；--nation 为全国一日：3.8 亿个账户、2800 万笔，约需 22 GB 内存、"
        "30 GB 磁盘与十余分钟。编译另计，每次从空缓存开始。",
        "The bulk engine: a population and its claims of one day, settled, written, verified, "
        "decided again.\n\n"
        "A million persons and bills by default; --nation is a nation's day: 380 million accounts "
        "and 28 million bills, for which it needs 22 GB of memory, 30 GB of disk and a quarter of "
        "an hour. Compiling has a row of its own and begins with an empty cache each time.",
    ),
    examples=("gongji bench bulk", "gongji bench bulk --nation --repeat 3 -O json"),
)
@option(
    "--persons",
    type=_COUNT,
    metavar="NUMBER",
    about=Text("人数，默认一百万", "Persons; default a million."),
)
@option(
    "--claims",
    "bills",
    type=_COUNT,
    metavar="NUMBER",
    about=Text("费用单数，默认一百万", "Bills; default a million."),
)
@option(
    "--repeat",
    type=_COUNT,
    metavar="NUMBER",
    about=Text("每项几轮，默认 5", "Runs of everything that is timed; default 5."),
)
@option(
    "--nation",
    is_flag=True,
    about=Text("全国一日：3.8 亿账户、2800 万笔", "A nation's day: 380 million accounts."),
)
@option(
    "--smoke",
    is_flag=True,
    about=Text("只看能否跑通，数字无意义", "Only see that it runs; its figures mean nothing."),
)
@option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, writable=True, path_type=Path),
    metavar="PATH",
    about=Text("在何处建临时文件", "Where to make the files; default the system's."),
)
@click.pass_obj
def bulk(
    settings: Settings,
    /,
    nation: bool,
    smoke: bool,
    folder: Path | None,
    **asked: int | None,
) -> None:
    """Measure and show."""
    with TemporaryDirectory(prefix="gongji-bench-", dir=folder) as place:
        if not smoke:
            os.environ["XDG_CACHE_HOME"] = place  # so that compiling is measured, too
        with needs(settings, "bulk"):
            from benchmarks import bulk as bench
        from benchmarks.setting import Setting

        size = bench.SMOKE if smoke else bench.NATION if nation else bench.BulkSize()
        given: dict[str, Any] = {name: each for name, each in asked.items() if each is not None}
        setting = Setting(Path(place), rule_book(), lambda says: talk(settings, says))
        found = bench.measure(size._replace(**given), setting)
    table = Table("bench_bulk", _COLUMNS, list(_rows(found)), facts=_facts(found))
    show(settings, table)


def _facts(found: Bulk) -> list[Text]:
    """Give what stands below the table: how much was done, and by which Python."""
    from platform import python_implementation, python_version

    python = f"{python_implementation()} {python_version()}, {os.cpu_count()}"
    return [
        Text(f"{found.persons:,} 人", f"{found.persons:,} persons"),
        Text(f"{found.accounts:,} 个账户", f"{found.accounts:,} accounts"),
        Text(f"{found.rows:,} 行费用", f"{found.rows:,} rows of claims"),
        Text(f"{python} 核", f"{python} cores"),
    ]


def _rows(found: Bulk) -> Iterator[dict[str, object]]:
    """Give one figure a row."""
    from benchmarks.figures import spread

    yield from _of_runs("settled", found.runs)
    yield _row("closed", spread(_ms(each.closed_ns) for each in found.runs), "ms")
    yield from _of_runs("merkle", found.with_merkle)
    yield _row("replayed", found.replayed, "events_per_second")
    yield _row("redecided", found.redecided, "events_per_second")
    yield _row("kernel", found.kernel, "rows_per_second")
    yield _single("plain", found.plain, "rows_per_second")
    yield _single("ratio", found.kernel.median * 100 // max(found.plain, 1), "hundredths")
    last = found.runs[-1]
    yield _single("log", last.bytes * 100 // max(last.events, 1), "centibytes_per_event")
    yield _single("state", found.state_bytes, "millibytes_per_person")
    yield _single("memory", found.peak_bytes >> 20, "mebibytes")
    yield _single("audit_memory", found.audit_peak_bytes >> 20, "mebibytes")
    yield _single("people", _ms(found.peopled_ns), "ms")
    yield _single("claims", _ms(found.claimed_ns), "ms")
    yield _single("compiling", _ms(found.compiled_ns), "ms")
    yield _single("cycle", _ms(found.cycle_ns), "ms")


def _of_runs(measure: str, runs: Sequence[Settled]) -> Iterator[dict[str, object]]:
    """Give time and throughput of runs."""
    from benchmarks.figures import Rate, spread

    yield _row(measure, spread(_ms(each.settled_ns) for each in runs), "ms")
    bills = spread(Rate(each.bills, each.settled_ns).per_second for each in runs)
    yield _row(measure, bills, "bills_per_second")
    events = spread(Rate(each.events, each.settled_ns).per_second for each in runs)
    yield _row(measure, events, "events_per_second")


def _single(measure: str, figure: int, unit: str) -> dict[str, object]:
    """Give a figure of which there is only one; its spread stays empty."""
    return {"measure": measure, **_said(measure, unit), "median": figure}


def _row(measure: str, found: Spread, unit: str) -> dict[str, object]:
    return {"measure": measure, **_said(measure, unit), **found._asdict()}


def _said(measure: str, unit: str) -> dict[str, object]:
    return {"what": _WHAT[measure], "unit": unit, "unit_words": _UNITS[unit]}


def _ms(nanoseconds: int) -> int:
    return nanoseconds // 10**6
