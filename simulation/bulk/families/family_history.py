"""What a log tells of one family: its bills, cancellations and credits, and when years began.

Only rows of committed segments are read, and of them only those that concern the family.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq

from simulation.bulk.arrays import CANCEL, CREDIT, ROLL, SETTLE


class LoggedLine(NamedTuple):
    """One line of a bill, of a cancellation, or a credit; fen as the log has them."""

    no: int
    category: int
    flags: int
    total_fen: int
    fund_fen: int
    cash_fen: int
    fund_paid_fen: int


class LoggedLeg(NamedTuple):
    """Money that left a pot or, below zero, came into it, and what is then there, fen."""

    pot: int
    edge: int
    segment: int
    line: int
    amount_fen: int
    after_fen: int


class Entry(NamedTuple):
    """One bill, cancellation, credit or rollover with what was decided about it."""

    seq: int
    kind: int
    claim: int
    booked: date
    day: date
    patient: int
    where: int
    place: int
    flags: int
    outcome: int
    rule: int
    lines: tuple[LoggedLine, ...]
    legs: tuple[LoggedLeg, ...]


def history_of(
    folder: Path,
    segments: Collection[tuple[str, str]],
    *,
    persons: Collection[int],
    regions: Collection[int],
) -> tuple[Entry, ...]:
    """Give what concerns some persons, and the rollovers of their regions, in order of booking.

    `segments` name the files of lines and legs of each committed segment, in order.
    """
    theirs = np.zeros(0, np.int64)
    found: list[Entry] = []
    for lines, legs in segments:
        keys = pq.read_table(folder / lines, columns=["kind", "claim", "patient"])
        kind, claim, patient = (column.to_numpy() for column in keys.columns)
        people = np.isin(patient, list(persons))
        settled = (kind == SETTLE) & people
        theirs = np.union1d(theirs, claim[settled])
        # A cancellation is found by its claim, whoever it names.
        cancelled = (kind == CANCEL) & np.isin(claim, theirs)
        rolled = (kind == ROLL) & np.isin(patient, list(regions))
        mine = np.flatnonzero(settled | cancelled | rolled | ((kind == CREDIT) & people))
        if len(mine):
            rows = pq.read_table(folder / lines).take(mine)
            paid = pq.read_table(folder / legs, filters=pc.field("seq").isin(rows["seq"]))
            found += _entries(rows.to_pylist(), paid.to_pylist())
    return tuple(found)


def _entries(rows: list[Mapping[str, Any]], legs: list[Mapping[str, Any]]) -> Iterator[Entry]:
    """Put rows of one bill together: adjacent ones of the same kind and claim."""
    by_seq: dict[int, list[LoggedLeg]] = {}
    for leg in legs:
        by_seq.setdefault(leg["seq"], []).append(_leg(leg))
    for _, group in groupby(enumerate(rows), key=_belongs):
        lines = [row for _, row in group]
        first = lines[0]
        yield Entry(
            **{name: first[name] for name in _OF_ENTRY},
            lines=tuple(map(_line, lines)),
            legs=tuple(by_seq.get(first["seq"], ())),
        )


def _belongs(numbered: tuple[int, Mapping[str, Any]]) -> tuple[int, ...]:
    """Name what a row belongs to; credits and rollovers stand for themselves."""
    place, row = numbered
    alone = row["kind"] in (CREDIT, ROLL)
    # Rows of one bill follow each other in the log, so their numbers less their places agree.
    return (row["kind"], row["claim"], row["seq"] - place, place if alone else -1)


_OF_ENTRY = (
    *("seq", "kind", "claim", "booked", "day", "patient", "where", "place", "flags"),
    *("outcome", "rule"),
)


def _line(row: Mapping[str, Any]) -> LoggedLine:
    return LoggedLine(
        row["line"],
        row["category"],
        row["flags"],
        row["total"],
        row["fund"],
        row["cash"],
        row["fund_paid"],
    )


def _leg(row: Mapping[str, Any]) -> LoggedLeg:
    return LoggedLeg(
        row["pot"], row["edge"], row["segment"], row["line"], row["amount"], row["after"]
    )
