"""`python -m tests.mutants`: plant faults in domain/ and count those that tests/domain finds.

mutmut plants them, one at a time, in a copy of the tree under build/. Two things are rewritten in
the copy first. A decorated function `f` becomes a plain one followed by `f = decorator(f)`,
because mutmut passes by whatever is decorated, and properties decide about money, too. And the
words of assertions go where mutmut does not look, because no answer depends on them.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import click
import libcst as cst
import pytest
from hypothesis import is_hypothesis_test
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code
from mutmut.utils.format_utils import orig_function_and_class_names_from_key

ROOT = Path(__file__).parents[1]
WORKSHOP = ROOT / "build" / "mutants"
LOG = ROOT / "build" / "mutants.log"
EQUIVALENT = ROOT / "tests" / "domain" / "equivalent_mutants.txt"
COPIED = ("domain", "policies", "tests", "pyproject.toml")
SMOKE = ("domain.money.*", "domain.time.*")
GOAL = 90.0  # percent

KILLED, SURVIVED, UNTRIED = "killed", "survived", "not checked"  # mutmut's words


class Fault(NamedTuple):
    """What a planted fault changes: the function, and the lines that went and came."""

    function: str
    lines: tuple[str, ...]

    @property
    def module(self) -> str:
        """Give the path of the module."""
        return "/".join(self.function.split(".")[:2]) + ".py"

    def __str__(self) -> str:
        return "\n".join((self.function, *self.lines))


class Mutant(NamedTuple):
    """One planted fault and what became of it; the lines are read only where it was not found."""

    name: str
    module: str
    status: str
    fault: Fault | None


class _Plain(cst.CSTTransformer):
    """Rewrites a module so that mutmut reaches all of it, except for the words of assertions."""

    def __init__(self) -> None:
        """Begin a module."""
        super().__init__()
        self.words: list[cst.BaseStatement] = []

    def leave_Assert(self, original_node: cst.Assert, updated_node: cst.Assert) -> cst.Assert:  # noqa: N802  # the library's name
        """Move the words of an assertion to the end of the module."""
        del original_node
        if not isinstance(updated_node.msg, cst.SimpleString):
            return updated_node
        name = cst.Name(f"_words_{len(self.words)}")
        assigned = cst.Assign([cst.AssignTarget(name)], updated_node.msg)
        self.words.append(cst.SimpleStatementLine([assigned]))
        return updated_node.with_changes(msg=name)

    def leave_Module(self, original_node: cst.Module, updated_node: cst.Module) -> cst.Module:  # noqa: N802  # the library's name
        """Add the words; mutmut changes nothing outside functions."""
        del original_node
        return updated_node.with_changes(body=(*updated_node.body, *self.words))

    def leave_FunctionDef(  # noqa: N802  # the library's name
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.FunctionDef | cst.FlattenSentinel[cst.BaseStatement]:
        """Write a decorated function as a plain one that is decorated afterwards."""
        del original_node
        decorated: cst.BaseExpression = updated_node.name
        for each in reversed(updated_node.decorators):
            decorated = cst.Call(each.decorator, [cst.Arg(decorated)])
        if decorated is updated_node.name:
            return updated_node
        assigned = cst.Assign([cst.AssignTarget(updated_node.name)], decorated)
        plain = updated_node.with_changes(decorators=())
        return cst.FlattenSentinel([plain, cst.SimpleStatementLine([assigned])])


def prepare() -> None:
    """Make a fresh copy of what the tests of domain/ need, with domain/ rewritten."""
    shutil.rmtree(WORKSHOP, ignore_errors=True)
    WORKSHOP.mkdir(parents=True)
    refresh()
    for path in (WORKSHOP / "domain").rglob("*.py"):
        module = cst.parse_module(path.read_text(encoding="utf-8"))
        path.write_text(module.visit(_Plain()).code, encoding="utf-8")


def refresh(*names: str) -> None:
    """Copy what is named, or everything, as it is now."""
    for name in names or COPIED:
        source, target = ROOT / name, WORKSHOP / name
        if source.is_dir():
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, target)


def plant(names: Iterable[str], *, children: int) -> None:
    """Let mutmut plant the faults of these names, or all; its exit code says nothing of them."""
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(children), *names]
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    with LOG.open("wb") as log:
        process = subprocess.run(  # our own command
            command, cwd=WORKSHOP, env=environment, stdout=log, stderr=log, check=False
        )
    if process.returncode:
        sys.exit(f"mutmut stopped; {LOG.relative_to(ROOT)} tells why")


def results() -> list[Mutant]:
    """Read what became of every fault."""
    found = []
    with contextlib.chdir(WORKSHOP):  # where mutmut keeps its notes
        for notes in sorted(Path("mutants").rglob("*.meta")):
            path = notes.relative_to("mutants").with_suffix("")
            for name, code in json.loads(notes.read_text("utf-8"))["exit_code_by_key"].items():
                status = status_by_exit_code[code]
                fault = None if status in {KILLED, UNTRIED} else _fault(name, path)
                found.append(Mutant(name, path.as_posix(), status, fault))
    return found


def _fault(name: str, path: Path) -> Fault:
    function, owner = orig_function_and_class_names_from_key(name)
    module = ".".join(path.with_suffix("").parts)
    lines = get_diff_for_mutant(name, path=path).splitlines()[3:]
    changed = (f"{line[0]} {line[1:].strip()}" for line in lines if line[0] in "+-")
    return Fault(".".join(filter(None, (module, owner, function))), tuple(changed))


def equivalents() -> dict[Fault, str]:
    """Read the faults that nobody could find, each with its reason."""
    text = EQUIVALENT.read_text(encoding="utf-8")
    blocks = [block.splitlines() for block in text.strip().split("\n\n")[1:]]  # after the heading
    listed = {}
    for function, *lines, reason in blocks:
        assert reason.startswith("because "), function
        listed[Fault(function, tuple(lines))] = reason
    assert len(listed) == len(blocks), "a fault is listed twice"
    return listed


def table(mutants: Sequence[Mutant], excused: Iterable[Fault]) -> Iterator[str]:
    """Give one line for each module and one for all of them."""
    excused = set(excused)
    yield f"{'':26}{'planted':>8}{'killed':>8}{'survived':>10}{'equivalent':>12}{'other':>7}"
    for module in (*dict.fromkeys(mutant.module for mutant in mutants), "all"):
        ours = [mutant for mutant in mutants if module in {mutant.module, "all"}]
        counts = Counter(_verdict(mutant, excused) for mutant in ours)
        other = counts.total() - sum(counts[name] for name in (KILLED, SURVIVED, "equivalent"))
        yield (
            f"{module:26}{counts.total():8,}{counts[KILLED]:8,}{counts[SURVIVED]:10,}"
            f"{counts['equivalent']:12,}{other:7,}{_percent(counts):8.1f} %"
        )


def _verdict(mutant: Mutant, excused: set[Fault]) -> str:
    return "equivalent" if mutant.fault in excused and mutant.status == SURVIVED else mutant.status


def _percent(counts: Counter[str]) -> float:
    """Give the share killed of all that could be; timeouts and faults without a test are not."""
    return 100 * counts[KILLED] / max(1, counts.total() - counts["equivalent"])


def unfounded(mutants: Sequence[Mutant], listed: Iterable[Fault]) -> list[Fault]:
    """Find what is listed as equivalent and was killed, or is not there any more."""
    survived = {mutant.fault for mutant in mutants if mutant.status == SURVIVED}
    unfinished = {mutant.module for mutant in mutants if mutant.status == UNTRIED}
    return [each for each in listed if each not in survived and each.module not in unfinished]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the quick tests look for a planted fault before the thorough ones (a pytest hook)."""
    items.sort(key=lambda item: is_hypothesis_test(getattr(item, "obj", None)))


@click.command()
@click.option("--smoke", is_flag=True, help="Only two small modules, as continuous integration.")
@click.option("--only", multiple=True, metavar="PATTERN", help="As domain.money.*; repeatable.")
@click.option("--again", is_flag=True, help="Only what the last run left; tests may have changed.")
@click.option("--children", default=os.cpu_count() or 1, show_default=True, help="Processes.")
def main(*, smoke: bool, only: Sequence[str], again: bool, children: int) -> None:
    """Plant faults in domain/, one at a time, and tell which of them no test finds.

    Exit code 1 if fewer than 90 % were found, or if one is listed as equivalent that is not.
    """
    names = SMOKE if smoke else only
    if again:
        refresh("tests", "pyproject.toml")
        names = [mutant.name for mutant in results() if mutant.fault is not None]
    else:
        prepare()
    plant(names, children=children)
    found, listed = results(), equivalents()
    tried = [mutant for mutant in found if mutant.status != UNTRIED]
    for mutant in tried:
        if mutant.fault is not None and mutant.fault not in listed:
            click.echo(f"{mutant.status}: {mutant.name}\n{mutant.fault}\n")
    wrong = unfounded(found, listed)
    for fault in wrong:
        click.echo(f"listed as equivalent, and did not survive:\n{fault}\n")
    click.echo("\n".join(table(tried, listed)))
    statuses = Counter(mutant.status for mutant in tried)
    click.echo(", ".join(f"{count:,} {status}" for status, count in statuses.most_common()))
    counts = Counter(_verdict(mutant, set(listed)) for mutant in tried)
    sys.exit(bool(wrong) or _percent(counts) < GOAL)


if __name__ == "__main__":
    main()
