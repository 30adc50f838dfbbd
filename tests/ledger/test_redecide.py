"""Deciding recorded settlements again gives what was recorded, whatever happened since."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from domain.ids import ClaimId, PersonId, PoolId
from domain.rules import RuleBook
from ledger import commands
from ledger.redecide import RulesMissing, decisions, redecide
from tests.builders import request, rules
from tests.ledger.till import Till

ANNE, BEN = PersonId("anne"), PersonId("ben")
C1 = ClaimId("c1")


@pytest.fixture
def till() -> Till:
    """Give a till where Anne pays for Ben."""
    till = Till(rules({"pool.per_use_cap": 300}))
    till.person(ANNE, 1_000)
    till.person(BEN, 100)
    till.bind(ANNE, BEN)
    return till


def assert_same(till: Till, *, book: RuleBook | None = None) -> int:
    """Decide everything about the claim again, and give the number of decisions."""
    found = list(decisions(till.store, C1))
    for decision in found:
        assert redecide(till.store, decision, book=book or till.book) == decision.allocation
    return len(found)


def test_a_settlement_is_decided_again_from_what_was_known_then(till: Till) -> None:
    till.done(commands.Settle(request=request("c1", BEN, own_fen=500)))
    till.done(commands.Credit(person=ANNE, amount_fen=5_000))
    till.done(commands.Unbind(pool=PoolId("family"), grantor=ANNE, beneficiary=BEN))
    assert assert_same(till) == 1


def test_every_attempt_is_decided_again(till: Till) -> None:
    asked = request("c1", BEN, own_fen=500)
    till.done(commands.AuthorizeClaim(request=asked, expires_at=till.now + timedelta(minutes=5)))
    till.now += timedelta(minutes=5)
    till.done(commands.Settle(request=asked))
    attempts = [(decision.attempt, decision.version) for decision in decisions(till.store, C1)]
    assert attempts == [(1, 1), (2, 3)]
    assert assert_same(till) == 2


def test_a_decision_without_an_own_account_or_relatives_is_decided_again() -> None:
    till = Till()
    till.person(BEN)
    till.done(commands.Settle(request=request("c1", BEN, own_fen=500)))
    assert assert_same(till) == 1


def test_the_recorded_rule_set_decides_after_the_rules_have_changed(till: Till) -> None:
    till.done(commands.Settle(request=request("c1", BEN, own_fen=500)))
    old = rules({"pool.per_use_cap": 300})
    new = rules({"pool.per_use_cap": 1}).model_copy(update={"since": date(2026, 2, 1)})
    assert assert_same(till, book=RuleBook((old, new))) == 1


def test_a_missing_rule_set_is_named(till: Till) -> None:
    till.done(commands.Settle(request=request("c1", BEN, own_fen=500)))
    (decision,) = decisions(till.store, C1)
    for book in (RuleBook(()), RuleBook((rules(),))):
        with pytest.raises(RulesMissing) as missing:
            redecide(till.store, decision, book=book)
        assert missing.value.rule_set == decision.allocation.rule_set


def test_nothing_is_decided_about_an_unknown_claim(till: Till) -> None:
    assert list(decisions(till.store, ClaimId("none"))) == []
