"""Official figures that populations and claims are calibrated on, each with its source.

`source` is a key of `policies/sources.yaml`. Amounts are fen, shares parts of a thousand. What is
computed from published figures says from which; money in 亿 stands for 100 million yuan.
"""

from __future__ import annotations

from typing import NamedTuple

from domain.text import Text


class Figure(NamedTuple):
    """A figure: a name that lasts, its value and unit, whose it is, and what it measures."""

    key: str
    value: int
    unit: str  # "fen" or "per_mille"
    source: str
    says: Text


WITH_ACCOUNT = Figure(  # 354.3502 of 379.4834 million
    "with_account",
    934,
    "per_mille",
    "stat2024",
    Text("职工参保人有个人账户", "employee-insured who have an account"),
)
RETIRED = Figure(  # 104.5750 of 379.4834 million
    "retired",
    276,
    "per_mille",
    "stat2024",
    Text("职工参保人已退休", "employee-insured who are retired"),
)
MEAN_BALANCE = Figure(  # 14471.75 亿 in 354.3502 million accounts
    "mean_balance",
    408402,
    "fen",
    "stat2024",
    Text("账户平均余额", "mean balance of an account"),
)
YEARLY_CREDIT = Figure(  # 6390.01 亿 for 354.3502 million accounts
    "yearly_credit",
    180330,
    "fen",
    "stat2024",
    Text("账户平均年划入", "mean yearly credit of an account"),
)
MEAN_TRANSFER = Figure(  # 7.50 亿 in 1.1210 million transfers
    "mean_transfer",
    66905,
    "fen",
    "nhsa-2025fy",
    Text("医保钱包笔均转账", "mean transfer between wallets"),
)
MEAN_USE = Figure(  # 680.20 亿 in 462.74 million uses, same area and across areas
    "mean_use",
    14700,
    "fen",
    "nhsa-2025fy",
    Text("共济次均金额", "mean use of mutual aid"),
)
AID_USES = Figure(  # 464 million uses of 2025 to 8343 million visits of 2024
    "aid_uses",
    56,
    "per_mille",
    "nhsa-2025fy",
    Text("结算中使用共济", "settlements that use mutual aid"),
)
AID_OF_SPENDING = Figure(  # 511.54 of 5879.83 亿, 2024
    "aid_of_spending",
    87,
    "per_mille",
    "stat2024",
    Text("个人账户支出中的共济", "mutual aid in what accounts pay"),
)
ACROSS_USES = Figure(  # 41.7351 of 462.74 million uses
    "across_uses",
    90,
    "per_mille",
    "nhsa-2025fy",
    Text("共济中跨统筹区的人次", "uses of mutual aid across pooling areas"),
)
BY_INSTITUTIONS = Figure(  # 488.38 of 680.20 亿
    "by_institutions",
    718,
    "per_mille",
    "nhsa-2025fy",
    Text("共济金额用于医疗机构", "mutual aid spent at institutions"),
)
BY_PHARMACIES = Figure(  # 34.32 of 680.20 亿
    "by_pharmacies",
    50,
    "per_mille",
    "nhsa-2025fy",
    Text("共济金额用于药店", "mutual aid spent at pharmacies"),
)
BY_PREMIUMS = Figure(  # 142.27 of 680.20 亿
    "by_premiums",
    209,
    "per_mille",
    "nhsa-2025fy",
    Text("共济金额用于居民医保缴费", "mutual aid spent on residents' premiums"),
)
BY_OTHERS = Figure(  # 14.48 and 0.76 (care insurance) of 680.20 亿
    "by_others",
    22,
    "per_mille",
    "nhsa-2025fy",
    Text("共济金额用于其他", "mutual aid spent on everything else"),
)
PREMIUMS_OFF_SEASON = Figure(  # 7.09 of 304.57 亿
    "premiums_january_to_july",
    23,
    "per_mille",
    "zx-0831",
    Text("其中一至七月", "of it from January to July"),
)
PREMIUMS_IN_SEASON = Figure(  # 142.27 less 7.09 of 680.20 less 303.41 亿
    "premiums_august_to_december",
    359,
    "per_mille",
    "nhsa-2025fy",
    Text("其中八至十二月", "of it from August to December"),
)
ACROSS_PROVINCES = Figure(  # 14.3356 and 224 of 8343 million visits
    "across_provinces",
    29,
    "per_mille",
    "zyi-0321",
    Text("跨省直接结算", "settlements in another province"),
)
INPATIENT_COST = Figure(
    "inpatient_cost",
    1170700,
    "fen",
    "km-0715",
    Text("职工次均住院费用", "mean cost of an employee's stay in hospital"),
)
