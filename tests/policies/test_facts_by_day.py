"""Facts of the nation, Shanghai and Beijing on the day before and the day of a change.

Each row is looked up as a reader would: region, parameter, day. It must give the value, and cite
the source that tells of it; `-` stands for an assumption, `?` for what nobody knows.
"""

from __future__ import annotations

from datetime import date

import pytest

from domain.ids import RegionCode
from domain.money import Ratio
from domain.rules import UNLIMITED_COUNT
from policies.library import Library
from policies.loader import load_library

Row = tuple[str, str, str, object, str]

NATION: list[Row] = [
    ("CN", "account.in_service_credit", "2021-04-09", Ratio(2, 100), "v2ex-2020"),
    ("CN", "account.employer_credit", "2021-04-09", Ratio(0, 1), "zzwb-2021"),
    ("CN", "account.retired_ratio", "2021-04-09", Ratio(2, 100), "v2ex-2020"),
    ("CN", "account.current_interest", "2022-09-16", "demand", "int-ykt"),
    ("CN", "account.prior_interest", "2022-09-16", "three_months", "int-qd"),
    ("CN", "account.carries_over", "2025-01-22", True, "wxb-pa"),
    ("CN", "account.transfer_work_days", "2025-12-14", None, "?"),
    ("CN", "account.transfer_work_days", "2025-12-15", 10, "trans-c"),
    ("CN", "own.withdrawable", "2025-01-22", False, "wxb-pa"),
    ("CN", "pool.open", "2021-04-09", True, "zzwb-2021"),
    ("CN", "pool.funding", "2025-12-31", "call", "nhsa-2025fy"),
    ("CN", "pool.unbind_by", "2026-01-08", "either", "-"),
    ("CN", "pool.unbind_by", "2026-01-09", "either", "xh-0109a"),
    ("CN", "pool.provinces_widened", "2024-10-29", None, "?"),
    ("CN", "pool.provinces_widened", "2024-10-30", 18, "hb-1030"),
    ("CN", "pool.provinces_widened", "2024-11-26", 23, "xh-1126"),
    ("CN", "pool.provinces_widened", "2024-12-09", 31, "wx-1227"),
    ("CN", "pool.provinces_across_cities", "2024-11-26", 31, "xh-1126"),
]

WALLET: list[Row] = [
    ("CN", "wallet.model", "2024-12-01", "closed", "-"),
    ("CN", "wallet.model", "2024-12-02", "transfer", "zy-0523"),
    ("CN", "wallet.model", "2026-01-08", "transfer", "qn"),
    ("CN", "wallet.model", "2026-01-09", "quota", "xh-0109b"),
    ("CN", "wallet.per_transfer_cap", "2025-10-01", 200_000, "hn-0919"),
    ("CN", "wallet.per_day_cap", "2025-10-01", 600_000, "yt-0918"),
    ("CN", "wallet.transfers_per_day", "2025-10-01", 3, "qn"),
    ("CN", "wallet.opens_hour", "2025-10-01", 6, "qn"),
    ("CN", "wallet.closes_hour", "2025-10-01", 22, "yt-0918"),
    ("CN", "wallet.returns_hour", "2025-10-01", 6, "qn"),
    ("CN", "wallet.returns_after_hours", "2025-10-01", UNLIMITED_COUNT, "qn"),
    ("CN", "wallet.one_pending", "2025-10-01", True, "qn"),
    ("CN", "wallet.acceptance", "2025-10-01", True, "cq-0918"),
    ("CN", "wallet.onward", "2025-10-01", True, "qh-0704"),
    ("CN", "wallet.revocable", "2025-10-01", False, "sn-1104"),
    ("CN", "wallet.revocable", "2026-01-09", True, "xh-0109b"),
    ("CN", "wallet.fee", "2025-10-01", 0, "fj-wallet"),
    ("CN", "wallet.till", "2025-10-01", "automatic", "fj-wallet"),
    ("CN", "wallet.provinces", "2024-12-01", 0, "-"),
    ("CN", "wallet.provinces", "2024-12-31", 11, "fs-2025"),
    ("CN", "wallet.provinces", "2025-05-08", 21, "zy-0523"),
    ("CN", "wallet.provinces", "2025-09-22", 30, "cctv-0922"),
    ("CN", "wallet.areas", "2025-05-07", 41, "fs-2025"),
    ("CN", "wallet.areas", "2025-05-08", 227, "zy-0523"),
    ("CN", "wallet.areas", "2025-10-01", 256, "43b"),
    ("CN", "wallet.areas", "2026-01-10", 337, "rp-0110"),
    ("CN", "wallet.provinces_moving", "2025-09-21", 6, "zy-0523"),
    ("CN", "wallet.provinces_moving", "2025-09-22", 15, "cctv-0922"),
    ("CN", "wallet.opened", "2025-09-22", 1_500_000, "cctv-0922"),
    ("CN", "wallet.monthly_clearing", "2026-01-09", True, "xh-0109b"),
]

FILING: list[Row] = [
    ("CN", "filing.temporary_months", "2022-12-31", 6, "-"),
    ("CN", "filing.temporary_months", "2023-01-01", 6, "yd-jh"),
    ("CN", "filing.change_lock_months", "2023-01-01", 0, "yd-ty"),
    ("CN", "filing.emergency_as_filed", "2023-01-01", True, "yd-qy2"),
    ("CN", "filing.late_until_discharge", "2023-01-01", True, "yd-jy"),
    ("CN", "filing.home_too", "2023-01-01", True, "yd-jh"),
    ("CN", "filing.referral_cut", "2023-01-01", Ratio(0, 1), "-"),
    ("CN", "filing.referral_cut_most", "2023-01-01", Ratio(10, 100), "yd-km"),
    ("CN", "filing.other_cut_most", "2023-01-01", Ratio(20, 100), "yd-ty"),
    ("CN", "filing.home_policy", "2021-04-09", True, "yd-xt"),
    ("CN", "filing.manual_rule", "2023-01-01", "none", "ml-12"),
    ("CN", "filing.monthly_clearing", "2022-09-29", True, "yd-qing"),
    ("CN", "filing.yearly_clearing_month", "2021-05-07", 3, "yd-2021"),
]

SHANGHAI: list[Row] = [
    ("310000", "account.credit_timing", "2022-07-01", "yearly_advance", "sh-ml"),
    ("310000", "account.retired_credit", "2023-06-30", None, "?"),
    ("310000", "account.retired_credit", "2023-07-01", 168_000, "sh-2023-6"),
    ("310000", "account.elder_credit", "2023-07-01", 189_000, "sh-18"),
    ("310000", "account.elder_age", "2023-07-01", 75, "sh-2023-6"),
    ("310000", "own.prior_before_cash", "2024-12-31", False, "sh-seg"),
    ("310000", "own.prior_before_cash", "2025-01-01", True, "sh-cd"),
    ("310000", "pool.open", "2022-07-31", False, "sh-2022"),
    ("310000", "pool.open", "2022-08-01", True, "sh-2022"),
    ("310000", "pool.order", "2025-12-18", "arrival", "sh-sm"),
    ("310000", "pool.order", "2025-12-19", "user_set", "w1"),
    ("310000", "pool.max_pools", "2025-12-19", UNLIMITED_COUNT, "w1"),
    ("310000", "pool.evidence", "2022-07-01", "commitment", "sh-xsb"),
    ("310000", "pool.care_switch", "2024-10-29", True, "sh-sm"),
    ("310000", "pool.premium_switch", "2024-10-29", True, "sh-xsb"),
    ("310000", "pool.families", "2025-07-31", 640_000, "tb-0920"),
    ("310000", "claim.pharmacy_fund", "2022-07-01", False, "sh-2012"),
    ("310000", "claim.e_prescription", "2023-06-30", None, "?"),
    ("310000", "claim.e_prescription", "2023-07-01", True, "sh-0627"),
    ("310000", "wallet.open", "2025-05-07", None, "?"),
    ("310000", "wallet.open", "2025-05-08", True, "zy-0523"),
    ("310000", "filing.manual_rule", "2023-01-01", "end_of_next_year", "sh-ml"),
    ("310000", "filing.manual_months", "2023-01-01", 6, "sh-ml2"),
]

BEIJING: list[Row] = [
    ("110000", "own.withdrawable", "2022-09-01", False, "bj-rb"),
    ("110000", "own.out_of_area", "2022-09-01", False, "bj-off"),
    ("110000", "pool.open", "2022-11-30", False, "bj-rb"),
    ("110000", "pool.open", "2022-12-01", True, "bj-rb"),
    ("110000", "pool.evidence", "2022-12-01", "commitment", "bj-2022"),
    ("110000", "claim.authentication", "2022-09-01", "pin_for_card", "bj-rb"),
    ("110000", "wallet.open", "2025-09-22", False, "cctv-0922"),
    ("110000", "filing.manual_rule", "2023-01-01", "day_of_next_year", "bj-ml"),
    ("110000", "filing.manual_day", "2023-01-01", 120, "bj-ml"),
]


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.mark.parametrize("row", [*NATION, *WALLET, *FILING, *SHANGHAI, *BEIJING])
def test_fact_is_found_on_its_day_with_its_source(library: Library, row: Row) -> None:
    region, parameter, day, value, source = row
    found = library.decided(RegionCode(region), parameter, on=date.fromisoformat(day))
    if found is None:
        assert (value, source) == (None, "?")
        assert library.parameters[parameter].serves == "information"
    elif source == "-":
        assert (found.value, found.status, found.cites) == (value, "assumed", ())
    else:
        assert found.value == value
        assert source in {claim.source.key for claim in found.cites}
