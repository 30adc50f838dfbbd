"""Asking rules: each of them of the read models, its cases made findings with names and words."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from domain.money import format_yuan
from domain.text import Lang, Text
from ledger.collector import seldom_collecting
from projections.findings.logic import Ask, Case
from projections.findings.logics import LOGICS
from projections.findings.material import Material
from projections.findings.rule import Finding, Rule, Unit, finding_id

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from domain.rules import RuleBook

Lists = Mapping[str, Mapping[str, str]]
"""Outside lists by name: `deaths` gives each person's day, `addresses` each person's area."""

READ_MODELS = ("uses", "audit_trail")
"""The read models that must be up to date before rules are asked."""


def find(
    engine: Engine,
    rules: Collection[Rule],
    *,
    book: RuleBook | None = None,
    lists: Lists | None = None,
) -> list[Finding]:
    """Ask rules of the read models and give what they find, rule by rule, first day first."""
    material = Material(engine)
    found: list[Finding] = []
    with seldom_collecting():  # the material is many small tuples, none of which holds a cycle
        for rule in rules:
            found += sorted(
                _findings(material, rule, book=book, lists=lists or {}),
                key=lambda each: (each.first_day, each.positions, each.subject),
            )
    return found


def _findings(
    material: Material, rule: Rule, *, book: RuleBook | None, lists: Lists
) -> Iterator[Finding]:
    values = {name: each.value for name, each in rule.parameters.items()}
    ask = Ask(material, values, rule.scene, lists, book)
    for case in LOGICS[rule.logic].find(ask):
        yield _finding(rule, case)


def _finding(rule: Rule, case: Case) -> Finding:
    return Finding(
        id=finding_id(rule.id, subject=case.subject, positions=case.positions),
        rule=rule.id,
        subject=case.subject,
        positions=case.positions,
        first_day=case.first_day,
        last_day=case.last_day,
        amount_fen=case.amount_fen,
        count=case.count,
        says=Text(
            rule.says.say("zh", **_facts(rule, case, "zh")),
            rule.says.say("en", **_facts(rule, case, "en")),
        ),
        clears=rule.clears,
        level=rule.grade,
    )


def _facts(rule: Rule, case: Case, lang: Lang) -> dict[str, object]:
    """Give what the sentence of a finding may name, in one language."""
    return {
        **{name: _said(name, value, lang) for name, value in case.facts.items()},
        **{name: _threshold(each.value, each.unit) for name, each in rule.parameters.items()},
        "subject": case.subject,
        "count": case.count,
        "amount": format_yuan(case.amount_fen),
        "first_day": case.first_day,
        "last_day": case.last_day,
    }


def _said(name: str, value: object, lang: Lang) -> object:
    """Put a fact as people read it: money in yuan, codes in words."""
    if name.endswith("_fen") and isinstance(value, int):
        return format_yuan(value)
    return value.say(lang) if isinstance(value, Text) else value


def _threshold(value: int, unit: Unit) -> object:
    return format_yuan(value) if unit is Unit.FEN else value
