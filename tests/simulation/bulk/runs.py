"""Bulk runs small enough to be killed at every step: one street, some bills, the shipped rules."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Mapping, Sequence
from datetime import date
from functools import cache
from random import Random
from typing import NamedTuple

import numpy as np

from domain.codes import Category, Place, Relation
from domain.columns import bit, mask, number
from domain.ids import RegionCode
from domain.judging import BOUND
from domain.rules import UNLIMITED
from policies import loader
from simulation.bulk.arrays import (
    AID_REQUESTED,
    CANCEL,
    CREDIT,
    NOT_DESIGNATED,
    SETTLE,
    WHOLE,
    Rows,
    State,
    Terms,
    kinds_of,
)
from simulation.bulk.deciding import plain
from simulation.bulk.rules import RuleTable, rule_table
from simulation.bulk.run.job import Job
from simulation.bulk.states.state_checks import TYPES, Array
from simulation.bulk.states.state_files import StateFile, in_memory

FIRST = date(2025, 12, 30)
SIZE = 8
REFUSED = 0.15  # of the bills
PERSONS = 6  # all of one city; the odd ones may use what their neighbours have

CITY = RegionCode("420100")
_TERMS = Terms(
    standing=BOUND,
    active_from=FIRST.toordinal() - 1000,
    relation=bit(Relation.SPOUSE),
    authorized=1,
    first_day=FIRST.toordinal() - 1000,
    last_day=FIRST.toordinal() + 1000,
    places=mask(frozenset(Place)),
    categories=mask(frozenset(Category)),
    retained=0,
    per_use=UNLIMITED,
    per_day=60_00,
    per_year=UNLIMITED,
    joint_year=UNLIMITED,
)


@cache
def table() -> RuleTable:
    """Give the shipped rules as numbers."""
    return rule_table(loader.load())


def street() -> State:
    """Give persons of whom the odd ones may use the accounts of both neighbours."""
    grantors = [(odd - 1, (odd + 1) % PERSONS) for odd in range(1, PERSONS, 2)]
    flat = [grantor for pair in grantors for grantor in sorted(pair)]
    edges, pots = len(flat), PERSONS
    givers = sorted(set(flat))
    city, regions = table().number_of(CITY), len(table().regions)
    lists: dict[str, list[int]] = {name: [] for name in State._fields} | {
        "home": [city] * PERSONS,
        "flags": [0] * PERSONS,
        "first_edge": [0, *(2 * ((person + 1) // 2) for person in range(PERSONS))],
        "current": [180_00, 5_00] * (pots // 2),
        "prior": [20_00, 0] * (pots // 2),
        "grantor": flat,
        "terms": [0] * edges,
        "used": [0] * edges,
        "giver": [givers.index(grantor) for grantor in flat],
        "rank": [0, 1] * (edges // 2),
        "chosen": [-1] * edges,
        "aside": [-1] * edges,
        "given": [0] * len(givers),
        "authorized": list(_TERMS),
        "open_year": [2025] * regions,
        "use_key": [-1],
        "use_fen": [0],
    }
    return State(*(np.array(lists[name], kind) for name, kind in TYPES.items()))


class Totals(NamedTuple):
    """Rejected rows by fault."""

    totals: Mapping[str, int]


class ArrayClaims:
    """Claims from arrays, with the doors of a file of claims."""

    def __init__(self, rows: Rows, cancelled: Array) -> None:
        """Take rows, and the claims that some of them cancel."""
        self._rows = rows
        self.rows = len(rows.kind)
        self.cancelled = cancelled
        self.rejected = Totals({"missing": 1})
        self.digest = hashlib.sha256(b"".join(column.tobytes() for column in rows)).hexdigest()

    def batches(self, *, size: int, from_row: int) -> Generator[Rows]:
        """Give rows in batches; bills have one line here."""
        for start in range(from_row, self.rows, size):
            yield Rows(*(column[start : start + size] for column in self._rows))


Bill = Mapping[str, int]


def claims(*, seed: int = 1, count: int = 40, first: date = FIRST, claim: int = 1) -> ArrayClaims:
    """Make up claims: see `bills`."""
    return claims_of(bills(seed=seed, count=count, first=first, claim=claim))


def bills(*, seed: int, count: int, first: date = FIRST, claim: int = 1) -> list[Bill]:
    """Make up bills of one line on a few days; some are cancelled, now and then comes a credit."""
    random = Random(seed)
    made: list[Bill] = []
    for place in range(count):
        day = first.toordinal() + place * 4 // count
        before = [bill for bill in made if bill["kind"] == SETTLE]
        kind = random.choices((SETTLE, CANCEL, CREDIT), (7, 2, 1))[0] if len(before) > 1 else SETTLE
        bill = _bill(random, claim=claim + place, day=day)
        if kind == CANCEL:
            last = made[-1]["claim"]  # two cancellations of one claim in a row would be one
            cancelled = random.choice([bill for bill in before[-6:] if bill["claim"] != last])
            bill = {**cancelled, "kind": CANCEL, "line": 0, "booked": day, "flags": WHOLE}
        elif kind == CREDIT:
            bill |= {"kind": CREDIT, "fund": 0, "claim": 0}
        made.append(bill)
    return made


def claims_of(bills: Sequence[Bill]) -> ArrayClaims:
    """Give bills as a file of claims."""
    cancelled = sorted({bill["claim"] for bill in bills if bill["kind"] == CANCEL})
    with_slots = [
        {**bill, "slot": cancelled.index(bill["claim"])}
        if bill["kind"] != CREDIT and bill["claim"] in cancelled
        else {**bill, "slot": -1}
        for bill in bills
    ]
    return ArrayClaims(_rows(with_slots), np.array(cancelled, np.int64))


def _bill(random: Random, *, claim: int, day: int) -> dict[str, int]:
    total = random.randrange(1, 90_00)
    return {
        "kind": SETTLE,
        "claim": claim,
        "line": 1,
        "booked": day,
        "day": day,
        "patient": random.randrange(PERSONS),
        "where": table().number_of(CITY),
        "place": number(Place.HOSPITAL),
        "category": number(Category.OUTPATIENT),
        "flags": AID_REQUESTED | (NOT_DESIGNATED if random.random() < REFUSED else 0),
        "total": total,
        "fund": random.randrange(total),
    }


def _rows(bills: Sequence[Bill]) -> Rows:
    kinds = kinds_of(Rows)
    return Rows(*(np.array([bill[name] for bill in bills], kinds[name]) for name in Rows._fields))


def job(claims: ArrayClaims, opening: StateFile | None = None) -> Job:
    """Give a job on the street, or on another state, decided by the interpreted kernel."""
    opening = opening or in_memory(street(), regions=table().regions)
    return Job(claims, opening, table(), plain(), size=SIZE)
