"""The canonical benchmark: every section of the report, each measured by a file of its own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from benchmarks import (
    baseline,
    growth,
    holding,
    hot,
    memory,
    merkle,
    opening,
    projecting,
    replaying,
    settling,
    stages,
    storage,
)
from benchmarks.setting import Setting, Size


class Report(NamedTuple):
    """Everything that was measured in one go; None for a section that was not asked for."""

    size: Size
    settling: settling.Settling | None = None
    baseline: baseline.Baseline | None = None
    hot: hot.Hot | None = None
    holding: holding.Holding | None = None
    growth: growth.Growth | None = None
    replaying: replaying.Replay | None = None
    projecting: projecting.Projecting | None = None
    opening: opening.Opening | None = None
    storage: storage.Storage | None = None
    memory: memory.Memory | None = None
    merkle: merkle.Merkle | None = None
    stages: stages.Stages | None = None


SECTIONS: Mapping[str, Callable[[Size, Setting], Any]] = {
    "settling": settling.measure,
    "baseline": baseline.measure,
    "hot": hot.measure,
    "holding": holding.measure,
    "growth": growth.measure,
    "replaying": replaying.measure,
    "projecting": projecting.measure,
    "opening": opening.measure,
    "storage": storage.measure,
    "memory": memory.measure,
    "merkle": merkle.measure,
    "stages": stages.measure,
}
"""How each section is measured, by its field in the report and in the report's order."""


def measure(size: Size, setting: Setting, *, only: Collection[str] = ()) -> Report:
    """Measure all sections, or only some, on throw-away stores in the folder."""
    wanted = [name for name in SECTIONS if not only or name in only]
    return Report(size, **{name: SECTIONS[name](size, setting) for name in wanted})
