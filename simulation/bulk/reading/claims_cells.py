"""Columns of a claims file as whole numbers: words, days and texts through their distinct values.

Every number that means something is 0 or more. Below zero stands why there is none, so that one
minimum tells whether a column is sound. Numbers keep the width that they have in a file, words and
yes and no are narrow: most of the time goes into moving memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Whole = NDArray[np.signedinteger[Any]]
"""Whole numbers of some width."""

ABSENT = -1  # no value
MALFORMED = -2  # not a whole number, not a day, not one of the words
OUTSIDE_RANGE = -3

EPOCH = date(1970, 1, 1).toordinal()
FIRST_DAY = date(1990, 1, 1).toordinal()
LAST_DAY = date(2099, 12, 31).toordinal()

_DIGITS_KEPT = 18  # so many digits always fit into 64 bits
_DAY = re.compile(r"([0-9]{4})([-/])([0-9]{1,2})\2([0-9]{1,2})")
_YES_NO = {"true": 1, "false": 0, "1": 1, "0": 0}


def numbers(column: Any, highest: int) -> Whole:  # noqa: ANN401 - an array of pyarrow
    """Give whole numbers from 0 to `highest`; texts are read as decimal digits."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if not pa.types.is_integer(column.type):
        return _parsed(column, highest)
    if pa.types.is_unsigned_integer(column.type):
        column = column.cast(pa.int64(), safe=False)  # beyond 63 bits it comes out below zero
    return _bounded(_plain(column), highest, absent=_absent(column))


def days(column: Any) -> Whole:  # noqa: ANN401 - an array of pyarrow
    """Give days as ordinals: dates, timestamps at midnight, or texts such as 2026-03-01."""
    kind = column.type
    if pa.types.is_dictionary(kind) or _is_text(kind):
        return words(column, _ordinal, width=np.int32)
    found = column.cast(pa.date32(), safe=False)
    ordinals = _plain(found.view(pa.int32())) + np.int32(EPOCH)
    wrong = (ordinals < FIRST_DAY) | (ordinals > LAST_DAY)
    if wrong.any():
        ordinals = np.where(wrong, OUTSIDE_RANGE, ordinals)
    if pa.types.is_timestamp(kind):
        ordinals[_plain(pc.not_equal(found.cast(kind), column))] = MALFORMED
    return _without(ordinals, _absent(column))


def booleans(column: Any) -> Whole:  # noqa: ANN401 - an array of pyarrow
    """Give yes and no as 1 and 0: booleans, 1 and 0, or the texts true, false, 1, 0."""
    if pa.types.is_dictionary(column.type) or _is_text(column.type):
        return words(column, lambda text: _YES_NO.get(text.strip().lower(), MALFORMED))
    if pa.types.is_boolean(column.type):
        return _without(_plain(column).view(np.int8), _absent(column))
    values = _plain(column)
    return _without(
        np.select([values == 0, values == 1], [0, 1], MALFORMED).astype(np.int8), _absent(column)
    )


def words(
    column: Any,  # noqa: ANN401 - an array of pyarrow
    number_of: Callable[[str], int],
    *,
    width: type[np.int16 | np.int32] = np.int16,
) -> Whole:
    """Give the numbers of words; each distinct word is looked up once."""
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    known = column.dictionary.to_pylist()
    table = [ABSENT if word is None else number_of(str(word)) for word in known]
    places = _plain(column.indices, null=len(known))
    found: Whole = np.array([*table, ABSENT], width)[places]
    return found


def one_of(vocabulary: Mapping[str, int]) -> Callable[[str], int]:
    """Give what looks a word up in a vocabulary."""
    return lambda word: vocabulary.get(word.strip(), MALFORMED)


def _ordinal(text: str) -> int:
    match = _DAY.fullmatch(text.strip())
    if match is None:
        return MALFORMED
    try:
        day = date(int(match[1]), int(match[3]), int(match[4])).toordinal()
    except ValueError:
        return MALFORMED
    return day if FIRST_DAY <= day <= LAST_DAY else OUTSIDE_RANGE


def _parsed(column: Any, highest: int) -> Whole:  # noqa: ANN401 - an array of pyarrow
    """Read decimal digits; whatever else is in the texts costs a second, slower look."""
    try:
        values = column.cast(pa.int64())
        if not pc.any(pc.match_substring(column, "x", ignore_case=True)).as_py():  # 0x1F is none
            return _bounded(_plain(values), highest, absent=_absent(column))
    except pa.ArrowInvalid:
        pass
    texts = pc.utf8_trim_whitespace(column)
    wholes = _plain(pc.match_substring_regex(texts, "^-?[0-9]+$"))
    short = pc.match_substring_regex(texts, f"^-?[0-9]{{1,{_DIGITS_KEPT}}}$")
    found = _plain(pc.if_else(short, texts, None).cast(pa.int64()), null=OUTSIDE_RANGE)
    found = np.where(wholes, _bounded(found, highest, absent=None), MALFORMED)
    return _without(found, _absent(column))


def _bounded(values: Whole, highest: int, *, absent: NDArray[np.bool_] | None) -> Whole:
    if len(values) and (values.min() < 0 or values.max() > highest):
        values = np.where((values < 0) | (values > highest), OUTSIDE_RANGE, values)
    return _without(values, absent)


def _without(values: Whole, absent: NDArray[np.bool_] | None) -> Whole:
    return values if absent is None else np.where(absent, ABSENT, values)


def _absent(column: Any) -> NDArray[np.bool_] | None:  # noqa: ANN401 - an array of pyarrow
    return _plain(column.is_null()) if column.null_count else None


def _plain(column: Any, null: int = 0) -> Any:  # noqa: ANN401 - an array of pyarrow, of numpy
    filled = column.fill_null(pa.scalar(null).cast(column.type)) if column.null_count else column
    return filled.to_numpy(zero_copy_only=False)


def _is_text(kind: Any) -> bool:  # noqa: ANN401 - a type of pyarrow
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
