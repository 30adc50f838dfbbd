"""What is known of persons: bits, spans of insurance, filings, and where money lies."""

from __future__ import annotations

from domain.judging import COVERED, NEVER
from simulation.bulk.arrays import (
    ACCOUNT,
    COVERAGE_CHANGES,
    HAS_FILINGS,
    HAS_PURSES,
    HAS_WALLET,
    INSURANCE,
    Numbers,
    State,
)

_TWO_BITS = 3


def insurance_of(state: State, person: int) -> int:
    """Give the number of the kind of insurance."""
    return (state.flags[person] >> INSURANCE) & _TWO_BITS


def account_of(state: State, person: int) -> int:
    """Give the standing of the account, as in `domain.judging`."""
    return (state.flags[person] >> ACCOUNT) & _TWO_BITS


def first_at_least(numbers: Numbers, wanted: int) -> int:
    """Give the first place in rising numbers that holds at least what is wanted."""
    low, high = 0, len(numbers)
    while low < high:
        middle = (low + high) // 2
        if numbers[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low


def coverage_on(state: State, person: int, day: int) -> int:
    """Give the standing of someone's insurance on a day, as in `domain.judging`."""
    if state.flags[person] & COVERAGE_CHANGES == 0:
        return COVERED
    held = NEVER
    at = first_at_least(state.changed_person, person)
    while at < len(state.changed_person) and state.changed_person[at] == person:
        if state.changed_day[at] > day:
            break
        held = state.changed_to[at] + 0
        at += 1
    return held


def is_filed(state: State, person: int, day: int, where: int, province: int) -> bool:
    """Tell whether care in a region of a province is filed for a day."""
    if state.flags[person] & HAS_FILINGS == 0:
        return False
    at = first_at_least(state.filing_person, person)
    while at < len(state.filing_person) and state.filing_person[at] == person:
        place = state.filing_place[at]
        if (place == where or place == -1 - province) and (
            state.filing_first[at] <= day <= state.filing_last[at]
        ):
            return True
        at += 1
    return False


def wallet_of(state: State, person: int) -> int:
    """Give the pot of someone's wallet; -1: there is none."""
    if state.flags[person] & HAS_WALLET == 0:
        return -1
    at = first_at_least(state.wallet_owner, person)
    return len(state.home) + len(state.purse_owner) + at


def owner_of(state: State, pot: int) -> int:
    """Give whose pot it is."""
    persons, purses = len(state.home), len(state.purse_owner)
    if pot < persons:
        return pot
    if pot < persons + purses:
        return state.purse_owner[pot - persons]
    return state.wallet_owner[pot - persons - purses]


def is_wallet(state: State, pot: int) -> bool:
    """Tell whether a pot is a wallet."""
    return pot >= len(state.home) + len(state.purse_owner)


def money_in(state: State, pot: int) -> int:
    """Give what is in a pot, both segments together."""
    return state.current[pot] + state.prior[pot]


def balance_of(state: State, person: int) -> int:
    """Give all that is in someone's account, set aside or not."""
    balance = money_in(state, person)
    if state.flags[person] & HAS_PURSES:
        at = first_at_least(state.purse_owner, person)
        while at < len(state.purse_owner) and state.purse_owner[at] == person:
            balance += money_in(state, len(state.home) + at)
            at += 1
    return balance
