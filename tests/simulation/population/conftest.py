"""One setting and one population for all tests."""

from __future__ import annotations

from datetime import date

import pytest

from policies.loader import load
from simulation.bulk.arrays import State
from simulation.population.people import make
from simulation.population.setting import Setting, setting

PERSONS = 100_000


@pytest.fixture(scope="session")
def where() -> Setting:
    """Give the shipped rules on the first day on which the national wallet freezes quotas."""
    return setting(load(), date(2026, 2, 1))


@pytest.fixture(scope="session")
def state(where: Setting) -> State:
    """Give a population that nobody may change."""
    return make(PERSONS, seed=7, where=where)
