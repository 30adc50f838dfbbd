"""Commands about claims, through the front door: settle, hold, cancel, reverse."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.claim import ClaimRequest, Status
from domain.codes import Coverage, Payee
from domain.ids import ClaimId, MessageId, PersonId, RegionCode, SettlementId
from domain.reasons import Reason
from domain.refusals import Code
from ledger import commands
from ledger.redecide import decisions, redecide
from tests.builders import request, rules
from tests.ledger.till import Till

ANNE, BEN, CHEN, NOBODY = map(PersonId, ("anne", "ben", "chen", "nobody"))
C1 = ClaimId("c1")
S1 = SettlementId("S-c1-1")


@pytest.fixture
def till() -> Till:
    """Give a till where Anne pays for Ben; each has 1,000 fen."""
    till = Till()
    till.person(ANNE, 1_000)
    till.person(BEN, 1_000)
    till.bind(ANNE, BEN)
    return till


def asked(own_fen: int = 1_500, *, claim: str = "c1") -> ClaimRequest:
    """Give a claim of Ben's."""
    return request(claim, BEN, own_fen=own_fen)


def settle(till: Till, own_fen: int = 1_500, *, claim: str = "c1", key: str = "") -> None:
    """Settle a claim of Ben's."""
    till.done(commands.Settle(request=asked(own_fen, claim=claim)), key=key)


def hold(
    till: Till, own_fen: int = 1_500, *, claim: str = "c1", minutes: int = 5, key: str = ""
) -> None:
    """Hold what a claim of Ben's would be paid, for some minutes."""
    until = till.now + timedelta(minutes=minutes)
    command = commands.AuthorizeClaim(request=asked(own_fen, claim=claim), expires_at=until)
    till.done(command, key=key)


def status(till: Till, claim: ClaimId = C1) -> Status:
    """Give where a claim stands."""
    known = till.application.claim(claim)
    assert known is not None
    return known.status


def test_a_settlement_answers_who_pays_and_what_is_left(till: Till) -> None:
    answer = till.done(commands.Settle(request=asked(2_300)))
    assert answer == {
        "command": "claim.settle",
        "claim": "c1",
        "attempt": 1,
        "status": "settled",
        "settlement": S1,
        "patient": "ben",
        "fund_fen": 0,
        "own_account_fen": 1_000,
        "mutual_aid_fen": 1_000,
        "cash_fen": 300,
        "held_fen": 0,
        "left_fen": {"ben": 0, "anne": 0},
    }


def test_a_hold_is_captured_released_and_expired(till: Till) -> None:
    hold(till, 1_200, minutes=60)
    answer = till.done(commands.Capture(claim=C1, own_fen={1: 1_100}))
    assert (answer["own_account_fen"], answer["mutual_aid_fen"]) == (1_000, 100)
    till.refused(commands.Release(claim=C1), Code.NOT_HELD)
    till.done(commands.Cancel(settlement=S1))
    hold(till, 1_200, claim="c2", minutes=60)
    answer = till.done(commands.Release(claim=ClaimId("c2")))
    assert (answer["status"], answer["held_fen"]) == ("released", 0)
    hold(till, 1_200, claim="c3", minutes=3)
    till.refused(commands.Expire(claim=ClaimId("c3")), Code.HOLD_NOT_DUE)
    till.now += timedelta(minutes=2)
    till.refused(commands.Capture(claim=ClaimId("c3")), Code.HOLD_EXPIRED)
    till.done(commands.Expire(claim=ClaimId("c3")))
    assert till.available(ANNE) == till.available(BEN) == 1_000


def test_a_hold_answers_what_is_held(till: Till) -> None:
    until = till.now + timedelta(hours=1)
    answer = till.done(commands.AuthorizeClaim(request=asked(1_500), expires_at=until))
    assert (answer["held_fen"], answer["settlement"]) == (1_500, None)


def test_a_settlement_first_lets_due_holds_expire_on_every_account_it_reads(till: Till) -> None:
    hold(till, 1_800, minutes=5)
    till.now += timedelta(minutes=5)
    settle(till, 1_900, claim="c2")
    assert till.topics() == [
        "claim.expired",
        "account.released",
        "account.released",
        "claim.settled",
        "account.debited",
        "account.debited",
    ]
    assert status(till) is Status.EXPIRED


def test_a_hold_of_cash_alone_that_has_run_out_does_not_block_its_claim() -> None:
    till = Till()
    till.person(BEN)
    hold(till, minutes=5)
    till.refused(commands.Settle(request=asked()), Code.CLAIM_EXISTS)
    till.now += timedelta(minutes=5)
    settle(till)
    assert till.topics() == ["claim.expired", "claim.settled"]


def test_expiries_are_dropped_when_the_settlement_is_refused(till: Till) -> None:
    hold(till, minutes=5)
    settle(till, 10, claim="c2")
    till.now += timedelta(minutes=5)
    till.refused(commands.Settle(request=asked(claim="c2")), Code.CLAIM_EXISTS)
    assert status(till) is Status.HELD


@pytest.mark.parametrize(
    "command",
    [
        commands.Capture(claim=C1),
        commands.Release(claim=C1),
        commands.Expire(claim=C1),
        commands.Cancel(settlement=S1),
        commands.Cancel(settlement=SettlementId("anything")),
    ],
    ids=repr,
)
def test_nothing_is_done_to_an_unknown_claim(till: Till, command: commands.Command) -> None:
    till.refused(command, Code.UNKNOWN_CLAIM)


def test_nobody_settles_or_holds_for_a_stranger(till: Till) -> None:
    strange = request("c1", NOBODY, own_fen=1)
    till.refused(commands.Settle(request=strange), Code.UNKNOWN_PERSON)
    held = commands.AuthorizeClaim(request=strange, expires_at=till.now + timedelta(days=1))
    till.refused(held, Code.UNKNOWN_PERSON)


def test_a_settlement_is_cancelled_by_its_own_id_and_no_other(till: Till) -> None:
    settle(till)
    till.refused(commands.Cancel(settlement=SettlementId("S-c1-2")), Code.UNKNOWN_CLAIM)
    answer = till.done(commands.Cancel(settlement=S1))
    assert (answer["status"], answer["left_fen"]) == ("cancelled", {"ben": 1_000, "anne": 1_000})
    till.refused(commands.Cancel(settlement=S1), Code.ALREADY_CANCELLED)
    settle(till)
    till.refused(commands.Cancel(settlement=S1), Code.UNKNOWN_CLAIM)
    till.done(commands.Cancel(settlement=SettlementId("S-c1-2")))


def test_a_hold_is_not_cancelled(till: Till) -> None:
    hold(till)
    till.refused(commands.Cancel(settlement=S1), Code.NOT_SETTLED)


def test_parts_are_cancelled_until_nothing_is_left(till: Till) -> None:
    till.done(commands.Settle(request=asked(1_500)))
    answer = till.done(commands.Cancel(settlement=S1, own_fen={1: 600}))
    assert (answer["status"], answer["own_account_fen"]) == ("partly_cancelled", 900)
    till.refused(commands.Cancel(settlement=S1, own_fen={1: 901}), Code.CANCEL_EXCEEDS_PAID)
    till.refused(commands.Cancel(settlement=S1, fund_fen={1: 1}), Code.CANCEL_EXCEEDS_PAID)
    assert till.done(commands.Cancel(settlement=S1, own_fen={1: 900}))["status"] == "cancelled"


def test_money_comes_back_after_unbinding_and_follows_a_closed_account(till: Till) -> None:
    till.person(CHEN)
    settle(till, 1_500)
    till.done(commands.ChangeCoverage(person=ANNE, to=Coverage.DECEASED))
    till.done(commands.CloseAccount(person=ANNE, payee=Payee.HEIR_ACCOUNT, heir=CHEN))
    till.done(commands.Cancel(settlement=S1))
    assert (till.available(ANNE), till.available(CHEN), till.available(BEN)) == (0, 1_000, 1_000)


# --------------------------------------------------------------------------------------- reversing


def test_a_settlement_a_hold_and_a_capture_are_reversed_by_their_messages(till: Till) -> None:
    settle(till, claim="c1", key="k1")
    assert till.done(commands.Reverse(message=MessageId("k1")))["status"] == "reversed"
    hold(till, claim="c2", key="k2")
    till.done(commands.Reverse(message=MessageId("k2")))
    hold(till, claim="c3")
    till.done(commands.Capture(claim=ClaimId("c3")), key="k3")
    till.done(commands.Reverse(message=MessageId("k3")))
    assert till.available(ANNE) == till.available(BEN) == 1_000
    assert {status(till, ClaimId(c)) for c in ("c1", "c2", "c3")} == {Status.REVERSED}


def test_a_partly_cancelled_settlement_is_reversed(till: Till) -> None:
    settle(till, key="k1")
    till.done(commands.Cancel(settlement=S1, own_fen={1: 100}))
    till.done(commands.Reverse(message=MessageId("k1")))
    assert till.available(ANNE) == till.available(BEN) == 1_000


def test_only_what_brought_a_claim_to_where_it_stands_is_reversed(till: Till) -> None:
    hold(till, key="held")
    till.done(commands.Capture(claim=C1), key="captured")
    till.refused(commands.Reverse(message=MessageId("held")), Code.NOT_REVERSIBLE)
    till.done(commands.Cancel(settlement=S1), key="cancelled")
    for message in ("captured", "cancelled"):
        till.refused(commands.Reverse(message=MessageId(message)), Code.NOT_REVERSIBLE)
    settle(till, key="again")
    till.refused(commands.Reverse(message=MessageId("captured")), Code.NOT_REVERSIBLE)


def test_the_end_of_a_hold_and_a_reversal_are_not_reversed(till: Till) -> None:
    hold(till)
    till.done(commands.Release(claim=C1), key="released")
    hold(till, minutes=2)
    till.now += timedelta(minutes=1)
    till.done(commands.Expire(claim=C1), key="expired")
    settle(till, key="settled")
    till.done(commands.Reverse(message=MessageId("settled")), key="reversed")
    for message in ("released", "expired", "settled", "reversed"):
        till.refused(commands.Reverse(message=MessageId(message)), Code.NOT_REVERSIBLE)


def test_a_message_that_is_not_about_a_claim_is_not_reversed(till: Till) -> None:
    till.done(commands.Credit(person=ANNE, amount_fen=1), key="k1")
    refusal = till.refused(commands.Reverse(message=MessageId("k1")), Code.NOT_REVERSIBLE)
    assert refusal.facts["status"] == "account.credit"


def test_a_message_that_arrives_after_its_reversal_is_void(till: Till) -> None:
    answer = till.done(commands.Reverse(message=MessageId("late"), patient=BEN))
    assert answer == {"command": "claim.reverse", "person": "ben", "voided": "late"}
    till.refused(commands.Settle(request=asked()), Code.MESSAGE_VOIDED, key="late")
    hold(till)
    till.refused(commands.Capture(claim=C1), Code.MESSAGE_VOIDED, key="late")
    till.done(commands.Capture(claim=C1), key="fresh")
    till.refused(commands.Cancel(settlement=S1), Code.MESSAGE_VOIDED, key="late")


def test_an_unknown_message_needs_a_known_patient_and_a_form(till: Till) -> None:
    till.refused(commands.Reverse(message=MessageId("late")), Code.UNKNOWN_MESSAGE)
    stranger = commands.Reverse(message=MessageId("late"), patient=NOBODY)
    till.refused(stranger, Code.UNKNOWN_PERSON)
    for message in ("", "no form"):
        formless = commands.Reverse(message=MessageId(message), patient=BEN)
        till.refused(formless, Code.MALFORMED_KEY)


# ---------------------------------------------------------------------------------- account years


def test_money_of_a_year_that_closed_since_comes_back_as_prior_money_by_order_of_events() -> None:
    """The rollover is dated before the payment but was recorded after it: order decides."""
    till = Till(rules({"account.year_start_month": 3}))
    till.person(BEN, 100)
    owner = till.account(BEN)
    assert owner.account_year == 2025
    settle(till, 60)
    till.done(commands.RollYear(person=BEN, on=till.now.date() - timedelta(days=1)))
    till.done(commands.Cancel(settlement=S1))
    assert (till.account(BEN).available.current_fen, till.available(BEN)) == (0, 100)


def test_money_paid_on_the_day_of_a_rollover_and_after_it_comes_back_as_current_money() -> None:
    till = Till(rules({"account.year_start_month": 3}))
    till.person(BEN)
    till.done(commands.RollYear(person=BEN))
    till.done(commands.Credit(person=BEN, amount_fen=100))
    settle(till, 60)
    till.done(commands.Cancel(settlement=S1))
    assert till.account(BEN).available.current_fen == 100


def test_a_grantor_whose_area_has_no_rules_closes_that_account_only(till: Till) -> None:
    till.bind(till.person(CHEN, 1_000), BEN)
    till.done(commands.Move(person=ANNE, to=RegionCode("990000")))
    settle(till, 1_500)
    (decision,) = decisions(till.store, C1)
    assert [(t.account, t.gave_fen, t.reason) for t in decision.allocation.trials] == [
        (BEN, 1_000, Reason.GAVE_ALL_IT_HAD),
        (ANNE, 0, Reason.AREA_WITHOUT_RULES),
        (CHEN, 500, Reason.PAID_THE_REST),
    ]
    assert redecide(till.store, decision, book=till.book) == decision.allocation
