"""What an audit keeps of the bills that a log cancels, and how it lays cancellations before it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.judging import ENDED
from simulation.bulk.arrays import CANCEL, DONE, SETTLE, SETTLED, WHOLE, State, Terms
from simulation.bulk.audit import mirroring
from simulation.bulk.audit.auditing import Page
from simulation.bulk.audit.mirroring import (
    BACK_COLUMNS,
    BILL_COLUMNS,
    LEG_COLUMNS,
    LINE_COLUMNS,
    ROW_COLUMNS,
    Kept,
    Said,
)
from simulation.bulk.log.schema import Batch

Array = NDArray[Any]

_STANDING = Terms._fields.index("standing")


class Sheet(NamedTuple):
    """A batch with what is worked out about it once."""

    page: Page
    leg_ends: Array  # for each row, the leg after those of all rows up to it
    slot: Array  # for each row, the place of its claim among those kept; -1: nobody cancels it

    @property
    def batch(self) -> Batch:
        """Give the batch itself."""
        return self.page.batch


class Part(NamedTuple):
    """Rows of a batch, and where their legs are; the last ones are not included."""

    row: int
    end: int
    leg: int
    stop: int


class Keeper:
    """Keeps what stays paid of some bills."""

    def __init__(self, wanted: Array) -> None:
        """Keep bills of these claims, which ascend."""
        self._wanted = wanted
        self.kept = Kept(
            np.zeros((len(wanted), BILL_COLUMNS), np.int64),
            np.zeros((0, LINE_COLUMNS), np.int64),
            np.zeros((0, LEG_COLUMNS), np.int64),
        )

    def slots(self, batch: Batch) -> Array:
        """Give for each row the place of its claim among those wanted, or -1.

        Claims to settle rise, so the few wanted ones are looked up among them, not they in those.
        """
        rows, wanted = batch.rows, self._wanted
        slot = np.full(len(rows.claim), -1, np.int64)
        settled = np.flatnonzero(rows.kind == SETTLE)
        claims = rows.claim[settled]
        first = np.searchsorted(claims, wanted)
        count = np.searchsorted(claims, wanted, side="right") - first
        within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        slot[settled[np.repeat(first, count) + within]] = np.repeat(np.arange(len(wanted)), count)
        cancels = np.flatnonzero(rows.kind == CANCEL)
        if len(cancels) and len(wanted):
            at = np.minimum(np.searchsorted(wanted, rows.claim[cancels]), len(wanted) - 1)
            slot[cancels] = np.where(wanted[at] == rows.claim[cancels], at, -1)
        return slot

    def remember(self, sheet: Sheet, part: Part, *, state: State) -> None:
        """Keep what the wanted bills of a part were paid, in account years that are open now."""
        rows, decided = sheet.batch.rows, sheet.batch.decided
        settled = (rows.kind == SETTLE) & (decided.outcome == DONE) & (sheet.slot >= 0)
        at = part.row + np.flatnonzero(settled[part.row : part.end])
        if not len(at):
            return
        of = part.leg + np.flatnonzero(settled[sheet.page.first_rows[part.leg : part.stop]])
        lines = [rows.line[at], decided.cash[at], decided.fund[at], np.zeros(len(at), np.int64)]
        legs = _legs_of(sheet, of, state)
        owner = owners(state, legs[0])
        ended = np.zeros(len(of), bool)
        by_relation = legs[1] >= 0
        terms = state.authorized.reshape(-1, len(Terms._fields))
        row = state.terms[legs[1][by_relation]]
        ended[by_relation] = terms[row, _STANDING] == ENDED
        kept = self.kept
        self.kept = Kept(
            kept.bills,
            np.concatenate([kept.lines, _table(lines)]),
            np.concatenate([kept.legs, _table([*legs, owner, ended])]),
        )
        new = np.flatnonzero(np.diff(sheet.slot[at], prepend=-1))
        first, count = at[new], decided.legs[at[new]].astype(np.int64)
        bills = [
            np.full(len(new), SETTLED),
            sheet.batch.first_seq + first,
            rows.patient[first],
            rows.day[first],
            len(kept.lines) + new,
            np.diff(new, append=len(at)),
            len(kept.legs) + np.cumsum(count) - count,
            count,
        ]
        kept.bills[sheet.slot[first]] = _table(bills)

    def said(self, sheet: Sheet, part: Part, *, state: State) -> Said:
        """Lay the cancellations of a part out: their rows, and the legs that give back."""
        rows, decided = sheet.batch.rows, sheet.batch.decided
        done = (rows.kind == CANCEL) & (decided.outcome == DONE)
        at = part.row + np.flatnonzero(done[part.row : part.end])
        of = part.leg + np.flatnonzero(done[sheet.page.first_rows[part.leg : part.stop]])
        further = (np.diff(at, prepend=-2) == 1) & (np.diff(rows.claim[at], prepend=-1) == 0)
        first = np.maximum.accumulate(np.where(further, 0, at))
        ends = np.cumsum(decided.legs[at], dtype=np.int64)
        asked = [
            at,
            first,
            sheet.slot[at],
            rows.line[at],
            rows.total[at] - rows.fund[at],
            rows.fund[at],
            (rows.flags[at] & WHOLE) != 0,
            decided.cash[at],
            decided.fund[at],
            ends - decided.legs[at],
            ends,
            sheet.batch.first_seq + at,
        ]
        assert len(asked) == ROW_COLUMNS
        back = [*_legs_of(sheet, of, state), of]
        assert len(back) == BACK_COLUMNS
        return Said(_table(asked), _table(back), sheet.page.notes.faults)

    def parties(self, slot: Array) -> tuple[Array, Array]:
        """Give the patient and the day of care of kept bills."""
        bills = self.kept.bills[slot]
        return bills[:, mirroring.PATIENT], bills[:, mirroring.DAY]


def _legs_of(sheet: Sheet, of: Array, state: State) -> list[Array]:
    """Give legs in the order of their columns, with the account year open for each pot."""
    legs = sheet.batch.legs
    year = state.open_year[state.home[owners(state, legs.pot[of])]]
    fields = (legs.pot, legs.edge, legs.segment, legs.line, legs.amount)
    return [*(field[of] for field in fields), year]


def _table(columns: list[Array]) -> Array:
    """Give columns as a table of int64, row by row."""
    return np.ascontiguousarray(np.array(columns, np.int64).T)


def owners(state: State, pots: Array) -> Array:
    """Give the person to whom each pot belongs."""
    persons, purses = len(state.home), len(state.purse_owner)
    owner = pots.astype(np.int64)
    of_purse = (pots >= persons) & (pots < persons + purses)
    owner[of_purse] = state.purse_owner[pots[of_purse] - persons]
    of_wallet = pots >= persons + purses
    owner[of_wallet] = state.wallet_owner[pots[of_wallet] - persons - purses]
    return owner
