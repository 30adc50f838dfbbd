"""Bills of a log that later claims cancel: what stays paid of them, as the kernel remembers it.

Only segments that hold such a bill, a cancellation of one or the beginning of an account year are
read in full; of the others the claim numbers alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import parquet

from simulation.bulk.arrays import (
    CANCEL,
    CANCELLED,
    DONE,
    REFUSED,
    ROLL,
    SETTLE,
    SETTLED,
    WHOLE,
    Memory,
    Rules,
    State,
)
from simulation.bulk.deciding import empty_memory
from simulation.bulk.kernel import terms
from simulation.bulk.kernel.calendar import year_of
from simulation.bulk.kernel.terms import said
from simulation.bulk.log import segments
from simulation.bulk.log.manifest import SegmentLine
from simulation.bulk.log.schema import Batch
from simulation.bulk.reading.claims_bills import bill_starts
from simulation.bulk.reading.claims_cells import Whole
from simulation.bulk.reading.claims_rows import slots

Places = NDArray[np.int64]


def older(
    folder: Path,
    lines: Iterable[SegmentLine],
    *,
    cancelled: Whole,
    state: State,
    rules: Rules,
) -> Memory:
    """Give the bills of a log's first segments among the claims `cancelled`, which ascend.

    A slot is the place of a claim there. Bills that were settled have what still stays paid after
    the cancellations of the log. `state` is the one that the log began on, before a run changes
    it; `rules` are the log's. There is no room for further bills.

    Raises:
        SegmentDamaged: a file of the log is not what was written.
    """
    memory = empty_memory(len(cancelled))
    years = np.array(state.open_year, np.int64)
    if not len(cancelled):
        return memory
    for line in lines:
        if line.counts.rolls or _names_any(folder, line, cancelled):
            page = segments.read(folder, line)
            slot = slots(page.rows.kind, page.rows.claim, cancelled=cancelled)
            bills = _Bills(page, slot, np.append(np.flatnonzero(bill_starts(page.rows)), len(slot)))
            rolls = list(_rolls(page, rules))
            memory = _with_settled(memory, bills, state=state, years=years, rolls=rolls)
            _take_off_cancelled(memory, bills)
            for roll in rolls:
                years[roll.region] = roll.year
    return memory


class _Roll(NamedTuple):
    """From a row on, a region has the account year open."""

    row: int
    region: int
    year: int


class _Bills(NamedTuple):
    """A segment, the slot of each row, and the first row of each bill, one more than bills."""

    page: Batch
    slot: NDArray[np.int32]
    starts: Places

    def of(self, kind: int) -> Places:
        """Give the bills of a kind that have a slot, by their places in `starts`."""
        heads = self.starts[:-1]
        return np.flatnonzero((self.page.rows.kind[heads] == kind) & (self.slot[heads] >= 0))


def _names_any(folder: Path, line: SegmentLine, cancelled: Whole) -> bool:
    """Tell whether a segment has any of the claims."""
    data = segments.opened(folder, line.lines)
    table = parquet.read_table(pa.BufferReader(data), columns=["kind", "claim"], use_threads=False)
    kind, claim = (table.column(name).to_numpy() for name in ("kind", "claim"))
    return bool((slots(kind, claim, cancelled=cancelled) >= 0).any())


def _rolls(page: Batch, rules: Rules) -> Iterable[_Roll]:
    begun = (page.rows.kind == ROLL) & (page.decided.outcome == DONE)
    for row in np.flatnonzero(begun).tolist():
        start = said(rules, int(page.decided.rule[row]), terms.YEAR_START_MONTH)
        year = year_of(int(page.rows.booked[row]), int(start))
        yield _Roll(row, int(page.rows.patient[row]), year)


def _with_settled(
    memory: Memory, bills: _Bills, *, state: State, years: Whole, rolls: Sequence[_Roll]
) -> Memory:
    """Give the memory with the bills of a segment that were settled or refused."""
    rows, decided, legs = bills.page.rows, bills.page.decided, bills.page.legs
    asked = bills.of(SETTLE)
    done = decided.outcome[bills.starts[asked]] == DONE
    memory.standing[bills.slot[bills.starts[asked[~done]]]] = REFUSED
    paid = asked[done]
    heads = bills.starts[paid]
    slot, lines, counts = bills.slot[heads], bills.starts[paid + 1] - heads, decided.legs[heads]
    for column, values in (
        (memory.standing, SETTLED),
        (memory.patient, rows.patient[heads]),
        (memory.day, rows.day[heads]),
        (memory.settled, rows.booked[heads]),
        (memory.first_line, len(memory.line) + np.cumsum(lines) - lines),
        (memory.lines, lines),
        (memory.first_leg, len(memory.pot) + np.cumsum(counts, dtype=np.int64) - counts),
        (memory.legs, counts),
    ):
        column[slot] = values
    of_lines = _runs(heads, lines)
    before = np.cumsum(decided.legs, dtype=np.int64) - decided.legs  # legs before each row
    of_legs = _runs(before[heads], counts)
    more = {
        "line": rows.line[of_lines],
        "cash": decided.cash[of_lines],
        "fund": decided.fund[of_lines],
        **{name: getattr(legs, name)[of_legs] for name in ("pot", "edge", "segment", "amount")},
        "of_line": legs.line[of_legs],
        "year": _years(legs.pot[of_legs], np.repeat(heads, counts), state, years, rolls),
    }
    old = memory._asdict()
    return memory._replace(
        **{name: np.append(old[name], each).astype(old[name].dtype) for name, each in more.items()}
    )


def _runs(first: Places, counts: NDArray[np.int64]) -> Places:
    """Give `counts[i]` numbers from `first[i]` on, one run after another."""
    ends = np.cumsum(counts, dtype=np.int64)
    total = int(ends[-1]) if len(ends) else 0
    found: Places = np.arange(total) + np.repeat(first - (ends - counts), counts)
    return found


def _years(
    pot: NDArray[np.int32], row: Places, state: State, years: Whole, rolls: Sequence[_Roll]
) -> Whole:
    """Give the account year that was open for each pot's owner when a row was decided."""
    owners = np.concatenate([state.purse_owner, state.wallet_owner])
    persons = len(state.home)
    owner = pot.copy()
    owner[pot >= persons] = owners[pot[pot >= persons] - persons]
    region = state.home[owner]
    found: Whole = years[region].copy()
    for roll in rolls:
        found[(region == roll.region) & (row > roll.row)] = roll.year
    return found


def _take_off_cancelled(memory: Memory, bills: _Bills) -> None:
    """Take what the cancellations of a segment gave back off what stays paid."""
    decided = bills.page.decided
    for bill in bills.of(CANCEL).tolist():
        first, end = bills.starts[bill], bills.starts[bill + 1]
        if decided.outcome[first] == DONE:
            _take_off(memory, bills, first=int(first), end=int(end))


def _take_off(memory: Memory, bills: _Bills, *, first: int, end: int) -> None:
    """Take one cancellation off: cash first, then legs in reverse (`domain.undoing`)."""
    rows, slot = bills.page.rows, bills.slot[first]
    lines = slice(memory.first_line[slot], memory.first_line[slot] + memory.lines[slot])
    legs = slice(memory.first_leg[slot], memory.first_leg[slot] + memory.legs[slot])
    cash, fund, amount = memory.cash[lines], memory.fund[lines], memory.amount[legs]
    if rows.flags[first] & WHOLE:
        cash[:], fund[:], amount[:] = 0, 0, 0
    of_line = memory.of_line[legs]
    for row in range(first, end) if not rows.flags[first] & WHOLE else ():
        line = rows.line[row]
        at = int(np.flatnonzero(memory.line[lines] == line)[0])
        need = int(rows.total[row] - rows.fund[row])
        back = min(need, int(cash[at]))
        cash[at] -= back
        fund[at] -= rows.fund[row]
        need -= back
        for leg in np.flatnonzero(of_line == line)[::-1].tolist():
            back = min(need, int(amount[leg]))
            amount[leg] -= back
            need -= back
    if not (cash.any() or fund.any() or amount.any()):
        memory.standing[slot] = CANCELLED
