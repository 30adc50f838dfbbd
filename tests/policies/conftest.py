"""A copy of the shipped policy files that a test may spoil."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from policies.documents import PolicyProblems
from policies.loader import SHIPPED, load_library
from policies.strict_yaml import YamlProblem

Spoil = Callable[[str, str, str], list[YamlProblem]]


def plant(folder: Path, file: str, old: str, new: str) -> None:
    """Replace the one passage of a file that says `old`."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"the passage to spoil stands {text.count(old)} times"
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with copies of all shipped policy files."""
    for path in SHIPPED.glob("*.yaml"):
        shutil.copy(path, tmp_path)
    return tmp_path


@pytest.fixture
def spoil(folder: Path) -> Spoil:
    """Give a function that replaces one passage of one file and gives the problems found."""

    def change(file: str, old: str, new: str) -> list[YamlProblem]:
        plant(folder, file, old, new)
        with pytest.raises(PolicyProblems) as caught:
            load_library(folder)
        return list(caught.value.problems)

    return change
