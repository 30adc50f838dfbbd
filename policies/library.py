"""What the policy files say, linked: every name found, every value typed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

from domain.ids import RegionCode
from domain.rules import Source
from domain.text import Text
from policies.documents import Bilingual, ParameterNode, ResolutionNode, SourceNode, Status
from policies.vocabulary import Meaning, Statement

NATION = RegionCode("CN")


@dataclass(frozen=True, slots=True)
class Claim:
    """What one source says. `day` is the one it names, or where `observed`, when it was seen."""

    key: str
    region: RegionCode
    parameter: str
    states: Statement
    day: date
    observed: bool
    says: Text
    source: Source
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided for one parameter in one region over `[start, end)`.

    `dated_by` are claims, also about other parameters, by whose day it starts or ends; `presumed`
    are the members of a set that no cited claim names.
    """

    region: RegionCode
    parameter: str
    start: date
    end: date | None
    value: Meaning
    status: Status | Literal["hypothetical"]
    cites: tuple[Claim, ...]
    contradicted_by: tuple[Claim, ...]
    resolution: ResolutionNode | None
    why: Text | None
    from_basis: str
    checked_on: date
    file: str
    line: int
    dated_by: tuple[Claim, ...] = ()
    presumed: frozenset[StrEnum] = frozenset()

    @property
    def named(self) -> tuple[Claim, ...]:
        """Give every claim that the decision names, for whatever reason."""
        return self.cites + self.contradicted_by + self.dated_by

    def holds_on(self, day: date) -> bool:
        """Tell whether the decision covers a day."""
        return self.start <= day and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class Region:
    """One region with its own decisions, by parameter in order of the file."""

    code: RegionCode
    name: Bilingual
    chain: tuple[RegionCode, ...]  # from the region itself up to the nation
    starts: date
    starts_by: tuple[str, ...]  # keys of the sources of its first day
    decisions: Mapping[str, tuple[Decision, ...]]
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Library:
    """Everything that a folder of policy files says, or those of one region and its parents.

    `documents` are the sources as their file has them, with the day of the last check.
    """

    subjects: Mapping[str, Bilingual]
    parameters: Mapping[str, ParameterNode]
    documents: Mapping[str, SourceNode]
    sources: Mapping[str, Source]
    claims: Mapping[str, Claim]
    regions: Mapping[RegionCode, Region]

    @property
    def deciding(self) -> list[str]:
        """Give the parameters that are fields of a rule set; the others only inform."""
        return [name for name, node in self.parameters.items() if node.serves == "decision"]

    def decisions(self) -> Iterator[Decision]:
        """Give every decision of every region."""
        for region in self.regions.values():
            for of_parameter in region.decisions.values():
                yield from of_parameter

    def decided(self, region: RegionCode, parameter: str, *, on: date) -> Decision | None:
        """Give the decision that holds in a region on a day: its own, else its parent's, up."""
        for code in self.regions[region].chain:
            for decision in self.regions[code].decisions.get(parameter, ()):
                if decision.holds_on(on):
                    return decision
        return None


def unnamed(library: Library, region: Region) -> Iterator[tuple[Decision, Claim]]:
    """Give the texts that say otherwise on a day of a decision and are not named against it.

    A text of the region counts against what the region inherits, too, unless another decision of
    the region names it. A parent's text counts against what the region decides itself, where the
    parent went by it on that day: one that was outvoted there needs no second answer below.
    """
    for claim in library.claims.values():
        own = region.decisions.get(claim.parameter, ())
        decision = next((each for each in own if each.holds_on(claim.day)), None)
        weighed = own if decision is None else (decision,)
        if claim.region == region.code:
            decision = decision or library.decided(region.code, claim.parameter, on=claim.day)
        elif claim.region not in region.chain or not _followed(library, claim):
            continue
        if decision is None or claim.states.agrees(decision.value):
            continue
        if not any(claim in each.cites + each.contradicted_by for each in weighed):
            yield decision, claim


def _followed(library: Library, claim: Claim) -> bool:
    decision = library.decided(claim.region, claim.parameter, on=claim.day)
    return decision is not None and claim.states.agrees(decision.value)
