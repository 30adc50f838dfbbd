"""The kernel, compiled once for all tests of the bulk engine."""

from __future__ import annotations

import pytest

from policies import loader
from simulation.bulk import deciding
from simulation.bulk.deciding import Decide
from simulation.bulk.rules import RuleTable, rule_table


@pytest.fixture(scope="session")
def decide() -> Decide:
    """Give the compiled kernel."""
    return deciding.compiled()


@pytest.fixture(scope="session")
def table() -> RuleTable:
    """Give the shipped rules as numbers."""
    return rule_table(loader.load())
