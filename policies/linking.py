"""From files to a library: names become the things they name, words become typed values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from domain.ids import RegionCode
from domain.money import Ratio
from domain.rules import Source, declared
from domain.text import Text
from policies.documents import (
    Node,
    ParameterNode,
    PolicyProblems,
    RegionFile,
    RegistryFile,
    SourceNode,
    SourcesFile,
    ValueNode,
    read_file,
)
from policies.library import NATION, Claim, Decision, Library, Region
from policies.strict_yaml import YamlProblem
from policies.vocabulary import VOCABULARIES, Unreadable, meaning, statement

NO_ADDRESS = "none kept"

_REGISTRY = "registry.yaml"
_SOURCES = "sources.yaml"


def read_library(folder: Path) -> Library:
    """Read and link every file of a folder.

    Raises:
        PolicyProblems: everything wrong with names and values, or, where a file has not its
            shape, with the shapes.
        OSError: a file cannot be read.
    """
    problems: list[YamlProblem] = []
    registry = read_file(folder / _REGISTRY, RegistryFile)
    sources = read_file(folder / _SOURCES, SourcesFile)
    problems.extend(_registry_problems(registry))
    files: dict[str, RegionFile] = {}
    for path in sorted(folder.glob("*.yaml")):
        if path.name not in {_REGISTRY, _SOURCES}:
            try:
                files[path.name] = read_file(path, RegionFile)
            except PolicyProblems as found:
                problems.extend(found.problems)
    if problems:  # looking up names in half of the files would only raise an echo
        raise PolicyProblems(tuple(problems))
    known = {key: _source(key, node) for key, node in sources.sources.items()}
    linker = _Linker(registry.parameters, known, files=files)
    library = linker.link()
    if linker.problems:
        raise PolicyProblems(tuple(linker.problems))
    return library


def _source(key: str, node: SourceNode) -> Source:
    address = "" if node.address == NO_ADDRESS else node.address
    published = "" if node.published == "not known" else node.published
    return Source(key, node.title, node.issuer, node.number, node.grade, published, address)


def _registry_problems(registry: RegistryFile) -> Iterator[YamlProblem]:
    fields = declared()
    for name, node in registry.parameters.items():
        subject, _, rest = name.partition(".")
        if subject not in registry.subjects or not rest:
            yield YamlProblem(_REGISTRY, node.line, _unknown("subject", name))
        worded = node.type in {"set", "enum"}
        if worded != bool(node.vocabulary) or (worded and node.vocabulary not in VOCABULARIES):
            yield YamlProblem(_REGISTRY, node.line, _unknown("vocabulary", node.vocabulary))
        if node.type == "enum" and node.departs != "override":
            yield YamlProblem(_REGISTRY, node.line, _ENUM_DEPARTS)
        elif node.serves == "decision" and fields.get(name) != _type(node):
            yield YamlProblem(_REGISTRY, node.line, _no_field(name))
    for name in fields.keys() - {
        name for name, node in registry.parameters.items() if node.serves == "decision"
    }:
        yield YamlProblem(_REGISTRY, 1, _undeclared(name))


def _type(node: ParameterNode) -> object:
    """Give the type that a field of the rule set must have for a parameter."""
    words = VOCABULARIES.get(node.vocabulary)
    if node.type == "set":
        return frozenset[words] if words else None  # type: ignore[valid-type]  # a class, found by name
    return words or {"bool": bool, "ratio": Ratio}.get(node.type, int)


def _no_field(name: str) -> Text:
    return Text(
        f"{name} 与规则集的字段类型不符（domain/rules.py）",
        f"{name} has not the type of its field in domain/rules.py",
    )


def _undeclared(name: str) -> Text:
    return Text(
        f"登记表缺少决定性参数 {name}", f"the registry lacks {name}, by which the rules decide"
    )


class _Linker:
    """Looks names up and gathers the problems met on the way."""

    def __init__(
        self,
        parameters: Mapping[str, ParameterNode],
        sources: Mapping[str, Source],
        *,
        files: Mapping[str, RegionFile],
    ) -> None:
        self.parameters = parameters
        self.sources = sources
        self.files = files
        self.problems: list[YamlProblem] = []
        self.declared = {key for file in files.values() for key in file.claims}
        self.claims: dict[str, Claim] = {}
        self.parents: dict[RegionCode, RegionCode] = {}

    def link(self) -> Library:
        for name, file in self.files.items():
            code = RegionCode(file.region.code)
            if code in self.parents:
                self.blame(name, file.region, message=_twice("region", code))
            if not name.startswith(code.lower()):
                self.blame(name, file.region, message=_misnamed(code))
            self.parents[code] = RegionCode(file.region.parent)
            for key in file.claims:
                self.claim(name, key)
        regions = [self.region(name) for name in self.files]
        by_code = {region.code: region for region in regions}
        return Library(self.parameters, self.sources, self.claims, by_code)

    def claim(self, name: str, key: str) -> None:
        file = self.files[name]
        node = file.claims[key]
        day = node.says_from or node.observed
        if key in self.claims:
            self.blame(name, node, message=_twice("claim", key))
        if node.source not in self.sources:
            self.blame(name, node, message=_unknown("source", node.source))
        elif node.param not in self.parameters:
            self.blame(name, node, message=_unknown("parameter", node.param))
        elif day is None:
            self.blame(name, node, message=_NO_DAY)
        else:
            try:
                states = statement(self.parameters[node.param], node)
            except Unreadable as problem:
                self.blame(name, node, message=problem.message)
                return
            code = RegionCode(file.region.code)
            source = self.sources[node.source]
            says = node.says.text
            self.claims[key] = Claim(key, code, node.param, states, day, says, source)

    def region(self, name: str) -> Region:
        file = self.files[name]
        for source in file.starts.sources:
            if source not in self.sources:
                self.blame(name, file.starts, message=_unknown("source", source))
        decisions: dict[str, tuple[Decision, ...]] = {}
        for parameter, nodes in file.values.items():
            if parameter in self.parameters:
                linked = [self.decision(name, parameter, node=node) for node in nodes]
                decisions[parameter] = tuple(each for each in linked if each is not None)
            else:
                self.blame(name, nodes[0], message=_unknown("parameter", parameter))
        return Region(
            code=RegionCode(file.region.code),
            name=file.region.name,
            chain=self.chain(name),
            starts=file.starts.day,
            decisions=decisions,
            file=name,
            line=file.region.line,
        )

    def decision(self, name: str, parameter: str, *, node: ValueNode) -> Decision | None:
        try:
            value = meaning(self.parameters[parameter], node.value)
        except Unreadable as problem:
            self.blame(name, node, message=problem.message)
            return None
        file = self.files[name]
        decision = Decision(
            region=RegionCode(file.region.code),
            parameter=parameter,
            start=node.start,
            end=node.end,
            value=value,
            status=node.status,
            cites=self.named(node.cites),
            contradicted_by=self.named(node.contradicted_by),
            resolution=node.resolution,
            why=node.why.text if node.why else None,
            from_basis=node.from_basis,
            checked_on=node.checked_on or file.checked_on,
            file=name,
            line=node.line,
        )
        for key in (*node.cites, *node.contradicted_by):
            if key not in self.declared:
                self.blame(name, node, message=_unknown("claim", key))
        for claim in decision.cites + decision.contradicted_by:
            if claim.parameter != parameter:
                self.blame(name, node, message=_elsewhere(claim, parameter))
        return decision

    def named(self, keys: list[str]) -> tuple[Claim, ...]:
        # A claim that could not be read is missing here; it is blamed where it stands.
        return tuple(self.claims[key] for key in keys if key in self.claims)

    def chain(self, name: str) -> tuple[RegionCode, ...]:
        region = self.files[name].region
        chain = [RegionCode(region.code)]
        while chain[-1] != NATION:
            parent = self.parents[chain[-1]]
            if parent not in self.parents or parent in chain:
                self.blame(name, region, message=_unknown("parent", parent))
                break
            chain.append(parent)
        return tuple(chain)

    def blame(self, file: str, node: Node, *, message: Text) -> None:
        self.problems.append(YamlProblem(file, node.line, message))


_THINGS = {
    "subject": "主题",
    "vocabulary": "词表",
    "source": "来源",
    "parameter": "参数",
    "claim": "说法",
    "parent": "上级地区",
    "region": "地区",
}


def _unknown(thing: str, name: str) -> Text:
    return Text(f"未知的{_THINGS[thing]}“{name}”", f"unknown {thing} {name!r}")


def _twice(thing: str, name: str) -> Text:
    return Text(f"{_THINGS[thing]}“{name}”出现两次", f"{thing} {name!r} stands twice")


def _misnamed(code: str) -> Text:
    return Text(
        f"文件名应以地区代码开头：{code.lower()}",
        f"the name of the file should begin with the region's code: {code.lower()}",
    )


def _elsewhere(claim: Claim, parameter: str) -> Text:
    return Text(
        f"说法“{claim.key}”讲的是 {claim.parameter}，不是 {parameter}",
        f"claim {claim.key!r} is about {claim.parameter}, not {parameter}",
    )


_NO_DAY = Text(
    "说法缺少日期：请写 says_from 或 observed",
    "a claim needs its day: write `says_from` or `observed`",
)
_ENUM_DEPARTS = Text(
    "单选参数没有宽窄之分，只能 override",
    "one-of parameters have no narrower or wider; only `override` fits",
)
