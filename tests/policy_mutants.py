"""`python -m tests.policy_mutants`: edit single fields of the policy files, count what is noticed.

Each edit changes one field in one place: a value, a day, a status, a citation, a claim, a property
of a parameter. It is noticed by lint (the files no longer load) or by a scenario (a figure comes
out otherwise). Sentences for people, titles and addresses are left alone: no check can know them.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import click

from domain.ids import RegionCode
from domain.rules import RuleBook
from policies.documents import PolicyProblems
from policies.loader import SHIPPED, load, load_library
from policies.strict_yaml import read
from policies.vocabulary import VOCABULARIES
from simulation.scenario import run
from simulation.scenario_file import SHIPPED as SCENARIOS
from simulation.scenario_file import read_scenario
from simulation.scenario_steps import ScenarioNode

GOAL = 95.0  # percent
LINT, SCENARIO, NOBODY = "lint", "scenario", "nobody"

Path_ = tuple[str | int, ...]
Tree = Any  # a policy file as plain mappings, lists, texts, whole numbers and truth values


class Edit(NamedTuple):
    """One field that is changed: in which file, where, to what. `new` None removes it."""

    file: str
    path: Path_
    new: Tree

    def __str__(self) -> str:
        return f"{self.file}: {'.'.join(map(str, self.path))} -> {json.dumps(self.new)}"

    @property
    def field(self) -> str:
        """Name the kind of field: the last name on the path."""
        return next(step for step in reversed(self.path) if isinstance(step, str))


# ------------------------------------------------------------------------------- possible edits


def edits(folder: Path = SHIPPED) -> Iterator[Edit]:
    """Give every single-field edit that is tried, in order of file and place."""
    parameters = read(folder / "registry.yaml")["parameters"]
    for path in sorted(folder.glob("*.yaml")):
        tree = read(path)
        for where, new in _edits_of(path.name, tree, parameters):
            yield Edit(path.name, where, new)


def _edits_of(name: str, tree: Tree, parameters: Tree) -> Iterator[tuple[Path_, Tree]]:
    if name == "registry.yaml":
        for key, node in tree["parameters"].items():
            yield from _of_parameter(("parameters", key), node)
    elif name == "sources.yaml":
        for key, node in tree["sources"].items():
            worst = {"A": "D", "B": "D", "C": "D", "D": "A"}[node["grade"]]
            yield ("sources", key, "grade"), worst
    else:
        for key, node in tree["claims"].items():
            yield from _of_claim(("claims", key), node, parameters[node["param"]])
        for key, nodes in tree["values"].items():
            for place, node in enumerate(nodes):
                yield from _of_value(("values", key, place), node, parameters[key])


def _of_parameter(where: Path_, node: Tree) -> Iterator[tuple[Path_, Tree]]:
    if node["type"] in {"set", "enum"}:
        other = next(word for word in VOCABULARIES if word != node["vocabulary"])
        yield (*where, "vocabulary"), other
    yield (*where, "type"), "bool" if node["type"] != "bool" else "money"
    if node.get("serves") != "information":
        yield (*where, "serves"), "information"


def _of_claim(where: Path_, node: Tree, parameter: Tree) -> Iterator[tuple[Path_, Tree]]:
    if "value" in node:
        for new in _other_values(node["value"], parameter):
            yield (*where, "value"), new
    for part in ("includes", "excludes"):
        for place in range(len(node.get(part, ()))):
            yield (*where, part, place), None
    for day in ("says_from", "observed"):
        if day in node:
            yield (*where, day), _moved(node[day], 400)
    yield (*where, "source"), "no-such-source"


def _of_value(where: Path_, node: Tree, parameter: Tree) -> Iterator[tuple[Path_, Tree]]:
    for new in _other_values(node["value"], parameter):
        yield (*where, "value"), new
    for day in ("from", "to"):
        if day in node:
            for days in (-1, 1):
                yield (*where, day), _moved(node[day], days)
    for part in ("cites", "contradicted_by"):
        for place in range(len(node.get(part, ()))):
            yield (*where, part, place), None
    yield (*where, "status"), "assumed" if node["status"] != "assumed" else "in_force"
    if "resolution" in node:
        yield (*where, "resolution"), None


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


# ------------------------------------------------------------------------------- who notices


def noticed_by(edit: Edit) -> str:
    """Tell who notices an edit: lint, a scenario, or nobody."""
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for path in SHIPPED.glob("*.yaml"):
            shutil.copy(path, folder)
        # JSON is YAML: the edited file means the same as if it had been edited by hand.
        text = json.dumps(edited(read(SHIPPED / edit.file), edit), ensure_ascii=False, indent=1)
        (folder / edit.file).write_text(text, encoding="utf-8")
        try:
            reached = _reached(folder, edit)
        except PolicyProblems:
            return LINT
        book = load(folder)
        for region, name, scenario in _scenarios():
            if region in reached and not _passes(scenario, book, name):
                return SCENARIO
    return NOBODY


def _reached(folder: Path, edit: Edit) -> set[RegionCode]:
    """Give the regions whose rules an edit of a file may change."""
    regions = load_library(folder).regions
    mine = {code for code, region in regions.items() if region.file == edit.file}
    return {code for code, region in regions.items() if not mine or mine & {*region.chain}}


@cache
def _scenarios() -> Sequence[tuple[RegionCode, str, ScenarioNode]]:
    found = []
    for path in sorted(SCENARIOS.glob("*.yaml")):
        scenario = read_scenario(path)
        assert isinstance(scenario, ScenarioNode), path
        found.append((RegionCode(scenario.region), path.stem, scenario))
    return found


def _passes(scenario: ScenarioNode, book: RuleBook, name: str) -> bool:
    try:
        return run(scenario, book, name=name).passed
    except AssertionError:  # the proof at the end of a scenario
        return False


def sample(every: Sequence[Edit], *, size: int, seed: int) -> list[Edit]:
    """Choose edits by chance, as many as asked, in order of file and place."""
    chosen = Random(seed).sample(range(len(every)), min(size, len(every)))  # a draw
    return [every[place] for place in sorted(chosen)]


@click.command()
@click.option("--size", default=240, show_default=True, help="How many edits; 0 for all.")
@click.option("--seed", default=20261122, show_default=True, help="Which ones.")
@click.option("--processes", default=2, show_default=True, help="Processes.")
def main(*, size: int, seed: int, processes: int) -> None:
    """Edit single fields of the policy files, one at a time, and tell what nobody notices.

    Exit code 1 if fewer than 95 % were noticed.
    """
    every = list(edits())
    chosen = sample(every, size=size or len(every), seed=seed)
    counts: Counter[str] = Counter()
    by_field: dict[str, Counter[str]] = {}
    with ProcessPoolExecutor(processes) as pool:
        for edit, who in zip(chosen, pool.map(noticed_by, chosen, chunksize=4), strict=True):
            counts[who] += 1
            by_field.setdefault(edit.field, Counter())[who] += 1
            if who == NOBODY:
                click.echo(f"not noticed: {edit}")
    for field, found in sorted(by_field.items()):
        click.echo(
            f"{field:18}{found.total():6,} edited{found[LINT]:6,} lint"
            f"{found[SCENARIO]:6,} scenario{found[NOBODY]:6,} not noticed"
        )
    noticed = counts.total() - counts[NOBODY]
    percent = 100 * noticed / max(1, counts.total())
    click.echo(
        f"{noticed:,} of {counts.total():,} single-field edits noticed ({percent:.1f} %), "
        f"{counts[LINT]:,} by lint, {counts[SCENARIO]:,} by scenarios; {len(every):,} are possible"
    )
    sys.exit(percent < GOAL)


if __name__ == "__main__":
    main()
