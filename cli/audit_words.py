"""The words of what auditors are shown, by vocabulary and code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

AUDIT_WORDS: dict[str, Mapping[str, Text]] = {
    "Link": {
        "ground": Text("依据", "rests on"),
        "before": Text("前因", "before"),
        "same": Text("本次办理", "this command"),
        "after": Text("后果", "after"),
    },
    "Matter": {
        "balance": Text("余额", "balance"),
        "person": Text("参保状况", "insurance and account"),
        "relation": Text("关系与授权", "relation and authorization"),
        "claim": Text("费用单", "claim"),
    },
}
"""How an event stands to the one asked for (`projections.causes.Link`), and what a figure that
differs belongs to (`projections.two_moments.Matter`)."""
