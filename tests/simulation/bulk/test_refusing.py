"""Rows that name what is not there never reach the kernel: compiled code would not notice."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulation.bulk import deciding
from simulation.bulk.arrays import Rows, kinds_of
from simulation.bulk.rules import RuleTable
from tests.simulation.bulk.states import small

WRONG: list[tuple[str, int]] = [
    ("kind", -1),
    ("kind", 4),
    ("patient", -1),
    ("patient", 2**31 - 1),
    ("where", -1),
    ("where", 32_767),
    ("place", 127),
    ("category", -1),
    ("slot", 0),
    ("slot", -2),
    ("fund", -1),
    ("fund", 2),
    ("total", -1),
    ("total", 2**62),
]


def one_row(**changed: int) -> Rows:
    """Give a bill of one line, with something changed."""
    kinds = kinds_of(Rows)
    values: dict[str, Any] = {"claim": 1, "line": 1, "total": 1, "slot": -1, **changed}
    return Rows(*(np.array([values.get(name, 0)], kind) for name, kind in kinds.items()))


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_what_is_not_there_is_refused(name: str, value: int, table: RuleTable) -> None:
    memory = deciding.empty_memory()
    with pytest.raises(ValueError, match="row 0 of the batch"):
        deciding.plain()(small(), table.rules, rows=one_row(**{name: value}), memory=memory)


def test_a_bill_has_one_patient(table: RuleTable) -> None:
    both = Rows(*map(np.concatenate, zip(one_row(), one_row(line=2, patient=1), strict=True)))
    with pytest.raises(ValueError, match="row 1 of the batch"):
        deciding.plain()(small(), table.rules, rows=both, memory=deciding.empty_memory())
