"""The shape of the policy files: which keys a file may have and what stands behind each.

The models say what a file *contains*; what it *means* (known names, typed values, contradictions)
is the matter of `library` and `checks`. Every node keeps its line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from domain.text import Text
from policies.strict_yaml import Value, YamlMapping, YamlProblem, YamlSequence, read

Grade = Literal["A", "B", "C", "D"]
Status = Literal["in_force", "observed", "contested", "unverified", "assumed"]
Words = Annotated[str, StringConstraints(min_length=1)]

SHAPE = "shape"
"""The name of the check that finds unknown and missing keys and values of the wrong kind."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PUBLISHED = r"^(not known|[0-9]{4}(-[0-9]{2}){0,2}|[0-9]{4}/[0-9]{4})$"


def _day(raw: object) -> date:
    if isinstance(raw, str) and _DAY.fullmatch(raw):
        try:
            return date.fromisoformat(raw)
        except ValueError:
            pass  # the form is right, but there is no such day
    raise PydanticCustomError("day", "not a day")  # noqa: EM101 - the name of the error


Day = Annotated[date, BeforeValidator(_day)]


class Node(BaseModel):
    """A mapping in a policy file; `line` is where it starts."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    _line: int = PrivateAttr(default=1)

    @property
    def line(self) -> int:
        """Give the line in the file, from 1."""
        return self._line

    @model_validator(mode="wrap")
    @classmethod
    def _keep_line(cls, data: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        node = handler(data)
        assert isinstance(data, YamlMapping)
        node._line = data.line  # noqa: SLF001 - its own class
        return node


class Bilingual(Node):
    """A name or a sentence that people read; a file that lacks one language is not read."""

    zh: Words
    en: Words

    @property
    def text(self) -> Text:
        """Give both languages as one text."""
        return Text(self.zh, self.en)


class ParameterNode(Node):
    """One parameter of the registry."""

    type: Literal["bool", "set", "enum", "money", "count", "int", "ratio", "tariff"]
    vocabulary: str = ""  # for sets and enums: the class that lists the words
    unit: Words
    at_least: int = 0
    at_most: int | None = None
    selected_by: Literal["service", "settlement", "binding", "transfer", "filing"]
    departs: Literal["override", "narrow_only", "widen_only"]  # from what the parent says
    serves: Literal["decision", "information"] = "decision"
    label: Bilingual


class RegistryFile(Node):
    """`registry.yaml`: every parameter there is, declared once."""

    format: Literal["gongji-registry/1"] = Field(alias="schema")
    subjects: dict[str, Bilingual]
    parameters: dict[str, ParameterNode]


class SourceNode(Node):
    """One document. `address: none kept` where only a mirror is left: users are not sent there."""

    title: Words
    issuer: Words
    number: str = ""
    grade: Grade
    published: Annotated[str, StringConstraints(pattern=_PUBLISHED)]
    basis: Literal["stated", "page date", "copy", "about", "not known"]
    address: Words
    checked_on: Day
    taken_as: Day | None = None  # the day of its claims where `published` gives none; see `note`
    note: str = ""


class SourcesFile(Node):
    """`sources.yaml`: every document once."""

    format: Literal["gongji-sources/1"] = Field(alias="schema")
    sources: dict[str, SourceNode]


class RegionNode(Node):
    """Which area a file speaks about, and whose rules it inherits."""

    code: Annotated[str, StringConstraints(pattern=r"^(CN|[0-9]{6})$")]
    name: Bilingual
    level: Literal["nation", "province", "city"]
    parent: str = ""


class StartsNode(Node):
    """The first day on which a region has rules at all."""

    day: Day
    from_basis: Literal["stated", "first-seen"]
    sources: Annotated[list[str], Field(min_length=1)]
    why: Bilingual | None = None


class ClaimNode(Node):
    """What one source says about one parameter: all of it (`value`), or members of a set."""

    param: str
    value: object = None
    includes: list[str] = []
    excludes: list[str] = []
    says_from: Day | None = None  # the text names the day
    observed: Day | None = None  # only the day of the page, or of reading it, is known
    source: str
    says: Bilingual


class ResolutionNode(Node):
    """Why one claim was preferred to another."""

    rule: Literal["grade", "later", "specific"]
    why: Bilingual
    decided_on: Day


class ValueNode(Node):
    """What was decided for one parameter, from a day (inside) to a day (outside)."""

    start: Day = Field(alias="from")
    end: Day | None = Field(default=None, alias="to")
    value: object
    cites: list[str] = []
    dated_by: list[str] = []  # claims about anything whose day is `from` or `to`
    presumed: list[str] = []  # members of a set for which no cited claim vouches; `why` does
    status: Status
    contradicted_by: list[str] = []
    resolution: ResolutionNode | None = None
    from_basis: Literal["stated", "first-seen", "inherited"]
    why: Bilingual | None = None
    checked_on: Day | None = None  # where it differs from the file's


class RegionFile(Node):
    """One region: what sources say (`claims`) and what was decided (`values`)."""

    format: Literal["gongji-policy/1"] = Field(alias="schema")
    region: RegionNode
    starts: StartsNode
    checked_on: Day
    claims: dict[str, ClaimNode]
    values: dict[str, Annotated[list[ValueNode], Field(min_length=1)]]


class PolicyProblems(Exception):  # noqa: N818 - problems in files, not an error of ours
    """Everything that is wrong in a folder of policy files."""

    def __init__(self, problems: tuple[YamlProblem, ...]) -> None:
        """Keep the problems in order of file and line."""
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.path, problem.line)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


_File = TypeVar("_File", bound=Node)


def read_file(path: Path, shape: type[_File]) -> _File:
    """Read one policy file into its shape.

    Raises:
        PolicyProblems: bad YAML, unknown or missing keys, values of the wrong kind.
        OSError: the file cannot be read.
    """
    try:
        raw = read(path, shown_as=path.name)
        return shape.model_validate(raw)
    except YamlProblem as problem:
        raise PolicyProblems((problem,)) from problem
    except ValidationError as error:
        found = tuple(_problem(path.name, raw, detail) for detail in error.errors())
        raise PolicyProblems(found) from error


def _problem(path: str, top: YamlMapping, detail: ErrorDetails) -> YamlProblem:
    node: Value = top
    line = top.line
    for step in detail["loc"]:
        if isinstance(node, YamlMapping) and step in node:
            line, node = node.line_of(str(step)), node[str(step)]
        elif isinstance(node, YamlSequence) and isinstance(step, int):
            line, node = node.line_of(step), node[step]
    where = ".".join(str(step) for step in detail["loc"])
    says = _SHAPE.get(detail["type"], _OTHER)
    facts: Mapping[str, object] = {
        "where": where,
        "expected": detail.get("ctx", {}).get("expected", ""),
        "reason": detail["msg"],
    }
    message = Text(says.say("zh", **facts), says.say("en", **facts))
    return YamlProblem(path, line, message, check=SHAPE)


_OTHER = Text("{where}：值不合要求（{reason}）", "{where}: {reason}")
_SHAPE = {
    "extra_forbidden": Text("未知的键 {where}；请删去或改正", "unknown key {where}; fix or remove"),
    "missing": Text("缺少键 {where}；请补上", "missing key {where}; add it"),
    "literal_error": Text("{where} 应是 {expected}", "{where} should be {expected}"),
    "day": Text("{where} 应是日期，如 2022-07-01", "{where} should be a day like 2022-07-01"),
    "string_type": Text("{where} 应是文字；数字请加引号", "{where} should be text; quote numbers"),
    "list_type": Text("{where} 应是列表", "{where} should be a list"),
    "dict_type": Text("{where} 应是键值映射", "{where} should be a mapping"),
    "model_type": Text("{where} 应是键值映射", "{where} should be a mapping"),
    "string_too_short": Text("{where} 不能为空", "{where} must not be empty"),
    "too_short": Text("{where} 不能为空", "{where} must not be empty"),
}
