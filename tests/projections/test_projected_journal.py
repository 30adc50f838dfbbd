"""Double entry: what each event enters, and that it always balances."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from domain.claim import Status
from domain.codes import CreditKind, Payee
from domain.ids import ClaimId, PersonId
from ledger import commands
from projections.chart import CHART, CREDITS, PAYEES, Code
from projections.claims import claims
from projections.journal import Total, lines_of, trial_balance
from projections.runner import run
from projections.tables import JOURNAL
from tests.projections.histories import History, random_history
from tests.projections.history_of_everything import history_of_everything

CHART_PAGE = Path(__file__).parents[2] / "docs" / "chart-of-accounts.md"


@pytest.fixture
def history() -> History:
    history = History()
    history.found_family()
    return history


def booked(engine: Engine, topic: str) -> list[tuple[str, str | None, str | None, int]]:
    """Give (code, person, segment, credit less debit) of the lines of a topic."""
    lines = JOURNAL.c
    found = (
        select(lines.code, lines.person, lines.segment, lines.credit_fen - lines.debit_fen)
        .where(lines.topic == topic)
        .order_by(lines.position, lines.line)
    )
    with engine.connect() as connection:
        return [(row[0], row[1], row[2], row[3]) for row in connection.execute(found)]


def by_code(rows: list[dict[str, Any]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for row in rows:
        total[row["code"]] += row["credit_fen"] - row["debit_fen"]
    return {code: fen for code, fen in total.items() if fen}


def test_every_account_is_named_in_both_languages_and_on_the_page() -> None:
    page = CHART_PAGE.read_text(encoding="utf-8")
    assert set(CHART) == set(Code)
    for code, name in CHART.items():
        assert f"| {code} | {name.zh} | {name.en} |" in page


def test_every_kind_of_credit_and_every_payee_has_an_account() -> None:
    assert set(CREDITS) == set(CreditKind)
    assert set(PAYEES) == set(Payee)


@pytest.mark.parametrize("seed", range(8))
def test_debits_equal_credits_event_by_event_and_at_any_moment(seed: int, engine: Engine) -> None:
    run(random_history(seed).store, engine)
    lines = JOURNAL.c
    total: Counter[int] = Counter()
    with engine.connect() as connection:
        for row in connection.execute(select(JOURNAL)):
            assert (row.debit_fen == 0) != (row.credit_fen == 0)
            total[row.position] += row.credit_fen - row.debit_fen
        positions = list(connection.execute(select(lines.position).distinct()).scalars())
    assert set(total.values()) == {0}
    for position in positions[::20]:
        found = trial_balance(engine, as_known_at=position)
        assert sum(t.debit_fen for t in found) == sum(t.credit_fen for t in found)


def test_a_settled_claim_is_entered_in_full(history: History, engine: Engine) -> None:
    assert history.settle("c1", "child", 2_000_00, fund_fen=70_00)
    run(history.store, engine)
    assert booked(engine, "claim.settled") == [
        (Code.FUND_PAYMENTS, None, None, -70_00),
        (Code.CLEARING, "mother", None, -500_00),
        (Code.CLEARING, "father", None, -500_00),
        (Code.CLEARING, "aunt", None, -500_00),
        (Code.INSTITUTIONS, None, None, 1_570_00),
        (Code.CASH, None, None, -500_00),
        (Code.CASH_CHARGES, None, None, 500_00),
    ]
    assert booked(engine, "account.debited")[:3] == [
        (Code.AVAILABLE, "mother", "current", -300_00),
        (Code.AVAILABLE, "mother", "prior", -200_00),
        (Code.CLEARING, "mother", None, 500_00),
    ]


def test_a_captured_claim_is_entered_with_the_pooled_fund_part_of_its_hold(
    history: History, engine: Engine
) -> None:
    assert history.hold("c1", "child", 100_00, fund_fen=10_00)
    run(history.store, engine)  # the capture comes in a later page
    history.must(commands.Capture(claim=ClaimId("c1"), own_fen={1: 60_00}))
    run(history.store, engine)
    assert booked(engine, "claim.captured") == [
        (Code.FUND_PAYMENTS, None, None, -10_00),
        (Code.CLEARING, "mother", None, -60_00),
        (Code.INSTITUTIONS, None, None, 70_00),
    ]
    assert booked(engine, "account.captured") == [
        (Code.AVAILABLE, "mother", "current", 40_00),
        (Code.HELD, "mother", "current", -100_00),
        (Code.CLEARING, "mother", None, 60_00),
    ]


def test_a_rollover_moves_available_and_held_money_each_by_itself(
    history: History, engine: Engine
) -> None:
    assert history.hold("c1", "mother", 120_00)
    history.now = history.now.replace(year=2027)
    run(history.store, engine)
    history.must(commands.RollYear(person=PersonId("mother")))
    run(history.store, engine)
    assert booked(engine, "account.year_rolled") == [
        (Code.AVAILABLE, "mother", "current", -180_00),
        (Code.HELD, "mother", "current", -120_00),
        (Code.AVAILABLE, "mother", "prior", 180_00),
        (Code.HELD, "mother", "prior", 120_00),
    ]


def test_cancelling_everything_leaves_no_trace_in_the_totals(
    history: History, engine: Engine
) -> None:
    assert history.settle("c1", "child", 2_000_00, fund_fen=70_00)
    assert history.cancel("c1", {1: 700_00})
    assert history.cancel("c1")
    run(history.store, engine)
    assert by_code(lines_of(engine, ClaimId("c1"))) == {}


@pytest.mark.parametrize("seed", range(8))
def test_payables_and_clearing_agree_with_the_claims(seed: int, engine: Engine) -> None:
    history = random_history(seed)
    run(history.store, engine)
    totals = {t.code: t.credit_fen - t.debit_fen for t in trial_balance(engine)}
    rows = [row for row in claims(engine) if row["settlement"]]

    def left(part: str) -> int:
        return sum(row[f"{part}_fen"] - row[f"back_{part}_fen"] for row in rows)

    assert totals.get(Code.CLEARING, 0) == 0
    assert totals.get(Code.CASH_CHARGES, 0) == left("cash")
    assert -totals.get(Code.FUND_PAYMENTS, 0) == left("fund")
    assert totals.get(Code.INSTITUTIONS, 0) == left("fund") + left("own_account") + left(
        "mutual_aid"
    )


def test_the_rest_of_a_closed_account_passes_through_the_clearing_of_estates(
    engine: Engine,
) -> None:
    run(history_of_everything().store, engine)
    (estates,) = (t for t in trial_balance(engine) if t.code is Code.ESTATES)
    assert estates == Total(Code.ESTATES, 500_00, 500_00)


def test_the_trial_balance_of_an_early_day_knows_nothing_of_later_ones(
    history: History, engine: Engine
) -> None:
    first_day = history.today
    history.wait(5)
    assert history.settle("c1", "child", 10_00)
    run(history.store, engine)
    codes = {total.code for total in trial_balance(engine, as_of=first_day)}
    assert codes == {Code.MONTHLY, Code.TRANSFER_IN, Code.AVAILABLE}
    assert trial_balance(engine, as_of=date(2020, 1, 1)) == []


def test_a_claim_that_is_only_held_owes_nobody_anything(history: History, engine: Engine) -> None:
    assert history.hold("c1", "child", 100_00, fund_fen=10_00)
    run(history.store, engine)
    assert by_code(lines_of(engine, ClaimId("c1"))) == {
        Code.AVAILABLE: -100_00,
        Code.HELD: 100_00,
    }
    assert [row["status"] for row in claims(engine, status=Status.HELD)] == ["held"]
