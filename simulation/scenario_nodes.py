"""The shape of a scenario before its first step: people, families, claims, sources.

What the keys mean to somebody who writes a scenario stands in docs/scenarios.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    StrictBool,
    ValidationError,
    model_validator,
)

from domain.codes import Category, Credential, Evidence, Insurance, Level, Place, Relation, Work
from domain.ids import InstitutionId, RegionCode
from domain.rules import UNLIMITED
from domain.tariff import BenefitRules
from domain.text import Text
from policies.strict_yaml import Value, YamlMapping, YamlSequence
from simulation.scenario_values import Day, Who, Words, Yuan, wrong


class Node(BaseModel):
    """A mapping in a scenario. Where it has one main key, its value alone may stand for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    SHORT: ClassVar[str] = ""

    _raw: YamlMapping = PrivateAttr(default_factory=lambda: YamlMapping(1))

    def line_of(self, *path: str | int) -> int:
        """Give the line in the file of what stands under a path of keys and places."""
        return line_under(self._raw, path)

    def written(self, key: str) -> str:
        """Give what stands behind a key, as it was written."""
        return str(self._raw.get(key, ""))

    @model_validator(mode="wrap")
    @classmethod
    def _keep_lines(cls, data: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        if cls.SHORT and not isinstance(data, Mapping):
            return handler({cls.SHORT: data})
        node = handler(data)
        if isinstance(data, YamlMapping):
            node._raw = data  # noqa: SLF001 - its own class
        return node


def line_under(top: YamlMapping, path: tuple[str | int, ...]) -> int:
    """Give the line of what stands under a path, or of the nearest thing above it."""
    node: Value = top
    line = top.line
    for step in path:
        match node, step:
            case YamlMapping(), str() if step in node:
                line, node = node.line_of(step), node[step]
            case YamlSequence(), int():
                line, node = node.line_of(step), node[step]
    return line


class TitleNode(Node):
    """A sentence in both languages."""

    zh: Words
    en: Words

    @property
    def text(self) -> Text:
        """Give it as words of the project."""
        return Text(self.zh, self.en)


class SourceNode(Node):
    """A document that the scenario rests on, under the tag that the project knows it by."""

    tag: Words
    title: Words
    issuer: Words
    published: Words
    grade: Literal["A", "B", "C", "D"]


class MoneyNode(Node):
    """What is in an account at the opening; a bare amount is current money."""

    SHORT: ClassVar[str] = "current"

    current_fen: Yuan = Field(default=0, alias="current")
    prior_fen: Yuan = Field(default=0, alias="prior")


class PersonNode(Node):
    """An insured person as of the opening."""

    name: str = ""
    insurance: Insurance = Insurance.EMPLOYEE
    work: Work = Work.IN_SERVICE
    region: RegionCode = RegionCode("")  # the scenario's unless given
    balance: MoneyNode = Field(default_factory=MoneyNode)


class LimitsNode(Node):
    """What a grantor allows; nothing given allows all that the region allows."""

    SHORT: ClassVar[str] = "begins"

    begins: Literal["at_once", "later"] = "at_once"
    first_day: Day | None = Field(default=None, alias="from")
    last_day: Day | None = Field(default=None, alias="to")
    places: frozenset[Place] = frozenset()
    categories: frozenset[Category] = frozenset()
    per_use_fen: Yuan = Field(default=UNLIMITED, alias="per_use")
    per_day_fen: Yuan = Field(default=UNLIMITED, alias="per_day")
    per_year_fen: Yuan = Field(default=UNLIMITED, alias="per_year")
    joint_year_fen: Yuan | None = Field(default=None, alias="joint_per_year")
    retained_fen: Yuan = Field(default=0, alias="retain")


class RelationNode(Node):
    """Who may pay for whom; `relation` is what the beneficiary is to the grantor."""

    grantor: Who
    beneficiary: Who
    relation: Relation
    evidence: Evidence = Evidence.COMMITMENT
    authorize: LimitsNode = Field(default_factory=LimitsNode)


class BoundNode(RelationNode):
    """A relation that stands before the first step."""

    bound: Day | None = None  # the opening unless given


class InstitutionNode(Node):
    """Where care was received; a bare word is the kind of place."""

    SHORT: ClassVar[str] = "place"

    place: Place
    id: InstitutionId = InstitutionId("")  # named after the place unless given
    region: RegionCode = RegionCode("")  # the scenario's unless given
    designated: StrictBool = True
    connected: StrictBool = True


class LineNode(Node):
    """One line of a claim: the whole amount and the pooled fund's part of it."""

    category: Category
    total_fen: Yuan = Field(alias="total")
    fund_fen: Yuan = Field(default=0, alias="fund")
    outside_catalogue: StrictBool = False


class RatioNode(Node):
    """An exact ratio, as in a policy file."""

    num: int
    den: int


class ClassBNode(Node):
    """Items of class B; the area's ratio is borne first where none is given."""

    SHORT: ClassVar[str] = "amount"

    amount_fen: Yuan = Field(alias="amount")
    first: RatioNode | None = None


class SoFarNode(Node):
    """What was used up before in the same year, of this kind of care."""

    deductible_fen: Yuan = Field(default=0, alias="deductible")
    in_scope_fen: Yuan = Field(default=0, alias="in_scope")
    fund_fen: Yuan = Field(default=0, alias="fund")
    all_fund_fen: Yuan = Field(default=0, alias="all_fund")
    stays: int = 0


class BillNode(Node):
    """What care costs before anybody has paid, and what the patient is on that day."""

    total_fen: Yuan = Field(alias="total")
    level: Level
    age: int
    care: Category = Category.OUTPATIENT
    retired_in: int | None = None
    outside_fen: Yuan = Field(default=0, alias="outside")
    over_limit_fen: Yuan = Field(default=0, alias="over_limit")
    class_b: tuple[ClassBNode, ...] = ()
    e_prescription: StrictBool = False
    so_far: SoFarNode = Field(default_factory=SoFarNode)


def _benefit(raw: object) -> BenefitRules:
    """Read rules of benefit as a policy file writes them; what is left out is not there."""
    silent = {"tariff": [], "class_b_first": [0, 1], "account_first": [], "e_prescription": True}
    try:
        said = dict(raw) if isinstance(raw, Mapping) else {"": raw}
        return BenefitRules.model_validate_json(json.dumps({**silent, **said}), strict=True)
    except ValidationError as error:
        reason = "; ".join(each["msg"] for each in error.errors())
        raise wrong(Text(f"待遇规则有误：{reason}", f"not rules of benefit: {reason}")) from error


Benefit = Annotated[BenefitRules, BeforeValidator(_benefit)]


class ClaimNode(Node):
    """What an institution asks to be paid: lines that are priced already, or a bill to price."""

    patient: Who
    institution: InstitutionNode
    service_date: Day | None = Field(default=None, alias="date")  # the step's unless given
    credential: Credential = Credential.OWN
    use_accounts: StrictBool = True
    aid_requested: StrictBool = False
    emergency: StrictBool = False
    lines: Annotated[tuple[LineNode, ...], Field(min_length=1)] = ()
    bill: BillNode | None = None

    @model_validator(mode="after")
    def _lines_or_bill(self) -> Self:
        if bool(self.lines) == (self.bill is not None):
            raise wrong(Text("费用单写 lines 或 bill，二者取一", "write either lines or a bill"))
        return self
