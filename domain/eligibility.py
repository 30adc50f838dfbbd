"""Whether a claim may use personal accounts at all, and what each account may pay of it.

Three questions, asked in this order: may the claim be settled (`check_claim`), may this account
pay anything (`barrier`) and which lines (`line_barrier`), and how much at most (`bounds`). The
answers name the rule that decided. The pooled fund's part is never in question: only own shares
reach an account.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from domain import judging
from domain.amounts import NOTHING, Amounts
from domain.claim import ClaimLine, ClaimRequest
from domain.codes import (
    ACCOUNT_SEGMENTS,
    Area,
    Card,
    Coverage,
    Credential,
    Funding,
    Insurance,
    Segment,
    Till,
)
from domain.columns import bit, mask
from domain.ids import RegionCode, check_id
from domain.money import MAX_FEN
from domain.person import Person
from domain.pool import Authorization, Binding, Pool, Standing
from domain.purses import FREE, pool_purse, quota_purse
from domain.reasons import Reason
from domain.record import Record
from domain.refusals import Code, Refusal, refuse
from domain.rules import UNLIMITED, RuleSet
from domain.time import account_year
from domain.verdicts import LIMITS, Barrier, Bound, barrier_of
from domain.wallet import WALLET


class Candidate(Record, frozen=True):
    """One account that might pay: the patient's own (`pool` is None) or a grantor's.

    `version` is the version of the person's stream that was read; `rules` are those of the
    account owner's pooling area on the service date. Where a grantor's area has none, `ruled` is
    False, the account pays nothing, and `rules` are the patient's, which say so. `funding` says
    where the money for this patient comes from; `by_wallet`, that the wallet's rules decide;
    `own_wallet`, that not the patient's account is asked, but the wallet.
    """

    person: Person
    version: int
    rules: RuleSet
    pool: Pool | None = None
    binding: Binding | None = None
    ruled: bool = True
    funding: Funding = Funding.CALL
    by_wallet: bool = False
    own_wallet: bool = False

    @property
    def is_own(self) -> bool:
        """Tell the patient's own account from a relative's."""
        return self.pool is None

    @property
    def segments(self) -> tuple[Segment, ...]:
        """Give the segments that pay, in order, by the account owner's rules."""
        if self.own_wallet:
            return _OF_WALLET
        rules = self.rules.own if self.pool is None else self.rules.pool
        return rules.segments.segments

    @property
    def purse(self) -> str:
        """Name the purse that pays, or the wallet; the available money has none."""
        if self.own_wallet:
            return WALLET
        if self.funding is _CALL or self.pool is None or self.binding is None:
            return FREE
        if self.funding is Funding.POOL:
            return pool_purse(self.pool.id)
        return quota_purse(self.binding.beneficiary) if self.funding is _QUOTA else FREE

    @property
    def money(self) -> Amounts:
        """Give what the account could pay from, in all its segments."""
        account = self.person.account
        return account.money_of(self.purse) if account else NOTHING

    @property
    def is_wallet_quota(self) -> bool:
        """Tell whether the wallet's rules about relatives, places and categories hold."""
        return self.by_wallet and self.funding is _QUOTA

    def account_year_of(self, day: date) -> int:
        """Name the account year of a day by the account owner's rules."""
        return account_year(day, self.rules.account.year_start_month)


def check_form(request: ClaimRequest, *, today: date) -> Refusal | None:
    """Check ids, dates and lines: what is wrong with the claim whoever the patient is."""
    if refusal := check_id(request.claim) or check_id(request.institution.id):
        return refusal
    if request.service_date > today:
        return refuse(
            Code.INVALID_PERIOD, first=request.service_date.isoformat(), last=today.isoformat()
        )
    numbers = [line.no for line in request.lines]
    if not numbers or sorted(set(numbers)) != numbers:
        return refuse(Code.LINES_MALFORMED, claim=request.claim, line=numbers[-1] if numbers else 0)
    for line in request.lines:
        if not 0 <= line.fund_fen <= line.total_fen <= MAX_FEN:
            return refuse(Code.LINES_MALFORMED, claim=request.claim, line=line.no)
    return None


def check_claim(request: ClaimRequest, patient: Person, *, rules: RuleSet) -> Refusal | None:
    """Check whether the claim may be settled with personal accounts at all."""
    institution = request.institution
    if not institution.designated:
        return refuse(Code.INSTITUTION_NOT_DESIGNATED, institution=institution.id)
    if not institution.connected:
        return refuse(Code.INSTITUTION_NOT_CONNECTED, institution=institution.id)
    if refusal := _check_credential(request.credential, patient, rules=rules):
        return refusal
    if patient.card is not _ACTIVE:
        return refuse(Code.CARD_NOT_ACTIVE, patient=patient.id, card=patient.card)
    if not patient.is_covered(request.service_date):
        day = request.service_date.isoformat()
        return refuse(Code.COVERAGE_NOT_IN_FORCE, patient=patient.id, day=day)
    return None


def _check_credential(shown: Credential, patient: Person, *, rules: RuleSet) -> Refusal | None:
    if shown is _OWNS:
        return None
    if shown is Credential.NONE:
        return refuse(Code.CREDENTIAL_MISSING, patient=patient.id)
    if shown is Credential.PROXY and not rules.claim.proxy:
        return refuse(Code.CREDENTIAL_NOT_PATIENTS, rule="claim.proxy", patient=patient.id)
    if shown is Credential.GRANTOR and not rules.claim.grantor_credential:
        return refuse(
            Code.CREDENTIAL_NOT_PATIENTS, rule="claim.grantor_credential", patient=patient.id
        )
    return None


def barrier(candidate: Candidate, request: ClaimRequest, *, patient: Candidate) -> Barrier | None:
    """Give the first reason why an account may pay nothing of this claim, or None."""
    return barrier_at(candidate, request, visit=visit_of(request, patient))


def barrier_at(candidate: Candidate, request: ClaimRequest, *, visit: Visit) -> Barrier | None:
    """Give the same for a claim that has been laid out."""
    verdict = judging.judge(scope_of(candidate), visit.numbers, _asked(candidate, request, visit))
    return _said(verdict, candidate) if verdict else None


def line_barrier(candidate: Candidate, line: ClaimLine) -> Barrier | None:
    """Give the reason why an account that may pay something may not pay this line, or None."""
    authorization = candidate.binding.authorization if candidate.binding else None
    authorized = mask(authorization.categories) if authorization else 0
    numbers = judging.Line(bit(line.category), int(line.outside_catalogue))
    verdict = judging.judge_line(scope_of(candidate), authorized, numbers)
    return _said(verdict, candidate) if verdict else None


def bound(candidate: Candidate, request: ClaimRequest) -> Bound | None:
    """Give the tightest limit on what a relative's account may give; None for the own account.

    Limits are what is left of them after earlier use; open holds count as used. What must stay in
    the account does not limit money set aside, which has left it. Of equal limits the first in the
    order of `Reason` is named.
    """
    if candidate.binding is None:
        return None
    use = _use(candidate, candidate.binding, request)
    fen, limit = judging.tightest(candidate.rules.compiled.caps, use)
    return Bound(fen, *LIMITS[limit])


def scope_of(candidate: Candidate) -> judging.Scope:
    """Give what the rules allow this kind of account, as whole numbers."""
    compiled = candidate.rules.compiled
    if candidate.pool is None:
        return compiled.wallet if candidate.own_wallet else compiled.own
    return compiled.quota if candidate.is_wallet_quota else compiled.relative


class Visit(NamedTuple):
    """A claim laid out as whole numbers, and the pooling area of its patient."""

    numbers: judging.Visit
    home: RegionCode


def visit_of(request: ClaimRequest, patient: Candidate) -> Visit:
    """Lay a claim out; the patient's rules say how aid starts at the till."""
    rules, person = patient.rules, patient.person
    told = request.aid_requested
    numbers = judging.Visit(
        day=request.service_date.toordinal(),
        place=bit(request.institution.place),
        insurance=bit(person.insurance),
        resident=int(person.insurance is _RESIDENT),
        fund_pays=int(request.fund_fen > 0),
        use_accounts=int(request.use_accounts),
        aid_told=int(told or rules.claim.till is not _ON_REQUEST),
        wallet_told=int(told or rules.wallet.till is _AUTOMATIC),
    )
    return Visit(numbers, person.region_on(request.service_date))


def _asked(candidate: Candidate, request: ClaimRequest, visit: Visit) -> judging.Asked:
    """Lay an account before a claim out as whole numbers, in the order of `judging.Asked`."""
    account, binding = candidate.person.account, candidate.binding
    if candidate.own_wallet:
        return _OWN_WALLET
    if account is None:
        return _NO_OWN_ACCOUNT if binding is None else _NO_ACCOUNT
    state = judging.OPEN if account.closed is None else judging.CLOSED
    home = candidate.person.region_on(request.service_date)
    where = request.institution.region
    if binding is None:
        return judging.Asked(judging.OWN, state, 1, where != home, account.out_of_area, *_OWN)
    given = binding.authorization or _NOTHING_GIVEN
    return judging.Asked(
        judging.RELATIVE,
        state,
        candidate.ruled,
        0,
        0,
        _COVERAGE[candidate.person.coverage_on(request.service_date)],
        _STANDING[binding.standing],
        binding.active_from.toordinal(),
        bit(binding.relation),
        binding.authorization is not None,
        given.first_day.toordinal(),
        given.last_day.toordinal() if given.last_day else _LAST_DAY,
        mask(given.places),
        _how_far(home, visit.home, where),
        candidate.is_wallet_quota,
        candidate.funding is Funding.TRANSFER,
        account.balance_fen,
    )


def _how_far(home: RegionCode, theirs: RegionCode, where: RegionCode) -> int:
    """Say how far from the grantor's area the patient or the place of care is, 0 for at home."""
    if home == theirs == where:
        return 0
    return max(_FAR[distance(home, theirs)], _FAR[distance(home, where)])


def _use(candidate: Candidate, binding: Binding, request: ClaimRequest) -> judging.Use:
    """Lay out what is left and what was used of a relative's account."""
    account, given = candidate.person.account, binding.authorization
    assert account is not None
    assert given is not None
    assert candidate.pool is not None
    used_year = used_day = used_by_all = 0
    if account.used:
        year = str(candidate.account_year_of(request.service_date))
        used = account.used.get(binding.beneficiary)
        if used is not None:
            used_year = used.get(year, 0)
            used_day = used.get(request.service_date.isoformat(), 0)
        used_by_all = account.used_by_all_fen(year)
    return judging.Use(
        UNLIMITED if candidate.purse else shareable_fen(candidate),
        given.retained_fen,
        given.per_use_fen,
        given.per_day_fen,
        given.per_year_fen,
        candidate.pool.joint_year_fen.get(candidate.person.id, UNLIMITED),
        used_day,
        used_year,
        used_by_all,
    )


def _said(verdict: int, candidate: Candidate) -> Barrier:
    """Put words to a verdict, by the part of the rules by which this account was judged."""
    if verdict == judging.MUST_BE_SENT:
        return Barrier(
            Reason.MUST_BE_SENT, "wallet.model" if candidate.by_wallet else "pool.funding"
        )
    by_wallet = candidate.own_wallet or candidate.is_wallet_quota
    if by_wallet and verdict != judging.OUTSIDE_CATALOGUE:
        return barrier_of(verdict, subject="wallet")
    return barrier_of(verdict, subject="own" if candidate.pool is None else "pool")


def shareable_fen(candidate: Candidate) -> int:
    """Give what is there in the segments that the account's rules open to this use, in fen."""
    segments = candidate.segments
    if len(segments) == len(ACCOUNT_SEGMENTS):
        return candidate.money.total_fen
    return sum(map(candidate.money.of, segments))


def distance(one: RegionCode, other: RegionCode) -> Area:
    """Tell how far apart two pooling areas are. The first two digits of a code are its province."""
    if one == other:
        return Area.SAME
    return Area.PROVINCE if one[:2] == other[:2] else Area.NATION


def is_within(far: Area, area: Area) -> bool:
    """Tell whether a distance is within an area of mutual aid."""
    return _FAR[far] <= _FAR[area]


_FAR = {Area.SAME: 0, Area.PROVINCE: 1, Area.NATION: 2}
_COVERAGE = {
    Coverage.ACTIVE: judging.COVERED,
    Coverage.SUSPENDED: judging.LAPSED,
    Coverage.ENDED: judging.LAPSED,
    Coverage.DECEASED: judging.NEVER,  # nobody pays after death, whatever the area says
    None: judging.NEVER,  # nor before enrolment
}
_STANDING = {
    Standing.BOUND: judging.BOUND,
    Standing.UNDER_REVIEW: judging.UNDER_REVIEW,
    Standing.REJECTED: judging.ENDED,
    Standing.ENDED: judging.ENDED,
}
_NOTHING_GIVEN = Authorization(first_day=date.min)
_LAST_DAY = date.max.toordinal()
_OWN = (judging.COVERED, judging.BOUND, 0, 0, 1, 0, _LAST_DAY, 0, 0, 0, 0, 0)
"""What does not matter of one's own account: coverage, relation, authorization, distance."""

_OWN_WALLET = judging.Asked(judging.WALLET, judging.OPEN, 1, 0, 0, *_OWN)
_NO_OWN_ACCOUNT = judging.Asked(judging.OWN, judging.MISSING, 1, 0, 0, *_OWN)
_NO_ACCOUNT = judging.Asked(judging.RELATIVE, judging.MISSING, 1, 0, 0, *_OWN)

# Looking a member up in its enumeration costs more than the comparison.
_RESIDENT = Insurance.RESIDENT
_OWNS = Credential.OWN
_ACTIVE = Card.ACTIVE
_AUTOMATIC = Till.AUTOMATIC
_OF_WALLET = (Segment.WALLET,)
_CALL, _QUOTA = Funding.CALL, Funding.QUOTA
_ON_REQUEST = Till.ON_REQUEST
