"""Checks of money kept apart: held for claims, set aside, in wallets, or on its way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlalchemy import case, literal, select, union_all

from domain.claim import Status
from domain.codes import Segment
from domain.text import Text
from ledger.check import Problem
from projections.chart import IN_WALLETS, Code
from projections.sums import rows, unequal, yuan
from projections.tables import (
    BALANCES,
    CLAIMS,
    HOLDS,
    JOURNAL,
    PURSES,
    TRANSFERS,
    WALLET_HOLDS,
    WALLETS,
)

if TYPE_CHECKING:
    from sqlalchemy import Column, Engine, Table

    from ledger.store import Store


def wallet_problems(_: Store, engine: Engine) -> Iterator[Problem]:
    """What is in a wallet is the sum of its lines, of its open holds and of what waits."""
    lines = JOURNAL.c
    off = lines.debit_fen - lines.credit_fen
    columns = ("available_fen", "held_fen", "pending_fen")
    kept = select(WALLETS.c.person, *(WALLETS.c[name] for name in columns))
    summed = select(
        lines.person, *(case((lines.code == code, off), else_=0) for code in IN_WALLETS)
    ).where(lines.code.in_(IN_WALLETS))
    nothing = literal(0)
    inside = select(WALLETS.c.person, nothing, WALLETS.c.held_fen, WALLETS.c.pending_fen)
    held = select(WALLET_HOLDS.c.person, nothing, -WALLET_HOLDS.c.held_fen, nothing)
    sent = select(TRANSFERS.c.sender, nothing, nothing, -TRANSFERS.c.amount_fen)
    names = [
        name.label(label)
        for name, label in zip(inside.selected_columns, ("person", *columns), strict=True)
    ]
    open_ = union_all(select(*names), held, sent)
    for parts in (union_all(kept, summed), open_):
        for row in unequal(engine, parts, keys=("person",), sums=columns):
            said = [yuan(row[name]) for name in columns]
            yield Problem(
                f"person/{row['person']} wallet",
                Text(
                    "钱包余额与分录、冻结或待接收之和不符：可用差 {} 元，冻结差 {} 元，"
                    "待接收差 {} 元".format(*said),
                    "the wallet is not the sum of its lines, holds and transfers: available off "
                    "by {} yuan, held by {}, pending by {}".format(*said),
                ),
            )


def transfer_problems(_: Store, engine: Engine) -> Iterator[Problem]:
    """What leaves one relative for another arrives: nothing stays on the way."""
    lines = JOURNAL.c
    off = select(lines.code, (lines.credit_fen - lines.debit_fen).label("fen")).where(
        lines.code == Code.TRANSFERS
    )
    for row in unequal(engine, off, keys=("code",), sums=("fen",)):
        yield Problem(
            f"account {row['code']}",
            Text(
                f"亲属转账的转出与转入相差 {yuan(row['fen'])} 元",
                f"what left relatives differs from what arrived by {yuan(row['fen'])} yuan",
            ),
        )


def hold_problems(_: Store, engine: Engine) -> Iterator[Problem]:
    """I4: what is held is the sum of open holds, and each belongs to a claim that is held."""
    for place, off in _apart(engine, BALANCES.c.held_fen, HOLDS):
        yield Problem(
            place,
            Text(
                f"冻结余额与在途冻结之和相差 {off} 元",
                f"what is held differs from the open holds by {off} yuan",
            ),
        )
    to_hold = CLAIMS.c.own_account_fen + CLAIMS.c.wallet_fen + CLAIMS.c.mutual_aid_fen
    allocated = select(CLAIMS.c.claim, to_hold.label("fen")).where(CLAIMS.c.status == Status.HELD)
    open_ = select(HOLDS.c.claim, -(HOLDS.c.current_fen + HOLDS.c.prior_fen))
    of_wallets = select(WALLET_HOLDS.c.claim, -WALLET_HOLDS.c.held_fen)
    for row in unequal(
        engine, union_all(allocated, open_, of_wallets), keys=("claim",), sums=("fen",)
    ):
        yield Problem(
            f"claim/{row['claim']}",
            Text(
                f"费用单应冻结金额与账户实际冻结相差 {yuan(row['fen'])} 元",
                f"what the claim holds differs from what accounts hold by {yuan(row['fen'])} yuan",
            ),
        )


def purse_problems(_: Store, engine: Engine) -> Iterator[Problem]:
    """What is set aside is the sum of open purses, and no quota is smaller than what is left."""
    for place, off in _apart(engine, BALANCES.c.set_aside_fen, PURSES):
        yield Problem(
            place,
            Text(
                f"划拨余额与各划拨款之和相差 {off} 元",
                f"what is set aside differs from the open purses by {off} yuan",
            ),
        )
    beyond = select(PURSES).where(PURSES.c.current_fen + PURSES.c.prior_fen > PURSES.c.quota_fen)
    for row in rows(engine, beyond):
        yield Problem(
            f"person/{row['person']} {row['purse']}",
            Text("额度内的余款超过额度", "more is left of the quota than the quota"),
        )


def _apart(engine: Engine, column: Column[int], parts: Table) -> Iterator[tuple[str, str]]:
    """Find balances by segment that are not the sum of their parts: where, and by how many yuan."""
    kept = select(BALANCES.c.person, BALANCES.c.segment, column.label("fen"))
    current = select(parts.c.person, literal(Segment.CURRENT.value), -parts.c.current_fen)
    prior = select(parts.c.person, literal(Segment.PRIOR.value), -parts.c.prior_fen)
    both = union_all(kept, current, prior)
    for row in unequal(engine, both, keys=("person", "segment"), sums=("fen",)):
        yield f"person/{row['person']} {row['segment']}", yuan(row["fen"])
