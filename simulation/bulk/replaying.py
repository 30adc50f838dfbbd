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
from simulation.bulk import faults as fault
from simulation.bulk.arrays import (
    ACCOUNT,
    CANCEL,
    DONE,
    ROLL,
    SETTLE,
    SETTLED,
    Memory,
    Rules,
    State,
    Terms,
)
from simulation.bulk.auditing import CARRIED, CLAIM, MOST, WALLET, Notes, Pots, Ties
from simulation.bulk.compiling import compiled_copies
from simulation.bulk.counting import Counters, Use
from simulation.bulk.mirroring import Mirror, Part
from simulation.bulk.schema import Batch

Array = NDArray[Any]

_STANDING = Terms._fields.index("standing")
_LONGEST = 1 << 15  # lines that a bill may have
_SLOTS = Memory._fields[: Memory._fields.index("line")]


class Found(NamedTuple):
    """The first fault of its kind, and how many there are in all."""

    kind: int  # place in `faults.KINDS`
    batch: int  # from 1
    seq: int
    claim: int
    leg: int  # of the batch, -1: the row itself
    expected: int
    found: int
    count: int


class _Sheet(NamedTuple):
    """A batch with what is worked out about it once."""

    batch: Batch
    leg_ends: Array  # for each row, the leg after those of all rows up to it
    first_rows: Array  # for each leg, the first row of its bill
    slot: Array  # for each row, the place of its claim in the memory; -1: it is not cancelled
    notes: Notes


class Replay:
    """The books of a log while it is replayed. The arrays of the state are changed in place."""

    def __init__(self, state: State, wanted: Array, *, rules: Rules | None = None) -> None:
        """Begin with the state that the log began with.

        `wanted` are the claims that the log cancels, ascending. Without rules, use and rule sets
        are not looked at, and account years are only told apart.
        """
        self._state, self._wanted = state, wanted
        self._counters = Counters(state, rules) if rules else None
        self._kept = Memory(
            *(np.zeros(len(wanted) if name in _SLOTS else 0, np.int64) for name in Memory._fields)
        )
        self._since = np.zeros(len(wanted), np.int64)
        self._owed = np.zeros(_LONGEST, np.int64)
        self._carry = np.zeros(CARRIED, np.int64)
        self._carry[CLAIM] = -1
        self._first: dict[int, Found] = {}
        self._count = np.zeros(len(fault.KINDS), np.int64)
        self._batch = 0
        self._sound = True

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
            self._first[kind]._replace(count=int(self._count[kind])) for kind in sorted(self._first)
        )

    def take(self, batch: Batch) -> bool:
        """Replay a batch; give False, and replay no more, where numbers point nowhere."""
        self._batch += 1
        notes = Notes(self._carry, np.zeros((len(fault.KINDS), fault.WIDTH), np.int64))
        self._sound = self._sound and _points_somewhere(batch, self._state, notes)
        if self._sound:
            self._replay(batch, notes)
        self._gather(batch, notes)
        return self._sound

    def _replay(self, batch: Batch, notes: Notes) -> None:
        """Hold what needs no order first; then book part by part, between the rollovers."""
        look = loops()
        leg_ends = np.cumsum(batch.decided.legs, dtype=np.int64)
        first_rows = np.repeat(np.arange(len(leg_ends)), batch.decided.legs)
        look.hold_rows(batch, notes)
        look.hold_bills(batch, notes)
        look.hold_shares(batch, notes)
        look.hold_payers(batch, _ties(self._state), first_rows, notes)
        look.hold_credits(batch, notes)
        sheet = _Sheet(batch, leg_ends, first_rows, self._slots(batch), notes)
        begin = 0
        for rolls in _runs(np.flatnonzero(batch.rows.kind == ROLL)):
            self._book(sheet, begin, int(rolls[0]))
            self._roll(sheet, rolls[batch.decided.outcome[rolls] == DONE])
            begin = int(rolls[-1]) + 1
        self._book(sheet, begin, len(leg_ends))

    def _slots(self, batch: Batch) -> Array:
        """Give for each row the place of its claim among those wanted, or -1."""
        if not len(self._wanted):
            return np.full(len(batch.rows.claim), -1, np.int64)
        at = np.minimum(np.searchsorted(self._wanted, batch.rows.claim), len(self._wanted) - 1)
        found = (self._wanted[at] == batch.rows.claim) & (batch.rows.kind <= CANCEL)
        return np.where(found, at, -1)

    def _book(self, sheet: _Sheet, begin: int, end: int) -> None:
        """Book the rows from one place to another, between which no account year begins."""
        if begin == end:
            return
        batch, first_rows, notes = sheet.batch, sheet.first_rows, sheet.notes
        leg = int(sheet.leg_ends[begin - 1]) if begin else 0
        part = Part(begin, end, leg, int(sheet.leg_ends[end - 1]))
        pots = Pots(self._state.current, self._state.prior, part.leg, part.stop)
        loops().hold_balances(batch, pots, first_rows, notes)
        self._remember(sheet, part)
        if np.any(batch.rows.kind[begin:end] == CANCEL):
            loops().hold_mirrors(batch, self._mirror(sheet), part, notes)
        if self._counters is not None:
            self._hold_rules(sheet, part, self._counters)
            self._count_use(sheet, part, self._counters)

    def _remember(self, sheet: _Sheet, part: Part) -> None:
        """Keep what the bills of a part were paid that the log cancels."""
        rows, decided, legs = sheet.batch.rows, sheet.batch.decided, sheet.batch.legs
        settled = (rows.kind == SETTLE) & (decided.outcome == DONE) & (sheet.slot >= 0)
        at = part.row + np.flatnonzero(settled[part.row : part.end])
        if not len(at):
            return
        kept = self._kept
        new = np.diff(sheet.slot[at], prepend=-1) != 0
        first, slot = at[new], sheet.slot[at[new]]
        kept.standing[slot] = SETTLED
        kept.patient[slot], kept.day[slot] = rows.patient[first], rows.day[first]
        kept.settled[slot], self._since[slot] = rows.booked[first], sheet.batch.first_seq + first
        kept.first_line[slot] = len(kept.line) + np.flatnonzero(new)
        kept.lines[slot] = np.diff(np.flatnonzero(new), append=len(at))
        of = part.leg + np.flatnonzero(settled[sheet.first_rows[part.leg : part.stop]])
        kept.legs[slot] = decided.legs[first]
        kept.first_leg[slot] = len(kept.pot) + np.cumsum(kept.legs[slot]) - kept.legs[slot]
        more = Memory(
            *(getattr(kept, name)[:0] for name in _SLOTS),
            line=rows.line[at],
            cash=decided.cash[at],
            fund=decided.fund[at],
            pot=legs.pot[of],
            edge=legs.edge[of],
            segment=legs.segment[of],
            of_line=legs.line[of],
            amount=legs.amount[of],
            year=self._open_years(legs.pot[of]),
        )
        self._kept = Memory(*map(np.append, kept, more))

    def _open_years(self, pots: Array) -> Array:
        """Give the account year that is open for the owner of each pot."""
        state = self._state
        return state.open_year[state.home[owners(state, pots)]].astype(np.int64)

    def _mirror(self, sheet: _Sheet) -> Mirror:
        """Lay out what the cancellations of a batch are held against."""
        state = self._state
        terms = state.authorized.reshape(-1, len(Terms._fields))
        return Mirror(
            kept=self._kept,
            since=self._since,
            slot=sheet.slot,
            owed=self._owed,
            year=self._open_years(sheet.batch.legs.pot),
            purse_owner=state.purse_owner,
            first_purse=len(state.home),
            terms=state.terms,
            standing=np.ascontiguousarray(terms[:, _STANDING]),
        )

    def _count_use(self, sheet: _Sheet, part: Part, counters: Counters) -> None:
        """Count what relatives used in a part; what an ended relation hands on was given back."""
        rows, legs = sheet.batch.rows, sheet.batch.legs
        of = part.leg + np.flatnonzero(legs.edge[part.leg : part.stop] >= 0)
        row = sheet.first_rows[of]
        settled, slot = rows.kind[row] == SETTLE, sheet.slot[row]
        back = (rows.kind[row] == CANCEL) & (slot >= 0) & (legs.amount[of] < 0)
        chosen = settled | back
        of, row, slot, settled = of[chosen], row[chosen], slot[chosen], settled[chosen]
        use = Use(legs.edge[of], rows.patient[row], rows.day[row], legs.amount[of])
        if not np.all(settled):
            patient = np.where(settled, use.patient, self._kept.patient[slot])
            use = use._replace(
                patient=patient, day=np.where(settled, use.day, self._kept.day[slot])
            )
        below = counters.take(use)
        _note_all(sheet.notes, fault.USE, row[below], 0 * below, 0 * below - 1)

    def _hold_rules(self, sheet: _Sheet, part: Part, counters: Counters) -> None:
        """Hold the rule set of every row against the one that holds in the patient's area."""
        rows, decided = sheet.batch.rows, sheet.batch.decided
        at = np.arange(part.row, part.end)
        at = at[rows.kind[at] == SETTLE]
        rule = counters.rule_of(self._state.home[rows.patient[at]], rows.day[at])
        wrong = rule != decided.rule[at]
        _note_all(sheet.notes, fault.RULE, at[wrong], rule[wrong], decided.rule[at[wrong]])

    def _roll(self, sheet: _Sheet, rolls: Array) -> None:
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
                _note(sheet.notes, fault.ROLL, row, moved[region], found)
            self._begin_year(sheet, row, region)

    def _begin_year(self, sheet: _Sheet, row: int, region: int) -> None:
        """Open a region's account year; without rules it is told from the one before only."""
        state, year = self._state, int(self._state.open_year[region]) + 1
        if self._counters is not None:
            booked = sheet.batch.rows.booked[row : row + 1]
            rule = self._counters.rule_of(np.array([region]), booked)
            if rule[0] != sheet.batch.decided.rule[row] or rule[0] < 0:
                _note(sheet.notes, fault.RULE, row, int(rule[0]), sheet.batch.decided.rule[row])
                return
            year = int(self._counters.year_of(rule, booked)[0])
            if year <= state.open_year[region]:
                _note(sheet.notes, fault.ROLL, row, state.open_year[region] + 1, year)
                return
            self._counters.roll(region, year)
        state.open_year[region] = year

    def _gather(self, batch: Batch, notes: Notes) -> None:
        """Add a batch's faults to those found before."""
        for kind in np.flatnonzero(notes.faults[:, fault.COUNT]).tolist():
            count, row, leg, expected, found = notes.faults[kind].tolist()
            self._count[kind] += count
            seq, claim = batch.first_seq + row, int(batch.rows.claim[row])
            first = Found(kind, self._batch, seq, claim, leg, expected, found, count)
            self._first.setdefault(kind, first)


@cache
def loops() -> SimpleNamespace:
    """Give the compiled loops by name."""
    copies = compiled_copies(_LOOPS)
    names = {name: thing for copy in copies.values() for name, thing in vars(copy).items()}
    return SimpleNamespace(**names)


_LOOPS = ("simulation.bulk.faults", "simulation.bulk.auditing", "simulation.bulk.mirroring")


def owners(state: State, pots: Array) -> Array:
    """Give the person to whom each pot belongs."""
    persons, purses = len(state.home), len(state.purse_owner)
    owner = pots.astype(np.int64)
    of_purse = (pots >= persons) & (pots < persons + purses)
    owner[of_purse] = state.purse_owner[pots[of_purse] - persons]
    of_wallet = pots >= persons + purses
    owner[of_wallet] = state.wallet_owner[pots[of_wallet] - persons - purses]
    return owner


def _ties(state: State) -> Ties:
    names = ("first_edge", "grantor", "aside", "aside_pool", "aside_quota", "wallet_owner")
    first_wallet = len(state.home) + len(state.purse_owner)
    return Ties(*(getattr(state, name) for name in names), first_wallet)


def _runs(places: Array) -> list[Array]:
    """Give rising places in runs that follow each other without a gap."""
    return np.split(places, np.flatnonzero(np.diff(places) != 1) + 1) if len(places) else []


def _points_somewhere(batch: Batch, state: State, notes: Notes) -> bool:
    """Ask whether every number that points somewhere points into the state."""
    rows, legs = batch.rows, batch.legs
    first_rows = np.repeat(np.arange(len(rows.kind)), batch.decided.legs)
    most = np.where(rows.kind == ROLL, len(state.open_year), len(state.home))
    bill = np.maximum.accumulate(
        np.where(np.diff(rows.claim, prepend=-1) != 0, np.arange(len(most)), 0)
    )
    for array, wrong, at in (
        (rows.kind, (rows.kind < SETTLE) | (rows.kind > ROLL), None),
        (rows.patient, (rows.patient < 0) | (rows.patient >= most), None),
        (rows.line, np.arange(len(most)) - bill >= _LONGEST, None),
        (legs.pot, (legs.pot < 0) | (legs.pot >= len(state.current)), first_rows),
        (legs.edge, (legs.edge < -1) | (legs.edge >= len(state.grantor)), first_rows),
        (legs.segment, (legs.segment < 0) | (legs.segment > WALLET), first_rows),
    ):
        if np.any(wrong):
            place = int(np.flatnonzero(wrong)[0])
            row = place if at is None else int(at[place])
            _note(notes, fault.MALFORMED, row, 0, int(array[place]))
            return False
    return True


def _note_all(notes: Notes, kind: int, rows: Array, expected: Array, found: Array) -> None:
    """Count a fault of each of some rows."""
    if len(rows):
        _note(notes, kind, int(rows[0]), int(expected[0]), int(found[0]))
        notes.faults[kind, fault.COUNT] += len(rows) - 1


def _note(notes: Notes, kind: int, row: int, expected: int, found: int) -> None:
    """Count a fault of a row."""
    if notes.faults[kind, fault.COUNT] == 0:
        notes.faults[kind] = 0, row, -1, expected, found
    notes.faults[kind, fault.COUNT] += 1
