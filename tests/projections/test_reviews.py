"""Findings under review in lists, and in the trails of those whom they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from cli.view_words import view_words
from domain.codes import Handling, Opinion, ReviewStep
from domain.facts import Kind, Stream
from domain.ids import FindingId, PersonId
from domain.person import person_stream
from domain.text import Text
from projections.audit_trail import trail
from projections.checks import check
from projections.reviews import review_steps, reviews
from projections.runner import run
from projections.sentences import sentence
from projections.tables import REVIEW_STEPS, REVIEWS
from projections.views.making import make
from tests.projections.histories import History
from tests.projections.history_of_everything import history_of_everything

if TYPE_CHECKING:
    from sqlalchemy import Engine, Table


@pytest.fixture(scope="module")
def everything() -> History:
    return history_of_everything()


@pytest.fixture
def views(everything: History, engine: Engine) -> Engine:
    run(everything.store, engine, page=7)
    return engine


def test_a_review_stands_where_its_last_step_took_it(views: Engine) -> None:
    (row,) = reviews(views)
    assert (row["rule"], row["level"], row["subject"]) == ("MA-12", "suspicious", "person/niece")
    assert (row["step"], row["handling"]) == (ReviewStep.DECISION, Handling.PARTLY_UPHELD)
    assert (row["amount_fen"], row["recover_fen"]) == (40_00, 12_00)
    assert row["positions"].startswith("1 2 3 4 5 6 ")
    assert row["object_by"] is not None


def test_every_step_is_listed_with_its_person_day_and_event(
    everything: History, views: Engine
) -> None:
    (row,) = reviews(views)
    steps = review_steps(views, FindingId(row["finding"]))
    assert [step["step"] for step in steps] == list(ReviewStep)
    assert [step["by"] for step in steps] == ["wang", "wang", "li", "hospital", "li", "li"]
    assert [step["opinion"] for step in steps] == [
        None,
        Opinion.STANDS,
        Opinion.STANDS,
        None,
        Opinion.STANDS,
        None,
    ]
    assert (steps[3]["taken_on"] - steps[2]["taken_on"]).days == 3
    assert steps[-1]["position"] == row["position"] == everything.store.recorder.last_position


def test_reviews_are_found_by_rule_subject_and_step(views: Engine) -> None:
    assert len(reviews(views, rule="MA-12", subject="person/niece")) == 1
    assert len(reviews(views, step=ReviewStep.DECISION)) == 1
    assert reviews(views, step=ReviewStep.RAISED) == []
    assert reviews(views, rule="MA-13") == []
    assert reviews(views, subject="person/uncle") == []


def test_the_steps_stand_in_the_trails_of_the_finding_and_of_whom_it_is_about(
    everything: History, views: Engine
) -> None:
    (row,) = reviews(views)
    own = trail(everything.store, views, subject=Stream(Kind.FINDING, row["finding"]))
    assert len(own) == len(ReviewStep)
    assert own[0].note == "from the monthly run"
    theirs = trail(everything.store, views, subject=person_stream(PersonId("niece")))
    assert set(own) <= set(theirs)


def test_a_review_is_told_in_sentences(everything: History) -> None:
    said = [
        sentence(event.fact, event.stream.key)
        for _, event in everything.store.events()
        if event.stream.kind is Kind.FINDING
    ]
    raised, _, second, objected, _, decided = said
    assert "等 7 条" in raised.zh
    assert "1, 2, 3, 4, 5 and 2 more" in raised.en
    assert "used as soon as it was bound" in raised.en
    assert "40.00 yuan" in raised.en
    assert "objections until 20" in second.en
    assert objected == Text(
        objected.zh, f"hospital objected to {raised.en.split()[1]} (person/niece)"
    )
    assert "部分认定，应追回 12.00 元" in decided.zh


@pytest.mark.parametrize(
    ("table", "column"), [(REVIEWS, "recover_fen"), (REVIEW_STEPS, "by"), (REVIEWS, "step")]
)
def test_an_edited_review_is_found_by_the_replay(
    everything: History, views: Engine, table: Table, column: str
) -> None:
    with views.begin() as connection:
        connection.execute(update(table).values({column: 1 if column == "recover_fen" else "x"}))
    found = check(everything.store, views, names=["replay"])
    assert found
    assert {each.check for each in found} == {"replay"}


def test_the_sql_views_say_reviews_in_chinese(everything: History, views: Engine) -> None:
    make(everything.store, views, words=view_words())
    with views.connect() as connection:
        (row,) = connection.exec_driver_sql("SELECT * FROM v_疑点审核").mappings()
        steps = connection.exec_driver_sql("SELECT * FROM v_审核环节 ORDER BY 序").mappings().all()
    assert (row["等级"], row["环节"], row["处理结果"]) == ("可疑", "处理", "部分认定")
    assert (row["应追回_元"], row["应追回_分"]) == ("12.00", 12_00)
    assert [step["环节"] for step in steps] == ["提出", "初审", "复审", "申诉", "核实", "处理"]
    assert [step["意见"] for step in steps][:3] == [None, "疑点成立", "疑点成立"]
