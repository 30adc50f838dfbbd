"""Answers kept for repetitions, compared with their events."""

from __future__ import annotations

from datetime import timedelta

from domain.codes import Category
from domain.ids import MessageId
from ledger import commands
from projections.answering import answer_problems
from tests.builders import line, request
from tests.ledger.till import Till


def test_an_answer_speaks_of_its_own_decision_and_not_of_the_hold_that_ran_out_before() -> None:
    till = Till()
    till.person("ben", 1_000)
    held = commands.AuthorizeClaim(
        request=request("c1", "ben", own_fen=300), expires_at=till.now + timedelta(minutes=2)
    )
    till.done(held)
    till.now += timedelta(hours=1)
    barred = request("c1", "ben", lines=[line(1, 300, category=Category.DRUG)], use_accounts=False)
    answer = till.done(commands.Settle(request=barred))
    assert answer["left_fen"] == {}, "the account is not part of the second decision"
    assert "account.released" in till.topics()
    assert list(answer_problems(till.store)) == []


def test_an_answer_that_was_edited_is_found() -> None:
    till = Till()
    till.person("ben", 1_000)
    till.done(commands.Settle(request=request("c1", "ben", own_fen=300)), key="paid")
    kept = till.store.recorder.answer(MessageId("paid"))
    assert kept is not None
    edited = kept._replace(answer=kept.answer.replace(b"300", b"299"))
    till.store.recorder.answer = lambda key: edited if key == "paid" else None  # type: ignore[method-assign]  # a planted edit
    (problem,) = answer_problems(till.store)
    assert "299" in problem.says.en
