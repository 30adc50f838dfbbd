"""These tests look for what breaks, not for which lines were reached.

They run hundreds of thousands of operations, several times slower under a tracer, and what they
cover is covered by the tests of each room: they are run without one.
"""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.no_cover)
