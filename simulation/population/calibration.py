"""Official figures beside what a population and its claims have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial
from typing import NamedTuple

import numpy as np

from domain.codes import Category, Insurance, Place
from domain.columns import number
from simulation.bulk import arrays
from simulation.bulk.arrays import Rows, Rules, State
from simulation.bulk.deciding import Outcome, compiled, empty_memory
from simulation.population import statistics
from simulation.population.accounts import opened
from simulation.population.draws import Array
from simulation.population.households import (
    FAMILIES,
    IN_SERVICE,
    LETTERS,
    RETIRED,
    blocks,
    households,
)
from simulation.population.mixture import SEASON
from simulation.population.people import stream
from simulation.population.setting import Setting
from simulation.population.statistics import Figure


class Measured(NamedTuple):
    """An official figure and ours; None where there is nothing to measure."""

    figure: Figure
    ours: int | None


def of_people(state: State, *, seed: int, where: Setting) -> list[Measured]:
    """Measure a population as it was made."""
    persons, purses = len(state.home), len(state.purse_owner)
    is_open = opened(state.flags)
    employees = int(((state.flags & 3) != number(Insurance.RESIDENT)).sum())
    accounts = int(is_open.sum())
    held = _sum(state.current, persons + purses) + _sum(state.prior, persons + purses)
    wallets = len(state.wallet_owner)
    in_wallets = int(state.current[persons + purses :].sum(dtype=np.int64))
    return [
        Measured(statistics.WITH_ACCOUNT, _per_mille(accounts, employees)),
        Measured(statistics.RETIRED, _retired(persons, seed=seed, where=where)),
        Measured(statistics.MEAN_BALANCE, _part(held, accounts)),
        Measured(statistics.MEAN_TRANSFER, _part(in_wallets, wallets)),
    ]


def tallied(
    batches: Iterable[Rows], tally: Tally, *, state: State, rules: Rules | None = None
) -> Iterator[Rows]:
    """Pass batches on and count them; with rules, settle them too, which changes the state.

    Cancellations are not settled: they are few, and would need what was paid to be remembered.
    """
    decide = compiled() if rules else None
    for rows in batches:
        tally.add(rows)
        if decide and rules and (rows.kind != arrays.CANCEL).any():
            some = Rows(*(column[rows.kind != arrays.CANCEL] for column in rows))
            state, outcome = decide(state, rules, rows=some, memory=empty_memory())
            tally.add_settled(state, some, outcome=outcome)
        yield rows


class Tally:
    """What claims add up to, batch by batch: as they were made, and as they were settled."""

    def __init__(self, state: State, *, provinces: Iterable[int]) -> None:
        """Begin with the state before the first batch."""
        self._provinces = np.array(list(provinces))
        self._home = state.home
        self._accounts = int(opened(state.flags).sum())
        self._across: Array | None = None
        self._sums: Counter[str] = Counter()

    @property
    def bills(self) -> int:
        """Give how many bills were counted."""
        return self._sums["bills"]

    def add(self, rows: Rows) -> None:
        """Count a batch as it was made; cancellations are left out."""
        settled = rows.kind == arrays.SETTLE
        heads = settled & (rows.line == 1)
        home = self._home[rows.patient[heads]]
        stays = settled & (rows.category == number(Category.INPATIENT))
        credited = rows.kind == arrays.CREDIT
        self._sums += Counter(
            bills=int(heads.sum()),
            across=int((self._provinces[home] != self._provinces[rows.where[heads]]).sum()),
            stays=int((stays & heads).sum()),
            stays_fen=int(rows.total[stays].sum()),
            credit_fen=int(rows.total[credited].sum()),
            credits=int(credited.sum()),
        )

    def add_settled(self, state: State, rows: Rows, *, outcome: Outcome) -> None:
        """Count what accounts paid of a batch, and what of that was mutual aid."""
        decided, legs = outcome.decided, outcome.legs
        heads = np.flatnonzero(decided.legs > 0)
        head = np.repeat(heads, decided.legs[heads])
        paid = rows.kind[head] == arrays.SETTLE
        self._sums["paid_fen"] += int(legs.amount[paid].sum(dtype=np.int64))
        aid = np.flatnonzero(paid & (legs.edge >= 0))
        if not len(aid):
            return
        row = head[aid] + legs.line[aid] - 1  # lines of made-up bills count from 1 without gaps
        fen = legs.amount[aid].astype(np.int64)
        used, first = np.unique(head[aid], return_index=True)
        across = self._across_of(state)[legs.edge[aid]]
        self._sums["uses"] += len(used)
        self._sums["across_uses"] += int(across[first].sum())
        booked = rows.booked[row]
        season = "in" if date.fromordinal(int(booked[0])).month in SEASON else "off"
        for name, those in _uses_for(rows, row).items():
            self._sums[name] += int(fen[those].sum())
            self._sums[f"{name}_{season}"] += int(fen[those].sum())

    def figures(self, *, settled: bool) -> list[Measured]:
        """Give the figures of all batches; of mutual aid only where they were settled."""
        sums = self._sums
        made = [
            Measured(statistics.ACROSS_PROVINCES, _per_mille(sums["across"], sums["bills"])),
            Measured(statistics.INPATIENT_COST, _part(sums["stays_fen"], sums["stays"])),
            Measured(statistics.YEARLY_CREDIT, _part(12 * sums["credit_fen"], sums["credits"])),
        ]
        of_aid = partial(_per_mille, whole=sums["aid"])
        paid = [
            Measured(statistics.AID_USES, _per_mille(sums["uses"], sums["bills"])),
            Measured(statistics.MEAN_USE, _part(sums["aid"], sums["uses"])),
            Measured(statistics.AID_OF_SPENDING, _per_mille(sums["aid"], sums["paid_fen"])),
            Measured(statistics.ACROSS_USES, _per_mille(sums["across_uses"], sums["uses"])),
            Measured(statistics.BY_INSTITUTIONS, of_aid(sums["institutions"])),
            Measured(statistics.BY_PHARMACIES, of_aid(sums["pharmacies"])),
            Measured(statistics.BY_OTHERS, of_aid(sums["others"])),
            Measured(statistics.BY_PREMIUMS, of_aid(sums["premiums"])),
            Measured(
                statistics.PREMIUMS_OFF_SEASON, _per_mille(sums["premiums_off"], sums["aid_off"])
            ),
            Measured(
                statistics.PREMIUMS_IN_SEASON, _per_mille(sums["premiums_in"], sums["aid_in"])
            ),
        ]
        return made + paid if settled else made

    def _across_of(self, state: State) -> Array:
        """Tell of each relation whether its two sides are insured in different areas."""
        if self._across is None:
            beneficiary = np.repeat(np.arange(len(state.home)), np.diff(state.first_edge))
            self._across = state.home[beneficiary] != state.home[state.grantor]
        return self._across


def _uses_for(rows: Rows, row: Array) -> dict[str, Array]:
    place, category = rows.place[row], rows.category[row]
    premiums = category == number(Category.RESIDENT_PREMIUM)
    pharmacies = place == number(Place.PHARMACY)
    offices = place == number(Place.OFFICE)
    return {
        "aid": np.ones(len(row), bool),
        "premiums": premiums,
        "pharmacies": pharmacies,
        "others": offices & ~premiums,
        "institutions": ~offices & ~pharmacies,
    }


def _retired(persons: int, *, seed: int, where: Setting) -> int | None:
    """Count the retired among the employee-insured: the state does not say who is retired."""
    letters = np.zeros(len(LETTERS), np.int64)
    for block in blocks(where.persons(persons)):
        made = households(block, stream(block, FAMILIES, seed=seed, where=where))
        letters += np.bincount(made.letter, minlength=len(LETTERS))
    of = dict(zip(LETTERS, letters.tolist(), strict=True))
    retired = sum(of[letter] for letter in RETIRED)
    return _per_mille(retired, retired + sum(of[letter] for letter in IN_SERVICE))


def _sum(array: Array, count: int) -> int:
    return int(array[:count].sum(dtype=np.int64))


def _part(part: int, whole: int) -> int | None:
    return (2 * part + whole) // (2 * whole) if whole else None


def _per_mille(part: int, whole: int) -> int | None:
    return _part(1000 * part, whole)
