"""From files to a library: names become the things they name, words become typed values."""

from __future__ import annotations

from collections.abc import Mapping

from domain.ids import RegionCode
from policies import faults
from policies.documents import Node, PolicyProblems, RegionFile, ValueNode
from policies.faults import Fault
from policies.library import NATION, Claim, Decision, Library, Region
from policies.reading import Frame
from policies.strict_yaml import YamlProblem
from policies.vocabulary import CITED, Meaning, Unreadable, joined, meaning, members, statement


def link(frame: Frame, files: Mapping[str, RegionFile]) -> Library:
    """Make a library of files that have their shape.

    Raises:
        PolicyProblems: names that lead nowhere, and values that their parameters do not allow.
    """
    linker = _Linker(frame, files)
    library = linker.link()
    if linker.problems:
        raise PolicyProblems(tuple(linker.problems))
    return library


class _Linker:
    """Looks names up and gathers the problems met on the way."""

    def __init__(self, frame: Frame, files: Mapping[str, RegionFile]) -> None:
        self.frame = frame
        self.parameters = frame.parameters
        self.sources = frame.sources
        self.files = files
        self.problems: list[YamlProblem] = []
        self.declared = {key for file in files.values() for key in file.claims}
        self.claims: dict[str, Claim] = {}
        self.parents: dict[RegionCode, RegionCode] = {}

    def link(self) -> Library:
        for name, file in self.files.items():
            code = RegionCode(file.region.code)
            if code in self.parents:
                self.blame(name, file.region, fault=faults.twice("region", code))
            if not name.startswith(code.lower()):
                self.blame(name, file.region, fault=faults.misnamed(code))
            self.parents[code] = RegionCode(file.region.parent)
            for key in file.claims:
                self.claim(name, key)
        regions = [self.region(name) for name in self.files]
        by_code = {region.code: region for region in regions}
        return Library(*self.frame, self.claims, by_code)

    def claim(self, name: str, key: str) -> None:
        file = self.files[name]
        node = file.claims[key]
        day = node.says_from or node.observed
        if key in self.claims:
            self.blame(name, node, fault=faults.twice("claim", key))
        if node.source not in self.sources:
            self.blame(name, node, fault=faults.unknown("source", node.source))
        elif node.param not in self.parameters:
            self.blame(name, node, fault=faults.unknown("parameter", node.param))
        elif day is None:
            self.blame(name, node, fault=faults.NO_DAY)
        else:
            try:
                states = statement(self.parameters[node.param], node)
            except Unreadable as problem:
                self.blame(name, node, fault=Fault("value_type", problem.message))
                return
            self.claims[key] = Claim(
                key=key,
                region=RegionCode(file.region.code),
                parameter=node.param,
                states=states,
                day=day,
                observed=node.says_from is None,
                says=node.says.text,
                source=self.sources[node.source],
                file=name,
                line=node.line,
            )

    def region(self, name: str) -> Region:
        file = self.files[name]
        for source in file.starts.sources:
            if source not in self.sources:
                self.blame(name, file.starts, fault=faults.unknown("source", source))
        decisions: dict[str, tuple[Decision, ...]] = {}
        for parameter, nodes in file.values.items():
            if parameter in self.parameters:
                linked = [self.decision(name, parameter, node=node) for node in nodes]
                decisions[parameter] = tuple(each for each in linked if each is not None)
            else:
                self.blame(name, nodes[0], fault=faults.unknown("parameter", parameter))
        return Region(
            code=RegionCode(file.region.code),
            name=file.region.name,
            chain=self.chain(name),
            starts=file.starts.day,
            starts_by=tuple(file.starts.sources),
            decisions=decisions,
            file=name,
            line=file.region.line,
        )

    def decision(self, name: str, parameter: str, *, node: ValueNode) -> Decision | None:
        try:
            value = self.value(parameter, node)
            presumed = members(self.parameters[parameter], node.presumed)
        except Unreadable as problem:
            self.blame(name, node, fault=Fault("value_type", problem.message))
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
            dated_by=self.named(node.dated_by),
            presumed=presumed,
        )
        for key in (*node.cites, *node.contradicted_by, *node.dated_by):
            if key not in self.declared:
                self.blame(name, node, fault=faults.unknown("claim", key))
        for claim in decision.cites + decision.contradicted_by:
            if claim.parameter != parameter:
                self.blame(name, node, fault=faults.elsewhere(claim, parameter))
        return decision

    def value(self, parameter: str, node: ValueNode) -> Meaning:
        if self.parameters[parameter].type == "tariff" and node.value == CITED:
            return joined(claim.states for claim in self.named(node.cites))
        return meaning(self.parameters[parameter], node.value)

    def named(self, keys: list[str]) -> tuple[Claim, ...]:
        # A claim that could not be read is missing here; it is blamed where it stands.
        return tuple(self.claims[key] for key in keys if key in self.claims)

    def chain(self, name: str) -> tuple[RegionCode, ...]:
        region = self.files[name].region
        chain = [RegionCode(region.code)]
        while chain[-1] != NATION:
            parent = self.parents[chain[-1]]
            if parent not in self.parents or parent in chain:
                self.blame(name, region, fault=faults.unknown("parent", parent))
                break
            chain.append(parent)
        return tuple(chain)

    def blame(self, file: str, node: Node, *, fault: Fault) -> None:
        self.problems.append(fault.at(file, node))
