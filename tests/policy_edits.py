"""Single-field edits of the policy files, for `python -m tests.policy_mutants`.

An edit changes one field in one place: a value, a day, a status, a citation, the grade of a source,
a property of a parameter. Three kinds of fields are left alone, since the files hold nothing else
that could tell a mistake in them:

- sentences for people, titles, issuers, addresses and days of publication;
- the day of the last check, which decides and founds nothing;
- `from_basis` that claims less than it might (`first-seen`, `inherited`): it is never wrong.

And an edit that takes evidence away is made only where something rests on that evidence alone. Of
two cited claims that say the same, either may go, and the value is as well founded as before; of a
claim against a value, a member may go on which the two agree. No rule changes by such an edit.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from policies.loader import SHIPPED
from policies.strict_yaml import read
from policies.vocabulary import VOCABULARIES

Place = tuple[str | int, ...]
Tree = Any  # a policy file as plain mappings, lists, texts, whole numbers and truth values

YEAR_AND_MORE = 400
"""Days by which the day of a claim is moved: of most sources no more than the year is known."""


class Edit(NamedTuple):
    """One field that is changed: in which file, where, to what. `new` None removes it."""

    file: str
    path: Place
    new: Tree

    def __str__(self) -> str:
        return f"{self.file}: {'.'.join(map(str, self.path))} -> {json.dumps(self.new)}"

    @property
    def field(self) -> str:
        """Name the kind of field: its part of the file, and the last name on the path."""
        last = next(step for step in reversed(self.path) if isinstance(step, str))
        return f"{self.path[0]}: {last}"


@dataclass(frozen=True)
class _Folder:
    """All files, and which values name which claims."""

    trees: Mapping[str, Tree]
    claims: Mapping[str, Tree]

    @property
    def parameters(self) -> Tree:
        return self.trees["registry.yaml"]["parameters"]

    @property
    def sources(self) -> Tree:
        return self.trees["sources.yaml"]["sources"]

    def values(self) -> Iterator[Tree]:
        for tree in self.trees.values():
            for nodes in tree.get("values", {}).values():
                yield from nodes

    def vouched(self, claim: str) -> set[str]:
        """Give what a claim says, one entry for each thing that could be said by another, too."""
        node = self.claims[claim]
        if isinstance(node.get("value"), list) and self.is_set(node):
            return set(node["value"])
        if "value" in node:
            return {json.dumps(node["value"])}
        return {*node.get("includes", ()), *(f"not {each}" for each in node.get("excludes", ()))}

    def is_set(self, claim: Tree) -> bool:
        return bool(self.parameters[claim["param"]]["type"] == "set")


def edits(folder: Path = SHIPPED) -> Iterator[Edit]:
    """Give every single-field edit that is tried, in order of file and place."""
    trees: dict[str, Tree] = {path.name: read(path) for path in sorted(folder.glob("*.yaml"))}
    claims = {key: node for tree in trees.values() for key, node in tree.get("claims", {}).items()}
    files = _Folder(trees, claims)
    for name, tree in trees.items():
        for where, new in _edits_of(name, tree, files):
            yield Edit(name, where, new)


def _edits_of(name: str, tree: Tree, files: _Folder) -> Iterator[tuple[Place, Tree]]:
    if name == "registry.yaml":
        for key, node in tree["parameters"].items():
            yield from _of_parameter(("parameters", key), node)
    elif name == "sources.yaml":
        for key, node in tree["sources"].items():
            worst = {"A": "D", "B": "D", "C": "D", "D": "A"}[node["grade"]]
            yield ("sources", key, "grade"), worst
            if "taken_as" in node:
                yield ("sources", key, "taken_as"), _moved(node["taken_as"], 1)
    else:
        yield from ((("starts", "day"), _moved(tree["starts"]["day"], days)) for days in (-1, 1))
        for key in tree["claims"]:
            yield from _of_claim(key, files)
        for key, nodes in tree["values"].items():
            for place, node in enumerate(nodes):
                yield from _of_value(("values", key, place), node, files)


def _of_parameter(where: Place, node: Tree) -> Iterator[tuple[Place, Tree]]:
    if node["type"] in {"set", "enum"}:
        other = next(word for word in VOCABULARIES if word != node["vocabulary"])
        yield (*where, "vocabulary"), other
    yield (*where, "type"), "bool" if node["type"] != "bool" else "money"
    if node.get("serves") != "information":
        yield (*where, "serves"), "information"


# ------------------------------------------------------------------------------------- claims


def _of_claim(key: str, files: _Folder) -> Iterator[tuple[Place, Tree]]:
    where: Place = ("claims", key)
    node = files.claims[key]
    if "value" in node:
        for new in _other_values(node["value"], files.parameters[node["param"]]):
            if not _idle(key, set(_changed(node["value"], new)), files):
                yield (*where, "value"), new
    for part in ("includes", "excludes"):
        for place, member in enumerate(node.get(part, ())):
            if not _idle(key, {member if part == "includes" else f"not {member}"}, files):
                yield (*where, part, place), None
    for day in ("says_from", "observed"):
        if day in node:
            yield (*where, day), _moved(node[day], YEAR_AND_MORE)
    yield (*where, "source"), _other_source(node["source"], files.sources)


def _changed(old: Tree, new: Tree) -> Iterator[str]:
    """Give what an edit of a claim's value takes from it; nothing if it only adds."""
    if isinstance(old, list) and all(isinstance(each, str) for each in old):
        yield from (each for each in old if each not in new)
        yield from (f"more: {each}" for each in new if each not in old)
    else:
        yield json.dumps(old)


def _idle(key: str, lost: set[str], files: _Folder) -> bool:
    """Tell whether nothing rests on what a claim no longer says."""
    return all(
        _redundant(key, node, lost, files)
        for node in files.values()
        if key in (*node.get("cites", ()), *node.get("contradicted_by", ()))
    )


def _redundant(key: str, node: Tree, lost: set[str], files: _Folder) -> bool:
    if key in node.get("contradicted_by", ()):
        value = node["value"] if isinstance(node["value"], list) else []
        agreed = {each for each in value if isinstance(each, str)}
        return lost <= agreed
    others = [files.vouched(each) for each in node["cites"] if each != key]
    return lost <= set().union(*others)


def _other_source(source: str, sources: Mapping[str, Tree]) -> str:
    """Give the next document of another grade."""
    keys = [key for key in sources if sources[key]["grade"] != sources[source]["grade"]]
    order = list(sources)
    return next((key for key in keys if order.index(key) > order.index(source)), keys[0])


# ------------------------------------------------------------------------------------- values


def _of_value(where: Place, node: Tree, files: _Folder) -> Iterator[tuple[Place, Tree]]:
    for new in _other_values(node["value"], files.parameters[where[1]]):
        yield (*where, "value"), new
    for day in ("from", "to"):
        if day in node:
            for days in (-1, 1):
                yield (*where, day), _moved(node[day], days)
    for place, key in enumerate(node.get("cites", ())):
        if not _redundant(key, node, files.vouched(key), files):
            yield (*where, "cites", place), None
    for part in ("contradicted_by", "dated_by"):
        for place in range(len(node.get(part, ()))):
            yield (*where, part, place), None
    yield (*where, "status"), "assumed" if node["status"] != "assumed" else "in_force"
    if node["from_basis"] != "stated":
        yield (*where, "from_basis"), "stated"
    for place in range(len(node.get("presumed", ()))):
        yield (*where, "presumed", place), None
    if "resolution" in node:
        yield (*where, "resolution"), None
        if node["resolution"]["rule"] != "grade":
            yield (*where, "resolution", "rule"), "grade"


def _moved(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def _other_values(value: Tree, parameter: Tree) -> Iterator[Tree]:
    """Give values that the type allows and that are others."""
    match value:
        case bool():
            yield not value
        case int():
            yield value + 1
        case list() if parameter["type"] == "set":
            words = [word.value for word in VOCABULARIES[parameter["vocabulary"]]]
            missing = [word for word in words if word not in value]
            yield from ([word for word in value if word != each] for each in value[:1])
            yield from ([*value, each] for each in missing[:1])
        case "unlimited":
            yield 1
        case str() if parameter["type"] == "enum":
            words = [word.value for word in VOCABULARIES[parameter["vocabulary"]]]
            yield words[(words.index(value) + 1) % len(words)]
        case {"num": num, "den": den}:
            yield {"num": num + 1 if num < den else num - 1, "den": den}


# ------------------------------------------------------------------------------------- making one


def edited(tree: Tree, edit: Edit) -> Tree:
    """Give a copy of a file's content with one field changed or removed."""
    copy = json.loads(json.dumps(tree))
    *above, last = edit.path
    node = copy
    for step in above:
        node = node[step]
    if edit.new is None:
        del node[last]
    else:
        node[last] = edit.new
    return copy


def sample(every: Sequence[Edit], *, size: int, seed: int) -> list[Edit]:
    """Choose edits by chance, as many as asked, in order of file and place."""
    chosen = Random(seed).sample(range(len(every)), min(size, len(every)))  # a draw
    return [every[place] for place in sorted(chosen)]
