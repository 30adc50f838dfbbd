"""Rows out of a spreadsheet's first sheet. A formula is refused, since its result is not its own.

What a formula last came to is stored beside it, or not at all, and may be of another day: a file
that is to be evidence holds values.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from xml.etree import ElementTree as ET

from python_calamine import CalamineError, CalamineWorkbook

from domain.text import Text
from interchange.tabular.faults import Unreadable, unreadable

_NO_WORKBOOK = Text(
    "不是可读的工作簿，或有密码", "no workbook that can be read, or one with a password"
)
_TOO_LARGE = Text("解开后过大", "it is too large when unpacked")
_IS_FORMULA = Text(
    "单元格是公式，不是数值；请另存为数值（选择性粘贴）后再对",
    "the cell is a formula, not a value; save the values (paste special) and try again",
)
_MOST_BYTES = 1 << 29  # unpacked; a sheet of a million rows has less
_KEPT_DIGITS = 10**15  # spreadsheets keep fifteen digits of a number

_FORMULA = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]+)([0-9]+)"[^>]*>\s*<(?:\w+:)?f\b')
_ODS = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


def spreadsheet_rows(data: bytes) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Give the number and the cells of each row, empty rows included.

    Raises:
        Unreadable: not a spreadsheet, locked, unreasonably large, or with a formula in it.
    """
    if zipfile.is_zipfile(io.BytesIO(data)):
        _refuse_formulas(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        cells = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, IndexError, ValueError) as error:
        raise unreadable(_NO_WORKBOOK) from error
    for number, row in enumerate(cells, start=1):
        yield number, tuple(_text(cell) for cell in row)


def _text(cell: object) -> str:
    """Write a cell as people see it: whole numbers without decimals, days by ISO 8601."""
    match cell:
        case bool():
            return str(cell).lower()
        case float() if cell.is_integer() and abs(cell) < _KEPT_DIGITS:
            return str(int(cell))
        case float() | int():
            return repr(cell)
        case datetime():
            return cell.isoformat(" ")
        case date() | time() | timedelta():
            return str(cell)
        case _:
            return str(cell).strip()


def _refuse_formulas(data: bytes) -> None:
    """Find the first formula of any sheet.

    Raises:
        Unreadable: with its sheet and cell.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            if sum(part.file_size for part in parts.infolist()) > _MOST_BYTES:
                raise unreadable(_TOO_LARGE)
            for name in sorted(parts.namelist()):
                if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                    found = _FORMULA.search(parts.read(name))
                    if found is not None:
                        raise _formula(int(found[2]), found[1].decode())
                elif name == "content.xml":
                    _refuse_open_document_formulas(parts.read(name))
    except (zipfile.BadZipFile, ET.ParseError, NotImplementedError, RuntimeError) as error:
        raise unreadable(_NO_WORKBOOK) from error


def _refuse_open_document_formulas(content: bytes) -> None:
    if b"formula=" not in content:
        return
    for table in ET.fromstring(content).iter(f"{_ODS}table"):  # noqa: S314  # expat bounds entities; the size is bounded above
        line = 0
        for row in table.iter(f"{_ODS}table-row"):
            line += int(row.get(f"{_ODS}number-rows-repeated", "1"))
            for place, cell in enumerate(row):
                if cell.get(f"{_ODS}formula") is not None:
                    raise _formula(line, str(place + 1))


def _formula(line: int, column: str) -> Unreadable:
    return unreadable(_IS_FORMULA, line=line, column=column)
