"""Decisions that pass money to a relative through the wallet (`wallet.model: transfer`).

Money is sent, waits, and is accepted or comes back; what was accepted never comes back. Giving
without a wallet stands in `domain.giving`.
"""

from __future__ import annotations

from datetime import date, datetime

from domain.account import Account
from domain.amounts import NOTHING, Amounts, take
from domain.booking import Booking
from domain.bookkeeping import check_amount, check_covered, open_account_of
from domain.codes import Origin, Relation, WalletModel
from domain.facts import Change, Outcome
from domain.gifts import AccountGiven, AccountTransferReturned
from domain.ids import TransferId, transfer_id
from domain.person import Person
from domain.record import Record
from domain.refusals import Code, Refusal, refuse
from domain.rules import RuleSet, WalletRules
from domain.time import hour_in_shanghai, next_day_at, service_date_of
from domain.wallet import (
    Pending,
    Wallet,
    WalletAccepted,
    WalletOpened,
    WalletReceived,
    WalletReturned,
    WalletSent,
)


class Sending(Record, frozen=True):
    """What a sender asks for. `relation` is what the recipient is to the sender."""

    amount_fen: int
    origin: Origin
    relation: Relation | None


def open_wallet(person: Person, *, rules: RuleSet, on: date) -> Outcome:
    """Open a wallet, also for somebody without a personal account."""
    if person.wallet is not None:
        return refuse(Code.ALREADY_EXISTS, id=person.id)
    if refusal := check_covered(person, on) or _check_model(rules, on):
        return refusal
    return (Change(person.stream, WalletOpened(effective_on=on)),)


def _check_model(rules: RuleSet, on: date) -> Refusal | None:
    """Ask whether wallets pass money on that day in the person's area."""
    if rules.wallet.model is WalletModel.TRANSFER:
        return None
    return refuse(
        Code.WALLET_NOT_IN_FORCE, rule="wallet.model", day=on.isoformat(), model=rules.wallet.model
    )


# --------------------------------------------------------------------------------------- sending


def send(
    sender: Person, recipient: Person, *, sending: Sending, rules: RuleSet, now: datetime
) -> Outcome:
    """Send money to a relative's wallet, by the rules of the sender's area.

    The application has let earlier transfers come back that nobody accepted in time.
    """
    today = service_date_of(now)
    if refusal := check_amount(sending.amount_fen):
        return refusal
    account: Account | None = None
    if sending.origin is Origin.ACCOUNT:
        opened = open_account_of(sender)
        if isinstance(opened, Refusal):
            return opened
        account = opened
    refusal = check_covered(sender, today) or check_covered(recipient, today)
    if refusal := refusal or _check_model(rules, today):
        return refusal
    for person in (sender, recipient):
        if person.wallet is None:
            return refuse(Code.NO_WALLET, person=person.id)
    assert sender.wallet is not None
    if refusal := _check_sending(sender, recipient, sending=sending, rules=rules.wallet):
        return refusal
    if refusal := _check_limits(sender, sender.wallet, sending.amount_fen, rules.wallet, now):
        return refusal
    taken = _take(sender, account, sending, rules)
    if isinstance(taken, Refusal):
        return taken
    return _sent(sender, recipient, sending=sending, taken=taken, rules=rules, now=now)


def _check_sending(
    sender: Person, recipient: Person, *, sending: Sending, rules: WalletRules
) -> Refusal | None:
    """Ask whether this sender may send this money to this recipient."""
    if sender.id == recipient.id:
        return refuse(Code.SELF_TRANSFER, person=sender.id)
    if sending.relation is None:
        return refuse(Code.RELATION_NOT_STATED, rule="wallet.relations", person=recipient.id)
    if sending.relation not in rules.relations:
        return refuse(Code.TRANSFER_RELATION, rule="wallet.relations", relation=sending.relation)
    if sending.origin is Origin.WALLET and not rules.onward:
        return refuse(Code.ONWARD_NOT_ALLOWED, rule="wallet.onward", person=sender.id)
    return None


def _check_limits(
    sender: Person, wallet: Wallet, fen: int, rules: WalletRules, now: datetime
) -> Refusal | None:
    """Ask whether the hour, earlier transfers and the caps leave room for this one."""
    opens, closes = rules.opens_hour, rules.closes_hour
    if not opens <= hour_in_shanghai(now) < closes:
        rule = "wallet.closes_hour"
        return refuse(Code.WALLET_CLOSED_NOW, rule=rule, opens=opens, closes=closes)
    if rules.one_pending and wallet.pending:
        waiting = next(iter(wallet.pending))
        return refuse(Code.TRANSFER_PENDING, rule="wallet.one_pending", transfer=waiting)
    count, sent_fen = wallet.sent_on(service_date_of(now))
    if count >= rules.transfers_per_day:
        most = rules.transfers_per_day
        rule = "wallet.transfers_per_day"
        return refuse(Code.TOO_MANY_TRANSFERS, rule=rule, person=sender.id, most=most)
    cap_fen = rules.per_transfer_cap
    if fen > cap_fen:
        rule = "wallet.per_transfer_cap"
        return refuse(Code.ABOVE_TRANSFER_CAP, rule=rule, asked_fen=fen, cap_fen=cap_fen)
    if sent_fen + fen > rules.per_day_cap:
        return refuse(
            Code.ABOVE_DAY_CAP,
            rule="wallet.per_day_cap",
            asked_fen=fen,
            sent_fen=sent_fen,
            cap_fen=rules.per_day_cap,
        )
    return None


def _take(
    sender: Person, account: Account | None, sending: Sending, rules: RuleSet
) -> Amounts | Refusal:
    """Give what the sender's account gives; nothing where the wallet itself has enough.

    No source says which money of an account may be sent: what relatives may use (`pool.segments`).
    """
    assert sender.wallet is not None
    if account is not None:
        segments = rules.pool.segments.segments
        available_fen = sum(map(account.available.of, segments))
        if sending.amount_fen <= available_fen:
            return take(account.available, sending.amount_fen, segments=segments)
    else:
        available_fen = sender.wallet.available_fen
        if sending.amount_fen <= available_fen:
            return NOTHING
    return refuse(
        Code.TRANSFER_TOO_LARGE,
        person=sender.id,
        asked_fen=sending.amount_fen,
        available_fen=available_fen,
    )


def _sent(
    sender: Person,
    recipient: Person,
    *,
    sending: Sending,
    taken: Amounts,
    rules: RuleSet,
    now: datetime,
) -> Outcome:
    """Let money leave the account or the wallet and wait; go on at once where none must accept."""
    assert sender.wallet is not None
    today = service_date_of(now)
    booking = Booking({sender.id: sender, recipient.id: recipient})
    transfer = transfer_id(sender.id, sender.wallet.sent + 1)
    year: int | None = None
    left_fen = sender.wallet.available_fen
    if sending.origin is Origin.ACCOUNT:
        account = booking.account(sender.id)
        year, left = account.account_year, account.available - taken
        given = AccountGiven(
            effective_on=today, recipient=recipient.id, transfer=transfer, amount=taken, left=left
        )
        booking.book(sender.id, given)
    else:
        left_fen -= sending.amount_fen
    assert sending.relation is not None
    sent = WalletSent(
        effective_on=today,
        transfer=transfer,
        recipient=recipient.id,
        relation=sending.relation,
        origin=sending.origin,
        amount_fen=sending.amount_fen,
        taken=taken,
        account_year=year,
        returns_at=next_day_at(now, rules.wallet.returns_hour),
        left_fen=left_fen,
    )
    booking.book(sender.id, sent)
    if not rules.wallet.acceptance:
        _hand_over(booking, sender, recipient, transfer=transfer, today=today)
    return tuple(booking.changes)


# ------------------------------------------------------------------- accepting, and coming back


def pending(sender: Person, transfer: TransferId) -> Pending | Refusal:
    """Give a transfer that waits to be accepted, or say what became of it."""
    wallet = sender.wallet
    if wallet is None or not wallet.knows(transfer, sender=sender.id):
        return refuse(Code.UNKNOWN_TRANSFER, transfer=transfer)
    waiting = wallet.pending.get(transfer)
    if waiting is not None:
        return waiting
    if transfer in wallet.returned:
        return refuse(Code.TRANSFER_RETURNED, transfer=transfer)
    return refuse(Code.TRANSFER_ACCEPTED, transfer=transfer)


def accept(sender: Person, recipient: Person, *, transfer: TransferId, now: datetime) -> Outcome:
    """Let the recipient accept a transfer, by the rules under which it was sent: for good."""
    today = service_date_of(now)
    waiting = pending(sender, transfer)
    if isinstance(waiting, Refusal) and waiting.code is Code.UNKNOWN_TRANSFER:
        return waiting
    if refusal := check_covered(recipient, today):
        return refusal
    if isinstance(waiting, Refusal):
        return waiting
    if waiting.is_due(now):
        return refuse(
            Code.ACCEPTED_TOO_LATE,
            rule="wallet.returns_hour",
            transfer=transfer,
            returns_at=waiting.returns_at.isoformat(),
        )
    if waiting.recipient != recipient.id:
        return refuse(Code.NOT_THE_RECIPIENT, transfer=transfer, person=recipient.id)
    booking = Booking({sender.id: sender, recipient.id: recipient})
    _hand_over(booking, sender, recipient, transfer=transfer, today=today)
    return tuple(booking.changes)


def _hand_over(
    booking: Booking, sender: Person, recipient: Person, *, transfer: TransferId, today: date
) -> None:
    """Make pending money the recipient's."""
    wallet = booking.wallet(sender.id)
    fen = wallet.pending[transfer].amount_fen
    accepted = WalletAccepted(
        effective_on=today,
        transfer=transfer,
        recipient=recipient.id,
        amount_fen=fen,
        left_fen=wallet.available_fen,
    )
    booking.book(sender.id, accepted)
    received = WalletReceived(
        effective_on=today,
        transfer=transfer,
        sender=sender.id,
        amount_fen=fen,
        left_fen=booking.wallet(recipient.id).available_fen + fen,
    )
    booking.book(recipient.id, received)


def give_back(sender: Person, *, transfer: TransferId, now: datetime) -> Outcome:
    """Let a transfer come back that nobody accepted in time."""
    waiting = pending(sender, transfer)
    if isinstance(waiting, Refusal):
        return waiting
    if not waiting.is_due(now):
        returns_at = waiting.returns_at.isoformat()
        rule = "wallet.returns_hour"
        return refuse(Code.TRANSFER_NOT_DUE, rule=rule, transfer=transfer, returns_at=returns_at)
    assert sender.wallet is not None
    today = service_date_of(now)
    booking = Booking({sender.id: sender})
    from_account = waiting.origin is Origin.ACCOUNT
    returned = WalletReturned(
        effective_on=today,
        transfer=transfer,
        origin=waiting.origin,
        amount_fen=waiting.amount_fen,
        left_fen=sender.wallet.available_fen + (0 if from_account else waiting.amount_fen),
    )
    booking.book(sender.id, returned)
    if from_account:
        account = booking.account(sender.id)
        assert account.closed is None, "an account with a pending transfer is not closed"
        same_year = account.account_year == waiting.account_year
        amount = waiting.taken if same_year else waiting.taken.as_prior()
        back = AccountTransferReturned(
            effective_on=today,
            transfer=transfer,
            returned=amount,
            left=account.available + amount,
        )
        booking.book(sender.id, back)
    return tuple(booking.changes)
