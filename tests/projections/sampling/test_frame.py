"""Frames of a real history: settlements, account lines and events, and what limits them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from projections.runner import run
from projections.sampling.codes import Money, Over
from projections.sampling.frame import Scope, frame_of, positions_of
from tests.builders import START
from tests.projections.histories import History

if TYPE_CHECKING:
    from sqlalchemy import Engine


@pytest.fixture(scope="module")
def history() -> History:
    """Three settlements, one of them given back in part, and a claim that was never settled."""
    history = History()
    history.found_family()
    assert history.settle("c1", "son", 600_00, fund_fen=70_00)
    assert history.settle("c2", "mother", 20_00)
    assert history.cancel("c1", {1: 550_00})
    assert history.hold("c4", "father", 10_00)
    history.wait(3)
    assert history.settle("c3", "child", 30_00)
    return history


@pytest.fixture
def views(history: History, engine: Engine) -> Engine:
    run(history.store, engine)
    return engine


def ids(engine: Engine, over: Over = Over.SETTLEMENTS, scope: Scope = Scope()) -> list[str]:  # noqa: B008  # a frozen value
    return [item.id for item in frame_of(engine, over, scope=scope).items]


def test_settlements_stand_by_day_and_number_with_what_stays_paid(views: Engine) -> None:
    frame = frame_of(views, Over.SETTLEMENTS)
    assert [(item.id, item.amount_fen) for item in frame.items] == [
        ("S-c1-1", 50_00),
        ("S-c2-1", 20_00),
        ("S-c3-1", 30_00),
    ]
    assert (frame.count, frame.total_fen) == (3, 100_00)
    first = frame.items[0]
    assert (first.person, first.claim, first.place) == ("son", "c1", "hospital")
    assert first.day == START


@pytest.mark.parametrize(
    ("money", "amounts"),
    [
        (Money.FUND, [70_00, 0, 0]),
        (Money.CASH, [0, 0, 0]),
        (Money.MUTUAL_AID, [0, 0, 30_00]),
        (Money.TOTAL, [120_00, 20_00, 30_00]),
    ],
)
def test_another_part_of_the_money_may_count(
    views: Engine, money: Money, amounts: list[int]
) -> None:
    frame = frame_of(views, Over.SETTLEMENTS, money=money)
    assert [item.amount_fen for item in frame.items] == amounts


def test_the_digest_is_over_ids_and_amounts_in_order(views: Engine) -> None:
    frame = frame_of(views, Over.SETTLEMENTS)
    written = "gongji-frame/1\tsettlements\taccounts\nS-c1-1\t5000\nS-c2-1\t2000\nS-c3-1\t3000\n"
    assert frame.digest == sha256(written.encode()).hexdigest()
    fewer = replace(frame, items=frame.items[1:])
    assert fewer.digest != frame.digest


def test_a_scope_limits_the_settlements(views: Engine) -> None:
    (item,) = frame_of(views, Over.SETTLEMENTS, scope=Scope(person="mother")).items
    assert item.id == "S-c2-1"
    later = START + timedelta(days=1)
    for scope, expected in (
        (Scope(first=later), ["S-c3-1"]),
        (Scope(last=START), ["S-c1-1", "S-c2-1"]),
        (Scope(at_least_fen=30_00), ["S-c1-1", "S-c3-1"]),
        (Scope(institution=item.institution, region=item.region, place=item.place), None),
        (Scope(institution="nowhere"), []),
        (Scope(region="000000"), []),
        (Scope(place="pharmacy"), []),
    ):
        found = ids(views, scope=scope)
        assert found == (ids(views) if expected is None else expected), scope


def test_lines_are_those_of_available_money(views: Engine) -> None:
    frame = frame_of(views, Over.LINES, scope=Scope(person="mother"))
    assert [item.amount_fen for item in frame.items][:2] == [300_00, 200_00]
    assert {item.person for item in frame.items} == {"mother"}
    paid = frame_of(views, Over.LINES, scope=Scope(person="mother", place="hospital"))
    assert {item.claim for item in paid.items} >= {"c2"}
    assert all(item.id == f"#{item.position}/{item.id.partition('/')[2]}" for item in frame.items)
    assert [item.position for item in frame.items] == sorted(i.position for i in frame.items)


def test_events_are_all_there_and_without_money(history: History, views: Engine) -> None:
    frame = frame_of(views, Over.EVENTS)
    assert frame.count == history.store.recorder.last_position
    assert frame.total_fen == 0
    own = frame_of(views, Over.EVENTS, scope=Scope(person="mother", first=START, last=START))
    assert 0 < own.count < frame.count
    assert own.items[0].id == f"#{own.items[0].position}"


def test_events_belong_to_no_institution(views: Engine) -> None:
    with pytest.raises(AssertionError, match="no institution"):
        frame_of(views, Over.EVENTS, scope=Scope(region="420100"))


def test_an_item_names_all_its_events(history: History, views: Engine) -> None:
    settlement = frame_of(views, Over.SETTLEMENTS).items[0]
    positions = positions_of(views, settlement)
    events = dict(history.store.events())
    assert {events[at].fact.TOPIC for at in positions} == {
        "claim.settled",
        "account.debited",
        "claim.cancelled",
        "account.restored",
    }
    line = frame_of(views, Over.LINES).items[0]
    assert positions_of(views, line) == (line.position,)


@pytest.mark.parametrize(
    ("scope", "written"),
    [
        (Scope(), ""),
        (Scope(person="P1", at_least_fen=100), "person=P1 at_least_fen=100"),
        (
            Scope(first=START, last=START, institution="H1", region="420100", place="pharmacy"),
            f"first={START} last={START} institution=H1 region=420100 place=pharmacy",
        ),
    ],
)
def test_a_scope_is_written_on_a_line_and_read_again(scope: Scope, written: str) -> None:
    assert scope.written == written
    assert Scope.read(written) == scope


@pytest.mark.parametrize("written", ["person", "colour=red", "first=soon", "at_least_fen=x"])
def test_a_line_of_something_else_is_no_scope(written: str) -> None:
    with pytest.raises(ValueError, match=r"person|red|soon|x"):
        Scope.read(written)


def test_a_frame_knows_its_scope(views: Engine) -> None:
    scope = Scope(person="mother")
    assert frame_of(views, Over.LINES, scope=scope).scope == scope
