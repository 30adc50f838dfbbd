"""Outside lists: who died when, who lives where. CSV with a heading, two columns each."""

from __future__ import annotations

import csv
import re
from datetime import date
from typing import TYPE_CHECKING

from domain.text import Text
from policies.strict_yaml import YamlProblem

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

COLUMNS = {"deaths": ("person", "died_on"), "addresses": ("person", "area")}
"""The lists that rules may ask for, each with its columns."""


def read_list(name: str, path: Path) -> dict[str, str]:
    """Read a list: the second column by person.

    Raises:
        YamlProblem: a heading or a row that will not do, with its line.
        OSError: the file cannot be read.
    """
    found: dict[str, str] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        if tuple(next(rows, ())) != COLUMNS[name]:
            heading = ",".join(COLUMNS[name])
            raise _problem(path, 1, Text(f"表头应为 {heading}", f"the heading is {heading}"))
        for row in rows:
            if len(row) != len(COLUMNS[name]) or not row[0] or not _FORMS[name](row[1]):
                raise _problem(path, rows.line_num, _BAD_ROW)
            found[row[0]] = row[1]
    return found


_BAD_ROW = Text(
    "应为参保人与日期（2026-03-01）或统筹区代码（六位数字）",
    "a row is a person and a day (2026-03-01) or the code of an area (six digits)",
)


def _problem(path: Path, line: int, says: Text) -> YamlProblem:
    return YamlProblem(str(path), line, says, check="list")


def _is_day(written: str) -> bool:
    try:
        date.fromisoformat(written)
    except ValueError:
        return False
    return True


_FORMS: dict[str, Callable[[str], object]] = {
    "deaths": _is_day,
    "addresses": re.compile(r"[0-9]{6}").fullmatch,
}
