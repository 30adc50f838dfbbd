"""Cause and effect: what an event rests on, its command, and what went before and after."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from domain.codes import Relation
from domain.ids import ClaimId, PersonId
from domain.pool import UseAuthorized
from ledger import commands
from projections.causes import Link, Trace, trace
from projections.runner import run
from tests.builders import noon
from tests.projections.histories import FAMILY, History, random_history
from tests.projections.history_of_everything import history_of_everything

CHILD, SON, MOTHER = PersonId("child"), PersonId("son"), PersonId("mother")


@pytest.fixture
def history() -> History:
    history = History()
    history.found_family()
    history.now = noon(date(2026, 3, 2))
    return history


def last_of(history: History, topic: str, key: str = "") -> int:
    """Give the position of the last event with a topic, of a stream where one is named."""
    found = [p for p, e in history.store.events(topics=[topic]) if key in {"", e.stream.key}]
    return found[-1]


def traced(history: History, engine: Engine, topic: str, key: str = "") -> Trace:
    run(history.store, engine)
    found = trace(history.store, engine, position=last_of(history, topic, key))
    assert found is not None
    return found


def told(found: Trace) -> list[tuple[Link, str, list[str]]]:
    return [(it.link, it.name, [event.topic for event in it.events]) for it in found.commands]


def test_a_debit_leads_to_its_decision_and_to_its_refund(history: History, engine: Engine) -> None:
    assert history.settle("c1", "child", 100_00)
    assert history.cancel("c1", {1: 40_00})
    found = traced(history, engine, "account.debited")
    assert found.matter == "claim/c1"
    assert told(found) == [
        (Link.SAME, "claim.settle", ["claim.settled", "account.debited"]),
        (Link.AFTER, "claim.cancel", ["claim.cancelled", "account.restored"]),
    ]
    decided = last_of(history, "claim.settled")
    assert [it.decision for it in found.commands] == [decided, last_of(history, "claim.cancelled")]
    assert found.position == decided + 1


def test_a_payment_rests_on_relation_and_authorization_as_they_stood(
    history: History, engine: Engine
) -> None:
    pair: dict[str, Any] = {"pool": FAMILY, "grantor": MOTHER, "beneficiary": CHILD}
    history.must(commands.Unbind(**pair))
    history.must(commands.Bind(**pair, relation=Relation.GRANDCHILD))
    assert history.authorize("mother", "child")
    order = (MOTHER, PersonId("father"), PersonId("aunt"))
    history.must(commands.SetOrder(pool=FAMILY, beneficiary=CHILD, grantors=order))
    assert history.settle("c1", "child", 100_00)
    history.must(commands.WithdrawUse(**pair))
    grounds = traced(history, engine, "claim.settled").grounds
    assert [it.topic for it in grounds] == [
        "pool.relation_bound",
        "pool.use_authorized",
        "pool.order_set",
    ]
    assert "grandchild" in grounds[0].says.en
    assert grounds[1].position == last_of(history, "pool.use_authorized")


def test_nothing_of_relatives_is_behind_what_the_own_account_paid(
    history: History, engine: Engine
) -> None:
    assert history.settle("c1", "mother", 100_00)
    assert traced(history, engine, "claim.settled").grounds == ()


def test_a_hold_that_ran_out_on_another_claims_way_is_told_with_its_own_claim(
    history: History, engine: Engine
) -> None:
    assert history.hold("c1", "child", 100_00)
    history.wait(11)
    assert history.settle("c2", "child", 50_00)
    assert told(traced(history, engine, "account.released", "mother")) == [
        (Link.BEFORE, "claim.authorize", ["claim.authorized", "account.held"]),
        (
            Link.SAME,
            "claim.settle",
            ["claim.expired", "account.released", "claim.settled", "account.debited"],
        ),
    ]
    assert told(traced(history, engine, "claim.authorized", "c1")) == [
        (Link.SAME, "claim.authorize", ["claim.authorized", "account.held"]),
        (Link.AFTER, "claim.settle", ["claim.expired", "account.released"]),
    ]
    assert traced(history, engine, "claim.settled").matter == "claim/c2"


def test_a_transfer_is_followed_to_its_return_on_another_commands_way(
    history: History, engine: Engine
) -> None:
    for person in (SON, CHILD):
        history.must(commands.OpenWallet(person=person))
    sending = commands.Send(sender=SON, recipient=CHILD, amount_fen=20_00, relation=Relation.CHILD)
    history.must(sending)
    history.wait(2)
    assert history.settle("c1", "son", 50_00)
    found = traced(history, engine, "wallet.sent")
    assert found.matter == "transfer/T-son-1"
    assert told(found) == [
        (Link.SAME, "wallet.send", ["account.given", "wallet.sent"]),
        (Link.AFTER, "claim.settle", ["wallet.returned", "account.transfer_returned"]),
    ]


def test_a_relation_is_followed_from_binding_to_its_end(history: History, engine: Engine) -> None:
    history.must(commands.Unbind(pool=FAMILY, grantor=PersonId("aunt"), beneficiary=CHILD))
    found = traced(history, engine, "pool.use_authorized")
    assert found.matter == "pool/family aunt → child"
    assert [(link, name) for link, name, _ in told(found)] == [
        (Link.BEFORE, "family.bind"),
        (Link.SAME, "family.authorize"),
        (Link.AFTER, "family.unbind"),
    ]


def test_a_relation_says_what_was_paid_under_it_until_it_ended(
    history: History, engine: Engine
) -> None:
    allowed = [
        position
        for position, event in history.store.events(topics=["pool.use_authorized"])
        if isinstance(event.fact, UseAuthorized)
        and (event.fact.grantor, event.fact.beneficiary) == (MOTHER, CHILD)
    ]
    assert history.settle("c1", "child", 100_00)
    paid = last_of(history, "account.debited", "mother")
    assert history.hold("c2", "child", 50_00)
    history.must(commands.Capture(claim=ClaimId("c2"), own_fen={1: 30_00}))
    assert history.settle("c3", "son", 700_00)  # the mother pays for somebody else, too
    history.must(commands.Unbind(pool=FAMILY, grantor=MOTHER, beneficiary=CHILD))
    captured = last_of(history, "account.captured", "mother")
    run(history.store, engine)
    found = trace(history.store, engine, position=allowed[0])
    assert found is not None
    assert found.paid == (2, 130_00, paid, captured)
    assert traced(history, engine, "pool.relation_ended").paid is None


def test_what_belongs_to_nothing_else_has_its_command_alone(
    history: History, engine: Engine
) -> None:
    history.credit("mother", 1_00)
    found = traced(history, engine, "account.credited")
    assert (found.matter, told(found)) == (
        "person/mother",
        [(Link.SAME, "account.credit", ["account.credited"])],
    )


@pytest.mark.parametrize("seed", range(3))
def test_every_event_is_in_its_own_trace_once(seed: int, engine: Engine) -> None:
    store = random_history(seed, steps=60).store if seed else history_of_everything().store
    run(store, engine)
    for position, event in store.events():
        found = trace(store, engine, position=position)
        assert found is not None
        positions = [each.position for command in found.commands for each in command.events]
        assert positions == sorted(set(positions))
        same = [it for it in found.commands if it.link is Link.SAME]
        assert [it.cause for it in same] == [event.meta.cause]
        assert position in {each.position for each in same[0].events}
        assert all(ground.position < position for ground in found.grounds)
        assert all(command.name for command in found.commands)
        assert timedelta(0) <= found.commands[-1].recorded_at - found.commands[0].recorded_at
