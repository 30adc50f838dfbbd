"""What may be wrong with names in policy files, in words, and the check that finds it."""

from __future__ import annotations

from typing import NamedTuple

from domain.text import Text
from policies.documents import Node
from policies.library import Claim
from policies.strict_yaml import YamlProblem


class Fault(NamedTuple):
    """The name of the check that finds it, and what is wrong."""

    check: str
    says: Text

    def at(self, file: str, node: Node) -> YamlProblem:
        """Say where it is."""
        return YamlProblem(file, node.line, self.says, check=self.check)


_THINGS = {
    "subject": "主题",
    "vocabulary": "词表",
    "source": "来源",
    "parameter": "参数",
    "claim": "说法",
    "parent": "上级地区",
    "region": "地区",
}


def unknown(thing: str, name: str) -> Fault:
    """Give the fault of a name that leads nowhere."""
    says = Text(f"未知的{_THINGS[thing]}“{name}”", f"unknown {thing} {name!r}")
    return Fault("name_unknown", says)


def unregistered(thing: str, name: str) -> Fault:
    """Give the fault of a name in the registry that leads nowhere."""
    return Fault("registry", unknown(thing, name).says)


def twice(thing: str, name: str) -> Fault:
    """Give the fault of two things of one name."""
    says = Text(f"{_THINGS[thing]}“{name}”出现两次", f"{thing} {name!r} stands twice")
    return Fault("name_twice", says)


def misnamed(code: str) -> Fault:
    """Give the fault of a file whose name does not begin with its region."""
    says = Text(
        f"文件名应以地区代码开头：{code.lower()}",
        f"the name of the file should begin with the region's code: {code.lower()}",
    )
    return Fault("file_name", says)


def elsewhere(claim: Claim, parameter: str) -> Fault:
    """Give the fault of a citation that is about something else."""
    says = Text(
        f"说法“{claim.key}”讲的是 {claim.parameter}，不是 {parameter}",
        f"claim {claim.key!r} is about {claim.parameter}, not {parameter}",
    )
    return Fault("claim_elsewhere", says)


def no_field(name: str) -> Fault:
    """Give the fault of a parameter whose field is missing or of another type."""
    says = Text(
        f"{name} 与规则集的字段类型不符（domain/rules.py）",
        f"{name} has not the type of its field in domain/rules.py",
    )
    return Fault("registry", says)


def undeclared(name: str) -> Fault:
    """Give the fault of a field that no parameter fills."""
    says = Text(
        f"登记表缺少决定性参数 {name}", f"the registry lacks {name}, by which the rules decide"
    )
    return Fault("registry", says)


NO_DAY = Fault(
    "claim_day",
    Text(
        "说法缺少日期：请写 says_from 或 observed",
        "a claim needs its day: write `says_from` or `observed`",
    ),
)
ENUM_DEPARTS = Fault(
    "registry",
    Text(
        "单选参数没有宽窄之分，只能 override",
        "one-of parameters have no narrower or wider; only `override` fits",
    ),
)
