"""Small populations made by hand: people and relations by name of their fields, then as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from domain import judging
from domain.codes import Card, Category, Insurance, Place, Relation
from domain.columns import bit, mask, number
from domain.pool import Authorization
from domain.rules import UNLIMITED
from simulation.bulk import arrays
from simulation.bulk.arrays import State, Terms
from tests.builders import DAY, HERE, START

REGIONS = (HERE,)


class Someone(NamedTuple):
    """A person; `set_aside` are (current, prior, quota or -1), one for each purse."""

    current: int = 0
    prior: int = 0
    insurance: Insurance = Insurance.EMPLOYEE
    account: int = judging.OPEN
    card: Card = Card.ACTIVE
    home: int = 0
    out_of_area: bool = False
    wallet: int | None = None
    set_aside: tuple[tuple[int, int, int], ...] = ()
    spans: tuple[tuple[date, int], ...] = ()
    filings: tuple[tuple[int, date, date], ...] = ()


class Tie(NamedTuple):
    """A relation. `family` and `quota` are places among the grantor's purses."""

    grantor: int
    beneficiary: int
    authorization: Authorization | None = Authorization(first_day=START)
    relation: Relation = Relation.CHILD
    standing: int = judging.BOUND
    active_from: date = START
    used: int = 0
    rank: int | None = None
    chosen: int = -1
    family: int | None = None
    quota: int | None = None


RESIDENT = Someone(insurance=Insurance.RESIDENT, account=judging.MISSING)


def population(
    people: Sequence[Someone], ties: Sequence[Tie] = (), *, open_years: Sequence[int] = (2026,)
) -> State:
    """Lay people and relations out, ranks in the given order unless they are stated."""
    ordered = sorted(ties, key=lambda tie: (tie.beneficiary, tie.grantor))
    purses = [(i, purse) for i, one in enumerate(people) for purse in one.set_aside]
    wallets = [(i, one.wallet) for i, one in enumerate(people) if one.wallet is not None]
    money = [(one.current, one.prior) for one in people]
    money += [purse[:2] for _, purse in purses] + [(fen, 0) for _, fen in wallets]
    givers = sorted({tie.grantor for tie in ties})
    first_purse = [0, *accumulate(len(one.set_aside) for one in people)]
    pots = [_pots(tie, len(people) + first_purse[tie.grantor]) for tie in ordered]
    of_beneficiary = [sum(tie.beneficiary == i for tie in ties) for i in range(len(people))]
    spans = [(i, *span) for i, one in enumerate(people) for span in one.spans]
    filings = [(i, *filing) for i, one in enumerate(people) for filing in one.filings]
    columns: dict[str, tuple[Sequence[int], str]] = {
        "home": ([one.home for one in people], "<i2"),
        "flags": ([_flags(one) for one in people], "<i2"),
        "first_edge": ([0, *accumulate(of_beneficiary)], "<i4"),
        "current": ([current for current, _ in money], "<i4"),
        "prior": ([prior for _, prior in money], "<i4"),
        "purse_owner": ([owner for owner, _ in purses], "<i4"),
        "purse_quota": ([purse[2] for _, purse in purses], "<i4"),
        "wallet_owner": ([owner for owner, _ in wallets], "<i4"),
        "grantor": ([tie.grantor for tie in ordered], "<i4"),
        "terms": (list(range(len(ordered))), "<i4"),
        "used": ([tie.used for tie in ordered], "<i4"),
        "giver": ([givers.index(tie.grantor) for tie in ordered], "<i4"),
        "rank": ([_rank(tie, ties) for tie in ordered], "<i2"),
        "chosen": ([tie.chosen for tie in ordered], "<i2"),
        "aside": ([-1 if pair == (-1, -1) else i for i, pair in enumerate(pots)], "<i4"),
        "given": ([sum(t.used for t in ties if t.grantor == g) for g in givers], "<i4"),
        "aside_pool": ([pool for pool, _ in pots], "<i4"),
        "aside_quota": ([quota for _, quota in pots], "<i4"),
        "authorized": ([cell for tie in ordered for cell in _terms(tie)], "<i8"),
        "changed_person": ([who for who, _, _ in spans], "<i4"),
        "changed_day": ([day.toordinal() for _, day, _ in spans], "<i4"),
        "changed_to": ([to for _, _, to in spans], "|i1"),
        "filing_person": ([who for who, _, _, _ in filings], "<i4"),
        "filing_place": ([place for _, place, _, _ in filings], "<i4"),
        "filing_first": ([first.toordinal() for _, _, first, _ in filings], "<i4"),
        "filing_last": ([last.toordinal() for _, _, _, last in filings], "<i4"),
        "open_year": (open_years, "<i4"),
        "use_key": ([-1] * 1024, "<i8"),
        "use_fen": ([0] * 1024, "<i8"),
    }
    return State(**{name: np.array(list(of), dtype) for name, (of, dtype) in columns.items()})


def _flags(one: Someone) -> int:
    told = (
        (one.out_of_area, arrays.OUT_OF_AREA),
        (bool(one.spans), arrays.COVERAGE_CHANGES),
        (one.wallet is not None, arrays.HAS_WALLET),
        (bool(one.set_aside), arrays.HAS_PURSES),
        (bool(one.filings), arrays.HAS_FILINGS),
    )
    return (
        number(one.insurance) << arrays.INSURANCE
        | number(one.card) << arrays.CARD
        | one.account << arrays.ACCOUNT
        | sum(flag for holds, flag in told if holds)
    )


def _rank(tie: Tie, ties: Sequence[Tie]) -> int:
    if tie.rank is not None:
        return tie.rank
    return [t for t in ties if t.beneficiary == tie.beneficiary].index(tie)


def _pots(tie: Tie, first: int) -> tuple[int, int]:
    family, quota = (-1 if place is None else first + place for place in (tie.family, tie.quota))
    return family, quota


def _terms(tie: Tie) -> Terms:
    given = tie.authorization or Authorization(first_day=date.min)
    return Terms(
        standing=tie.standing,
        active_from=tie.active_from.toordinal(),
        relation=bit(tie.relation),
        authorized=int(tie.authorization is not None),
        first_day=given.first_day.toordinal(),
        last_day=(given.last_day or date.max).toordinal(),
        places=mask(given.places),
        categories=mask(given.categories),
        retained=given.retained_fen,
        per_use=given.per_use_fen,
        per_day=given.per_day_fen,
        per_year=given.per_year_fen,
        joint_year=UNLIMITED if given.joint_year_fen is None else given.joint_year_fen,
    )


class Bill(NamedTuple):
    """A row: of a bill with one line, a cancellation, a credit or a rollover."""

    claim: int = 0
    patient: int = 0
    total: int = 0
    fund: int = 0
    kind: int = arrays.SETTLE
    line: int = 1
    booked: date = DAY
    day: date | None = None
    flags: int = 0
    where: int = 0
    place: Place = Place.HOSPITAL
    category: Category = Category.OUTPATIENT
    slot: int = -1


def rows_of(*bills: Bill) -> arrays.Rows:
    """Lay rows out."""
    cells = [
        (
            *(bill.kind, bill.claim, bill.line, bill.booked.toordinal()),
            *((bill.day or bill.booked).toordinal(), bill.patient, bill.where),
            *(number(bill.place), number(bill.category), bill.flags, bill.total, bill.fund),
            bill.slot,
        )
        for bill in bills
    ]
    columns = list(zip(*cells, strict=True)) if cells else [()] * len(_ROWS)
    return arrays.Rows(*(np.array(c, kind) for c, kind in zip(columns, _ROWS, strict=True)))


_ROWS = (
    *("<i1", "<i8", "<i2", "<i4", "<i4", "<i4", "<i2", "<i1", "<i1", "<i2", "<i8", "<i8", "<i4"),
)
