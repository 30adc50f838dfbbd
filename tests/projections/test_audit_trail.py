"""Who sees which events, and how cause and effect are told."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine

from domain.claim import claim_stream
from domain.facts import Kind, Stream
from domain.ids import ClaimId, PersonId
from domain.person import person_stream
from domain.pool import pool_stream
from ledger import commands
from projections.audit_trail import trail
from projections.causes import trace
from projections.runner import run
from tests.builders import noon
from tests.projections.histories import FAMILY, History, random_history
from tests.projections.history_of_everything import history_of_everything


@pytest.fixture
def history() -> History:
    history = History()
    history.found_family()
    history.now = noon(date(2026, 3, 2))
    assert history.hold("c1", "child", 100_00)
    history.wait(1)
    history.must(commands.Capture(claim=ClaimId("c1"), note="till was down yesterday"))
    return history


def topics_of(history: History, engine: Engine, stream: Stream) -> list[str]:
    return [entry.topic for entry in trail(history.store, engine, subject=stream)]


def test_a_claim_shows_its_own_events_and_those_of_the_accounts(
    history: History, engine: Engine
) -> None:
    run(history.store, engine)
    assert topics_of(history, engine, claim_stream(ClaimId("c1"))) == [
        "claim.authorized",
        "account.held",
        "claim.captured",
        "account.captured",
    ]


def test_a_beneficiary_sees_what_a_relatives_account_did_for_them(
    history: History, engine: Engine
) -> None:
    run(history.store, engine)
    assert topics_of(history, engine, person_stream(PersonId("child")))[-4:] == [
        "claim.authorized",
        "account.held",
        "claim.captured",  # names neither patient nor payer's relative
        "account.captured",
    ]


def test_a_payer_sees_the_claim_and_the_pool_the_decisions_about_it(
    history: History, engine: Engine
) -> None:
    run(history.store, engine)
    assert "claim.captured" in topics_of(history, engine, person_stream(PersonId("mother")))
    assert "claim.authorized" in topics_of(history, engine, pool_stream(FAMILY))
    assert "person.joined_pool" in topics_of(history, engine, pool_stream(FAMILY))


def test_somebody_who_has_nothing_to_do_with_it_sees_nothing_of_it(
    history: History, engine: Engine
) -> None:
    run(history.store, engine)
    uninvolved = topics_of(history, engine, person_stream(PersonId("daughter")))
    assert not [topic for topic in uninvolved if topic.startswith("claim.")]


def test_an_entry_says_who_when_and_why(history: History, engine: Engine) -> None:
    run(history.store, engine)
    entry = trail(history.store, engine, subject=claim_stream(ClaimId("c1")))[2]
    assert entry.actor == "till-7"
    assert entry.recorded_at == noon(date(2026, 3, 3))
    assert entry.effective_on == date(2026, 3, 3)
    assert entry.note == "till was down yesterday"
    assert entry.stream == claim_stream(ClaimId("c1"))
    assert entry.version == 2
    assert entry.says.en == "Claim c1 was captured: accounts 100.00 yuan, cash 0.00"


def test_cause_and_effect_are_told_command_by_command(history: History, engine: Engine) -> None:
    run(history.store, engine)
    captured = trail(history.store, engine, subject=claim_stream(ClaimId("c1")))[2]
    found = trace(history.store, engine, position=captured.position)
    assert found is not None
    assert [[event.topic for event in command.events] for command in found.commands] == [
        ["claim.authorized", "account.held"],
        ["claim.captured", "account.captured"],
    ]
    assert found.commands[1].cause == captured.cause
    assert found.commands[1].note == "till was down yesterday"
    assert trace(history.store, engine, position=10**6) is None


def test_what_was_not_known_yet_is_not_shown(history: History, engine: Engine) -> None:
    run(history.store, engine)
    claim = claim_stream(ClaimId("c1"))
    assert len(trail(history.store, engine, subject=claim, as_known_at=noon(date(2026, 3, 2)))) == 2
    assert len(trail(history.store, engine, subject=claim, as_of=date(2026, 3, 2))) == 2
    first = trail(history.store, engine, subject=claim)[0].position
    assert len(trail(history.store, engine, subject=claim, as_known_at=first)) == 1


@pytest.mark.parametrize("seed", range(4))
def test_every_event_is_in_the_trail_of_its_own_stream(seed: int, engine: Engine) -> None:
    store = random_history(seed).store
    run(store, engine)
    events = list(store.events())
    streams = {event.stream for _, event in events}
    shown = {
        stream: {e.position for e in trail(store, engine, subject=stream)} for stream in streams
    }
    assert all(position in shown[event.stream] for position, event in events)


def test_an_heir_sees_the_estate_that_came_in(engine: Engine) -> None:
    store = history_of_everything().store
    run(store, engine)
    shown = trail(store, engine, subject=Stream(Kind.PERSON, "mother"))
    assert {"account.closed", "account.paid_out"} <= {
        entry.topic for entry in shown if entry.stream.key == "aunt"
    }
