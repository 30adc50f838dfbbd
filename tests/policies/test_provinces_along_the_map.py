"""What holds in Fujian, Shandong, Guangdong and the other provinces of south, centre and west."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import pytest

from domain.codes import (
    Area,
    Category,
    Consent,
    EndReason,
    Evidence,
    FilingKind,
    Funding,
    Interest,
    Order,
    Place,
    RefundAfterEnd,
    Relation,
    Side,
    Till,
    WalletModel,
)
from domain.ids import RegionCode
from domain.money import Ratio
from domain.refusals import Code, Refusal
from domain.rules import UNLIMITED, UNLIMITED_COUNT, RuleSet
from policies.library import Library
from policies.loader import load, load_library

FUJIAN, XIAMEN, PUTIAN = "350000", "350200", "350300"
JIANGXI = "360000"
SHANDONG, JINAN, QINGDAO, ZIBO = "370000", "370100", "370200", "370300"
WEIFANG, TAIAN, LINYI = "370700", "370900", "371300"
HENAN, PINGDINGSHAN, XUCHANG = "410000", "410400", "411000"
HUBEI, WUHAN = "420000", "420100"
GUANGDONG, SHENZHEN = "440000", "440300"
GUANGXI, LIUZHOU = "450000", "450200"
HAINAN, HAIKOU = "460000", "460100"
CHONGQING = "500000"
SICHUAN, DAZHOU = "510000", "511700"
GUIZHOU, QIANNAN = "520000", "522700"
SHAANXI, XIAN = "610000", "610100"
GANSU, QINGHAI = "620000", "630000"

THREE = {Relation.SPOUSE, Relation.PARENT, Relation.CHILD}
FOUR = THREE | {Relation.SPOUSE_PARENT}
NINE = set(Relation)
EIGHT = NINE - {Relation.SPOUSE_PARENT}
CARE_PLACES = {Place.HOSPITAL, Place.CLINIC, Place.PHARMACY}
PLACES = set(Place)


def rules(region: str, day: str) -> RuleSet:
    found = load().resolve(RegionCode(region), date.fromisoformat(day))
    assert isinstance(found, RuleSet)
    return found


def day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


@cache
def library() -> Library:
    return load_library()


def told(region: str, parameter: str, day: str) -> object:
    """Give what the library tells about a parameter that only informs, or nothing."""
    found = library().decided(RegionCode(region), parameter, on=date.fromisoformat(day))
    return found.value if found else None


@pytest.mark.parametrize(
    ("region", "first_day"),
    [
        (FUJIAN, "2022-05-18"),
        (XIAMEN, "2022-05-18"),
        (PUTIAN, "2022-08-18"),
        (JIANGXI, "2023-02-01"),
        (SHANDONG, "2023-01-01"),
        (JINAN, "2024-05-28"),
        (QINGDAO, "2022-06-23"),
        (ZIBO, "2023-01-01"),
        (WEIFANG, "2023-01-01"),
        (TAIAN, "2023-10-01"),
        (LINYI, "2023-01-01"),
        (HENAN, "2024-11-26"),
        (PINGDINGSHAN, "2024-11-26"),
        (XUCHANG, "2024-11-26"),
        (GUANGDONG, "2023-01-11"),
        (SHENZHEN, "2021-04-09"),
        (GUANGXI, "2024-11-26"),
        (LIUZHOU, "2021-04-09"),
        (HAINAN, "2024-11-26"),
        (HAIKOU, "2023-01-01"),
        (CHONGQING, "2022-10-01"),
        (SICHUAN, "2024-11-26"),
        (DAZHOU, "2023-09-04"),
        (GUIZHOU, "2022-11-03"),
        (QIANNAN, "2022-11-03"),
        (SHAANXI, "2024-11-26"),
        (XIAN, "2024-11-26"),
        (GANSU, "2024-11-26"),
        (QINGHAI, "2024-11-26"),
    ],
)
def test_rules_begin_on_the_first_day_that_a_text_vouches_for(region: str, first_day: str) -> None:
    assert rules(region, first_day).since.isoformat() == first_day
    answer = load().resolve(RegionCode(region), date.fromisoformat(day_before(first_day)))
    assert isinstance(answer, Refusal)
    assert answer.code is Code.NO_RULE


@pytest.mark.parametrize(
    ("region", "parameter", "day", "before", "since"),
    [
        (FUJIAN, "pool.relations", "2024-12-09", THREE, EIGHT),
        (XIAMEN, "pool.relations", "2024-12-09", THREE, EIGHT),
        (JIANGXI, "pool.relations", "2024-12-09", THREE, EIGHT),
        (JIANGXI, "pool.places", "2024-08-07", CARE_PLACES, PLACES),
        (SHANDONG, "pool.relations", "2024-12-09", THREE, EIGHT),
        (JINAN, "pool.relations", "2024-12-09", FOUR, NINE),
        (HENAN, "pool.relations", "2024-12-09", THREE, EIGHT),
        (HUBEI, "pool.relations", "2024-12-09", THREE, EIGHT),
        (GUANGDONG, "pool.relations", "2024-12-09", THREE, EIGHT),
        (GUANGDONG, "pool.resident_places", "2024-08-07", CARE_PLACES, PLACES),
        (GUANGDONG, "claim.grantor_credential", "2023-04-13", False, True),
        (GUANGDONG, "claim.grantor_credential", "2026-01-10", True, False),
        (SHENZHEN, "pool.relations", "2024-12-09", THREE, EIGHT),
        (SHENZHEN, "pool.review", "2023-01-11", False, True),
        (SICHUAN, "pool.relations", "2024-12-09", THREE, EIGHT),
        (GUIZHOU, "pool.relations", "2024-12-09", THREE, EIGHT),
        (SHAANXI, "pool.relations", "2024-12-09", THREE, EIGHT),
        (SHAANXI, "wallet.till", "2025-11-04", Till.AUTOMATIC, Till.ON_REQUEST),
        (SHAANXI, "wallet.per_day_cap", "2025-11-04", 6000_00, 2000_00),
        (SHAANXI, "wallet.per_day_cap", "2026-01-09", 2000_00, UNLIMITED),
        (XIAMEN, "filing.unfiled_first_pay", "2025-01-01", Ratio(0, 1), Ratio(1, 10)),
    ],
)
def test_value_changes_on_its_day(
    region: str, parameter: str, day: str, before: object, since: object
) -> None:
    assert rules(region, day_before(day)).value(parameter) == before
    assert rules(region, day).value(parameter) == since


@pytest.mark.parametrize("region", [FUJIAN, PUTIAN])
def test_fujian_sets_aside_what_lies_above_2000_yuan_once_a_month(region: str) -> None:
    pool = rules(region, "2023-06-01").pool
    assert pool.funding is Funding.POOL
    assert (pool.set_aside_floor, pool.set_asides_per_month) == (2000_00, 1)
    assert (pool.order, pool.reorder, pool.rest_returns) == (Order.USER_SET, True, True)
    assert EndReason.MOVE in pool.ended_by
    assert told(region, "pool.like_account", "2023-06-01") is True


def test_xiamen_has_one_family_account_a_person_and_lets_the_unfiled_bear_a_tenth() -> None:
    found = rules(XIAMEN, "2025-06-01")
    assert (found.pool.max_pools, found.pool.grantor_covered) == (1, True)
    assert found.filing.unfiled_first_pay == Ratio(1, 10)
    assert found.filing.within_province is False
    assert found.pool.funding is Funding.POOL  # the province's


def test_jiangxi_has_one_grantor_and_ends_a_relation_with_a_suspension() -> None:
    pool = rules(JIANGXI, "2023-06-01").pool
    assert (pool.max_grantors, pool.unbind_by) == (1, Side.EITHER)
    assert EndReason.SUSPENSION in pool.ended_by
    assert told(JIANGXI, "pool.premium_past_cover", "2025-11-01") is True


@pytest.mark.parametrize("region", [SHANDONG, JINAN, TAIAN, ZIBO, LINYI])
def test_shandong_asks_for_a_second_tap_within_five_minutes(region: str) -> None:
    claim = rules(region, "2024-06-01").claim
    assert (claim.till, claim.offer_minutes) == (Till.TWO_TAPS, 5)
    assert told(region, "claim.tap_places", "2024-06-01") == {Place.PHARMACY}


def test_taian_counts_relatives_and_keeps_the_two_roles_apart() -> None:
    pool = rules(TAIAN, "2024-01-01").pool
    assert (pool.max_beneficiaries, pool.max_spouses, pool.max_parents) == (8, 1, 2)
    assert pool.max_children == UNLIMITED_COUNT
    assert pool.exclusive_roles is True
    assert pool.joint_year_cap == UNLIMITED  # the limit stands in the owner's authorization
    assert told(TAIAN, "pool.sees_members", "2024-01-01") is True
    assert told(TAIAN, "pool.consent", "2024-01-01") is Consent.FACE


def test_zibo_keeps_relatives_out_where_the_fund_pays_and_jinan_does_not() -> None:
    assert rules(ZIBO, "2024-06-01").pool.with_fund is False
    assert rules(JINAN, "2024-06-01").pool.with_fund is True
    assert told(ZIBO, "pool.rebind_days", "2024-06-01") == 0


def test_guangdong_reviews_documents_within_a_working_day() -> None:
    assert rules(GUANGDONG, "2023-02-01").pool.review is True
    assert told(GUANGDONG, "pool.evidence", "2023-02-01") is Evidence.DOCUMENTS
    assert told(GUANGDONG, "pool.review_work_days", "2023-02-01") == 1


def test_shenzhen_and_liuzhou_look_at_the_balance_each_in_its_way() -> None:
    assert rules(SHENZHEN, "2022-01-01").pool.retained_minimum == 3233_00
    assert told(SHENZHEN, "pool.retained_wage_part", "2022-01-01") == Ratio(1, 20)
    liuzhou = rules(LIUZHOU, "2022-01-01").pool
    assert (liuzhou.balance_at_least, liuzhou.retained_minimum) == (1500_00, 0)
    assert told(LIUZHOU, "pool.chronic_grantor", "2022-01-01") is False


def test_chongqing_links_one_to_one_and_guizhou_many_to_one_for_a_period() -> None:
    chongqing, guizhou = rules(CHONGQING, "2023-01-01").pool, rules(GUIZHOU, "2023-01-01").pool
    assert (chongqing.max_beneficiaries, chongqing.max_grantors) == (1, 1)
    assert (guizhou.max_beneficiaries, guizhou.max_grantors) == (UNLIMITED_COUNT, 1)
    assert (chongqing.period_required, guizhou.period_required) == (False, True)
    assert chongqing.area is Area.SAME
    assert (guizhou.retained_minimum, guizhou.per_use_cap) == (0, UNLIMITED)


def test_shaanxi_follows_the_order_of_the_user_on_to_the_next() -> None:
    found = rules(SHAANXI, "2025-12-01")
    assert (found.pool.order, found.pool.reorder) == (Order.USER_SET, True)
    assert found.pool.fall_through is True
    assert found.claim.till is Till.AUTOMATIC  # only the wallet has to be asked for
    assert told(SHAANXI, "pool.sees_use", "2025-12-01") is True
    assert told(SHAANXI, "wallet.revocable", "2025-12-01") is False
    assert told(SHAANXI, "wallet.institutions", "2025-12-01") == 700


def test_sichuan_has_an_official_text_for_relations_and_places() -> None:
    found = rules(SICHUAN, "2025-07-04")
    assert {found.citations[name].status for name in ("pool.relations", "pool.places")} == {
        "in_force"
    }
    assert found.pool.places == found.pool.resident_places == PLACES
    assert Category.RESIDENT_PREMIUM in found.pool.categories


def test_filings_of_haikou_and_dazhou() -> None:
    haikou, dazhou = rules(HAIKOU, "2023-06-01").filing, rules(DAZHOU, "2023-09-04").filing
    assert (haikou.temporary_months, haikou.change_lock_months) == (12, 0)
    assert (dazhou.temporary_months, dazhou.change_lock_months) == (6, 6)
    assert dazhou.kinds == set(FilingKind)


def test_wallet_of_gansu_is_as_its_county_describes_it() -> None:
    wallet = rules(GANSU, "2025-06-01").wallet
    assert wallet.model is WalletModel.TRANSFER
    assert (wallet.per_transfer_cap, wallet.transfers_per_day) == (2000_00, 3)
    assert (wallet.opens_hour, wallet.closes_hour, wallet.returns_hour) == (6, 22, 6)
    assert (wallet.one_pending, wallet.acceptance) == (True, True)


@pytest.mark.parametrize(
    ("region", "day"),
    [
        (SHANDONG, "2025-05-08"),
        (HENAN, "2025-05-08"),
        (HUBEI, "2025-05-08"),
        (GUANGXI, "2025-05-08"),
        (SICHUAN, "2025-05-08"),
        (GANSU, "2025-05-08"),
        (FUJIAN, "2025-07-01"),
        (QINGHAI, "2025-07-01"),
        (CHONGQING, "2025-09-22"),
        (JIANGXI, "2025-09-22"),
        (HAINAN, "2025-09-22"),
        (GUIZHOU, "2025-09-22"),
        (SHAANXI, "2025-09-22"),
    ],
)
def test_wallet_is_known_to_be_open_from_its_day(region: str, day: str) -> None:
    assert told(region, "wallet.open", day_before(day)) is not True
    assert told(region, "wallet.open", day) is True


def test_guangdong_was_the_last_without_a_wallet() -> None:
    assert told(GUANGDONG, "wallet.open", "2025-09-22") is False


def test_interest_on_money_carried_over_in_qingdao() -> None:
    assert told(QINGDAO, "account.prior_interest", "2023-01-01") is Interest.THREE_MONTHS


@pytest.mark.parametrize(
    ("region", "claim", "said", "holds"),
    [
        (HENAN, "ha.d-hn.order", Order.LARGEST_BALANCE, Order.FILING),
        (HENAN, "ha.d-hn.refund", RefundAfterEnd.GRANTOR, RefundAfterEnd.GRANTOR),
        (PINGDINGSHAN, "pds.d.threshold", 500_00, 0),
        (XUCHANG, "xc.d.children", 3, UNLIMITED_COUNT),
        (SHANDONG, "sd.d.beneficiaries", 7, UNLIMITED_COUNT),
        (SHANDONG, "sd.d.grantors", 1, UNLIMITED_COUNT),
        (LINYI, "ly.d.minimum", 500_00, 0),
        (HAINAN, "hi.d.beneficiaries", 5, UNLIMITED_COUNT),
        (QIANNAN, "qn.d.beneficiaries", 7, UNLIMITED_COUNT),
        (XIAN, "xa.d-xa.covered", False, True),
    ],
)
def test_pages_of_grade_d_are_told_and_decide_nothing(
    region: str, claim: str, said: object, holds: object
) -> None:
    told_there = library().claims[claim]
    assert (told_there.source.grade, told_there.states.whole) == ("D", said)
    assert rules(region, "2026-06-01").value(told_there.parameter) == holds


def test_inpatient_care_is_shared_in_weifang_whatever_an_undated_page_says() -> None:
    said = library().claims["wf.d.categories"].states
    assert said.excludes == {Category.INPATIENT}
    assert Category.INPATIENT in rules(WEIFANG, "2026-06-01").pool.categories


@pytest.mark.parametrize(
    ("region", "parameter", "day", "against"),
    [
        (SHANDONG, "pool.relations", "2023-06-01", {"sd-cities"}),
        (JINAN, "pool.relations", "2024-06-01", {"en-art5", "sd-tap"}),
        (JINAN, "pool.relations", "2026-06-01", {"wx-1227", "xh-0109a", "jrx", "d-local"}),
        (CHONGQING, "pool.max_beneficiaries", "2023-06-01", {"d-local"}),
        (GUANGDONG, "claim.grantor_credential", "2024-12-01", {"heb-xa"}),
    ],
)
def test_contradiction_is_shown_with_its_resolution(
    region: str, parameter: str, day: str, against: set[str]
) -> None:
    cited = rules(region, day).citations[parameter]
    assert cited.status == "contested"
    assert {source.key for source in cited.contradicted_by} == against
    assert cited.sources
    assert all(cited.why)


def test_wuhan_takes_its_order_from_the_province_since_the_whole_province_shares() -> None:
    assert rules(WUHAN, "2024-11-26").citations["pool.order"].region == HUBEI
    assert told(WUHAN, "pool.changes_while_moving", "2024-11-26") is False
