"""Replaying a log: every row and leg in order, on the books of the state that it began with.

A replay needs no kernel. It books what the log says was paid, and holds each batch against what
must follow from everything before it (`auditing`, `mirroring`, `counting`).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.judging import OPEN
from simulation.bulk.arrays import ACCOUNT, CANCEL, DONE, ROLL, SETTLE, Rules, State
from simulation.bulk.audit import faults as fault
from simulation.bulk.audit.auditing import (
    CARRIED,
    CLAIM,
    MOST,
    Notes,
    Page,
    Pots,
    Ruled,
    Sizes,
    Ties,
    note,
)
from simulation.bulk.audit.counting import Counters, Use
from simulation.bulk.audit.faults import Fault
from simulation.bulk.audit.keeping import Keeper, Part, Sheet
from simulation.bulk.log.schema import Batch

Array = NDArray[Any]


class Found(NamedTuple):
    """The first fault of its kind, and how many there are in all."""

    kind: int  # place in `faults.KINDS`
    batch: int  # from 1
    seq: int
    claim: int
    leg: int  # of the batch, -1: the row itself
    expected: int
    found: int
    times: int


class Replay:
    """The books of a log while it is replayed. The arrays of the state are changed in place."""

    def __init__(self, state: State, wanted: Array, *, rules: Rules | None = None) -> None:
        """Begin with the state that the log began with.

        `wanted` are the claims that the log cancels, ascending. Without rules, use and rule sets
        are not looked at, and account years are only told apart.
        """
        self._state = state
        self._counters = Counters(state, rules) if rules else None
        self._keeper = Keeper(wanted)
        self._carry = np.zeros(CARRIED, np.int64)
        self._carry[CLAIM] = -1
        self._first: dict[int, Found] = {}
        self._times = np.zeros(len(fault.KINDS), np.int64)
        self._batch = 0
        self.is_fit = True

    @property
    def state(self) -> State:
        """Give the state after all that was replayed."""
        if self._counters is None:
            return self._state
        key, fen = self._counters.table()
        return self._state._replace(use_key=key, use_fen=fen)

    @property
    def found(self) -> Iterator[Found]:
        """Give the first fault of each kind, with how many there are."""
        return (
            self._first[kind]._replace(times=int(self._times[kind])) for kind in sorted(self._first)
        )

    def _note_fit(self, notes: Notes) -> None:
        """Note whether all rows so far are such as a file of claims can have."""
        self.is_fit = self.is_fit and not _by_kind(notes)[list(fault.UNFIT), fault.COUNT].any()

    def take(self, batch: Batch) -> bool:
        """Replay a batch; give False, and book nothing, where rows are unfit (`faults.UNFIT`)."""
        self._batch += 1
        notes = Notes(self._carry, np.zeros(len(fault.KINDS) * fault.WIDTH, np.int64))
        legs = batch.decided.legs
        page = Page(batch, np.repeat(np.arange(len(legs)), legs), notes)
        state = self._state
        sizes = map(len, (state.home, state.open_year, state.current, state.grantor))
        loops().hold_pointers(page, Sizes(*sizes))
        if not notes.faults[fault.MALFORMED * fault.WIDTH + fault.COUNT]:
            loops().hold_order(page)
        self._note_fit(notes)
        if self.is_fit:
            self._replay(page)
        self._gather(batch, notes)
        return self.is_fit

    def _replay(self, page: Page) -> None:
        """Hold what needs no order first; then book part by part, between the rollovers."""
        look, rows, decided = loops(), page.batch.rows, page.batch.decided
        look.hold_amounts(page)
        look.hold_payers(page, _ties(self._state))
        if self._counters is not None:
            look.hold_rules(page, Ruled(self._state.home, self._counters.rules))
        leg_ends = np.cumsum(decided.legs, dtype=np.int64)
        sheet = Sheet(page, leg_ends, self._keeper.slots(page.batch))
        begin = 0
        for rolls in _runs(np.flatnonzero(rows.kind == ROLL)):
            self._book(sheet, begin, int(rolls[0]))
            self._roll(sheet, rolls[decided.outcome[rolls] == DONE])
            begin = int(rolls[-1]) + 1
        self._book(sheet, begin, len(leg_ends))

    def _book(self, sheet: Sheet, begin: int, end: int) -> None:
        """Book the rows from one place to another, between which no account year begins."""
        if begin == end:
            return
        leg = int(sheet.leg_ends[begin - 1]) if begin else 0
        part = Part(begin, end, leg, int(sheet.leg_ends[end - 1]))
        pots = Pots(self._state.current, self._state.prior, part.leg, part.stop)
        loops().hold_balances(sheet.page, pots)
        self._keeper.remember(sheet, part, state=self._state)
        if np.any(sheet.batch.rows.kind[begin:end] == CANCEL):
            said = self._keeper.said(sheet, part, state=self._state)
            loops().hold_mirrors(self._keeper.kept, said)
        if self._counters is not None:
            self._count_use(sheet, part, self._counters)

    def _count_use(self, sheet: Sheet, part: Part, counters: Counters) -> None:
        """Count what relatives used in a part; what an ended relation hands on was given back."""
        rows, legs = sheet.batch.rows, sheet.batch.legs
        of = part.leg + np.flatnonzero(legs.edge[part.leg : part.stop] >= 0)
        row = sheet.page.first_rows[of]
        settled, slot = rows.kind[row] == SETTLE, sheet.slot[row]
        back = (rows.kind[row] == CANCEL) & (slot >= 0) & (legs.amount[of] < 0)
        chosen = settled | back
        of, row, slot, settled = of[chosen], row[chosen], slot[chosen], settled[chosen]
        use = Use(legs.edge[of], rows.patient[row], rows.day[row], legs.amount[of])
        if not np.all(settled):
            patient, day = self._keeper.parties(slot)
            use = use._replace(
                patient=np.where(settled, use.patient, patient),
                day=np.where(settled, use.day, day),
            )
        below = counters.take(use)
        _note_all(sheet.page.notes, fault.USE, row[below], 0 * below, 0 * below - 1)

    def _roll(self, sheet: Sheet, rolls: Array) -> None:
        """Make current money prior in the open accounts of the regions whose account years begin.

        The rows follow each other, so that one pass over all pots serves them.
        """
        state, rows = self._state, sheet.batch.rows
        regions = rows.patient[rolls]
        rolling = np.zeros(len(state.open_year), bool)
        rolling[regions] = True
        last = len(state.home) + len(state.purse_owner)
        owner = np.append(np.arange(len(state.home)), state.purse_owner)
        is_open = (state.flags[owner] >> ACCOUNT) & 3 == OPEN
        pots = np.flatnonzero(is_open & rolling[state.home[owner]])
        assert len(owner) == last
        moved = np.zeros(len(state.open_year), np.int64)
        np.add.at(moved, state.home[owner[pots]], state.current[pots].astype(np.int64))
        prior = state.prior[pots].astype(np.int64) + state.current[pots]
        state.prior[pots], state.current[pots] = np.minimum(prior, MOST), 0
        for row, region in zip(rolls.tolist(), regions.tolist(), strict=True):
            found = int(sheet.batch.decided.cash[row])
            if found != moved[region] or sheet.batch.decided.legs[row]:
                _note(sheet.page.notes, fault.ROLL, row, moved[region], found)
            self._begin_year(sheet, row, region)

    def _begin_year(self, sheet: Sheet, row: int, region: int) -> None:
        """Open a region's account year; without rules it is told from the one before only."""
        state, year = self._state, int(self._state.open_year[region]) + 1
        if self._counters is not None:
            booked = sheet.batch.rows.booked[row : row + 1]
            rule = self._counters.rule_of(np.array([region]), booked)
            if rule[0] != sheet.batch.decided.rule[row] or rule[0] < 0:
                _note(
                    sheet.page.notes, fault.RULE, row, int(rule[0]), sheet.batch.decided.rule[row]
                )
                return
            year = int(self._counters.year_of(rule, booked)[0])
            if year <= state.open_year[region]:
                _note(sheet.page.notes, fault.ROLL, row, state.open_year[region] + 1, year)
                return
            self._counters.roll(region, year)
        state.open_year[region] = year

    def _gather(self, batch: Batch, notes: Notes) -> None:
        """Add a batch's faults to those found before."""
        faults = _by_kind(notes)
        for kind in np.flatnonzero(faults[:, fault.COUNT]).tolist():
            times, row, leg, expected, found = faults[kind].tolist()
            self._times[kind] += times
            seq, claim = batch.first_seq + row, int(batch.rows.claim[row])
            first = Found(kind, self._batch, seq, claim, leg, expected, found, times)
            self._first.setdefault(kind, first)


@cache
def loops() -> SimpleNamespace:
    """Give the compiled loops by name."""
    from simulation.bulk.audit import holding  # noqa: PLC0415  # it compiles, and tests need not

    return SimpleNamespace(**vars(holding))


def _ties(state: State) -> Ties:
    return Ties(
        first_edge=state.first_edge,
        grantor=state.grantor,
        aside=state.aside,
        aside_pool=state.aside_pool,
        aside_quota=state.aside_quota,
        wallet_owner=state.wallet_owner,
        first_wallet=len(state.home) + len(state.purse_owner),
    )


def _runs(places: Array) -> list[Array]:
    """Give rising places in runs that follow each other without a gap."""
    return np.split(places, np.flatnonzero(np.diff(places) != 1) + 1) if len(places) else []


def _by_kind(notes: Notes) -> Array:
    """Give a batch's faults, one row a kind."""
    rows: Array = notes.faults.reshape(-1, fault.WIDTH)
    return rows


def _note_all(notes: Notes, kind: int, rows: Array, expected: Array, found: Array) -> None:
    """Count a fault of each of some rows."""
    if len(rows):
        _note(notes, kind, int(rows[0]), int(expected[0]), int(found[0]))
        notes.faults[kind * fault.WIDTH + fault.COUNT] += len(rows) - 1


def _note(notes: Notes, kind: int, row: int, expected: int, found: int) -> None:
    """Count a fault of a row."""
    note(notes.faults, Fault(kind, row, -1, expected, found))
