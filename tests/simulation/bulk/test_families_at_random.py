"""Families drawn at random: what the kernel decided the ledger decides again, to the fen."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from domain import judging
from domain.codes import Card, Funding, Insurance, Order, OwnFirst, Place, Till
from domain.pool import Authorization
from domain.rules import RuleBook, RuleSet, SegmentOrder
from ledger.application import Application
from ledger.store import memory
from simulation.bulk.arrays import CANCEL, CREDIT, ROLL, SETTLE, TO_PRIOR, WHOLE
from simulation.bulk.families.family_loading import load
from simulation.bulk.families.family_store import course_of
from tests.builders import DAY, START, rules
from tests.simulation.bulk.small_population import RESIDENT, Bill, Someone, Tie, population
from tests.simulation.bulk.small_run import save_run

PERSONS = 14
BILLS = 60


def some_rules(random: Random) -> RuleSet:
    return rules(
        {
            "pool.order": random.choice([Order.FILING, Order.LAST_BOUND, Order.LARGEST_BALANCE]),
            "pool.segments": random.choice(list(SegmentOrder)),
            "own.segments": random.choice([SegmentOrder.CURRENT_FIRST, SegmentOrder.PRIOR_FIRST]),
            "pool.own_first": random.choice(list(OwnFirst)),
            "pool.fall_through": random.random() < 0.7,
            "pool.per_use_cap": random.choice([50_00, 500_00]),
            "pool.per_year_cap": random.choice([90_00, 5_000_00]),
            "pool.retained_minimum": random.choice([0, 20_00]),
            "pool.places": frozenset(random.sample(list(Place), 3)),
            "pool.funding": random.choice([Funding.CALL, Funding.POOL]),
            "claim.till": random.choice(list(Till)),
            "claim.offer_minutes": 5,
            "claim.cancel_across_months": random.random() < 0.7,
        }
    )


def purse(random: Random, rule_set: RuleSet) -> tuple[tuple[int, int, int], ...]:
    """Give money set aside for a family, from segments from which some may be."""
    if rule_set.pool.funding is not Funding.POOL:
        return ()
    only_prior = rule_set.pool.segments is SegmentOrder.PRIOR_ONLY
    return ((0 if only_prior else random.randrange(90_00), random.randrange(90_00), -1),)


def someone(random: Random, rule_set: RuleSet) -> Someone:
    if random.random() < 0.2:
        return RESIDENT
    lapsed = ((START, judging.COVERED), (DAY + timedelta(days=90), judging.LAPSED))
    return Someone(
        random.randrange(200_00),
        random.randrange(300_00),
        insurance=Insurance.EMPLOYEE,
        card=random.choice([*[Card.ACTIVE] * 9, Card.LOST]),
        out_of_area=random.random() < 0.5,
        set_aside=purse(random, rule_set),
        spans=lapsed if random.random() < 0.1 else (),
    )


def ties_of(random: Random, people: list[Someone]) -> list[Tie]:
    """Bind some of them, with what each grantor authorized."""
    found = []
    for who in range(PERSONS):
        grantors = [i for i in range(PERSONS) if i != who and people[i].account == judging.OPEN]
        for place, grantor in enumerate(sorted(random.sample(grantors, random.randrange(3)))):
            given = Authorization(
                first_day=START,
                last_day=random.choice([None, date(2026, 12, 31)]),
                per_use_fen=random.choice([30_00, 10**15]),
                per_day_fen=random.choice([60_00, 10**15]),
                retained_fen=random.choice([0, 10_00]),
            )
            found.append(
                Tie(
                    grantor,
                    who,
                    given if random.random() < 0.9 else None,
                    rank=place,
                    active_from=START + timedelta(days=place),
                    family=0 if people[grantor].set_aside else None,
                )
            )
    return found


def history(random: Random) -> list[Bill]:
    """Give bills over a year and a half, cancellations, credits, and the new account year."""
    rows: list[Bill] = []
    day, rolled = DAY, False
    for claim in range(1, BILLS):
        day += timedelta(days=random.randrange(20))
        if day.year > DAY.year and not rolled:
            rows.append(Bill(kind=ROLL, claim=-1, line=0, booked=day))
            rolled = True
        patient, slot = random.randrange(PERSONS), claim if claim % 3 == 0 else -1
        care = max(START, day - timedelta(days=random.choice([0, 0, 0, 5, 200])))
        place = random.choice(list(Place))
        for line in range(1, random.choice([1, 1, 2]) + 1):
            total = random.choice([10_00, 80_00, 300_00]) + random.randrange(99)
            fund = total // random.choice([2, 3, 10**9])
            bill = Bill(claim, patient, total, fund, line=line, booked=day, day=care)
            rows.append(bill._replace(place=place, slot=slot))
        if slot >= 0 and random.random() < 0.8:
            day += timedelta(days=random.choice([0, 0, 40]))
            if random.random() < 0.5:
                rows.append(Bill(claim, kind=CANCEL, line=0, booked=day, flags=WHOLE, slot=slot))
            else:
                rows.append(Bill(claim, total=9_00, fund=2_00, kind=CANCEL, booked=day, slot=slot))
        if random.random() < 0.3:
            flags = random.choice([0, TO_PRIOR])
            who = random.randrange(PERSONS)
            rows.append(
                Bill(patient=who, total=40_00, kind=CREDIT, line=0, booked=day, flags=flags)
            )
    return rows


@pytest.mark.parametrize("seed", range(12))
def test_a_family_at_random_is_decided_the_same_singly(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    rule_set = some_rules(random)
    book = RuleBook([rule_set])
    people = [someone(random, rule_set) for _ in range(PERSONS)]
    ties = ties_of(random, people)
    giving = {tie.grantor for tie in ties}
    people = [p if i in giving else p._replace(set_aside=()) for i, p in enumerate(people)]
    rows = history(random)
    opened = save_run(tmp_path, population(people, ties), rows, book=book)
    left = set(range(PERSONS))
    kinds = set()
    while left:
        course = course_of(tmp_path / "log", opened, name=str(min(left)))
        app = Application(memory(), book)
        assert list(load(course, app)) == []
        left -= set(course.family.numbers)
        kinds |= {entry.kind for entry in course.history}
    assert kinds == {SETTLE, CANCEL, CREDIT, ROLL}
