"""A suspicion rule in the form of the official rule libraries, and what it finds.

A rule names a logic (one of ours), its parameters with units, a grade, a window of time, a scene
and a stage. A rule never accuses: it lists, with reason, money and events, and a person decides.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import NewType

from domain.codes import Suspicion
from domain.text import Text

FindingId = NewType("FindingId", str)


class Window(StrEnum):
    """Over which time a rule looks at once 时间范围."""

    VISIT = "visit"
    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    INSURANCE_YEAR = "insurance_year"


class Scene(StrEnum):
    """Which uses a rule looks at 适用场景."""

    ANY = "any"
    OUTPATIENT = "outpatient"
    INPATIENT = "inpatient"
    PHARMACY = "pharmacy"
    ONLINE = "online"


class Phase(StrEnum):
    """When a rule is meant to be asked 监管环节."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


class Unit(StrEnum):
    """What a parameter counts 参数单位."""

    FEN = "fen"
    PERSONS = "persons"
    TIMES = "times"
    PLACES = "places"
    PERCENT = "percent"
    MINUTES = "minutes"
    HOURS = "hours"
    CLOCK = "clock"
    DAYS = "days"
    MONTHS = "months"
    DIGITS = "digits"


class Data(StrEnum):
    """What a rule must have before it 所需数据."""

    USES = "uses"
    TRAIL = "trail"
    RULES = "rules"
    DEATHS = "deaths"
    ADDRESSES = "addresses"


@dataclass(frozen=True)
class Parameter:
    """A threshold: a whole number of some unit."""

    value: int
    unit: Unit


@dataclass(frozen=True)
class Source:
    """Where a rule comes from: an official text, or our own idea (`title` is then empty)."""

    title: str = ""
    number: str = ""
    date: str = ""
    address: str = ""

    @property
    def is_own(self) -> bool:
        """Tell whether no text prescribes the rule."""
        return not self.title


@dataclass(frozen=True)
class Rule:
    """One rule in official form. `says` is the sentence of a finding, with places to fill.

    `means` is the logic in words, `clears` what would explain the finding away.
    """

    id: str
    version: int
    name: Text
    means: Text
    logic: str
    parameters: Mapping[str, Parameter]
    grade: Suspicion
    window: Window
    scene: Scene
    stage: Phase
    data: tuple[Data, ...]
    says: Text
    clears: Text
    source: Source


@dataclass(frozen=True)
class Finding:
    """Something that a rule found. `positions` are those of the events, in order; money is fen.

    `subject` is `person/P4`, `institution/H1`, `claim/C1`, `pool/F1`, `actor/till-7` or `store`.
    """

    id: FindingId
    rule: str
    subject: str
    positions: tuple[int, ...]
    first_day: date
    last_day: date
    amount_fen: int
    count: int
    says: Text
    clears: Text
    level: Suspicion


def finding_id(rule: str, *, subject: str, positions: tuple[int, ...]) -> FindingId:
    """Name a finding after what it is about: the same history gives the same name."""
    about = {"rule": rule, "subject": subject, "positions": list(positions)}
    written = json.dumps(about, sort_keys=True, separators=(",", ":"))
    return FindingId(f"{rule}-{sha256(written.encode()).hexdigest()[:12]}")
