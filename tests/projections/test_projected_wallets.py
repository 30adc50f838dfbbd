"""Wallets in the read models: what is in them, what waits, and faults in either."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, delete, insert, select, update

from domain.codes import Origin
from domain.facts import Stream
from domain.ids import PersonId
from domain.person import person_stream
from projections.audit_trail import trail
from projections.chart import IN_WALLETS, Code
from projections.checks import check
from projections.journal import trial_balance
from projections.runner import run
from projections.tables import JOURNAL, TRANSFERS, WALLET_HOLDS, WALLETS
from projections.wallets import InWallet, waiting, wallets
from tests.projections.histories import History, random_history
from tests.projections.history_of_everything import history_of_everything

SON, CHILD = PersonId("son"), PersonId("child")


@pytest.fixture
def everything(engine: Engine) -> History:
    history = history_of_everything()
    assert history.hold("w9", "child", 20_00)
    run(history.store, engine)
    return history


def test_wallets_say_what_is_available_held_and_pending(
    everything: History, engine: Engine
) -> None:
    found = {each.person: each for each in wallets(engine)}
    for person in (SON, CHILD):
        owner = everything.application.person(person)
        assert owner is not None
        wallet = owner.wallet
        assert wallet is not None
        parts = (wallet.available_fen, wallet.held_fen, wallet.pending_fen)
        assert found[person] == InWallet(person, *parts)
        assert wallets(engine, person=person) == [found[person]]
    assert found[CHILD].held_fen == 20_00
    assert found.keys() == {SON, CHILD}


def test_what_waits_is_found_by_either_side_and_by_its_end(
    everything: History, engine: Engine
) -> None:
    (each,) = waiting(engine)
    assert (each.sender, each.recipient, each.origin) == (CHILD, SON, Origin.WALLET)
    assert (each.transfer, each.amount_fen) == ("T-child-1", 10_00)
    assert waiting(engine, person=SON) == waiting(engine, person=CHILD) == [each]
    assert waiting(engine, person=PersonId("aunt")) == []
    assert waiting(engine, due_at=each.returns_at) == [each]
    assert waiting(engine, due_at=each.returns_at - timedelta(seconds=1)) == []
    del everything


@pytest.mark.parametrize("seed", range(6))
def test_nothing_stays_on_its_way_between_relatives(seed: int, engine: Engine) -> None:
    run(random_history(seed).store, engine)
    totals = {total.code: total.credit_fen - total.debit_fen for total in trial_balance(engine)}
    assert totals.get(Code.TRANSFERS, 0) == 0
    in_wallets = sum(totals.get(code, 0) for code in IN_WALLETS)
    found = wallets(engine)
    assert in_wallets == sum(
        each.available_fen + each.held_fen + each.pending_fen for each in found
    )


def test_the_trail_of_a_recipient_names_what_was_sent(everything: History, engine: Engine) -> None:
    stream: Stream = person_stream(CHILD)
    topics = {entry.topic for entry in trail(everything.store, engine, subject=stream)}
    assert {"account.given", "wallet.sent", "wallet.accepted", "wallet.received"} <= topics
    assert {"wallet.debited", "wallet.held", "wallet.captured", "wallet.restored"} <= topics


# ------------------------------------------------------------------------------- planted faults

FAULTS = {
    "available": (update(WALLETS).values(available_fen=WALLETS.c.available_fen + 1), "wallets"),
    "held": (update(WALLETS).values(held_fen=WALLETS.c.held_fen + 1), "wallets"),
    "pending": (update(WALLETS).values(pending_fen=WALLETS.c.pending_fen + 1), "wallets"),
    "a hold is lost": (delete(WALLET_HOLDS), "holds"),
    "a transfer is lost": (delete(TRANSFERS), "wallets"),
    "a wallet is lost": (delete(WALLETS), "wallets"),
    "money never arrives": (
        delete(JOURNAL).where(JOURNAL.c.topic == "wallet.received"),
        "transfers",
    ),
}


UNCONSERVED = {"available", "held", "pending", "a wallet is lost", "money never arrives"}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_a_wallet_is_found(fault: str, everything: History, engine: Engine) -> None:
    assert check(everything.store, engine) == []
    planted, name = FAULTS[fault]
    with engine.begin() as connection:
        connection.execute(planted)
    found = {finding.check for finding in check(everything.store, engine)}
    assert {name, "rebuild"} <= found
    assert ("conservation" in found) is (fault in UNCONSERVED)
    for finding in check(everything.store, engine, names=[name]):
        assert finding.says.zh
        assert finding.says.en


def test_a_wallet_below_zero_is_found(everything: History, engine: Engine) -> None:
    lines = JOURNAL.c
    with engine.begin() as connection:
        row = dict(
            connection.execute(
                select(JOURNAL).where(lines.topic == "wallet.debited", lines.segment == "wallet")
            )
            .mappings()
            .one()
        )
        connection.execute(insert(JOURNAL).values(row | {"line": 9, "debit_fen": 10**9}))
    found = {finding.check for finding in check(everything.store, engine)}
    assert {"non_negativity", "wallets", "trial_balance"} <= found
