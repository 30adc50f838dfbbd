"""`gongji audit reconcile`: an outsider's file of settlements held against the ledger."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.errors import FOUND, Failure, Trouble
from cli.extras import needs
from cli.params import DAY, argument, option
from cli.render import Table, show, talk
from cli.session import reading
from cli.texts import Command
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cli.settings import Settings
    from interchange.tabular.faults import Unreadable
    from interchange.tabular.settlement_rows import Intake
    from projections.reconciliation import Reconciliation
    from projections.settlement_lines import Books, Line
    from projections.settlement_totals import Total

_BOTH = Text("FILE 与 --export 二者取一。", "Give FILE or --export, one of them.")
_BACKWARDS = Text("--from 晚于 --to。", "--from is after --to.")
_PAIR = Text(
    "“{it}”应写作 我方名=对方列名，我方名可为 {names}",
    "{it!r} should be OURS=THEIRS, where OURS is one of {names}",
)
_WRITTEN = Text("写出 {lines:,} 行：{path}", "{lines:,} lines written: {path}")
_REMEDY = Text("列名与格式见 docs/reconcile.md", "Columns and forms stand in docs/reconcile.md")


takes_columns = option(
    "--column",
    "columns",
    multiple=True,
    metavar="OURS=THEIRS",
    about=Text(
        "指明一列，如 total=总额；以分计时用 total_fen=列名。可重复",
        "Say what a column is: total=NAME, or total_fen=NAME where it counts fen. Repeatable.",
    ),
)
"""Adds `--column`, for files whose names are not known."""


@click.command(
    "reconcile",
    cls=Command,
    times=("as_known_at",),
    about=Text(
        "对账：把外部的结算明细文件与账本相对，先总账，后逐笔。\n\n"
        "FILE 可为 CSV、TSV、JSON Lines、XLSX 或 ODS；医保接口 3201/3202 的列名自动识别，"
        "退费为单独的负数行；只有总额与笔数的文件只对总额。有差异时退出码为 1。",
        "Hold an outside file of settlements against the ledger: totals first, then line by "
        "line.\n\n"
        "FILE is CSV, TSV, JSON Lines, XLSX or ODS; names of columns as in the national "
        "interface are known, refunds are rows of their own below zero; of a file that only "
        "states totals and counts the totals are compared. Exit code 1 if anything differs.",
    ),
    examples=(
        "gongji audit reconcile platform.csv --from 2026-03-01 --to 2026-03-31",
        "gongji audit reconcile his.xlsx --institution H1 --column total=费用合计 --detail",
        "gongji audit reconcile --export lines.csv --from 2026-03-01",
    ),
)
@argument(
    "file",
    required=False,
    metavar="FILE",
    about=Text("外部文件", "The file from outside."),
)
@option("--from", "first", type=DAY, metavar="DATE", about=Text("结算日起", "First day."))
@option("--to", "last", type=DAY, metavar="DATE", about=Text("结算日止", "Last day."))
@option(
    "--institution",
    metavar="INSTITUTION",
    about=Text("只对此机构", "This institution only."),
)
@takes_columns
@option("--detail", is_flag=True, about=Text("逐笔列出差异", "List every difference."))
@option(
    "--export",
    metavar="PATH",
    about=Text(
        "不对账，按同一格式写出账本自己的明细（.csv .tsv .jsonl）",
        "Do not reconcile: write the ledger's own lines in that form (.csv .tsv .jsonl).",
    ),
)
@click.pass_context
def reconcile(
    ctx: click.Context,
    *,
    file: str | None,
    first: date | None,
    last: date | None,
    institution: str | None,
    columns: tuple[str, ...],
    detail: bool,
    export: str | None,
) -> None:
    """Reconcile a file, or write one."""
    settings: Settings = ctx.obj
    if (file is None) == (export is None):
        raise click.UsageError(_BOTH.say(settings.lang))
    if first is not None and last is not None and first > last:
        raise click.UsageError(_BACKWARDS.say(settings.lang))
    chosen = Chosen(first, last, institution)
    if export is not None:
        _export(settings, Path(export), chosen)
        return
    assert file is not None
    if reconcile_file(
        settings, Path(file), chosen, given=pairs_of(settings, columns), detail=detail
    ):
        ctx.exit(FOUND)


class Chosen:
    """Which lines are held against each other: days included at both ends, and an institution."""

    def __init__(self, first: date | None, last: date | None, institution: str | None) -> None:
        """Take what was asked for; None is everything."""
        self.first, self.last = first or date.min, last or date.max
        self.institution = institution

    def by_period(self, lines: Iterable[Line]) -> tuple[list[Line], list[Line]]:
        """Give the lines of the institution inside and outside the period; undated are inside."""
        inside: list[Line] = []
        outside: list[Line] = []
        for line in lines:
            if self.institution and line.institution not in ("", self.institution):
                continue
            within = line.day is None or self.first <= line.day <= self.last
            (inside if within else outside).append(line)
        return inside, outside


def books_of(settings: Settings) -> tuple[Books, int]:
    """Read the ledger's lines as known at the time asked for, with the position reached."""
    from projections.settlement_lines import settlement_lines

    with reading(settings) as store:
        position = store.recorder.last_position
        known = position if settings.as_known_at is None else settings.as_known_at
        return settlement_lines(store, as_known_at=known), position


def reconcile_file(
    settings: Settings, path: Path, chosen: Chosen, *, given: Mapping[str, str], detail: bool
) -> bool:
    """Reconcile a file and show what came out; tell whether anything differs."""
    from cli.reconcile_tables import show_reconciliation, show_stated

    intake = intake_of(settings, path, given=given)
    books, position = books_of(settings)
    if intake.stated:
        held = held_totals(books, intake, chosen)
        show_stated(settings, held, intake=intake, position=position)
        return any(total.here != total.there for total in held)
    found = reconciled(books, intake, chosen)
    there, _ = chosen.by_period(intake.lines)
    passed_over = len(intake.lines) - len(there)
    show_reconciliation(
        settings, found, intake=intake, passed_over=passed_over, position=position, detail=detail
    )
    return not found.equal


def held_totals(books: Books, intake: Intake, chosen: Chosen) -> list[Total]:
    """Hold the totals that a file states against those of the lines chosen."""
    from projections.settlement_totals import counting, hold

    lines, _ = chosen.by_period(books.lines)
    return hold(intake.stated, lines, measures=counting(intake.measures))


def reconciled(books: Books, intake: Intake, chosen: Chosen) -> Reconciliation:
    """Hold the lines of a file against the ledger's, both within period and institution."""
    from projections.reconciliation import Outside, reconcile

    here, outside_here = chosen.by_period(books.lines)
    there, outside_there = chosen.by_period(intake.lines)
    return reconcile(
        books._replace(lines=here),
        there,
        measures=intake.measures,
        outside=Outside(outside_here, outside_there),
    )


def intake_of(settings: Settings, path: Path, *, given: Mapping[str, str]) -> Intake:
    """Read a file from outside.

    Raises:
        Failure: with file, line and column of everything wrong.
    """
    from interchange.tabular.faults import Unreadable
    from interchange.tabular.settlement_rows import read_settlements

    try:
        with needs(settings, "workbook"):
            return read_settlements(path, given=given)
    except Unreadable as error:
        raise file_failure(settings, path, error) from error


def file_failure(settings: Settings, path: Path, error: Unreadable) -> Failure:
    """Say everything that is wrong with a file, each with line and column."""
    troubles = []
    for fault in error.faults:
        line = f":{fault.line}" if fault.line else ""
        where = f"{path}{line} {fault.column}".strip()
        says, remedy = fault.says.say(settings.lang), _REMEDY.say(settings.lang)
        troubles.append(Trouble("file_malformed", says, where=where, remedy=remedy))
    return Failure(*troubles)


def pairs_of(settings: Settings, columns: Iterable[str]) -> dict[str, str]:
    """Read OURS=THEIRS."""
    from interchange.tabular.settlement_columns import NAMES
    from projections.settlement_lines import MEASURES

    found: dict[str, str] = {}
    known = {*NAMES, *(f"{name}_fen" for name in MEASURES)}
    for pair in columns:
        ours, equals, theirs = pair.partition("=")
        if not equals or not theirs or ours not in known:
            wrong = _PAIR.say(settings.lang, it=pair, names=" ".join(NAMES))
            raise click.UsageError(wrong)
        found[ours] = theirs
    return found


def _export(settings: Settings, path: Path, chosen: Chosen) -> None:
    from cli.reconcile_tables import EXPORTED
    from interchange.tabular.faults import Unreadable
    from interchange.tabular.settlement_file import write_settlements

    books, position = books_of(settings)
    lines, _ = chosen.by_period(books.lines)
    try:
        written = write_settlements(path, lines)
    except Unreadable as error:
        raise file_failure(settings, path, error) from error
    talk(settings, _WRITTEN, lines=written, path=path)
    if not settings.for_people:
        row = {"file": str(path), "lines": written}
        show(settings, Table("reconcile-export", EXPORTED, [row], position=position))
