"""Which value holds where and when: the day before and the day of every change of the law."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from domain.codes import Area, Category, EndReason, Order, OwnFirst, Place, RefundSegment, Relation
from domain.ids import RegionCode
from domain.refusals import Code, Refusal
from domain.rules import UNLIMITED, UNLIMITED_COUNT, RuleSet, SegmentOrder
from policies.loader import load, load_library
from policies.resolve import breakpoints

CN, BEIJING, SHANXI, SHANGHAI = "CN", "110000", "140000", "310000"
JIANGSU, NANTONG, HUBEI, WUHAN = "320000", "320600", "420000", "420100"

THREE = {Relation.SPOUSE, Relation.PARENT, Relation.CHILD}
EIGHT = set(Relation) - {Relation.SPOUSE_PARENT}
CARE_PLACES = {Place.HOSPITAL, Place.CLINIC, Place.PHARMACY}
PLACES = set(Place)


def rules(region: str, day: str) -> RuleSet:
    found = load().resolve(RegionCode(region), date.fromisoformat(day))
    assert isinstance(found, RuleSet)
    return found


@pytest.mark.parametrize(
    ("region", "first_day"),
    [
        (CN, "2021-04-09"),
        (BEIJING, "2022-09-01"),
        (SHANXI, "2022-07-01"),
        (SHANGHAI, "2022-07-01"),
        (JIANGSU, "2023-01-01"),
        (NANTONG, "2023-01-01"),
        (HUBEI, "2024-11-26"),
        (WUHAN, "2023-01-01"),
    ],
)
def test_before_its_first_day_a_region_has_no_rule(region: str, first_day: str) -> None:
    assert rules(region, first_day).since.isoformat() == first_day
    day_before = date.fromisoformat(first_day) - timedelta(days=1)
    answer = load().resolve(RegionCode(region), day_before)
    assert isinstance(answer, Refusal)
    assert answer.code is Code.NO_RULE


def test_region_without_a_file_has_no_rule() -> None:
    answer = load().resolve(RegionCode("810000"), date(2026, 1, 1))
    assert isinstance(answer, Refusal)
    assert answer.code is Code.NO_RULE


@pytest.mark.parametrize(
    ("region", "parameter", "day", "before", "since"),
    [
        (CN, "pool.relations", "2024-12-09", THREE, EIGHT),
        (CN, "pool.places", "2024-08-07", CARE_PLACES, PLACES),
        (CN, "pool.area", "2024-11-26", Area.SAME, Area.PROVINCE),
        (BEIJING, "pool.places", "2022-12-01", set(), CARE_PLACES),
        (BEIJING, "pool.resident_places", "2022-12-01", set(), CARE_PLACES),
        (BEIJING, "pool.places", "2024-08-07", CARE_PLACES, PLACES),
        (BEIJING, "pool.relations", "2024-12-09", THREE, EIGHT),
        (SHANXI, "pool.relations", "2024-12-09", THREE, EIGHT),
        (SHANGHAI, "pool.places", "2022-08-01", set(), CARE_PLACES),
        (SHANGHAI, "pool.places", "2022-10-01", CARE_PLACES, PLACES),
        (SHANGHAI, "pool.relations", "2024-12-09", THREE, EIGHT),
        (SHANGHAI, "pool.order", "2025-12-19", Order.ARRIVAL, Order.USER_SET),
        (SHANGHAI, "pool.reorder", "2025-12-19", False, True),
        (JIANGSU, "pool.relations", "2024-12-09", THREE, EIGHT),
        (NANTONG, "pool.relations", "2024-12-09", THREE, EIGHT),
        (WUHAN, "pool.relations", "2024-12-09", THREE, EIGHT),
        (WUHAN, "pool.area", "2024-11-26", Area.SAME, Area.PROVINCE),
        (WUHAN, "pool.order", "2024-11-26", Order.FILING, Order.LAST_BOUND),
    ],
)
def test_value_changes_on_its_day(
    region: str, parameter: str, day: str, before: object, since: object
) -> None:
    day_before = (date.fromisoformat(day) - timedelta(days=1)).isoformat()
    assert rules(region, day_before).value(parameter) == before
    assert rules(region, day).value(parameter) == since


@pytest.mark.parametrize(
    ("region", "category", "day"),
    [
        (CN, Category.RESIDENT_PREMIUM, "2024-08-07"),
        (CN, Category.CARE_PREMIUM, "2026-01-09"),
        (SHANXI, Category.RESIDENT_PREMIUM, "2024-08-07"),
        (SHANXI, Category.CARE_PREMIUM, "2026-01-09"),
        (SHANGHAI, Category.COMMERCIAL_PREMIUM, "2022-10-01"),
        (SHANGHAI, Category.RESIDENT_PREMIUM, "2022-10-01"),
        (SHANGHAI, Category.DEVICE, "2023-07-01"),
        (NANTONG, Category.CARE_PREMIUM, "2026-01-09"),
    ],
)
def test_category_is_payable_from_its_day(region: str, category: Category, day: str) -> None:
    day_before = (date.fromisoformat(day) - timedelta(days=1)).isoformat()
    assert category not in rules(region, day_before).pool.categories
    assert category in rules(region, day).pool.categories


def test_nation_leaves_open_what_no_text_limits() -> None:
    pool = rules(CN, "2026-06-01").pool
    assert pool.per_use_cap == pool.per_day_cap == pool.per_year_cap == UNLIMITED
    assert pool.joint_year_cap == UNLIMITED
    assert pool.max_beneficiaries == pool.max_grantors == pool.max_pools == UNLIMITED_COUNT
    assert pool.retained_minimum == 0
    assert pool.ended_by == {EndReason.END, EndReason.MOVE, EndReason.DEATH, EndReason.DIVORCE}
    assert rules(CN, "2026-06-01").claim.cancel_across_years is RefundSegment.REFUSED


def test_shanghai_shares_prior_years_only_and_counts_from_july() -> None:
    found = rules(SHANGHAI, "2025-10-01")
    assert found.account.year_start_month == 7
    assert found.pool.segments is SegmentOrder.PRIOR_ONLY
    assert found.own.segments is SegmentOrder.CURRENT_FIRST
    assert found.pool.area is Area.SAME


def test_beijing_draws_in_filing_order_which_the_user_may_change() -> None:
    pool = rules(BEIJING, "2025-03-01").pool
    assert (pool.order, pool.reorder, pool.fall_through) == (Order.FILING, True, True)


def test_hubei_draws_on_the_last_bound_first_and_nobody_can_change_that() -> None:
    pool = rules(HUBEI, "2025-03-01").pool
    assert (pool.order, pool.reorder, pool.fall_through) == (Order.LAST_BOUND, False, True)
    assert pool.max_beneficiaries == 6


def test_shanxi_keeps_a_minimum_and_uses_one_grantor_after_the_own_account() -> None:
    pool = rules(SHANXI, "2025-03-01").pool
    assert (pool.retained_minimum, pool.fall_through) == (1000_00, False)
    assert pool.own_first is OwnFirst.MUST_BE_EMPTY
    assert pool.per_use_cap == UNLIMITED  # the limit stands in the grantor's authorization


def test_nantong_has_one_payer_and_an_authorization_with_an_end() -> None:
    pool = rules(NANTONG, "2025-03-01").pool
    assert (pool.max_grantors, pool.max_pools, pool.period_required) == (1, 1, True)


def test_wuhan_keeps_resident_beneficiaries_out_of_pharmacies() -> None:
    pool = rules(WUHAN, "2025-03-01").pool
    assert Place.PHARMACY in pool.places
    assert Place.PHARMACY not in pool.resident_places


def test_city_inherits_from_its_province_and_that_from_the_nation() -> None:
    nantong = rules(NANTONG, "2025-03-01")
    assert nantong.chain == (NANTONG, JIANGSU, CN)
    decided_in = {name: cited.region for name, cited in nantong.citations.items()}
    assert decided_in["pool.period_required"] == NANTONG
    assert decided_in["pool.area"] == JIANGSU
    assert decided_in["pool.retained_minimum"] == CN


def test_child_falls_back_to_its_parent_when_its_own_value_ends() -> None:
    assert rules(BEIJING, "2024-08-06").citations["pool.places"].region == BEIJING
    assert rules(BEIJING, "2024-08-07").citations["pool.places"].region == CN


def test_every_day_has_the_value_that_a_plain_search_finds() -> None:
    library = load_library()
    for region in library.regions.values():
        for day in breakpoints(library, region):
            for each in (day, day + timedelta(days=1)):
                found = rules(region.code, each.isoformat())
                for parameter in library.deciding:
                    decision = library.decided(region.code, parameter, on=each)
                    assert decision is not None
                    assert found.value(parameter) == decision.value
                    assert found.citations[parameter].status == decision.status
