"""Limits used and open holds, held against what the accounts themselves count."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine, update
from sqlalchemy.exc import IntegrityError

from domain.amounts import Amounts
from domain.ids import ClaimId, PersonId
from ledger import commands
from projections.runner import run
from projections.tables import USAGE
from projections.usage import Used, open_holds, used
from tests.builders import noon
from tests.projections.histories import ELDERS, History, random_history

CHILD, MOTHER = PersonId("child"), PersonId("mother")


@pytest.fixture
def history() -> History:
    history = History()
    history.found_family()
    history.now = noon(date(2026, 3, 2))
    return history


def by_child(engine: Engine) -> dict[str, int]:
    """Give what the child used of the mother's account, fen by period."""
    found = used(engine, grantor=MOTHER, beneficiary=CHILD)
    return {use.period: use.used_fen for use in found}


def test_use_counts_towards_the_year_and_the_day(history: History, engine: Engine) -> None:
    assert history.settle("c1", "child", 30_00)
    history.wait(1)
    assert history.settle("c2", "child", 12_00)
    run(history.store, engine)
    assert by_child(engine) == {"2026": 42_00, "2026-03-02": 30_00, "2026-03-03": 12_00}


def test_a_hold_counts_at_once_and_what_a_capture_leaves_comes_back(
    history: History, engine: Engine
) -> None:
    assert history.hold("c1", "child", 30_00)
    run(history.store, engine)
    assert by_child(engine) == {"2026": 30_00, "2026-03-02": 30_00}
    history.wait(3)
    history.must(commands.Capture(claim=ClaimId("c1"), own_fen={1: 10_00}))
    run(history.store, engine)
    assert by_child(engine) == {"2026": 10_00, "2026-03-02": 10_00}


def test_a_release_and_a_cancellation_give_everything_back(
    history: History, engine: Engine
) -> None:
    assert history.hold("c1", "child", 30_00)
    assert history.settle("c2", "child", 12_00)
    history.must(commands.Release(claim=ClaimId("c1")))
    assert history.cancel("c2")
    run(history.store, engine)
    assert by_child(engine) == {"2026": 0, "2026-03-02": 0}


def test_own_use_is_not_counted(history: History, engine: Engine) -> None:
    assert history.settle("c1", "mother", 30_00)
    run(history.store, engine)
    assert used(engine, grantor=MOTHER) == []


def test_a_day_is_remembered_also_when_the_account_has_forgotten_it(
    history: History, engine: Engine
) -> None:
    assert history.settle("c1", "child", 30_00)
    for year in (2027, 2028):
        history.now = noon(date(year, 1, 2))
        history.must(commands.RollYear(person=MOTHER))
    run(history.store, engine)
    person = history.application.person(MOTHER)
    assert person is not None
    assert person.account is not None
    assert person.account.used == {"child": {"2026": 30_00}}
    assert by_child(engine) == {"2026": 30_00, "2026-03-02": 30_00}
    assert history.cancel("c1")
    run(history.store, engine)
    assert by_child(engine) == {"2026": 0, "2026-03-02": 0}


@pytest.mark.parametrize("seed", range(8))
def test_use_is_what_the_accounts_count_as_long_as_they_remember(seed: int, engine: Engine) -> None:
    history = random_history(seed)
    run(history.store, engine)
    for name in ELDERS:
        person = history.application.person(PersonId(name))
        assert person is not None
        assert person.account is not None
        since = str(person.account.account_year - 1)
        counted = {
            Used(person.id, beneficiary, period, fen)
            for beneficiary, used in person.account.used.items()
            for period, fen in used.items()
        }
        kept = {use for use in used(engine, grantor=person.id) if use.period >= since}
        assert kept == {use for use in counted if use.period >= since}


def test_open_holds_are_listed_first_to_end_first(history: History, engine: Engine) -> None:
    assert history.hold("c1", "child", 30_00)
    history.wait(1)
    assert history.hold("c2", "mother", 10_00)
    run(history.store, engine)
    assert [(hold.claim, hold.person, hold.held) for hold in open_holds(engine)] == [
        ("c1", "mother", Amounts(30_00, 0)),
        ("c2", "mother", Amounts(10_00, 0)),
    ]
    due = open_holds(engine, person=MOTHER, due_at=noon(date(2026, 3, 12)))
    assert [hold.claim for hold in due] == ["c1"]


def test_a_rollover_turns_held_money_into_prior_money(history: History, engine: Engine) -> None:
    assert history.hold("c1", "child", 30_00)
    history.now = noon(date(2027, 1, 2))
    history.must(commands.RollYear(person=MOTHER))
    run(history.store, engine)
    assert [hold.held for hold in open_holds(engine)] == [Amounts(0, 30_00)]


def test_the_database_refuses_use_below_zero(history: History, engine: Engine) -> None:
    assert history.settle("c1", "child", 30_00)
    run(history.store, engine)
    with engine.begin() as connection, pytest.raises(IntegrityError):
        connection.execute(update(USAGE).values(used_fen=-1))
