"""What `gongji family show` shows: relations with what is authorized, and orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.purse_views import data, notes, purses_of
from cli.render import Column, Table, show
from cli.session import reading
from cli.states import state_in
from domain.refusals import Code
from domain.rules import UNLIMITED
from domain.text import Text

if TYPE_CHECKING:
    from cli.settings import Settings
    from domain.ids import PoolId
    from domain.pool import Binding, Pool

_COLUMNS = [
    Column("filing_no", Text("备案号", "no."), "int"),
    Column("grantor", Text("共济人", "grantor")),
    Column("beneficiary", Text("被共济人", "beneficiary")),
    Column("relation", Text("关系", "relation"), "code", "Relation"),
    Column("standing", Text("状态", "standing"), "code", "Standing"),
    Column("bound_on", Text("绑定日", "bound"), "date", for_people=False),
    Column("active_from", Text("生效日", "active from"), "date"),
    Column("ended_by", Text("终止原因", "ended by"), "code", "EndReason"),
    Column("first_day", Text("授权自", "authorized from"), "date"),
    Column("last_day", Text("授权至", "to"), "date"),
    Column("places", Text("场所", "places"), "code", "Place"),
    Column("categories", Text("费用", "categories"), "code", "Category"),
    Column("per_use_fen", Text("单次(元)", "per use"), "yuan"),
    Column("per_day_fen", Text("单日(元)", "per day"), "yuan"),
    Column("per_year_fen", Text("年度(元)", "per year"), "yuan"),
    Column("joint_year_fen", Text("合计年度(元)", "joint, year"), "yuan"),
    Column("retained_fen", Text("保留(元)", "retained"), "yuan"),
    Column("drawn", Text("扣款次序", "drawn"), "int", for_people=False),
]
_OPTIONAL = {
    *("ended_by", "last_day", "places", "categories", "retained_fen"),
    *("per_use_fen", "per_day_fen", "per_year_fen", "joint_year_fen"),
}


def show_family(settings: Settings, pool: PoolId) -> None:
    """Show one pool; columns without any entry are left out of the table for people."""
    from domain.person import person_stream
    from domain.pool import pool_stream

    with reading(settings) as store:
        found = state_in(settings, store, pool_stream(pool), otherwise=Code.UNKNOWN_POOL)
        state: Pool = found.value
        grantors = sorted({binding.grantor for binding in state.bindings.values()})
        streams = map(person_stream, grantors)
        persons = [
            state_in(settings, store, stream, otherwise=Code.UNKNOWN_PERSON).value
            for stream in streams
        ]
    kept = [each for each in purses_of(persons) if each[2].pool == pool]
    rows = [_row(state, binding) for binding in state.bindings.values()]
    filled = {key for row in rows for key, value in row.items() if value not in (None, [], 0)}
    columns = [
        column
        for column in _COLUMNS
        if not settings.for_people or column.key not in _OPTIONAL or column.key in filled
    ]
    table = Table(
        "family",
        columns,
        rows,
        title=Text(
            f"共济组 {state.id} · 统筹区 {state.region} · 建组人 {state.opened_by}",
            f"family pool {state.id} · pooling area {state.region} · opened by {state.opened_by}",
        ),
        notes=notes(kept),
        facts=_orders(state),
        position=found.position,
        as_known_at=settings.as_known_at,
        more={
            "orders": {who: list(order) for who, order in state.orders.items()},
            "set_aside": data(kept),
        },
        empty=Text(
            f"还没有绑定。先绑定：gongji family bind {state.id} …",
            f"Nobody is bound yet. Bind: gongji family bind {state.id} …",
        ),
    )
    show(settings, table)


def _orders(state: Pool) -> list[Text]:
    return [
        Text(
            f"{who} 的扣款顺序：{' → '.join(order)}",
            f"order of deduction for {who}: {' → '.join(order)}",
        )
        for who, order in sorted(state.orders.items())
        if order
    ]


def _row(state: Pool, binding: Binding) -> dict[str, object]:
    it = binding.authorization
    order = state.orders.get(binding.beneficiary, ())
    return {
        "filing_no": binding.filing_no,
        "grantor": binding.grantor,
        "beneficiary": binding.beneficiary,
        "relation": binding.relation,
        "standing": binding.standing,
        "bound_on": binding.bound_on,
        "active_from": binding.active_from,
        "ended_by": binding.ended_by,
        "first_day": it and it.first_day,
        "last_day": it and it.last_day,
        "places": sorted(it.places) if it else [],
        "categories": sorted(it.categories) if it else [],
        "per_use_fen": it and _limit(it.per_use_fen),
        "per_day_fen": it and _limit(it.per_day_fen),
        "per_year_fen": it and _limit(it.per_year_fen),
        "joint_year_fen": it and _limit(it.joint_year_fen),
        "retained_fen": it and it.retained_fen,
        "drawn": order.index(binding.grantor) + 1 if binding.grantor in order else None,
    }


def _limit(fen: int | None) -> int | None:
    return None if fen is None or fen >= UNLIMITED else fen
