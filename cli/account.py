"""`gongji account`: personal accounts; what comes in, what is there, what moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.account_views import show_balances, show_holds, show_statement
from cli.answers import show_answer
from cli.params import DAY, PERIOD, YUAN, How, argument, choice_of, option, writes
from cli.session import carry_out
from cli.texts import group
from domain.codes import ACCOUNT_SEGMENTS, CreditKind, Payee, Segment
from domain.text import Text

if TYPE_CHECKING:
    from datetime import date

    from cli.settings import Settings

account = group(
    "account",
    about=Text(
        "个人账户：开立、划入、结转、清退，余额与明细。",
        "Personal accounts: open, credit, roll over, close; balances and statements.",
    ),
    examples=("gongji account credit p1 300.00", "gongji account statement p1"),
)

PERSON = argument("who", metavar="PERSON", about=Text("账户所有人", "Owner of the account."))
_ANYBODY = argument(
    "who",
    metavar="PERSON",
    required=False,
    about=Text("账户所有人，不写则列全部", "Owner of the account; all accounts if left out."),
)
_AMOUNT = argument(
    "amount", type=YUAN, metavar="YUAN", about=Text("金额，元，如 1234.50", "Yuan, as 1234.50.")
)
_SEGMENT = option(
    "--segment",
    type=choice_of(Segment, only=ACCOUNT_SEGMENTS),
    default=Segment.CURRENT,
    about=Text("账户分段，默认当年", "Segment of the account; default the current year's."),
)


@account.command(
    "open",
    about=Text("为职工参保人开立个人账户。", "Open the personal account of an employee."),
    examples=("gongji account open p1 --on 2025-01-01",),
)
@PERSON
@writes
@click.pass_obj
def open_account(
    settings: Settings,
    *,
    who: str,
    how: How,
) -> None:
    """Open an account."""
    from domain.ids import PersonId
    from ledger.commands import OpenAccount

    command = OpenAccount(person=PersonId(who), **how.fields)
    show_answer(settings, carry_out(settings, command, key=how.key))


@account.command(
    "credit",
    about=Text(
        "划入个人账户。写明所属期的，同一期不会重复入账。",
        "Credit an account. A period that is named is never credited twice.",
    ),
    examples=(
        "gongji account credit p1 300.00 --period 2026-03",
        "gongji account credit p1 12.40 --kind interest --segment prior --period 2025",
    ),
)
@PERSON
@_AMOUNT
@option(
    "--kind",
    type=choice_of(CreditKind),
    default=CreditKind.MONTHLY,
    about=Text("入账种类，默认月度划入", "Kind of credit; default monthly."),
)
@_SEGMENT
@option(
    "--period",
    type=PERIOD,
    default="",
    metavar="PERIOD",
    about=Text("所属期：2026 或 2026-03", "What it is for: 2026 or 2026-03."),
)
@writes
@click.pass_obj
def credit(
    settings: Settings,
    *,
    who: str,
    amount: int,
    kind: CreditKind,
    segment: Segment,
    period: str,
    how: How,
) -> None:
    """Credit an account."""
    from domain.ids import PersonId
    from ledger.commands import Credit

    command = Credit(
        person=PersonId(who),
        amount_fen=amount,
        kind=kind,
        segment=segment,
        period=period,
        **how.fields,
    )
    show_answer(settings, carry_out(settings, command, key=how.key))


@account.command(
    "take-back",
    about=Text("收回多划的款。", "Take back a credit that was not due."),
    examples=("gongji account take-back p1 50.00 --note 重复划入",),
)
@PERSON
@_AMOUNT
@_SEGMENT
@writes
@click.pass_obj
def take_back(
    settings: Settings,
    *,
    who: str,
    amount: int,
    segment: Segment,
    how: How,
) -> None:
    """Take back a credit."""
    from domain.ids import PersonId
    from ledger.commands import TakeBack

    command = TakeBack(person=PersonId(who), amount_fen=amount, segment=segment, **how.fields)
    show_answer(settings, carry_out(settings, command, key=how.key))


@account.command(
    "roll",
    about=Text(
        "年度结转：进入 --on 所在的医保年度，当年段并入历年段。",
        "Begin the account year of --on: current money becomes prior-year money.",
    ),
    examples=("gongji account roll p1 --on 2026-01-01",),
)
@PERSON
@writes
@click.pass_obj
def roll(settings: Settings, *, who: str, how: How) -> None:
    """Roll an account over."""
    from domain.ids import PersonId
    from ledger.commands import RollYear

    command = RollYear(person=PersonId(who), **how.fields)
    show_answer(settings, carry_out(settings, command, key=how.key))


@account.command(
    "out-of-area",
    about=Text(
        "开通或关闭个人账户异地支付（如北京，默认关闭）。",
        "Switch the use of an account outside the home area on or off (off at first in Beijing).",
    ),
    examples=("gongji account out-of-area p1 --allow", "gongji account out-of-area p1 --forbid"),
)
@PERSON
@option(
    "--allow/--forbid",
    "to",
    required=True,
    default=None,
    about=Text("开通，或关闭", "Switch it on, or off."),
)
@writes
@click.pass_obj
def out_of_area(settings: Settings, *, who: str, to: bool, how: How) -> None:
    """Switch use outside the home area."""
    from domain.ids import PersonId
    from ledger.commands import SwitchOutOfArea

    command = SwitchOutOfArea(person=PersonId(who), to=to, **how.fields)
    show_answer(settings, carry_out(settings, command, key=how.key))


@account.command(
    "close",
    about=Text(
        "清退账户，余额付给继承人、本人或统筹基金。",
        "Close an account and pay its rest to an heir, the owner or the pooled fund.",
    ),
    examples=("gongji account close p1 --payee heir_account --heir p2",),
)
@PERSON
@option("--payee", type=choice_of(Payee), required=True, about=Text("去向", "Who is paid."))
@option("--heir", metavar="PERSON", about=Text("继承人", "The heir."))
@writes
@click.pass_obj
def close(
    settings: Settings,
    *,
    who: str,
    payee: Payee,
    heir: str | None,
    how: How,
) -> None:
    """Close an account."""
    from domain.ids import PersonId
    from ledger.commands import CloseAccount

    command = CloseAccount(
        person=PersonId(who),
        payee=payee,
        heir=PersonId(heir) if heir else None,
        **how.fields,
    )
    show_answer(settings, carry_out(settings, command, key=how.key))


@account.command(
    "balance",
    times=("as_of", "as_known_at"),
    about=Text(
        "余额：全部账户或一个账户；可问截至某日，或按当时所知。",
        "Balances of all accounts or one: now, as of a day, or as known at a moment.",
    ),
    examples=(
        "gongji account balance",
        "gongji account balance p1 --as-of 2026-03-31",
        "gongji account balance p1 --as-known-at 120 -O json",
    ),
)
@_ANYBODY
@click.pass_obj
def balance(settings: Settings, *, who: str | None) -> None:
    """Show balances."""
    show_balances(settings, who)


@account.command(
    "statement",
    times=("as_of", "as_known_at"),
    about=Text(
        "明细：期初 + 各笔 = 期末。每笔写明由哪个事件引起。",
        "Statement: opening + lines = closing, each line with the event behind it.",
    ),
    examples=("gongji account statement p1 --from 2026-01-01 --to 2026-03-31 -O csv",),
)
@PERSON
@option("--from", "first", type=DAY, metavar="DATE", about=Text("自此日", "From this day."))
@option("--to", "last", type=DAY, metavar="DATE", about=Text("至此日", "Up to this day."))
@click.pass_obj
def statement(settings: Settings, *, who: str, first: date | None, last: date | None) -> None:
    """Show a statement."""
    show_statement(settings, who, first=first, last=last or settings.as_of)


@account.command(
    "holds",
    times=("as_known_at",),
    about=Text(
        "在途冻结：哪张费用单冻结了多少，到何时；现状，或按当时所知。",
        "Open holds: for which claim, how much, how long; now or as known at a moment.",
    ),
    examples=("gongji account holds", "gongji account holds p1 --as-known-at 120"),
)
@_ANYBODY
@click.pass_obj
def holds(settings: Settings, *, who: str | None) -> None:
    """Show open holds."""
    show_holds(settings, who)
