"""`gongji family set-aside`, `quota` and `give`: a grantor's money for relatives, beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.answers import show_answer
from cli.pairs import GRANTOR, POOL, by_pair
from cli.params import YUAN, How, argument, writes
from cli.session import carry_out
from cli.texts import Command
from domain.ids import PersonId, PoolId
from domain.text import Text

if TYPE_CHECKING:
    from cli.pairs import Pair
    from cli.settings import Settings


@click.command(
    "set-aside",
    cls=Command,
    about=Text(
        "划拨：把共济人的可用余额划到共济账户，供全组使用人使用（地区采用共济账户方式时）。"
        "资金仍属共济人，但本人不能再用；关系终止时余款转回。",
        "Set a grantor's money aside for all beneficiaries of the family, where the area works "
        "this way. It stays the grantor's, who cannot spend it; the rest comes back in the end.",
    ),
    examples=("gongji family set-aside F1 p1 600.00",),
)
@POOL
@GRANTOR
@argument(
    "amount", type=YUAN, metavar="YUAN", about=Text("划拨金额，元", "Yuan to set aside, as 600.00.")
)
@writes
@click.pass_obj
def set_aside(settings: Settings, *, pool: str, grantor: str, amount: int, how: How) -> None:
    """Set money aside."""
    from ledger.commands import SetAside

    command = SetAside(
        pool=PoolId(pool), grantor=PersonId(grantor), amount_fen=amount, **how.fields
    )
    show_answer(settings, carry_out(settings, command, key=how.key))


@click.command(
    "quota",
    cls=Command,
    about=Text(
        "设定或调整共济额度：从共济人账户中为一名被共济人冻结的总额。"
        "调高则多冻结，调低则解冻，但不能低于已用；关系终止时未用部分解冻。",
        "Freeze a quota of the grantor's account for one beneficiary, or change it: the amount is "
        "the whole quota. It cannot fall below what is used; what is unused comes back in the end.",
    ),
    examples=("gongji family quota F1 p1 p2 500.00", "gongji family quota F1 p1 p2 0"),
)
@by_pair
@argument("amount", type=YUAN, metavar="YUAN", about=Text("额度总额，元", "The whole quota, yuan."))
@writes
@click.pass_obj
def quota(settings: Settings, *, pair: Pair, amount: int, how: How) -> None:
    """Set a quota."""
    from ledger.commands import SetQuota

    command = SetQuota(**pair, quota_fen=amount, **how.fields)
    show_answer(settings, carry_out(settings, command, key=how.key))


@click.command(
    "give",
    cls=Command,
    about=Text(
        "划转：共济人把钱即时划给被共济人，归其所有，不可退回（地区实行划转时）。",
        "Give money to the beneficiary at once and for good, where the area works this way.",
    ),
    examples=("gongji family give F1 p1 p2 800.00",),
)
@by_pair
@argument(
    "amount", type=YUAN, metavar="YUAN", about=Text("金额，元，如 800.00", "Yuan, as 800.00.")
)
@writes
@click.pass_obj
def give(settings: Settings, *, pair: Pair, amount: int, how: How) -> None:
    """Give money."""
    from ledger.commands import Give

    command = Give(**pair, amount_fen=amount, **how.fields)
    show_answer(settings, carry_out(settings, command, key=how.key))
