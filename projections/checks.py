"""What must hold of the books, as named checks: each gives the places where it does not.

The read models are checked as they stand, at the position they have reached. Whether the store
itself is whole and readable is asked by `ledger.check`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Select, case, func, select, union_all

from domain.text import Text
from ledger.check import Problem
from projections.chart import IN_WALLETS, PERSONAL, Code
from projections.folding import replay_problems
from projections.kept_apart import hold_problems, purse_problems, transfer_problems, wallet_problems
from projections.rebuilt import rebuild_problems
from projections.runner import positions
from projections.sealing import seal_problems
from projections.settlements import settlement_problems
from projections.sums import rows, unequal, yuan
from projections.tables import (
    BALANCES,
    HOLDS,
    JOURNAL,
    PURSES,
    TRANSFERS,
    USAGE,
    WALLET_HOLDS,
    WALLETS,
)

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from ledger.store import Store


class Finding(NamedTuple):
    """One place where a check fails. `place` is the same in both languages."""

    check: str
    place: str
    says: Text


@dataclass(frozen=True, slots=True)
class Check:
    """A named check: what holds, and how to find where it does not."""

    holds: Text
    find: Callable[[Store, Engine], Iterator[Problem]]


def check(store: Store, engine: Engine, *, names: Collection[str] | None = None) -> list[Finding]:
    """Run all checks, or those named, and give every finding in order of the checks.

    Read models that are ahead of the store, or apart from each other, are the only finding then:
    nothing else could be concluded from them.
    """
    apart = [Finding("positions", *problem) for problem in _positions(store, engine)]
    chosen = [name for name in CHECKS if names is None or name in names]
    return apart or [
        Finding(name, *problem)
        for name in chosen
        for problem in problems_of(name, store, engine=engine)
    ]


def problems_of(name: str, store: Store, *, engine: Engine) -> list[Problem]:
    """Run one check; a value in a read model that is none of its kind is a finding, too."""
    try:
        return list(CHECKS[name].find(store, engine))
    except (ValueError, TypeError) as error:
        kind = type(error).__name__
        says = Text(
            f"读模型中有无法读出的值（{kind}），请重建",
            f"a read model has a value that cannot be read ({kind}); rebuild it",
        )
        return [Problem("projections", says)]


def _positions(store: Store, engine: Engine) -> Iterator[Problem]:
    """Find read models that no history of this store can have led to."""
    last = store.recorder.last_position
    reached = positions(engine)
    for name, position in reached.items():
        if position > last:
            yield Problem(
                f"projection {name}",
                Text(
                    f"已记到第 {position} 条事件，账本却只有 {last} 条",
                    f"has taken in event {position}, but the store ends at {last}",
                ),
            )
    if len(set(reached.values())) > 1:
        said = ", ".join(f"{name} {position}" for name, position in reached.items())
        yield Problem(
            "projections",
            Text(
                f"各投影进度不一（{said}），请先运行 gongji store project",
                f"they stand at different positions ({said}); run gongji store project first",
            ),
        )


def _conservation(_: Store, engine: Engine) -> Iterator[Problem]:
    """I1: what came in and did not go out is there, account by account."""
    lines = JOURNAL.c
    inside = select(
        BALANCES.c.person,
        (BALANCES.c.available_fen + BALANCES.c.held_fen + BALANCES.c.set_aside_fen).label("fen"),
    )
    outside = select(lines.person, lines.credit_fen - lines.debit_fen).where(
        lines.topic.startswith("account."), lines.code.not_in(PERSONAL)
    )
    in_wallets = select(
        WALLETS.c.person,
        (WALLETS.c.available_fen + WALLETS.c.held_fen + WALLETS.c.pending_fen).label("fen"),
    )
    past_wallets = select(lines.person, lines.credit_fen - lines.debit_fen).where(
        lines.topic.startswith("wallet."), lines.code.not_in(IN_WALLETS)
    )
    parts = (union_all(inside, outside), union_all(in_wallets, past_wallets))
    for row in (
        row for part in parts for row in unequal(engine, part, keys=("person",), sums=("fen",))
    ):
        yield Problem(
            f"person/{row['person']}",
            Text(
                f"账户余额与入账减支出相差 {yuan(row['fen'])} 元",
                f"the account holds {yuan(row['fen'])} yuan more than came in and did not go out",
            ),
        )


def _non_negativity(_: Store, engine: Engine) -> Iterator[Problem]:
    """I2: no amount is below zero now, and no account ever was after any event."""
    for table, column in (
        (BALANCES, "available_fen"),
        (BALANCES, "held_fen"),
        (BALANCES, "set_aside_fen"),
        (PURSES, "current_fen"),
        (PURSES, "prior_fen"),
        (HOLDS, "current_fen"),
        (HOLDS, "prior_fen"),
        (USAGE, "used_fen"),
        (WALLETS, "available_fen"),
        (WALLETS, "held_fen"),
        (WALLETS, "pending_fen"),
        (WALLET_HOLDS, "held_fen"),
        (TRANSFERS, "amount_fen"),
    ):
        for row in rows(engine, select(table).where(table.c[column] < 0)):
            key = "/".join(str(row[part.name]) for part in table.primary_key)
            yield _negative(f"{table.name} {key}", row[column])
    for row in rows(engine, _overdrawn()):
        yield _negative(
            f"#{row['position']} person/{row['person']} {row['code']} {row['segment']}", row["fen"]
        )


def _overdrawn() -> Select[tuple[int, str, str, str, int]]:
    """Find the lines after which a personal account stood below zero."""
    lines = JOURNAL.c
    running = (
        func.sum(lines.credit_fen - lines.debit_fen)
        .over(
            partition_by=(lines.person, lines.code, lines.segment),
            order_by=(lines.position, lines.line),
        )
        .label("fen")
    )
    after = (
        select(lines.position, lines.person, lines.code, lines.segment, running)
        .where(lines.code.in_((*PERSONAL, *IN_WALLETS)))
        .subquery()
    )
    return select(after).where(after.c.fen < 0).order_by(after.c.position)


def _negative(place: str, fen: int) -> Problem:
    return Problem(place, Text(f"低于零：{yuan(fen)} 元", f"below zero: {yuan(fen)} yuan"))


def _balances(_: Store, engine: Engine) -> Iterator[Problem]:
    """I3: a balance is the sum of its lines."""
    lines = JOURNAL.c
    kept = select(
        BALANCES.c.person,
        BALANCES.c.segment,
        BALANCES.c.available_fen,
        BALANCES.c.held_fen,
        BALANCES.c.set_aside_fen,
    )
    off = lines.debit_fen - lines.credit_fen
    summed = select(
        lines.person,
        lines.segment,
        case((lines.code == Code.AVAILABLE, off), else_=0),
        case((lines.code == Code.HELD, off), else_=0),
        case((lines.code == Code.SET_ASIDE, off), else_=0),
    ).where(lines.code.in_(PERSONAL))
    sums = ("available_fen", "held_fen", "set_aside_fen")
    for row in unequal(engine, union_all(kept, summed), keys=("person", "segment"), sums=sums):
        yield Problem(
            f"person/{row['person']} {row['segment']}",
            Text(
                f"余额与分录之和不符：可用差 {yuan(row['available_fen'])} 元，"
                f"冻结差 {yuan(row['held_fen'])} 元，划拨差 {yuan(row['set_aside_fen'])} 元",
                f"the balance is not the sum of its lines: available off by "
                f"{yuan(row['available_fen'])} yuan, held by {yuan(row['held_fen'])}, "
                f"set aside by {yuan(row['set_aside_fen'])}",
            ),
        )


def _trial_balance(_: Store, engine: Engine) -> Iterator[Problem]:
    """Debits equal credits, event by event and so in total."""
    lines = JOURNAL.c
    off = select(lines.position, (lines.debit_fen - lines.credit_fen).label("fen"))
    for row in unequal(engine, off, keys=("position",), sums=("fen",)):
        yield Problem(
            f"#{row['position']}",
            Text(
                f"借贷不平，相差 {yuan(row['fen'])} 元",
                f"debits exceed credits by {yuan(row['fen'])} yuan",
            ),
        )


CHECKS: dict[str, Check] = {
    "conservation": Check(
        Text("余额等于入账减支出", "what came in and did not go out is there"), _conservation
    ),
    "non_negativity": Check(Text("任何金额不低于零", "no amount is below zero"), _non_negativity),
    "balances": Check(Text("余额等于分录之和", "a balance is the sum of its lines"), _balances),
    "holds": Check(Text("冻结等于在途冻结之和", "held is the sum of open holds"), hold_problems),
    "wallets": Check(
        Text("钱包余额等于分录之和，也等于可用、冻结与待接收", "a wallet is the sum of its lines"),
        wallet_problems,
    ),
    "transfers": Check(
        Text("亲属转账有出必有入", "what relatives send arrives or comes back"), transfer_problems
    ),
    "purses": Check(
        Text("划拨等于各划拨款之和", "set aside is the sum of open purses"), purse_problems
    ),
    "settlements": Check(
        Text("费用单与账户两边一致", "claims and accounts tell the same"), settlement_problems
    ),
    "trial_balance": Check(Text("借贷相等", "debits equal credits"), _trial_balance),
    "seals": Check(
        Text("封存的余额与重放一致", "replaying the events gives the balances that were sealed"),
        seal_problems,
    ),
    "replay": Check(
        Text("重放事件得到同样的账", "replaying the events gives the same books"), replay_problems
    ),
    "rebuild": Check(
        Text("投影与重建结果逐行一致", "every projection equals its rebuild"), rebuild_problems
    ),
}
"""Every check by name, in order of running."""
