"""A moment is a position, or an instant that stands for the last event recorded by then."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Engine

from domain.codes import Coverage, Insurance, Work
from domain.facts import Change
from domain.ids import MessageId, PersonId
from domain.person import PersonEnrolled, person_stream
from ledger import commands
from ledger.store import Store, memory
from ledger.view import EVOLVE
from ledger.workspace import Workspace
from ledger.writer import Decided, Job, Writer
from projections.audit_trail import positions_where
from projections.lateness import days_late, recorded_late
from projections.moments import position_at, recorded_at
from projections.runner import run
from projections.tables import TRAIL
from tests.builders import HERE, noon
from tests.projections.histories import History, random_history

_INSTANT = timedelta(microseconds=1)


def instants(store: Store) -> list[datetime]:
    return [event.meta.recorded_at for _, event in store.events()]


@pytest.mark.parametrize("seed", range(3))
def test_an_instant_stands_for_the_last_event_recorded_by_then(seed: int) -> None:
    store = random_history(seed, steps=60).store
    recorded = instants(store)
    for instant in sorted(set(recorded)):
        by_then = sum(each <= instant for each in recorded)
        assert position_at(store, instant) == by_then
        assert position_at(store, instant - _INSTANT) == sum(each < instant for each in recorded)
        assert recorded_at(store, by_then) == instant


def enrolling(key: str, *names: str, at: datetime) -> Job:
    """Ask for persons to be enrolled, or for nothing."""

    def decide(seen: Workspace, _: datetime) -> Decided:
        for name in names:
            fact = PersonEnrolled(
                effective_on=at.date(),
                person=PersonId(name),
                region=HERE,
                insurance=Insurance.EMPLOYEE,
                work=Work.IN_SERVICE,
            )
            seen.record([Change(person_stream(PersonId(name)), fact)])
        return Decided(answer=b"{}", correlation=key)

    return Job(MessageId(key), key.encode().ljust(16), at, "till-7", decide)


def test_a_command_that_recorded_nothing_has_no_instant_of_its_own() -> None:
    store, begun = memory(), noon(date(2026, 3, 2))
    days = [begun + timedelta(days=number) for number in range(4)]
    with Writer(store, EVOLVE) as writer:
        writer.execute(enrolling("k0", at=days[0]))
        assert position_at(store, days[0]) == 0
        writer.execute(enrolling("k1", "anne", at=days[1]))
        writer.execute(enrolling("k2", at=days[2]))
        writer.execute(enrolling("k3", "bert", "carl", at=days[3]))
    assert store.recorder.end.entries == 4
    assert [position_at(store, day) for day in days] == [0, 1, 1, 3]


def test_a_position_is_itself_and_never_behind_the_end() -> None:
    store = random_history(0, steps=10).store
    last = store.recorder.last_position
    assert [position_at(store, at) for at in (0, 7, last, last + 1, None)] == [
        0,
        7,
        last,
        last,
        last,
    ]


def test_before_the_first_event_there_is_nothing() -> None:
    empty = memory()
    assert position_at(empty, datetime(2026, 1, 1, tzinfo=UTC)) == 0
    assert recorded_at(empty, 0) is None


@pytest.mark.parametrize("days", [1, 3, 30, 31])
def test_the_database_and_the_calendar_agree_on_what_is_late(days: int, engine: Engine) -> None:
    store = told_late().store
    run(store, engine)
    late = [
        position
        for position, event in store.events()
        if days_late(event.fact.effective_on, event.meta.recorded_at) >= days
    ]
    assert bool(late) is (days <= 30)
    assert positions_where(engine, recorded_late(TRAIL, days)) == late


def told_late() -> History:
    """Give a history in which a retirement is told 30 days late and a death three."""
    history = random_history(0, steps=20)
    history.wait(40)
    for name, command, days in (
        ("mother", commands.Retire, 30),
        ("aunt", partial(commands.ChangeCoverage, to=Coverage.DECEASED), 3),
        ("father", commands.Retire, 0),
    ):
        on = history.today - timedelta(days=days)
        history.must(command(person=PersonId(name), on=on))
    return history


def test_lateness_is_counted_in_days_of_shanghai() -> None:
    evening = datetime(2026, 3, 2, 15, 59, tzinfo=UTC)
    midnight = evening + timedelta(minutes=1)
    assert days_late(date(2026, 3, 2), evening) == 0
    assert days_late(date(2026, 3, 2), midnight) == 1
    assert days_late(date(2026, 4, 1), midnight) == 0
