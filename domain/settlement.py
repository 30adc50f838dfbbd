"""Deciding a claim: who pays how much, and why. Quote, settle at once, or hold.

`allocate` is the whole decision; quote shows it, `settle` and `authorize` turn it into facts.
Capturing and releasing a hold stand in `domain.holding`, giving money back in `domain.undoing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain import waterfall as kernel
from domain.account import NOTHING, AccountDebited, AccountHeld, Amounts, amounts
from domain.claim import (
    Allocation,
    Claim,
    ClaimAuthorized,
    ClaimRequest,
    ClaimSettled,
    Leg,
    Trial,
    claim_stream,
)
from domain.codes import Order, OwnFirst, Segment
from domain.eligibility import (
    Barrier,
    Bound,
    Candidate,
    barrier,
    bound,
    check_claim,
    check_form,
    line_barrier,
    shareable_fen,
)
from domain.facts import Change, Fact, Outcome
from domain.ids import PersonId, PoolId, settlement_id
from domain.reasons import Reason
from domain.refusals import Code, Refusal, refuse
from domain.rules import RuleSet
from domain.time import service_date_of

_SEGMENTS = 2


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything a decision about a claim may look at, read at one moment.

    `patient` is the own account's candidate and carries the rules of the patient's area;
    `relatives` are all grantors with a relation to the patient, ended ones included; `pools`
    names the pools that were read with their versions; `claim` is what is known of the claim.
    """

    patient: Candidate
    relatives: tuple[Candidate, ...]
    pools: tuple[tuple[PoolId, int], ...]
    claim: Claim | None
    now: datetime


def quote(request: ClaimRequest, situation: Situation) -> Allocation | Refusal:
    """Decide what would be paid. Nothing is recorded."""
    patient = situation.patient
    if refusal := check_form(request, today=service_date_of(situation.now)):
        return refusal
    if situation.claim is not None and not situation.claim.may_start:
        return refuse(Code.CLAIM_EXISTS, claim=request.claim, status=situation.claim.status)
    if refusal := check_claim(request, patient.person, rules=patient.rules):
        return refusal
    return allocate(request, situation)


def settle(request: ClaimRequest, situation: Situation) -> Outcome:
    """Decide and pay at once: one fact for the claim and one for each account that pays."""
    allocation = quote(request, situation)
    if isinstance(allocation, Refusal):
        return allocation
    today = service_date_of(situation.now)
    settlement = settlement_id(request.claim, _attempt(situation))
    settled = ClaimSettled(
        effective_on=today, settlement=settlement, request=request, allocation=allocation
    )
    payers = _payers(allocation, situation)
    return (
        Change(claim_stream(request.claim), settled),
        *(
            _change(
                payer,
                AccountDebited(
                    effective_on=today,
                    claim=request.claim,
                    settlement=settlement,
                    beneficiary=request.patient,
                    service_date=request.service_date,
                    account_year=payer.account_year_of(request.service_date),
                    taken=taken,
                    left=left,
                ),
            )
            for payer, taken, left in payers
        ),
    )


def authorize(request: ClaimRequest, situation: Situation, *, expires_at: datetime) -> Outcome:
    """Decide and hold the whole allocation until `expires_at`."""
    allocation = quote(request, situation)
    if isinstance(allocation, Refusal):
        return allocation
    if expires_at <= situation.now:
        return refuse(Code.HOLD_END_PAST, expires_at=expires_at.isoformat())
    today = service_date_of(situation.now)
    authorized = ClaimAuthorized(
        effective_on=today, request=request, allocation=allocation, expires_at=expires_at
    )
    payers = _payers(allocation, situation)
    return (
        Change(claim_stream(request.claim), authorized),
        *(
            _change(
                payer,
                AccountHeld(
                    effective_on=today,
                    claim=request.claim,
                    beneficiary=request.patient,
                    service_date=request.service_date,
                    account_year=payer.account_year_of(request.service_date),
                    held=held,
                    expires_at=expires_at,
                    left=left,
                ),
            )
            for payer, held, left in payers
        ),
    )


def _attempt(situation: Situation) -> int:
    return situation.claim.attempt + 1 if situation.claim else 1


def _change(payer: Candidate, fact: Fact) -> Change:
    return Change(payer.person.stream, fact)


def _payers(
    allocation: Allocation, situation: Situation
) -> list[tuple[Candidate, Amounts, Amounts]]:
    """Give each paying account with what it pays and what is then available, in order."""
    by_id = {c.person.id: c for c in (situation.patient, *situation.relatives)}
    payers = []
    for person, taken in by_account(allocation.legs).items():
        account = by_id[person].person.account
        assert account is not None
        left = account.available - taken
        assert left.is_valid(), "nobody pays more than is available"
        payers.append((by_id[person], taken, left))
    return payers


def by_account(legs: Sequence[Leg]) -> dict[PersonId, Amounts]:
    """Sum legs by account, in order of first payment."""
    sums: dict[PersonId, Amounts] = {}
    for leg in legs:
        paid = sums.get(leg.account, NOTHING)
        sums[leg.account] = paid + amounts(leg.segment, leg.amount_fen)
    return sums


def allocate(request: ClaimRequest, situation: Situation) -> Allocation:
    """Split the own share over accounts by priority; the rest of each line is cash."""
    patient = situation.patient
    candidates = [patient, *in_order(situation.relatives, patient.rules, patient=patient.person.id)]
    barriers = [barrier(c, request, patient=patient.person) for c in candidates]
    bounds = [None if b else bound(c, request) for c, b in zip(candidates, barriers, strict=True)]
    case = _case(request, candidates, barriers, bounds)
    lines = len(request.lines)
    gave = [0] * (len(candidates) * _SEGMENTS * lines)
    why = [0] * len(candidates)
    rest = kernel.waterfall(case, gave, why)
    legs = _legs(request, candidates, gave)
    assert rest + sum(leg.amount_fen for leg in legs) == request.own_fen, "money in = money out"
    trials = tuple(
        _trial(request, c, barriers[i] or bounds[i], why[i], sum(_share(gave, i, lines)))
        for i, c in enumerate(candidates)
    )
    return Allocation(
        region=patient.person.region_on(request.service_date),
        rule_set=patient.rules.id,
        dossier=patient.rules.dossier,
        legs=legs,
        cash_fen=tuple((line.no, fen) for line, fen in zip(request.lines, case.need, strict=True)),
        trials=trials,
        patient_version=patient.version,
        pools=situation.pools,
    )


def in_order(
    relatives: Sequence[Candidate], rules: RuleSet, *, patient: PersonId
) -> list[Candidate]:
    """Put grantors in the order of the patient's area; equal ones stand by person id."""
    by_id = sorted(relatives, key=lambda c: c.person.id)
    order = [0] * len(by_id)
    kernel.sort_by_key([_key(c, rules, patient) for c in by_id], order)
    return [by_id[i] for i in order]


def _key(candidate: Candidate, rules: RuleSet, patient: PersonId) -> int:
    """Give the place of a grantor as a whole number, smallest first to pay."""
    assert candidate.pool is not None
    assert candidate.binding is not None
    chosen = candidate.pool.orders.get(patient, ())
    if (rules.pool.reorder or rules.pool.order is Order.USER_SET) and (
        candidate.person.id in chosen
    ):
        return chosen.index(candidate.person.id) - 10**15
    filed = candidate.binding.bound_on.toordinal() * 10**6 + candidate.binding.filing_no
    match rules.pool.order:
        case Order.FILING | Order.USER_SET:
            return filed
        case Order.LAST_BOUND:
            return -filed
        case Order.LARGEST_BALANCE:
            account = candidate.person.account
            return -shareable_fen(account, candidate) if account else 0
    assert rules.pool.order is Order.ARRIVAL
    return 0


def _case(
    request: ClaimRequest,
    candidates: Sequence[Candidate],
    barriers: Sequence[Barrier | None],
    bounds: Sequence[Bound | None],
) -> kernel.Case:
    """Lay out the candidates as plain numbers for the waterfall."""
    room: list[int] = []
    may_pay: list[int] = []
    for candidate, barred in zip(candidates, barriers, strict=True):
        room += _room(candidate)
        may_pay += [
            int(barred is None and line_barrier(candidate, line) is None) for line in request.lines
        ]
    rules = candidates[0].rules.pool
    return kernel.Case(
        need=[line.own_fen for line in request.lines],
        room=room,
        cap=[
            limit.fen if limit else sum(room[i * _SEGMENTS : (i + 1) * _SEGMENTS])
            for i, limit in enumerate(bounds)
        ],
        may_pay=may_pay,
        own=[int(c.is_own) for c in candidates],
        fall_through=int(rules.fall_through),
        own_must_be_empty=int(rules.own_first is OwnFirst.MUST_BE_EMPTY),
    )


def _segments(candidate: Candidate) -> tuple[Segment, ...]:
    rules = candidate.rules.own if candidate.is_own else candidate.rules.pool
    return rules.segments.segments


def _room(candidate: Candidate) -> list[int]:
    """Give what is available by segment in paying order, padded to the width of the table."""
    account = candidate.person.account
    room = [account.available.of(s) for s in _segments(candidate)] if account else []
    return room + [0] * (_SEGMENTS - len(room))


def _share(gave: Sequence[int], i: int, lines: int) -> Sequence[int]:
    """Cut one candidate's part out of the flat table of what was given."""
    return gave[i * _SEGMENTS * lines : (i + 1) * _SEGMENTS * lines]


def _legs(
    request: ClaimRequest, candidates: Sequence[Candidate], gave: Sequence[int]
) -> tuple[Leg, ...]:
    lines = len(request.lines)
    return tuple(
        Leg(
            account=candidate.person.id,
            segment=segment,
            line=line.no,
            amount_fen=fen,
        )
        for i, candidate in enumerate(candidates)
        for s, segment in enumerate(_segments(candidate))
        for j, line in enumerate(request.lines)
        if (fen := _share(gave, i, lines)[s * lines + j])
    )


def _trial(
    request: ClaimRequest,
    candidate: Candidate,
    decided: Barrier | Bound | None,
    why: int,
    gave_fen: int,
) -> Trial:
    """Say what a candidate gave and why."""
    reason, rule, bound_fen = _reason(request, candidate, decided, why)
    account = candidate.person.account
    return Trial(
        account=candidate.person.id,
        pool=candidate.pool.id if candidate.pool else None,
        version=candidate.version,
        rule_set=candidate.rules.id,
        account_year=candidate.account_year_of(request.service_date),
        open_year=account.account_year if account else None,
        gave_fen=gave_fen,
        reason=reason,
        rule=rule,
        bound_fen=bound_fen,
    )


def _reason(
    request: ClaimRequest, candidate: Candidate, decided: Barrier | Bound | None, why: int
) -> tuple[Reason, str | None, int | None]:
    """Translate the waterfall's number into a reason, the rule behind it and its amount."""
    match why:
        case kernel.BARRED:
            if not isinstance(decided, Barrier):
                decided = next(filter(None, (line_barrier(candidate, x) for x in request.lines)))
            return decided.reason, decided.rule, None
        case kernel.CAPPED | kernel.CAP_ZERO:
            assert isinstance(decided, Bound), "only a limit caps"
            return decided.reason, decided.rule, decided.fen
        case _:
            return *_PLAIN[why], None


_PLAIN: dict[int, tuple[Reason, str | None]] = {
    kernel.NOTHING_LEFT: (Reason.NOTHING_LEFT_TO_PAY, "pool.order"),
    kernel.PAID_THE_REST: (Reason.PAID_THE_REST, None),
    kernel.EMPTIED: (Reason.GAVE_ALL_IT_HAD, None),
    kernel.EMPTY: (Reason.EMPTY, "pool.segments"),
    kernel.OTHER_PAID: (Reason.OTHER_GRANTOR_PAID, "pool.fall_through"),
    kernel.OWN_LEFT: (Reason.OWN_NOT_USED_UP, "pool.own_first"),
}
