"""Views of people and families: the register, relations, authorizations, what relatives used."""

from __future__ import annotations

from domain.text import Text
from projections.views.account_views import POSITION
from projections.views.fields import Field, Unit, View, coded, listed, money, plain

_POOL = Text("家庭共济组", "family pool")
_GRANTOR = Text("共济人：出资的账户所有人", "the grantor, whose account pays")
_BENEFICIARY = Text("被共济人：使用的亲属", "the beneficiary")
_LIMIT = Text("{}限额；空为不限", "limit {}; empty: none")

PERIODS = {"year": Text("年度", "account year"), "day": Text("单日", "day of service")}
"""Kinds of periods in which use is counted."""

PEOPLE = View(
    "v_参保人",
    Text("参保人登记现状", "insured persons as they stand now"),
    (
        plain(
            "参保人",
            "persons.person",
            says=Text("参保人编号（非身份证号）", "pseudonym of the person"),
        ),
        coded("统筹区", "persons.region", says=Text("参保统筹区", "pooling area"), words="Region"),
        coded(
            "险种", "persons.insurance", says=Text("险种", "kind of insurance"), words="Insurance"
        ),
        coded(
            "在职状态",
            "persons.work",
            says=Text("在职或退休", "in service or retired"),
            words="Work",
        ),
        coded("参保状态", "persons.coverage", says=Text("参保状态", "coverage"), words="Coverage"),
        coded(
            "凭证状态", "persons.card", says=Text("医保凭证状态", "state of the card"), words="Card"
        ),
        plain(
            "医保年度",
            "persons.account_year",
            says=Text("账户所处医保年度；无账户为空", "account year; empty: no account"),
            unit=Unit.COUNT,
        ),
        plain(
            "账户清退日",
            "persons.account_closed_on",
            says=Text("账户清退日", "day on which the account was closed"),
            unit=Unit.DAY,
        ),
        plain("记账位置", "persons.position", says=POSITION, unit=Unit.COUNT),
    ),
    "persons",
    "参保人",
)

RELATIONS = View(
    "v_家庭共济关系",
    Text("每对亲属最近一次绑定", "the latest binding of each pair of relatives"),
    (
        plain("共济组", "bindings.pool", says=_POOL),
        plain("共济人", "bindings.grantor", says=_GRANTOR),
        plain("被共济人", "bindings.beneficiary", says=_BENEFICIARY),
        plain(
            "备案序号",
            "bindings.filing_no",
            says=Text("备案先后", "order of filing"),
            unit=Unit.COUNT,
        ),
        coded(
            "关系",
            "bindings.relation",
            says=Text("被共济人是共济人的何人", "what the beneficiary is to the grantor"),
            words="Relation",
        ),
        coded("状态", "bindings.standing", says=Text("绑定状态", "standing"), words="Standing"),
        plain("绑定日", "bindings.bound_on", says=Text("绑定日", "bound on"), unit=Unit.DAY),
        plain(
            "生效日", "bindings.active_from", says=Text("可用之首日", "active from"), unit=Unit.DAY
        ),
        coded(
            "终止原因",
            "bindings.ended_by",
            says=Text("终止原因；未终止为空", "why it ended; empty: it did not"),
            words="EndReason",
        ),
        plain("记账位置", "bindings.position", says=POSITION, unit=Unit.COUNT),
    ),
    "bindings",
    "共济组, 备案序号",
)


def _limit(zh: str, en: str, column: str) -> Field:
    says = Text(_LIMIT.zh.format(zh), _LIMIT.en.format(en))
    return money(f"{zh}限额", f"bindings.{column}", says=says)


AUTHORIZATIONS = View(
    "v_授权",
    Text(
        "每对亲属最近的授权：范围与限额；是否有效看状态与首末日",
        "the latest authorization of each pair: scope and limits; standing and days tell "
        "whether it is in force",
    ),
    (
        plain("共济组", "bindings.pool", says=_POOL),
        plain("共济人", "bindings.grantor", says=_GRANTOR),
        plain("被共济人", "bindings.beneficiary", says=_BENEFICIARY),
        coded(
            "状态",
            "bindings.standing",
            says=Text("绑定状态", "standing of the relation"),
            words="Standing",
        ),
        plain("首日", "bindings.first_day", says=Text("授权首日", "first day"), unit=Unit.DAY),
        plain(
            "末日",
            "bindings.last_day",
            says=Text("授权末日；空为长期", "last day; empty: no end"),
            unit=Unit.DAY,
        ),
        listed("场所", "bindings.places", says=Text("可用场所", "places"), words="Place"),
        listed(
            "类别", "bindings.categories", says=Text("可用费用类别", "categories"), words="Category"
        ),
        _limit("单次", "of one use", "per_use_fen"),
        _limit("单日", "of a day", "per_day_fen"),
        _limit("年度", "of an account year", "per_year_fen"),
        _limit("全家年度", "of an account year for all relatives together", "joint_year_fen"),
        money(
            "保留额",
            "bindings.retained_fen",
            says=Text("账户须保留的余额", "what has to stay in the account"),
        ),
        plain("记账位置", "bindings.position", says=POSITION, unit=Unit.COUNT),
    ),
    "bindings WHERE bindings.first_day IS NOT NULL",
    "共济组, 共济人, 被共济人",
)

USE = View(
    "v_共济使用",
    Text(
        "每名亲属在各医保年度、各就诊日用了共济人账户多少（含在途冻结）",
        "what each relative used of a grantor's account in an account year or on a day, open "
        "holds included",
    ),
    (
        plain("共济人", "usage.grantor", says=Text("账户所有人", "owner of the account")),
        plain("被共济人", "usage.beneficiary", says=Text("使用人", "who used it")),
        plain(
            "期间",
            "usage.period",
            says=Text("医保年度（2026）或就诊日（2026-03-02）", "account year, or day of service"),
            unit=Unit.TEXT,
        ),
        coded(
            "期间类别",
            "CASE length(usage.period) WHEN 4 THEN 'year' ELSE 'day' END",
            says=Text("年度或单日；两者不可相加", "year or day; never add the two"),
            words="Period",
            source="usage.period",
        ),
        money("已用", "usage.used_fen", says=Text("已用金额", "used")),
        plain("记账位置", "usage.position", says=POSITION, unit=Unit.COUNT),
    ),
    "usage",
    "共济人, 被共济人, 期间",
)

FAMILY_VIEWS = (PEOPLE, RELATIONS, AUTHORIZATIONS, USE)
"""In the order of the dictionary."""
