"""Answers kept for repetitions, compared with their events."""

from __future__ import annotations

from datetime import timedelta

from domain.codes import Category
from domain.ids import MessageId
from ledger import commands
from ledger.store import memory
from projections.answering import answer_problems
from tests.builders import line, request
from tests.ledger.tampering import commit, leaf_of
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
    forged = memory()
    for entry in till.store.recorder.entries(0, limit=99):
        leaf = leaf_of(entry)
        if leaf.head["meta"]["cause"] == "paid":
            assert leaf.answer["answer"]["own_account_fen"] == 300
            leaf.answer["answer"]["own_account_fen"] = 299
        commit(forged.recorder, leaf)
    kept = forged.recorder.answer(MessageId("paid"))
    assert kept is not None
    assert b"299" in kept.answer
    (problem,) = answer_problems(forged)
    assert "own_account_fen 299 ≠ 300" in problem.says.en


def test_a_command_that_did_nothing_says_nothing_that_could_be_compared() -> None:
    till = Till()
    till.person("ben", 1_000)
    settled = commands.Settle(request=request("c1", "ben", own_fen=300))
    till.done(settled)
    leaf = leaf_of(till.store.recorder.entry(1))
    leaf.head["meta"]["cause"] = "other"
    leaf.lines = []
    commit(till.store.recorder, leaf)
    assert list(answer_problems(till.store)) == []
