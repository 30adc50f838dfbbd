"""`python -m tests.policy_mutants`: edit single fields of the policy files, count what is noticed.

An edit (tests/policy_edits.py says which there are) is noticed by lint, when the files can no
longer be used, or by a scenario, when a figure in one comes out otherwise. A warning of lint is no
notice: nobody has to read it. Neither are the tests in tests/policies/, which repeat figures of
single regions: what a rule is should show in the files or in what the rule does.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from domain.ids import RegionCode, RuleSetId
from domain.rules import RuleBook
from policies.checks import check
from policies.documents import PolicyProblems, RegionFile, read_file
from policies.identity import rule_set_id
from policies.library import Library
from policies.linking import link
from policies.loader import SHIPPED, load_library
from policies.reading import Frame, read_frame, read_regions, region_files
from policies.resolve import LazyRules, epochs
from policies.strict_yaml import read
from simulation.scenario import run
from simulation.scenario_file import SHIPPED as SCENARIOS
from simulation.scenario_file import read_scenario
from simulation.scenario_steps import ScenarioNode
from tests.policy_edits import Edit, edited, edits, sample

GOAL = 95.0  # percent
LINT, SCENARIO, NOBODY = "lint", "scenario", "nobody"

_FRAME = ("registry.yaml", "sources.yaml")
_Ids = Mapping[RegionCode, Sequence[tuple[date, RuleSetId]]]


# ------------------------------------------------------------------------------- who notices


def noticed_by(edit: Edit) -> str:
    """Tell who notices an edit: lint, a scenario, or nobody."""
    try:
        library = _after(edit)
    except PolicyProblems:
        return LINT
    if next(check(library), None) is not None:
        return LINT
    before, after = _ids_before(), _ids(library)
    changed = {code for code, ids in after.items() if ids != before[code]}
    # What decides is the same on every day: no scenario can come out otherwise.
    return SCENARIO if changed and _differs(library, changed) else NOBODY


def _after(edit: Edit) -> Library:
    """Give the library after an edit, as far as it reaches: the regions that read the file.

    Raises:
        PolicyProblems: it can no longer be read.
    """
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        _write(folder, edit)
        if edit.file in _FRAME:
            other = next(name for name in _FRAME if name != edit.file)
            (folder / other).symlink_to(SHIPPED / other)
            return link(read_frame(folder), _files())
        files = dict(_files()) | {edit.file: read_file(folder / edit.file, RegionFile)}
        reached = _reached(edit.file)
        return link(_frame(), {name: file for name, file in files.items() if name in reached})


def _write(folder: Path, edit: Edit) -> None:
    # JSON is YAML: the edited file means the same as if it had been edited by hand.
    text = json.dumps(edited(read(SHIPPED / edit.file), edit), ensure_ascii=False, indent=1)
    (folder / edit.file).write_text(text, encoding="utf-8")


def _reached(file: str) -> set[str]:
    """Give the files of the regions that inherit from a file, and of all their parents."""
    regions = _library().regions
    return {
        regions[code].file
        for region in regions.values()
        if file in {regions[code].file for code in region.chain}
        for code in region.chain
    }


def _ids(library: Library) -> _Ids:
    """Give every region's rule sets with their first days."""
    return {
        code: [
            (epoch.since, rule_set_id(region, epoch.decided)) for epoch in epochs(library, region)
        ]
        for code, region in library.regions.items()
    }


def _differs(library: Library, changed: Iterable[RegionCode]) -> bool:
    """Tell whether a scenario that speaks of one of these regions comes out otherwise."""
    regions = {**_library().regions, **library.regions}
    whole = replace(library, regions=regions)
    book = RuleBook(resolver=LazyRules(lambda: regions, lambda _: whole))
    return any(
        not _passes(scenario, book, name)
        for name, spoken_of, scenario in _scenarios()
        if spoken_of & set(changed)
    )


def _passes(scenario: ScenarioNode, book: RuleBook, name: str) -> bool:
    try:
        return run(scenario, book, name=name).passed
    except AssertionError:  # the proof at the end of a scenario
        return False


# ------------------------------------------------------------------------------- before an edit


@cache
def _frame() -> Frame:
    return read_frame(SHIPPED)


@cache
def _files() -> Mapping[str, RegionFile]:
    return read_regions(region_files(SHIPPED))


@cache
def _library() -> Library:
    return load_library()


@cache
def _ids_before() -> _Ids:
    return _ids(_library())


@cache
def _scenarios() -> Sequence[tuple[str, set[RegionCode], ScenarioNode]]:
    """Give every scenario with its name and the regions of which it speaks."""
    found = []
    for path in sorted(SCENARIOS.glob("*.yaml")):
        scenario = read_scenario(path)
        assert isinstance(scenario, ScenarioNode), path
        text = path.read_text(encoding="utf-8")
        spoken_of = {code for code in _library().regions if f'"{code}"' in text}
        found.append((path.stem, spoken_of, scenario))
    return found


# ------------------------------------------------------------------------------- the command


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
            f"{field:26}{found.total():6,} edited{found[LINT]:6,} lint"
            f"{found[SCENARIO]:6,} scenario{found[NOBODY]:6,} not noticed"
        )
    noticed = counts.total() - counts[NOBODY]
    percent = 100 * noticed / max(1, counts.total())
    click.echo(
        f"{noticed:,} of {counts.total():,} single-field edits noticed ({percent:.1f} %), "
        f"{counts[LINT]:,} by lint, {counts[SCENARIO]:,} by scenarios, {counts[NOBODY]:,} by "
        f"nobody; {len(every):,} are possible"
    )
    sys.exit(percent < GOAL)


if __name__ == "__main__":
    main()
