"""The one renderer: a `Table` becomes a table for people, JSON, JSON Lines or CSV.

Data goes to standard output, talk to standard error. In data money is fen and codes are codes;
people read yuan and words.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Literal, TextIO, cast

import click

from cli.words import vocabulary, word
from domain.money import format_yuan
from domain.record import Record
from domain.text import Text
from domain.time import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from rich.console import Console
    from rich.table import Table as RichTable

    from cli.settings import Settings
    from domain.text import Lang

Kind = Literal["text", "yuan", "int", "date", "instant", "code", "data"]
Row = "Mapping[str, object]"

TOTAL = Text("合计", "total")
NOTHING = Text("没有记录。", "Nothing found.")
_NUMERIC: frozenset[Kind] = frozenset({"yuan", "int"})
_FORMULA = tuple("=+-@\t\r＝＋－＠")  # noqa: RUF001 - full-width forms begin formulas, too


@dataclass(frozen=True)
class Column:
    """One column. `key` names it in data and ends in `_fen` where `kind` is yuan.

    `words` names the vocabulary of a code. `for_people=False` keeps a column out of tables,
    `in_data=False` out of everything else, and `if_any` out of tables where no row has it.
    """

    key: str
    title: Text
    kind: Kind = "text"
    words: str = ""
    for_people: bool = True
    in_data: bool = True
    if_any: bool = False


@dataclass(frozen=True)
class Table:
    """What a command found. `schema` such as `statement` is printed as `gongji/statement/1`.

    `rows` may be an iterator: JSON Lines are streamed. `totals` may be a function, asked after
    the last row. `record` shows a single row downwards; `more` holds further data for JSON.
    For people, `notes` stand below the table, one a line, and `facts` in the footer before the
    position; `empty` says what to do first.
    """

    schema: str
    columns: Sequence[Column]
    rows: Iterable[Mapping[str, object]]
    totals: Mapping[str, object] | Callable[[], Mapping[str, object]] | None = None
    title: Text | str = ""
    position: int | None = None
    as_of: date | None = None
    as_known_at: datetime | int | None = None
    record: bool = False
    more: Mapping[str, object] = field(default_factory=dict)
    notes: Sequence[Text] = ()
    facts: Sequence[Text] = ()
    empty: Text = NOTHING


def show(settings: Settings, table: Table) -> None:
    """Write a table to standard output in the format that was asked for."""
    writers: dict[str, Callable[[Settings, Table], None]] = {
        "table": _show_table,
        "json": _show_json,
        "jsonl": _show_jsonl,
        "csv": _show_csv,
    }
    writers[settings.output](settings, table)


def talk(settings: Settings, sentence: Text, **facts: object) -> None:
    """Say something beside the data, on standard error; `--quiet` silences it."""
    if not settings.quiet:
        click.echo(sentence.say(settings.lang, **facts), err=True)


def console(settings: Settings, *, width: int | None = None) -> Console:
    """Give a terminal for people; piped, it has no colour and never breaks a line of a table."""
    from rich.console import Console

    terminal = sys.stdout.isatty()
    return Console(
        file=cast("TextIO", _Trimmed(sys.stdout)),
        no_color=not settings.color,
        force_terminal=terminal,
        color_system="auto" if terminal and settings.color else None,
        width=width if terminal or width else 10_000,
        highlight=False,
        emoji=False,
        markup=False,
        soft_wrap=False,
    )


class _Trimmed(io.TextIOBase):
    """A stream that leaves out the blanks with which tables fill their lines."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return self._stream.write(_TRAILING.sub("", text))

    def flush(self) -> None:
        self._stream.flush()


_TRAILING = re.compile(r"[ \t]+(?=\n)")


# -------------------------------------------------------------------------------------- for people


def _show_table(settings: Settings, table: Table) -> None:
    rows = list(table.rows)
    out = console(settings)
    if table.title:
        title = table.title
        out.print(title.say(settings.lang) if isinstance(title, Text) else title, style="bold")
    if not rows:
        out.print(table.empty.say(settings.lang))
    elif table.record:
        out.print(_record(settings, table, rows[0]))
    else:
        out.print(_grid(settings, table, rows))
    for note in table.notes:
        out.print(note.say(settings.lang))
    if below := footer(settings, table):
        out.print(below, style="dim")


def _grid(settings: Settings, table: Table, rows: Sequence[Mapping[str, object]]) -> RichTable:
    from rich import box
    from rich.table import Table as RichTable

    totals = _totals(table)
    columns = [column for column in table.columns if _is_shown(column, rows)]
    grid = RichTable(
        box=box.SIMPLE_HEAD, show_footer=bool(totals), pad_edge=False, footer_style="bold"
    )
    for place, column in enumerate(columns):
        total = _say(settings.lang, column, totals[column.key]) if column.key in totals else ""
        grid.add_column(
            column.title.say(settings.lang),
            justify="right" if column.kind in _NUMERIC else "left",
            footer=TOTAL.say(settings.lang) if totals and place == 0 else total,
            overflow="fold",
            no_wrap=column.kind in {"yuan", "int", "date", "instant"},
        )
    for row in rows:
        grid.add_row(*(_say(settings.lang, column, row.get(column.key)) for column in columns))
    return grid


def _is_shown(column: Column, rows: Sequence[Mapping[str, object]]) -> bool:
    return column.for_people and not (
        column.if_any and all(not row.get(column.key) for row in rows)
    )


def _record(settings: Settings, table: Table, row: Mapping[str, object]) -> RichTable:
    from rich.table import Table as RichTable

    shown = [column for column in table.columns if column.for_people and column.key in row]
    grid = RichTable(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    grid.add_column(style="dim")
    aligned = all(column.kind in _NUMERIC for column in shown)
    grid.add_column(justify="right" if aligned else "left", overflow="fold")
    for column in shown:
        said = _say(settings.lang, column, row[column.key])
        grid.add_row(column.title.say(settings.lang), said)
    return grid


def footer(settings: Settings, table: Table) -> str:
    """Say what stands below a table: facts, the point of view, the position."""
    said = [fact.say(settings.lang) for fact in table.facts]
    if table.as_of is not None:
        said.append(Text("截至 {day}", "as of {day}").say(settings.lang, day=table.as_of))
    if table.as_known_at is not None:
        known = Text("按 {then} 所知", "as known at {then}")
        said.append(known.say(settings.lang, then=_instant_or_position(table.as_known_at)))
    if table.position is not None:
        place = Text("位置 {position:,}", "position {position:,}")
        said.append(place.say(settings.lang, position=table.position))
    return " · ".join(said)


def _instant_or_position(known: datetime | int) -> str:
    return f"#{known:,}" if isinstance(known, int) else shanghai(known)


def shanghai(instant: datetime) -> str:
    """Say an instant as people in China read clocks."""
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def _say(lang: Lang, column: Column, value: object) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, Text):
        return value.say(lang)
    if isinstance(value, (set, frozenset)):
        words = list(vocabulary(column.words))  # the order of the glossary
        value = sorted(value, key=lambda it: (words.index(it) if it in words else 0, str(it)))
    if isinstance(value, (list, tuple)):
        between = "、" if lang == "zh" else ", "
        return between.join(_say(lang, column, each) for each in value)
    match column.kind:
        case "yuan":
            assert isinstance(value, int), column
            return format_yuan(value)
        case "int":
            return f"{value:,}"
        case "instant":
            return shanghai(value) if isinstance(value, datetime) else str(value)
        case "code":
            return word(column.words, value, lang)
        case _:
            return word("bool", value, lang) if isinstance(value, bool) else str(value)


# ---------------------------------------------------------------------------------------- for data


def envelope(table: Table, rows: Sequence[Mapping[str, object]], lang: Lang) -> dict[str, Any]:
    """Give the JSON that a table becomes."""
    known = table.as_known_at
    return {
        "schema": f"gongji/{table.schema}/1",
        "as_of": plain(table.as_of, lang),
        "as_known_at": plain(known, lang),
        "position": table.position,
        "rows": [_data(table, row, lang) for row in rows],
        "totals": {key: plain(value, lang) for key, value in _totals(table).items()},
        **{key: plain(value, lang) for key, value in table.more.items()},
        "problems": [],
    }


def to_json(value: object, *, indent: int | None = None) -> str:
    """Write JSON as all of the project's output has it: readable, keys in their order."""
    return json.dumps(value, ensure_ascii=False, indent=indent)


def plain(value: object, lang: Lang) -> Any:  # noqa: ANN401 - whatever JSON has
    """Turn a value into what JSON knows: records by field, instants in UTC, sets in order."""
    match value:
        case Text():
            return value.say(lang)
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case Record():
            return {name: plain(getattr(value, name), lang) for name in value.__struct_fields__}
        case dict():
            return {str(key): plain(each, lang) for key, each in value.items()}
        case set() | frozenset():
            return sorted(plain(each, lang) for each in value)
        case list() | tuple():
            return [plain(each, lang) for each in value]
        case None | bool() | int():
            return value
        case _:
            return str(value)


def _data(table: Table, row: Mapping[str, object], lang: Lang) -> dict[str, Any]:
    return {column.key: plain(row.get(column.key), lang) for column in data_columns(table)}


def data_columns(table: Table) -> list[Column]:
    """Give the columns that data has."""
    return [column for column in table.columns if column.in_data]


def _totals(table: Table) -> Mapping[str, object]:
    return table.totals() if callable(table.totals) else table.totals or {}


def _show_json(settings: Settings, table: Table) -> None:
    click.echo(to_json(envelope(table, list(table.rows), settings.lang), indent=2))


def _show_jsonl(settings: Settings, table: Table) -> None:
    for row in table.rows:
        click.echo(to_json(_data(table, row, settings.lang)))
    last = envelope(table, [], settings.lang)
    del last["rows"]
    click.echo(to_json(last))


def _show_csv(settings: Settings, table: Table) -> None:
    """Write UTF-8 with a BOM, so that Excel in a Chinese Windows reads it, totals last."""
    page = io.StringIO()
    lines = csv.writer(page, lineterminator="\n")
    keys = [
        key
        for column in data_columns(table)
        for key in ([_in_yuan(column), column.key] if column.kind == "yuan" else [column.key])
    ]
    lines.writerow(keys)
    click.echo("\ufeff", nl=False)
    for row in table.rows:
        lines.writerow(_cells(table, row, settings.lang))
        click.echo(page.getvalue(), nl=False)
        page.seek(0)
        page.truncate()
    if totals := _totals(table):
        cells = _cells(table, totals, settings.lang)
        lines.writerow([TOTAL.say(settings.lang), *cells[1:]])
    click.echo(page.getvalue(), nl=False)


def _in_yuan(column: Column) -> str:
    return column.key.removesuffix("_fen") + "_yuan"


def _cells(table: Table, row: Mapping[str, object], lang: Lang) -> list[object]:
    cells: list[object] = []
    for column in data_columns(table):
        value = row.get(column.key)
        if column.kind == "yuan":
            yuan = format_yuan(value).replace(",", "") if isinstance(value, int) else ""
            cells += [yuan, "" if value is None else value]
        else:
            cells.append(safe_cell(plain(value, lang)))
    return cells


def safe_cell(value: object) -> object:
    """Keep a spreadsheet from taking a text for a formula; numbers stay numbers."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, dict)):
        value = to_json(value)
    if isinstance(value, str) and value.startswith(_FORMULA) and not _is_number(value):
        return f"'{value}"
    return "" if value is None else value


def _is_number(text: str) -> bool:
    return text.lstrip("+-").replace(".", "", 1).isdecimal() and text.isascii()
