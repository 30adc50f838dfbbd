"""Reading rules from YAML: strict, every problem with file and line.

A file holds `rules`, a list. Parameters are whole numbers in the unit that the logic declares;
sentences may name the facts of the logic, its parameters, and what every finding has.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from string import Formatter
from typing import TypeVar

from domain.codes import Suspicion
from domain.text import Text
from policies.strict_yaml import Value, YamlMapping, YamlProblem, YamlSequence, read
from projections.findings.logic import Logic
from projections.findings.logics import LOGICS
from projections.findings.rule import (
    Data,
    Parameter,
    Phase,
    Rule,
    Scene,
    Source,
    Unit,
    Window,
)

SHIPPED = Path(__file__).parent / "rules"
"""The folder of the rules that come with the program."""

EVERY_FINDING = frozenset({"subject", "count", "amount", "first_day", "last_day"})
"""What the sentence of any finding may name; `amount` is in yuan."""

_KEYS = (
    *("id", "version", "name", "means", "logic", "parameters", "grade", "window", "scene"),
    *("stage", "data", "says", "clears", "source"),
)
_ID = re.compile(r"[A-Z]{2,4}-[0-9]{2,3}")
_Code = TypeVar("_Code", bound=StrEnum)


def rules(*folders: Path) -> dict[str, Rule]:
    """Give the shipped rules and those of further folders, by id; a later one replaces another.

    Raises:
        YamlProblem: a file is not in order.
        OSError: a folder or file cannot be read.
    """
    found: dict[str, Rule] = {}
    for folder in (SHIPPED, *folders):
        here: dict[str, Rule] = {}
        for path in sorted(folder.iterdir()):
            if path.suffix == ".yaml":
                _read_file(path, here)
        found |= here
    return dict(sorted(found.items()))


def _read_file(path: Path, here: dict[str, Rule]) -> None:
    """Add the rules of a file to those of its folder."""
    top = _Node(str(path), read(path))
    top.only("rules")
    listed = top.content.get("rules")
    if not isinstance(listed, YamlSequence):
        raise top.problem(at="rules", says=Text("应为规则列表", "must be a list of rules"))
    for index, each in enumerate(listed):
        if not isinstance(each, YamlMapping):
            raise YamlProblem(str(path), listed.line_of(index), _NOT_A_RULE)
        node = _Node(str(path), each)
        rule = _rule(node)
        if rule.id in here:
            raise node.problem(
                at="id", says=Text(f"规则 {rule.id} 重复", f"rule {rule.id} stands twice")
            )
        here[rule.id] = rule


_NOT_A_RULE = Text("这不是一条规则", "this is no rule")


class _Node:
    """A mapping of a file, asked for its parts; what is wrong names file and line."""

    def __init__(self, path: str, content: YamlMapping) -> None:
        self.path = path
        self.content = content

    def problem(self, *, at: str, says: Text) -> YamlProblem:
        said = Text(f"{at}：{says.zh}", f"{at}: {says.en}")
        return YamlProblem(self.path, self.content.line_of(at), said, check="rule")

    def only(self, *keys: str) -> None:
        """Insist that nothing else stands here."""
        for key in self.content:
            if key not in keys:
                listed = ", ".join(keys)
                raise self.problem(
                    at=key, says=Text(f"没有此项；可用 {listed}", f"unknown; use {listed}")
                )

    def need(self, key: str) -> Value:
        if key not in self.content:
            raise self.problem(at=key, says=Text("缺少此项", "is missing"))
        return self.content[key]

    def text(self, key: str) -> str:
        value = self.need(key)
        if not isinstance(value, str) or not value:
            raise self.problem(at=key, says=Text("应为文字", "must be text"))
        return value

    def number(self, key: str) -> int:
        value = self.need(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.problem(
                at=key, says=Text("应为非负整数", "must be a whole number, not below zero")
            )
        return value

    def below(self, key: str) -> _Node:
        value = self.need(key)
        if not isinstance(value, YamlMapping):
            raise self.problem(at=key, says=Text("应为键值映射", "must be a mapping"))
        return _Node(self.path, value)

    def both(self, key: str) -> Text:
        """Give a text in both languages."""
        node = self.below(key)
        node.only("zh", "en")
        return Text(node.text("zh"), node.text("en"))

    def code(self, key: str, codes: type[_Code]) -> _Code:
        return self.one_of(key, self.text(key), codes=codes)

    def one_of(self, key: str, value: Value, *, codes: type[_Code]) -> _Code:
        if value not in set(codes):
            listed = ", ".join(codes)
            raise self.problem(
                at=key,
                says=Text(f"“{value}”不可用；可用 {listed}", f"{value!r} is none of {listed}"),
            )
        return codes(value)


def _rule(node: _Node) -> Rule:
    node.only(*_KEYS)
    name = node.text("id")
    if not _ID.fullmatch(name):
        raise node.problem(at="id", says=Text("编号应如 MA-01", "an id is like MA-01"))
    logic = _logic(node)
    parameters = _parameters(node, logic)
    says = node.both("says")
    _check_places(node, says, known=logic.facts | parameters.keys() | EVERY_FINDING)
    return Rule(
        id=name,
        version=node.number("version"),
        name=node.both("name"),
        means=node.both("means"),
        logic=node.text("logic"),
        parameters=parameters,
        grade=node.code("grade", Suspicion),
        window=node.code("window", Window),
        scene=node.code("scene", Scene),
        stage=node.code("stage", Phase),
        data=_data(node),
        says=says,
        clears=node.both("clears"),
        source=_source(node),
    )


def _logic(node: _Node) -> Logic:
    name = node.text("logic")
    if name not in LOGICS:
        listed = ", ".join(LOGICS)
        raise node.problem(
            at="logic",
            says=Text(f"没有逻辑“{name}”；可用 {listed}", f"there is no logic {name!r}; {listed}"),
        )
    return LOGICS[name]


def _parameters(node: _Node, logic: Logic) -> dict[str, Parameter]:
    """Read exactly the parameters that a logic takes, each in its unit."""
    if not logic.parameters and "parameters" not in node.content:
        return {}
    written = node.below("parameters")
    written.only(*logic.parameters)
    found = {}
    for name, unit in logic.parameters.items():
        each = written.below(name)
        each.only("value", "unit")
        if each.code("unit", Unit) is not unit:
            raise each.problem(at="unit", says=Text(f"单位应为 {unit}", f"the unit is {unit}"))
        found[name] = Parameter(each.number("value"), unit)
    return found


def _data(node: _Node) -> tuple[Data, ...]:
    listed = node.need("data")
    if not isinstance(listed, YamlSequence) or not listed:
        raise node.problem(at="data", says=Text("应为列表", "must be a list"))
    return tuple(node.one_of("data", each, codes=Data) for each in listed)


def _source(node: _Node) -> Source:
    if node.need("source") == "own":
        return Source()
    written = node.below("source")
    fields = ("title", "number", "date", "address")
    written.only(*fields)
    return Source(*(written.text(field) for field in fields))


def _check_places(node: _Node, says: Text, *, known: Collection[str]) -> None:
    """Insist that a sentence names only what there is, and the same in both languages."""
    for sentence in says:
        unknown = _places(sentence) - set(known)
        if unknown:
            listed = ", ".join(sorted(known))
            said = ", ".join(sorted(unknown))
            raise node.problem(
                at="says",
                says=Text(f"没有 {said}；可用 {listed}", f"there is no {said}; use {listed}"),
            )
    if _places(says.zh) != _places(says.en):
        raise node.problem(
            at="says", says=Text("中英文所引的事实不同", "the two languages name different facts")
        )


def _places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


class UnknownThreshold(ValueError):  # noqa: N818  # the name says it, as in ledger.errors
    """A threshold that no rule has."""


def with_thresholds(known: Mapping[str, Rule], settings: Sequence[str]) -> dict[str, Rule]:
    """Give the rules with other thresholds, each written as `MA-10.holders=4`.

    Raises:
        UnknownThreshold: it is not written so, or there is no such rule or parameter.
    """
    changed = dict(known)
    for setting in settings:
        written = re.fullmatch(r"([^.=]+)\.([^.=]+)=([0-9]+)", setting, re.ASCII)
        if written is None:
            raise UnknownThreshold(setting)
        name, parameter, value = written.groups()
        if name not in changed or parameter not in changed[name].parameters:
            raise UnknownThreshold(setting)
        before = changed[name].parameters
        after = {**before, parameter: replace(before[parameter], value=int(value))}
        changed[name] = replace(changed[name], parameters=after)
    return changed
