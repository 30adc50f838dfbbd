"""The file of a sample: CSV, one row an item, to be filled in by the auditor and read again.

Every row carries the plan and the frame, so that sorting and filtering in a spreadsheet do no
harm. Of `audited_yuan`, `audited_fen`, `error_yuan` and `error_fen` one is filled in; an error is
what is recorded less what is right. Amounts in yuan are for people; fen decide.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from cli.errors import failure
from cli.render import safe_cell
from domain.money import format_yuan, parse_yuan
from domain.text import Text
from projections.sampling.codes import Method

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from cli.errors import Failure
    from domain.text import Lang
    from projections.sampling.selecting import Sample, Stratum

PLAN = (
    *("method", "over", "money", "scope", "known_at", "seed"),
    *("frame_items", "frame_fen", "frame_digest"),
    *("by", "bands_fen", "allotment", "size", "drawn", "interval_fen"),
    *("confidence_percent", "tolerable_fen", "expected_fen"),
)
"""What every row says of the sample as a whole."""

_ITEM = (
    *("no", "item", "positions", "day", "person", "claim", "institution", "region", "place"),
    *("amount_yuan", "amount_fen"),
)
_FOUND = ("audited_yuan", "audited_fen", "error_yuan", "error_fen", "remark")
_STRATUM = ("stratum", "stratum_items", "stratum_fen", "stratum_drawn")
COLUMNS = (*_ITEM, *_FOUND, *_STRATUM, *PLAN)

_NO_SAMPLE = Text("{file} 不是样本文件：缺 {names}", "{file} is no file of a sample: no {names}")
_ROW = Text("第 {row} 行 {name}：{value}", "row {row}, {name}: {value}")
_OPEN = Text("第 {row} 行未填审定数或差错数", "row {row} has no audited amount and no error")
_APART = Text("第 {row} 行所填各数不一致", "the figures that row {row} was given disagree")
_MISSING = Text(
    "应有 {drawn} 行，实有 {rows} 行，或有重复",
    "{drawn} rows were drawn, there are {rows}, or one is doubled",
)
_MIXED = Text("各行 {name} 不一", "rows differ in {name}")


_SEED = "seed:"
"""Begins a seed, so that no spreadsheet takes it for a number."""


class Filled(NamedTuple):
    """One row: the item, its stratum, what is recorded and what the auditor found, in fen."""

    item: str
    stratum: str
    amount_fen: int
    audited_fen: int


@dataclass(frozen=True)
class Paper:
    """A sample file that was read: what it says of the whole, its strata and its rows."""

    plan: dict[str, str]
    strata: tuple[Stratum, ...]
    rows: tuple[Filled, ...]

    @property
    def method(self) -> Method:
        """Give how it was drawn."""
        return Method(self.plan["method"])

    def fen(self, name: str) -> int | None:
        """Give an amount of the plan, None where it is empty."""
        written = self.plan[name]
        return int(written) if written else None

    @property
    def confidence(self) -> Fraction | None:
        """Give the confidence that was planned with, if any."""
        written = self.plan["confidence_percent"]
        return Fraction(int(written), 100) if written else None


def write_sample(
    file: Path, sample: Sample, *, rows: Iterable[dict[str, object]], **plan: object
) -> None:
    """Write a sample to be filled in; `rows` are its items, `plan` what the sample cannot say."""
    parts = {part.name: part for part in sample.strata}
    said = {**_plan(sample), **plan}
    with file.open("w", encoding="utf-8-sig", newline="") as page:
        writer = csv.DictWriter(page, COLUMNS, restval="", lineterminator="\n")
        writer.writeheader()
        for row in rows:
            part = parts[str(row["stratum"])]
            cells = {
                **{name: row.get(name, "") for name in (*_ITEM, "stratum")},
                "positions": _spaced(row["positions"]),
                "amount_yuan": yuan(row["amount_fen"]),
                "stratum_items": part.items,
                "stratum_fen": part.total_fen,
                "stratum_drawn": part.drawn,
                **said,
            }
            writer.writerow({name: safe_cell(value) for name, value in cells.items()})


def _spaced(positions: object) -> str:
    assert isinstance(positions, list), positions
    return " ".join(map(str, positions))


def yuan(fen: object) -> str:
    """Write an amount without separators, as spreadsheets read it."""
    assert isinstance(fen, int), fen
    return format_yuan(fen).replace(",", "")


def _plan(sample: Sample) -> dict[str, object]:
    plan, frame = sample.plan, sample.frame
    stratified = plan.method is Method.STRATIFIED
    return {
        "method": plan.method.value,
        "over": frame.over.value,
        "money": frame.money.value,
        "scope": frame.scope.written,
        "frame_items": frame.count,
        "frame_fen": frame.total_fen,
        "frame_digest": frame.digest,
        "seed": f"{_SEED}{plan.seed}",
        "by": plan.by.value if stratified else "",
        "bands_fen": " ".join(map(str, plan.bands)),
        "allotment": plan.allotment.value if stratified else "",
        "size": plan.size,
        "drawn": len(sample.selected),
        "interval_fen": sample.interval_fen,
    }


def read_sample(file: Path, lang: Lang) -> Paper:
    """Read a sample that was filled in.

    Raises:
        Failure: it is no such file, a row is missing, doubled, open or unreadable.
    """
    from projections.sampling.selecting import Stratum

    found = _rows(file, lang)
    for name in PLAN:
        if len({row[name] for row in found}) > 1:
            raise _bad(_MIXED.say(lang, name=name))
    rows = tuple(_filled(number, row, lang) for number, row in enumerate(found, 2))
    strata = {
        Stratum(
            row["stratum"],
            _whole(number, row, "stratum_items", lang=lang),
            _whole(number, row, "stratum_fen", lang=lang),
            _whole(number, row, "stratum_drawn", lang=lang),
        )
        for number, row in enumerate(found, 2)
    }
    _check_complete(found, rows, sorted(strata), lang)
    plan = {name: found[0][name].removeprefix(_SEED) for name in PLAN}
    return Paper(plan, tuple(sorted(strata)), rows)


def _rows(file: Path, lang: Lang) -> list[dict[str, str]]:
    """Read the rows as they stand, without empty ones."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as page:
            reader = csv.DictReader(page, restval="", restkey="beyond")
            found = [row for row in reader if any(map(str.strip, map(str, row.values())))]
            names = reader.fieldnames or ()
    except (UnicodeDecodeError, csv.Error):
        raise _bad(_NO_SAMPLE.say(lang, file=file, names="UTF-8 CSV")) from None
    needed = ("item", "amount_fen", *_STRATUM, *PLAN)
    missing = [name for name in needed if name not in names]
    if missing or not found:
        raise _bad(_NO_SAMPLE.say(lang, file=file, names=", ".join(missing) or "rows"))
    if found[0]["method"] not in set(Method):
        raise _bad(_ROW.say(lang, row=2, name="method", value=found[0]["method"]))
    return found


def _check_complete(
    found: Sequence[dict[str, str]], rows: Sequence[Filled], strata: Sequence[Stratum], lang: Lang
) -> None:
    """Refuse a file from which rows were taken out, or to which some were added."""
    drawn = _whole(2, found[0], "drawn", lang=lang)
    counts = [sum(row.stratum == part.name for row in rows) for part in strata]
    whole = [part.drawn for part in strata] == counts and sum(counts) == drawn
    if not whole or len({row.item for row in rows}) != len(rows):
        raise _bad(_MISSING.say(lang, drawn=drawn, rows=len(rows)))


def _filled(number: int, row: dict[str, str], lang: Lang) -> Filled:
    """Read one row; where the auditor gave several figures, they must come to the same."""
    recorded = _whole(number, row, "amount_fen", lang=lang)
    said = set()
    for name in _FOUND[:-1]:
        written = (row.get(name) or "").strip()
        if written:
            fen = _amount(number, row, name, lang=lang)
            said.add(fen if name.startswith("audited") else recorded - fen)
    if not said:
        raise _bad(_OPEN.say(lang, row=number))
    if len(said) > 1:
        raise _bad(_APART.say(lang, row=number))
    return Filled(row["item"], row["stratum"], recorded, said.pop())


def _amount(number: int, row: dict[str, str], name: str, *, lang: Lang) -> int:
    if name.endswith("_fen"):
        return _whole(number, row, name, lang=lang)
    written = row[name].strip()
    try:
        return parse_yuan(written)
    except ValueError:
        raise _bad(_ROW.say(lang, row=number, name=name, value=written)) from None


def _whole(number: int, row: dict[str, str], name: str, *, lang: Lang) -> int:
    written = (row[name] or "").strip()
    if not written.removeprefix("-").isdecimal() or not written.isascii():
        raise _bad(_ROW.say(lang, row=number, name=name, value=written))
    return int(written)


def _bad(says: str) -> Failure:
    return failure("bad_sample", says)
