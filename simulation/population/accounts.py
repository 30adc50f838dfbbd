"""What each person has: insurance, card, account and money; spans of insurance and filings."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from domain.codes import Card, Insurance
from domain.columns import number
from domain.judging import CLOSED, COVERED, LAPSED, MISSING, OPEN
from simulation.bulk import arrays
from simulation.population import statistics
from simulation.population.draws import Array, Draws, chances, combined, skewed
from simulation.population.households import IN_SERVICE, LETTERS, RETIRED, Block, Households
from simulation.population.setting import Setting

MOVED, MOVED_FAR = 100, 6
"""Of a thousand members but the head, how many are insured in another area of the province, and
how many in another province."""

CLOSED_ACCOUNTS = 2
"""Of a thousand employee-insured, how many had their account closed."""


class Accounts(NamedTuple):
    """What the persons of a block have. Persons are counted within the block."""

    home: Array  # int16
    flags: Array  # int16
    current: Array  # int32
    prior: Array  # int32
    wallet_owner: Array  # int64
    wallet: Array  # int32, fen in each wallet
    changed: Array  # int64, three rows: person, day, to
    filed: Array  # int64, four rows: person, place, first day, last day


def _insured(kind: Insurance, account: int) -> int:
    return number(kind) << arrays.INSURANCE | account << arrays.ACCOUNT


_ACCOUNTS = chances(
    {
        _insured(Insurance.EMPLOYEE, OPEN): statistics.WITH_ACCOUNT.value,
        _insured(Insurance.EMPLOYEE, CLOSED): CLOSED_ACCOUNTS,
        _insured(Insurance.EMPLOYEE_POOL_ONLY, MISSING): (
            1000 - statistics.WITH_ACCOUNT.value - CLOSED_ACCOUNTS
        ),
    }
)
_RESIDENT = _insured(Insurance.RESIDENT, MISSING)
_CHANCES = chances(  # assumed, like everything here that names no figure
    combined(
        {0: 994, number(Card.LOST) << arrays.CARD: 4, number(Card.EXPIRED) << arrays.CARD: 2},
        {0: 990, arrays.COVERAGE_CHANGES: 10},
        {0: 970, arrays.HAS_FILINGS: 30},
        {0: 998, arrays.HAS_WALLET: 2},
        {0: 800, arrays.OUT_OF_AREA: 200},
    )
)
_BALANCES = skewed(statistics.MEAN_BALANCE.value, spread=110)
_WALLETS = skewed(statistics.MEAN_TRANSFER.value, spread=60)
_EMPLOYEE = np.array([letter in IN_SERVICE + RETIRED for letter in LETTERS])
_LONG_AGO = 4000  # days before the first one, where insurance simply held since


def accounts(block: Block, families: Households, *, draws: Draws, where: Setting) -> Accounts:
    """Make what the members of households have on the first day of a setting."""
    count = block.persons
    if where.accounts_only:
        flags = np.full(count, _insured(Insurance.EMPLOYEE, OPEN), np.int16)
    else:
        employee = _EMPLOYEE[families.letter]
        flags = np.where(employee, draws.picks(count, _ACCOUNTS), np.int16(_RESIDENT))
    flags |= draws.picks(count, _CHANCES)
    current, prior = _money(flags, draws)
    owners = np.flatnonzero(flags & arrays.HAS_WALLET)
    home = _homes(block, families, draws=draws, where=where)
    return Accounts(
        home=home,
        flags=flags,
        current=current,
        prior=prior,
        wallet_owner=owners,
        wallet=draws.picks(len(owners), _WALLETS),
        changed=_changes(flags, draws, day=where.day.toordinal()),
        filed=_filings(flags, home, draws=draws, where=where),
    )


def opened(flags: Array) -> Array:
    """Tell whose account is open."""
    found: Array = (flags >> arrays.ACCOUNT) & 3 == OPEN
    return found


def _money(flags: Array, draws: Draws) -> tuple[Array, Array]:
    """Give what open accounts hold: up to a quarter came in during the open account year."""
    balance = np.where(opened(flags), draws.picks(len(flags), _BALANCES), np.int32(0))
    current = (balance >> 10) * (draws.numbers(len(flags)) & 255).astype(np.int32)
    return current, balance - current


def _homes(block: Block, families: Households, *, draws: Draws, where: Setting) -> Array:
    """Give the region of each person's insurance: some members are insured elsewhere."""
    home = np.full(block.persons, block.region, np.int16)
    near = np.array(where.neighbours[block.region], np.int16)
    far = np.array(
        [r for r in where.populated if where.provinces[r] != where.provinces[block.region]],
        np.int16,
    )
    lot = draws.happens(block.persons, MOVED + MOVED_FAR)
    movers = np.flatnonzero(lot & (families.place > 0))
    goes_far = draws.happens(len(movers), MOVED_FAR * 1000 // (MOVED + MOVED_FAR))
    for regions, those in ((near, movers[~goes_far]), (far, movers[goes_far])):
        if len(regions):
            home[those] = regions[draws.below(len(those), len(regions))]
    return home


def _changes(flags: Array, draws: Draws, *, day: int) -> Array:
    """Give spans of insurance: it lapsed for some time, has lapsed since, or began late."""
    persons = np.flatnonzero(flags & arrays.COVERAGE_CHANGES)
    count = len(persons)
    late = draws.happens(count, 250)
    lapses = ~late
    returns = lapses & draws.happens(count, 667)
    lapsed = day - 200 + draws.below(count, 400)
    back = lapsed + 20 + draws.below(count, 100)
    begun = np.where(late, lapsed, day - _LONG_AGO)
    rows = [
        (persons, begun, np.full(count, COVERED)),
        (persons[lapses], lapsed[lapses], np.full(count, LAPSED)[lapses]),
        (persons[returns], back[returns], np.full(count, COVERED)[returns]),
    ]
    table = np.array([np.concatenate(column) for column in zip(*rows, strict=True)], np.int64)
    sorted_table: Array = table[:, np.lexsort((table[1], table[0]))]
    return sorted_table


def _filings(flags: Array, home: Array, *, draws: Draws, where: Setting) -> Array:
    """Give filings for another area or the whole of its province, for half a year or longer."""
    persons = np.flatnonzero(flags & arrays.HAS_FILINGS)
    count = len(persons)
    populated = np.array(where.populated, np.int64)
    place = populated[draws.below(count, len(populated))]
    elsewhere = populated[(np.searchsorted(populated, place) + 1) % len(populated)]
    place = np.where(place == home[persons], elsewhere, place)
    provinces = np.array(where.provinces, np.int64)
    filed = np.where(draws.happens(count, 500), -1 - provinces[place], place)
    first = where.day.toordinal() - draws.below(count, 150)
    last = first + np.where(draws.happens(count, 500), 182, 3650)
    return np.array([persons, filed, first, last], np.int64)
