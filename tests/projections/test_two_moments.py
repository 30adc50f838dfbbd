"""Two moments side by side say what the books say of each, and mark what was told late."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine

from domain.codes import Coverage
from domain.ids import ClaimId, PersonId
from domain.pool import Authorization
from domain.time import end_of_day
from ledger import commands
from projections import two_moments
from projections.balances import balance, balances
from projections.moments import position_at
from projections.runner import run
from projections.two_moments import Apart, Changed, Matter, compare
from tests.builders import noon
from tests.projections.histories import FAMILY, History, random_history
from tests.projections.history_of_everything import history_of_everything

_MONEY = ("available_fen", "held_fen", "set_aside_fen")


def figures(apart: Apart, matter: Matter) -> dict[tuple[str, str], tuple[object, object]]:
    return {
        (it.subject, it.figure): (it.before, it.after)
        for it in apart.changed
        if it.matter is matter
    }


@pytest.mark.parametrize("seed", range(6))
def test_balances_differ_as_the_journal_says(seed: int, engine: Engine) -> None:
    store = random_history(seed).store
    last = run(store, engine)
    places = sorted(Random(seed).sample(range(last + 1), 4))
    for first, then in pairwise(places):
        told = figures(compare(store, engine, first=first, last=then), Matter.BALANCE)
        for person in balances(engine):
            before = balance(engine, person, as_known_at=first)
            after = balance(engine, person, as_known_at=then)
            for figure, was, became in zip(_MONEY, before, after, strict=True):
                differs = (was.total_fen or None, became.total_fen)
                if was.total_fen == became.total_fen:
                    assert (person, figure) not in told
                else:
                    old, new = told[person, figure]
                    assert (old or None, new) == differs


@pytest.mark.parametrize("seed", range(3))
def test_reading_all_and_reading_stream_by_stream_come_to_the_same(
    seed: int, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = random_history(seed).store
    last = run(store, engine)
    found = []
    for dear in (0, last):
        monkeypatch.setattr(two_moments, "_DEAR", dear)
        found.append(compare(store, engine, first=last // 2, last=last - 3))
    assert found[0] == found[1]
    assert found[0].changed


def test_from_nothing_to_now_everything_there_is_has_come(engine: Engine) -> None:
    store = history_of_everything().store
    last = run(store, engine)
    apart = compare(store, engine, first=0, last=last)
    assert list(apart.positions) == list(range(1, last + 1))
    assert sum(it.events for it in apart.counted) == last
    assert not any(it.before for it in apart.changed)
    assert {it.matter for it in apart.changed} == set(Matter)
    assert apart.over is None
    told = figures(apart, Matter.BALANCE)
    for person, now in balances(engine).items():
        for figure, amount in zip(_MONEY, now, strict=True):
            assert told.get((person, figure), (None, 0))[1] == amount.total_fen


def test_a_moment_differs_in_nothing_from_itself(engine: Engine) -> None:
    store = random_history(0).store
    last = run(store, engine)
    apart = compare(store, engine, first=last, last=last)
    assert (apart.changed, apart.counted, apart.over, list(apart.positions)) == ((), (), None, [])


@pytest.fixture
def spring() -> History:
    """Give a family whose grantor died on 3 March, which was told on 9 March."""
    history = History()
    history.found_family()
    history.now = noon(date(2026, 3, 2))
    assert history.settle("c1", "child", 100_00)
    history.wait(3)
    assert history.settle("c2", "daughter", 600_00)
    history.wait(4)
    died: Any = {"to": Coverage.DECEASED, "on": date(2026, 3, 3)}
    history.must(commands.ChangeCoverage(person=PersonId("mother"), **died))
    history.must(commands.Retire(person=PersonId("aunt")))
    return history


def since(history: History, engine: Engine, day: date, **more: Any) -> Apart:  # noqa: ANN401 - whatever `compare` takes
    last = run(history.store, engine)
    then = end_of_day(day)
    first = position_at(history.store, then)
    return compare(history.store, engine, first=first, last=last, since=then, **more)


def of(apart: Apart, subject: str, figure: str) -> Changed:
    (found,) = [it for it in apart.changed if (it.subject, it.figure) == (subject, figure)]
    return found


def test_what_was_not_known_then_is_marked_late(spring: History, engine: Engine) -> None:
    apart = since(spring, engine, date(2026, 3, 5))
    coverage = of(apart, "mother", "coverage")
    assert (coverage.before, coverage.after) == (Coverage.ACTIVE, Coverage.DECEASED)
    assert coverage.late > 0
    assert of(apart, "aunt", "work").late == 0
    assert of(apart, "mother → child", "standing").late == 1
    late = {it.topic for it in apart.counted if it.late}
    assert "coverage.changed" in late
    assert "person.retired" not in late
    assert apart.over == date(2026, 3, 5)


def test_money_that_moved_in_time_is_not_late_beside_a_late_death(
    spring: History, engine: Engine
) -> None:
    then = end_of_day(date(2026, 3, 5))
    spring.wait(1)
    assert spring.cancel("c2", {1: 50_00})
    apart = since(spring, engine, date(2026, 3, 5))
    assert of(apart, "mother", "available_fen").late == 0
    assert of(apart, "mother", "coverage").late == 2  # the death, and leaving the family
    assert of(apart, "c2", "status").late == 0
    assert position_at(spring.store, then) == apart.first


def test_an_order_told_late_counts_for_each_of_its_relations(
    spring: History, engine: Engine
) -> None:
    order = (PersonId("father"), PersonId("aunt"))
    on = spring.today - timedelta(days=5)
    spring.must(commands.SetOrder(pool=FAMILY, beneficiary=PersonId("son"), grantors=order, on=on))
    apart = since(spring, engine, date(2026, 3, 5))
    assert [of(apart, f"{name} → son", "drawn").late for name in order] == [1, 1]


def test_on_the_day_itself_nothing_was_late_yet(spring: History, engine: Engine) -> None:
    apart = since(spring, engine, date(2026, 3, 2))
    assert not any(it.late for it in apart.counted)
    assert of(apart, "mother", "coverage").late == 0


def test_relations_that_ended_and_claims_that_came_are_told(
    spring: History, engine: Engine
) -> None:
    apart = since(spring, engine, date(2026, 3, 2))
    ended = of(apart, "mother → child", "standing")
    assert (ended.before, ended.after, ended.change_fen) == ("bound", "ended", None)
    paid = of(apart, "c2", "mutual_aid_fen")
    assert (paid.before, paid.after, paid.change_fen) == (None, 100_00, 100_00)
    assert "c1" not in {it.subject for it in apart.changed}
    assert list(apart.changed) == sorted(
        apart.changed, key=lambda it: list(Matter).index(it.matter)
    )


def test_a_person_is_told_own_matters_and_claims_that_the_account_paid(
    spring: History, engine: Engine
) -> None:
    apart = since(spring, engine, date(2026, 3, 2), persons=[PersonId("mother")])
    of_persons = {Matter.BALANCE, Matter.PERSON}
    assert {it.subject for it in apart.changed if it.matter in of_persons} == {"mother"}
    relations = {it.subject for it in apart.changed if it.matter is Matter.RELATION}
    assert relations == {f"mother → {young}" for young in ("son", "daughter", "child")}
    assert {it.subject for it in apart.changed if it.matter is Matter.CLAIM} == {"c2"}
    nobody = since(spring, engine, date(2026, 3, 2), persons=[PersonId("child")])
    assert {it.matter for it in nobody.changed} == {Matter.RELATION}


def test_a_limit_that_changed_is_no_money_that_moved(engine: Engine) -> None:
    history = History()
    history.found_family()
    first = run(history.store, engine)
    history.wait(1)
    lower = Authorization(first_day=history.today, per_use_fen=20_00)
    assert history.authorize("mother", "child", lower)
    assert history.hold("c9", "child", 10_00)
    history.must(commands.Release(claim=ClaimId("c9")))
    apart = compare(history.store, engine, first=first, last=run(history.store, engine))
    limit = of(apart, "mother → child", "per_use_fen")
    assert (limit.before, limit.after, limit.change_fen) == (None, 20_00, None)
    assert figures(apart, Matter.BALANCE) == {}
    assert apart.over == history.today - timedelta(days=2)
