"""Rows of text out of any file of rows; the content tells what it is, not the name.

CSV and TSV with or without a byte order mark, in UTF-8, UTF-16 or GB18030; JSON Lines; XLSX, XLS
and ODS. Every cell comes as the text that stands there: what it means is decided by who reads it.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from domain.text import Text
from interchange.tabular.faults import unreadable

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_BOM_8, _BOM_16 = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")


class Row(NamedTuple):
    """One row: its number in the file from 1, and its cells, stripped."""

    number: int
    cells: tuple[str, ...]


def rows_of(path: Path) -> list[Row]:
    """Give every row that has anything in it.

    Raises:
        Unreadable: no such file of rows, or a cell is a formula.
        ModuleNotFoundError: a spreadsheet, and the extra `workbook` is not installed.
        OSError: the file cannot be opened.
    """
    data = path.read_bytes()
    if data.startswith((_ZIP, _OLE)):
        from interchange.tabular.spreadsheets import (  # noqa: PLC0415  # needs an extra
            spreadsheet_rows,
        )

        found: Iterator[Row] = (Row(*each) for each in spreadsheet_rows(data))
    else:
        text = _decoded(data)
        found = _json_rows(text) if text.lstrip()[:1] in {"{", "["} else _separated_rows(text)
    return [row for row in found if any(row.cells)]


def _decoded(data: bytes) -> str:
    """Read text: as its mark says, else UTF-8, else GB18030, which old systems in China write."""
    if data.startswith(_BOM_16):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig"] if data.startswith(_BOM_8) else ["utf-8", "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
    zh, en = "既不是 UTF-8 也不是 GB18030 编码的文字", "text neither in UTF-8 nor in GB18030"
    raise unreadable(Text(zh, en), line=line)


def _separated_rows(text: str) -> Iterator[Row]:
    first = text.partition("\n")[0]
    separator = "\t" if "\t" in first else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for cells in reader:
            yield Row(reader.line_num, tuple(cell.strip() for cell in cells))
    except csv.Error as error:
        line = reader.line_num
        zh, en = f"这一行无法拆成各列（{error}）", f"the row cannot be taken apart ({error})"
        raise unreadable(Text(zh, en), line=line) from error


def _json_rows(text: str) -> Iterator[Row]:
    """Give the keys as the first row, then each object; numbers as they are written."""
    objects: list[tuple[int, dict[str, object]]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found = json.loads(line, parse_float=str)
        except (json.JSONDecodeError, RecursionError) as error:
            zh, en = "这一行不是一个 JSON 对象", "the line is not one JSON object"
            raise unreadable(Text(zh, en), line=number) from error
        if not isinstance(found, dict):
            zh, en = "每一行应是一个 JSON 对象", "each line should be one JSON object (JSON Lines)"
            raise unreadable(Text(zh, en), line=number)
        objects.append((number, found))
    keys = tuple(dict.fromkeys(key for _, found in objects for key in found))
    yield Row(0, keys)
    for number, found in objects:
        yield Row(number, tuple(_text(found.get(key)) for key in keys))


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).strip()
