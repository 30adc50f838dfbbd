"""The words for what `domain.judging` answers in numbers: reasons, and the rules behind them."""

from __future__ import annotations

from collections.abc import Mapping

from domain import judging
from domain.reasons import Reason
from domain.record import Record


class Barrier(Record, frozen=True):
    """Why an account may not pay, and the rule parameter that says so, if it is a rule."""

    reason: Reason
    rule: str | None = None


class Bound(Record, frozen=True):
    """The most an account may give, why, and the parameter behind it."""

    fen: int
    reason: Reason
    rule: str


def barrier_of(verdict: int, *, subject: str) -> Barrier:
    """Put words to a verdict; `subject` is the part of the rules that was asked (`own`, `pool`)."""
    reason, rule = VERDICTS[verdict]
    if rule is not None and rule.startswith("."):
        return Barrier(reason, f"{subject}{rule}")
    return Barrier(reason, rule)


VERDICTS: Mapping[int, tuple[Reason, str | None]] = {
    judging.TILL_DECLINED: (Reason.TILL_DECLINED, None),
    judging.WALLET_NOT_REQUESTED: (Reason.WALLET_NOT_REQUESTED, "wallet.till"),
    judging.AID_NOT_REQUESTED: (Reason.AID_NOT_REQUESTED, "claim.till"),
    judging.NO_ACCOUNT: (Reason.NO_ACCOUNT, None),
    judging.ACCOUNT_CLOSED: (Reason.ACCOUNT_CLOSED, None),
    judging.OUT_OF_AREA_OFF: (Reason.OUT_OF_AREA_OFF, "own.out_of_area"),
    judging.AREA_WITHOUT_RULES: (Reason.AREA_WITHOUT_RULES, None),
    judging.NEVER_COVERED: (Reason.GRANTOR_NOT_COVERED, None),
    judging.NOT_COVERED: (Reason.GRANTOR_NOT_COVERED, "pool.grantor_covered"),
    judging.RELATION_UNDER_REVIEW: (Reason.RELATION_UNDER_REVIEW, "pool.review"),
    judging.RELATION_ENDED: (Reason.RELATION_ENDED, None),
    judging.NOT_YET_ACTIVE: (Reason.RELATION_NOT_YET_ACTIVE, "pool.activation_days"),
    judging.RELATION_NOT_ALLOWED: (Reason.RELATION_NOT_ALLOWED, ".relations"),
    judging.NOT_AUTHORIZED: (Reason.NOT_AUTHORIZED, None),
    judging.BEFORE_FIRST_DAY: (Reason.OUTSIDE_VALIDITY, "authorization.first_day"),
    judging.AFTER_LAST_DAY: (Reason.OUTSIDE_VALIDITY, "authorization.last_day"),
    judging.INSURANCE_NOT_ALLOWED: (Reason.INSURANCE_NOT_ALLOWED, "pool.beneficiary_insurance"),
    judging.TOO_FAR: (Reason.AREA_TOO_FAR, "pool.area"),
    judging.CLAIMED_BY_HAND: (Reason.CLAIMED_BY_HAND, "pool.direct_area"),
    judging.FUND_PAYS_TOO: (Reason.FUND_PAYS_TOO, "pool.with_fund"),
    judging.PLACE_NOT_ALLOWED: (Reason.PLACE_NOT_ALLOWED, ".places"),
    judging.PLACE_NOT_FOR_RESIDENTS: (Reason.PLACE_NOT_ALLOWED, "pool.resident_places"),
    judging.PLACE_NOT_AUTHORIZED: (Reason.PLACE_NOT_AUTHORIZED, "authorization.places"),
    judging.BALANCE_TOO_LOW: (Reason.BALANCE_TOO_LOW, "pool.balance_at_least"),
    judging.CATEGORY_NOT_ALLOWED: (Reason.CATEGORY_NOT_ALLOWED, ".categories"),
    judging.CATEGORY_NOT_AUTHORIZED: (Reason.CATEGORY_NOT_AUTHORIZED, "authorization.categories"),
    judging.OUTSIDE_CATALOGUE: (Reason.OUTSIDE_CATALOGUE, ".outside_catalogue"),
}
"""Each verdict with its reason and rule; a rule that begins with a dot is of the own account, of
relatives or of the wallet."""

LIMITS = (
    (Reason.RETAINED_MINIMUM, "pool.retained_minimum"),
    (Reason.RETAINED_MINIMUM, "authorization.retained_fen"),
    (Reason.PER_USE_LIMIT, "pool.per_use_cap"),
    (Reason.PER_USE_LIMIT, "authorization.per_use_fen"),
    (Reason.PER_DAY_LIMIT, "pool.per_day_cap"),
    (Reason.PER_DAY_LIMIT, "authorization.per_day_fen"),
    (Reason.PER_YEAR_LIMIT, "pool.per_year_cap"),
    (Reason.PER_YEAR_LIMIT, "authorization.per_year_fen"),
    (Reason.JOINT_LIMIT, "pool.joint_year_cap"),
    (Reason.JOINT_LIMIT, "authorization.joint_year_fen"),
)
"""Every limit with the rule behind it, in the order of `domain.judging`."""
