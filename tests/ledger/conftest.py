"""The planted facts are in the catalogue only while a test of the ledger runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.facts import CATALOG
from ledger import store as stores
from ledger.store import Store
from tests.ledger.planted import Counted


@pytest.fixture(autouse=True)
def _planted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CATALOG, Counted.TOPIC, Counted)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give the path of an empty store."""
    stores.init(tmp_path / "store")
    return tmp_path / "store"


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, path: Path) -> Iterator[Store]:
    """Give an empty store open for writing: in memory and in a file, one after the other."""
    with stores.memory() if request.param == "memory" else stores.open_writer(path) as opened:
        yield opened


@pytest.fixture
def in_file(path: Path) -> Iterator[Store]:
    """Give an empty store in a file, open for writing."""
    with stores.open_writer(path) as opened:
        yield opened
