"""Claims, persons and relations as lists and look-ups show them."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine

from domain.claim import Status
from domain.ids import ClaimId, PersonId, PoolId, SettlementId
from domain.pool import Authorization
from ledger import commands
from projections.claims import claims
from projections.register import bindings, persons
from projections.runner import run
from projections.search import Wanted, search
from tests.builders import noon
from tests.projections.histories import FAMILY, History
from tests.projections.history_of_everything import history_of_everything


@pytest.fixture
def history() -> History:
    history = History()
    history.found_family()
    history.now = noon(date(2026, 3, 2))
    return history


def test_a_claim_is_split_by_payer(history: History, engine: Engine) -> None:
    assert history.settle("c1", "son", 2_100_00, fund_fen=70_00)
    run(history.store, engine)
    (row,) = claims(engine)
    assert (row["total_fen"], row["fund_fen"], row["own_fen"]) == (2_170_00, 70_00, 2_100_00)
    assert (row["own_account_fen"], row["mutual_aid_fen"], row["cash_fen"]) == (
        500_00,
        1_500_00,
        100_00,
    )
    assert (row["status"], row["patient"], row["settled_on"]) == (
        Status.SETTLED,
        "son",
        date(2026, 3, 2),
    )


def test_what_was_given_back_stands_beside_what_was_paid(history: History, engine: Engine) -> None:
    assert history.settle("c1", "son", 2_100_00)
    assert history.cancel("c1", {1: 250_00})
    run(history.store, engine)
    (row,) = claims(engine)
    assert row["status"] == Status.PARTLY_CANCELLED
    assert (row["back_cash_fen"], row["back_mutual_aid_fen"], row["back_own_account_fen"]) == (
        100_00,
        150_00,
        0,
    )


def test_a_capture_settles_less_than_was_held(history: History, engine: Engine) -> None:
    assert history.hold("c1", "child", 100_00, fund_fen=10_00)
    run(history.store, engine)
    (held,) = claims(engine, status=Status.HELD)
    assert (held["mutual_aid_fen"], held["settlement"]) == (100_00, None)
    history.must(commands.Capture(claim=ClaimId("c1"), own_fen={1: 60_00}))
    run(history.store, engine)
    (row,) = claims(engine, patient=PersonId("child"))
    assert (row["total_fen"], row["mutual_aid_fen"]) == (70_00, 60_00)


def test_every_attempt_has_its_row_and_its_settlement(history: History, engine: Engine) -> None:
    assert history.settle("c1", "child", 10_00)
    assert history.cancel("c1")
    run(history.store, engine)
    assert history.settle("c1", "child", 20_00)
    run(history.store, engine)
    rows = claims(engine, claim=ClaimId("c1"))
    assert [(row["attempt"], row["settlement"], row["status"]) for row in rows] == [
        (1, "S-c1-1", Status.CANCELLED),
        (2, "S-c1-2", Status.SETTLED),
    ]


def test_the_register_shows_persons_as_they_stand(engine: Engine) -> None:
    run(history_of_everything().store, engine)
    rows = {row["person"]: row for row in persons(engine)}
    assert rows["father"]["work"] == "retired"
    assert rows["husband"]["region"] == "420100"
    assert rows["child"]["account_year"] is None
    assert rows["daughter"]["account_year"] == 2027
    assert rows["aunt"]["coverage"] == "deceased"
    assert rows["aunt"]["account_closed_on"] is not None
    assert persons(engine, person=PersonId("father")) == [rows["father"]]


def test_the_register_shows_what_is_authorized(history: History, engine: Engine) -> None:
    allowed = Authorization(first_day=date(2026, 1, 1), per_use_fen=60_00, retained_fen=5)
    assert history.authorize("mother", "child", allowed)
    run(history.store, engine)
    (row,) = (b for b in bindings(engine, person=PersonId("child")) if b["grantor"] == "mother")
    assert (row["standing"], row["relation"]) == ("bound", "child")
    assert (row["per_use_fen"], row["per_day_fen"], row["retained_fen"]) == (60_00, None, 5)
    assert (row["first_day"], row["last_day"], row["places"]) == (date(2026, 1, 1), None, "")


def test_the_register_shows_how_relations_ended(engine: Engine) -> None:
    run(history_of_everything().store, engine)
    ended = [b for b in bindings(engine, pool=FAMILY) if b["standing"] == "ended"]
    assert {(b["grantor"], b["ended_by"]) for b in ended} == {
        ("aunt", "unbound"),
        ("aunt", "death"),
    }
    (child,) = (b for b in ended if b["beneficiary"] == "child")
    assert child["first_day"] is None
    (far,) = bindings(engine, pool=PoolId("far-away"))
    assert far["standing"] == "bound"


def test_events_of_one_attempt_can_be_found(history: History, engine: Engine) -> None:
    assert history.settle("c1", "child", 10_00)
    assert history.cancel("c1")
    assert history.settle("c1", "child", 20_00)
    run(history.store, engine)
    found, fitting = search(
        history.store, engine, wanted=Wanted(settlements=(SettlementId("S-c1-2"),))
    )
    assert [entry.topic for entry in found] == ["claim.settled", "account.debited"]
    assert fitting == 2
