"""`gongji audit sql`: one question in SQL, answered from the views and nothing else."""

from __future__ import annotations

import sys
import time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.errors import failure
from cli.params import argument, option
from cli.render import Column, Table, show
from cli.texts import Command
from cli.view_words import sql_views
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.errors import Failure
    from cli.settings import Settings
    from projections.views.asking import Answer, Unanswered, Value

_FOR_PEOPLE = 1_000  # rows of a table on a screen
_MORE = Text(
    f"只显示前 {_FOR_PEOPLE:,} 行；全部请用 -O csv 或 -O jsonl",
    f"only the first {_FOR_PEOPLE:,} rows are shown; -O csv or -O jsonl gives all",
)
_REMEDY = Text(
    "视图与列见 gongji audit views；只读，一次一条语句",
    "gongji audit views lists views and columns; one statement at a time, reading only",
)


@click.command(
    "sql",
    cls=Command,
    about=Text(
        "以一条 SELECT 或 WITH 语句查询中文视图，先将视图更新至最新。\n\n"
        "只读：不能更改、附加其他库或运行更长时间；STATEMENT 为 - 时从标准输入读取。",
        "Ask the views by one SELECT or WITH statement; they are brought up to date first.\n\n"
        "It can only read, cannot attach anything, and is stopped after a while; with - the "
        "statement is read from standard input.",
    ),
    examples=(
        'gongji audit sql "SELECT 参保人, 分段, 可用_元 FROM v_账户余额"',
        'gongji audit sql "SELECT 出资人, sum(净额_分) AS 分 FROM v_结算分担 GROUP BY 1" -O csv',
    ),
)
@argument(
    "statement",
    metavar="STATEMENT",
    about=Text("SELECT 或 WITH 语句", "A SELECT or WITH statement."),
)
@option(
    "--timeout",
    "seconds",
    type=click.IntRange(1, 3_600),
    default=60,
    metavar="SECONDS",
    about=Text("时限（秒），默认 60", "Seconds after which it is stopped; default 60."),
)
@click.pass_obj
def sql(settings: Settings, *, statement: str, seconds: int) -> None:
    """Answer one question."""
    from projections.views.asking import Unanswered, ask, guarded

    text = sys.stdin.read() if statement == "-" else statement
    with sql_views(settings) as seen:
        end = time.monotonic() + seconds
        path = Path(str(seen.engine.url.database))
        with guarded(path, expired=lambda: time.monotonic() > end) as connection:
            try:
                show(settings, _table(settings, ask(connection, text), seen.position))
            except Unanswered as unanswered:
                raise _failed(settings, unanswered) from unanswered


def _table(settings: Settings, answer: Answer, position: int) -> Table:
    columns = [Column(name, Text(name, name)) for name in answer.columns]
    if not settings.for_people:
        return Table("sql", columns, _named(answer), position=position)
    rows = list(islice(_named(answer), _FOR_PEOPLE))
    more = next(answer.rows, None) is not None
    return Table("sql", columns, rows, notes=[_MORE] if more else [], position=position)


def _named(answer: Answer) -> Iterator[dict[str, object]]:
    for row in answer.rows:
        yield dict(zip(answer.columns, map(_plain, row), strict=True))


def _plain(value: Value) -> object:
    """Give bytes as hexadecimal figures; everything else is shown as it is."""
    return value.hex() if isinstance(value, bytes) else value


def _failed(settings: Settings, unanswered: Unanswered) -> Failure:
    says = unanswered.says.say(settings.lang, detail=unanswered.detail)
    return failure("sql", says, remedy=_REMEDY.say(settings.lang))
