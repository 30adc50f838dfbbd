"""Adding up what two rule tables make of the same claims: who pays, and for whom it differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.codes import Segment
from domain.columns import number
from simulation.bulk.arrays import CANCEL, CREDIT, DONE, SETTLE, Memory, Rows, State
from simulation.bulk.deciding import Outcome
from simulation.what_if import AID, CASH, FUND, OWN, WALLET

SIZES_FEN = (100_00, 500_00, 2_000_00, 10_000_00)
"""Where the bands of bills by cost begin, fen; the first one begins with 0."""

AGES = (18, 35, 45, 60, 70)
"""Where the bands of age begin, years; the first one begins with 0."""

_BANDS = len(AGES) + 2  # with those whose age is not known

Whole = NDArray[np.int64]
"""Whole numbers in numpy."""

PAYERS = (FUND, OWN, WALLET, AID, CASH)


class Refused(NamedTuple):
    """How many bills and cancellations were refused with an outcome, and what the bills cost."""

    bills: int
    fen: int


class Group(NamedTuple):
    """Cash of a group, before and after, fen; how many of it pay less, more, or the same."""

    key: int
    less: int
    more: int
    same: int
    before_fen: int
    after_fen: int


class Comparison(NamedTuple):
    """Who pays by the rules before and after, and for whom that makes a difference.

    `payers` are fen net of what was given back, `refused` by outcome. The groups leave out what
    only one side settles (`only_before`, `only_after` bills): regions and ages count patients,
    sizes count bills. `deciles` are of the patients whose cash changes: the smallest change, nine
    tenths of the way, the largest; fen, above zero where somebody pays more.
    """

    bills: int
    cancellations: int
    payers: Mapping[str, tuple[int, int]]
    refused: Mapping[int, tuple[Refused, Refused]]
    only_before: int
    only_after: int
    regions: tuple[Group, ...]
    ages: tuple[Group, ...]
    sizes: tuple[Group, ...]
    deciles: tuple[int, ...]

    @property
    def changed(self) -> int:
        """Give how many patients pay another amount of cash."""
        return sum(group.less + group.more for group in self.regions)


class Bills(NamedTuple):
    """The bills, cancellations and credits of a batch: first rows, and what is said of each."""

    kinds: NDArray[np.int8]  # of every row
    first: Whole
    kind: NDArray[np.int8]
    patient: Whole
    total: Whole  # fen


def bills_of(rows: Rows, *, memory: Memory) -> Bills:
    """Lay a batch out by bills. Of a cancellation the patient is that of its bill."""
    starts = np.ones(len(rows.kind), bool)
    starts[1:] = (
        (rows.claim[1:] != rows.claim[:-1])
        | (rows.kind[1:] != rows.kind[:-1])
        | (rows.kind[1:] == CREDIT)
    )
    first = np.flatnonzero(starts)
    kind, slot = rows.kind[first], rows.slot[first]
    patient = rows.patient[first].astype(np.int64)
    known = (kind == CANCEL) & (slot >= 0)
    patient[known] = memory.patient[slot[known]]
    return Bills(rows.kind, first, kind, patient, _by_bill(rows.total, first))


def _by_bill(values: Whole, first: Whole) -> Whole:
    """Sum what rows have by bill."""
    if not len(first):
        return np.zeros(0, np.int64)
    sums: Whole = np.add.reduceat(values.astype(np.int64), first)
    return sums


class _Tally:
    """Bills by group and by how their cash changes, and the cash, fen."""

    def __init__(self, groups: int) -> None:
        self.counts = np.zeros((3, groups), np.int64)  # less, more, same
        self.fen = np.zeros((2, groups), np.int64)  # before, after

    def count(self, group: Whole, change: Whole) -> None:
        """Count what pays less, more or the same."""
        groups = self.counts.shape[1]
        for place, which in enumerate((change < 0, change > 0, change == 0)):
            self.counts[place] += np.bincount(group[which], minlength=groups)

    def pay(self, group: Whole, *, before: Whole, after: Whole) -> None:
        """Add cash of both sides."""
        for side, fen in enumerate((before, after)):
            np.add.at(self.fen[side], group, fen)

    def groups(self, *, first_key: int = 0) -> tuple[Group, ...]:
        """Give every group that has anybody in it."""
        cells = np.concatenate([self.counts, self.fen]).T.tolist()
        return tuple(
            Group(key, *row) for key, row in enumerate(cells, start=first_key) if any(row[:3])
        )


class Sums:
    """What is added up over all batches."""

    def __init__(self, state: State, ages: NDArray[np.int8] | None) -> None:
        """Begin with nothing; `ages` is the band of everybody, -1 where it is not known."""
        self._home, self._ages = state.home, ages
        self._moved = np.zeros(len(state.home), np.int64)  # change of cash, fen
        self._seen = np.zeros(len(state.home), bool)
        self._regions = _Tally(len(state.open_year))
        self._by_age = _Tally(_BANDS)
        self._sizes = _Tally(len(SIZES_FEN) + 1)
        self._payers = {payer: [0, 0] for payer in PAYERS}
        self._refused: dict[int, list[Refused]] = {}
        self._bills = self._cancellations = 0
        self._only = [0, 0]

    def add(self, bills: Bills, *, before: Outcome, after: Outcome) -> None:
        """Add a batch: its bills, and what both sides made of them."""
        asked = bills.kind != CREDIT
        settled = bills.kind == SETTLE
        self._bills += int(np.count_nonzero(settled))
        self._cancellations += int(np.count_nonzero(bills.kind == CANCEL))
        done = []
        for side, outcome in enumerate((before, after)):
            found = outcome.decided.outcome[bills.first]
            done.append(asked & (found == DONE))
            self._refuse(side, bills, np.where(asked, found, DONE))
            for payer, fen in _paid(bills, outcome):
                self._payers[payer][side] += fen
        self._only[0] += int(np.count_nonzero(settled & done[0] & ~done[1]))
        self._only[1] += int(np.count_nonzero(settled & done[1] & ~done[0]))
        cash = [_by_bill(each.decided.cash, bills.first) for each in (before, after)]
        self._change(bills, done[0] & done[1], cash[0], cash[1])

    def _refuse(self, side: int, bills: Bills, outcomes: NDArray[np.int8]) -> None:
        for outcome in np.unique(outcomes[outcomes != DONE]).tolist():
            mine = outcomes == outcome
            both = self._refused.setdefault(outcome, [Refused(0, 0), Refused(0, 0)])
            fen = int(bills.total[mine & (bills.kind == SETTLE)].sum())
            both[side] = Refused(
                both[side].bills + int(np.count_nonzero(mine)), both[side].fen + fen
            )

    def _change(self, bills: Bills, both: NDArray[np.bool_], before: Whole, after: Whole) -> None:
        """Add what differs for patients and bills that both sides decided."""
        who, was, now = bills.patient[both], before[both], after[both]
        np.add.at(self._moved, who, now - was)
        self._seen[who] = True
        self._regions.pay(self._home[who], before=was, after=now)
        if self._ages is not None:
            self._by_age.pay(self._ages[who].astype(np.int64) + 1, before=was, after=now)
        both = both & (bills.kind == SETTLE)
        band = np.searchsorted(SIZES_FEN, bills.total[both], side="right")
        self._sizes.pay(band, before=before[both], after=after[both])
        self._sizes.count(band, (after - before)[both])

    def comparison(self) -> Comparison:
        """Give everything that was added up."""
        seen = np.flatnonzero(self._seen)
        moved = self._moved[seen]
        self._regions.count(self._home[seen].astype(np.int64), moved)
        if self._ages is not None:
            self._by_age.count(self._ages[seen].astype(np.int64) + 1, moved)
        return Comparison(
            bills=self._bills,
            cancellations=self._cancellations,
            payers={payer: (was, now) for payer, (was, now) in self._payers.items()},
            refused={
                outcome: (both[0], both[1]) for outcome, both in sorted(self._refused.items())
            },
            only_before=self._only[0],
            only_after=self._only[1],
            regions=self._regions.groups(),
            ages=self._by_age.groups(first_key=-1),
            sizes=self._sizes.groups(),
            deciles=_deciles(moved[moved != 0]),
        )


def _paid(bills: Bills, outcome: Outcome) -> Iterator[tuple[str, int]]:
    """Give who pays how much net of what is given back; a credit is nobody's payment."""
    decided, legs = outcome.decided, outcome.legs
    asked = bills.kinds != CREDIT
    yield FUND, int(decided.fund[asked].sum())
    yield CASH, int(decided.cash[asked].sum())
    for_care = np.repeat(bills.kinds, decided.legs) != CREDIT
    aided = for_care & (legs.edge >= 0)
    wallet = for_care & ~aided & (legs.segment == number(Segment.WALLET))
    for payer, which in ((AID, aided), (WALLET, wallet), (OWN, for_care & ~aided & ~wallet)):
        yield payer, int(legs.amount[which].sum(dtype=np.int64))


def _deciles(changes: Whole) -> tuple[int, ...]:
    """Give the smallest change, the one at each tenth of the way (nearest rank), the largest."""
    if not len(changes):
        return ()
    ordered = np.sort(changes)
    places = [0, *(-(-tenth * len(ordered) // 10) - 1 for tenth in range(1, 10)), -1]
    return tuple(int(ordered[place]) for place in places)
