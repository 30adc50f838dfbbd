"""From a folder to files of known shape: the registry, the sources, and a file for each region."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from domain.money import Ratio
from domain.rules import Source, declared
from policies import faults
from policies.documents import (
    Bilingual,
    ParameterNode,
    PolicyProblems,
    RegionFile,
    RegistryFile,
    SourceNode,
    SourcesFile,
    read_file,
)
from policies.strict_yaml import YamlProblem
from policies.vocabulary import VOCABULARIES, Tariff

NO_ADDRESS = "none kept"

_REGISTRY = "registry.yaml"
SOURCES_FILE = "sources.yaml"


class Frame(NamedTuple):
    """What all regions share: subjects, parameters and documents."""

    subjects: Mapping[str, Bilingual]
    parameters: Mapping[str, ParameterNode]
    documents: Mapping[str, SourceNode]
    sources: Mapping[str, Source]


def read_frame(folder: Path) -> Frame:
    """Read the registry and the sources of a folder.

    Raises:
        PolicyProblems: what is wrong in them.
        OSError: one of them cannot be read.
    """
    registry = read_file(folder / _REGISTRY, RegistryFile)
    documents = read_file(folder / SOURCES_FILE, SourcesFile).sources
    if problems := tuple(_registry_problems(registry)):
        raise PolicyProblems(problems)
    sources = {key: _source(key, node) for key, node in documents.items()}
    return Frame(registry.subjects, registry.parameters, documents, sources)


def region_files(folder: Path) -> list[Path]:
    """Give the paths of the regions' files, in order of name.

    Raises:
        OSError: there is no such folder.
    """
    frame = {_REGISTRY, SOURCES_FILE}
    files = (path for path in folder.iterdir() if path.suffix == ".yaml")
    return sorted(path for path in files if path.name not in frame)


def read_regions(paths: Iterable[Path]) -> dict[str, RegionFile]:
    """Read the files of regions, by name.

    Raises:
        PolicyProblems: what is wrong in any of them; names looked up in the others alone would
            only raise an echo.
        OSError: a file cannot be read.
    """
    problems: list[YamlProblem] = []
    files: dict[str, RegionFile] = {}
    for path in paths:
        try:
            files[path.name] = read_file(path, RegionFile)
        except PolicyProblems as found:
            problems.extend(found.problems)
    if problems:
        raise PolicyProblems(tuple(problems))
    return files


def _source(key: str, node: SourceNode) -> Source:
    address = "" if node.address == NO_ADDRESS else node.address
    published = "" if node.published == "not known" else node.published
    return Source(key, node.title, node.issuer, node.number, node.grade, published, address)


def _registry_problems(registry: RegistryFile) -> Iterator[YamlProblem]:
    fields = declared()
    for name, node in registry.parameters.items():
        subject, _, rest = name.partition(".")
        if subject not in registry.subjects or not rest:
            yield faults.unregistered("subject", name).at(_REGISTRY, node)
        worded = node.type in {"set", "enum"}
        if worded != bool(node.vocabulary) or (worded and node.vocabulary not in VOCABULARIES):
            yield faults.unregistered("vocabulary", node.vocabulary).at(_REGISTRY, node)
        if node.type == "enum" and node.departs != "override":
            yield faults.ENUM_DEPARTS.at(_REGISTRY, node)
        elif node.serves == "decision" and fields.get(name) != _type(node):
            yield faults.no_field(name).at(_REGISTRY, node)
    deciding = {name for name, node in registry.parameters.items() if node.serves == "decision"}
    for name in sorted(fields.keys() - deciding):
        yield faults.undeclared(name).at(_REGISTRY, registry)


def _type(node: ParameterNode) -> object:
    """Give the type that a field of the rule set must have for a parameter."""
    words = VOCABULARIES.get(node.vocabulary)
    if node.type == "set":
        return frozenset[words] if words else None  # type: ignore[valid-type]  # a class, found by name
    return words or {"bool": bool, "ratio": Ratio, "tariff": Tariff}.get(node.type, int)
