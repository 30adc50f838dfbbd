"""`rules/rs1-….json`: the rules that decisions name, readable, with reasons and sources.

A decision names the rule set by which its own area decided, and those of relatives' areas. The
reasons behind the same values may change; the dossier that a decision names tells which held.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from pydantic import BaseModel

from domain.claim import Decisive
from domain.refusals import Refusal
from domain.rules import UNLIMITED, UNLIMITED_COUNT, declared
from policies.loader import shelf

if TYPE_CHECKING:
    from domain.facts import Fact
    from domain.ids import RegionCode, RuleSetId
    from domain.rules import Citation, RuleBook, RuleSet
    from policies.documents import ParameterNode

FORMAT = "gongji-rules/1"

_MOST = {"money": UNLIMITED, "count": UNLIMITED_COUNT}


class _Where(NamedTuple):
    """A region and a day on which a decision found its rules."""

    region: RegionCode
    day: date


class NamedRules:
    """The rule sets that decisions name, gathered as they come by."""

    def __init__(self) -> None:
        """Start with none."""
        self._dossiers: dict[RuleSetId, dict[str, _Where]] = {}

    def note(self, fact: Fact) -> None:
        """Take in what a fact names, if it carries a decision."""
        if not isinstance(fact, Decisive):
            return
        allocation = fact.allocation
        where = _Where(allocation.region, fact.request.service_date)
        self._dossiers.setdefault(allocation.rule_set, {}).setdefault(allocation.dossier, where)
        for trial in allocation.trials:
            self._dossiers.setdefault(allocation.rule_set_of(trial), {})

    def files(self, book: RuleBook) -> Iterator[tuple[str, bytes]]:
        """Give a file for each rule set in order of its id: name and text."""
        for rule_set in sorted(self._dossiers):
            text = _as_text(_rule_set(book, rule_set, self._dossiers[rule_set]))
            yield f"rules/{rule_set.replace(':', '-')}.json", text


def _as_text(value: Mapping[str, object]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def _rule_set(
    book: RuleBook, rule_set: RuleSetId, dossiers: Mapping[str, _Where]
) -> dict[str, object]:
    """Put a rule set down; one that the rule book does not hold is named and nothing more.

    Of each dossier that a decision names the reasons are given, or null where the rule book now
    has others; of rules that decided only about relatives, those of the first day.
    """
    found = {dossier: _resolved(book, rule_set, where) for dossier, where in dossiers.items()}
    rules = next(filter(None, found.values()), None) or book.by_id(rule_set)
    head: dict[str, object] = {"format": FORMAT, "id": rule_set, "found": rules is not None}
    if rules is None:
        return {**head, "dossiers": dict.fromkeys(sorted(dossiers))}
    named = {
        dossier: _reasons(it) if it is not None and it.dossier == dossier else None
        for dossier, it in sorted(found.items())
    }
    parameters = shelf().frame.parameters
    return {
        **head,
        "region": rules.region,
        "chain": list(rules.chain),
        "values": {name: _value(parameters[name], rules.value(name)) for name in declared()},
        "dossiers": named or {rules.dossier: _reasons(rules)},
    }


def _resolved(book: RuleBook, rule_set: RuleSetId, where: _Where) -> RuleSet | None:
    """Give the rules that hold where and when a decision was made, if they are the same ones."""
    rules = book.resolve(*where)
    return None if isinstance(rules, Refusal) or rules.id != rule_set else rules


def _value(node: ParameterNode, value: object) -> dict[str, object]:
    most = _MOST.get(node.type)
    said = "unlimited" if most is not None and value == most else plain(value)
    return {"label": node.label.text._asdict(), "unit": node.unit, "value": said}


def plain(value: object) -> object:
    """Give a value as JSON has it: members of sets in order, what has named parts by name."""
    match value:
        case Enum():
            return value.value
        case BaseModel():
            return {name: plain(getattr(value, name)) for name in type(value).model_fields}
        case frozenset():
            return sorted(str(plain(each)) for each in value)
        case tuple() if hasattr(value, "_asdict"):
            return {name: plain(each) for name, each in value._asdict().items()}
        case tuple():
            return [plain(each) for each in value]
        case _:
            return value


def _reasons(rules: RuleSet) -> dict[str, object]:
    return {
        "since": rules.since.isoformat(),
        "reasons": {name: _reason(rules.citations[name]) for name in rules.citations},
    }


def _reason(citation: Citation) -> object:
    return {
        "status": citation.status,
        "decided_by": citation.region,
        "since": citation.since,
        "says": plain(citation.says),
        "why": plain(citation.why),
        "sources": [asdict(source) for source in citation.sources],
        "contradicted_by": [asdict(source) for source in citation.contradicted_by],
    }
