"""Who may pay, as whole numbers: what bars an account from a claim, and what limits it.

Like `domain.waterfall` this is one source for the single settlement, interpreted, and for millions,
compiled: it knows no accounts, rules or events, only numbers laid out by `domain.eligibility`. Sets
are bit masks, days are ordinals, amounts are fen, yes is 1. Each answer is a number that names its
reason; the order of asking is the order of `domain.reasons.Reason`.
"""

from __future__ import annotations

from typing import NamedTuple

OWN, WALLET, RELATIVE = 0, 1, 2  # whose account is asked
OPEN, MISSING, CLOSED = 0, 1, 2  # the account
BOUND, UNDER_REVIEW, ENDED = 0, 1, 2  # the relation
COVERED, LAPSED, NEVER = 0, 1, 2  # the grantor's insurance; of those never the account pays

# What an answer may be, in the order of asking. `domain.eligibility` puts words to them.
MAY_PAY = 0
TILL_DECLINED = 1
WALLET_NOT_REQUESTED = 2
AID_NOT_REQUESTED = 3
NO_ACCOUNT = 4
ACCOUNT_CLOSED = 5
OUT_OF_AREA_OFF = 6
AREA_WITHOUT_RULES = 7
NEVER_COVERED = 8
NOT_COVERED = 9
RELATION_UNDER_REVIEW = 10
RELATION_ENDED = 11
NOT_YET_ACTIVE = 12
RELATION_NOT_ALLOWED = 13
NOT_AUTHORIZED = 14
BEFORE_FIRST_DAY = 15
AFTER_LAST_DAY = 16
INSURANCE_NOT_ALLOWED = 17
TOO_FAR = 18
MUST_BE_SENT = 19
CLAIMED_BY_HAND = 20
FUND_PAYS_TOO = 21
PLACE_NOT_ALLOWED = 22
PLACE_NOT_FOR_RESIDENTS = 23
PLACE_NOT_AUTHORIZED = 24
BALANCE_TOO_LOW = 25
CATEGORY_NOT_ALLOWED = 26
CATEGORY_NOT_AUTHORIZED = 27
OUTSIDE_CATALOGUE = 28


class Scope(NamedTuple):
    """What the rules allow one kind of account: the own one, the wallet, or a relative's.

    All from `relations` on matters for relatives only, `out_of_area` for the own account only.
    """

    places: int
    categories: int
    outside_catalogue: int
    out_of_area: int  # the own account pays outside its area without being switched on
    relations: int
    insurance: int
    resident_places: int
    with_fund: int
    area: int  # 0 same pooling area, 1 province, 2 nation
    direct_area: int
    must_be_covered: int
    balance_at_least: int  # fen


class Caps(NamedTuple):
    """The limits of the rules on what a relative's account may give, fen."""

    retained_minimum: int
    per_use: int
    per_day: int
    per_year: int
    joint_year: int


class Visit(NamedTuple):
    """A claim, as far as it decides who may pay. Place and insurance are single bits."""

    day: int
    place: int
    insurance: int
    resident: int
    fund_pays: int
    use_accounts: int
    aid_told: int  # relatives may be tried: it starts by itself, or the till was told
    wallet_told: int


class Asked(NamedTuple):
    """An account before a claim: whose it is, the relation and what its owner authorized.

    `far` is how far the patient or the place of care is from the owner's area (0, 1, 2), `away`
    whether the own account is used outside it, `switched_on` whether its owner allowed that.
    An empty mask of authorized places allows all. `balance_fen` is the account's money in both
    segments, free or set aside, but not held.
    """

    kind: int
    account: int
    ruled: int
    away: int
    switched_on: int
    covered: int
    standing: int
    active_from: int
    relation: int
    authorized: int
    first_day: int
    last_day: int
    places: int
    far: int
    far_reaching: int  # a quota of the national wallet, whose area does not matter
    sent_only: int  # money must be sent beforehand
    balance_fen: int


class Use(NamedTuple):
    """What is left and what was used of a relative's account, fen.

    `shareable` is what the account holds in the segments open to relatives, without bound where
    the money was set aside beforehand; then come the limits that its owner authorized.
    """

    shareable: int
    retained: int
    per_use: int
    per_day: int
    per_year: int
    joint_year: int
    used_day: int
    used_year: int
    used_by_all: int


def judge(scope: Scope, visit: Visit, asked: Asked) -> int:
    """Give the first reason why an account may pay nothing of a claim, or `MAY_PAY`."""
    if visit.use_accounts == 0:
        return TILL_DECLINED
    if asked.kind == RELATIVE and visit.aid_told == 0:
        return AID_NOT_REQUESTED
    if asked.kind == WALLET:
        if visit.wallet_told == 0:
            return WALLET_NOT_REQUESTED
        return MAY_PAY if scope.places & visit.place else PLACE_NOT_ALLOWED
    if asked.account == MISSING:
        return NO_ACCOUNT
    if asked.account == CLOSED:
        return ACCOUNT_CLOSED
    if asked.kind == OWN:
        if asked.away == 1 and scope.out_of_area == 0 and asked.switched_on == 0:
            return OUT_OF_AREA_OFF
        return MAY_PAY if scope.places & visit.place else PLACE_NOT_ALLOWED
    if asked.ruled == 0:
        return AREA_WITHOUT_RULES
    barred = _judge_relation(scope, visit, asked)
    if barred == MAY_PAY:
        barred = _judge_scope(scope, visit, asked)
    if barred == MAY_PAY and asked.balance_fen < scope.balance_at_least:
        return BALANCE_TOO_LOW
    return barred


def _judge_relation(scope: Scope, visit: Visit, asked: Asked) -> int:
    """Ask whether relation and authorization hold on the day of care and still now."""
    if asked.covered == NEVER:
        return NEVER_COVERED
    if asked.covered == LAPSED and scope.must_be_covered == 1:
        return NOT_COVERED
    if asked.standing == UNDER_REVIEW:
        return RELATION_UNDER_REVIEW
    if asked.standing == ENDED:
        return RELATION_ENDED
    if visit.day < asked.active_from:
        return NOT_YET_ACTIVE
    if scope.relations & asked.relation == 0:
        return RELATION_NOT_ALLOWED
    if asked.authorized == 0:
        return NOT_AUTHORIZED
    if visit.day < asked.first_day:
        return BEFORE_FIRST_DAY
    if visit.day > asked.last_day:
        return AFTER_LAST_DAY
    return MAY_PAY


def _judge_scope(scope: Scope, visit: Visit, asked: Asked) -> int:
    """Ask whether beneficiary, area, kind of settlement and place are within the rules."""
    if scope.insurance & visit.insurance == 0:
        return INSURANCE_NOT_ALLOWED
    if asked.far_reaching == 0:
        if asked.far > scope.area:
            return TOO_FAR
        if asked.sent_only == 1:
            return MUST_BE_SENT
        if asked.far > scope.direct_area:
            return CLAIMED_BY_HAND
        if visit.fund_pays == 1 and scope.with_fund == 0:
            return FUND_PAYS_TOO
    if scope.places & visit.place == 0:
        return PLACE_NOT_ALLOWED
    if visit.resident == 1 and scope.resident_places & visit.place == 0:
        return PLACE_NOT_FOR_RESIDENTS
    if asked.places != 0 and asked.places & visit.place == 0:
        return PLACE_NOT_AUTHORIZED
    return MAY_PAY


class Line(NamedTuple):
    """A claim line: its category as a single bit, and whether it is outside the catalogue."""

    category: int
    outside: int


def judge_line(scope: Scope, authorized: int, line: Line) -> int:
    """Give the reason why an account that may pay something may not pay a line, or `MAY_PAY`.

    `authorized` is the mask of categories that its owner authorized; an empty one allows all.
    """
    if scope.categories & line.category == 0:
        return CATEGORY_NOT_ALLOWED
    if authorized != 0 and authorized & line.category == 0:
        return CATEGORY_NOT_AUTHORIZED
    if line.outside == 1 and scope.outside_catalogue == 0:
        return OUTSIDE_CATALOGUE
    return MAY_PAY


def tightest(caps: Caps, use: Use) -> tuple[int, int]:
    """Give the most that a relative's account may give, fen, and which limit says so.

    Limits are what is left of them after earlier use; one that was overrun allows nothing. Of
    equal ones the first is named.
    """
    left = (
        use.shareable - caps.retained_minimum,
        use.shareable - use.retained,
        caps.per_use,
        use.per_use,
        caps.per_day - use.used_day,
        use.per_day - use.used_day,
        caps.per_year - use.used_year,
        use.per_year - use.used_year,
        caps.joint_year - use.used_by_all,
        use.joint_year - use.used_by_all,
    )
    fen = max(0, min(left))
    limit = 0
    while left[limit] > fen:
        limit += 1
    return fen, limit
