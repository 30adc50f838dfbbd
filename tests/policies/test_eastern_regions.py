"""Tianjin, Hebei, Shanxi, Jiangsu, Zhejiang and Anhui: the days on which their rules change."""

from __future__ import annotations

from datetime import date

import pytest

from domain.ids import RegionCode
from domain.money import Ratio
from domain.rules import UNLIMITED, UNLIMITED_COUNT
from policies.library import Decision, Library
from policies.loader import load_library

THREE = frozenset({"spouse", "parent", "child"})
EIGHT = THREE | frozenset(
    {
        "sibling",
        "grandparent",
        "maternal_grandparent",
        "grandchild",
        "maternal_grandchild",
    }
)


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def decided(library: Library, region: str, parameter: str, day: str) -> Decision:
    found = library.decided(RegionCode(region), parameter, on=date.fromisoformat(day))
    assert found is not None
    return found


@pytest.mark.parametrize(
    "region",
    [
        *("120000", "130000", "130100", "130600", "140000", "140100"),
        *("320000", "320200", "320500", "320600", "321000", "321100"),
        *("330000", "330100", "330200", "330300", "340000", "340100", "341000"),
    ],
)
def test_relations_widen_on_the_day_of_the_national_statement(
    library: Library, region: str
) -> None:
    assert decided(library, region, "pool.relations", "2024-12-08").value == THREE
    assert decided(library, region, "pool.relations", "2024-12-09").value == EIGHT


@pytest.mark.parametrize(
    ("region", "parameter", "day", "before", "after"),
    [
        ("140100", "filing.referral_cut", "2023-01-01", Ratio(0, 1), Ratio(1, 10)),
        ("140100", "filing.other_cut", "2023-01-01", Ratio(0, 1), Ratio(1, 5)),
        ("320500", "pool.period_required", "2023-08-30", False, True),
        ("320500", "pool.max_grantors", "2023-08-30", UNLIMITED_COUNT, 1),
        ("330000", "pool.outside_catalogue", "2022-12-08", False, True),
        ("330000", "pool.direct_area", "2024-11-26", "same", "province"),
        ("330100", "pool.funding", "2025-04-13", "call", "transfer"),
        ("330100", "pool.rest_returns", "2025-04-13", True, False),
        ("330200", "pool.fall_through", "2023-01-01", True, False),
        ("330300", "pool.funding", "2023-01-01", "call", "pool"),
        ("330300", "pool.max_pools", "2023-01-01", UNLIMITED_COUNT, 1),
        ("340100", "pool.max_children", "2023-04-09", UNLIMITED_COUNT, 4),
    ],
)
def test_value_on_the_day_before_and_on_the_day(
    library: Library, region: str, parameter: str, day: str, before: object, *, after: object
) -> None:
    on = date.fromisoformat(day)
    eve = date.fromordinal(on.toordinal() - 1).isoformat()
    assert decided(library, region, parameter, eve).value == before
    assert decided(library, region, parameter, day).value == after


@pytest.mark.parametrize(
    ("region", "parameter", "day", "against", "value"),
    [
        ("120000", "pool.places", "2026-06-01", {"d-tj"}, None),
        ("120000", "pool.max_beneficiaries", "2026-06-01", {"d-tj-3", "d-tj-4", "d-tj-6"}, None),
        ("130000", "pool.max_beneficiaries", "2026-06-01", {"d-heb"}, UNLIMITED_COUNT),
        ("330000", "pool.per_year_cap", "2025-06-01", {"w2"}, UNLIMITED),
        ("330000", "pool.outside_catalogue", "2025-06-01", {"w2", "en-art5"}, True),
        ("330000", "own.outside_catalogue", "2025-06-01", {"en-art5"}, True),
        ("330100", "pool.relations", "2025-06-01", {"hz-m4"}, EIGHT),
        ("340100", "pool.max_beneficiaries", "2026-06-01", {"xh-0109a"}, 7),
    ],
)
def test_contradiction_names_both_sides(
    library: Library, region: str, parameter: str, day: str, against: set[str], *, value: object
) -> None:
    decision = decided(library, region, parameter, day)
    assert decision.status == "contested"
    assert {claim.source.key for claim in decision.contradicted_by} == against
    assert value is None or decision.value == value
    assert decision.resolution is not None


def test_pages_of_grade_d_stand_alone_where_nothing_better_was_found(library: Library) -> None:
    for key, of_nation in (("hs.d.order", "filing"), ("sjz.d.order", "filing")):
        claim = library.claims[key]
        assert claim.source.grade == "D"
        value = decided(library, claim.region, claim.parameter, "2026-11-22").value
        assert value == of_nation
        assert not claim.states.agrees(value)
    assert library.decided(RegionCode("120000"), "pool.rebind_days", on=date(2026, 11, 22)) is None
