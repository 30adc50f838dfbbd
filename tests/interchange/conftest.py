"""Histories with their read models, for what is written for other tools."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool

from ledger.store import Store
from projections.runner import run
from tests.projections.history_of_everything import history_of_everything


def in_memory() -> Engine:
    """Give an empty database in memory."""
    return create_engine("sqlite://", poolclass=StaticPool)


@pytest.fixture
def engine() -> Iterator[Engine]:
    """Give an empty database that lives as long as the test."""
    made = in_memory()
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def everything() -> Iterator[tuple[Store, Engine]]:
    """Give a history with every kind of fact, and its read models; nobody may change them."""
    store, made = history_of_everything().store, in_memory()
    run(store, made)
    yield store, made
    made.dispose()
