"""The shipped rules of areas, read once."""

from __future__ import annotations

import pytest

from domain.rules import RuleBook
from policies import loader
from simulation.planted.street import Street


@pytest.fixture(scope="session")
def book() -> RuleBook:
    """Give the rules in force."""
    return loader.load()


@pytest.fixture
def street(book: RuleBook) -> Street:
    """Give an empty street."""
    return Street(book)
