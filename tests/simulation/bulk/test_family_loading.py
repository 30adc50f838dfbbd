"""A family of a bulk run is brought into a ledger, and every decision comes out the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from domain.codes import CreditKind, Funding, Till
from domain.ids import ClaimId, PersonId
from domain.pool import Authorization
from domain.rules import RuleBook, RuleSet
from ledger.application import Application
from ledger.store import memory
from simulation.bulk.arrays import (
    BEYOND_RANGE,
    CANCEL,
    CREDIT,
    NOT_DESIGNATED,
    ROLL,
    TO_PRIOR,
    WHOLE,
    Legs,
    State,
)
from simulation.bulk.deciding import empty_memory, plain
from simulation.bulk.families.family import family_of, person_id
from simulation.bulk.families.family_history import Entry, history_of
from simulation.bulk.families.family_loading import Course, Difference, load
from simulation.bulk.log.schema import Batch, legs_table, lines_table
from simulation.bulk.rules import RuleTable, rule_table
from tests.builders import DAY, START, rules
from tests.simulation.bulk.small_population import (
    Bill,
    Someone,
    Tie,
    population,
    rows_of,
)

NEXT_YEAR = date(2027, 1, 2)
SEGMENT = ("00001.lines.parquet", "00001.legs.parquet")


def run(
    folder: Path,
    state: State,
    *bills: Bill,
    rule_sets: tuple[RuleSet, ...] = (),
    tamper: Callable[[Batch], Batch] = lambda batch: batch,
) -> tuple[list[Difference], Application]:
    """Let the kernel decide some rows, log them, and load the family of person 0."""
    book = RuleBook(rule_sets or (rules(),))
    table = rule_table(book)
    family = family_of(state, 0, regions=table.regions)
    history = _logged(folder, state, table, bills, tamper=tamper)
    app = Application(memory(), book)
    return list(load(Course(family, history, table.regions, table.ids), app)), app


def _logged(
    folder: Path,
    state: State,
    table: RuleTable,
    bills: tuple[Bill, ...],
    *,
    tamper: Callable[[Batch], Batch],
) -> tuple[Entry, ...]:
    rows = rows_of(*bills)
    copy = State(*(array.copy() for array in state))
    slots = empty_memory(4, lines=20, legs=40)
    _, outcome = plain()(copy, table.rules, rows=rows, memory=slots)
    batch = tamper(Batch(0, rows, outcome.decided, outcome.legs))
    pq.write_table(lines_table(batch), folder / SEGMENT[0])
    pq.write_table(legs_table(batch), folder / SEGMENT[1])
    persons = range(len(state.home))
    return history_of(folder, [SEGMENT], persons=persons, regions=range(len(table.regions)))


def paid(app: Application, claim: str) -> dict[PersonId, int]:
    found = app.claim(ClaimId(claim))
    assert found is not None
    return {leg.account: leg.amount_fen for leg in found.legs}


TWO = [Someone(100, 20), Someone(500)]


def test_own_account_relatives_and_cash_pay_as_in_the_run(tmp_path: Path) -> None:
    given = Authorization(first_day=START, per_use_fen=150)
    state = population(TWO, [Tie(1, 0, given)])
    found, app = run(
        tmp_path,
        state,
        Bill(7, 0, total=200, fund=10),
        Bill(8, 0, total=400, line=1),
        Bill(8, 0, total=40, line=2),
        Bill(9, 1, total=60),
    )
    assert found == []
    assert paid(app, "B7") == {person_id(0): 20, person_id(1): 70}
    assert app.claim(ClaimId("B8")) is not None


def test_cancellations_whole_and_partial_go_back_where_they_came_from(tmp_path: Path) -> None:
    state = population(TWO, [Tie(1, 0)])
    found, app = run(
        tmp_path,
        state,
        Bill(7, 0, total=200, slot=0),
        Bill(8, 0, total=90, fund=30, slot=1),
        Bill(8, 0, total=50, fund=50, line=2, slot=1),
        Bill(7, 0, kind=CANCEL, line=0, flags=WHOLE, slot=0),
        Bill(8, 0, total=25, fund=5, kind=CANCEL, slot=1),
        Bill(8, 0, total=10, fund=10, kind=CANCEL, line=2, slot=1),
        Bill(7, 0, kind=CANCEL, line=0, flags=WHOLE, slot=0, booked=NEXT_YEAR),
    )
    assert found == []
    seventh = app.claim(ClaimId("B7"))
    assert seventh is not None
    assert seventh.status == "cancelled"


def test_credits_rollovers_and_refunds_of_another_year(tmp_path: Path) -> None:
    state = population(TWO, [Tie(1, 0)])
    found, app = run(
        tmp_path,
        state,
        Bill(patient=0, total=30, kind=CREDIT, line=0),
        Bill(patient=1, total=3, kind=CREDIT, line=0, flags=TO_PRIOR),
        Bill(7, 0, total=400, slot=0),
        Bill(patient=0, kind=ROLL, line=0, booked=NEXT_YEAR),
        Bill(7, 0, kind=CANCEL, line=0, flags=WHOLE, slot=0, booked=NEXT_YEAR),
        Bill(8, 0, total=10, booked=NEXT_YEAR),
    )
    assert found == []
    account = app.person(person_id(0)).account  # type: ignore[union-attr]  # enrolled above
    assert account is not None
    assert account.account_year == 2027
    assert account.available.prior_fen == 140


def test_refused_bills_are_refused_and_a_bill_stands_for_both_taps(tmp_path: Path) -> None:
    state = population(TWO, [Tie(1, 0)])
    found, app = run(
        tmp_path,
        state,
        Bill(7, 0, total=200, flags=NOT_DESIGNATED, slot=0),
        Bill(7, 0, kind=CANCEL, line=0, flags=WHOLE, slot=0),
        Bill(8, 0, total=200),
        rule_sets=(rules({"claim.till": Till.TWO_TAPS, "claim.offer_minutes": 5}),),
    )
    assert found == []
    assert app.claim(ClaimId("B7")) is None
    assert app.claim(ClaimId("B8")).status == "settled"  # type: ignore[union-attr]  # it is there


def test_money_set_aside_pays_and_takes_back(tmp_path: Path) -> None:
    people = [Someone(), Someone(100, 20, set_aside=((30, 4, -1),))]
    found, app = run(
        tmp_path,
        population(people, [Tie(1, 0, family=0)]),
        Bill(7, 0, total=33, slot=0),
        Bill(7, 0, total=13, kind=CANCEL, slot=0),
        rule_sets=(rules({"pool.funding": Funding.POOL}),),
    )
    assert found == []
    account = app.person(person_id(1)).account  # type: ignore[union-attr]  # enrolled above
    assert account is not None
    assert account.money_of("pool:F000000000").total_fen == 14


def leg(which: int, **changed: int) -> Callable[[Batch], Batch]:
    def tamper(batch: Batch) -> Batch:
        legs: dict[str, Any] = {name: array.copy() for name, array in batch.legs._asdict().items()}
        for name, value in changed.items():
            legs[name][which] = value
        return batch._replace(legs=Legs(**legs))

    return tamper


def decided(name: str, value: int) -> Callable[[Batch], Batch]:
    def tamper(batch: Batch) -> Batch:
        array = getattr(batch.decided, name).copy()
        array[0] = value
        return batch._replace(decided=batch.decided._replace(**{name: array}))

    return tamper


@pytest.mark.parametrize(
    ("tamper", "what"),
    [
        (leg(1, amount=81), "legs"),
        (leg(0, after=1), "legs"),
        (leg(2, edge=-1), "legs"),
        (leg(0, segment=1), "legs"),
        (decided("cash", 1), "cash"),
        (decided("fund", 9), "pooled fund"),
        (decided("outcome", 7), "refused because"),
    ],
    ids=["amount", "balance", "relation", "segment", "cash", "fund", "refusal"],
)
def test_what_the_log_says_otherwise_is_named(
    tmp_path: Path, tamper: Callable[[Batch], Batch], what: str
) -> None:
    state = population(TWO, [Tie(1, 0)])
    found, _ = run(tmp_path, state, Bill(7, 0, total=200, fund=10), tamper=tamper)
    assert what in [difference.what.en for difference in found]
    assert {difference.entry.claim for difference in found} == {7}


def test_what_the_run_left_to_the_single_settlement_is_left_out(tmp_path: Path) -> None:
    state = population(TWO, [Tie(1, 0)])
    bills = (Bill(7, 0, total=200), Bill(8, 0, total=0))
    found, app = run(tmp_path, state, *bills, tamper=decided("outcome", BEYOND_RANGE))
    assert found == []
    assert app.claim(ClaimId("B7")) is None


def test_events_are_booked_on_their_days_in_their_order(tmp_path: Path) -> None:
    state = population(TWO, [Tie(1, 0)])
    bills = (Bill(7, 0, total=20), Bill(8, 0, total=20), Bill(9, 0, total=1, booked=NEXT_YEAR))
    _, app = run(tmp_path, state, *bills)
    settled = [
        event.meta.recorded_at.isoformat()
        for _, event in app.store.events(topics=("claim.settled",))
    ]
    begun = f"{DAY.replace(day=1).isoformat()}T16:00:00"
    assert settled == [
        f"{begun}+00:00",
        f"{begun}.000001+00:00",
        "2027-01-01T16:00:00.000002+00:00",
    ]
    kinds = {e.fact.kind for _, e in app.store.events(topics=("account.credited",))}  # type: ignore[attr-defined]  # a credit
    assert kinds == {CreditKind.TRANSFER_IN}


def test_the_history_leaves_out_what_concerns_others(tmp_path: Path) -> None:
    state = population([*TWO, Someone(70)], [Tie(1, 0)])
    table = rule_table(RuleBook((rules(),)))
    bills = (
        Bill(7, 2, total=20, slot=0),
        Bill(8, 0, total=20),
        Bill(7, 2, kind=CANCEL, line=0, flags=WHOLE, slot=0),
        Bill(patient=2, total=5, kind=CREDIT, line=0),
    )
    _logged(tmp_path, state, table, bills, tamper=lambda batch: batch)
    (entry,) = history_of(tmp_path, [SEGMENT], persons=(0, 1), regions=(0,))
    assert (entry.claim, entry.seq) == (8, 1)
    both = history_of(tmp_path, [SEGMENT], persons=(2,), regions=())
    assert [each.kind for each in both] == [0, CANCEL, CREDIT]
