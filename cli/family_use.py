"""`gongji family authorize` and `withdraw`: what a grantor allows a beneficiary."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from cli.answers import show_answer
from cli.pairs import by_pair
from cli.params import DAY, YUAN, How, choice_of, option, writes
from cli.session import carry_out, today
from cli.texts import Command
from domain.codes import Category, Place
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from cli.pairs import Pair
    from cli.settings import Settings

_LIMITS = {
    "per_use": Text("单次限额，元", "Most for one use, yuan."),
    "per_day": Text("单日限额，元", "Most for one day, yuan."),
    "per_year": Text("年度限额，元", "Most for one account year, yuan."),
    "joint_year": Text(
        "全部亲属合计年度限额，元", "Most for all relatives together in an account year, yuan."
    ),
    "retained": Text("须保留的最低余额，元", "What must stay in the account, yuan."),
}


def _limits(function: Callable[..., None]) -> Callable[..., None]:
    """Add one option for each limit; the command gets those that were given as `limits`."""
    names = [f"{name}_fen" for name in _LIMITS]

    @wraps(function)
    def call(*args: object, **given: Any) -> None:  # noqa: ANN401 - whatever click hands over
        limits = {name: fen for name in names if (fen := given.pop(name)) is not None}
        function(*args, limits=limits, **given)

    for name, about in reversed(_LIMITS.items()):
        spelt = (f"--{name.replace('_', '-')}", f"{name}_fen")
        call = option(*spelt, type=YUAN, metavar="YUAN", about=about)(call)
    return call


@click.command(
    "authorize",
    cls=Command,
    about=Text(
        "授权被共济人使用共济人的账户：用途、限额、期限。新的授权取代旧的。",
        "Let the beneficiary use the grantor's account: what for, how much, how long. "
        "A new authorization replaces the old one.",
    ),
    examples=(
        "gongji family authorize F1 p1 p2 --from 2026-01-01",
        "gongji family authorize F1 p1 p2 --to 2026-12-31 --per-use 200 --place pharmacy",
    ),
)
@by_pair
@option(
    "--from",
    "first_day",
    type=DAY,
    metavar="DATE",
    about=Text("起始日，默认生效日", "First day; default the day of effect."),
)
@option(
    "--to", "last_day", type=DAY, metavar="DATE", about=Text("截止日（含）", "Last day, included.")
)
@option(
    "--place",
    "places",
    type=choice_of(Place),
    multiple=True,
    about=Text("可用场所，可重复；不写则不限", "Where; repeat for several; none means any."),
)
@option(
    "--category",
    "categories",
    type=choice_of(Category),
    multiple=True,
    about=Text("可付费用，可重复；不写则不限", "For what; repeat for several; none means any."),
)
@_limits
@writes
@click.pass_obj
def authorize(
    settings: Settings,
    *,
    pair: Pair,
    first_day: date | None,
    last_day: date | None,
    places: tuple[Place, ...],
    categories: tuple[Category, ...],
    how: How,
    limits: dict[str, int],
) -> None:
    """Authorize use."""
    from domain.pool import Authorization
    from ledger.commands import AuthorizeUse

    authorization = Authorization(
        first_day=first_day or how.on or today(settings),
        last_day=last_day,
        places=frozenset(places),
        categories=frozenset(categories),
        **limits,
    )
    command = AuthorizeUse(
        **pair,
        authorization=authorization,
        **how.fields,
    )
    show_answer(settings, carry_out(settings, command, key=how.key))


@click.command(
    "withdraw",
    cls=Command,
    about=Text("撤销授权，绑定关系保留。", "Withdraw an authorization; the relation stays."),
    examples=("gongji family withdraw F1 p1 p2",),
)
@by_pair
@writes
@click.pass_obj
def withdraw(
    settings: Settings,
    *,
    pair: Pair,
    how: How,
) -> None:
    """Withdraw an authorization."""
    from ledger.commands import WithdrawUse

    command = WithdrawUse(
        **pair,
        **how.fields,
    )
    show_answer(settings, carry_out(settings, command, key=how.key))
