"""Read models in memory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool

from ledger import store as stores
from ledger.store import Store
from projections.runner import open_views, run
from tests.builders import noon
from tests.projections.histories import History


@pytest.fixture
def engine() -> Iterator[Engine]:
    """Give an empty database that lives as long as the test."""
    made = create_engine("sqlite://", poolclass=StaticPool)
    yield made
    made.dispose()


@pytest.fixture
def books(tmp_path: Path) -> Iterator[tuple[Store, Engine]]:
    """Give a store on disk with one settled and one held claim, and its read models."""
    stores.init(tmp_path)
    with stores.open_writer(tmp_path) as store:
        history = History(store=store)
        history.found_family()
        history.now = noon(date(2026, 3, 2))
        assert history.settle("c1", "child", 2_000_00, fund_fen=70_00)
        assert history.hold("c2", "daughter", 100_00)
        history.application.close()
        engine = open_views(tmp_path)
        run(store, engine)
        yield store, engine
        engine.dispose()
