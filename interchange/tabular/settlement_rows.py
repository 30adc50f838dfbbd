"""A file of settlements from outside, read into signed lines or into totals that it states."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from domain.claim import Status
from domain.ids import is_identity_number
from domain.text import Text
from interchange.tabular.cells import Cells
from interchange.tabular.faults import Unreadable
from interchange.tabular.settlement_columns import Column, find_columns
from interchange.tabular.sheets import Row, rows_of
from projections.settlement_lines import MEASURES, Fens, Line
from projections.settlement_totals import Part, Stated

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
_MOST_FAULTS = 20
_NOT_REFUND = Text("标为结算，金额却为负", "marked as a payment, yet below zero")


class Intake(NamedTuple):
    """What a file holds: its lines or stated totals, and what was passed over or turned.

    `columns` gives the file's name of each thing that was recognised; `totals_skipped` counts rows
    of sums, `turned` refunds that came with positive amounts.
    """

    lines: list[Line]
    stated: list[Stated]
    measures: tuple[str, ...]
    columns: dict[str, str]
    totals_skipped: int
    turned: int


def read_settlements(path: Path, *, given: Mapping[str, str]) -> Intake:
    """Read a file; `given` says what some of its columns mean, see `find_columns`.

    A file that names no settlement and no claim, but counts them, states totals.

    Raises:
        Unreadable: with the first twenty faults.
        ModuleNotFoundError, OSError: as `rows_of`.
    """
    columns, rows = find_columns(rows_of(path), given=given)
    reading = _Reading(columns)
    by_line = not columns.keys().isdisjoint({"settlement", "claim"})
    for row in rows:
        if row.cells[0].casefold() in _TOTALS:
            reading.totals_skipped += 1
        elif by_line:
            reading.take_line(row)
        else:
            reading.take_total(row)
        if len(reading.cells.faults) >= _MOST_FAULTS:
            break
    if reading.cells.faults:
        raise Unreadable(reading.cells.faults)
    return reading.intake()


class _Reading:
    """Takes rows in, one after the other."""

    def __init__(self, columns: Mapping[str, Column]) -> None:
        self.cells = Cells(columns)
        self.lines: list[Line] = []
        self.stated: list[Stated] = []
        self.totals_skipped = self.turned = 0
        self._amounts = [name for name in MEASURES if name in columns]

    def intake(self) -> Intake:
        """Give what was read."""
        columns = self.cells.columns
        measures = tuple(name for name in MEASURES if name in _with_derived(columns))
        names = {name: column.name for name, column in columns.items()}
        skipped, turned = self.totals_skipped, self.turned
        return Intake(self.lines, self.stated, measures, names, skipped, turned)

    def take_line(self, row: Row) -> None:
        """Read one settlement or refund."""
        cells = self.cells
        cells.turn_to(row)
        faults_before = len(cells.faults)
        fens, refund = self._signed()
        line = Line(
            settlement=cells.key("settlement"),
            claim=cells.key("claim"),
            refund=bool(refund),
            fens=fens,
            place=row.number,
            day=cells.day("day"),
            patient=_hidden(cells.key("patient")),
            institution=cells.key("institution"),
            area=cells.key("area"),
            insurance=cells.translated("insurance", INSURANCES),
            clearing=cells.translated("clearing", CLEARINGS),
            status=str(cells.coded("status", _STATUSES) or ""),
        )
        if len(cells.faults) == faults_before:
            self.lines.append(line)

    def take_total(self, row: Row) -> None:
        """Read one stated total; without a flag it is that of payments and refunds together."""
        cells = self.cells
        cells.turn_to(row)
        faults_before = len(cells.faults)
        flag = cells.coded("refund", _FLAGS)
        fens = _derived({name: cells.fen(name) for name in self._amounts})
        part = {None: Part.NET, False: Part.PAYMENTS, True: Part.REFUNDS}[
            flag if isinstance(flag, bool) else None
        ]
        if part is Part.REFUNDS and _leading(fens) > 0:
            self.turned += 1
            fens = _negative(fens)
        stated = Stated(
            place=row.number,
            group=(
                cells.key("area"),
                cells.translated("insurance", INSURANCES),
                cells.translated("clearing", CLEARINGS),
            ),
            part=part,
            lines=cells.count("count"),
            fens=fens,
            first=cells.day("first"),
            last=cells.day("last"),
        )
        if len(cells.faults) == faults_before:
            self.stated.append(stated)

    def _signed(self) -> tuple[Fens, bool]:
        """Give the amounts of a line and whether it is a refund, which is below zero."""
        cells = self.cells
        fens = _derived({name: cells.fen(name) for name in self._amounts})
        flag, leading = cells.coded("refund", _FLAGS), _leading(fens)
        refund = flag if isinstance(flag, bool) else leading < 0
        if refund and leading > 0:
            self.turned += 1
            return _negative(fens), True
        if not refund and leading < 0:
            cells.fault("refund", _NOT_REFUND)
        return fens, refund


def _leading(fens: Fens) -> int:
    """Give the first amount that is not nothing."""
    return next((fen for fen in fens if fen), 0)


def _negative(fens: Fens) -> Fens:
    return tuple(fen and -fen for fen in fens)


def _with_derived(names: Mapping[str, object]) -> set[str]:
    """Give the measures that a file has or that follow from what it has."""
    found = set(names)
    if "mutual_aid" in found and {"account", "own_account"} & found:
        found |= {"account", "own_account"}
    return found


def _derived(fens: dict[str, int]) -> Fens:
    """Add what follows: all accounts are the own one and the grantors' together."""
    if "mutual_aid" in fens and "account" in fens:
        fens.setdefault("own_account", fens["account"] - fens["mutual_aid"])
    if "mutual_aid" in fens and "own_account" in fens:
        fens.setdefault("account", fens["own_account"] + fens["mutual_aid"])
    return tuple([fens.get(name) for name in MEASURES])


def _hidden(patient: str) -> str:
    """Keep a real identity number out of everything that is shown."""
    return f"{patient[:3]}…{patient[-2:]}" if is_identity_number(patient) else patient
