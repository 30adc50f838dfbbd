"""`gongji family`: family pools; who is bound to whom, and what each grantor allows."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from cli.answers import show_answer
from cli.family_giving import give
from cli.family_money import quota, set_aside
from cli.pairs import POOL, by_pair
from cli.params import DAY, YUAN, How, argument, choice_of, option, writes
from cli.session import carry_out, today
from cli.texts import group
from domain.codes import Category, Evidence, Place, Relation
from domain.ids import PersonId, PoolId
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from cli.pairs import Pair
    from cli.settings import Settings

family = group(
    "family",
    about=Text(
        "家庭共济组：建组、绑定、授权、划拨、额度、划转、扣款顺序、解绑。",
        "Family pools: open, bind, authorize, set aside, give, order, unbind.",
    ),
    examples=(
        "gongji family open F1 p1",
        "gongji family bind F1 p1 p2 --relation child",
        "gongji family authorize F1 p1 p2 --from 2026-01-01",
    ),
)


@family.command(
    "open",
    about=Text("建立共济组。", "Open a family pool."),
    examples=("gongji family open F1 p1 --on 2026-01-01",),
)
@POOL
@argument("opener", metavar="PERSON", about=Text("建组人", "Who opens it."))
@writes
@click.pass_obj
def open_pool(
    settings: Settings,
    *,
    pool: str,
    opener: str,
    how: How,
) -> None:
    """Open a pool."""
    from ledger.commands import OpenPool

    command = OpenPool(pool=PoolId(pool), opener=PersonId(opener), **how.fields)
    show_answer(settings, carry_out(settings, command, key=how.key))


@family.command(
    "bind",
    about=Text(
        "绑定共济人与被共济人。--relation 是被共济人之于共济人的关系。",
        "Bind a grantor and a beneficiary. --relation is what the beneficiary is to the grantor.",
    ),
    examples=("gongji family bind F1 p1 p2 --relation child --on 2026-01-01",),
)
@by_pair
@option(
    "--relation",
    type=choice_of(Relation),
    required=True,
    about=Text("亲属关系", "What the beneficiary is to the grantor."),
)
@option(
    "--evidence",
    type=choice_of(Evidence),
    default=Evidence.COMMITMENT,
    about=Text("关系证明，默认承诺书", "How it was shown; default a written commitment."),
)
@writes
@click.pass_obj
def bind(
    settings: Settings,
    *,
    pair: Pair,
    relation: Relation,
    evidence: Evidence,
    how: How,
) -> None:
    """Bind two persons."""
    from ledger.commands import Bind

    command = Bind(
        **pair,
        relation=relation,
        evidence=evidence,
        **how.fields,
    )
    show_answer(settings, carry_out(settings, command, key=how.key))


@family.command(
    "review",
    about=Text(
        "审核一项绑定（有的地区须审核）。", "Approve or reject a binding, where an area demands it."
    ),
    examples=("gongji family review F1 p1 p2 --approve",),
)
@by_pair
@option("--approve/--reject", "approved", required=True, about=Text("通过或不通过", "The outcome."))
@writes
@click.pass_obj
def review(
    settings: Settings,
    *,
    pair: Pair,
    approved: bool,
    how: How,
) -> None:
    """Review a relation."""
    from ledger.commands import Review

    command = Review(
        **pair,
        approved=approved,
        **how.fields,
    )
    show_answer(settings, carry_out(settings, command, key=how.key))


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


@family.command(
    "authorize",
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


@family.command(
    "withdraw",
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


@family.command(
    "unbind",
    about=Text("解除绑定。再次绑定是新的关系。", "End a relation. Binding again makes a new one."),
    examples=(
        "gongji family unbind F1 p1 p2 --on 2026-06-30",
        "gongji family unbind F1 p1 p2 --asked-by p2",
    ),
)
@by_pair
@option(
    "--asked-by",
    metavar="PERSON",
    about=Text("哪一方提出，默认共济人", "The side that asks; default the grantor."),
)
@writes
@click.pass_obj
def unbind(
    settings: Settings,
    *,
    pair: Pair,
    asked_by: str | None,
    how: How,
) -> None:
    """End a relation."""
    from domain.ids import PersonId
    from ledger.commands import Unbind

    command = Unbind(
        **pair,
        asked_by=PersonId(asked_by) if asked_by else None,
        **how.fields,
    )
    show_answer(settings, carry_out(settings, command, key=how.key))


@family.command(
    "order",
    about=Text(
        "设置某被共济人的扣款顺序，先写先扣（地区允许自定时）。",
        "Put a beneficiary's grantors in order, first to pay first, where the area allows it.",
    ),
    examples=("gongji family order F1 p2 p3 p1",),
)
@POOL
@argument("beneficiary", metavar="BENEFICIARY", about=Text("被共济人", "Who receives care."))
@argument(
    "grantors",
    nargs=-1,
    required=True,
    metavar="GRANTOR",
    about=Text("其全部共济人，每人写一次", "All grantors, each once."),
)
@writes
@click.pass_obj
def order(
    settings: Settings,
    *,
    pool: str,
    beneficiary: str,
    grantors: tuple[str, ...],
    how: How,
) -> None:
    """Set the order of deduction."""
    from ledger.commands import SetOrder

    command = SetOrder(
        pool=PoolId(pool),
        beneficiary=PersonId(beneficiary),
        grantors=tuple(map(PersonId, grantors)),
        **how.fields,
    )
    show_answer(settings, carry_out(settings, command, key=how.key))


@family.command(
    "divorce",
    about=Text(
        "登记两名成员离婚，凭婚姻成立的关系随之终止。",
        "Report the divorce of two members; relations that rest on the marriage end.",
    ),
    examples=("gongji family divorce F1 p1 p3 --on 2026-05-01",),
)
@POOL
@argument("one", metavar="PERSON", about=Text("一方", "One of them."))
@argument("other", metavar="PERSON", about=Text("另一方", "The other."))
@writes
@click.pass_obj
def divorce(
    settings: Settings,
    *,
    pool: str,
    one: str,
    other: str,
    how: How,
) -> None:
    """Report a divorce."""
    from ledger.commands import ReportDivorce

    command = ReportDivorce(
        pool=PoolId(pool),
        spouses=(PersonId(one), PersonId(other)),
        **how.fields,
    )
    show_answer(settings, carry_out(settings, command, key=how.key))


family.add_command(give)
family.add_command(set_aside)
family.add_command(quota)


@family.command(
    "show",
    times=("as_known_at",),
    about=Text(
        "一个共济组的关系、授权和扣款顺序；现状，或按当时所知。",
        "A pool's relations, authorizations and orders, now or as known at a moment.",
    ),
    examples=("gongji family show F1", "gongji family show F1 --as-known-at 120"),
)
@POOL
@click.pass_obj
def show_pool(settings: Settings, *, pool: str) -> None:
    """Show a pool."""
    from cli.family_views import show_family

    show_family(settings, PoolId(pool))
