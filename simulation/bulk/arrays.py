"""How a population, its claims and what was decided about them are laid out in arrays.

Every array is a field of a tuple below, with one element for each thing that the tuple speaks of
unless its comment says otherwise. Persons are numbered from 0, so are relations ("edges"), pots,
rules and regions. Amounts are fen. Days are ordinals (`date.toordinal`), words their places in
their vocabulary (`domain.columns.number`), sets bit masks (`domain.columns.mask`).

The tuples hold numpy arrays where code is compiled, and memory views of the same arrays where it
is interpreted: a plain number read from a view cannot overflow silently, as a numpy scalar does.
"""

from __future__ import annotations

from typing import Any, NamedTuple

Numbers = Any
"""A one-dimensional array or memory view of whole numbers."""

# The same, of so many bits; `kinds_of` reads the names.
Int8 = Any
Int16 = Any
Int32 = Any
Int64 = Any


def kinds_of(layout: type[tuple[object, ...]]) -> dict[str, str]:
    """Give the element type of every array of a tuple below by its field, as numpy names it."""
    kinds = {name: hint.__forward_arg__ for name, hint in layout.__annotations__.items()}
    return {name: kind.lower() for name, kind in kinds.items() if kind.startswith("Int")}


# ------------------------------------------------------------------------- persons and families

# Bits of `State.flags`. Insurance, card and account take two bits each.
INSURANCE = 0  # number of domain.codes.Insurance
CARD = 2  # number of domain.codes.Card
ACCOUNT = 4  # domain.judging OPEN, MISSING, CLOSED
OUT_OF_AREA = 1 << 6  # the owner switched on the use outside the home area
COVERAGE_CHANGES = 1 << 7  # insurance was not in force on every day: see `State.changed_person`
HAS_WALLET = 1 << 8  # see `State.wallet_owner`
HAS_PURSES = 1 << 9  # see `State.purse_owner`
HAS_FILINGS = 1 << 10  # see `State.filing_person`


class State(NamedTuple):
    """Persons, money and relations at one moment.

    A pot holds money in two segments: pot `p` of person `p` is what is available, then come the
    purses (money set aside), then the wallets, whose money counts as current. Edges are grouped by
    beneficiary, within it in order of the grantors' person ids.
    """

    # For each person.
    home: Int16  # region of the insurance
    flags: Int16  # bits above
    first_edge: Int32  # one more than persons: edges of i are first_edge[i]..[i + 1]
    # For each pot: persons, then purses, then wallets.
    current: Int32
    prior: Int32
    # For each purse and each wallet, ascending by owner.
    purse_owner: Int32
    purse_quota: Int32  # the whole of a beneficiary's quota; -1 for a family's purse
    wallet_owner: Int32
    # For each edge.
    grantor: Int32
    terms: Int32  # row of `authorized`
    used: Int32  # fen that the beneficiary used in the grantor's open account year
    giver: Int32  # number of the grantor among all grantors, for `given`
    rank: Int16  # place among the beneficiary's relations by day and number of filing
    chosen: Int16  # place in the order that the beneficiary set; -1: not in it
    aside: Int32  # row of `aside_pool` and `aside_quota`; -1: nothing is set aside
    # For each grantor, and for each pair of purses that serve an edge (pot numbers, -1: none).
    given: Int32  # fen that all beneficiaries used in the open account year
    aside_pool: Int32
    aside_quota: Int32
    # Terms, `len(Terms._fields)` numbers a row, row by row.
    authorized: Int64
    # Spans of insurance, by person and first day; before the first one there was none.
    changed_person: Int32
    changed_day: Int32
    changed_to: Int8  # domain.judging COVERED, LAPSED, NEVER
    # Care filed outside the home area, by person: region or whole province, first and last day.
    filing_person: Int32
    filing_place: Int32  # region number, or -1 - province for a whole province
    filing_first: Int32
    filing_last: Int32
    # For each region: the account year that is open.
    open_year: Int32
    # Use in other years than the open one, and by day: an open-addressed table, keys -1 if empty.
    use_key: Int64  # see `PERIODS`; the length is a power of two
    use_fen: Int64


class Terms(NamedTuple):
    """A relation and what its grantor authorized; equal ones share a row."""

    standing: int  # domain.judging BOUND, UNDER_REVIEW, ENDED
    active_from: int
    relation: int  # bit
    authorized: int
    first_day: int
    last_day: int
    places: int
    categories: int
    retained: int
    per_use: int
    per_day: int
    per_year: int
    joint_year: int


PERIODS = 1 << 20
"""`use_key` is `edge * PERIODS + period`, with `edges + giver` for a grantor's use by all.

A period is a year (below 10,000) or the ordinal of a day (above 600,000).
"""


# -------------------------------------------------------------------------------------- the rules


class Rules(NamedTuple):
    """Every rule set as numbers, and which of them holds where and when.

    `index[region * days + day - first_day]` is the rule set, -1 where there is none; days after
    the last one have the rules of the last. `cells` has `WIDTH` numbers for each rule set, in the
    order of `simulation.bulk.kernel.terms.NAMES`.
    """

    first_day: int
    days: int
    index: Int16
    cells: Int64
    province: Int16  # for each region


# ------------------------------------------------------------------------------ claims and events

SETTLE, CANCEL, CREDIT, ROLL = 0, 1, 2, 3
"""Kinds of rows: a bill is settled; cancelled; an account is credited; a region's year rolls."""

# Bits of `Rows.flags`. The credential takes two bits.
OUTSIDE = 1 << 0  # the line is outside the catalogue
NO_ACCOUNTS = 1 << 1  # the till does not use personal accounts
AID_REQUESTED = 1 << 2
EMERGENCY = 1 << 3
NOT_DESIGNATED = 1 << 4
NOT_CONNECTED = 1 << 5
CREDENTIAL = 6  # number of domain.codes.Credential
WHOLE = 1 << 8  # of a cancellation: all that stays paid, whatever the row's amounts
TO_PRIOR = 1 << 9  # of a credit: into the prior segment


class Rows(NamedTuple):
    """One row a line of a bill, in order of booking; the rows of one bill follow each other.

    settle: `total` and `fund` are the line's cost and the pooled fund's part of it.
    cancel: `claim` and `line` name what is cancelled, `total - fund` fen of the own share and
    `fund` of the fund's part; whole cancellations are one row of line 0.
    credit: `total` fen for the account of `patient`.
    roll: `patient` is a region; what is current becomes prior in all its open accounts.
    """

    kind: Int8
    claim: Int64  # rising from bill to bill among those to settle
    line: Int16  # number of the line, rising within a bill
    booked: Int32  # day of booking, never falling
    day: Int32  # day of care, not after the day of booking
    patient: Int32
    where: Int16  # region of the institution
    place: Int8  # number of domain.codes.Place
    category: Int8  # number of domain.codes.Category
    flags: Int16  # bits above
    total: Int64
    fund: Int64
    slot: Int32  # where `Memory` keeps what this bill was paid; -1: nobody asks again


# What became of a bill. The words are in `simulation.bulk.outcomes`, which names the refusals.
DONE = 0
NO_RULE = 1
NOT_DESIGNATED_REFUSED = 2
NOT_CONNECTED_REFUSED = 3
CREDENTIAL_MISSING = 4
PROXY_NOT_ALLOWED = 5
GRANTORS_NOT_ALLOWED = 6
CARD_NOT_ACTIVE = 7
NOT_COVERED = 8
NOT_FILED = 9
NOT_FILED_EMERGENCY = 10
UNKNOWN_CLAIM = 11
ALREADY_CANCELLED = 12
ACROSS_MONTHS = 14
ACROSS_YEARS = 15
EXCEEDS_PAID = 16
NO_ACCOUNT = 17
ACCOUNT_CLOSED = 18
ALREADY_ROLLED = 19
BEYOND_RANGE = 20  # a balance would not fit into 32 bits: for the single settlement only
CLOSED_SINCE = 21  # a closed account would pass a refund on: for the single settlement only


class Decided(NamedTuple):
    """What was decided about each row."""

    outcome: Int8  # the same on all rows of a bill
    rule: Int16  # the rule set of the patient's area; -1: none
    cash: Int64  # fen in cash; below zero: given back. Of a roll: the fen that moved
    fund: Int64  # fen of the pooled fund; below zero: given back
    legs: Int16  # how many legs follow; on the first row of a bill, for the whole bill


class Legs(NamedTuple):
    """Money that left a pot, or, below zero, came into it; in order of payment, row after row."""

    pot: Int32
    edge: Int32  # the relation by which it was used; -1: the owner's use
    segment: Int8  # number of domain.codes.Segment
    line: Int16
    amount: Int32
    after: Int32  # what is then in that segment of the pot


class Tried(NamedTuple):
    """Why each account that was asked gave what it gave; kept for tests and explanations only.

    Arrays of length 0 keep nothing.
    """

    row: Int32  # the first row of the bill
    edge: Int32  # -1 the own account, -2 the own wallet
    pot: Int32  # what was to pay; -1: the purse is not open
    barred: Int8  # the verdict of domain.judging, of the account or of the first line
    why: Int8  # the verdict of domain.waterfall
    limit: Int8  # place in domain.verdicts.LIMITS; -1: nothing limits it
    cap: Int64
    gave: Int64


class Memory(NamedTuple):
    """What stays paid of the bills that a run will cancel, each in its slot.

    `standing` is 0 before the bill was settled, then SETTLED, and CANCELLED once nothing stays
    paid; REFUSED where it was not settled. Lines and legs of a slot are consecutive.
    """

    standing: Int8
    patient: Int32
    day: Int32
    settled: Int32  # day of booking
    first_line: Int32
    lines: Int16
    first_leg: Int32
    legs: Int16
    # For each line.
    line: Int16
    cash: Int64
    fund: Int64
    # For each leg, in order of payment.
    pot: Int32
    edge: Int32
    segment: Int8
    of_line: Int16
    amount: Int32
    year: Int32  # the account year that was open when it was paid


ABSENT, SETTLED, CANCELLED, REFUSED = 0, 1, 2, 3
