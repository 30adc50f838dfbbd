"""How the answer to a command that changed the books is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.errors import FOUND
from cli.render import Column, Table, show
from domain.money import format_yuan
from domain.text import Text
from domain.time import parse_instant

if TYPE_CHECKING:
    from cli.session import Answer
    from cli.settings import Settings

_COMMAND = Column("command", Text("办理", "done"), "code", "Command")
_COLUMNS = [
    _COMMAND,
    Column("person", Text("参保人", "person")),
    Column("pool", Text("共济组", "family pool")),
    Column("claim", Text("费用单", "claim")),
    Column("finding", Text("疑点", "finding")),
    Column("step", Text("环节", "step"), "code", "ReviewStep"),
    Column("attempt", Text("第几次", "attempt"), for_people=False),
    Column("status", Text("状态", "status"), "code", "Status"),
    Column("expires_at", Text("有效至", "ends at"), "instant"),
    Column("settlement", Text("结算号", "settlement")),
    Column("patient", Text("就诊人", "patient")),
    Column("filing", Text("备案号", "filing"), "int"),
    Column("transfer", Text("转账", "transfer")),
    Column("recipient", Text("接收人", "recipient")),
    Column("amount_fen", Text("金额", "amount"), "yuan"),
    Column("returns_at", Text("逾时退回", "comes back"), "instant"),
    Column("details", Text("个人信息", "details"), "code", "Detail"),
    Column("entries", Text("笔数", "entries"), "int"),
    Column("receiver", Text("接收方", "receiver")),
    Column("voided", Text("作废报文", "voided message")),
    Column("fund_fen", Text("基金支付", "pooled fund"), "yuan"),
    Column("own_account_fen", Text("本人账户支付", "own account"), "yuan"),
    Column("wallet_fen", Text("钱包支付", "wallet"), "yuan"),
    Column("mutual_aid_fen", Text("共济支付", "mutual aid"), "yuan"),
    Column("cash_fen", Text("现金支付", "cash"), "yuan"),
    Column("held_fen", Text("冻结", "held"), "yuan"),
    Column("refund_cash_fen", Text("共济部分以现金退", "mutual aid back in cash"), "yuan"),
    Column("left", Text("账户余额", "left in accounts"), in_data=False),
    Column("left_fen", Text("账户余额", "left in accounts"), "data", for_people=False),
    Column("key", Text("报文号", "message id")),
    Column("replayed", Text("重发", "repeated"), for_people=False),
]


def show_answer(settings: Settings, answer: Answer) -> None:
    """Show what was done, one line a fact, and the position it was recorded at.

    An offer ends the command with the exit code of something found: the bill is not paid.
    """
    row = dict(answer.facts) | {"key": answer.key, "replayed": answer.replayed}
    offered = row.get("status") == "offered"
    if offered:
        row["expires_at"] = parse_instant(row["expires_at"])
    if left := row.get("left_fen"):
        row["left"] = "  ".join(f"{who} {format_yuan(fen)}" for who, fen in left.items())
    if not row.get("held_fen"):
        row.pop("held_fen", None)
    columns = [column for column in _COLUMNS if column.key in row]
    if offered and settings.for_people:
        columns.remove(_COMMAND)  # nothing was done yet
    schema = str(row["command"]).replace("_", "-")
    notes = [_TAP_AGAIN] if offered else []
    table = Table(schema, columns, [row], record=True, notes=notes, position=answer.position)
    show(settings, table)
    if offered:
        click.get_current_context().exit(FOUND)


_TAP_AGAIN = Text(
    "尚未付款，未动用任何账户：本人资金不足，但有有效的家庭共济绑定。\n"
    "在上述时刻之前，用新的报文号重发同一张费用单，即使用家庭共济；逾期须重新开始。",
    "Nothing was paid and no account was touched: the patient's own money falls short, but "
    "relatives' accounts may pay.\nSend the same claim again with a new message id before the "
    "instant above to use them; later it starts anew.",
)
