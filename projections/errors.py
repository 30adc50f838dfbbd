"""What is wrong with a read model and what to do, in both languages."""

# ruff: noqa: N818  # as in ledger.errors: the name says it

from __future__ import annotations

from domain.text import Text
from ledger.errors import StoreError


class ReadModelAhead(StoreError):
    """A projection knows events that the store does not have. Facts: projection, position, last."""

    SAYS = Text(
        "投影 {projection} 已记到第 {position} 条事件，账本却只有 {last} 条：两者不是同一本账。",
        "Projection {projection} has taken in event {position}, but the store ends at {last}: "
        "they do not belong together.",
    )
    REMEDY = Text(
        "若账本是换过的，请重建投影：gongji store project --rebuild；否则请查账本是否被截短。",
        "If the store was replaced, rebuild: gongji store project --rebuild. "
        "Otherwise find out whether the store was cut short.",
    )
    exit_code = 4


class ReadModelBusy(StoreError):
    """Another process brought the projection forward at the same time. Facts: projection."""

    SAYS = Text(
        "另一进程正在更新投影 {projection}。",
        "Another process is bringing projection {projection} up to date.",
    )
    REMEDY = Text("请稍后重试；没有记重。", "Try again; nothing was counted twice.")
    exit_code = 3
