"""The planted facts are in the catalogue only while a test of the ledger runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from domain.facts import CATALOG
from ledger import store as stores
from ledger import stream_index
from ledger.sqlite_recorder import INDEX
from ledger.store import Store
from ledger.stream_index import StreamIndex
from ledger.writer import Writer
from tests.ledger.indexes import Open, checksum_of
from tests.ledger.planted import EVOLVE, Counted
from tests.ledger.test_store import fill


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


@pytest.fixture
def writer(store: Store) -> Iterator[Writer]:
    """Give a writer over an empty store."""
    with Writer(store, EVOLVE) as open_writer:
        yield open_writer


@pytest.fixture
def written_index(path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the path of a small store whose index is all in its file."""
    monkeypatch.setattr(stream_index, "AT_ONCE", 16)  # a sixteenth of it is much
    fill(path)
    return path


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Give a way to open the index, for writing unless said otherwise."""
    made: list[StreamIndex] = []

    def opening(
        *, writing: bool = True, log: Callable[[int], int | None] = checksum_of
    ) -> StreamIndex:
        made.append(StreamIndex(tmp_path / INDEX, writing=writing, checksum_of=log))
        return made[-1]

    yield opening
    for index in made:
        index.close()
