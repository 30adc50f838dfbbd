"""Back from the arrays: what each person holds, and what was used, as a ledger would say it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from domain.amounts import NOTHING, Amounts
from domain.ids import PersonId
from domain.person import Person
from simulation.bulk.arrays import PERIODS, State
from simulation.bulk.ledgers.intake import Intake

Used = Mapping[tuple[PersonId, str], int]
"""Fen by beneficiary and period: a year ("2026") or a day ("2026-03-02"); never 0."""


class Holdings(NamedTuple):
    """A person's money and what relatives used of it.

    `given` is what all relatives together used, by year. What was never there and what is used
    up are the same: purses and uses of nothing are left out.
    """

    available: Amounts
    purses: Mapping[str, Amounts]
    wallet_fen: int
    used: Used
    given: Mapping[str, int]


def holdings(person: Person) -> Holdings:
    """Give what a ledger's person holds."""
    account = person.account
    wallet_fen = person.wallet.available_fen if person.wallet else 0
    if account is None:
        return Holdings(NOTHING, {}, wallet_fen, {}, {})
    years = {period for used in account.used.values() for period in used if _is_year(period)}
    given = {year: account.used_by_all_fen(year) for year in years}
    return Holdings(
        available=account.available,
        purses={name: p.amount for name, p in account.set_aside.items() if p.amount != NOTHING},
        wallet_fen=wallet_fen,
        used={
            (beneficiary, period): fen
            for beneficiary, used in account.used.items()
            for period, fen in used.items()
            if fen
        },
        given={year: fen for year, fen in given.items() if fen},
    )


def give_out(state: State, intake: Intake) -> dict[PersonId, Holdings]:
    """Give what everybody holds in a state that came of what was taken in."""
    purses: dict[PersonId, dict[str, Amounts]] = defaultdict(dict)
    for purse in intake.purses:
        if (amount := _in_pot(state, purse.pot)) != NOTHING:
            purses[purse.owner_id][purse.name] = amount
    first_wallet = len(intake.numbers) + len(intake.purses)
    wallets = {
        owner: _in_pot(state, pot).total_fen
        for pot, owner in enumerate(intake.wallets, start=first_wallet)
    }
    used: dict[PersonId, dict[tuple[PersonId, str], int]] = defaultdict(dict)
    for grantor, beneficiary, period, fen in _used(state, intake):
        used[grantor][beneficiary, period] = fen
    given: dict[PersonId, dict[str, int]] = defaultdict(dict)
    for grantor, period, fen in _given(state, intake):
        given[grantor][period] = fen
    return {
        person: Holdings(
            _in_pot(state, pot),
            purses.get(person, {}),
            wallets.get(person, 0),
            used.get(person, {}),
            given.get(person, {}),
        )
        for person, pot in intake.numbers.items()
    }


def _in_pot(state: State, pot: int) -> Amounts:
    return Amounts(int(state.current[pot]), int(state.prior[pot]))


def _used(state: State, intake: Intake) -> Iterator[tuple[PersonId, PersonId, str, int]]:
    """Give grantor, beneficiary, period and fen of every use of a relation that is counted."""
    edges = intake.families.edges
    for i, edge in enumerate(edges):
        if fen := int(state.used[i]):
            yield edge.grantor, edge.beneficiary, _open_year(state, int(state.grantor[i])), fen
    for of, period, fen in _elsewhere(state):
        if of < len(edges):
            yield edges[of].grantor, edges[of].beneficiary, period, fen


def _given(state: State, intake: Intake) -> Iterator[tuple[PersonId, str, int]]:
    """Give grantor, year and fen of what all relatives of a grantor used together."""
    families = intake.families
    for i, grantor in enumerate(families.givers):
        if fen := int(state.given[i]):
            yield grantor, _open_year(state, intake.numbers[grantor]), fen
    for of, period, fen in _elsewhere(state):
        if of >= len(families.edges):
            yield families.givers[of - len(families.edges)], period, fen


def _elsewhere(state: State) -> Iterator[tuple[int, str, int]]:
    """Read the table of uses: of what, in which period, fen."""
    for key, fen in zip(state.use_key.tolist(), state.use_fen.tolist(), strict=True):
        if key >= 0 and fen:
            of, period = divmod(key, PERIODS)
            year = str(period) if period <= _LAST_YEAR else date.fromordinal(period).isoformat()
            yield of, year, fen


_LAST_YEAR = 9999


def _open_year(state: State, person: int) -> str:
    return str(int(state.open_year[state.home[person]]))


def _is_year(period: str) -> bool:
    return len(period) == len("2026")
