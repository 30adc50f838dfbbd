"""What the policy files say, linked: every name found, every value typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from domain.ids import RegionCode
from domain.rules import Source
from domain.text import Text
from policies.documents import Bilingual, ParameterNode, ResolutionNode, Status
from policies.vocabulary import Meaning, Statement

NATION = RegionCode("CN")


@dataclass(frozen=True, slots=True)
class Claim:
    """What one source says. `day` is the one it names, else the one on which it was seen."""

    key: str
    region: RegionCode
    parameter: str
    states: Statement
    day: date
    says: Text
    source: Source


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided for one parameter in one region over `[start, end)`."""

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
    decisions: Mapping[str, tuple[Decision, ...]]
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Library:
    """Everything that a folder of policy files says."""

    parameters: Mapping[str, ParameterNode]
    sources: Mapping[str, Source]
    claims: Mapping[str, Claim]
    regions: Mapping[RegionCode, Region]

    @property
    def deciding(self) -> list[str]:
        """Give the parameters that are fields of a rule set; the others only inform."""
        return [name for name, node in self.parameters.items() if node.serves == "decision"]

    def decided(self, region: RegionCode, parameter: str, *, on: date) -> Decision | None:
        """Give the decision that holds in a region on a day: its own, else its parent's, up."""
        for code in self.regions[region].chain:
            for decision in self.regions[code].decisions.get(parameter, ()):
                if decision.holds_on(on):
                    return decision
        return None
