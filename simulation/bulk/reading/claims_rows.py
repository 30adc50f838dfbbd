"""Blocks of a claims file as rows of bills, each row looked at by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.codes import Segment
from domain.columns import number
from simulation.bulk import arrays
from simulation.bulk.arrays import CANCEL, CREDIT, SETTLE, TO_PRIOR, WHOLE, Rows
from simulation.bulk.reading.claims_cells import (
    ABSENT,
    MALFORMED,
    OUTSIDE_RANGE,
    Whole,
    booleans,
    days,
    numbers,
    one_of,
    words,
)
from simulation.bulk.reading.claims_columns import BOOLEANS, DAYS, NUMBERS, WORDS
from simulation.bulk.reading.claims_faults import MOST_FEN

FINE, BAD, NAMELESS, TOLD = 0, 1, 2, 3
"""What a row is by itself: in order; faulty; so faulty that its bill cannot be told; or faulty and
kept for the sake of its bill's further rows only."""

MOST_LINES = (1 << 15) - 1
HIGHEST_CLAIM = 10**18 - 1

# Flags that a value other than the default sets, by column: the default, and the bit.
FLAGS = {
    "outside_catalogue": (0, arrays.OUTSIDE),
    "use_accounts": (1, arrays.NO_ACCOUNTS),
    "aid_requested": (0, arrays.AID_REQUESTED),
    "emergency": (0, arrays.EMERGENCY),
    "designated": (1, arrays.NOT_DESIGNATED),
    "connected": (1, arrays.NOT_CONNECTED),
}


_KINDS = arrays.kinds_of(Rows)


class Known(NamedTuple):
    """What claims are held against."""

    persons: int
    regions: Mapping[str, int]  # numbers by code
    cancelled: Whole  # claims that are cancelled somewhere, ascending


class Found(NamedTuple):
    """Faults of one kind in one column."""

    fault: str
    column: str
    rows: NDArray[np.int64]  # counted from the first row of the block
    values: Sequence[object]  # as the file has them
    claims: Sequence[object]
    after: Sequence[object] = ()  # what the only row should have come after


class Block(NamedTuple):
    """Rows that follow each other, and for each whether it is in order by itself."""

    rows: Rows
    state: NDArray[np.int8]

    def part(self, places: slice | NDArray[np.bool_]) -> Block:
        """Give some of the rows."""
        return Block(Rows(*(column[places] for column in self.rows)), self.state[places])


def read_block(batch: Any, known: Known) -> tuple[Block, list[Found]]:  # noqa: ANN401 - a record batch of pyarrow
    """Read a record batch; a value that cannot be read stands as 0, and its row is faulty."""
    sheet = _Sheet(batch, known)
    kind = sheet.take("kind", lambda: SETTLE)
    credit = kind == CREDIT
    whole = sheet.take("whole", lambda: 0)
    booked = sheet.raw("booked")
    day = sheet.take("day", lambda: ABSENT if booked is None else np.where(credit, booked, ABSENT))
    claim = sheet.take("claim", lambda: np.where(credit, 0, ABSENT))
    numbers_of = {
        "kind": kind,
        "claim": claim,
        "line": sheet.take("line", lambda: 1 - whole),
        "booked": sheet.take("booked", lambda: day),
        "day": day,
        "patient": sheet.take("patient"),
        "where": sheet.take("where", lambda: np.where(credit, 0, ABSENT)),
        "place": sheet.take("place", lambda: np.where(credit, 0, ABSENT)),
        "category": sheet.take("category", lambda: np.where(credit | (whole > 0), 0, ABSENT)),
        "flags": _flags(sheet, whole),
        "total": sheet.take("total_fen"),
        "fund": sheet.take("fund_fen", lambda: 0),
        "slot": slots(kind, claim, cancelled=known.cancelled),
    }
    rows = Rows(
        **{name: numbers_of[name].astype(width, copy=False) for name, width in _KINDS.items()}
    )
    _look_across(sheet, rows)
    return Block(rows, sheet.state), sheet.found


class _Sheet:
    """A record batch, its columns as numbers, and what was found wrong with them."""

    def __init__(self, batch: Any, known: Known) -> None:  # noqa: ANN401 - as above
        self.columns = dict(zip(batch.schema.names, batch.columns, strict=True))
        self.known = known
        self.state = np.zeros(batch.num_rows, np.int8)
        self.found: list[Found] = []
        self._read: dict[str, Whole] = {}
        self._taken: dict[str, Whole] = {}

    def raw(self, name: str) -> Whole | None:
        """Give a column as numbers, below zero where it has none; None if the file lacks it."""
        if name not in self._read and name in self.columns:
            self._read[name] = self._numbers(name)
        return self._read.get(name)

    def take(self, name: str, default: Callable[[], Whole | int] = lambda: ABSENT) -> Whole:
        """Give a column as numbers, with its default where it has no value, and note faults."""
        if name not in self._taken:
            values = self.raw(name)
            if values is None:
                values = np.broadcast_to(default(), self.state.shape)
            elif len(values) and values.min() < 0:
                values = np.where(values == ABSENT, default(), values)
                values = self._sound(name, values)
            self._taken[name] = values
        return self._taken[name]

    def note(self, fault: str, column: str, *, wrong: NDArray[np.bool_]) -> None:
        """Note a fault of some rows, by themselves."""
        if wrong.any():
            rows = np.flatnonzero(wrong)
            nameless = column in {"kind", "claim"} and fault != "misplaced"
            self.state[rows] = np.maximum(self.state[rows], NAMELESS if nameless else BAD)
            values, claims = self._texts(column, rows), self._texts("claim", rows)
            self.found.append(Found(fault, column, rows, values, claims))

    def _sound(self, name: str, values: Whole) -> Whole:
        """Note where there still is no number; 0 stands there from now on."""
        for code, fault in _faults_of(name).items():
            self.note(fault, name, wrong=values == code)
        return np.maximum(values, 0)

    def _texts(self, name: str, rows: NDArray[np.int64]) -> list[object]:
        if name not in self.columns:
            return [""] * len(rows)
        return ["" if v is None else v for v in self.columns[name].take(rows).to_pylist()]

    def _numbers(self, name: str) -> Whole:
        column = self.columns[name]
        if name in NUMBERS:
            return numbers(column, self._highest(name))
        if name in DAYS:
            return days(column)
        if name in BOOLEANS:
            return booleans(column)
        return words(column, one_of(WORDS.get(name, self.known.regions)))

    def _highest(self, name: str) -> int:
        limits = {"claim": HIGHEST_CLAIM, "line": MOST_LINES, "patient": self.known.persons - 1}
        return limits.get(name, MOST_FEN)


def _faults_of(name: str) -> dict[int, str]:
    """Name the faults that stand for the numbers below zero in a column."""
    if name in NUMBERS:
        beyond = {"patient": "unknown_person", "total_fen": "amount_range"}
        beyond["fund_fen"] = "amount_range"
        malformed, outside = "not_a_number", beyond.get(name, "number_range")
    elif name in DAYS:
        malformed, outside = "not_a_day", "day_range"
    elif name in BOOLEANS:
        malformed = outside = "not_yes_or_no"
    else:
        malformed = outside = "unknown_region" if name == "where" else "unknown_word"
    return {ABSENT: "missing", MALFORMED: malformed, OUTSIDE_RANGE: outside}


def _flags(sheet: _Sheet, whole: Whole) -> NDArray[np.int16]:
    flags = whole.astype(np.int16) * np.int16(WHOLE)
    for name, (default, bit) in FLAGS.items():
        if name in sheet.columns:
            said = sheet.take(name, lambda d=default: d)  # type: ignore[misc]  # a lambda with a default
            flags |= (said != default) * np.int16(bit)
    if "credential" in sheet.columns:
        flags |= sheet.take("credential", lambda: 0).astype(np.int16) << arrays.CREDENTIAL
    if "segment" in sheet.columns:
        prior = sheet.take("segment", lambda: 0) == number(Segment.PRIOR)
        flags |= prior * np.int16(TO_PRIOR)
    return flags


def slots(kind: NDArray[Any], claim: Whole, *, cancelled: Whole) -> NDArray[np.int32]:
    """Give the place of each bill among those that are cancelled somewhere, else -1."""
    found = np.full(len(kind), -1, np.int32)
    if len(cancelled):
        places = np.minimum(np.searchsorted(cancelled, claim), len(cancelled) - 1)
        named = (cancelled[places] == claim) & ((kind == SETTLE) | (kind == CANCEL))
        found[named] = places[named]
    return found


def _look_across(sheet: _Sheet, rows: Rows) -> None:
    """Hold the values of a row against each other, where each of them can be read."""
    fine = sheet.state == FINE
    cancel, credit = rows.kind == CANCEL, rows.kind == CREDIT
    whole = (rows.flags & WHOLE) != 0
    sheet.note("above_total", "fund_fen", wrong=fine & (rows.fund > rows.total))
    sheet.note("after_booking", "day", wrong=fine & (rows.day > rows.booked))
    sheet.note("nothing_to_credit", "total_fen", wrong=fine & credit & (rows.total == 0))
    sheet.note("misplaced", "whole", wrong=fine & whole & ~cancel)
    sheet.note("misplaced", "segment", wrong=fine & ~credit & ((rows.flags & TO_PRIOR) != 0))
    sheet.note("misplaced", "line", wrong=fine & whole & cancel & (rows.line != 0))
    sheet.note("number_range", "line", wrong=fine & ~credit & ~whole & (rows.line == 0))
