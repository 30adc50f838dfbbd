"""Typed values: which one allows no more than another."""

from __future__ import annotations

import pytest

from domain.codes import Place
from policies.vocabulary import Meaning, narrower


@pytest.mark.parametrize(
    ("value", "than", "expected"),
    [
        (False, True, True),
        (True, True, True),
        (True, False, False),
        (1000_00, 2000_00, True),
        (2000_00, 1000_00, False),
        (frozenset(), frozenset({Place.CLINIC}), True),
        (frozenset({Place.CLINIC}), frozenset({Place.CLINIC, Place.PHARMACY}), True),
        (frozenset({Place.OFFICE}), frozenset({Place.CLINIC, Place.PHARMACY}), False),
    ],
)
def test_narrower_allows_no_more(value: Meaning, than: Meaning, *, expected: bool) -> None:
    assert narrower(value, than) is expected
