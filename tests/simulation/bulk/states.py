"""A small state made by hand: four persons, one of them a wallet's owner, three relations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from simulation.bulk.arrays import State, Terms
from simulation.bulk.states.state_checks import TYPES

REGIONS = ("420100", "440300")

_SMALL: Mapping[str, list[int]] = {
    "home": [0, 0, 1, 1],
    "flags": [5, 5, 5, 5],
    "first_edge": [0, 0, 2, 3, 3],
    "current": [100_00, 0, 5_00, 7_00, 30_00, 1_00],
    "prior": [50_00, 0, 0, 9_00, 0, 0],
    "purse_owner": [0],
    "purse_quota": [-1],
    "wallet_owner": [2],
    "grantor": [0, 3, 0],
    "terms": [0, 1, 0],
    "used": [0, 2_00, 1_00],
    "giver": [0, 1, 0],
    "rank": [0, 1, 0],
    "chosen": [-1, -1, 0],
    "aside": [0, -1, -1],
    "given": [1_00, 2_00],
    "aside_pool": [4],
    "aside_quota": [-1],
    "authorized": list(range(2 * len(Terms._fields))),
    "changed_person": [1, 1, 2],
    "changed_day": [738_000, 738_100, 738_000],
    "changed_to": [0, 1, 0],
    "filing_person": [3],
    "filing_place": [-45],
    "filing_first": [738_000],
    "filing_last": [738_365],
    "open_year": [2025, 2025],
    "use_key": [-1, (1 << 20) + 2024, -1, 2 * (1 << 20) + 738_800],
    "use_fen": [0, 3_00, 0, 1_00],
}


def small(**other: list[int]) -> State:
    """Give the state, some of its arrays replaced."""
    lists: dict[str, Any] = {**_SMALL, **other}
    return State(*(np.array(lists[name], dtype=TYPES[name]) for name in State._fields))
