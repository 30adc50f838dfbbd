"""The house rules, held on every file of the checkout.

The checks stand in `house.py` and are themselves tried in `test_house_checks.py`.
"""

from __future__ import annotations

import importlib
import os
import tomllib
from functools import partial
from pathlib import Path

import pytest

from domain.facts import CATALOG
from tests import house

ROOT = Path(__file__).parents[1]
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
SETTINGS = tomllib.loads(PYPROJECT)
PACKAGES: list[str] = SETTINGS["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]

PRUNED = {"__pycache__", "build", "dist"}
TEXTS = {".md", ".py", ".toml", ".yaml", ".yml"}
TEXTS_BY_NAME = {"Makefile", "run"}
SLOW = {"eventsourcing", "numba", "numpy", "pyarrow", "pydantic", "rich", "sqlalchemy"}

# Who may take more than two parameters by position, and why; and cli/, since click calls it.
POSITIONAL_BY_NEED = {
    "domain/waterfall.py": "numba compiles calls by position",
    "domain/judging.py": "numba compiles calls by position",
    "simulation/bulk/frames.py": "numba calls what it was taught by position",
    "simulation/bulk/cluster/collecting.py": "numba compiles calls by position",
    "simulation/bulk/cluster/joining.py": "numba compiles calls by position",
    "ledger/recorders.py": "the library's recorders are called by position",
}


def files(*folders: str) -> list[str]:
    """Give every Python file in the folders, as a path from the top."""
    return sorted(
        path.relative_to(ROOT).as_posix()
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
    )


def findings(check: house.Check, paths: list[str]) -> list[str]:
    """Run one check over files and say where each finding is."""
    assert paths, "a check of no files would always pass"
    return [f"{path}: {found}" for path in paths for found in check(read(path))]


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def exempt(path: str) -> bool:
    """Tell files that click or a compiler calls by position."""
    return path in POSITIONAL_BY_NEED or path.startswith(("cli/", "simulation/bulk/kernel/"))


def texts() -> list[str]:
    """Give every text that belongs to the project, wherever it stands."""
    found = []
    for folder, subfolders, names in os.walk(ROOT):
        subfolders[:] = [
            name
            for name in subfolders
            if name not in PRUNED and (name == ".ci" or not name.startswith("."))
        ]
        found += [
            (Path(folder) / name).relative_to(ROOT).as_posix()
            for name in names
            if Path(name).suffix in TEXTS or name in TEXTS_BY_NAME
        ]
    return sorted(found)


def test_no_file_is_longer_than_400_lines() -> None:
    assert findings(house.long_file, files(*PACKAGES, "tests")) == []


def test_no_function_is_longer_than_50_lines() -> None:
    assert findings(house.long_functions, files(*PACKAGES, "tests")) == []


def test_every_silenced_checker_is_told_why() -> None:
    assert findings(house.unexplained_exceptions, files(*PACKAGES, "tests")) == []


@pytest.mark.parametrize("check", [house.floats, house.true_divisions])
def test_domain_counts_in_whole_numbers(check: house.Check) -> None:
    assert findings(check, files("domain")) == []


@pytest.mark.parametrize("check", [house.foreign_imports, house.doors])
def test_domain_reaches_nothing_outside(check: house.Check) -> None:
    assert findings(check, files("domain")) == []


def test_ledger_has_no_float() -> None:
    assert findings(house.floats, files("ledger")) == []


def test_functions_take_six_parameters_at_most() -> None:
    paths = [path for path in files(*PACKAGES) if not path.startswith("cli/")]
    assert findings(house.too_many_parameters, paths) == []


def test_parameters_after_the_second_are_named() -> None:
    checked = [path for path in files(*PACKAGES) if not exempt(path)]
    assert findings(house.too_many_positional, checked) == []


def test_init_files_hold_a_docstring_and_nothing_else() -> None:
    inits = [path for path in files(*PACKAGES, "tests") if path.endswith("__init__.py")]
    assert {f"{package}/__init__.py" for package in PACKAGES} <= set(inits)
    assert findings(house.more_than_a_docstring, inits) == []


def test_every_name_of_a_file_says_something() -> None:
    paths = files(*PACKAGES, "tests")
    assert [f"{path}: {found}" for path in paths for found in house.vague_names(path)] == []


def test_no_text_names_a_path_of_one_machine() -> None:
    assert findings(house.machine_paths, texts()) == []


def test_every_ruff_rule_that_is_switched_off_says_why() -> None:
    assert house.unexplained_ruff_entries(PYPROJECT) == []


def test_every_package_is_shipped_typed_and_kept_in_its_layer() -> None:
    tool = SETTINGS["tool"]
    packages = sorted(path.parent.name for path in ROOT.glob("*/__init__.py"))
    layers, *_, acyclic = tool["importlinter"]["contracts"]
    in_layers = [name for layer in layers["layers"] for name in layer.split(" | ")]
    assert sorted(PACKAGES) == packages
    assert sorted(tool["mypy"]["files"]) == sorted([*packages, "gongji-verify", "tests"])
    assert sorted(tool["importlinter"]["root_packages"]) == packages
    assert sorted(in_layers) == packages
    assert sorted(acyclic["ancestors"]) == packages


def test_the_verifier_is_short_enough_to_be_read_and_shares_no_code_with_us() -> None:
    paths = files("gongji-verify")
    assert paths == ["gongji-verify/gongji_verify.py", "gongji-verify/gongji_verify_cli.py"]
    for check in (house.long_file, house.long_functions, house.unexplained_exceptions):
        assert findings(check, paths) == []
    beyond = partial(house.imports_beyond, allowed={"cryptography", "gongji_verify"})
    assert findings(beyond, paths) == []


def test_every_fact_is_stored_as_stream_and_fact() -> None:
    for module in ("person", "pool", "claim"):
        importlib.import_module(f"domain.{module}")
    assert CATALOG
    assert house.malformed_topics(CATALOG) == []
    assert [topic for topic, fact in CATALOG.items() if topic != fact.TOPIC] == []
    assert [topic for topic, fact in CATALOG.items() if fact.VERSION < 1] == []
    assert [topic for topic, fact in CATALOG.items() if not fact.__doc__] == []


def test_every_refusal_has_a_number_and_says_why_and_what_to_do_in_both_languages() -> None:
    from domain.refusals import EXPLANATIONS, Code

    assert set(EXPLANATIONS) == set(Code)
    assert len({code.number for code in Code}) == len(Code)
    texts = [text for each in EXPLANATIONS.values() for text in (each.says, each.remedy)]
    assert house.incomplete_texts(texts) == []


def test_every_reason_has_words_in_both_languages() -> None:
    from domain.reasons import REASONS, Reason

    assert set(REASONS) == set(Reason)
    assert house.incomplete_texts(REASONS.values()) == []


def test_help_loads_no_slow_library() -> None:
    program = "import sys; sys.argv = ['gongji', '--help']; from cli.main import main; main()"
    assert house.modules_loaded_by(program, SLOW, root=ROOT) == []
