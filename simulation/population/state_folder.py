"""A new state as a folder: one `.npy` file an array, and `state.json` about them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from simulation.bulk.arrays import State


def save(state: State, folder: Path, *, regions: Iterable[str], made: Mapping[str, object]) -> None:
    """Write a state into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in zip(State._fields, state, strict=True):
        np.save(folder / f"{name}.npy", array)
    about = {"persons": len(state.home), "regions": list(regions), "made": dict(made)}
    (folder / "state.json").write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n")
