"""The history of one stream ends with the state that the ledger works with."""

from __future__ import annotations

from datetime import date
from typing import cast

import pytest

from domain.claim import Claim
from domain.facts import Kind, Stream
from domain.finding import Finding
from domain.ids import ClaimId, PersonId, PoolId
from domain.person import Person
from domain.pool import Pool
from domain.record import Record
from projections.moments import position_at
from projections.stream_history import steps
from projections.summaries import relation_figures, summary
from tests.projections.histories import FAMILY, History, random_history
from tests.projections.history_of_everything import history_of_everything


class Other(Record, frozen=True):
    """A state of some kind that has no figures of its own."""

    step: str = "first_review"
    opened_on: date = date(2026, 3, 2)
    notes: tuple[str, ...] = ("so far so good",)


@pytest.mark.parametrize("seed", range(3))
def test_the_last_state_is_that_of_the_ledger_and_positions_are_right(seed: int) -> None:
    history = random_history(seed)
    everything = dict(history.store.events())
    streams = {event.stream for event in everything.values()}
    assert {stream.kind for stream in streams} == {Kind.PERSON, Kind.POOL, Kind.CLAIM}
    for stream in streams:
        told = list(steps(history.store, stream))
        assert told[-1].state == state_of(history, stream)
        assert [step.event for step in told] == [everything[step.position] for step in told]
        assert [step.event.originator_version for step in told] == list(range(1, len(told) + 1))


def state_of(history: History, stream: Stream) -> object:
    match stream.kind:
        case Kind.PERSON:
            return history.application.person(PersonId(stream.key))
        case Kind.POOL:
            return history.application.pool(PoolId(stream.key))
        case _:
            return history.application.claim(ClaimId(stream.key))


def test_figures_are_those_of_the_state() -> None:
    history = history_of_everything()
    last: dict[Stream, object] = {}
    for stream in {event.stream for _, event in history.store.events()}:
        last[stream] = list(steps(history.store, stream))[-1].state
    for state in last.values():
        figures = summary(state)
        match state:
            case Person(account=account, wallet=wallet):
                assert figures.get("available_fen") == (account and account.available.total_fen)
                assert figures.get("wallet_fen") == (wallet and wallet.available_fen)
                closed = account is not None and account.closed is not None
                assert (figures["account"] == "closed") is closed
            case Claim():
                assert figures["status"] == state.status
                assert figures["cash_fen"] >= 0
            case Pool():
                assert figures["authorizations"] <= figures["relations"]
            case Finding():
                assert (figures["step"], figures["recover_fen"]) == ("decision", 12_00)
            case _:
                assert figures["seals"] >= 1
    assert sum(isinstance(state, Pool) for state in last.values()) >= 4


def test_a_relation_says_who_pays_first_and_what_is_allowed() -> None:
    history = history_of_everything()
    pool = cast("Pool", history.application.pool(FAMILY))
    father = relation_figures(pool, pool.bindings[PersonId("father"), PersonId("son")])
    assert (father["drawn"], father["standing"], father["per_use_fen"]) == (1, "bound", None)
    ended = relation_figures(pool, pool.bindings[PersonId("aunt"), PersonId("child")])
    assert (ended["drawn"], ended["ended_by"], ended["first_day"]) == (None, "unbound", None)


def test_of_other_kinds_of_state_plain_fields_are_figures_and_of_none_there_are_none() -> None:
    assert summary(Other()) == {"step": "first_review", "opened_on": date(2026, 3, 2)}
    assert summary(None) == {}


def test_the_store_gives_positions_with_the_events_of_a_stream() -> None:
    store = random_history(1, steps=30).store
    end = position_at(store, None)
    stream = Stream(Kind.PERSON, "mother")
    assert [event for _, event in store.placed(stream)] == list(store.stream(stream))
    expected = [position for position, event in store.events() if event.stream == stream]
    assert [position for position, _ in store.placed(stream)] == expected
    assert expected[-1] <= end
