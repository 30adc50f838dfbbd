"""The cells of a row by what they mean; what will not do is put down with line and column."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from domain.money import MAX_FEN, parse_yuan
from domain.text import Text
from interchange.tabular.faults import Fault
from interchange.tabular.settlement_columns import Column
from interchange.tabular.sheets import Row

_EMPTY = {"", "null", "NULL"}  # the interface's text files write null
_LOST_DIGITS = re.compile(r"\d(\.\d+)?[eE]\+\d+")
_WHOLE = re.compile(r"-?(\d{1,18}|\d{1,3}(,\d{3}){1,5})", re.ASCII)
_DAY = re.compile(r"(\d{4})[-/]?(\d{2})[-/]?(\d{2})([ T].*|\d{6})?", re.ASCII)

_IS_FORMULA = Text("单元格是公式，不是数值", "the cell is a formula, not a value")


class Cells:
    """Reads one row after the other. `faults` is everything that would not do."""

    def __init__(self, columns: Mapping[str, Column]) -> None:
        """Take what each column means."""
        self.columns = columns
        self.faults: list[Fault] = []
        self._row = Row(0, ())

    def turn_to(self, row: Row) -> None:
        """Read from this row from now on."""
        self._row = row

    def text(self, name: str) -> str:
        """Give a cell as it stands; empty where there is none."""
        column = self.columns.get(name)
        if column is None or column.place >= len(self._row.cells):
            return ""
        found = self._row.cells[column.place]
        return "" if found in _EMPTY else found

    def key(self, name: str) -> str:
        """Give an id; the mark that keeps a spreadsheet from computing it is taken off."""
        found = self.text(name)
        if found[:1] == "=":
            self.fault(name, _IS_FORMULA)
        elif found and _LOST_DIGITS.fullmatch(found):
            self.fault(name, Text(f"编号丢了位数：{found}", f"an id that lost digits: {found}"))
        return found.removeprefix("'")

    def fen(self, name: str) -> int:
        """Give an amount in fen; an empty one is nothing."""
        found = self.text(name)
        if not found:
            return 0
        in_fen = self.columns[name].in_fen
        fen = _whole(found) if in_fen else _from_yuan(found)
        if fen is not None and abs(fen) <= MAX_FEN:
            return fen
        if found[:1] == "=":
            self.fault(name, _IS_FORMULA)
            return 0
        zh, en = ("分（整数）", "whole fen") if in_fen else _YUAN
        shown = found[:40]
        self.fault(name, Text(f"不是金额，应为{zh}：{shown}", f"no amount in {en}: {shown}"))
        return 0

    def count(self, name: str) -> int:
        """Give a whole number; an empty one is 0."""
        found = self.text(name)
        number = _whole(found) if found else 0
        if number is None:
            self.fault(name, Text(f"不是整数：{found[:40]}", f"no whole number: {found[:40]}"))
        return number or 0

    def day(self, name: str) -> date | None:
        """Give a day; None where nothing is said."""
        found = self.text(name)
        day = _day_of(found) if found else None
        if found and day is None:
            self.fault(name, Text(f"不是日期：{found[:40]}", f"no day: {found[:40]}"))
        return day

    def coded(self, name: str, codes: Mapping[str, object]) -> object:
        """Give what a code stands for; None where nothing is said."""
        found = self.text(name)
        known = codes.get(found.casefold()) if found else None
        if found and known is None:
            zh, en = f"没有“{found}”，可为 ", f"no {found!r}; one of "
            those = " ".join(codes)
            self.fault(name, Text(zh + those, en + those))
        return known

    def translated(self, name: str, codes: Mapping[str, str]) -> str:
        """Give our code for one of the interface's, or what stands there."""
        found = self.text(name)
        return codes.get(found, found)

    def fault(self, name: str, says: Text) -> None:
        """Put down that a cell will not do."""
        self.faults.append(Fault(says, self._row.number, self.columns[name].name))


_YUAN = ("元（至多两位小数）", "yuan with at most two decimals")


# Amounts and days repeat; a file of a month has thirty-one.
@lru_cache(maxsize=1 << 14)
def _from_yuan(text: str) -> int | None:
    try:
        return parse_yuan(text.lstrip("¥￥"))
    except ValueError:
        return None


def _whole(text: str) -> int | None:
    return int(text.replace(",", "")) if _WHOLE.fullmatch(text) else None


@lru_cache(maxsize=1 << 10)
def _day_of(text: str) -> date | None:
    match = _DAY.fullmatch(text)
    try:
        return date(*(int(part) for part in match.groups()[:3])) if match else None
    except ValueError:
        return None
