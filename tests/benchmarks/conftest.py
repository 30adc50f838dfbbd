"""A setting to measure in, and a size that is just enough."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.setting import SMOKE, Setting, Size
from policies import loader

BOOK = loader.load()

SMALL = SMOKE._replace(
    settlements=20,
    seconds=60,
    repeat=2,
    cycles=20,
    grown_persons=(120, 240),
    grown_settlements=30,
    stored=30,
    killed_after=40,
)


@pytest.fixture
def size() -> Size:
    return SMALL


@pytest.fixture
def setting(tmp_path: Path) -> Setting:
    return Setting(tmp_path, BOOK, lambda _: None)
