"""From a ledger into the arrays: persons, money, families and what was used, exactly.

A bulk run can so begin where a ledger stands. What the arrays cannot hold (open holds, transfers
under way, moves between areas and the like) is refused by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from domain import judging
from domain.codes import Coverage
from domain.columns import number
from domain.filed import Filing
from domain.ids import PersonId, PoolId, RegionCode
from domain.person import Person
from domain.pool import Pool
from simulation.bulk import arrays
from simulation.bulk.arrays import State, kinds_of
from simulation.bulk.deciding import regrown
from simulation.bulk.ledgers.intake_families import Families, Purse, lay_out_families
from simulation.bulk.ledgers.obstacles import NotForBulk, obstacles
from simulation.bulk.rules import RuleTable


class Intake(NamedTuple):
    """A state, and who and what its numbers stand for.

    `purses` and `wallets` are the pots after those of the persons, in order; `families` names
    edges and givers.
    """

    state: State
    numbers: Mapping[PersonId, int]
    purses: tuple[Purse, ...]
    wallets: tuple[PersonId, ...]
    families: Families


def take_in(
    persons: Mapping[PersonId, Person], pools: Mapping[PoolId, Pool], *, table: RuleTable
) -> Intake:
    """Lay persons and their families out, numbered in the order in which they are given.

    Raises:
        NotForBulk: the arrays cannot hold somebody's state; all such persons are named.
    """
    if found := list(obstacles(persons, pools, regions=table.regions)):
        raise NotForBulk(found)
    numbers = {person: i for i, person in enumerate(persons)}
    regions = {RegionCode(region): i for i, region in enumerate(table.regions)}
    everyone = list(persons.values())
    purses = _purses(everyone, numbers)
    wallets = [person for person in everyone if person.wallet is not None]
    families = lay_out_families(persons, pools, numbers=numbers, purses=purses)
    open_years = _open_years(everyone, regions)
    spans = [span for person in everyone for span in _spans(person, numbers, table)]
    filings = [row for person in everyone for row in _filed(person, numbers, table)]
    money = [*(_available(person) for person in everyone), *(purse.money for purse in purses)]
    money += [(person.wallet.available_fen, 0) for person in wallets if person.wallet]
    use = families.use(persons, open_years={r: open_years[i] for r, i in regions.items()})
    columns = {
        "home": [regions[person.region] for person in everyone],
        "flags": [_flags(person, table) for person in everyone],
        "current": [current for current, _ in money],
        "prior": [prior for _, prior in money],
        "purse_owner": [purse.owner for purse in purses],
        "purse_quota": [purse.quota_fen for purse in purses],
        "wallet_owner": [numbers[person.id] for person in wallets],
        **families.columns(use),
        **_columns(("changed_person", "changed_day", "changed_to"), spans),
        **_columns(("filing_person", "filing_place", "filing_first", "filing_last"), filings),
        "open_year": open_years,
        "use_key": list(use.elsewhere),
        "use_fen": list(use.elsewhere.values()),
    }
    kinds = kinds_of(State)
    state = State(**{name: np.array(columns[name], kinds[name]) for name in State._fields})
    size = 1 << (2 * len(use.elsewhere) + 1).bit_length()
    keys, fens = regrown(state.use_key, state.use_fen, size=size)
    state = state._replace(use_key=keys, use_fen=fens)
    return Intake(state, numbers, tuple(purses), tuple(p.id for p in wallets), families)


def _columns(names: Sequence[str], rows: Sequence[tuple[int, ...]]) -> Mapping[str, Sequence[int]]:
    return {name: [row[i] for row in rows] for i, name in enumerate(names)}


def _available(person: Person) -> tuple[int, int]:
    if person.account is None:
        return 0, 0
    return person.account.available.current_fen, person.account.available.prior_fen


def _purses(everyone: Sequence[Person], numbers: Mapping[PersonId, int]) -> list[Purse]:
    """Give every purse, by owner and name; pots of purses follow those of the persons."""
    pots = ((person, name) for person in everyone if person.account for name in _names(person))
    found = []
    for place, (person, name) in enumerate(pots, start=len(numbers)):
        assert person.account is not None
        purse = person.account.set_aside[name]
        whole = -1 if purse.quota_fen is None else purse.quota_fen
        money = (purse.amount.current_fen, purse.amount.prior_fen)
        found.append(Purse(place, numbers[person.id], person.id, name, whole, money))
    return found


def _names(person: Person) -> list[str]:
    assert person.account is not None
    return sorted(person.account.set_aside)


def _flags(person: Person, table: RuleTable) -> int:
    """Give the bits that say what kind of person this is and where there is more to read."""
    account = person.account
    if account is None:
        state = judging.MISSING
    else:
        state = judging.OPEN if account.closed is None else judging.CLOSED
    told = (
        (account is not None and account.out_of_area, arrays.OUT_OF_AREA),
        (not _always_covered(person, table), arrays.COVERAGE_CHANGES),
        (person.wallet is not None, arrays.HAS_WALLET),
        (account is not None and bool(account.set_aside), arrays.HAS_PURSES),
        (bool(person.filings), arrays.HAS_FILINGS),
    )
    return (
        number(person.insurance) << arrays.INSURANCE
        | number(person.card) << arrays.CARD
        | state << arrays.ACCOUNT
        | sum(bit for holds, bit in told if holds)
    )


def _open_years(everyone: Sequence[Person], regions: Mapping[RegionCode, int]) -> list[int]:
    """Give the account year that is open in each region, 0 where nobody has an open account."""
    years = [0] * len(regions)
    for person in everyone:
        if person.account is not None and person.account.closed is None:
            years[regions[person.region]] = person.account.account_year
    return years


# ------------------------------------------------------------------------- insurance and filings


def _always_covered(person: Person, table: RuleTable) -> bool:
    """Tell whether insurance was in force on every day on which any rule holds."""
    (since, first), *later = person.coverage
    return first is Coverage.ACTIVE and not later and since.toordinal() <= table.rules.first_day


def _spans(
    person: Person, numbers: Mapping[PersonId, int], table: RuleTable
) -> Iterator[tuple[int, int, int]]:
    """Give the states of somebody's insurance: person, first day, what a grantor's would mean."""
    if not _always_covered(person, table):
        for since, state in person.coverage:
            yield numbers[person.id], since.toordinal(), _COVERAGE[state]


_COVERAGE = {
    Coverage.ACTIVE: judging.COVERED,
    Coverage.SUSPENDED: judging.LAPSED,
    Coverage.ENDED: judging.LAPSED,
    Coverage.DECEASED: judging.NEVER,
}


def _filed(
    person: Person, numbers: Mapping[PersonId, int], table: RuleTable
) -> Iterator[tuple[int, int, int, int]]:
    """Give person, place, first and last day of care that was filed with the person's own area."""
    for filing in person.filings:
        if filing.home == person.region:
            for place, first, last in _stretches(filing):
                if (found := _place(place, table)) is not None:
                    yield numbers[person.id], found, first.toordinal(), last.toordinal()


def _place(place: RegionCode, table: RuleTable) -> int | None:
    """Give the number of a place that was filed; None where no claim of the table comes from."""
    if not place.endswith(_WHOLE_PROVINCE):
        return table.regions.index(place) if place in table.regions else None
    inside = (i for i, region in enumerate(table.regions) if region[:2] == place[:2])
    return next((-1 - int(table.rules.province[i]) for i in inside), None)


def _stretches(filing: Filing) -> Iterator[tuple[RegionCode, date, date]]:
    """Give each place of a filing with the first and last day on which it holds, if there is one.

    The next place begins where the one before ends; of two that begin on a day the later holds.
    """
    ends = filing.last_day or date.max
    if filing.ended_on is not None:
        ends = min(ends, filing.ended_on - timedelta(days=1))
    for i, (first, place) in enumerate(filing.places):
        later = [since - timedelta(days=1) for since, _ in filing.places[i + 1 :]]
        last = min([ends, *later])
        if first <= last:
            yield place, first, last


_WHOLE_PROVINCE = "0000"
