"""The read model `uses` lays out what happened: payments, draws, relations, authorizations."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Engine

from domain.ids import ClaimId, MessageId, PersonId
from domain.pool import Authorization
from ledger import commands
from projections.findings.logic import Ask
from projections.findings.material import Material
from projections.findings.money import account_does_not_add_up
from projections.runner import run
from tests.builders import ANY_USE, START, noon
from tests.projections.histories import FAMILY, History, random_history
from tests.projections.history_of_everything import history_of_everything


def material(history: History, engine: Engine) -> Material:
    run(history.store, engine, names=["uses"])
    return Material(engine)


@pytest.fixture
def history() -> Iterator[History]:
    made = History()
    made.found_family()
    made.now = noon(date(2026, 3, 2))
    yield made
    made.application.close()


@pytest.mark.parametrize("seed", range(6))
def test_draws_are_what_payments_say_and_every_balance_follows(seed: int, engine: Engine) -> None:
    found = material(random_history(seed), engine)
    assert found.payments
    for payment in found.payments:
        drawn = sum(draw.fen for draw in found.draws_of.get(payment.settlement, ()))
        assert drawn == payment.own_account_fen + payment.aid_fen
        assert payment.own_fen == payment.accounts_fen + payment.cash_fen
    assert list(account_does_not_add_up.find(Ask(found, {}))) == []


def test_a_history_of_everything_adds_up(engine: Engine) -> None:
    found = material(history_of_everything(), engine)
    assert {visit.kind for visit in found.visits} == {"held", "settled", "captured"}
    assert list(account_does_not_add_up.find(Ask(found, {}))) == []


def test_a_capture_carries_out_the_decision_of_its_hold(history: History, engine: Engine) -> None:
    history.hold("c1", "child", 100_00)
    held = history.store.recorder.last_position
    history.wait(1)
    history.must(commands.Capture(claim=ClaimId("c1"), own_fen={1: 60_00}))
    found = material(history, engine)
    hold, capture = found.visits
    assert hold.position < held < capture.position
    assert capture.decided == hold.position
    assert (capture.patient, capture.institution) == (hold.patient, hold.institution)
    assert capture.own_fen == capture.aid_fen == 60_00
    assert found.decision_of("c1", capture.position) == hold.position
    assert found.decision_of("c1", hold.position - 1) is None


def test_a_reversal_names_the_settlement_that_it_undoes(history: History, engine: Engine) -> None:
    history.settle("c1", "child", 100_00)
    history.must(commands.Reverse(message=MessageId(f"m{history.sent}")))
    history.hold("c2", "child", 50_00)
    history.must(commands.Reverse(message=MessageId(f"m{history.sent}")))
    (undoing,) = material(history, engine).undoings
    assert undoing.settlement == "S-c1-1"
    assert undoing.whole
    assert undoing.back_fen == 100_00


def test_an_authorization_holds_until_the_next_one_or_the_end(
    history: History, engine: Engine
) -> None:
    limited = Authorization(first_day=START, per_use_fen=60_00)
    assert history.authorize("mother", "son", limited)
    mother, son = PersonId("mother"), PersonId("son")
    history.must(commands.Unbind(pool=FAMILY, grantor=mother, beneficiary=son))
    assert history.bind("mother", "son")
    assert history.authorize("mother", "son", ANY_USE)
    found = material(history, engine)
    first, second, third = found.permits_of["mother", "son"]
    assert first.until == second.position
    assert (first.per_use_fen, second.per_use_fen) == (None, 60_00)
    assert third.until is None
    before, after = found.ties_of["mother", "son"]
    assert second.until == before.ended_at
    assert not second.holds_at(second.position)
    assert second.holds_at(second.position + 1) == (second.position + 1 < (second.until or 0))
    assert after.ended_at is None
    assert third.holds_at(third.position + 1)
