"""Balances now, on a past day, and as known at a past moment."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine, insert
from sqlalchemy.exc import IntegrityError

from domain.amounts import NOTHING, Amounts
from domain.ids import PersonId
from ledger import commands
from projections.balances import Balance, balance, balances, statement
from projections.runner import run
from projections.tables import BALANCES
from tests.builders import noon
from tests.projections.histories import ELDERS, YOUNG, History, random_history

MOTHER, SON = PersonId("mother"), PersonId("son")
OWNERS = [PersonId(name) for name in (*ELDERS, *YOUNG)]


@pytest.fixture
def history() -> History:
    """Give a family in which the son's account and his mother's pay on different days."""
    history = History()
    history.found_family()
    history.now = noon(date(2026, 3, 2))
    assert history.settle("c1", "son", 600_00)  # his 500.00, and 100.00 of his mother's
    history.now = noon(date(2026, 3, 9))
    assert history.hold("c2", "mother", 50_00)
    return history


@pytest.mark.parametrize("seed", range(8))
def test_balances_are_those_of_the_accounts_themselves(seed: int, engine: Engine) -> None:
    history = random_history(seed)
    run(history.store, engine)
    found = balances(engine)
    for owner in OWNERS:
        person = history.application.person(owner)
        assert person is not None
        assert person.account is not None
        account = person.account
        live = Balance(account.available, account.held, account.set_aside_amounts)
        assert found[owner] == live
        assert balance(engine, owner) == live
        assert statement(history.store, engine, person=owner).closing == live


@pytest.mark.parametrize("seed", range(4))
def test_what_was_known_at_a_position_is_what_stood_then(seed: int, engine: Engine) -> None:
    history = History(seed)
    history.found_family()
    stood: list[tuple[int, dict[PersonId, Balance]]] = []
    for _ in range(8):
        history.live(12)
        run(history.store, engine)
        stood.append((history.store.recorder.last_position, balances(engine)))
    for position, known in stood:
        for owner in OWNERS:
            assert balance(engine, owner, as_known_at=position) == known[owner]


def test_a_day_in_the_past_shows_what_held_on_it(history: History, engine: Engine) -> None:
    run(history.store, engine)
    before = balance(engine, MOTHER, as_of=date(2026, 3, 1))
    after = balance(engine, MOTHER, as_of=date(2026, 3, 2))
    assert before == Balance(Amounts(300_00, 200_00), NOTHING)
    assert after == Balance(Amounts(200_00, 200_00), NOTHING)
    assert balance(engine, MOTHER) == Balance(Amounts(150_00, 200_00), Amounts(50_00, 0))


def test_a_fact_recorded_late_holds_from_its_day_but_was_not_known_before(
    history: History, engine: Engine
) -> None:
    known_at = history.now
    history.wait(20)
    late = commands.Credit(person=SON, amount_fen=77, on=date(2026, 3, 3))
    history.must(late)
    run(history.store, engine)
    on = date(2026, 3, 9)
    assert balance(engine, SON, as_of=on) == Balance(Amounts(77, 0))
    assert balance(engine, SON, as_of=on, as_known_at=known_at) == Balance()


def test_somebody_unknown_has_nothing(engine: Engine) -> None:
    store = History().store
    run(store, engine)
    assert balance(engine, PersonId("nobody")) == Balance()
    assert statement(store, engine, person=PersonId("nobody")).lines == ()


def test_a_statement_opens_and_closes_with_what_its_lines_add_up_to(
    history: History, engine: Engine
) -> None:
    run(history.store, engine)
    found = statement(
        history.store, engine, person=MOTHER, first=date(2026, 3, 1), last=date(2026, 3, 8)
    )
    assert found.opening.available.total_fen == 500_00
    assert [line.topic for line in found.lines] == ["account.debited"]
    (line,) = found.lines
    assert line.change == Balance(Amounts(-100_00, 0))
    assert (line.claim, line.settlement) == ("c1", "S-c1-1")
    assert line.says.en.startswith("mother paid 100.00 yuan for son")
    assert line.after == found.closing == balance(engine, MOTHER, as_of=date(2026, 3, 8))


def test_a_statement_without_movements_is_only_carried_forward(
    history: History, engine: Engine
) -> None:
    run(history.store, engine)
    found = statement(history.store, engine, person=MOTHER, first=date(2026, 5, 1))
    assert found.lines == ()
    assert found.opening == found.closing == balance(engine, MOTHER)


@pytest.mark.parametrize("column", ["available_fen", "held_fen"])
def test_the_database_refuses_a_balance_below_zero(column: str, engine: Engine) -> None:
    run(History().store, engine)
    row = {"person": "p", "segment": "current", "available_fen": 0, "held_fen": 0, "position": 1}
    with engine.begin() as connection, pytest.raises(IntegrityError):
        connection.execute(insert(BALANCES), {**row, column: -1})
