"""`gongji audit export csv`: one file a view, and a file of control totals."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.params import argument
from cli.render import Column, Table, safe_cell, show
from cli.texts import Command
from cli.view_words import sql_views
from domain.text import Text

if TYPE_CHECKING:
    from cli.settings import Settings

_COLUMNS = [
    Column("file", Text("文件", "file")),
    Column("rows", Text("行数", "rows"), "int"),
    Column("columns", Text("列数", "columns"), "int"),
    Column("sha256", Text("SHA-256", "SHA-256"), for_people=False),
]
_CONTROL = Text(
    "控制总数（行数、每个金额列的合计、SHA-256）：{file}",
    "control totals (rows, the sum of each amount, SHA-256): {file}",
)


@click.command(
    "csv",
    cls=Command,
    about=Text(
        "每个视图导出为一个 CSV（UTF-8 带 BOM，Excel 可直接打开），并写 control.csv："
        "行数、每个以分计的列的合计、文件的 SHA-256。\n\n"
        "目录须不存在或为空。",
        "Write every view as CSV (UTF-8 with BOM, which Excel opens), and control.csv beside them: "
        "rows, the sum of each column in fen, and the SHA-256 of each file.\n\n"
        "The folder has to be empty or missing.",
    ),
    examples=("gongji audit export csv handed-over",),
)
@argument("folder", metavar="FOLDER", about=Text("写入的目录", "The folder to write."))
@click.pass_obj
def csv_folder(settings: Settings, folder: str) -> None:
    """Write the folder."""
    from interchange.delimited import CONTROL, write

    out = Path(folder)
    if out.exists() and any(out.iterdir()):
        raise FileExistsError(None, None, str(out))
    with sql_views(settings) as seen:
        out.mkdir(parents=True, exist_ok=True)
        written = write(seen.engine, out, cell=safe_cell)
    rows = [it._asdict() | {"columns": it.columns} for it in written]
    said = [lang_text.format(file=out / CONTROL) for lang_text in _CONTROL]
    table = Table("csv", _COLUMNS, rows, notes=[Text(*said)], position=seen.position)
    show(settings, table)
