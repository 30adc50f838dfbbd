"""What differs between two moments of one population, as a table that takes little room.

One row for each number that changed: which array, its place, its value afterwards. Of the use in
other years and by day the place is the key, and a value of 0 means that nothing is left.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from simulation.bulk.arrays import State
from simulation.bulk.deciding import regrown
from simulation.bulk.states.state_checks import CHANGING, Array
from simulation.bulk.states.state_files import uses

USES = len(CHANGING) - len(("use_key", "use_fen"))
"""Number of the use in other years and by day; below it stand the places in `CHANGING`."""

SCHEMA = pa.schema(
    [
        pa.field(
            "array",
            pa.int8(),
            nullable=False,
            metadata={"unit": "word", "words": " ".join([*CHANGING[:USES], "uses"])},
        ),
        pa.field("place", pa.int64(), nullable=False, metadata={"unit": "number"}),
        pa.field("value", pa.int64(), nullable=False, metadata={"unit": "fen; open_year: year"}),
    ]
)

Table = Any  # pyarrow ships no types

_CHUNK = 1 << 22  # so that arrays of a nation are compared without copies of all of them
_SPARE = 2  # times its content the table of uses is large, at least
_LEAST = 4  # and at least so many bits


class DeltaError(ValueError):
    """A table of differences names what the state does not have."""


def delta(before: State, after: State) -> Table:
    """Give the differences as an Arrow table, in order of array and place.

    Both have the same persons and relations; what a run cannot change is not looked at.
    """
    parts = [
        (number, *_changed(getattr(before, name), getattr(after, name)))
        for number, name in enumerate(CHANGING[:USES])
    ]
    parts.append((USES, *_changed_uses(before, after)))
    columns = {
        "array": np.concatenate([np.full(len(place), n, np.int8) for n, place, _ in parts]),
        "place": np.concatenate([place for _, place, _ in parts]),
        "value": np.concatenate([value for _, _, value in parts]),
    }
    return pa.table(columns, schema=SCHEMA)


def apply_delta(state: State, table: Table) -> State:
    """Give the state afterwards; its arrays are changed in place, the table of uses is replaced.

    Raises:
        DeltaError: the table is not about this population.
    """
    if not table.schema.equals(SCHEMA):
        message = f"columns {table.schema.names} instead of {SCHEMA.names}"
        raise DeltaError(message)
    array, place, value = (table.column(name).to_numpy() for name in SCHEMA.names)
    for number, name in enumerate(CHANGING[:USES]):
        chosen = array == number
        _put(getattr(state, name), place[chosen], values=value[chosen])
    chosen = array == USES
    return _with_uses(state, place[chosen], values=value[chosen])


def _changed(before: Array, after: Array) -> tuple[Array, Array]:
    """Give places and values of what changed, in order of place."""
    assert len(before) == len(after), "two moments of one population"
    places = [np.empty(0, np.int64), *_places(before, after)]
    place = np.concatenate(places)
    return place, after[place].astype(np.int64)


def _places(before: Array, after: Array) -> Iterator[Array]:
    for start in range(0, len(after), _CHUNK):
        end = start + _CHUNK
        yield start + np.flatnonzero(before[start:end] != after[start:end]).astype(np.int64)


def _changed_uses(before: State, after: State) -> tuple[Array, Array]:
    old_key, old_fen = uses(before)
    new_key, new_fen = uses(after)
    gone = np.setdiff1d(old_key, new_key, assume_unique=True)
    if len(old_key):
        at = np.minimum(np.searchsorted(old_key, new_key), len(old_key) - 1)
        differs = (old_key[at] != new_key) | (old_fen[at] != new_fen)
        new_key, new_fen = new_key[differs], new_fen[differs]
    key = np.concatenate([new_key, gone])
    fen = np.concatenate([new_fen, np.zeros(len(gone), np.int64)])
    order = np.argsort(key)
    return key[order], fen[order]


def _put(array: Array, place: Array, *, values: Array) -> None:
    if len(place) and (place.min() < 0 or place.max() >= len(array)):
        message = f"place {place.max()} of {len(array)}"
        raise DeltaError(message)
    array[place] = values


def _with_uses(state: State, key: Array, *, values: Array) -> State:
    """Give the state with a new table of uses that has room to grow."""
    old_key, old_fen = uses(state)
    kept = ~np.isin(old_key, key)
    keys = np.concatenate([old_key[kept], key[values != 0]])
    fen = np.concatenate([old_fen[kept], values[values != 0]])
    size = 1 << max(_LEAST, (_SPARE * len(keys)).bit_length())
    use_key, use_fen = regrown(keys, fen, size=size)
    return state._replace(use_key=use_key, use_fen=use_fen)
