"""What histories do with money that passes to relatives: wallets, and gifts at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.codes import Origin, Relation
from domain.ids import ClaimId, PersonId, PoolId, RegionCode, TransferId
from ledger import commands

if TYPE_CHECKING:
    from tests.projections.histories import History

GIVING = RegionCode("330100")
"""The region in which money is given at once."""


def random_transfer(history: History) -> None:
    """Do something about wallets, mostly in vain."""
    sender, other = history.anyone(), history.anyone()
    transfer = TransferId(f"T-{sender}-{history.random.randint(1, 4)}")
    origin = history.random.choice(list(Origin))
    fen = history.random.choice((1, 40_00))
    history.do(
        history.random.choice(
            (
                commands.OpenWallet(person=sender),
                commands.Send(
                    sender=sender,
                    recipient=other,
                    amount_fen=fen,
                    relation=Relation.CHILD,
                    origin=origin,
                ),
                commands.Accept(person=other, transfer=transfer),
                commands.ReturnTransfer(transfer=transfer),
            )
        )
    )


def some_transfers(history: History) -> None:
    """Send, accept, come back; pay from a wallet in every way; give at once."""
    son, child = PersonId("son"), PersonId("child")
    for person in (son, child):
        history.must(commands.OpenWallet(person=person))
    history.credit("son", 500_00)
    for number, fen in enumerate((200_00, 50_00), start=1):
        sending = commands.Send(
            sender=son, recipient=child, amount_fen=fen, relation=Relation.CHILD
        )
        history.must(sending)
        transfer = TransferId(f"T-son-{number}")
        if number == 1:
            history.must(commands.Accept(person=child, transfer=transfer))
    history.wait(1)
    history.must(commands.ReturnTransfer(transfer=TransferId("T-son-2")))
    onward = commands.Send(
        sender=child,
        recipient=son,
        amount_fen=10_00,
        relation=Relation.PARENT,
        origin=Origin.WALLET,
    )
    history.must(onward)
    assert history.settle("w1", "child", 40_00)
    assert history.cancel("w1")
    assert history.hold("w2", "child", 50_00)
    history.must(commands.Capture(claim=ClaimId("w2"), own_fen={1: 30_00}))
    assert history.hold("w3", "child", 50_00)
    history.must(commands.Release(claim=ClaimId("w3")))
    _a_gift(history)


def _a_gift(history: History) -> None:
    giver, taker, family = PersonId("donor"), PersonId("donee"), PoolId("giving")
    for person in (giver, taker):
        history.must(commands.Enroll(person=person, region=GIVING))
        history.must(commands.OpenAccount(person=person))
    history.credit("donor", 100_00)
    history.must(commands.OpenPool(pool=family, opener=giver))
    pair: dict[str, Any] = {"pool": family, "grantor": giver, "beneficiary": taker}
    history.must(commands.Bind(**pair, relation=Relation.CHILD))
    history.must(commands.Give(**pair, amount_fen=80_00))
