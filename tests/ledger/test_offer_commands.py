"""Two taps through the front door: what the till is answered, and what can be undone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.claim import ClaimRequest, Status
from domain.codes import RefundAfterEnd, Relation, Side, Till
from domain.ids import ClaimId, MessageId, PersonId, PoolId, SettlementId
from domain.refusals import Code
from ledger import commands
from ledger.redecide import decisions, redecide
from ledger.writer import Receipt
from tests.builders import request, rules
from tests.ledger.till import Till as Desk

ANNE, BEN = PersonId("anne"), PersonId("ben")
C1, S1 = ClaimId("c1"), SettlementId("S-c1-1")
MINUTES = timedelta(minutes=1)


@pytest.fixture
def desk() -> Desk:
    """Give a till of two taps where Anne pays for Ben; each has 1,000 fen."""
    return family(Desk(rules({"claim.till": Till.TWO_TAPS})))


def family(desk: Desk) -> Desk:
    desk.person(ANNE, 1_000)
    desk.person(BEN, 1_000)
    desk.bind(ANNE, BEN)
    return desk


def asked(own_fen: int = 1_500) -> ClaimRequest:
    return request("c1", BEN, own_fen=own_fen)


def settle(own_fen: int = 1_500) -> commands.Settle:
    return commands.Settle(request=asked(own_fen))


def status(desk: Desk) -> Status:
    known = desk.application.claim(C1)
    assert known is not None
    return known.status


def test_an_offer_answers_that_nothing_was_paid_and_until_when(desk: Desk) -> None:
    answer = desk.done(settle())
    assert answer == {
        "command": "claim.settle",
        "claim": "c1",
        "attempt": 1,
        "status": "offered",
        "settlement": None,
        "patient": "ben",
        "fund_fen": 0,
        "own_account_fen": 0,
        "mutual_aid_fen": 0,
        "cash_fen": 0,
        "held_fen": 0,
        "left_fen": {},
        "expires_at": (desk.now + 5 * MINUTES).isoformat(),
    }
    assert desk.topics() == ["claim.offered"]
    assert (desk.available(ANNE), desk.available(BEN)) == (1_000, 1_000)


def test_the_second_tap_pays_and_the_answer_has_no_end_any_more(desk: Desk) -> None:
    desk.done(settle())
    answer = desk.done(settle())
    assert "expires_at" not in answer
    assert (answer["status"], answer["settlement"], answer["attempt"]) == ("settled", S1, 1)
    assert (answer["own_account_fen"], answer["mutual_aid_fen"]) == (1_000, 500)


def test_the_same_message_gets_the_offer_again_and_pays_nothing(desk: Desk) -> None:
    first = desk.say(settle(), key="K1")
    again = desk.say(settle(), key="K1")
    assert isinstance(first, Receipt)
    assert isinstance(again, Receipt)
    assert (again.replayed, again.answer) == (True, first.answer)
    assert status(desk) is Status.OFFERED


def test_after_its_end_an_offer_is_made_anew(desk: Desk) -> None:
    desk.done(settle())
    desk.now += 4 * MINUTES  # and one more for the next message
    assert desk.done(settle())["status"] == "offered"
    desk.now += 4 * MINUTES - timedelta(seconds=1)
    assert desk.done(settle())["status"] == "settled"


def test_an_offer_of_unknown_outcome_is_reversed(desk: Desk) -> None:
    desk.done(settle(), key="K1")
    assert desk.done(commands.Reverse(message=MessageId("K1")))["status"] == "reversed"
    assert desk.topics() == ["claim.reversed"]
    desk.refused(commands.Reverse(message=MessageId("K1")), Code.NOT_REVERSIBLE)
    assert desk.done(settle())["attempt"] == 2


def test_an_offer_that_was_followed_by_another_outcome_is_not_reversed(desk: Desk) -> None:
    desk.done(settle(), key="K1")
    desk.done(settle(1_600), key="K2")  # another bill: a new offer
    desk.refused(commands.Reverse(message=MessageId("K1")), Code.NOT_REVERSIBLE)
    desk.done(settle(1_600), key="K3")
    desk.refused(commands.Reverse(message=MessageId("K2")), Code.NOT_REVERSIBLE)
    assert desk.done(commands.Reverse(message=MessageId("K3")))["status"] == "reversed"
    assert (desk.available(ANNE), desk.available(BEN)) == (1_000, 1_000)


def test_a_second_tap_that_was_made_void_pays_nothing(desk: Desk) -> None:
    desk.done(settle())
    desk.done(commands.Reverse(message=MessageId("late"), patient=BEN))
    desk.refused(settle(), Code.MESSAGE_VOIDED, key="late")
    assert status(desk) is Status.OFFERED


def test_an_offer_cannot_be_cancelled(desk: Desk) -> None:
    desk.done(settle())
    desk.refused(commands.Cancel(settlement=S1), Code.NOT_SETTLED)


def test_offers_are_decided_again_like_settlements(desk: Desk) -> None:
    desk.done(settle())
    desk.done(settle(1_600))
    desk.done(settle(1_600))
    desk.done(commands.Cancel(settlement=S1))
    desk.done(settle())
    found = list(decisions(desk.store, C1))
    assert [(it.attempt, it.offered) for it in found] == [
        (1, True),
        (1, True),
        (1, False),
        (2, True),
    ]
    for decision in found:
        assert redecide(desk.store, decision, book=desk.book) == decision.allocation


# ------------------------------------------------------------- refunds, sides and switches


CASH = {"claim.refund_after_end": RefundAfterEnd.CASH}


def test_after_the_end_of_a_relation_the_patient_gets_the_grantors_part_in_cash() -> None:
    desk = family(Desk(rules(CASH)))
    desk.done(settle())
    desk.done(commands.Unbind(pool=PoolId("family"), grantor=ANNE, beneficiary=BEN))
    answer = desk.done(commands.Cancel(settlement=S1))
    assert answer["refund_cash_fen"] == 500
    assert answer["left_fen"] == {"ben": 1_000, "anne": 500}
    assert desk.topics()[-1] == "account.restored"  # the own account comes last
    assert "account.passed_on" in desk.topics()


@pytest.mark.parametrize("pool", ["family", "other"])
def test_whoever_is_bound_again_gets_the_money_back(pool: str) -> None:
    desk = family(Desk(rules(CASH)))
    desk.done(settle())
    desk.done(commands.Unbind(pool=PoolId("family"), grantor=ANNE, beneficiary=BEN))
    desk.bind(ANNE, BEN, pool=pool, authorization=None)
    answer = desk.done(commands.Cancel(settlement=S1))
    assert "refund_cash_fen" not in answer
    assert desk.available(ANNE) == 1_000


def test_a_relation_to_somebody_else_does_not_count() -> None:
    desk = family(Desk(rules(CASH)))
    desk.person("carl")
    desk.done(settle())
    desk.done(commands.Unbind(pool=PoolId("family"), grantor=ANNE, beneficiary=BEN))
    desk.bind(ANNE, "carl")
    desk.bind(BEN, "carl", relation=Relation.SPOUSE)
    assert desk.done(commands.Cancel(settlement=S1))["refund_cash_fen"] == 500


def test_who_asks_for_the_end_of_a_relation_is_recorded() -> None:
    desk = family(Desk(rules({"pool.unbind_by": Side.GRANTOR})))
    pair = {"pool": PoolId("family"), "grantor": ANNE, "beneficiary": BEN}
    desk.refused(commands.Unbind(**pair, asked_by=BEN), Code.NOT_ENTITLED_TO_UNBIND)  # type: ignore[arg-type]  # the fields of a relation
    desk.done(commands.Unbind(**pair, asked_by=ANNE))  # type: ignore[arg-type]  # as above
    assert desk.topics()[0] == "pool.relation_ended"


def test_an_owner_switches_use_outside_the_home_area(desk: Desk) -> None:
    answer = desk.done(commands.SwitchOutOfArea(person=BEN, to=True))
    assert answer == {"command": "account.out_of_area", "person": "ben"}
    assert desk.topics() == ["account.out_of_area_switched"]
    assert desk.account(BEN).out_of_area
    desk.refused(commands.SwitchOutOfArea(person=BEN, to=True), Code.SWITCH_UNCHANGED)
