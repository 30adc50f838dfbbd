"""`gongji family give`: money that passes to a relative at once and for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.answers import show_answer
from cli.pairs import by_pair
from cli.params import YUAN, How, argument, writes
from cli.session import carry_out
from cli.texts import Command
from domain.text import Text

if TYPE_CHECKING:
    from cli.pairs import Pair
    from cli.settings import Settings


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
