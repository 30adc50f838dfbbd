"""Read models in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool


@pytest.fixture
def engine() -> Iterator[Engine]:
    """Give an empty database that lives as long as the test."""
    made = create_engine("sqlite://", poolclass=StaticPool)
    yield made
    made.dispose()
