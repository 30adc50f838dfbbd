"""The wallet's own state: what its facts do, and what no altered history can make it do."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from domain.amounts import Amounts
from domain.codes import Origin, Relation
from domain.facts import Fact
from domain.ids import ClaimId, PersonId, SettlementId, TransferId, sender_of, transfer_id
from domain.person import PersonRetired
from domain.wallet import (
    Wallet,
    WalletAccepted,
    WalletCaptured,
    WalletDebited,
    WalletHeld,
    WalletOpened,
    WalletReceived,
    WalletReleased,
    WalletRestored,
    WalletReturned,
    WalletSent,
    evolve_wallet,
)
from tests.builders import DAY, NEXT_NOON, NOON, days

OWNER, OTHER = PersonId("owner"), PersonId("other")
FIRST = transfer_id(OWNER, 1)
CLAIM, SETTLEMENT = ClaimId("c"), SettlementId("S-c-1")


def after(*facts: Fact) -> Wallet:
    """Open a wallet, let 100 fen come in, and apply the facts."""
    wallet = evolve_wallet(None, WalletOpened(effective_on=DAY))
    for fact in (received(100, 100), *facts):
        wallet = evolve_wallet(wallet, fact)
    return wallet


def received(fen: int, left_fen: int) -> WalletReceived:
    return WalletReceived(DAY, TransferId("T-other-1"), OTHER, fen, left_fen)


def sent(fen: int, left_fen: int, **changes: Any) -> WalletSent:  # noqa: ANN401  # any field
    fields: dict[str, Any] = {
        "effective_on": DAY,
        "transfer": FIRST,
        "recipient": OTHER,
        "relation": Relation.CHILD,
        "origin": Origin.WALLET,
        "amount_fen": fen,
        "returns_at": NEXT_NOON,
        "left_fen": left_fen,
    }
    return WalletSent(**fields | changes)


def of_account(fen: int, left_fen: int) -> WalletSent:
    taken = Amounts(fen, 0)
    return sent(fen, left_fen, origin=Origin.ACCOUNT, taken=taken, account_year=2026)


def parts(wallet: Wallet) -> tuple[int, int, int]:
    return wallet.available_fen, wallet.held_fen, wallet.pending_fen


def test_money_sent_on_waits_and_is_still_the_senders() -> None:
    wallet = after(sent(30, 70))
    assert parts(wallet) == (70, 0, 30)
    assert (wallet.came_in_fen, wallet.went_out_fen) == (100, 0)
    assert wallet.sent_on(DAY) == (1, 30)
    assert wallet.sent_on(DAY + days(1)) == (0, 0)


def test_money_sent_from_the_account_never_is_available_in_the_wallet() -> None:
    wallet = after(of_account(30, 100))
    assert parts(wallet) == (100, 0, 30)
    assert (wallet.came_in_fen, wallet.went_out_fen) == (130, 0)


def test_transfers_of_a_day_are_counted_anew_on_the_next() -> None:
    second = {"transfer": transfer_id(OWNER, 2)}
    same_day = after(sent(30, 70), sent(5, 65, **second))
    assert same_day.sent_on(DAY) == (2, 35)
    tomorrow = DAY + days(1)
    next_day = after(sent(30, 70), sent(5, 65, effective_on=tomorrow, **second))
    assert (next_day.sent_on(DAY), next_day.sent_on(tomorrow)) == ((0, 0), (1, 5))
    assert next_day.sent == 2


def test_what_was_accepted_is_gone_for_good() -> None:
    wallet = after(sent(30, 70), WalletAccepted(DAY, FIRST, OTHER, 30, 70))
    assert parts(wallet) == (70, 0, 0)
    assert (wallet.went_out_fen, wallet.returned) == (30, frozenset())


@pytest.mark.parametrize(
    ("sending", "returned", "left"),
    [
        (sent(30, 70), WalletReturned(DAY, FIRST, Origin.WALLET, 30, 100), (100, 0, 0)),
        (of_account(30, 100), WalletReturned(DAY, FIRST, Origin.ACCOUNT, 30, 100), (100, 0, 0)),
    ],
)
def test_what_nobody_accepted_goes_back_to_where_it_came_from(
    sending: Fact, returned: Fact, left: tuple[int, int, int]
) -> None:
    wallet = after(sending, returned)
    assert parts(wallet) == left
    assert wallet.came_in_fen - wallet.went_out_fen == 100
    assert wallet.returned == {FIRST}


def test_a_wallet_pays_holds_and_gets_back() -> None:
    paid = WalletDebited(DAY, CLAIM, SETTLEMENT, 40, 60)
    assert parts(after(paid)) == (60, 0, 0)
    assert parts(after(paid, WalletRestored(DAY, CLAIM, SETTLEMENT, 10, 70))) == (70, 0, 0)
    held = WalletHeld(DAY, CLAIM, 40, NEXT_NOON, 60)
    assert parts(after(held)) == (60, 40, 0)
    assert parts(after(held, WalletReleased(DAY, CLAIM, 40, 100))) == (100, 0, 0)
    captured = after(held, WalletCaptured(DAY, CLAIM, SETTLEMENT, 25, 15, 75))
    assert (parts(captured), captured.went_out_fen) == ((75, 0, 0), 25)


@pytest.mark.parametrize(
    "facts",
    [
        [sent(101, -1)],
        [sent(-1, 101)],
        [sent(30, 71)],
        [sent(30, 70, taken=Amounts(30, 0))],
        [replace(of_account(30, 100), taken=Amounts(29, 0))],
        [sent(30, 70), sent(30, 40)],
        [sent(30, 70), WalletAccepted(DAY, FIRST, OTHER, 29, 71)],
        [sent(30, 70), WalletAccepted(DAY, FIRST, OWNER, 30, 70)],
        [sent(30, 70), WalletReturned(DAY, FIRST, Origin.ACCOUNT, 30, 70)],
        [WalletHeld(DAY, CLAIM, 40, NEXT_NOON, 60), WalletHeld(DAY, CLAIM, 1, NEXT_NOON, 59)],
        [WalletHeld(DAY, CLAIM, 40, NEXT_NOON, 60), WalletReleased(DAY, CLAIM, 39, 99)],
        [WalletRestored(DAY, CLAIM, SETTLEMENT, 1, 101)],
        [WalletOpened(DAY)],
        [PersonRetired(DAY)],
    ],
)
def test_an_altered_history_stops_at_once(facts: list[Fact]) -> None:
    with pytest.raises(AssertionError):
        after(*facts)


def test_a_wallet_begins_with_its_opening() -> None:
    with pytest.raises(AssertionError):
        evolve_wallet(None, received(1, 1))


def test_a_wallet_knows_the_transfers_of_its_owner_by_their_ids() -> None:
    wallet = after(sent(30, 70))
    assert wallet.knows(FIRST, sender=OWNER)
    for other in ("T-owner-2", "T-owner-0", "T-owner-01", "T-owner-x", "T-other-1", "x"):
        assert not wallet.knows(TransferId(other), sender=OWNER)
    assert sender_of(transfer_id(PersonId("a-b"), 12)) == "a-b"


def test_only_what_is_due_comes_back() -> None:
    wallet = after(sent(30, 70))
    assert [each.transfer for each in wallet.due(NEXT_NOON)] == [FIRST]
    assert list(wallet.due(NOON)) == []
