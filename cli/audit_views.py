"""`gongji audit views`: SQL views with Chinese names in the file of the read models."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

import click

from cli.errors import failure
from cli.params import argument, option
from cli.render import Column, Table, show
from cli.texts import Command
from cli.view_words import sql_views
from domain.text import Text

if TYPE_CHECKING:
    from cli.settings import Settings

_VIEWS = [
    Column("view", Text("视图", "view")),
    Column("says", Text("一行是", "a row is")),
    Column("columns", Text("列数", "columns"), "int"),
]
_FIELDS = [
    Column("column", Text("列", "column")),
    Column("unit", Text("单位", "unit")),
    Column("says", Text("含义", "meaning")),
    Column("source", Text("来源", "source")),
]
_UNKNOWN = Text("没有视图“{name}”", "there is no view {name!r}")
_THOSE = Text("可用：{names}", "there are: {names}")
_ELSEWHERE = Text(
    "不经本系统查看：sqlite3 -header -column {file} 'SELECT * FROM {view} LIMIT 10'",
    "without gongji: sqlite3 -header -column {file} 'SELECT * FROM {view} LIMIT 10'",
)
_NEAR = Text("是否指 {names}", "did you mean {names}")


@click.command(
    "views",
    cls=Command,
    about=Text(
        "在账本目录的 views.sqlite 中生成并更新以中文命名的 SQL 视图，"
        "并列出视图或一个视图的各列。\n\n"
        "能打开 SQLite 的工具都可直接查看；各列含义见数据字典 docs/data-dictionary.md。",
        "Make SQL views with Chinese names in views.sqlite in the store's folder, bring them up to "
        "date, and list the views or the columns of one.\n\n"
        "Any tool that opens SQLite shows them; docs/data-dictionary.md explains every column.",
    ),
    examples=("gongji audit views", "gongji audit views v_账户余额"),
)
@argument(
    "name",
    required=False,
    metavar="NAME",
    about=Text("视图名；列出其各列", "A view, to list its columns."),
)
@option(
    "--markdown",
    is_flag=True,
    about=Text("写出数据字典页", "Write the page of the data dictionary."),
)
@click.pass_obj
def audit_views(settings: Settings, *, name: str | None, markdown: bool) -> None:
    """Make the views and list them."""
    from projections.views.dictionary import page

    if markdown:
        click.echo(page(), nl=False)
        return
    table = _columns(settings, name) if name else _list()
    with sql_views(settings) as seen:
        position, file = seen.position, seen.engine.url.database
    note = Text(*(text.format(file=file, view=name or "v_账户余额") for text in _ELSEWHERE))
    show(settings, replace(table, notes=[note], position=position))


def _list() -> Table:
    from projections.views.catalogue import VIEWS

    rows = [
        {"view": view.name, "says": view.says, "columns": len(view.columns)}
        for view in VIEWS.values()
    ]
    return Table("views", _VIEWS, rows)


def _columns(settings: Settings, name: str) -> Table:
    from projections.views.catalogue import VIEWS

    if name not in VIEWS:
        near = get_close_matches(name, VIEWS, n=3)
        hint = (_NEAR if near else _THOSE).say(settings.lang, names=", ".join(near or VIEWS))
        code, says = "unknown_view", _UNKNOWN.say(settings.lang, name=name)
        raise failure(code, says, remedy=hint)
    rows = [
        {"column": it.name, "unit": it.unit.value, "says": it.says, "source": it.source}
        for it in VIEWS[name].columns
    ]
    return Table("view", _FIELDS, rows)
