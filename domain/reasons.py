"""Why a candidate account paid what it paid, zero included: reason codes with their words."""

from __future__ import annotations

from enum import StrEnum

from domain.text import Text


class Reason(StrEnum):
    """One reason for each candidate account. The order is the order of checking."""

    # Whether the account is a candidate at all.
    TILL_DECLINED = "till_declined"
    AID_NOT_REQUESTED = "aid_not_requested"
    NO_ACCOUNT = "no_account"
    ACCOUNT_CLOSED = "account_closed"
    OUT_OF_AREA_OFF = "out_of_area_off"
    AREA_WITHOUT_RULES = "area_without_rules"
    WALLET_NOT_REQUESTED = "wallet_not_requested"
    GRANTOR_NOT_COVERED = "grantor_not_covered"
    RELATION_UNDER_REVIEW = "relation_under_review"
    RELATION_ENDED = "relation_ended"
    RELATION_NOT_YET_ACTIVE = "relation_not_yet_active"
    RELATION_NOT_ALLOWED = "relation_not_allowed"
    NOT_AUTHORIZED = "not_authorized"
    OUTSIDE_VALIDITY = "outside_validity"
    INSURANCE_NOT_ALLOWED = "insurance_not_allowed"
    AREA_TOO_FAR = "area_too_far"
    MUST_BE_SENT = "must_be_sent"
    CLAIMED_BY_HAND = "claimed_by_hand"
    FUND_PAYS_TOO = "fund_pays_too"
    PLACE_NOT_ALLOWED = "place_not_allowed"
    PLACE_NOT_AUTHORIZED = "place_not_authorized"
    BALANCE_TOO_LOW = "balance_too_low"
    # Whether it may pay any line of this claim.
    CATEGORY_NOT_ALLOWED = "category_not_allowed"
    CATEGORY_NOT_AUTHORIZED = "category_not_authorized"
    OUTSIDE_CATALOGUE = "outside_catalogue"
    # What it could give, and what was left to pay.
    NOTHING_LEFT_TO_PAY = "nothing_left_to_pay"
    OWN_NOT_USED_UP = "own_not_used_up"
    OTHER_GRANTOR_PAID = "other_grantor_paid"
    EMPTY = "empty"
    NOTHING_SET_ASIDE = "nothing_set_aside"
    RETAINED_MINIMUM = "retained_minimum"
    PER_USE_LIMIT = "per_use_limit"
    PER_DAY_LIMIT = "per_day_limit"
    PER_YEAR_LIMIT = "per_year_limit"
    JOINT_LIMIT = "joint_limit"
    GAVE_ALL_IT_HAD = "gave_all_it_had"
    PAID_THE_REST = "paid_the_rest"


REASONS: dict[Reason, Text] = {
    Reason.TILL_DECLINED: Text(
        "收费处未启用个人账户支付", "the till did not use personal accounts"
    ),
    Reason.AID_NOT_REQUESTED: Text(
        "未向收费处说明使用共济", "the till was not told to use relatives' accounts"
    ),
    Reason.NO_ACCOUNT: Text("没有个人账户", "has no personal account"),
    Reason.ACCOUNT_CLOSED: Text("个人账户已清退", "the account is closed"),
    Reason.OUT_OF_AREA_OFF: Text(
        "未开通个人账户异地支付",
        "the owner has not switched on use outside the home area",
    ),
    Reason.AREA_WITHOUT_RULES: Text(
        "共济人所属统筹区在就诊日没有规则",
        "the grantor's pooling area has no rules on the service date",
    ),
    Reason.WALLET_NOT_REQUESTED: Text(
        "收费处未要求使用医保钱包", "the till did not ask for the wallet"
    ),
    Reason.GRANTOR_NOT_COVERED: Text(
        "共济人就诊日未在保", "the grantor's insurance was not in force on the service date"
    ),
    Reason.RELATION_UNDER_REVIEW: Text("绑定关系待审核", "the relation is under review"),
    Reason.RELATION_ENDED: Text("绑定关系已终止", "the relation has ended"),
    Reason.RELATION_NOT_YET_ACTIVE: Text(
        "绑定在就诊日尚未生效", "the relation was not yet active on the service date"
    ),
    Reason.RELATION_NOT_ALLOWED: Text(
        "该亲属关系不在共济范围", "this relation may not use the account"
    ),
    Reason.NOT_AUTHORIZED: Text("共济人未授权或已撤销", "not authorized, or withdrawn"),
    Reason.OUTSIDE_VALIDITY: Text(
        "就诊日不在授权期内", "the service date is outside the authorization"
    ),
    Reason.INSURANCE_NOT_ALLOWED: Text(
        "被共济人的险种不在共济范围", "the beneficiary's kind of insurance may not use it"
    ),
    Reason.AREA_TOO_FAR: Text(
        "就医地超出共济区域", "the place of care is outside the area of mutual aid"
    ),
    Reason.MUST_BE_SENT: Text(
        "资金须事先划转，结算时不扣共济人账户",
        "money must be sent beforehand; the grantor's account is not debited",
    ),
    Reason.CLAIMED_BY_HAND: Text(
        "不在直接结算区域，须由共济人手工报销",
        "too far away to be settled directly, to be claimed by hand by the grantor",
    ),
    Reason.FUND_PAYS_TOO: Text(
        "统筹基金已支付，不得再用共济", "the pooled fund pays a part, which excludes mutual aid"
    ),
    Reason.PLACE_NOT_ALLOWED: Text(
        "该类机构不可使用", "this kind of institution may not be paid from it"
    ),
    Reason.PLACE_NOT_AUTHORIZED: Text(
        "共济人未授权用于该类机构", "the grantor did not authorize this kind of institution"
    ),
    Reason.BALANCE_TOO_LOW: Text(
        "共济人账户余额未达门槛", "the grantor's balance is below the threshold"
    ),
    Reason.CATEGORY_NOT_ALLOWED: Text(
        "该类费用不可使用", "this category of cost may not be paid from it"
    ),
    Reason.CATEGORY_NOT_AUTHORIZED: Text(
        "共济人未授权用于该类费用", "the grantor did not authorize this category"
    ),
    Reason.OUTSIDE_CATALOGUE: Text(
        "目录外费用不可使用", "cost outside the catalogue may not be paid from it"
    ),
    Reason.NOTHING_LEFT_TO_PAY: Text(
        "排在前面的账户已付清", "accounts before it had paid everything"
    ),
    Reason.OWN_NOT_USED_UP: Text("本人账户尚未用完", "the patient's own account is not used up"),
    Reason.OTHER_GRANTOR_PAID: Text(
        "每次结算只用一个共济账户，已由排在前面的账户支付",
        "one grantor's account a settlement, and one before it paid",
    ),
    Reason.EMPTY: Text("可用余额为零", "nothing available"),
    Reason.NOTHING_SET_ASIDE: Text(
        "共济人未预先划拨或已用完", "nothing was set aside for it, or nothing of it is left"
    ),
    Reason.RETAINED_MINIMUM: Text("须保留最低余额", "a minimum must stay in the account"),
    Reason.PER_USE_LIMIT: Text("达到单次限额", "limit per use reached"),
    Reason.PER_DAY_LIMIT: Text("达到单日限额", "limit per day reached"),
    Reason.PER_YEAR_LIMIT: Text("达到年度限额", "limit per year reached"),
    Reason.JOINT_LIMIT: Text("达到全部亲属合计限额", "joint limit for all relatives reached"),
    Reason.GAVE_ALL_IT_HAD: Text("可用余额已全部支付", "gave all that was available"),
    Reason.PAID_THE_REST: Text(
        "付清了其可支付的其余部分", "paid all that was left of what it may pay"
    ),
}
