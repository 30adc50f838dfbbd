"""The tables of docs/findings.md, as the rules say them: `python -m tests.findings.page`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from projections.findings.logics import LOGICS
from projections.findings.reading import rules
from projections.findings.rule import Rule

PAGE = Path(__file__).parents[2] / "docs" / "findings.md"

_RULES = "| id | 名称 | rule | grade 结果类型 | logic 逻辑 | 阈值 |\n|---|---|---|---|---|---|"
_LOGICS = "| logic 逻辑 | parameters 参数 | facts for the sentence 可引事实 |\n|---|---|---|"
_GRADES = {"suspicious": "suspicious 可疑", "violation": "violation 明确违规"}


def tables() -> Iterator[str]:
    """Give the table of rules and the table of logics."""
    yield "\n".join([_RULES, *(_row(rule) for rule in rules().values())])
    rows = (
        f"| `{name}` | {_listed(f'{each} ({unit})' for each, unit in logic.parameters.items())} "
        f"| {_listed(sorted(logic.facts))} |"
        for name, logic in LOGICS.items()
    )
    yield "\n".join([_LOGICS, *rows])


def _row(rule: Rule) -> str:
    thresholds = _listed(
        f"{name} = {each.value} {each.unit}" for name, each in rule.parameters.items()
    )
    return (
        f"| {rule.id} | {rule.name.zh} | {rule.name.en} | {_GRADES[rule.grade]} "
        f"| {rule.means.zh}<br>{rule.means.en} | {thresholds} |"
    )


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)


if __name__ == "__main__":
    print("\n\n".join(tables()))  # noqa: T201  # to be pasted into the page
