"""Operations of a random history by which money passes to relatives: wallets, and gifts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from domain.codes import Funding, Origin, Relation
from domain.ids import PersonId, TransferId
from domain.person import Person
from domain.pool import Binding
from domain.time import SHANGHAI
from domain.wallet import Pending
from ledger import commands
from ledger.commands import Command
from simulation.cast import Cast

_NEAR = (Relation.SPOUSE, Relation.CHILD, Relation.PARENT, Relation.SIBLING)
_HOURS = (5, 6, 9, 9, 15, 21, 22)


def open_wallet(cast: Cast) -> Command:
    """Open a wallet, mostly for somebody without one."""
    people = map(cast.application.person, cast.persons)
    without = [person.id for person in people if person and not person.wallet]
    chosen = cast.one_of(without) if without and not cast.rarely() else cast.someone()
    return commands.OpenWallet(person=chosen, on=cast.day() if cast.rarely() else None)


def send(cast: Cast) -> Command:
    """Send money between two wallets, at hours around which wallets open, close and return."""
    if cast.rarely(60):
        _wait_for(cast, cast.one_of(_HOURS))
    people = [person for person in map(cast.application.person, cast.persons) if person]
    owners = [person for person in people if person.wallet]
    onward = cast.rarely(40)
    able = [person for person in owners if _sendable_fen(person, onward=onward)]
    again = [person for person in able if person.wallet and person.wallet.day == cast.today]
    able = again if again and cast.rarely(50) else able
    sender = cast.one_of(able).id if able and not cast.rarely() else cast.someone()
    others = [person.id for person in owners if person.id != sender]
    recipient = cast.one_of(others) if others and not cast.rarely() else cast.someone()
    known = cast.application.person(sender)
    most = _sendable_fen(known, onward=onward) if known else 0
    fen = cast.random.randrange(1, most + 1) if most and cast.rarely(80) else cast.amount_fen()
    relation = cast.one_of(tuple(Relation)) if cast.rarely(10) else cast.one_of(_NEAR)
    return commands.Send(
        sender=sender,
        recipient=recipient,
        amount_fen=min(fen, cast.one_of((fen, 500))),
        relation=None if cast.rarely(3) else relation,
        origin=Origin.WALLET if onward else Origin.ACCOUNT,
    )


def _sendable_fen(person: Person, *, onward: bool) -> int:
    """Give what somebody has to send on, or has in the account."""
    if onward:
        return person.wallet.available_fen if person.wallet else 0
    return person.account.available.total_fen if person.account else 0


def accept(cast: Cast) -> Command:
    """Accept what waits, rarely as somebody else, rarely what does not wait.

    Where nothing waits, something is mostly sent first.
    """
    found = _waiting(cast)
    if not found and not cast.rarely(20):
        return send(cast)
    if not found or cast.rarely():
        sender = cast.someone()
        transfer = TransferId(cast.one_of((f"T-{sender}-1", f"T-{sender}-01", "no id")))
        return commands.Accept(person=cast.someone(), transfer=transfer)
    in_time = [each for each in found if not each.is_due(cast.now)]
    each = cast.one_of(in_time if in_time and not cast.rarely() else found)
    person: PersonId = cast.someone() if cast.rarely(10) else each.recipient
    return commands.Accept(person=person, transfer=each.transfer)


def return_transfer(cast: Cast) -> Command:
    """Let something come back, mostly what is due."""
    found = _waiting(cast)
    due = [each for each in found if each.is_due(cast.now)] or found
    if not due or cast.rarely():
        return commands.ReturnTransfer(transfer=TransferId(f"T-{cast.someone()}-1"))
    return commands.ReturnTransfer(transfer=cast.one_of(due).transfer)


def give(cast: Cast) -> Command:
    """Give money to a bound relative, mostly where money is given away."""
    pool, grantor, beneficiary = cast.relation_where(_is_given_away)
    giver = cast.application.person(grantor)
    most = giver.account.available.prior_fen if giver and giver.account else 0
    fen = cast.random.randrange(1, most + 1) if most and cast.rarely(50) else cast.amount_fen()
    return commands.Give(
        pool=pool,
        grantor=grantor,
        beneficiary=beneficiary,
        amount_fen=fen,
        on=cast.day() if cast.rarely() else None,
    )


def _is_given_away(cast: Cast, binding: Binding) -> bool:
    """Tell whether money is given away in the grantor's area to somebody with an account."""
    rules, recipient = cast.rules_of(binding.grantor), cast.application.person(binding.beneficiary)
    if rules is None or recipient is None or recipient.account is None:
        return False
    return rules.pool.funding is Funding.TRANSFER


def _wait_for(cast: Cast, hour: int) -> None:
    """Let time pass until an hour of the day in Shanghai."""
    local = cast.now.astimezone(SHANGHAI)
    wanted = datetime.combine(local.date(), local.time().replace(hour=hour), SHANGHAI)
    cast.now = (wanted if wanted >= local else wanted + timedelta(days=1)).astimezone(
        cast.now.tzinfo
    )


def _waiting(cast: Cast) -> list[Pending]:
    people = map(cast.application.person, cast.persons)
    return [each for p in people if p and p.wallet for each in p.wallet.pending.values()]


PASSING: Mapping[str, tuple[int, Callable[[Cast], Command]]] = {
    "open wallet": (5, open_wallet),
    "send": (45, send),
    "accept": (35, accept),
    "return transfer": (8, return_transfer),
    "give": (15, give),
}
"""The operations with their usual weights."""
