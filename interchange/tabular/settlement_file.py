"""The ledger's lines as a file of settlements, in the form in which such files are read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from domain.money import format_yuan
from domain.text import Text
from interchange.tabular.faults import unreadable
from interchange.tabular.settlement_rows import CLEARINGS
from projections.settlement_lines import MEASURES, Line

_AMOUNTS = {
    "total": "medfee_sumamt",
    "fund": "fund_pay_sumamt",
    "account": "acct_pay",
    "mutual_aid": "acct_mulaid_pay",
    "cash": "psn_cash_pay",
}
HEAD = (
    "setl_id",
    "mdtrt_id",
    "psn_no",
    "fixmedins_code",
    "insuplc_admdvs",
    "insutype",
    "clr_type",
    "setl_time",
    *_AMOUNTS.values(),
    "refd_setl_flag",
)
"""The columns, by the names of the national interface; amounts are yuan."""

_INSUTYPES = {"employee": "310", "resident": "390"}
_CLR_TYPES = {word: code for code, word in CLEARINGS.items()}
_RESIDENT = "390"


def write_settlements(path: Path, lines: Iterable[Line]) -> int:
    """Write lines as CSV, TSV (also .txt) or JSON Lines by the name's ending; give how many.

    Raises:
        Unreadable: another ending.
        FileExistsError: there is such a file; it is left as it is.
    """
    kinds = {".csv": ",", ".tsv": "\t", ".txt": "\t", ".jsonl": ""}
    separator = kinds.get(path.suffix.casefold())
    if separator is None:
        zh, en = (
            "文件名应以 .csv、.tsv 或 .jsonl 结尾",
            "the name should end in .csv, .tsv or .jsonl",
        )
        raise unreadable(Text(zh, en))
    rows = [_cells(line) for line in lines]
    text = _separated(rows, separator) if separator else _objects(rows)
    with path.open("x", encoding="utf-8-sig" if separator else "utf-8", newline="") as file:
        file.write(text)
    return len(rows)


def _cells(line: Line) -> tuple[str, ...]:
    amounts = (line.fens[MEASURES.index(name)] or 0 for name in _AMOUNTS)
    return (
        line.settlement,
        line.claim,
        line.patient,
        line.institution,
        line.area,
        _INSUTYPES.get(line.insurance, line.insurance),
        _CLR_TYPES.get(line.clearing, line.clearing),
        line.day.isoformat() if line.day else "",
        *(format_yuan(fen).replace(",", "") for fen in amounts),
        "1" if line.refund else "0",
    )


def _separated(rows: Sequence[tuple[str, ...]], separator: str) -> str:
    page = io.StringIO()
    writer = csv.writer(page, delimiter=separator, lineterminator="\n")
    writer.writerow(HEAD)
    writer.writerows(rows)
    return page.getvalue()


def _objects(rows: Sequence[tuple[str, ...]]) -> str:
    objects = (dict(zip(HEAD, row, strict=True)) for row in rows)
    return "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in objects)
