"""Persons of a ledger become arrays without loss, or are refused by name."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from domain import judging
from domain.account import Hold
from domain.amounts import Amounts
from domain.codes import Coverage, Origin
from domain.filing import filed
from domain.ids import ClaimId, PersonId, PoolId, RegionCode, TransferId
from domain.person import Person
from domain.wallet import Pending, Wallet
from simulation.bulk.kernel.persons import coverage_on, is_filed
from simulation.bulk.ledgers.give_out import give_out, holdings
from simulation.bulk.ledgers.intake import Intake, take_in
from simulation.bulk.ledgers.obstacles import MOST_FEN, NotForBulk
from simulation.bulk.rules import RuleTable, rule_table
from tests.builders import NOON
from tests.bulk_equality.areas import Areas, areas
from tests.bulk_equality.people import Persons, Pools, people

ROUNDS = range(1, 12, 2)


def drawn(number: int) -> tuple[Areas, Persons, Pools, RuleTable]:
    """Draw people and families with the rules of their areas."""
    random = Random(f"intake {number}")
    found = areas(random, number)
    persons, pools = people(random, found, families=8)
    return found, persons, pools, rule_table(found.book, regions=found.regions)


@pytest.mark.parametrize("number", ROUNDS)
def test_what_is_taken_in_is_given_out(number: int) -> None:
    _, persons, pools, table = drawn(number)
    intake = take_in(persons, pools, table=table)
    assert give_out(intake.state, intake) == {who: holdings(p) for who, p in persons.items()}
    assert any(holdings(person).used for person in persons.values())
    assert any(holdings(person).purses for person in persons.values())


def test_filings_hold_where_and_when_they_did() -> None:
    random, seen = Random(1), set()
    for number in ROUNDS:
        found, persons, pools, table = drawn(number)
        intake = take_in(persons, pools, table=table)
        for person in persons.values():
            for _ in range(60):
                day = found.starts + timedelta(days=random.randrange(-500, 500))
                where = random.choice(found.regions)
                holds = filed(person, where, day=day) is not None
                assert _is_filed(intake, table, person, (where, day)) == holds
                seen.add(holds)
    assert seen == {True, False}


def _is_filed(
    intake: Intake, table: RuleTable, person: Person, care: tuple[RegionCode, date]
) -> bool:
    where = table.number_of(care[0])
    province = int(table.rules.province[where])
    who = intake.numbers[person.id]
    return is_filed(intake.state, who, care[1].toordinal(), where, province)


def test_insurance_is_in_force_when_it_was() -> None:
    seen = set()
    for number in ROUNDS:
        found, persons, pools, table = drawn(number)
        intake = take_in(persons, pools, table=table)
        first = max(found.starts - timedelta(days=900), date.fromordinal(table.rules.first_day))
        for person in persons.values():
            for days in range(0, 1400, 20):
                day = first + timedelta(days=days)
                held = coverage_on(intake.state, intake.numbers[person.id], day.toordinal())
                assert held == _COVERAGE[person.coverage_on(day)]
                seen.add(held)
    assert seen == {judging.COVERED, judging.LAPSED, judging.NEVER}


_COVERAGE = {
    Coverage.ACTIVE: judging.COVERED,
    Coverage.SUSPENDED: judging.LAPSED,
    Coverage.ENDED: judging.LAPSED,
    Coverage.DECEASED: judging.NEVER,
    None: judging.NEVER,
}


# ----------------------------------------------------------------------------------- what is not


def _with_account(person: Person, **changes: Any) -> Person:  # noqa: ANN401  # any field
    assert person.account is not None
    return replace(person, account=replace(person.account, **changes))


def _held(person: Person) -> Person:
    hold = Hold(ClaimId("C1"), person.id, NOON.date(), 2026, Amounts(), NOON)
    return _with_account(person, holds={hold.claim: hold})


def _pending(person: Person) -> Person:
    transfer = TransferId("T-1")
    sent = Pending(transfer, person.id, Origin.WALLET, 5, Amounts(), None, NOON)
    return replace(person, wallet=Wallet(pending={transfer: sent}))


def _with_wallet_hold(person: Person) -> Person:
    wallet: Any = {ClaimId("C1"): None}
    return replace(person, wallet=Wallet(holds=wallet))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda p: replace(p, moves=((date(2025, 1, 1), p.region),)), "moved between"),
        (lambda p: replace(p, region=RegionCode("999999")), "the rule table lacks"),
        (lambda p: replace(p, pools=frozenset({PoolId("none")})), "pool that is missing"),
        (_held, "holds money"),
        (_with_wallet_hold, "holds money"),
        (_pending, "wait to be accepted"),
        (lambda p: replace(p, wallet=Wallet(available_fen=MOST_FEN + 1)), "beyond what"),
        (lambda p: _with_account(p, available=Amounts(MOST_FEN, 1)), "beyond what"),
        (lambda p: _with_account(p, account_year=1999), "another account year"),
        (lambda p: _with_account(p, used={PersonId("else"): {"2026": 1}}), "without a relation"),
    ],
    ids=[
        *("moved", "area", "family", "hold", "wallet hold", "transfer", "wallet", "balance"),
        *("year", "used"),
    ],
)
def test_what_arrays_cannot_hold_is_refused_by_name(change: Any, says: str) -> None:  # noqa: ANN401  # a function
    _, persons, pools, table = drawn(1)
    owners = [p for p in persons.values() if p.account is not None and p.account.closed is None]
    homes = [p.region for p in owners]
    one = next(p for p in owners[1:] if homes.count(p.region) > 2 and p.wallet is None)
    persons[one.id] = change(one)
    with pytest.raises(NotForBulk) as refused:
        take_in(persons, pools, table=table)
    assert [each.person for each in refused.value.obstacles] == [one.id]
    (obstacle,) = refused.value.obstacles
    assert says in obstacle.says.en
    assert one.id in str(refused.value)


def test_a_missing_grantor_is_refused() -> None:
    _, persons, pools, table = drawn(3)
    grantor, beneficiary = next(iter(pools[PoolId("F0")].bindings))
    del persons[grantor]
    with pytest.raises(NotForBulk, match="has a grantor who is missing") as refused:
        take_in(persons, pools, table=table)
    assert beneficiary in {each.person for each in refused.value.obstacles}
