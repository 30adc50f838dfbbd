"""`gongji wallet`: money that relatives send one another, version 1 of the national wallet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.answers import show_answer
from cli.params import YUAN, How, argument, choice_of, option, writes
from cli.session import carry_out
from cli.texts import group
from domain.codes import Origin, Relation
from domain.ids import PersonId, TransferId
from domain.text import Text

if TYPE_CHECKING:
    from cli.settings import Settings

wallet = group(
    "wallet",
    about=Text(
        "医保钱包：开通、转给亲属、接收、逾时退回、查看。",
        "Wallets: open, send to a relative, accept, let come back, show.",
    ),
    examples=(
        "gongji wallet open p2",
        "gongji wallet send p1 p2 400.00 --relation parent",
        "gongji wallet accept p2 T-p1-1",
    ),
)

_OWNER = argument("who", metavar="PERSON", about=Text("钱包所有人", "Owner of the wallet."))
_TRANSFER = argument("transfer", metavar="TRANSFER", about=Text("转账号", "Id of the transfer."))


@wallet.command(
    "open",
    about=Text(
        "开通医保钱包；没有个人账户的参保人也可以。",
        "Open a wallet, also for somebody without a personal account.",
    ),
    examples=("gongji wallet open p2",),
)
@_OWNER
@writes
@click.pass_obj
def open_wallet(settings: Settings, *, who: str, how: How) -> None:
    """Open a wallet."""
    from ledger.commands import OpenWallet

    command = OpenWallet(person=PersonId(who), **how.fields)
    show_answer(settings, carry_out(settings, command, key=how.key))


@wallet.command(
    "send",
    about=Text(
        "转给亲属的钱包，对方须接收；逾时未接收的次日退回。--relation 是对方之于转出人的关系。",
        "Send money to a relative's wallet; it waits to be accepted, or comes back the next day. "
        "--relation is what the recipient is to the sender.",
    ),
    examples=(
        "gongji wallet send p1 p2 400.00 --relation parent",
        "gongji wallet send p2 p3 100.00 --relation child --from wallet",
    ),
)
@argument("sender", metavar="SENDER", about=Text("转出人", "Whose money it is."))
@argument("recipient", metavar="PERSON", about=Text("接收人", "Who is to receive it."))
@argument(
    "amount", type=YUAN, metavar="YUAN", about=Text("金额，元，如 400.00", "Yuan, as 400.00.")
)
@option(
    "--relation",
    type=choice_of(Relation),
    about=Text("亲属关系", "What the recipient is to the sender."),
)
@option(
    "--from",
    "origin",
    type=choice_of(Origin),
    default=Origin.ACCOUNT,
    about=Text("从哪里转，默认个人账户", "Where the money comes from; default the account."),
)
@writes
@click.pass_obj
def send(
    settings: Settings,
    *,
    sender: str,
    recipient: str,
    amount: int,
    relation: Relation | None,
    origin: Origin,
    how: How,
) -> None:
    """Send money."""
    from ledger.commands import Send

    command = Send(
        sender=PersonId(sender),
        recipient=PersonId(recipient),
        amount_fen=amount,
        relation=relation,
        origin=origin,
        **how.fields,
    )
    show_answer(settings, carry_out(settings, command, key=how.key))


@wallet.command(
    "accept",
    about=Text(
        "接收一笔转账；接收后归接收人，不可退回。",
        "Accept a transfer; from then on it is the recipient's, for good.",
    ),
    examples=("gongji wallet accept p2 T-p1-1",),
)
@_OWNER
@_TRANSFER
@writes
@click.pass_obj
def accept(settings: Settings, *, who: str, transfer: str, how: How) -> None:
    """Accept a transfer."""
    from ledger.commands import Accept

    command = Accept(person=PersonId(who), transfer=TransferId(transfer), **how.fields)
    show_answer(settings, carry_out(settings, command, key=how.key))


@wallet.command(
    "return",
    about=Text(
        "逾时未接收的转账退回转出人；不运行也会随转出人的下一次办理退回。",
        "Let a transfer come back that nobody accepted in time. The sender's next command does so "
        "too.",
    ),
    examples=("gongji wallet return T-p1-1",),
)
@_TRANSFER
@writes
@click.pass_obj
def return_transfer(settings: Settings, *, transfer: str, how: How) -> None:
    """Let a transfer come back."""
    from ledger.commands import ReturnTransfer

    command = ReturnTransfer(transfer=TransferId(transfer), **how.fields)
    show_answer(settings, carry_out(settings, command, key=how.key))


@wallet.command(
    "show",
    times=("as_known_at",),
    about=Text(
        "钱包余额，以及待接收的转账；不写参保人则列全部。现状，或按当时所知。",
        "What is in wallets, and what waits to be accepted; all of them if nobody is named. "
        "Now or as known at a moment.",
    ),
    examples=("gongji wallet show", "gongji wallet show p1 --as-known-at 2026-03-31"),
)
@argument(
    "who",
    metavar="PERSON",
    required=False,
    about=Text("钱包所有人，不写则列全部", "Owner of the wallet; all wallets if left out."),
)
@click.pass_obj
def show_wallet(settings: Settings, *, who: str | None) -> None:
    """Show wallets."""
    from cli.wallet_views import show_wallets

    show_wallets(settings, who)
