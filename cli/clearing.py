"""`gongji clearing`: what pooling areas owe each other for a month."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from cli.errors import failure
from cli.params import AREA, argument, option
from cli.render import Column, Table, show
from cli.session import reading
from cli.texts import group
from domain.text import Text

if TYPE_CHECKING:
    from cli.settings import Settings
    from projections.clearing import Line, Owed

clearing = group(
    "clearing",
    about=Text(
        "清算：统筹区之间按月应收应付，逐笔由事件得出。",
        "What pooling areas owe each other for a month, line by line from the events.",
    ),
    examples=("gongji clearing run 2026-02", "gongji clearing lines 2026-02 --area 310000"),
)

_DEBTOR = [
    Column("debtor_name", Text("应付统筹区", "owes"), in_data=False),
    Column("debtor", Text("应付统筹区", "owes"), for_people=False),
    Column("creditor_name", Text("应收统筹区", "is owed"), in_data=False),
    Column("creditor", Text("应收统筹区", "is owed"), for_people=False),
    Column("kind", Text("款项", "payment"), "code", "Payer"),
]
_OWED = [
    *_DEBTOR,
    Column("items", Text("笔数", "items"), "int"),
    Column("amount_fen", Text("金额(元)", "amount (yuan)"), "yuan"),
]
_LINES = [
    Column("booked_on", Text("入账日", "booked on"), "date"),
    Column("position", Text("位置", "position"), "int"),
    Column("claim", Text("费用单", "claim")),
    *_DEBTOR,
    Column("account", Text("账户", "account")),
    Column("recipient", Text("接收人", "recipient")),
    Column("amount_fen", Text("金额(元)", "amount (yuan)"), "yuan"),
]
_NET = [
    Column("name", Text("统筹区", "area")),
    Column("net_fen", Text("应收净额(元)", "receives in the end (yuan)"), "yuan"),
]
_MONTH = Text("月份应写作 2026-02：{given}", "a month is written like 2026-02: {given}")
_NOTHING = Text("该月没有跨统筹区的款项。", "No money crossed pooling areas in that month.")
_month = argument(
    "month", metavar="MONTH", about=Text("月份，如 2026-02", "A month, such as 2026-02.")
)


@clearing.command(
    "run",
    about=Text(
        "一个月的清算：每对统筹区应付多少，以及各统筹区的净额（合计为零）。\n\n"
        "退回的款项计入退回的月份；已清算的月份不再改变。"
        "亲属间的转账与划转，由转出人的统筹区应付给接收人的统筹区。",
        "The clearing of a month: what each pair of areas owes, and the net of each area "
        "(which add up to zero).\n\n"
        "Money given back counts in the month in which it was given back. What relatives give each "
        "other is owed by the giver's area to the recipient's.",
    ),
    examples=("gongji clearing run 2026-02 -O json",),
)
@_month
@click.pass_obj
def run(settings: Settings, *, month: str) -> None:
    """Clear a month."""
    from cli.sources import area
    from projections.clearing import clearing_lines, net, owed

    with reading(settings) as store:
        sums = owed(clearing_lines(store, _checked(settings, month)))
        position = store.recorder.last_position
    nets = net(sums)
    rows = [_named(each) for each in sums]
    total = {"amount_fen": sum(each.amount_fen for each in sums)}
    if settings.for_people and nets:
        ends = [{"name": area(code), "net_fen": fen} for code, fen in nets.items()]
        show(settings, Table("net", _NET, ends, totals={"net_fen": sum(nets.values())}))
    table = Table(
        "clearing",
        _OWED,
        rows,
        totals=total if rows else None,
        position=position,
        more={"month": month, "net_fen": nets},
        facts=[Text(f"{month} 清算", f"clearing of {month}")],
        empty=_NOTHING,
    )
    show(settings, table)


@clearing.command(
    "lines",
    about=Text("逐笔列出一个月的清算款项。", "Every line of the clearing of a month."),
    examples=("gongji clearing lines 2026-02 -O csv",),
)
@_month
@option(
    "--area",
    "only",
    type=AREA,
    metavar="REGION",
    about=Text("只列涉及此统筹区的", "Only lines of this area."),
)
@click.pass_obj
def lines(settings: Settings, *, month: str, only: str | None) -> None:
    """List the lines of a month."""
    from projections.clearing import clearing_lines

    with reading(settings) as store:
        found = clearing_lines(store, _checked(settings, month))
        rows = [_named(line) for line in found if _touches(line, only)]
        position = store.recorder.last_position
    show(settings, Table("clearing-lines", _LINES, rows, position=position, empty=_NOTHING))


def _touches(line: Line, only: str | None) -> bool:
    return only is None or only in (line.debtor, line.creditor)


def _checked(settings: Settings, month: str) -> str:
    if re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", month) is None:
        code = "no_month"
        raise failure(code, _MONTH.say(settings.lang, given=month))
    return month


def _named(found: Line | Owed) -> dict[str, object]:
    from cli.sources import area

    names = {"debtor_name": area(found.debtor), "creditor_name": area(found.creditor)}
    return {**found._asdict(), **names}
