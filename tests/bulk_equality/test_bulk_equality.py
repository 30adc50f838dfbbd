"""The bulk engine decides what the single settlement decides, on random people, rules and bills.

More than a million claims in all: every area of the shipped rule base in turn is home, invented
and entirely random rules between them. Outcomes, legs, balances, limits and reasons are compared.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from domain.rules import UNLIMITED
from simulation.bulk.deciding import compiled, plain
from simulation.bulk.kernel.terms import NAMES, WIDTH
from simulation.bulk.rules import RuleTable
from tests.bulk_equality.running import BILLS, CHUNKS, ROUNDS, chunk, compare


@pytest.mark.parametrize("number", range(CHUNKS))
def test_both_decide_the_same(number: int, record_property: Callable[[str, object], None]) -> None:
    compared = compare(chunk(number), decide=compiled())
    record_property("claims compared", compared.tally.claims)
    record_property("differences", len(compared.differences))
    assert compared.differences == []
    assert compared.tally.claims >= ROUNDS * BILLS
    assert compared.tally.missing() == []


def test_a_million_claims_are_compared() -> None:
    assert CHUNKS * ROUNDS * BILLS >= 1_000_000


def _planted(name: str, change: int) -> Callable[[RuleTable], RuleTable]:
    """Give rules in which one number is another wherever it limits or says anything."""

    def plant(table: RuleTable) -> RuleTable:
        cells = table.rules.cells.copy().reshape(-1, WIDTH)
        column = cells[:, NAMES.index(name)]
        column[column < UNLIMITED] += change
        np.maximum(column, 0, out=column)
        return table._replace(rules=table.rules._replace(cells=cells.reshape(-1)))

    return plant


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("caps.per_use", 1),
        ("caps.per_day", -1),
        ("caps.per_year", 1),
        ("caps.joint_year", -1),
        ("caps.retained_minimum", 1),
        ("relative.balance_at_least", 1),
        ("relative.categories", -1),
        ("others.year_start_month", 1),
    ],
)
def test_a_fault_in_one_number_of_the_rules_is_noticed(name: str, change: int) -> None:
    rounds = range(1, ROUNDS, 2)  # invented and random rules
    compared = compare(rounds, decide=compiled(), bills=400, plant=_planted(name, change))
    assert compared.differences
    assert compared.differences[0][1].what in {"outcome", "legs", "trials", "cash and fund"}


def test_the_interpreted_kernel_notices_a_fault_just_as_well() -> None:
    compared = compare(range(3, ROUNDS, 8), decide=plain(), plant=_planted("caps.per_use", 1))
    assert compared.differences
