"""`gongji audit workpaper`: a working paper that says what it shows, and how to make it again."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.audit_reconcile import (
    Chosen,
    books_of,
    file_failure,
    held_totals,
    intake_of,
    pairs_of,
    reconciled,
    takes_columns,
)
from cli.errors import failure, refused
from cli.extras import needs
from cli.params import DAY, argument, option
from cli.render import Column, Table, show
from cli.session import actor, now, reading, rule_book, views
from cli.texts import Command
from cli.workpaper_cover import COVER_OPTIONS, Asked, cover_of, fills_cover, say_known, scope_of
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.settings import Settings
    from interchange.workbook.sheets import Table as PaperTable
    from projections.settlement_lines import Books, Line

_TITLE = Text("审计工作底稿", "Audit working paper")
_WRITTEN = [
    Column("file", Text("文件", "file")),
    Column("sheets", Text("表", "sheets")),
    Column("lines", Text("明细行数", "lines"), "int"),
    Column("sha256", Text("SHA-256", "SHA-256")),
]
_ONE = Text("--person 与 --claim 只能取一。", "Give --person or --claim, not both.")
_BACKWARDS = Text("--from 晚于 --to。", "--from is after --to.")
_SUFFIX = Text("文件名应以 .xlsx 结尾", "the name should end in .xlsx")
_TOO_MANY = Text(
    "明细 {lines:,} 行，一张表放不下；请缩小期间或范围",
    "{lines:,} lines do not fit on a sheet; choose a shorter period or scope",
)


@click.command(
    "workpaper",
    cls=Command,
    times=("as_known_at",),
    about=Text(
        "审计工作底稿：一个 XLSX 工作簿，含封面、明细、汇总（公式）、依据，"
        "按需附轨迹、抽样、疑点与对账。\n\n"
        "封面未填的项目留空并标浅黄。封面上的命令可原样重做出同一文件。已有的文件不覆盖。",
        "A working paper: an XLSX workbook with cover, lines, totals as formulas and the rules "
        "behind them; with trail, sample, findings and reconciliation where asked for.\n\n"
        "What the cover does not know stays empty and shaded. The command on the cover makes "
        "the same file again. No file is overwritten.",
    ),
    examples=(
        "gongji audit workpaper march.xlsx --from 2026-03-01 --to 2026-03-31 --body 某医保中心",
        "gongji audit workpaper p1.xlsx --person p1 --index A-01 --findings findings.json",
        "gongji audit workpaper h1.xlsx --institution H1 --reconcile platform.csv --lang zh",
    ),
)
@argument("out", metavar="FILE", about=Text("要写的 .xlsx 文件", "The .xlsx file to write."))
@option(
    "--person",
    metavar="PERSON",
    about=Text("就诊人或出资人，并附其轨迹", "A patient or payer, with the trail."),
)
@option("--claim", metavar="CLAIM", about=Text("一张费用单，并附轨迹", "A claim, with its trail."))
@option("--from", "first", type=DAY, metavar="DATE", about=Text("结算日起", "First day."))
@option("--to", "last", type=DAY, metavar="DATE", about=Text("结算日止", "Last day."))
@option("--institution", metavar="INSTITUTION", about=Text("只含此机构", "This institution only."))
@option("--sample", metavar="PATH", about=Text("附抽样结果文件", "Add a sample's file."))
@option("--findings", metavar="PATH", about=Text("附疑点文件", "Add a file of findings."))
@option(
    "--reconcile",
    "outside",
    metavar="PATH",
    about=Text("附与此外部文件的对账", "Add the reconciliation with this outside file."),
)
@takes_columns
@option(
    "--checkpoint",
    metavar="PATH",
    about=Text("检查点文件，其大小与根印在封面", "Checkpoint whose size and root go on the cover."),
)
@option("--reviewed-on", type=DAY, metavar="DATE", about=Text("复核日期", "Day of the review."))
@fills_cover
@click.pass_context
def workpaper(
    ctx: click.Context,
    /,
    *,
    out: str,
    person: str | None,
    claim: str | None,
    first: date | None,
    last: date | None,
    institution: str | None,
    sample: str | None,
    findings: str | None,
    outside: str | None,
    columns: tuple[str, ...],
    checkpoint: str | None,
    reviewed_on: date | None,
    **cover: str,
) -> None:
    """Write a working paper."""
    settings: Settings = ctx.obj
    if person is not None and claim is not None:
        raise click.UsageError(_ONE.say(settings.lang))
    if first is not None and last is not None and first > last:
        raise click.UsageError(_BACKWARDS.say(settings.lang))
    if not out.casefold().endswith(".xlsx"):
        raise click.UsageError(_SUFFIX.say(settings.lang))
    files = {"--sample": sample, "--findings": findings, "--reconcile": outside}
    chosen = Chosen(first, last, institution)
    filled = {name: cover[name] for name in COVER_OPTIONS}
    given = pairs_of(settings, columns)
    asked = Asked(Path(out), person, claim, chosen, reviewed_on, checkpoint, files, given, filled)
    with needs(settings, "workbook"):
        _write(settings, asked)


def _write(settings: Settings, asked: Asked) -> None:
    """Gather everything, write the file, and say what it holds."""
    from cli.workpaper_pages import line_rows
    from interchange.workbook import workpaper as papers
    from interchange.workbook.sheets import MOST_ROWS, Facts

    books, position = books_of(settings)
    if settings.as_known_at is None:
        settings.as_known_at = position  # whatever is recorded meanwhile
    reached = settings.as_known_at
    lines = _lines_of(settings, asked, books)
    if len(lines) > MOST_ROWS:
        code = "too_many"
        raise failure(code, _TOO_MANY.say(settings.lang, lines=len(lines)))
    tables = list(_tables(settings, asked, books, lines))
    scope = scope_of(asked).say(settings.lang)
    place = Text("位置 {at}", "position {at}").say(settings.lang, at=say_known(reached))
    facts = Facts(
        title=_TITLE.say(settings.lang),
        author=actor(settings),
        created=now(settings),
        scope=f"{scope} · {place}",
        index_number=asked.cover["index_number"],
        lang=settings.lang,
    )
    cover = list(cover_of(settings, asked, lines, reached))
    rows = line_rows(lines, settings.lang)
    papers.write_paper(asked.out, papers.Paper(facts, cover, rows, tables))
    sheets = [sheet.say(settings.lang) for sheet in (papers.COVER, papers.LINES, papers.SUMMARY)]
    row = {
        "file": str(asked.out),
        "sheets": [*sheets, *(table.name for table in tables)],
        "lines": len(lines),
        "sha256": hashlib.sha256(asked.out.read_bytes()).hexdigest(),
    }
    known = None if reached == position else reached
    table = Table("workpaper", _WRITTEN, [row], position=position, as_known_at=known, record=True)
    show(settings, table)


def _lines_of(settings: Settings, asked: Asked, books: Books) -> list[Line]:
    """Choose the lines of the scope; a claim that nobody knows is refused."""
    from domain.ids import ClaimId
    from domain.refusals import Code, refuse

    inside, outside = asked.chosen.by_period(books.lines)
    if asked.claim is not None:
        known = any(line.claim == asked.claim for line in (*inside, *outside))
        if not known and asked.claim not in books.pending:
            unknown = refuse(Code.UNKNOWN_CLAIM, claim=ClaimId(asked.claim))
            raise refused(unknown, settings.lang)
        return [line for line in inside if line.claim == asked.claim]
    if asked.person is not None:
        return [line for line in inside if asked.person in (line.patient, *line.payers)]
    return inside


def _tables(
    settings: Settings, asked: Asked, books: Books, lines: list[Line]
) -> Iterator[PaperTable]:
    """Give the further sheets, in their order."""
    from cli import workpaper_pages as pages
    from projections.rules_cited import rules_cited

    with reading(settings) as store:
        cited = rules_cited(store, {line.settlement for line in lines})
    yield pages.basis_table(cited, rule_book(), settings.lang)
    if asked.person is not None or asked.claim is not None:
        yield _trail(settings, asked)
    for name, spelt in ((pages.SAMPLE, "--sample"), (pages.FINDINGS, "--findings")):
        path = asked.files[spelt]
        if path is not None:
            columns, rows = _given(settings, Path(path))
            yield pages.given_table(name, columns, rows, settings.lang)
    path = asked.files["--reconcile"]
    if path is not None:
        yield from _reconciliation(settings, asked, books, Path(path))


def _trail(settings: Settings, asked: Asked) -> PaperTable:
    from cli.workpaper_pages import trail_table
    from domain.facts import Kind, Stream
    from domain.refusals import Code, refuse
    from projections.audit_trail import trail

    kind, key = (Kind.PERSON, asked.person) if asked.person else (Kind.CLAIM, asked.claim)
    assert key is not None
    with views(settings, ["audit_trail"]) as seen:
        subject = Stream(kind, key)
        known = settings.as_known_at
        found = trail(seen.store, seen.engine, subject=subject, as_known_at=known)
    if not found:
        raise refused(refuse(Code.UNKNOWN_PERSON, person=key), settings.lang)
    return trail_table(found, settings.lang)


def _given(settings: Settings, path: Path) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    from interchange.tabular.faults import Unreadable
    from interchange.tabular.tables import table_of

    try:
        return table_of(path)
    except Unreadable as error:
        raise file_failure(settings, path, error) from error


def _reconciliation(
    settings: Settings, asked: Asked, books: Books, path: Path
) -> Iterator[PaperTable]:
    from cli.workpaper_pages import reconciliation_tables, sums_table

    intake = intake_of(settings, path, given=asked.columns)
    if intake.stated:
        held = held_totals(books, intake, asked.chosen)
        yield sums_table(held, intake.measures, settings.lang)
    else:
        found = reconciled(books, intake, asked.chosen)
        yield from reconciliation_tables(found, settings.lang)
