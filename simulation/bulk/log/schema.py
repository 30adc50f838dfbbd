"""The columns of a log's two tables: what each holds, in which unit, and as arrays or as tables.

`lines` has one row for each row that was decided, `legs` one for each movement of money. Amounts
are whole fen, days are dates, words are small numbers whose words stand beside the column.
`docs/bulk-log.md` shows the same columns to those who read a log.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from domain.codes import Category, Place, Segment
from domain.text import Text
from simulation.bulk.arrays import Decided, Legs, Rows

Arrow = Any
"""A type, schema or table of Arrow, which ships no types for the checker."""
Array = NDArray[Any]
"""A one-dimensional array of whole numbers."""

UNIX = 719_163
"""`date(1970, 1, 1).toordinal()`: Arrow counts days from there, our arrays from the year 1."""

NUMBER, FEN, DAY, WORD, BITS = "number", "fen", "day", "word", "bits"
"""Units of columns: a plain number, fen, a date, a place in `Column.words`, a mask of them."""


class Column(NamedTuple):
    """One column of a table."""

    name: str
    dtype: str  # as the arrays have it; a day travels as `date32`
    unit: str
    says: Text
    words: tuple[str, ...] = ()  # in order of their numbers, or of bits from the lowest

    @property
    def arrow(self) -> Arrow:
        """Give the Arrow type."""
        return pa.date32() if self.unit == DAY else pa.from_numpy_dtype(np.dtype(self.dtype))


class Batch(NamedTuple):
    """Rows, what was decided about them, and the place of the first one in the whole log."""

    first_seq: int
    rows: Rows
    decided: Decided
    legs: Legs


def read_only(batch: Batch) -> Batch:
    """Give the same arrays as views that cannot be written: compiled code sees one type of them."""
    rows, decided, legs = (map(_read_only, part) for part in batch[1:])
    return Batch(batch.first_seq, Rows(*rows), Decided(*decided), Legs(*legs))


def _read_only(array: Array) -> Array:
    view = array.view()
    view.flags.writeable = False
    return view


def _values(family: type[StrEnum]) -> tuple[str, ...]:
    return tuple(member.value for member in family)


KINDS = ("settle", "cancel", "credit", "roll")
OUTCOMES = (
    *("done", "no_rule", "not_designated", "not_connected", "credential_missing"),
    *("proxy_not_allowed", "grantors_not_allowed", "card_not_active", "not_covered", "not_filed"),
    *("not_filed_emergency", "unknown_claim", "already_cancelled", "unassigned", "across_months"),
    *("across_years", "exceeds_paid", "no_account", "account_closed", "already_rolled"),
    *("beyond_range", "closed_since"),
)
FLAGS = (
    *("outside", "no_accounts", "aid_requested", "emergency", "not_designated", "not_connected"),
    *("credential_low", "credential_high", "whole", "to_prior"),
)

LINES = (
    Column("seq", "int64", NUMBER, Text("整个日志中的行号，从 0 起", "place in the log, from 0")),
    Column("kind", "int8", WORD, Text("行的种类", "kind of row"), KINDS),
    Column("claim", "int64", NUMBER, Text("费用单号", "number of the claim")),
    Column("line", "int16", NUMBER, Text("明细行号", "line of the bill; 0: all of it")),
    Column("booked", "int32", DAY, Text("入账日", "day of booking")),
    Column("day", "int32", DAY, Text("就医购药日", "day of care")),
    Column("patient", "int32", NUMBER, Text("参保人序号", "person; of a roll the region")),
    Column("where", "int16", NUMBER, Text("机构所在统筹区", "region of the institution")),
    Column("place", "int8", WORD, Text("就医购药场所", "place of care"), _values(Place)),
    Column("category", "int8", WORD, Text("费用类别", "what it was for"), _values(Category)),
    Column("flags", "int16", BITS, Text("标志位", "how the till asked"), FLAGS),
    Column("total", "int64", FEN, Text("总费用", "cost, or what is cancelled or credited")),
    Column("fund", "int64", FEN, Text("单据上的基金支付", "the fund's part as the bill has it")),
    Column("outcome", "int8", WORD, Text("结果", "what became of the bill"), OUTCOMES),
    Column("rule", "int16", NUMBER, Text("规则集序号", "rule set decided by; -1: none")),
    Column("cash", "int64", FEN, Text("个人现金支出", "paid in cash; of a roll what moved")),
    Column("fund_paid", "int64", FEN, Text("基金支付", "paid by the fund; below 0: given back")),
    Column("legs", "int16", NUMBER, Text("分录数", "legs of the bill, on its first row")),
)

LEGS = (
    Column("seq", "int64", NUMBER, Text("费用单首行的行号", "first row of the bill in `lines`")),
    Column("pot", "int32", NUMBER, Text("账户序号", "pot that pays: person, purse or wallet")),
    Column("edge", "int32", NUMBER, Text("共济关系序号", "relation used; -1: the owner's use")),
    Column("segment", "int8", WORD, Text("账户分段", "part of the pot"), _values(Segment)),
    Column("line", "int16", NUMBER, Text("明细行号", "line of the bill")),
    Column("amount", "int32", FEN, Text("金额", "paid; below 0: came into the pot")),
    Column("after", "int32", FEN, Text("该段余额", "what is then in that part of the pot")),
)

_DECIDED = tuple("fund_paid" if name == "fund" else name for name in Decided._fields)


def schema_of(columns: tuple[Column, ...]) -> Arrow:
    """Give the Arrow schema of a table, with the meaning of each column in its metadata."""
    return pa.schema(
        [
            pa.field(column.name, column.arrow, nullable=False, metadata=_metadata(column))
            for column in columns
        ],
        metadata={"format": FORMAT, "schema": DIGEST},
    )


def _metadata(column: Column) -> dict[str, str]:
    meaning = {"unit": column.unit, "says": column.says.en, "says_zh": column.says.zh}
    return meaning | ({"words": " ".join(column.words)} if column.words else {})


def digest_of(*tables: tuple[Column, ...]) -> str:
    """Give the SHA-256 of names, types, units and words; how a column is explained may change."""
    kept = [
        [[column.name, str(column.arrow), column.unit, column.words] for column in columns]
        for columns in tables
    ]
    return hashlib.sha256(msgspec.json.encode(kept)).hexdigest()


FORMAT = "gongji.bulk-log.1"
DIGEST = digest_of(LINES, LEGS)
LINES_SCHEMA = schema_of(LINES)
LEGS_SCHEMA = schema_of(LEGS)


# -------------------------------------------------------------------------- arrays into tables


def lines_table(batch: Batch) -> Arrow:
    """Give the rows of a batch as a table; all columns but `seq` and the days share its memory."""
    seq = np.arange(batch.first_seq, batch.first_seq + len(batch.rows.kind), dtype=np.int64)
    return _table(LINES, {"seq": seq, **_fields(batch.rows), **_fields(batch.decided)})


def legs_table(batch: Batch) -> Arrow:
    """Give the legs of a batch as a table; all columns but `seq` share its memory."""
    return _table(LEGS, {"seq": leg_seq(batch), **_fields(batch.legs)})


def leg_seq(batch: Batch) -> Array:
    """Give for each leg the place of its bill's first row in the whole log, int64."""
    counts = batch.decided.legs
    first = np.flatnonzero(counts)
    return np.repeat(first + batch.first_seq, counts[first])


def _fields(arrays: Rows | Decided | Legs) -> dict[str, Array]:
    names = _DECIDED if isinstance(arrays, Decided) else arrays._fields
    return dict(zip(names, arrays, strict=True))


def _table(columns: tuple[Column, ...], arrays: dict[str, Array]) -> Arrow:
    schema = LINES_SCHEMA if columns is LINES else LEGS_SCHEMA
    return pa.Table.from_arrays([_arrow(c, arrays[c.name]) for c in columns], schema=schema)


def _arrow(column: Column, array: Array) -> Arrow:
    """Give an array as Arrow without copying it, unless days are to be counted anew."""
    if array.dtype != column.dtype:
        message = f"{column.name} is {array.dtype} instead of {column.dtype}"
        raise TypeError(message)
    numbers = array - np.int32(UNIX) if column.unit == DAY else np.ascontiguousarray(array)
    return pa.Array.from_buffers(column.arrow, len(numbers), [None, pa.py_buffer(numbers)])


# -------------------------------------------------------------------------- tables into arrays


def batch_of(lines: Arrow, legs: Arrow) -> Batch:
    """Give the arrays of two tables, read-only where they share the tables' memory.

    `Rows.slot`, which the log does not keep, is -1. Raises ValueError where columns are not those
    of the schema, `seq` does not rise by one, or legs are not those that their rows announce.
    """
    # numba takes half a second, and not all who know the columns read a log
    from simulation.bulk.log.sequence import are_announced, rises_by_one  # noqa: PLC0415  # as above

    if not (lines.schema.equals(LINES_SCHEMA) and legs.schema.equals(LEGS_SCHEMA)):
        message = "columns are not those of the schema"
        raise ValueError(message)
    found = {column.name: _numbers(column, lines) for column in LINES}
    count, seq = lines.num_rows, found.pop("seq")
    found["slot"] = np.full(count, -1, np.int32)
    batch = Batch(
        first_seq=int(seq[0]) if count else 0,
        rows=Rows(**{name: found[name] for name in Rows._fields}),
        decided=Decided(*(found[name] for name in _DECIDED)),
        legs=Legs(*(_numbers(column, legs) for column in LEGS[1:])),
    )
    if not rises_by_one(seq):
        message = "seq does not rise by one"
        raise ValueError(message)
    if not are_announced(batch.decided.legs, _numbers(LEGS[0], legs), first_seq=batch.first_seq):
        message = "legs are not those that their rows announce"
        raise ValueError(message)
    return batch


def _numbers(column: Column, table: Arrow) -> Array:
    chunks = table.column(column.name)
    array = chunks.chunk(0) if chunks.num_chunks == 1 else chunks.combine_chunks()
    if column.unit != DAY:
        return np.asarray(array)
    return np.asarray(array.view(pa.int32())) + np.int32(UNIX)
