"""The kernel's own arithmetic, and that both ways of running its source agree."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import codes, time
from domain.columns import number
from domain.ids import RegionCode
from domain.rules import RuleSet, SegmentOrder
from policies import loader
from simulation.bulk import arrays, deciding
from simulation.bulk.arrays import PERIODS, Rules
from simulation.bulk.kernel import calendar, terms, uses
from simulation.bulk.rules import RuleTable, cells_of, rule_table

WORDS: dict[str, StrEnum] = {
    "FILING_ORDER": codes.Order.FILING,
    "LAST_BOUND": codes.Order.LAST_BOUND,
    "USER_SET": codes.Order.USER_SET,
    "LARGEST_BALANCE": codes.Order.LARGEST_BALANCE,
    "ARRIVAL": codes.Order.ARRIVAL,
    "LOCAL_FIRST": codes.Order.LOCAL_FIRST,
    "CURRENT_FIRST": SegmentOrder.CURRENT_FIRST,
    "PRIOR_FIRST": SegmentOrder.PRIOR_FIRST,
    "PRIOR_ONLY": SegmentOrder.PRIOR_ONLY,
    "CALL": codes.Funding.CALL,
    "POOL": codes.Funding.POOL,
    "QUOTA": codes.Funding.QUOTA,
    "TRANSFER": codes.Funding.TRANSFER,
    "WALLET_CLOSED": codes.WalletModel.CLOSED,
    "WALLET_TRANSFER": codes.WalletModel.TRANSFER,
    "WALLET_QUOTA": codes.WalletModel.QUOTA,
    "REFUSED_ACROSS_YEARS": codes.RefundSegment.REFUSED,
    "AS_IT_WAS": codes.RefundSegment.ORIGINAL,
    "AS_OF_NOW": codes.RefundSegment.AS_OF_NOW,
    "RESIDENT_INSURANCE": codes.Insurance.RESIDENT,
    "CURRENT": codes.Segment.CURRENT,
    "PRIOR": codes.Segment.PRIOR,
    "WALLET": codes.Segment.WALLET,
}


@given(st.dates(date(1800, 1, 1), date(2400, 12, 31)), st.integers(1, 12))
def test_years_and_months_are_those_of_the_calendar(day: date, start: int) -> None:
    assert calendar.month_of(day.toordinal()) == day.year * 12 + day.month - 1
    assert calendar.year_of(day.toordinal(), start) == time.account_year(day, start)


@pytest.mark.parametrize("name", sorted(WORDS))
def test_a_number_of_the_kernel_stands_for_its_word(name: str) -> None:
    assert getattr(terms, name) == number(WORDS[name])


def test_every_number_of_a_rule_set_has_its_place() -> None:
    book = loader.load()
    rules = book.resolve(book.regions()[0], date(2026, 6, 1))
    assert isinstance(rules, RuleSet)
    cells = cells_of(rules)
    assert len(cells) == terms.WIDTH == len(terms.NAMES)
    for name in terms.Others._fields:
        assert terms.NAMES[getattr(terms, name.upper())] == f"others.{name}"
    for part in ("own", "wallet", "relative", "quota"):
        assert terms.NAMES[getattr(terms, f"OF_{part.upper()}")] == f"{part}.places"


def test_the_table_gives_the_rules_that_the_book_gives(table: RuleTable) -> None:
    book = loader.load()
    for region in table.regions:
        for day in (date(2023, 1, 1), date(2024, 7, 31), date(2026, 2, 1), date(2030, 1, 1)):
            found = terms.rule_of(_viewed(table.rules), table.number_of(region), day.toordinal())
            rules = book.resolve(region, day)
            assert getattr(rules, "id", None) == (table.ids[found] if found >= 0 else None)


def _viewed(rules: Rules) -> Rules:
    return rules._replace(index=memoryview(rules.index))


def test_a_region_without_rules_has_a_number_all_the_same() -> None:
    table = rule_table(loader.load(), regions=[RegionCode("999999")])
    region = table.number_of(RegionCode("999999"))
    assert terms.rule_of(_viewed(table.rules), region, 739_000) == -1


@given(
    st.dictionaries(st.tuples(st.integers(0, 10**6), st.integers(2020, 2030)), st.integers(0, 9))
)
def test_a_table_of_uses_grows_and_loses_nothing(found: dict[tuple[int, int], int]) -> None:
    keys = np.array([who * PERIODS + period for who, period in found], np.int64)
    fens = np.array(list(found.values()), np.int64)
    grown = deciding.regrown(keys, fens, size=1 << (2 * len(found) + 1).bit_length())
    state: Any = _Uses(memoryview(grown[0]), memoryview(grown[1]))  # type: ignore[arg-type]  # an array is a buffer
    for (who, period), fen in found.items():
        assert uses.looked_up(state, who, period) == fen
    assert uses.looked_up(state, 10**6 + 1, 2026) == 0


class _Uses:
    """As much of a state as the table needs."""

    def __init__(self, use_key: Any, use_fen: Any) -> None:  # noqa: ANN401  # memory views
        self.use_key, self.use_fen = use_key, use_fen


def test_kinds_of_arrays_are_read_from_their_names() -> None:
    assert arrays.kinds_of(arrays.Legs) == {
        "pot": "int32",
        "edge": "int32",
        "segment": "int8",
        "line": "int16",
        "amount": "int32",
        "after": "int32",
    }
    assert set(arrays.kinds_of(arrays.Rules)) == {"index", "cells", "province"}
