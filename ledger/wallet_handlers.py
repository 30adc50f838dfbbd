"""Handlers of the commands by which money passes to relatives: wallets, and gifts at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain import giving, transferring
from domain.ids import sender_of
from domain.refusals import Code, refuse
from domain.time import service_date_of
from domain.transferring import Sending
from domain.wallet import WalletAccepted, WalletReturned, WalletSent
from ledger import commands
from ledger.view import Refused, Result

if TYPE_CHECKING:
    from domain.facts import Change
    from domain.ids import PersonId, TransferId
    from domain.person import Person
    from ledger.view import View


def give(command: commands.Give, view: View) -> Result:
    """Give money to a relative at once and for good."""
    view.expire_due((view.person(command.grantor).id, view.person(command.beneficiary).id))
    giver, recipient = view.person(command.grantor), view.person(command.beneficiary)
    pool = view.pool(command.pool)
    on = view.day(command.on)
    outcome = giving.give(
        giver,
        recipient,
        binding=pool.binding(giver.id, recipient.id),
        amount_fen=command.amount_fen,
        rules=view.rules(giver.region_on(on), on),
        on=on,
    )
    view.do(outcome)
    return Result(f"pool/{pool.id}", {"pool": pool.id, "amount_fen": command.amount_fen})


def open_wallet(command: commands.OpenWallet, view: View) -> Result:
    """Open a wallet."""
    person = view.person(command.person)
    on = view.day(command.on)
    rules = view.rules(person.region_on(on), on)
    view.do(transferring.open_wallet(person, rules=rules, on=on))
    return Result(f"person/{person.id}", {"person": person.id})


def send(command: commands.Send, view: View) -> Result:
    """Send money, once what came back of earlier transfers is there again."""
    view.person(command.recipient)
    view.expire_due((view.person(command.sender).id,))
    # Only now: a hold that has just run out may have been one of the recipient's wallet, too.
    sender, recipient = view.person(command.sender), view.person(command.recipient)
    today = service_date_of(view.now)
    outcome = transferring.send(
        sender,
        recipient,
        sending=Sending(command.amount_fen, command.origin, command.relation),
        rules=view.rules(sender.region_on(today), today),
        now=view.now,
    )
    changes = view.do(outcome)
    (sent,) = (fact for _, fact in changes if isinstance(fact, WalletSent))
    accepted = any(isinstance(fact, WalletAccepted) for _, fact in changes)
    answer = {
        "transfer": sent.transfer,
        "person": sender.id,
        "recipient": recipient.id,
        "amount_fen": sent.amount_fen,
    }
    if not accepted:
        answer["returns_at"] = sent.returns_at.isoformat()
    return Result(f"transfer/{sent.transfer}", answer)


def accept(command: commands.Accept, view: View) -> Result:
    """Accept a transfer."""
    recipient = view.person(command.person)
    sender = _sender(view, command.transfer)
    outcome = transferring.accept(sender, recipient, transfer=command.transfer, now=view.now)
    return _of_transfer(recipient.id, view.do(outcome))


def return_transfer(command: commands.ReturnTransfer, view: View) -> Result:
    """Let a transfer come back."""
    sender = _sender(view, command.transfer)
    outcome = transferring.give_back(sender, transfer=command.transfer, now=view.now)
    return _of_transfer(sender.id, view.do(outcome))


def _sender(view: View, transfer: TransferId) -> Person:
    """Give the sender of a transfer, whose id says who it is."""
    sender = view.find_person(sender_of(transfer))
    if sender is None:
        raise Refused(refuse(Code.UNKNOWN_TRANSFER, transfer=transfer[:64]))
    return sender


def _of_transfer(person: PersonId, changes: tuple[Change, ...]) -> Result:
    """Say which transfer ended, and to whom its money went."""
    facts = (fact for _, fact in changes)
    (ended,) = (fact for fact in facts if isinstance(fact, WalletAccepted | WalletReturned))
    answer = {"transfer": ended.transfer, "person": person, "amount_fen": ended.amount_fen}
    return Result(f"transfer/{ended.transfer}", answer)
