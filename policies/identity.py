"""What makes two rule sets the same: ids out of canonical JSON.

`rs1:` changes with anything that decides amounts: the region, its chain and the resolved values.
`ds1:` changes also with why they have those values: status, claims, sources, resolutions. Key
order, comments, file order and the day of the last check change neither. Parameters that only
inform are in neither: no settlement rests on them, so no settlement's ids may change with them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from hashlib import sha256

from domain.ids import RuleSetId
from domain.rules import Source
from policies.library import Claim, Decision, Region
from policies.vocabulary import Meaning, Statement, is_tariff

_HEX_DIGITS = 32
_SOURCE = tuple(field.name for field in fields(Source))


def rule_set_id(region: Region, decided: Mapping[str, Decision]) -> RuleSetId:
    """Give `rs1:` and 32 hex digits for what decides amounts."""
    rules = {parameter: _plain(decision.value) for parameter, decision in decided.items()}
    body = {"region": region.code, "chain": region.chain, "rules": rules}
    return RuleSetId(f"rs1:{_digest(body)}")


def dossier_id(rule_set: RuleSetId, decided: Mapping[str, Decision]) -> str:
    """Give `ds1:` and 32 hex digits for the rules together with the reasons for them."""
    reasons = {parameter: _reason(decision) for parameter, decision in decided.items()}
    return f"ds1:{_digest({'rules': rule_set, 'reasons': reasons})}"


def _reason(decision: Decision) -> dict[str, object]:
    resolution = decision.resolution
    return {
        "region": decision.region,
        "from": decision.start.isoformat(),
        "to": None if decision.end is None else decision.end.isoformat(),
        "status": decision.status,
        "from_basis": decision.from_basis,
        "why": decision.why,
        "cites": {claim.key: _claim(claim) for claim in decision.cites},
        "contradicted_by": {claim.key: _claim(claim) for claim in decision.contradicted_by},
        **_left_out(decision),
        "resolution": resolution and [resolution.rule, resolution.why.text],
    }


def _left_out(decision: Decision) -> dict[str, object]:
    """Give what a decision may leave out; ids are as if there were no such thing."""
    said: dict[str, object] = {
        "dated_by": {claim.key: claim.day.isoformat() for claim in decision.dated_by},
        "presumed": sorted(decision.presumed),
    }
    return {name: each for name, each in said.items() if each}


def _claim(claim: Claim) -> dict[str, object]:
    return {
        "day": claim.day.isoformat(),
        "says": claim.says,
        "source": {name: getattr(claim.source, name) for name in _SOURCE},
        "states": _statement(claim.states),
    }


def _statement(states: Statement) -> dict[str, object]:
    if states.whole is not None:
        return {"value": _plain(states.whole)}
    return {"includes": sorted(states.includes), "excludes": sorted(states.excludes)}


def _plain(value: Meaning) -> object:
    if is_tariff(value):
        return [_sorted(clause.model_dump(exclude_defaults=True)) for clause in value]
    return sorted(value) if isinstance(value, frozenset) else value


def _sorted(clause: Mapping[str, object]) -> dict[str, object]:
    """Put the members of sets in order; what a clause does not say is left out."""
    return {
        name: sorted(said) if isinstance(said, frozenset) else said for name, said in clause.items()
    }


def _digest(body: object) -> str:
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()[:_HEX_DIGITS]
