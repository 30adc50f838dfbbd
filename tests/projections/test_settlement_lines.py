"""Signed lines of settlements say what the claims say, attempt by attempt."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import pytest
from sqlalchemy import Engine

from domain.codes import Category, Place
from domain.ids import ClaimId, InstitutionId, MessageId, PersonId
from ledger import commands
from projections.claims import claims
from projections.runner import run
from projections.settlement_lines import MEASURES, Clearing, Line, clearing_of, settlement_lines
from tests.builders import institution, line, noon, request
from tests.projections.histories import History, random_history


@pytest.fixture
def history() -> History:
    history = History()
    history.found_family()
    history.now = noon(date(2026, 3, 2))
    return history


def fen(of: Line, measure: str) -> int:
    found = of.fens[MEASURES.index(measure)]
    assert found is not None
    return found


@pytest.mark.parametrize("seed", range(6))
def test_lines_add_up_to_what_the_claims_paid_and_gave_back(seed: int, engine: Engine) -> None:
    history = random_history(seed, 300)
    run(history.store, engine)
    paid: defaultdict[str, int] = defaultdict(int)
    back: defaultdict[str, int] = defaultdict(int)
    rows = [row for row in claims(engine) if row["settlement"] and row["status"] != "reversed"]
    for row in rows:
        for measure in ("fund", "mutual_aid", "cash"):
            paid[measure] += row[f"{measure}_fen"]
            back[measure] += row[f"back_{measure}_fen"]
        paid["own_account"] += row["own_account_fen"] + row["wallet_fen"]
        back["own_account"] += row["back_own_account_fen"] + row["back_wallet_fen"]
        paid["total"] += row["total_fen"]
    books = settlement_lines(history.store)
    assert sum(fen(each, "total") for each in books.lines if not each.refund) == paid["total"]
    for measure in ("fund", "own_account", "mutual_aid", "cash"):
        payments = [fen(each, measure) for each in books.lines if not each.refund]
        refunds = [fen(each, measure) for each in books.lines if each.refund]
        assert (sum(payments), -sum(refunds)) == (paid[measure], back[measure]), measure
    for each in books.lines:
        parts = sum(fen(each, name) for name in ("fund", "account", "cash"))
        assert fen(each, "total") == parts
        assert fen(each, "account") == fen(each, "own_account") + fen(each, "mutual_aid")
    statuses = {row["settlement"]: row["status"] for row in rows}
    assert {each.settlement: each.status for each in books.lines} == statuses
    assert back["total"] == 0
    assert any(each.refund for each in books.lines), "a history without refunds shows little"


def test_a_cancellation_is_a_line_below_zero_beside_its_payment(history: History) -> None:
    assert history.settle("c1", "son", 50_00, fund_fen=20_00)
    history.wait(1)
    assert history.cancel("c1", own_fen={1: 10_00})
    payment, refund = settlement_lines(history.store).lines
    assert (payment.refund, fen(payment, "total")) == (False, 70_00)
    assert (refund.refund, fen(refund, "total")) == (True, -10_00)
    assert (payment.day, refund.day) == (date(2026, 3, 2), date(2026, 3, 3))
    assert {payment.status, refund.status} == {"partly_cancelled"}


def test_a_reversed_settlement_has_no_line_and_is_remembered(history: History) -> None:
    assert history.settle("c1", "son", 50_00)
    key = MessageId(f"m{history.sent}")
    history.must(commands.Reverse(message=key, patient=PersonId("son")))
    books = settlement_lines(history.store)
    assert (books.lines, dict(books.undone)) == ([], {"S-c1-1": "reversed"})
    assert books.pending == {"c1": "reversed"}
    assert history.settle("c1", "son", 50_00)
    again = settlement_lines(history.store)
    assert [each.settlement for each in again.lines] == ["S-c1-2"]
    assert again.pending == {}


def test_holds_are_pending_until_they_pay(history: History) -> None:
    assert history.hold("c1", "son", 50_00)
    assert history.hold("c2", "son", 50_00)
    assert settlement_lines(history.store).pending == {"c1": "held", "c2": "held"}
    history.must(commands.Capture(claim=ClaimId("c1")))
    history.must(commands.Release(claim=ClaimId("c2")))
    books = settlement_lines(history.store)
    assert [each.claim for each in books.lines] == ["c1"]
    assert books.pending == {"c2": "released"}


def test_lines_as_known_at_a_position_or_an_instant(history: History) -> None:
    assert history.settle("c1", "son", 50_00)
    position, instant = history.store.recorder.last_position, history.now
    history.wait(1)
    assert history.settle("c2", "son", 50_00)
    for known in (position, instant):
        found = settlement_lines(history.store, as_known_at=known)
        assert [each.claim for each in found.lines] == ["c1"]


@pytest.mark.parametrize(
    ("place", "category", "kind"),
    [
        (Place.HOSPITAL, Category.OUTPATIENT, Clearing.OUTPATIENT),
        (Place.HOSPITAL, Category.INPATIENT, Clearing.INPATIENT),
        (Place.PHARMACY, Category.DRUG, Clearing.PHARMACY),
        (Place.OFFICE, Category.RESIDENT_PREMIUM, Clearing.OTHER),
    ],
)
def test_the_clearing_kind_follows_place_and_category(
    place: Place, category: Category, kind: Clearing
) -> None:
    where = institution(id=InstitutionId("H1"), place=place)
    asked = request("c1", "son", lines=[line(1, 100, category=category)], institution=where)
    assert clearing_of(asked) is kind
