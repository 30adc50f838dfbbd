"""What the rules say, read from numbers: which rule set holds, and its parts.

A rule set is `WIDTH` numbers: the scopes of the own account, the wallet, a relative's account and
a relative's quota of the wallet, then the limits, then everything else.
"""

from __future__ import annotations

from typing import NamedTuple

from domain.judging import Caps, Scope
from simulation.bulk.arrays import Numbers, Rules, State, Terms


class Others(NamedTuple):
    """What matters of a rule set besides scopes and limits; words by their numbers."""

    own_segments: int
    pool_segments: int
    own_must_be_empty: int
    order: int
    reorder: int
    fall_through: int
    aid_by_itself: int  # relatives are tried without the till being told
    wallet_by_itself: int
    year_start_month: int
    funding: int
    wallet_model: int
    proxy: int
    grantor_credential: int
    within_province: int
    emergency_as_filed: int
    unfiled_allowed: int  # somebody without a filing bears a part first, but settles directly
    across_months: int
    across_years: int
    refund_in_cash: int  # a grantor's part, once the relation has ended


_TERMS = len(Terms._fields)
_SCOPE = len(Scope._fields)
OF_OWN, OF_WALLET, OF_RELATIVE, OF_QUOTA = 0, _SCOPE, 2 * _SCOPE, 3 * _SCOPE
_CAPS = 4 * _SCOPE
_OTHERS = _CAPS + len(Caps._fields)
WIDTH = _OTHERS + len(Others._fields)
NAMES = tuple(
    f"{part}.{name}"
    for part, kind in (
        ("own", Scope),
        ("wallet", Scope),
        ("relative", Scope),
        ("quota", Scope),
        ("caps", Caps),
        ("others", Others),
    )
    for name in kind._fields
)
"""What each number of a rule set is."""

OWN_SEGMENTS = _OTHERS
POOL_SEGMENTS = _OTHERS + 1
OWN_MUST_BE_EMPTY = _OTHERS + 2
ORDER = _OTHERS + 3
REORDER = _OTHERS + 4
FALL_THROUGH = _OTHERS + 5
AID_BY_ITSELF = _OTHERS + 6
WALLET_BY_ITSELF = _OTHERS + 7
YEAR_START_MONTH = _OTHERS + 8
FUNDING = _OTHERS + 9
WALLET_MODEL = _OTHERS + 10
PROXY = _OTHERS + 11
GRANTOR_CREDENTIAL = _OTHERS + 12
WITHIN_PROVINCE = _OTHERS + 13
EMERGENCY_AS_FILED = _OTHERS + 14
UNFILED_ALLOWED = _OTHERS + 15
ACROSS_MONTHS = _OTHERS + 16
ACROSS_YEARS = _OTHERS + 17
REFUND_IN_CASH = _OTHERS + 18

# Words by their numbers; a test holds them against domain.codes and domain.rules.
FILING_ORDER, LAST_BOUND, USER_SET, LARGEST_BALANCE, ARRIVAL, LOCAL_FIRST = 0, 1, 2, 3, 4, 5
CURRENT_FIRST, PRIOR_FIRST, PRIOR_ONLY = 0, 1, 2
CALL, POOL, QUOTA, TRANSFER = 0, 1, 2, 3
WALLET_CLOSED, WALLET_TRANSFER, WALLET_QUOTA = 0, 1, 2
REFUSED_ACROSS_YEARS, AS_IT_WAS, AS_OF_NOW = 0, 1, 2
RESIDENT_INSURANCE = 2
CURRENT, PRIOR, WALLET = 0, 1, 2


def rule_of(rules: Rules, region: int, day: int) -> int:
    """Give the rule set of a region on a day; -1: there is none."""
    since = day - rules.first_day
    if since < 0:
        return -1
    return rules.index[region * rules.days + min(since, rules.days - 1)]


def said(rules: Rules, rule: int, what: int) -> int:
    """Give one number of a rule set."""
    return rules.cells[rule * WIDTH + what]


def scope_of(rules: Rules, rule: int, part: int) -> Scope:
    """Give what a rule set allows one kind of account."""
    cells: Numbers = rules.cells
    at = rule * WIDTH + part
    return Scope(
        cells[at],
        cells[at + 1],
        cells[at + 2],
        cells[at + 3],
        cells[at + 4],
        cells[at + 5],
        cells[at + 6],
        cells[at + 7],
        cells[at + 8],
        cells[at + 9],
        cells[at + 10],
        cells[at + 11],
    )


def caps_of(rules: Rules, rule: int) -> Caps:
    """Give the limits of a rule set."""
    cells: Numbers = rules.cells
    at = rule * WIDTH + _CAPS
    return Caps(cells[at], cells[at + 1], cells[at + 2], cells[at + 3], cells[at + 4])


def terms_of(state: State, edge: int) -> Terms:
    """Give a relation and what its grantor authorized."""
    cells: Numbers = state.authorized
    at = state.terms[edge] * _TERMS
    return Terms(
        cells[at],
        cells[at + 1],
        cells[at + 2],
        cells[at + 3],
        cells[at + 4],
        cells[at + 5],
        cells[at + 6],
        cells[at + 7],
        cells[at + 8],
        cells[at + 9],
        cells[at + 10],
        cells[at + 11],
        cells[at + 12],
    )


def distance(rules: Rules, one: int, other: int) -> int:
    """Tell how far apart two regions are: 0 the same, 1 one province, 2 farther."""
    if one == other:
        return 0
    return 1 if rules.province[one] == rules.province[other] else 2
