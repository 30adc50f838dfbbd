"""The checks of the policy files by name, with what each found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.render import Column, Table, show
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cli.settings import Settings
    from policies.lint import Care, Outcome

MOST = 20
"""So many findings of one check are shown to people; data has all of them."""

_COLUMNS = [
    Column("check", Text("检查", "check")),
    Column("level", Text("级别", "level"), "code", "CheckLevel"),
    Column("verdict", Text("结论", "verdict"), "code", "Verdict"),
    Column("count", Text("发现", "found"), "int"),
    Column("holds", Text("应当成立", "what must hold")),
    Column("place", Text("何处", "where")),
    Column("says", Text("发现", "finding")),
]
_MORE = Text(
    "……另有 {count:,} 处，用 -O csv 列出全部", "… and {count:,} more; -O csv gives all of them"
)


def show_lint(settings: Settings, folder: Path | None, care: Care) -> bool:
    """Run every check and show what it found; tell whether there were errors."""
    from policies.lint import lint
    from policies.loader import SHIPPED

    outcomes = lint(folder or SHIPPED, care)
    rows = [row for outcome in outcomes for row in _rows(settings, outcome)]
    errors, warnings = (
        sum(len(each.found or ()) for each in outcomes if each.level == level)
        for level in ("error", "warning")
    )
    clean = settings.for_people and not errors + warnings
    table = Table(
        "policy-lint",
        _COLUMNS[:5] if clean else _COLUMNS,
        rows,
        as_of=care.on,
        facts=[
            Text(f"{len(outcomes)} 项检查", f"{len(outcomes)} checks"),
            Text(f"{errors} 处错误", f"{errors} errors"),
            Text(f"{warnings} 处提醒", f"{warnings} warnings"),
        ],
        more={"checks": len(outcomes), "errors": errors, "warnings": warnings},
    )
    show(settings, table)
    return errors > 0


def _verdict(outcome: Outcome) -> str:
    """Give the code of what came of a check: a finding of a warning is no failure."""
    if outcome.found is None:
        return "not_run"
    if not outcome.found:
        return "ok"
    return "failed" if outcome.level == "error" else "noted"


def _rows(settings: Settings, outcome: Outcome) -> Iterator[dict[str, object]]:
    """Give one row for each finding; of a check without any, one that says so."""
    found = outcome.found
    head = {
        "check": outcome.name,
        "level": outcome.level,
        "verdict": _verdict(outcome),
        "count": len(found or ()),
        "holds": outcome.holds,
    }
    if not found:
        yield head
        return
    shown = found[:MOST] if settings.for_people else found
    for number, problem in enumerate(shown):
        place = {"place": f"{problem.path}:{problem.line}", "says": problem.message}
        yield (head if number == 0 or not settings.for_people else {}) | place
    if len(found) > len(shown):
        yield {"says": _MORE.say(settings.lang, count=len(found) - len(shown))}
