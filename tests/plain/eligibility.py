"""The plain reading of the rules: what bars an account and what limits it, by sets and days.

This is how a person would write the rules down. `domain.judging` says the same in whole numbers,
and tests hold the two together on random rules and claims.
"""

from __future__ import annotations

from datetime import date

from domain.account import Account
from domain.claim import ClaimLine, ClaimRequest
from domain.codes import Area, Coverage, Funding, Insurance, Till
from domain.eligibility import Candidate, distance, shareable_fen
from domain.person import Person
from domain.pool import Binding, Standing
from domain.reasons import Reason
from domain.rules import UNLIMITED, WalletRules
from domain.verdicts import Barrier, Bound


def barrier(candidate: Candidate, request: ClaimRequest, *, patient: Candidate) -> Barrier | None:
    """Give the first reason why an account may pay nothing of this claim, or None."""
    if not request.use_accounts:
        return Barrier(Reason.TILL_DECLINED)
    if candidate.own_wallet:
        return _wallet_barrier(candidate.rules.wallet, request)
    told = request.aid_requested or patient.rules.claim.till is not Till.ON_REQUEST
    if not (told or candidate.is_own):
        return Barrier(Reason.AID_NOT_REQUESTED, "claim.till")
    account = candidate.person.account
    if account is None:
        return Barrier(Reason.NO_ACCOUNT)
    if account.closed is not None:
        return Barrier(Reason.ACCOUNT_CLOSED)
    if candidate.pool is None or candidate.binding is None:
        return _own_barrier(candidate, account, request)
    if not candidate.ruled:
        return Barrier(Reason.AREA_WITHOUT_RULES)
    barred = _relation_barrier(candidate, candidate.binding, request) or _scope_barrier(
        candidate, request, patient.person
    )
    there = account.available + account.set_aside_amounts
    if barred is None and there.total_fen < candidate.rules.pool.balance_at_least:
        return Barrier(Reason.BALANCE_TOO_LOW, "pool.balance_at_least")
    return barred


def _own_barrier(candidate: Candidate, account: Account, request: ClaimRequest) -> Barrier | None:
    """Ask whether the patient's own account may be used at this place, so far from home."""
    rules, institution = candidate.rules.own, request.institution
    home = candidate.person.region_on(request.service_date)
    if institution.region != home and not (rules.out_of_area or account.out_of_area):
        return Barrier(Reason.OUT_OF_AREA_OFF, "own.out_of_area")
    if institution.place not in rules.places:
        return Barrier(Reason.PLACE_NOT_ALLOWED, "own.places")
    return None


def _wallet_barrier(rules: WalletRules, request: ClaimRequest) -> Barrier | None:
    """Ask whether the till asks for the wallet, and whether it pays at such a place."""
    if rules.till is not Till.AUTOMATIC and not request.aid_requested:
        return Barrier(Reason.WALLET_NOT_REQUESTED, "wallet.till")
    if request.institution.place not in rules.places:
        return Barrier(Reason.PLACE_NOT_ALLOWED, "wallet.places")
    return None


def _relation_barrier(
    candidate: Candidate, binding: Binding, request: ClaimRequest
) -> Barrier | None:
    """Ask whether the relation and its authorization hold on the service date and still now."""
    day = request.service_date
    if barred := _coverage_barrier(candidate, day):
        return barred
    if binding.standing is not Standing.BOUND:
        if binding.standing is Standing.UNDER_REVIEW:
            return Barrier(Reason.RELATION_UNDER_REVIEW, "pool.review")
        return Barrier(Reason.RELATION_ENDED)
    if day < binding.active_from:
        return Barrier(Reason.RELATION_NOT_YET_ACTIVE, "pool.activation_days")
    wallet = candidate.is_wallet_quota
    allowed = candidate.rules.wallet.relations if wallet else candidate.rules.pool.relations
    if binding.relation not in allowed:
        return Barrier(
            Reason.RELATION_NOT_ALLOWED, "wallet.relations" if wallet else "pool.relations"
        )
    authorization = binding.authorization
    if authorization is None:
        return Barrier(Reason.NOT_AUTHORIZED)
    if day < authorization.first_day:
        return Barrier(Reason.OUTSIDE_VALIDITY, "authorization.first_day")
    if authorization.last_day is not None and day > authorization.last_day:
        return Barrier(Reason.OUTSIDE_VALIDITY, "authorization.last_day")
    return None


def _coverage_barrier(candidate: Candidate, day: date) -> Barrier | None:
    """Ask whether the grantor is insured, or was and the area does not mind.

    Nobody pays before enrolment or after death, whatever the area says.
    """
    state = candidate.person.coverage_on(day)
    if state is Coverage.ACTIVE:
        return None
    if state is None or state is Coverage.DECEASED:
        return Barrier(Reason.GRANTOR_NOT_COVERED)
    if candidate.rules.pool.grantor_covered:
        return Barrier(Reason.GRANTOR_NOT_COVERED, "pool.grantor_covered")
    return None


def _scope_barrier(candidate: Candidate, request: ClaimRequest, patient: Person) -> Barrier | None:
    """Ask whether beneficiary, area, kind of settlement and place are within the rules."""
    rules = candidate.rules.pool
    place = request.institution.place
    if patient.insurance not in rules.beneficiary_insurance:
        return Barrier(Reason.INSURANCE_NOT_ALLOWED, "pool.beneficiary_insurance")
    if candidate.is_wallet_quota:
        if place not in candidate.rules.wallet.places:
            return Barrier(Reason.PLACE_NOT_ALLOWED, "wallet.places")
    elif barred := _area_barrier(candidate, request, patient):
        return barred
    assert candidate.binding is not None
    assert candidate.binding.authorization is not None
    authorized = candidate.binding.authorization.places
    if authorized and place not in authorized:
        return Barrier(Reason.PLACE_NOT_AUTHORIZED, "authorization.places")
    return None


def _area_barrier(candidate: Candidate, request: ClaimRequest, patient: Person) -> Barrier | None:
    """Ask for area, kind of settlement and place by the rules of the grantor's own area."""
    rules = candidate.rules.pool
    place = request.institution.place
    far = _how_far(candidate, request, patient)
    if far > _FAR[rules.area]:
        return Barrier(Reason.AREA_TOO_FAR, "pool.area")
    if candidate.funding is Funding.TRANSFER:
        return Barrier(
            Reason.MUST_BE_SENT, "wallet.model" if candidate.by_wallet else "pool.funding"
        )
    if far > _FAR[rules.direct_area]:
        return Barrier(Reason.CLAIMED_BY_HAND, "pool.direct_area")
    if request.fund_fen and not rules.with_fund:
        return Barrier(Reason.FUND_PAYS_TOO, "pool.with_fund")
    if place not in rules.places:
        return Barrier(Reason.PLACE_NOT_ALLOWED, "pool.places")
    if patient.insurance is Insurance.RESIDENT and place not in rules.resident_places:
        return Barrier(Reason.PLACE_NOT_ALLOWED, "pool.resident_places")
    return None


def _how_far(candidate: Candidate, request: ClaimRequest, patient: Person) -> int:
    """Say how far from the grantor's area the patient or the place of care is, 0 for at home."""
    day = request.service_date
    home = candidate.person.region_on(day)
    theirs, where = patient.region_on(day), request.institution.region
    if home == theirs == where:
        return 0
    return max(_FAR[distance(home, theirs)], _FAR[distance(home, where)])


def line_barrier(candidate: Candidate, line: ClaimLine) -> Barrier | None:
    """Give the reason why an account that may pay something may not pay this line, or None."""
    if candidate.own_wallet and line.category not in candidate.rules.wallet.categories:
        return Barrier(Reason.CATEGORY_NOT_ALLOWED, "wallet.categories")
    own = candidate.binding is None
    rules = candidate.rules.own if own else candidate.rules.pool
    group = "own" if own else "pool"
    if candidate.is_wallet_quota:
        if line.category not in candidate.rules.wallet.categories:
            return Barrier(Reason.CATEGORY_NOT_ALLOWED, "wallet.categories")
    elif line.category not in rules.categories and not candidate.own_wallet:
        return Barrier(Reason.CATEGORY_NOT_ALLOWED, f"{group}.categories")
    authorization = candidate.binding.authorization if candidate.binding else None
    if authorization and authorization.categories and line.category not in authorization.categories:
        return Barrier(Reason.CATEGORY_NOT_AUTHORIZED, "authorization.categories")
    if line.outside_catalogue and not rules.outside_catalogue:
        return Barrier(Reason.OUTSIDE_CATALOGUE, f"{group}.outside_catalogue")
    return None


def bound(candidate: Candidate, request: ClaimRequest) -> Bound | None:
    """Give the tightest limit on what a relative's account may give; None for the own account.

    Limits are what is left of them after earlier use; open holds count as used. What must stay in
    the account does not limit money set aside, which has left it. Of equal limits the first in the
    order of `Reason` is named.
    """
    if candidate.binding is None:
        return None
    amounts = _amounts_left(candidate, candidate.binding, request)
    fen = max(0, min(amounts))
    first = 0
    while amounts[first] > fen:
        first += 1
    return Bound(fen, *_LIMITS[first])


_LIMITS = (
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
"""Every limit with the rule behind it, in the order of `Reason`."""


def _amounts_left(candidate: Candidate, binding: Binding, request: ClaimRequest) -> tuple[int, ...]:
    """Give what is left of each of the `_LIMITS`, in fen; below zero where more was used."""
    account = candidate.person.account
    authorization = binding.authorization
    assert account is not None
    assert authorization is not None
    assert candidate.pool is not None
    rules = candidate.rules.pool
    used_year = used_day = used_by_all = 0
    if account.used:
        year = str(candidate.account_year_of(request.service_date))
        used = account.used.get(binding.beneficiary)
        if used is not None:
            used_year = used.get(year, 0)
            used_day = used.get(request.service_date.isoformat(), 0)
        used_by_all = account.used_by_all_fen(year)
    joint = candidate.pool.joint_year_fen.get(candidate.person.id, UNLIMITED)
    shareable = UNLIMITED if candidate.purse else shareable_fen(candidate)
    return (
        shareable - rules.retained_minimum,
        shareable - authorization.retained_fen,
        rules.per_use_cap,
        authorization.per_use_fen,
        rules.per_day_cap - used_day,
        authorization.per_day_fen - used_day,
        rules.per_year_cap - used_year,
        authorization.per_year_fen - used_year,
        rules.joint_year_cap - used_by_all,
        joint - used_by_all,
    )


_FAR = {Area.SAME: 0, Area.PROVINCE: 1, Area.NATION: 2}
