"""The words of the review of findings by code; see `cli.words`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

REVIEW_WORDS: dict[str, Mapping[str, Text]] = {
    "Suspicion": {
        "suspicious": Text("可疑", "suspicious"),
        "violation": Text("明确违规", "a clear violation"),
    },
    "ReviewStep": {
        "raised": Text("提出", "raised"),
        "first_review": Text("初审", "first review"),
        "second_review": Text("复审", "second review"),
        "objection": Text("申诉", "objection"),
        "verification": Text("核实", "verification"),
        "decision": Text("处理", "decision"),
    },
    "Opinion": {
        "stands": Text("疑点成立", "it stands"),
        "cleared": Text("排除疑点", "it is cleared"),
    },
    "Handling": {
        "upheld": Text("认定违规", "upheld"),
        "partly_upheld": Text("部分认定", "upheld in part"),
        "dismissed": Text("不予认定", "dismissed"),
    },
}
"""By the name of the vocabulary, then by code."""

REVIEW_COMMANDS: Mapping[str, Text] = {
    "finding.raise": Text("疑点提交审核", "put up for review"),
    "finding.first_review": Text("疑点初审", "first review given"),
    "finding.second_review": Text("疑点复审", "second review given"),
    "finding.object": Text("疑点申诉", "objection recorded"),
    "finding.verify": Text("疑点核实", "verified"),
    "finding.decide": Text("疑点处理", "decided"),
}
"""What the commands are called."""
