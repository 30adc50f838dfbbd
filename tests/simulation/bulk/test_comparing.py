"""The same claims by two rule tables: totals and groups are what adding up one by one gives."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from random import Random

import numpy as np
import pytest

from domain import judging
from domain.codes import Order, Place
from domain.rules import RuleBook
from simulation.bulk.arrays import CANCEL, CREDIT, NOT_CONNECTED, SETTLE, WHOLE, Rows, Rules, State
from simulation.bulk.comparison.comparing import Claims, compare
from simulation.bulk.comparison.comparing_sums import SIZES_FEN, Comparison
from simulation.bulk.deciding import Outcome, empty_memory, plain
from simulation.bulk.rules import rule_table
from tests.builders import DAY, rules
from tests.simulation.bulk.small_population import Bill, Someone, Tie, population, rows_of

AS_IT_IS: dict[str, object] = {"pool.order": Order.FILING}
CAPPED = {**AS_IT_IS, "pool.per_use_cap": 40_00}
NO_PHARMACIES = {
    **AS_IT_IS,
    "own.places": frozenset({Place.HOSPITAL}),
    "pool.places": frozenset({Place.HOSPITAL}),
}
PERSONS = 30


def table_of(changes: dict[str, object]) -> Rules:
    return rule_table(RuleBook([rules(changes)])).rules


def people(random: Random) -> State:
    """Give persons with accounts, some wallets, and each with up to three grantors."""
    everybody = [
        Someone(
            random.randrange(300_00), random.randrange(200_00), wallet=9_00 if i % 7 == 0 else None
        )
        for i in range(PERSONS)
    ]
    everybody[3] = Someone(account=judging.MISSING)
    ties = [
        Tie(grantor, who)
        for who in range(PERSONS)
        for grantor in random.sample(range(PERSONS), random.randrange(3))
        if grantor not in (who, 3)
    ]
    return population(everybody, ties)


def claims(random: Random, bills: int) -> list[Bill]:
    """Give bills, cancellations of a few, and credits, over more than a year."""
    found: list[Bill] = []
    for claim in range(bills):
        booked = DAY + timedelta(days=2 * claim)
        patient, slot = random.randrange(PERSONS), claim if claim % 5 == 0 else -1
        flags = NOT_CONNECTED if random.random() < 0.05 else 0
        place = random.choice([Place.HOSPITAL, Place.PHARMACY])
        for line in range(1, random.choice([1, 1, 2]) + 1):
            total = random.choice([30_00, 120_00, 700_00, 12_000_00]) + random.randrange(99)
            cells = {"line": line, "fund": total // 2, "slot": slot, "flags": flags}
            found.append(Bill(claim, patient, total, place=place, booked=booked, **cells))  # type: ignore[arg-type]  # numbers all
        if slot >= 0:
            whole = random.random() < 0.5
            part = {"line": 0 if whole else 1, "total": 0 if whole else 10_00}
            flag = WHOLE if whole else 0
            found.append(
                Bill(claim, 0, kind=CANCEL, booked=booked, flags=flag, slot=slot, **part)  # type: ignore[arg-type]  # numbers all
            )
        if claim % 9 == 0:
            found.append(Bill(0, patient, 50_00, kind=CREDIT, line=0, booked=booked))
    return found


def compared(
    state: State, bills: list[Bill], before: Rules, after: Rules, *, cuts: int = 1
) -> Comparison:
    """Compare in batches that end where bills end."""
    ends = [i for i in range(1, len(bills)) if bills[i].claim != bills[i - 1].claim]
    cut = [0, *ends[:: max(1, len(ends) // cuts)][1:], len(bills)] if cuts > 1 else [0, len(bills)]
    batches = [rows_of(*bills[a:b]) for a, b in pairwise(cut)]
    ages = np.array([i % 7 - 1 for i in range(PERSONS)], np.int8)
    asked = Claims(batches, len(bills))
    return compare(state, asked, rules=(before, after), decide=plain(), ages=ages)


def decided(state: State, rows: Rows, table: Rules) -> Outcome:
    copy = State(*(array.copy() for array in state))
    slots = len(rows.kind)
    memory = empty_memory(slots, lines=4 * slots, legs=60 * slots)
    return plain()(copy, table, rows=rows, memory=memory)[1]


def one_by_one(rows: Rows, outcome: Outcome, persons: int) -> Counter[str]:
    """Add up who pays, row by row and leg by leg, in plain Python."""
    sums: Counter[str] = Counter()
    leg = 0
    for row in range(len(rows.kind)):
        for _ in range(int(outcome.decided.legs[row])):
            pot, edge, amount = (
                int(getattr(outcome.legs, name)[leg]) for name in ("pot", "edge", "amount")
            )
            leg += 1
            if rows.kind[row] != CREDIT:
                who = "mutual_aid" if edge >= 0 else "own_account" if pot < persons else "wallet"
                sums[who] += amount
        if rows.kind[row] != CREDIT:
            sums["cash"] += int(outcome.decided.cash[row])
            sums["fund"] += int(outcome.decided.fund[row])
    assert leg == len(outcome.legs.pot)
    return sums


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("change", [CAPPED, NO_PHARMACIES], ids=["capped", "no-pharmacies"])
def test_totals_are_what_adding_up_one_by_one_gives(seed: int, change: dict[str, object]) -> None:
    random = Random(seed)
    state, bills = people(random), claims(random, 60)
    state = state._replace(open_year=np.array([9_000], np.int32))  # no year begins in between
    rows = rows_of(*bills)
    tables = table_of(AS_IT_IS), table_of(change)
    found = compared(state, bills, *tables)
    outcomes = [decided(state, rows, table) for table in tables]
    sums = [one_by_one(rows, outcome, PERSONS) for outcome in outcomes]
    assert found.payers == {
        payer: (sums[0][payer], sums[1][payer])
        for payer in ("fund", "own_account", "wallet", "mutual_aid", "cash")
    }
    asked = [(bill.kind, bill.claim) for bill in bills]
    first = [
        i for i, key in enumerate(asked) if key[0] != CREDIT and (i == 0 or key != asked[i - 1])
    ]
    for side, outcome in enumerate(outcomes):
        refused = sum(int(outcome.decided.outcome[i]) != 0 for i in first)
        assert sum(both[side].bills for both in found.refused.values()) == refused > 0
    assert found.bills == len({bill.claim for bill in bills if bill.kind == SETTLE})
    assert found.changed > 0


def test_groups_add_up_to_the_same_cash() -> None:
    random = Random(7)
    state, bills = people(random), claims(random, 80)
    found = compared(state, bills, table_of(AS_IT_IS), table_of(CAPPED))
    cash = found.payers["cash"]
    for groups in (found.regions, found.ages):
        assert sum(group.before_fen for group in groups) == cash[0]
        assert sum(group.after_fen for group in groups) == cash[1]
    assert (found.only_before, found.only_after) == (0, 0)
    patients = [sum(g.less + g.more + g.same for g in gs) for gs in (found.regions, found.ages)]
    assert patients[0] == patients[1]
    settled = sum(group.less + group.more + group.same for group in found.sizes)
    refused = sum(was.bills for was, _ in found.refused.values())
    assert found.bills - refused <= settled <= found.bills
    assert [group.key for group in found.sizes] == sorted({group.key for group in found.sizes})
    assert {group.key for group in found.sizes} <= set(range(len(SIZES_FEN) + 1))


def test_batches_make_no_difference_nor_does_the_state_change() -> None:
    random = Random(3)
    state, bills = people(random), claims(random, 60)
    kept = State(*(array.copy() for array in state))
    tables = table_of(AS_IT_IS), table_of(CAPPED)
    assert compared(state, bills, *tables) == compared(state, bills, *tables, cuts=7)
    assert all(np.array_equal(a, b) for a, b in zip(state, kept, strict=True))


def test_the_same_rules_change_nothing() -> None:
    random = Random(5)
    state, bills = people(random), claims(random, 60)
    found = compared(state, bills, table_of(CAPPED), table_of(CAPPED))
    assert all(before == after for before, after in found.payers.values())
    assert all(was == now for was, now in found.refused.values())
    assert found.deciles == ()
    assert found.changed == 0


def test_what_one_rule_leaves_is_there_for_the_next_bill() -> None:
    state = population([Someone(), Someone(100_00)], [Tie(1, 0)])
    bills = [Bill(1, 0, 90_00), Bill(2, 0, 90_00)]
    found = compared(state, bills, table_of(AS_IT_IS), table_of(CAPPED))
    assert found.payers["mutual_aid"] == (100_00, 80_00)
    assert found.payers["cash"] == (80_00, 100_00)
    assert found.deciles == (20_00,) * 11
    (region,) = found.regions
    assert (region.less, region.more, region.before_fen) == (0, 1, 80_00)


def test_a_bill_that_one_side_refuses_is_counted_apart() -> None:
    state = population([Someone(100_00)])
    here = table_of(AS_IT_IS)
    later = rules(AS_IT_IS).model_copy(update={"since": date(2026, 6, 1)})
    nothing = rule_table(RuleBook([later])).rules
    found = compared(state, [Bill(1, 0, 30_00)], here, nothing)
    assert (found.only_before, found.only_after) == (1, 0)
    ((was, now),) = found.refused.values()
    assert (was.bills, now.bills, now.fen) == (0, 1, 30_00)
    assert found.regions == ()
