"""Reading a scenario: a file becomes a `ScenarioNode`, or everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from domain.ids import is_well_formed
from domain.text import Text
from policies.strict_yaml import Value, YamlMapping, YamlProblem, YamlSequence, parse, read
from simulation.arithmetic import BadArithmetic, compute
from simulation.scenario_nodes import line_under
from simulation.scenario_steps import ScenarioNode
from simulation.scenario_values import Known, Moment

SHIPPED = Path(__file__).parent / "scenarios"
"""The folder of the scenarios that come with the project."""

Problems = tuple[YamlProblem, ...]


def read_scenario(path: Path) -> ScenarioNode | Problems:
    """Give the scenario of a file, or its problems.

    Raises:
        OSError: the file cannot be read.
    """
    try:
        return _checked(read(path), str(path))
    except YamlProblem as problem:
        return (problem,)


def parse_scenario(text: str, *, path: str = "<text>") -> ScenarioNode | Problems:
    """Give the scenario of a text, or its problems, which name it as `path`."""
    try:
        return _checked(parse(text, path=path), path)
    except YamlProblem as problem:
        return (problem,)


def _checked(raw: YamlMapping, path: str) -> ScenarioNode | Problems:
    figures, problems = _figures(raw, path)
    known = Known(
        figures,
        people=frozenset(_names(raw, "people")),
        families=frozenset(_names(raw, "families")) | frozenset(_opened(raw)),
        claims=frozenset(_names(raw, "claims")),
    )
    try:
        scenario = ScenarioNode.model_validate(raw, context=known)
    except ValidationError as error:
        problems += [_problem(path, raw, detail) for detail in error.errors()]
    else:
        problems += _meaning(scenario, path)
    if problems:
        return tuple(sorted(problems, key=lambda problem: problem.line))
    return scenario


def _figures(raw: YamlMapping, path: str) -> tuple[Mapping[str, Fraction], list[YamlProblem]]:
    """Compute the named figures in order; each may use those before it."""
    figures: dict[str, Fraction] = {}
    problems = []
    named = raw.get("figures")
    for name, text in named.items() if isinstance(named, YamlMapping) else ():
        try:
            if isinstance(text, str | int):
                figures[name] = compute(text, figures)
        except BadArithmetic as bad:
            says = Text(f"figures.{name}：{bad.says.zh}", f"figures.{name}: {bad.says.en}")
            problems.append(YamlProblem(path, line_under(raw, ("figures", name)), says))
    return figures, problems


def _names(raw: YamlMapping, key: str) -> Iterator[str]:
    named = raw.get(key)
    yield from named if isinstance(named, YamlMapping) else ()


def _opened(raw: YamlMapping) -> Iterator[str]:
    """Give the families that steps open."""
    steps = raw.get("steps")
    for step in steps if isinstance(steps, YamlSequence) else ():
        opened: Value = step.get("open", "") if isinstance(step, YamlMapping) else ""
        family = opened.get("family") if isinstance(opened, YamlMapping) else None
        if isinstance(family, str):
            yield family


def _problem(path: str, raw: YamlMapping, detail: ErrorDetails) -> YamlProblem:
    """Turn what a validator found into a sentence with its place."""
    where = ".".join(str(part) for part in detail["loc"] if part != "[key]")
    context = detail.get("ctx", {})
    says = _SAYS.get(detail["type"], _OTHER)
    facts = {"where": where, "expected": context.get("expected", ""), "reason": detail["msg"]}
    zh, en = (says.say("zh", **facts), says.say("en", **facts))
    if detail["type"] == "said":
        zh, en = (f"{where}：{context['zh']}", f"{where}: {context['en']}")
    return YamlProblem(path, line_under(raw, detail["loc"]), Text(zh, en))


_OTHER = Text("{where}：值不合要求（{reason}）", "{where}: {reason}")
_SAYS = {
    "extra_forbidden": Text("未知的键 {where}；请删去或改正", "unknown key {where}; fix or remove"),
    "missing": Text("缺少键 {where}；请补上", "missing key {where}; add it"),
    "enum": Text("{where} 应是 {expected}", "{where} should be {expected}"),
    "literal_error": Text("{where} 应是 {expected}", "{where} should be {expected}"),
    "string_type": Text("{where} 应是文字；数字请加引号", "{where} should be text; quote numbers"),
    "tuple_type": Text("{where} 应是列表", "{where} should be a list"),
    "mapping_type": Text("{where} 应是键值映射", "{where} should be a mapping"),
    "model_type": Text("{where} 应是键值映射", "{where} should be a mapping"),
    "string_too_short": Text("{where} 不能为空", "{where} must not be empty"),
    "too_short": Text("{where} 不能为空", "{where} must not be empty"),
}


def _meaning(scenario: ScenarioNode, path: str) -> Iterator[YamlProblem]:
    """Find what is well formed and still cannot be meant."""
    if scenario.expect is None and all(step.expect is None for step in scenario.steps):
        yield YamlProblem(path, 1, _NOTHING_EXPECTED)
    for group in ("people", "families", "claims"):
        for name in getattr(scenario, group):
            if not is_well_formed(name):
                yield YamlProblem(path, scenario.line_of(group, name), _BAD_NAME)
    before = Moment(scenario.opening, None)
    for place, step in enumerate(scenario.steps):
        if step.on is not None:
            if _is_before(step.on, before):
                yield YamlProblem(path, scenario.line_of("steps", place), _BACKWARDS)
            before = step.on


def _is_before(one: Moment, other: Moment) -> bool:
    if one.day != other.day or one.clock is None or other.clock is None:
        return one.day < other.day
    return one.clock < other.clock


_NOTHING_EXPECTED = Text(
    "没有任何预期（expect）；没有预期就没有证明",
    "nothing is expected; without an expectation nothing is shown",
)
_BAD_NAME = Text(
    "名称用 1 至 64 个字母、数字或 . _ : -；中文姓名写在 name 里",
    "use 1 to 64 letters, digits or . _ : -; a Chinese name goes under name",
)
_BACKWARDS = Text(
    "时间倒退；各步须按时间先后写",
    "time runs backwards; write steps in order of time",
)
