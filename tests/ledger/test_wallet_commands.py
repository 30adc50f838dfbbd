"""Commands by which money passes to relatives, through the front door."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.codes import Funding, Insurance, Origin, Relation, WalletModel
from domain.ids import ClaimId, PersonId, PoolId, TransferId, settlement_id
from domain.refusals import Code
from domain.rules import SegmentOrder
from domain.wallet import Wallet
from ledger import commands
from ledger.redecide import decisions, redecide
from projections.answering import answer_problems
from tests.builders import DAY, HERE, NEXT_NOON, SAME_PROVINCE, request, rules
from tests.ledger.till import Till

SON, MOTHER, AUNT = map(PersonId, ("son", "mother", "aunt"))
FIRST = TransferId("T-son-1")


@pytest.fixture
def till() -> Till:
    """Give a till that knows a son with money and his mother without an account."""
    wallets = {"wallet.model": WalletModel.TRANSFER, "wallet.one_pending": True}
    giving = {"pool.funding": Funding.TRANSFER, "pool.segments": SegmentOrder.PRIOR_FIRST}
    till = Till(rules(wallets), rules(giving, region=SAME_PROVINCE))
    till.person(SON, 1_000)
    till.person(MOTHER, insurance=Insurance.RESIDENT)
    for person in (SON, MOTHER):
        till.done(commands.OpenWallet(person=person))
    return till


def send(fen: int, **changes: Any) -> commands.Send:  # noqa: ANN401  # any field
    fields: dict[str, Any] = {"sender": SON, "recipient": MOTHER, "relation": Relation.PARENT}
    return commands.Send(amount_fen=fen, **fields | changes)


def wallet(till: Till, person: PersonId) -> Wallet:
    owner = till.application.person(person)
    assert owner is not None
    assert owner.wallet is not None
    return owner.wallet


def test_a_transfer_in_commands(till: Till) -> None:
    answer = till.done(send(400))
    assert answer == {
        "command": "wallet.send",
        "transfer": "T-son-1",
        "person": "son",
        "recipient": "mother",
        "amount_fen": 400,
        "returns_at": (NEXT_NOON - timedelta(hours=6)).isoformat(),
    }
    assert till.topics() == ["account.given", "wallet.sent"]
    answer = till.done(commands.Accept(person=MOTHER, transfer=FIRST))
    assert (answer["person"], answer["amount_fen"]) == ("mother", 400)
    assert till.topics() == ["wallet.accepted", "wallet.received"]
    assert (till.available(SON), wallet(till, MOTHER).available_fen) == (600, 400)
    assert list(answer_problems(till.store)) == []


def test_a_transfer_that_nobody_has_to_accept_names_no_return() -> None:
    rule = {"wallet.model": WalletModel.TRANSFER, "wallet.acceptance": False}
    till = Till(rules(rule))
    for person in (SON, MOTHER):
        till.person(person, 100)
        till.done(commands.OpenWallet(person=person))
    assert "returns_at" not in till.done(send(40))
    assert wallet(till, MOTHER).available_fen == 40


def test_what_nobody_accepted_comes_back_by_a_command_of_its_own(till: Till) -> None:
    till.done(send(400))
    till.refused(commands.ReturnTransfer(transfer=FIRST), Code.TRANSFER_NOT_DUE)
    till.now = NEXT_NOON
    till.refused(commands.Accept(person=MOTHER, transfer=FIRST), Code.ACCEPTED_TOO_LATE)
    answer = till.done(commands.ReturnTransfer(transfer=FIRST))
    assert (answer["person"], answer["transfer"]) == ("son", "T-son-1")
    assert till.available(SON) == 1_000


def test_what_nobody_accepted_comes_back_before_the_next_is_sent(till: Till) -> None:
    till.done(send(400))
    till.refused(send(1), Code.TRANSFER_PENDING)
    till.now = NEXT_NOON
    till.done(send(1_000))
    assert till.topics() == [
        "wallet.returned",
        "account.transfer_returned",
        "account.given",
        "wallet.sent",
    ]


def test_what_nobody_accepted_comes_back_before_a_claim_is_paid(till: Till) -> None:
    till.done(send(1_000))
    till.now = NEXT_NOON
    asked = request("c", "son", own_fen=300, day=DAY)
    quoted = till.application.quote(asked, at=till.now)
    assert quoted.accounts_fen == 300  # type: ignore[union-attr]  # not refused
    till.done(commands.Settle(request=asked))
    assert till.available(SON) == 700
    for decision in decisions(till.store, ClaimId("c")):
        assert redecide(till.store, decision, book=till.book) == decision.allocation


def test_what_nobody_accepted_comes_back_before_an_account_is_closed_or_debited(
    till: Till,
) -> None:
    till.done(send(1_000))
    till.now = NEXT_NOON
    till.done(commands.TakeBack(person=SON, amount_fen=1_000))
    assert till.available(SON) == 0


def test_unknown_people_and_transfers_are_refused(till: Till) -> None:
    till.refused(send(1, recipient=AUNT), Code.UNKNOWN_PERSON)
    till.refused(send(1, sender=AUNT), Code.UNKNOWN_PERSON)
    till.refused(commands.OpenWallet(person=AUNT), Code.UNKNOWN_PERSON)
    for transfer in ("T-aunt-1", "T-son-1", "x", f"T-son-{'9' * 5_000}"):
        unknown = TransferId(transfer)
        till.refused(commands.Accept(person=MOTHER, transfer=unknown), Code.UNKNOWN_TRANSFER)
        till.refused(commands.ReturnTransfer(transfer=unknown), Code.UNKNOWN_TRANSFER)
    till.refused(send(1, recipient=SON), Code.SELF_TRANSFER)


def test_the_wallet_pays_and_the_answer_says_so(till: Till) -> None:
    till.done(send(400))
    till.done(commands.Accept(person=MOTHER, transfer=FIRST))
    answer = till.done(commands.Settle(request=request("c", "mother", own_fen=500)))
    paid = {name: answer[name] for name in ("own_account_fen", "wallet_fen", "cash_fen")}
    assert paid == {"own_account_fen": 0, "wallet_fen": 400, "cash_fen": 100}
    assert answer["mutual_aid_fen"] == 0
    till.done(commands.Cancel(settlement=settlement_id(ClaimId("c"), 1)))
    assert wallet(till, MOTHER).available_fen == 400
    assert list(answer_problems(till.store)) == []


def test_a_recorded_payment_of_a_wallet_is_decided_again(till: Till) -> None:
    till.done(send(400))
    till.done(commands.Accept(person=MOTHER, transfer=FIRST))
    till.done(commands.Settle(request=request("c", "mother", own_fen=500)))
    (decision,) = decisions(till.store, ClaimId("c"))
    assert [trial.purse for trial in decision.allocation.trials] == ["", "wallet"]
    assert redecide(till.store, decision, book=till.book) == decision.allocation


def test_a_hold_of_a_wallet_expires_before_its_money_is_sent_on(till: Till) -> None:
    till.done(send(400))
    till.done(commands.Accept(person=MOTHER, transfer=FIRST))
    until = till.now + timedelta(minutes=30)
    asked = request("c", "mother", own_fen=400)
    till.done(commands.AuthorizeClaim(request=asked, expires_at=until))
    onward = send(400, sender=MOTHER, recipient=SON, relation=Relation.CHILD, origin=Origin.WALLET)
    till.refused(onward, Code.TRANSFER_TOO_LARGE)
    till.now = until
    till.done(onward)
    assert till.topics() == ["claim.expired", "wallet.released", "wallet.sent"]


def test_money_arrives_on_top_of_what_the_senders_run_out_hold_gives_back() -> None:
    rule = {"wallet.model": WalletModel.TRANSFER, "wallet.acceptance": False}
    till = Till(rules(rule))
    for person, fen in ((SON, 1_000), (MOTHER, 0)):
        till.person(person, fen)
        till.done(commands.OpenWallet(person=person))
    till.bind(SON, MOTHER)
    till.done(send(100))
    until = till.now + timedelta(minutes=30)
    asked = request("c", "mother", own_fen=300)
    till.done(commands.AuthorizeClaim(request=asked, expires_at=until))
    till.now = until
    till.done(send(50))  # the hold of the son's account is one of the mother's wallet, too
    assert till.topics()[:3] == ["claim.expired", "account.released", "wallet.released"]
    assert (till.available(SON), wallet(till, MOTHER).available_fen) == (850, 150)


def test_a_gift_in_commands(till: Till) -> None:
    giver, taker, pool = PersonId("giver"), PersonId("taker"), PoolId("family")
    for person in (giver, taker):
        till.person(person, 100, region=SAME_PROVINCE)
    till.bind(giver, taker)
    pair: dict[str, Any] = {"pool": pool, "grantor": giver, "beneficiary": taker}
    answer = till.done(commands.Give(**pair, amount_fen=80))
    assert answer == {"command": "family.give", "pool": "family", "amount_fen": 80}
    assert till.topics() == ["account.given", "account.received"]
    assert (till.available(giver), till.account(taker).available.prior_fen) == (20, 80)
    till.refused(commands.Give(**pair | {"pool": PoolId("x")}, amount_fen=1), Code.UNKNOWN_POOL)
    till.refused(commands.Give(**pair | {"grantor": AUNT}, amount_fen=1), Code.UNKNOWN_PERSON)
    neither = pair | {"pool": PoolId("x"), "beneficiary": AUNT}
    till.refused(commands.Give(**neither, amount_fen=1), Code.UNKNOWN_PERSON)
    nobody = pair | {"pool": PoolId("x"), "grantor": AUNT}
    till.refused(commands.Give(**nobody, amount_fen=1), Code.UNKNOWN_PERSON)
    assert list(answer_problems(till.store)) == []
    assert HERE != SAME_PROVINCE
