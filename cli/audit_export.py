"""`gongji audit export`: the books for other tools, each of which checks them on its own."""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from cli.errors import refused
from cli.params import DAY, argument, option
from cli.render import Column, Table, show, talk
from cli.session import views
from cli.texts import Command, Group, Lazy
from domain.ids import PersonId
from domain.refusals import Code, refuse
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from cli.settings import Settings
    from projections.booked import Extract

export = Group(
    "export",
    about=Text(
        "导出：供 Beancount、hledger 复核的复式记账文本，或各视图的 CSV 与控制总数。",
        "Export: double entry as text that Beancount and hledger check on their own, or every "
        "view as CSV with control totals.",
    ),
    examples=(
        "gongji audit export beancount books.beancount",
        "gongji audit export hledger - --lang zh | hledger -f - balance",
    ),
    lazy={
        "csv": Lazy("cli.audit_csv:csv_folder", Text("视图导出为 CSV", "Every view as CSV")),
    },
)

_COLUMNS = [
    Column("tool", Text("工具", "tool")),
    Column("file", Text("文件", "file")),
    Column("accounts", Text("科目", "accounts"), "int"),
    Column("transactions", Text("分录", "transactions"), "int"),
    Column("openings", Text("期初", "openings"), "int", if_any=True),
    Column("assertions", Text("断言", "assertions"), "int"),
]
_CHECKERS = {"beancount": "bean-check {file}", "hledger": "hledger -f {file} check --strict"}
_CHECK = Text("复核：{command}", "check it: {command}")
_WRITTEN = Text(
    "分录 {transactions} 笔，断言 {assertions} 处，位置 {position}",
    "{transactions} transactions, {assertions} assertions, position {position}",
)


_OUT = argument(
    "out",
    metavar="FILE",
    about=Text("写入的文件；- 为标准输出", "The file to write; - is standard output."),
)
_FROM = option(
    "--from",
    "first",
    type=DAY,
    metavar="DATE",
    about=Text("自此日起；此前余额记作期初", "From this day on; what stood before is the opening."),
)
_TO = option("--to", "last", type=DAY, metavar="DATE", about=Text("至此日止", "Up to this day."))
_PERSON = option(
    "--person",
    metavar="PERSON",
    about=Text(
        "仅此参保人的个人账户与钱包，不含他人账户",
        "Only this person's account and wallet; nothing of others.",
    ),
)
_ASSERT = option(
    "--assert",
    "asserted",
    type=click.Choice(["end", "month"]),
    default="end",
    about=Text(
        "断言余额的时点：end 期末（默认），month 加上每月末",
        "When balances are asserted: at the end (default), or at the end of each month, too.",
    ),
)


def _journal(tool: str, about: Text, *examples: str) -> None:
    """Add the command that writes for a tool."""

    @export.command(tool, cls=Command, about=about, examples=examples)
    @_OUT
    @_FROM
    @_TO
    @_PERSON
    @_ASSERT
    @click.pass_obj
    def command(
        settings: Settings,
        out: str,
        first: date | None,
        last: date | None,
        person: str | None,
        asserted: str,
    ) -> None:
        """Write the journal."""
        from projections.booked import Extract

        if first is not None and last is not None and first > last:
            wrong = refuse(Code.INVALID_PERIOD, first=first.isoformat(), last=last.isoformat())
            raise refused(wrong, settings.lang)
        extract = Extract(first, last, PersonId(person) if person is not None else None)
        _write(settings, tool, out, extract, monthly=asserted == "month")


def _write(settings: Settings, tool: str, out: str, extract: Extract, *, monthly: bool) -> None:
    from interchange.plaintext.writing import DIALECTS, written
    from projections.booked import NEEDED, opened
    from projections.register import persons

    counts: Counter[str] = Counter()
    with views(settings, (*NEEDED, "register")) as seen:
        who = extract.person
        if who is not None and not persons(seen.engine, person=who):
            raise refused(refuse(Code.UNKNOWN_PERSON, person=who), settings.lang)
        with opened(seen.store, seen.engine, extract=extract) as book, _output(out) as file:
            pieces = written(book, DIALECTS[tool], lang=settings.lang, monthly=monthly)
            file.writelines(_counted(pieces, counts))
            position = book.position
    if out == "-":
        talk(settings, _WRITTEN, **_numbers(counts), position=position)
        return
    row = {"tool": tool, "file": out, **_numbers(counts)}
    command = _CHECKERS[tool].format(file=out)
    check = Text(_CHECK.say("zh", command=command), _CHECK.say("en", command=command))
    show(settings, Table("export", _COLUMNS, [row], notes=[check], position=position))


def _numbers(counts: Counter[str]) -> dict[str, int]:
    parts = ("account", "transaction", "opening", "assertion")
    return {f"{part}s": counts[part] for part in parts}


def _counted(pieces: Iterable[tuple[str, str]], counts: Counter[str]) -> Iterator[str]:
    for part, piece in pieces:
        counts[part] += 1
        yield piece


@contextmanager
def _output(out: str) -> Iterator[TextIO]:
    """Open what is written to; a file takes its name only when it is complete."""
    if out == "-":
        yield sys.stdout
        return
    path = Path(out)
    unfinished = path.with_name(f"{path.name}.part")
    try:
        with unfinished.open("w", encoding="utf-8", newline="\n") as file:
            yield file
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


_journal(
    "beancount",
    Text(
        "复式记账导出为 Beancount 3 文本：每条事件一笔，期末余额写成断言，"
        "由 bean-check 独立复核；可用 Fava 浏览。",
        "Double entry as Beancount 3 text: one transaction an event, and closing balances as "
        "assertions that bean-check compares on its own. Fava shows it.",
    ),
    "gongji audit export beancount books.beancount",
    "gongji audit export beancount p1.beancount --person p1 --from 2026-01-01 --to 2026-03-31",
)
_journal(
    "hledger",
    Text(
        "复式记账导出为 hledger 文本：每条事件一笔，期末余额写成断言，"
        "由 hledger check --strict 独立复核。",
        "Double entry as hledger text: one transaction an event, and closing balances as "
        "assertions that hledger check --strict compares on its own.",
    ),
    "gongji audit export hledger books.journal",
    "gongji audit export hledger - --assert month | hledger -f - check --strict",
)
