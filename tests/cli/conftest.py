"""One family for all tests: made once, copied for every test that writes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli import books


@pytest.fixture(scope="session")
def shared_family(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the store of a family; nobody may write to it."""
    return books.make(tmp_path_factory.mktemp("family"))


@pytest.fixture
def family(shared_family: Path, tmp_path: Path) -> Path:
    """Give a copy of the family's store, for one test."""
    folder = tmp_path / "family"
    shutil.copytree(shared_family.parent, folder)
    return folder / shared_family.name


@pytest.fixture
def claim_file(family: Path) -> str:
    """Give the path of the family's claim."""
    return str(family.parent / "claim.yaml")
