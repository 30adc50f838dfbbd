"""Bills in a claims file: rows that belong together, in order, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import numpy as np
from numpy.typing import NDArray

from simulation.bulk.arrays import (
    AID_REQUESTED,
    CANCEL,
    CREDENTIAL,
    CREDIT,
    EMERGENCY,
    NO_ACCOUNTS,
    NOT_CONNECTED,
    NOT_DESIGNATED,
    SETTLE,
    WHOLE,
    Rows,
)
from simulation.bulk.reading.claims_rows import FINE, MOST_LINES, NAMELESS, TOLD, Block, Found

Mask = NDArray[np.bool_]
Places = NDArray[np.int64]

_SAME = ("booked", "day", "patient", "where", "place")
_SAME_FLAGS = {
    "use_accounts": NO_ACCOUNTS,
    "aid_requested": AID_REQUESTED,
    "emergency": EMERGENCY,
    "designated": NOT_DESIGNATED,
    "connected": NOT_CONNECTED,
    "credential": 3 << CREDENTIAL,
    "whole": WHOLE,
}


def bill_starts(rows: Rows) -> Mask:
    """Tell of each row whether a bill begins with it; every credit is one by itself."""
    starts = np.ones(len(rows.kind), bool)
    starts[1:] = (
        (rows.claim[1:] != rows.claim[:-1])
        | (rows.kind[1:] != rows.kind[:-1])
        | (rows.kind[1:] == CREDIT)
    )
    return starts


def whole_bills(blocks: Iterable[Block]) -> Iterator[Block]:
    """Give the rows of blocks so that no bill is cut, wherever the blocks were.

    A bill of more lines than there are numbers for is given in parts, all of them faulty: the last
    row of each part stands as `TOLD` before the next one.
    """
    rest: Block | None = None  # the last bill of a block may go on in the next one
    for each in blocks:
        block = each
        lead = 0 if rest is None else _going_on(rest, block)
        if rest is not None and lead < len(block.state):
            yield _joined(rest, block.part(slice(lead)))
            block = block.part(slice(lead, None))
        else:
            block = _named(block if rest is None else _joined(rest, block))
        cut = int(np.flatnonzero(bill_starts(block.rows))[-1])
        if len(block.state) - cut > MOST_LINES:
            yield block
            last = block.part(slice(-1, None))
            rest = last._replace(state=np.array([TOLD], np.int8))
        else:
            yield block.part(slice(cut))
            rest = block.part(slice(cut, None))
    if rest is not None:
        yield rest


def _going_on(rest: Block, block: Block) -> int:
    """Give how many rows of a block belong to the bill before; all, where it cannot be told."""
    if (rest.state == NAMELESS).any() or (block.state == NAMELESS).any():
        return len(block.state)
    ends = _joined(rest.part(slice(-1, None)), block.part(slice(1)))
    starts = bill_starts(block.rows)
    starts[0] = bill_starts(ends.rows)[-1]
    return int(np.argmax(starts)) if starts.any() else len(starts)


def _joined(one: Block, other: Block) -> Block:
    rows = Rows(*map(np.concatenate, zip(one.rows, other.rows, strict=True)))
    return Block(rows, np.concatenate([one.state, other.state]))


def _named(block: Block) -> Block:
    """Give rows whose bill cannot be told to the bill in whose midst they stand.

    A row of a line above 1 goes with the row before; another one with the row after, if that
    does not begin with line 1: neither bill may pass without it.
    """
    lost = np.flatnonzero(block.state == NAMELESS)
    if not len(lost):
        return block
    kind, claim = block.rows.kind.copy(), block.rows.claim.copy()
    line, last = block.rows.line, len(kind) - 1
    for row in lost.tolist():
        if line[row] > 1 and row > 0:
            kind[row], claim[row] = kind[row - 1], claim[row - 1]
        elif row < last and line[row + 1] > 1 and block.state[row + 1] != NAMELESS:
            kind[row], claim[row] = kind[row + 1], claim[row + 1]
        else:
            kind[row], claim[row] = CREDIT, 0  # by itself
    return block._replace(rows=block.rows._replace(kind=kind, claim=claim))


class Order:
    """Where the accepted bills of a file have got to, from block to block."""

    def __init__(self) -> None:
        """Begin a file."""
        self._booked = 0
        self._claim = -1
        self._cancelled = -1  # the claim of the last bill, if that was a cancellation

    def sift(self, block: Block) -> tuple[Mask, list[Found]]:
        """Tell which rows of whole bills are accepted, and what is wrong with the others."""
        starts = bill_starts(block.rows)
        found = list(_inside(block, starts))
        bad = block.state != FINE
        for fault in found:
            bad[fault.rows] = True
        heads = np.flatnonzero(starts)
        refused = np.logical_or.reduceat(bad, heads) if bad.any() else np.zeros(len(heads), bool)
        late = self._between(block.rows, heads, refused)
        if late:
            found += late
            bad[np.concatenate([fault.rows for fault in late])] = True
            refused = np.logical_or.reduceat(bad, heads)
        if not refused.any():
            return np.ones(len(starts), bool), found
        rejected = np.repeat(refused, np.diff([*heads, len(starts)]))
        others = np.flatnonzero(rejected & ~bad)
        if len(others):
            claims = block.rows.claim[others].tolist()
            found.append(Found("other_line", "claim", others, claims, claims))
        return ~rejected, found

    def _between(self, rows: Rows, heads: Places, refused: Mask) -> list[Found]:
        """Hold each bill against those accepted before, and go on."""
        kept = heads[~refused]
        if not len(kept):
            return []
        kind, claim, booked = rows.kind[kept], rows.claim[kept], rows.booked[kept]
        settled = claim[kind == SETTLE]
        cancelled = np.where(kind == CANCEL, claim, -1)
        together = (cancelled[1:] == cancelled[:-1]) & (kind[1:] == CANCEL)
        in_order = (
            booked[0] >= self._booked
            and (booked[1:] >= booked[:-1]).all()
            and (settled[:1] > self._claim).all()
            and (settled[1:] > settled[:-1]).all()
            and not (kind[0] == CANCEL and claim[0] == self._cancelled)
            and not together.any()
        )
        if not in_order:
            return list(self._one_by_one(kept, rows))
        self._booked = int(booked[-1])
        self._claim = int(settled[-1]) if len(settled) else self._claim
        self._cancelled = int(cancelled[-1])
        return []

    def _one_by_one(self, heads: Places, rows: Rows) -> Iterator[Found]:
        """As `_between`, where something is out of order."""
        columns = (rows.kind[heads], rows.claim[heads], rows.booked[heads])
        for row, kind, claim, booked in zip(
            heads.tolist(), *(column.tolist() for column in columns), strict=True
        ):
            place = np.array([row])
            if booked < self._booked:
                days = date.fromordinal(booked), date.fromordinal(self._booked)
                yield Found("booked_order", "booked", place, days[:1], [claim], days[1:])
            elif kind == SETTLE and claim <= self._claim:
                yield Found("claim_order", "claim", place, [claim], [claim], [self._claim])
            elif kind == CANCEL and claim == self._cancelled:
                yield Found("runs_together", "claim", place, [claim], [claim])
            else:
                self._booked = booked
                self._claim = claim if kind == SETTLE else self._claim
                self._cancelled = claim if kind == CANCEL else -1


def _inside(block: Block, starts: Mask) -> Iterator[Found]:
    """Find what does not agree with the row before, of the same bill."""
    rows, state = block
    inner = np.flatnonzero(~starts)
    inner = inner[(state[inner] == FINE) & (state[inner - 1] == FINE)]
    if not len(inner):
        return
    for name in _SAME:
        column = getattr(rows, name)
        wrong = inner[column[inner] != column[inner - 1]]
        yield from _found("differs", name, wrong, rows)
    apart = rows.flags[inner] ^ rows.flags[inner - 1]
    if (apart & sum(_SAME_FLAGS.values())).any():
        for name, bits in _SAME_FLAGS.items():
            wrong = inner[(apart & bits) != 0]
            yield from _found("differs", name, wrong, rows)
    both_whole = (rows.flags[inner] & rows.flags[inner - 1] & WHOLE) != 0
    yield from _found("misplaced", "line", inner[both_whole], rows)
    not_rising = (rows.line[inner] <= rows.line[inner - 1]) & ~both_whole
    yield from _found("line_order", "line", inner[not_rising], rows)


def _found(fault: str, column: str, wrong: Places, rows: Rows) -> Iterator[Found]:
    if len(wrong):
        claims = rows.claim[wrong].tolist()
        if column in _SAME_FLAGS:  # their values stand in one number together
            values: list[object] = [""] * len(wrong)
        else:
            values = rows._asdict()[column][wrong].tolist()
        if column in {"booked", "day"}:
            values = [date.fromordinal(day).isoformat() for day in rows._asdict()[column][wrong]]
        yield Found(fault, column, wrong, values, claims)
