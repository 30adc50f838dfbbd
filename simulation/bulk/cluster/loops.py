"""The compiled loops of dealing and cutting, entered as the kernel is (`simulation.bulk.entry`)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.bulk.cluster import collecting, joining
from simulation.bulk.cluster.collecting import Found, Search
from simulation.bulk.cluster.joining import Forest
from simulation.bulk.compiling import MODULES, compiled_copies
from simulation.bulk.frames import Frame, reader_of, table_of
from simulation.bulk.machine_code import compiled

_COPIES = compiled_copies((*MODULES, joining.__name__, collecting.__name__))
_ROOM_FOR = _COPIES[joining.__name__].room_for
_DEAL_ROWS = _COPIES[joining.__name__].deal_rows
_COLLECT = _COPIES[collecting.__name__].collect
_ABSORB = _COPIES[collecting.__name__].absorb
_FOREST, _SEARCH, _FOUND = Frame(Forest), Frame(Search), Frame(Found)
_forest_of, _search_of, _found_of = map(reader_of, (_FOREST, _SEARCH, _FOUND))


@compiled
def _room_for(table: NDArray[np.int64]) -> Any:  # noqa: ANN401  # numba has no types
    return _ROOM_FOR(_forest_of(table))


@compiled
def _deal_rows(table: NDArray[np.int64]) -> None:
    _DEAL_ROWS(_forest_of(table))


@compiled
def _collect(table: NDArray[np.int64]) -> None:
    _COLLECT(_search_of(table))


@compiled
def _absorb(table: NDArray[np.int64]) -> None:
    _ABSORB(_found_of(table))


def room_for(forest: Forest) -> int:
    """See `simulation.bulk.cluster.joining`."""
    return int(_room_for(table_of(forest, _FOREST)))


def deal_rows(forest: Forest) -> None:
    """See `simulation.bulk.cluster.joining`."""
    _deal_rows(table_of(forest, _FOREST))


def collect(search: Search) -> None:
    """See `simulation.bulk.cluster.collecting`."""
    _collect(table_of(search, _SEARCH))


def absorb(found: Found) -> None:
    """See `simulation.bulk.cluster.collecting`."""
    _absorb(table_of(found, _FOUND))
