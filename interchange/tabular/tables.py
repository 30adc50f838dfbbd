"""Any table that another command wrote, as it stands: CSV, TSV, JSON Lines, JSON or XLSX."""

from __future__ import annotations

import json
from pathlib import Path

from domain.money import parse_yuan
from domain.text import Text
from interchange.tabular.faults import unreadable
from interchange.tabular.sheets import rows_of

_EMPTY = Text("文件里没有表", "there is no table in the file")


def table_of(path: Path) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    """Give the names of the columns and the rows; amounts in columns `…_yuan` come as fen.

    Whole numbers of JSON stay numbers; everything else is text.

    Raises:
        Unreadable: it holds no table.
        ModuleNotFoundError, OSError: as `rows_of`.
    """
    document = _document(path)
    if document is not None:
        keys = tuple(dict.fromkeys(key for row in document for key in row))
        if not keys:
            raise unreadable(_EMPTY)
        return keys, [tuple(_plain(row.get(key)) for key in keys) for row in document]
    rows = rows_of(path)
    if not rows:
        raise unreadable(_EMPTY)
    head = rows[0].cells
    found = []
    for row in rows[1:]:
        cells = (*row.cells, *("" for _ in head))[: len(head)]
        found.append(tuple(_amount(*each) for each in zip(head, cells, strict=True)))
    return head, found


def _document(path: Path) -> list[dict[str, object]] | None:
    """Read the rows of a JSON document as commands write it; None where it is something else."""
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"), parse_float=str)
    except (ValueError, RecursionError):
        return None
    rows = found.get("rows") if isinstance(found, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return None
    return rows


def _plain(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


def _amount(name: str, cell: str) -> object:
    if not name.endswith("_yuan"):
        return cell
    try:
        return parse_yuan(cell)
    except ValueError:
        return cell
