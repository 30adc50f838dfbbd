"""What `gongji wallet show` shows: wallets, and the transfers that wait to be accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.errors import refused
from cli.render import Column, Table, show
from cli.session import views_then
from domain.ids import PersonId
from domain.money import format_yuan
from domain.refusals import Code, refuse
from domain.text import Text
from domain.time import shanghai_time

if TYPE_CHECKING:
    from cli.settings import Settings
    from projections.wallets import Waiting

_COLUMNS = [
    Column("person", Text("参保人", "person")),
    Column("available_fen", Text("可用(元)", "available"), "yuan"),
    Column("held_fen", Text("冻结(元)", "held"), "yuan"),
    Column("pending_fen", Text("待接收(元)", "pending"), "yuan"),
]


def show_wallets(settings: Settings, who: str | None) -> None:
    """Show all wallets, or one, with what waits to be accepted from or by them."""
    from projections import wallets as read

    person = PersonId(who) if who else None
    with views_then(settings, ("wallets", "register")) as seen:
        found = read.wallets(seen.engine, person=person)
        open_ = read.waiting(seen.engine, person=person)
        if person is not None and not found:
            raise refused(refuse(Code.NO_WALLET, person=person), settings.lang)
    rows = [row._asdict() for row in found]
    keys = [column.key for column in _COLUMNS if column.kind == "yuan"]
    table = Table(
        "wallets",
        _COLUMNS,
        rows,
        totals={key: sum(row[key] for row in rows) for key in keys} if person is None else None,
        notes=[_says(each) for each in open_],
        position=seen.position,
        as_known_at=settings.as_known_at,
        more={"transfers": [each._asdict() for each in open_]},
        empty=Text(
            "还没有医保钱包。先开通：gongji wallet open",
            "No wallet yet. Open one: gongji wallet open",
        ),
    )
    show(settings, table)


def _says(each: Waiting) -> Text:
    yuan, until = format_yuan(each.amount_fen), shanghai_time(each.returns_at.isoformat())
    return Text(
        f"转账 {each.transfer}：{each.sender} → {each.recipient} {yuan} 元，{until} 前待接收",
        f"transfer {each.transfer}: {each.sender} → {each.recipient} {yuan} yuan, "
        f"to be accepted before {until}",
    )
