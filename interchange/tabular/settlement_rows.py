"""A file of settlements from outside, read into signed lines, with every fault and its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from domain.claim import Status
from domain.ids import is_identity_number
from domain.money import parse_yuan
from domain.text import Text
from interchange.tabular.faults import Fault, Unreadable
from interchange.tabular.settlement_columns import Column, find_columns
from interchange.tabular.sheets import rows_of
from projections.settlement_lines import MEASURES, Line

INSURANCES = {"310": "employee", "380": "resident", "390": "resident", "391": "resident"}
CLEARINGS = {"11": "outpatient", "21": "inpatient", "41": "pharmacy", "51": "other", "99": "other"}
_FLAGS = {"0": False, "否": False, "false": False, "1": True, "是": True, "true": True}
_STATUSES = {
    **{status.value: status.value for status in Status},
    "已结算": "settled",
    "部分撤销": "partly_cancelled",
    "已撤销": "cancelled",
    "已冲正": "reversed",
}
_TOTALS = {"合计", "总计", "小计", "total", "totals"}
_EMPTY = {"", "null", "NULL"}  # the interface's text files write null
_MOST_FAULTS = 20

_LOST_DIGITS = re.compile(r"\d(\.\d+)?[eE]\+\d+")
_WHOLE = re.compile(r"-?(\d+|\d{1,3}(,\d{3})+)", re.ASCII)
_DAY = re.compile(r"(\d{4})[-/]?(\d{2})[-/]?(\d{2})([ T].*|\d{6})?", re.ASCII)


class Intake(NamedTuple):
    """What a file holds: its lines, the measures it has, and what was passed over or turned.

    `columns` gives the file's name of each thing that was recognised; `totals_skipped` counts rows
    of sums, `turned` refunds that came with positive amounts.
    """

    lines: list[Line]
    measures: tuple[str, ...]
    columns: dict[str, str]
    totals_skipped: int
    turned: int


def read_settlements(path: Path, *, given: Mapping[str, str]) -> Intake:
    """Read a file; `given` says what some of its columns mean, see `find_columns`.

    Raises:
        Unreadable: with the first twenty faults.
        ModuleNotFoundError, OSError: as `rows_of`.
    """
    columns, rows = find_columns(rows_of(path), given=given)
    reading = _Reading(columns)
    for row in rows:
        if row.cells[0].casefold() in _TOTALS:
            reading.totals_skipped += 1
        else:
            reading.take(row.number, row.cells)
        if len(reading.faults) >= _MOST_FAULTS:
            break
    if reading.faults:
        raise Unreadable(reading.faults)
    names = {name: column.name for name, column in columns.items()}
    skipped, turned = reading.totals_skipped, reading.turned
    return Intake(reading.lines, reading.measures, names, skipped, turned)


class _Reading:
    """Takes rows in, one after the other."""

    def __init__(self, columns: Mapping[str, Column]) -> None:
        self.columns = columns
        self.lines: list[Line] = []
        self.faults: list[Fault] = []
        self.totals_skipped = self.turned = 0
        self.measures = tuple(name for name in MEASURES if name in _with_derived(columns))
        self._amounts = [(name, columns[name]) for name in MEASURES if name in columns]
        self._facts = [
            (name, columns[name])
            for name in ("settlement", "claim", "patient", "institution", "area")
            if name in columns
        ]

    def take(self, number: int, cells: tuple[str, ...]) -> None:
        """Read one row."""
        faults_before = len(self.faults)
        facts = {name: self._name(number, cells, column) for name, column in self._facts}
        fens = {name: self._fen(number, cells, column) for name, column in self._amounts}
        flag = self._coded(number, cells, "refund", _FLAGS)
        status = self._coded(number, cells, "status", _STATUSES) or ""
        day = self._day(number, cells)
        if len(self.faults) > faults_before:
            return
        first = next((fen for fen in fens.values() if fen), 0)
        refund = flag if isinstance(flag, bool) else first < 0
        if refund and first > 0:
            self.turned += 1
            fens = {name: -fen for name, fen in fens.items()}
        if not refund and first < 0:
            self._fault(number, self.columns["refund"], "标为结算，金额却为负", _NOT_REFUND)
            return
        _derive(fens)
        line = Line(
            settlement=facts.get("settlement", ""),
            claim=facts.get("claim", ""),
            refund=refund,
            fens=tuple(fens.get(name) for name in MEASURES),
            place=number,
            day=day,
            patient=_hidden(facts.get("patient", "")),
            institution=facts.get("institution", ""),
            area=facts.get("area", ""),
            insurance=self._translated(cells, "insurance", INSURANCES),
            clearing=self._translated(cells, "clearing", CLEARINGS),
            status=str(status),
        )
        self.lines.append(line)

    def _cell(self, cells: tuple[str, ...], column: Column) -> str:
        found = cells[column.place] if column.place < len(cells) else ""
        return "" if found in _EMPTY else found

    def _name(self, number: int, cells: tuple[str, ...], column: Column) -> str:
        found = self._cell(cells, column)
        if found.startswith("="):
            self._fault(number, column, *_FORMULA)
        elif _LOST_DIGITS.fullmatch(found):
            self._fault(
                number, column, f"编号丢了位数：{found}", f"an id that lost digits: {found}"
            )
        return found.removeprefix("'")  # what keeps a spreadsheet from computing it

    def _fen(self, number: int, cells: tuple[str, ...], column: Column) -> int:
        found = self._cell(cells, column)
        if not found:
            return 0
        if found.startswith("="):
            self._fault(number, column, *_FORMULA)
            return 0
        try:
            if not column.in_fen:
                return parse_yuan(found.lstrip("¥￥"))
            if _WHOLE.fullmatch(found):
                return int(found.replace(",", ""))
        except ValueError:
            pass
        unit = ("分（整数）", "whole fen") if column.in_fen else ("元（至多两位小数）", _YUAN)
        shown = found[:40]
        self._fault(
            number, column, f"不是金额，应为{unit[0]}：{shown}", f"no amount in {unit[1]}: {shown}"
        )
        return 0

    def _coded(
        self, number: int, cells: tuple[str, ...], name: str, codes: Mapping[str, object]
    ) -> object:
        """Read a code; None where nothing is said."""
        column = self.columns.get(name)
        found = self._cell(cells, column) if column else ""
        if column is None or not found:
            return None
        known = codes.get(found.casefold())
        if known is None:
            those = " ".join(codes)
            self._fault(
                number, column, f"没有“{found}”，可为 {those}", f"no {found!r}; one of {those}"
            )
        return known

    def _translated(self, cells: tuple[str, ...], name: str, codes: Mapping[str, str]) -> str:
        column = self.columns.get(name)
        found = self._cell(cells, column) if column else ""
        return codes.get(found, found)

    def _day(self, number: int, cells: tuple[str, ...]) -> date | None:
        column = self.columns.get("day")
        found = self._cell(cells, column) if column else ""
        if column is None or not found:
            return None
        match = _DAY.fullmatch(found)
        try:
            if match:
                return date(*(int(part) for part in match.groups()[:3]))
        except ValueError:
            pass
        self._fault(number, column, f"不是日期：{found}", f"no day: {found}")
        return None

    def _fault(self, number: int, column: Column, zh: str, en: str) -> None:
        self.faults.append(Fault(Text(zh, en), number, column.name))


_YUAN = "yuan with at most two decimals"
_NOT_REFUND = "marked as a payment, yet below zero"
_FORMULA = ("单元格是公式，不是数值", "the cell is a formula, not a value")


def _with_derived(names: Mapping[str, object]) -> set[str]:
    """Give the measures that a file has or that follow from what it has."""
    found = set(names)
    if "mutual_aid" in found and {"account", "own_account"} & found:
        found |= {"account", "own_account"}
    return found


def _derive(fens: dict[str, int]) -> None:
    """Add what follows: all accounts are the own one and the grantors' together."""
    if "mutual_aid" in fens and "account" in fens:
        fens.setdefault("own_account", fens["account"] - fens["mutual_aid"])
    if "mutual_aid" in fens and "own_account" in fens:
        fens.setdefault("account", fens["own_account"] + fens["mutual_aid"])


def _hidden(patient: str) -> str:
    """Keep a real identity number out of everything that is shown."""
    return f"{patient[:3]}…{patient[-2:]}" if is_identity_number(patient) else patient
