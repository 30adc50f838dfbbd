"""What a log tells of bills that are cancelled later is what the kernel would have remembered."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random

import numpy as np
import pytest

from domain.codes import Category, Place, Relation
from domain.columns import bit, mask, number
from domain.judging import BOUND
from domain.rules import UNLIMITED
from simulation.bulk.arrays import (
    ABSENT,
    AID_REQUESTED,
    CANCEL,
    CANCELLED,
    CREDIT,
    REFUSED,
    ROLL,
    SETTLE,
    SETTLED,
    WHOLE,
    Memory,
    Rows,
    State,
    Terms,
    kinds_of,
)
from simulation.bulk.deciding import empty_memory, plain
from simulation.bulk.log import segments
from simulation.bulk.log.disk import Disk
from simulation.bulk.log.manifest import SegmentLine
from simulation.bulk.reading.claims_bills import bill_starts
from simulation.bulk.reading.claims_rows import slots
from simulation.bulk.reading.older_bills import older
from simulation.bulk.rules import RuleTable

FIRST = date(2025, 12, 30).toordinal()
PERSONS = 12  # the odd ones may use what both neighbours have; the last one's card is lost
NEW_YEAR = FIRST + 3
CITIES = ("420100", "310000", "320600")

_TERMS = Terms(
    standing=BOUND,
    active_from=FIRST - 1000,
    relation=bit(Relation.SPOUSE),
    authorized=1,
    first_day=FIRST - 1000,
    last_day=FIRST + 1000,
    places=mask(frozenset(Place)),
    categories=mask(frozenset(Category)),
    retained=0,
    per_use=UNLIMITED,
    per_day=UNLIMITED,
    per_year=UNLIMITED,
    joint_year=UNLIMITED,
)


def street(table: RuleTable) -> State:
    """Give persons of two cities with little money each."""
    grantors = [sorted((odd - 1, (odd + 1) % PERSONS)) for odd in range(1, PERSONS, 2)]
    flat = [grantor for pair in grantors for grantor in pair]
    givers = sorted(set(flat))
    cities = [table.regions.index(city) for city in CITIES]
    lists: dict[str, list[int]] = {name: [] for name in kinds_of(State)} | {
        "home": [cities[person * len(CITIES) // PERSONS] for person in range(PERSONS)],
        "flags": [0] * (PERSONS - 1) + [1 << 2],
        "first_edge": [2 * (person // 2) for person in range(PERSONS + 1)],
        "current": [40_00] * PERSONS,
        "prior": [20_00] * PERSONS,
        "grantor": flat,
        "terms": [0] * len(flat),
        "used": [0] * len(flat),
        "giver": [givers.index(grantor) for grantor in flat],
        "rank": [0, 1] * len(grantors),
        "chosen": [-1] * len(flat),
        "aside": [-1] * len(flat),
        "given": [0] * len(givers),
        "authorized": list(_TERMS),
        "open_year": [2025] * len(table.regions),
        "use_key": [-1],
        "use_fen": [0],
    }
    return State(*(np.array(lists[name], kind) for name, kind in kinds_of(State).items()))


def day_by_day(seed: int, table: RuleTable) -> list[Rows]:
    """Make pages of bills, cancellations in part and whole, and credits, over the end of a year."""
    random = Random(seed)
    settled: list[list[dict[str, int]]] = []
    pages = []
    for booked in range(FIRST, FIRST + 6):
        rows: list[dict[str, int]] = []
        for place in range(10):
            if booked == NEW_YEAR and place == 5:
                rows += _rolls(rows[-1], table)
            kind = random.choices((SETTLE, CANCEL, CREDIT), (6, 4, 1))[0] if settled else SETTLE
            bill = _bill(random, claim=len(settled), booked=booked, table=table)
            if kind == CANCEL:
                other = [b for b in settled[-8:] if not rows or b[0]["claim"] != rows[-1]["claim"]]
                rows += _cancellation(random, random.choice(other or [bill]), booked=booked)
            elif kind == CREDIT:
                rows.append(bill[0] | {"kind": CREDIT, "fund": 0})
            else:
                settled.append(bill)
                rows += bill
        kinds = kinds_of(Rows)
        pages.append(Rows(*(np.array([row[n] for row in rows], kinds[n]) for n in Rows._fields)))
    return pages


def _rolls(row: dict[str, int], table: RuleTable) -> list[dict[str, int]]:
    """Begin a new account year; in Shanghai it begins in July, so that this row does nothing."""
    regions = [table.regions.index(city) for city in CITIES]
    nothing = {"kind": ROLL, "claim": -1, "line": 0, "total": 0, "fund": 0}
    return [row | nothing | {"patient": region} for region in regions]


def _bill(random: Random, *, claim: int, booked: int, table: RuleTable) -> list[dict[str, int]]:
    patient = random.randrange(PERSONS)
    bill = {
        "kind": SETTLE,
        "claim": claim,
        "booked": booked,
        "day": booked,
        "patient": patient,
        "where": table.regions.index(CITIES[patient * len(CITIES) // PERSONS]),
        "place": number(Place.HOSPITAL),
        "flags": AID_REQUESTED,
        "slot": -1,
    }
    rows = []
    for line in range(random.randrange(1, 4)):
        total = random.randrange(1, 60_00)
        amounts = {"total": total, "fund": random.randrange(total // 2 + 1)}
        rows.append(bill | amounts | {"line": 1 + 2 * line, "category": random.randrange(2)})
    return rows


def _cancellation(
    random: Random, bill: list[dict[str, int]], *, booked: int
) -> list[dict[str, int]]:
    if random.random() < 0.3:
        return [bill[0] | {"kind": CANCEL, "booked": booked, "line": 0, "flags": WHOLE}]
    lines = random.sample(bill, random.randrange(1, len(bill) + 1))
    back = []
    for line in sorted(lines, key=lambda row: row["line"]):
        own, fund = random.randrange(line["total"] - line["fund"] + 1), random.choice((0, 1))
        fund *= line["fund"]
        amounts = {"total": own + fund, "fund": fund}
        back.append(line | amounts | {"kind": CANCEL, "booked": booked, "flags": 0})
    return back


def remembered(memory: Memory, slot: int) -> tuple[object, ...]:
    """Give everything that a memory says of one bill."""
    standing = int(memory.standing[slot])
    if standing in (ABSENT, REFUSED):
        return (standing,)
    lines = slice(memory.first_line[slot], memory.first_line[slot] + memory.lines[slot])
    legs = slice(memory.first_leg[slot], memory.first_leg[slot] + memory.legs[slot])
    said = memory._asdict()
    return (
        standing,
        *(int(said[name][slot]) for name in ("patient", "day", "settled", "lines", "legs")),
        *(said[name][lines].tolist() for name in ("line", "cash", "fund")),
        *(said[name][legs].tolist() for name in ("pot", "edge", "segment", "of_line")),
        *(said[name][legs].tolist() for name in ("amount", "year")),
    )


def decided(
    seed: int, folder: Path, table: RuleTable
) -> tuple[list[SegmentLine], Memory, np.ndarray]:
    """Decide pages, write them as segments; give these, the memory and the claims cancelled."""
    pages = day_by_day(seed, table)
    cancelled = np.unique(np.concatenate([page.claim[page.kind == CANCEL] for page in pages]))
    state, memory = street(table), empty_memory(len(cancelled), lines=1000, legs=10_000)
    lines: list[SegmentLine] = []
    first = 0
    for at, page in enumerate(pages, 1):
        rows = page._replace(slot=slots(page.kind, page.claim, cancelled=cancelled))
        state, outcome = plain()(state, table.rules, rows=rows, memory=memory)
        lines.append(segments.write(Disk(folder), at, first_seq=first, rows=rows, outcome=outcome))
        first += len(rows.kind)
    return lines, memory, cancelled


@pytest.mark.parametrize("seed", range(12))
def test_a_log_tells_what_the_kernel_remembers(tmp_path: Path, table: RuleTable, seed: int) -> None:
    lines, memory, cancelled = decided(seed, tmp_path, table)
    told = older(tmp_path, lines, cancelled=cancelled, state=street(table), rules=table.rules)
    for slot in range(len(cancelled)):
        assert remembered(told, slot) == remembered(memory, slot), cancelled[slot]


def test_the_bills_of_these_tests_come_to_everything_that_can_happen(
    tmp_path: Path, table: RuleTable
) -> None:
    standings: set[int] = set()
    years: set[int] = set()
    edges: set[bool] = set()
    partly = 0
    for seed in range(12):
        (tmp_path / str(seed)).mkdir()
        lines, memory, _ = decided(seed, tmp_path / str(seed), table)
        standings |= set(memory.standing.tolist())
        used = int((memory.first_leg + memory.legs).max())
        years |= set(memory.year[:used].tolist())
        edges |= set((memory.edge[:used] >= 0).tolist())
        partly += int((memory.amount[:used] > 0).any() and (memory.amount[:used] == 0).any())
        assert len(lines) == 6
    assert standings == {SETTLED, CANCELLED, REFUSED}
    assert years == {2025, 2026}
    assert edges == {False, True}
    assert partly == 12


def test_claims_that_no_segment_has_are_not_remembered(tmp_path: Path, table: RuleTable) -> None:
    lines, _, cancelled = decided(1, tmp_path, table)
    opening = street(table)
    beyond = np.array([10**6, 10**7])
    memory = older(tmp_path, lines, cancelled=beyond, state=opening, rules=table.rules)
    assert memory.standing.tolist() == [ABSENT, ABSENT]
    assert len(memory.line) == len(memory.pot) == 0
    nothing = np.empty(0, np.int64)
    assert not len(older(tmp_path, lines, cancelled=nothing, state=opening, rules=table.rules)[0])
    none = older(tmp_path, [], cancelled=cancelled, state=opening, rules=table.rules)
    assert not none.standing.any()


def test_a_bill_begins_with_another_claim_or_kind(table: RuleTable) -> None:
    rows = day_by_day(1, table)[0]
    starts = bill_starts(rows)
    keys = list(zip(rows.kind.tolist(), rows.claim.tolist(), strict=True))
    wanted = [
        at == 0 or keys[at] != keys[at - 1] or keys[at][0] == CREDIT for at in range(len(keys))
    ]
    assert starts.tolist() == wanted
