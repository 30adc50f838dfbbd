"""`gongji family`: family pools; who is bound to whom, and what each grantor allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.answers import show_answer
from cli.family_money import give, quota, set_aside
from cli.family_use import authorize, withdraw
from cli.pairs import POOL, by_pair
from cli.params import How, argument, choice_of, option, writes
from cli.session import carry_out
from cli.texts import group
from domain.codes import Evidence, Relation
from domain.ids import PersonId, PoolId
from domain.text import Text

if TYPE_CHECKING:
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


family.add_command(authorize)
family.add_command(withdraw)


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
