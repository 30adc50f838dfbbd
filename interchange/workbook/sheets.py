"""A workbook into which every text goes as text, whatever it looks like.

No cell is guessed to be a formula, a number or an address; formulas are written by
`Formulas` only, which composes them of our own words. Amounts are whole fen and become numbers of
yuan with two decimals, exactly. The same content gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, NamedTuple
from unicodedata import east_asian_width

import xlsxwriter

from domain.text import Lang, Text
from domain.time import SHANGHAI

Kind = Literal["text", "yuan", "int", "day", "instant"]

MOST_ROWS = 1_048_575
"""Rows below the head that a sheet can have."""

_LONGEST = 32_767  # characters of a cell
_WIDEST, _NARROWEST = 60, 8  # columns, in characters
_WIDTH_BY = 2_000  # rows by which the width of a column is found
_HEADER_ROOM = 100  # characters of each part of a printed header, which has 255 in all
_A4 = 9
_PAGE = Text("第 &P 页，共 &N 页", "page &P of &N")
_UNSAFE = {
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "in_memory": True,  # no temporary files
}


class Field(NamedTuple):
    """One column: its title, and what its values are. `yuan` takes fen."""

    title: str
    kind: Kind = "text"


class Table(NamedTuple):
    """A sheet of rows."""

    name: str
    fields: Sequence[Field]
    rows: Sequence[Sequence[object]]


class Facts(NamedTuple):
    """What the file says of itself, and what stands on every printed page."""

    title: str
    author: str
    created: datetime
    scope: str
    index_number: str
    lang: Lang


class Book:
    """A workbook that is being written."""

    def __init__(self, workbook: Any, facts: Facts) -> None:  # noqa: ANN401  # the library has no types
        """Take the library's workbook; `open_book` makes one."""
        self._workbook = workbook
        self._facts = facts
        self._formats: dict[tuple[tuple[str, object], ...], Any] = {}

    def style(self, **properties: object) -> Any:  # noqa: ANN401  # as above
        """Give a cell format, the same one for the same properties."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self._workbook.add_format({"valign": "top", **properties})
        return self._formats[key]

    def head(self, kind: Kind = "text") -> Any:  # noqa: ANN401  # as above
        """Give the format of a column's head; those of numbers stand to the right as they do."""
        align = "right" if kind in {"yuan", "int"} else "left"
        return self.style(bold=True, bg_color="#DDEBF7", border=1, text_wrap=True, align=align)

    def sheet(self, name: str, *, landscape: bool = True) -> Any:  # noqa: ANN401  # as above
        """Add a sheet with print set-up: A4, fitted to the width, head and foot on each page."""
        sheet = self._workbook.add_worksheet(name)
        facts = self._facts
        if landscape:
            sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.8)
        sheet.set_header(f"&L{_printed(facts.title)}&R{_printed(facts.scope)}")
        sheet.set_footer(
            f"&L{_printed(facts.index_number)}&C{_PAGE.say(facts.lang)}&R{_printed(name)}"
        )
        return sheet

    def table(self, table: Table) -> None:
        """Add a sheet with a frozen and repeated head, filters, and columns as wide as needed."""
        name, fields, rows = table
        assert len(rows) <= MOST_ROWS, "the caller has seen to it"
        sheet = self.sheet(name)
        for place, field in enumerate(fields):
            put_text(sheet, (0, place), text=field.title, style=self.head(field.kind))
            width = _width(field, (row[place] for row in rows[:_WIDTH_BY]))
            sheet.set_column(place, place, width)
        for number, row in enumerate(rows, start=1):
            for place, field in enumerate(fields):
                self.put(sheet, (number, place), value=row[place], kind=field.kind)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        if fields:
            sheet.autofilter(0, 0, len(rows), len(fields) - 1)

    def put(self, sheet: Any, cell: tuple[int, int], *, value: object, kind: Kind) -> None:  # noqa: ANN401  # as above
        """Write one value as what it is."""
        if value is None or value == "":
            return
        match value:
            case int() if kind == "yuan" and not isinstance(value, bool):
                sheet.write_number(*cell, yuan(value), self.style(num_format="#,##0.00"))
            case int() if kind == "int" and not isinstance(value, bool):
                sheet.write_number(*cell, value, self.style(num_format="#,##0"))
            case datetime():
                local = value.astimezone(SHANGHAI).replace(tzinfo=None)
                style = self.style(num_format="yyyy-mm-dd hh:mm:ss", align="left")
                sheet.write_datetime(*cell, local, style)
            case date():
                sheet.write_datetime(
                    *cell, value, self.style(num_format="yyyy-mm-dd", align="left")
                )
            case _:
                put_text(sheet, cell, text=str(value), style=self.style(text_wrap=True))


@contextmanager
def open_book(path: Path, facts: Facts) -> Iterator[Book]:
    """Make a workbook; it is written when the block ends well, else not at all.

    Raises:
        FileExistsError: there is such a file; it is left as it is.
    """
    with path.open("xb") as file:
        try:
            workbook = xlsxwriter.Workbook(file, _UNSAFE)
            workbook.set_properties(
                {
                    "title": facts.title,
                    "author": facts.author,
                    "created": facts.created.astimezone(UTC).replace(tzinfo=None),
                }
            )
            yield Book(workbook, facts)
            workbook.close()
        except BaseException:
            path.unlink()
            raise


def put_text(sheet: Any, cell: tuple[int, int], *, text: str, style: Any) -> None:  # noqa: ANN401  # as above
    """Write a text as a text; what is longer than a cell takes is cut, and says so."""
    fitting = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    done = sheet.write_string(*cell, fitting, style)
    assert done == 0, cell


def yuan(fen: int) -> Decimal:
    """Give fen as yuan, exactly."""
    return Decimal(fen).scaleb(-2)


def display_width(text: str) -> int:
    """Count the cells of the longest line; Chinese characters take two."""
    lines = text.split("\n")
    return max(sum(2 if east_asian_width(sign) in "WF" else 1 for sign in line) for line in lines)


def _width(field: Field, values: Iterable[object]) -> int:
    shown = [display_width(field.title) + 3]  # with the filter's button
    for value in values:
        match value:
            case int() if field.kind == "yuan":
                shown.append(len(f"{value // 100:,}.00") + 1)
            case datetime():
                shown.append(20)
            case date():
                shown.append(11)
            case None:
                pass
            case _:
                shown.append(display_width(str(value)) + 1)
    return max(_NARROWEST, min(_WIDEST, max(shown)))


def _printed(text: str) -> str:
    """Make a text safe for a printed header, in which & begins a code."""
    line = " ".join(text.split())
    short = line if len(line) <= _HEADER_ROOM // 2 else f"{line[: _HEADER_ROOM // 2 - 1]}…"
    return short.replace("&", "&&")
