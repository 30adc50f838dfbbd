"""The wallet: money that relatives sent, kept beside the personal account.

A wallet lives in its owner's stream (`domain.person`), also where the owner has no personal
account. Its money has one segment (`Segment.WALLET`) and is available, held for a claim, or
pending: sent, and not yet accepted. Pending money is still the sender's. Every fact that moves
money says what is left, so that replaying an altered history stops at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime

import msgspec
from msgspec.structs import replace

from domain.amounts import NOTHING, Amounts
from domain.codes import Origin, Relation
from domain.facts import Fact, recorded
from domain.ids import ClaimId, PersonId, SettlementId, TransferId, transfer_id
from domain.record import Instant, Record

WALLET = "wallet"
"""The purse of a trial in which the patient's wallet was asked."""


@recorded
class WalletOpened(Fact, frozen=True, tag="wallet.opened"):
    """A wallet was opened."""


@recorded
class WalletSent(Fact, frozen=True, tag="wallet.sent", kw_only=True):
    """Money was sent and waits to be accepted; at `returns_at` it comes back.

    `taken` is what the sender's account gave (`account.given` in the same command) and
    `account_year` the year that was open then; nothing, where the wallet itself sent money on.
    """

    transfer: TransferId
    recipient: PersonId
    relation: Relation
    origin: Origin
    amount_fen: int
    taken: Amounts = NOTHING
    account_year: int | None = None
    returns_at: Instant
    left_fen: int


@recorded
class WalletAccepted(Fact, frozen=True, tag="wallet.accepted"):
    """What was sent was accepted: from now on it is the recipient's, for good."""

    transfer: TransferId
    recipient: PersonId
    amount_fen: int
    left_fen: int


@recorded
class WalletReturned(Fact, frozen=True, tag="wallet.returned"):
    """Nobody accepted what was sent in time; it went back to where it came from."""

    transfer: TransferId
    origin: Origin
    amount_fen: int
    left_fen: int


@recorded
class WalletReceived(Fact, frozen=True, tag="wallet.received"):
    """Money of a relative came in."""

    transfer: TransferId
    sender: PersonId
    amount_fen: int
    left_fen: int


@recorded
class WalletDebited(Fact, frozen=True, tag="wallet.debited"):
    """The wallet paid for a claim of its owner."""

    claim: ClaimId
    settlement: SettlementId
    taken_fen: int
    left_fen: int


@recorded
class WalletHeld(Fact, frozen=True, tag="wallet.held"):
    """Money was set aside for a claim until `expires_at`."""

    claim: ClaimId
    held_fen: int
    expires_at: Instant
    left_fen: int


@recorded
class WalletCaptured(Fact, frozen=True, tag="wallet.captured"):
    """A hold ended: `taken_fen` were paid, `returned_fen` became available again."""

    claim: ClaimId
    settlement: SettlementId
    taken_fen: int
    returned_fen: int
    left_fen: int


@recorded
class WalletReleased(Fact, frozen=True, tag="wallet.released"):
    """A hold ended without payment and all of it became available again."""

    claim: ClaimId
    returned_fen: int
    left_fen: int


@recorded
class WalletRestored(Fact, frozen=True, tag="wallet.restored"):
    """Money of a cancelled or reversed settlement came back."""

    claim: ClaimId
    settlement: SettlementId
    returned_fen: int
    left_fen: int


class Pending(Record, frozen=True):
    """Money that was sent and waits to be accepted; the fields are those of `WalletSent`."""

    transfer: TransferId
    recipient: PersonId
    origin: Origin
    amount_fen: int
    taken: Amounts
    account_year: int | None
    returns_at: Instant

    def is_due(self, now: datetime) -> bool:
        """Tell whether the instant of its return has come."""
        return self.returns_at <= now


class WalletHold(Record, frozen=True):
    """Money of a wallet set aside for one claim."""

    held_fen: int
    expires_at: Instant


class Wallet(Record, frozen=True):
    """State of a wallet.

    `sent` counts all transfers ever sent, `day_count` and `day_fen` those of `day`, the last day
    on which one was sent, returned ones included. `returned` names the transfers that came back.
    `came_in_fen` and `went_out_fen` are totals since opening: what came in and did not go out is
    available, held or pending, always.
    """

    available_fen: int = 0
    holds: Mapping[ClaimId, WalletHold] = msgspec.field(default_factory=dict)
    pending: Mapping[TransferId, Pending] = msgspec.field(default_factory=dict)
    returned: frozenset[TransferId] = frozenset()
    sent: int = 0
    day: date | None = None
    day_count: int = 0
    day_fen: int = 0
    came_in_fen: int = 0
    went_out_fen: int = 0

    @property
    def held_fen(self) -> int:
        """Give the sum of all open holds, in fen."""
        return sum(hold.held_fen for hold in self.holds.values())

    @property
    def pending_fen(self) -> int:
        """Give the sum of all that waits to be accepted, in fen."""
        return sum(each.amount_fen for each in self.pending.values())

    def sent_on(self, day: date) -> tuple[int, int]:
        """Give how many transfers were sent on a day, and how much together, in fen."""
        return (self.day_count, self.day_fen) if day == self.day else (0, 0)

    def knows(self, transfer: TransferId, *, sender: PersonId) -> bool:
        """Tell whether the owner of this wallet ever sent a transfer."""
        number = transfer.rpartition("-")[2]
        return (
            number.isdecimal()
            and len(number) <= len(str(self.sent))  # Python reads no number of any length
            and 1 <= int(number) <= self.sent
            and transfer == transfer_id(sender, int(number))
        )

    def due(self, now: datetime) -> Iterator[Pending]:
        """Give what nobody accepted in time, in order of sending."""
        return (each for each in self.pending.values() if each.is_due(now))


def evolve_wallet(wallet: Wallet | None, fact: Fact) -> Wallet:
    """Apply one wallet fact."""
    if wallet is None:
        assert isinstance(fact, WalletOpened), fact
        return Wallet()
    after = _apply(wallet, fact)
    _assert_sound(after, fact)
    return after


def _apply(wallet: Wallet, fact: Fact) -> Wallet:
    """Compute the state after a fact, one case for each fact."""
    match fact:
        case WalletSent():
            return _send(wallet, fact)
        case WalletAccepted() | WalletReturned():
            return _end_transfer(wallet, fact)
        case WalletReceived():
            return _paid_in(wallet, fact.amount_fen)
        case WalletDebited():
            return _paid_out(wallet, fact.taken_fen)
        case WalletRestored():
            after = _paid_out(wallet, -fact.returned_fen)
            assert after.went_out_fen >= 0, fact
            return after
        case WalletHeld():
            assert fact.claim not in wallet.holds, "a claim holds a wallet once"
            hold = WalletHold(fact.held_fen, fact.expires_at)
            left_fen = wallet.available_fen - fact.held_fen
            holds = {**wallet.holds, fact.claim: hold}
            return replace(wallet, available_fen=left_fen, holds=holds)
        case WalletCaptured() | WalletReleased():
            return _end_hold(wallet, fact)
        case _:
            msg = f"not a fact of an open wallet: {fact!r}"
            raise AssertionError(msg)


def _paid_in(wallet: Wallet, fen: int) -> Wallet:
    left_fen, came_in_fen = wallet.available_fen + fen, wallet.came_in_fen + fen
    return replace(wallet, available_fen=left_fen, came_in_fen=came_in_fen)


def _paid_out(wallet: Wallet, fen: int) -> Wallet:
    left_fen, went_out_fen = wallet.available_fen - fen, wallet.went_out_fen + fen
    return replace(wallet, available_fen=left_fen, went_out_fen=went_out_fen)


def _send(wallet: Wallet, fact: WalletSent) -> Wallet:
    """Set money apart for a recipient; what the account gave comes in first."""
    from_account = fact.origin is Origin.ACCOUNT
    assert fact.taken.total_fen == (fact.amount_fen if from_account else 0), fact
    assert fact.transfer not in wallet.pending, "a transfer is sent once"
    pending = Pending(
        fact.transfer,
        fact.recipient,
        fact.origin,
        fact.amount_fen,
        fact.taken,
        fact.account_year,
        fact.returns_at,
    )
    count, fen = wallet.sent_on(fact.effective_on)
    if from_account:
        wallet = _paid_in(wallet, fact.amount_fen)
    return replace(
        wallet,
        available_fen=wallet.available_fen - fact.amount_fen,
        pending={**wallet.pending, fact.transfer: pending},
        sent=wallet.sent + 1,
        day=fact.effective_on,
        day_count=count + 1,
        day_fen=fen + fact.amount_fen,
    )


def _end_transfer(wallet: Wallet, fact: WalletAccepted | WalletReturned) -> Wallet:
    """Let pending money go to its recipient, or back to where it came from."""
    ended = wallet.pending[fact.transfer]
    assert fact.amount_fen == ended.amount_fen, "a transfer ends whole"
    rest = {key: each for key, each in wallet.pending.items() if key != fact.transfer}
    wallet = replace(wallet, pending=rest, available_fen=wallet.available_fen + fact.amount_fen)
    if isinstance(fact, WalletAccepted):
        assert fact.recipient == ended.recipient, fact
        return _paid_out(wallet, fact.amount_fen)
    assert fact.origin is ended.origin, fact
    wallet = replace(wallet, returned=wallet.returned | {fact.transfer})
    from_account = ended.origin is Origin.ACCOUNT
    return _paid_out(wallet, fact.amount_fen) if from_account else wallet


def _end_hold(wallet: Wallet, fact: WalletCaptured | WalletReleased) -> Wallet:
    taken_fen = fact.taken_fen if isinstance(fact, WalletCaptured) else 0
    held_fen = wallet.holds[fact.claim].held_fen
    assert held_fen == taken_fen + fact.returned_fen, "a hold ends whole"
    rest = {claim: kept for claim, kept in wallet.holds.items() if claim != fact.claim}
    wallet = replace(wallet, holds=rest, available_fen=wallet.available_fen + held_fen)
    return _paid_out(wallet, taken_fen)


_MOVED = ("amount_fen", "taken_fen", "held_fen", "returned_fen")


def _assert_sound(wallet: Wallet, fact: Fact) -> None:
    """Hold the wallet's invariants after each fact, non-negativity apart from conservation."""
    assert all(getattr(fact, name, 0) >= 0 for name in _MOVED), fact
    assert wallet.available_fen >= 0, (wallet, fact)
    kept_fen = wallet.available_fen + wallet.held_fen + wallet.pending_fen
    assert wallet.came_in_fen - wallet.went_out_fen == kept_fen, (wallet, fact)
    assert getattr(fact, "left_fen", wallet.available_fen) == wallet.available_fen, fact
