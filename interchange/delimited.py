"""The SQL views as delimited files with control totals, for whoever takes the books over.

Every file is one view at one position: UTF-8 with a byte order mark, commas, the names of the
columns first. `control.csv` says how many rows each has, what its amounts add up to, and its
SHA-256, so that the receiver can tell that all of it arrived.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from projections.reading import one_position
from projections.runner import PROJECTIONS
from projections.views.catalogue import VIEWS

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    from projections.views.fields import View

CONTROL = "control.csv"
"""The file of control totals."""

CONTROL_COLUMNS = ("文件", "视图", "行数", "合计列", "合计_分", "记账位置", "SHA-256")
"""One row for each column in fen of each file; a file without amounts has one row without."""

_BOM = "\ufeff"
_BATCH = 1_000  # rows that are formatted at a time

Cell = Callable[[object], object]
"""Makes a value safe for spreadsheets; what there is not becomes an empty text."""


class Written(NamedTuple):
    """A file that was written: rows, what each column in fen adds up to, and its SHA-256."""

    file: str
    view: str
    rows: int
    columns: int
    totals: dict[str, int]
    sha256: str


def write(engine: Engine, folder: Path, *, cell: Cell) -> list[Written]:
    """Write every view into a folder, all at one position, and the control totals.

    Raises:
        ReadModelBusy: another process is bringing the read models up to date.
    """
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN")
        position = one_position(connection, PROJECTIONS)
        written = [_write_view(connection, folder, view, cell) for view in VIEWS.values()]
    rows = [CONTROL_COLUMNS, *(row for each in written for row in _control(each, position))]
    with (folder / CONTROL).open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    return written


def _write_view(connection: Connection, folder: Path, view: View, cell: Cell) -> Written:
    found = connection.exec_driver_sql(
        f"SELECT * FROM {view.name} ORDER BY {view.order}",  # noqa: S608  # our own names
        execution_options={"yield_per": _BATCH},
    )
    names = list(found.keys())
    assert names == [column.name for column in view.columns], view.name
    file, tally = f"{view.name}.csv", _Tally(names, view.fen)
    with (folder / file).open("wb") as out:
        tally.write(out, [names], cell=cell, before=_BOM)
        for rows in found.partitions():
            tally.count(rows)
            tally.write(out, rows, cell=cell)
    return Written(file, view.name, tally.rows, len(names), tally.totals, tally.sha256)


class _Tally:
    """Counts what is written."""

    def __init__(self, names: Sequence[str], fen: Sequence[str]) -> None:
        self.rows = 0
        self.totals = dict.fromkeys(fen, 0)
        self._places = [(name, names.index(name)) for name in fen]
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def count(self, rows: Sequence[Sequence[Any]]) -> None:
        """Add rows up; what there is not counts as nothing."""
        self.rows += len(rows)
        for name, place in self._places:
            self.totals[name] += sum(row[place] or 0 for row in rows)

    def write(
        self, out: BinaryIO, rows: Sequence[Sequence[Any]], *, cell: Cell, before: str = ""
    ) -> None:
        page = io.StringIO(before, newline="")
        page.seek(0, io.SEEK_END)
        csv.writer(page).writerows([cell(value) for value in row] for row in rows)
        lines = page.getvalue().encode()
        self._digest.update(lines)
        out.write(lines)


def _control(it: Written, position: int) -> Iterator[tuple[object, ...]]:
    for name, fen in it.totals.items() or [("", "")]:
        yield it.file, it.view, it.rows, name, fen, position, it.sha256
