"""Splitting an own share over accounts by priority: who pays how much, and why.

The candidates are put in order, asked what bars and what limits them, laid out as plain numbers
for `domain.waterfall`, and what it gives is read back as legs, cash and a trial for each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain import waterfall as kernel
from domain.account import NOTHING, Amounts, amounts
from domain.claim import Allocation, Claim, ClaimRequest, Leg, Trial
from domain.codes import Order, OwnFirst, Segment
from domain.eligibility import (
    Barrier,
    Bound,
    Candidate,
    barrier,
    bound,
    line_barrier,
    shareable_fen,
)
from domain.ids import PersonId, PoolId
from domain.reasons import Reason
from domain.rules import RuleSet

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
    payers = [(c.person.id, _segments(c)) for c in candidates]
    legs = _legs(payers, [line.no for line in request.lines], gave)
    assert rest + sum(leg.amount_fen for leg in legs) == request.own_fen, "money in = money out"
    trials = tuple(
        _trial(request, c, barriers[i] or bounds[i], why[i], _paid(case, gave, i))
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


def draw_on_holds(
    allocation: Allocation, held: Mapping[PersonId, Amounts], *, need: Mapping[int, int]
) -> tuple[tuple[Leg, ...], tuple[tuple[int, int], ...]]:
    """Let what is held pay a final own share: legs, and what is left for cash.

    The order of the accounts and the lines each may pay are those of the allocation; the amounts
    are split anew, so that what one line no longer needs pays another. `need` and the cash are
    fen by line number. Money held before a rollover has become prior money.
    """
    trials = [trial for trial in allocation.trials if trial.gave_fen]
    payers = [(t.account, _held_segments(allocation, held[t.account], t.account)) for t in trials]
    case = kernel.Case(
        need=list(need.values()),
        room=[fen for person, segments in payers for fen in _padded(held[person], segments)],
        cap=[held[person].total_fen for person, _ in payers],
        may_pay=[int(line in trial.lines) for trial in trials for line in need],
        own=[int(trial.pool is None) for trial in trials],
        fall_through=1,
        own_must_be_empty=0,
    )
    gave = [0] * (len(trials) * _SEGMENTS * len(need))
    kernel.waterfall(case, gave, [0] * len(trials))
    return _legs(payers, list(need), gave), tuple(zip(need, case.need, strict=True))


def _held_segments(allocation: Allocation, held: Amounts, person: PersonId) -> tuple[Segment, ...]:
    """Give the segments that hold money now, in the order in which they were to pay."""
    order = [leg.segment for leg in allocation.legs if leg.account == person]
    return tuple(s for s in dict.fromkeys((*order, Segment.PRIOR)) if held.of(s))


def by_account(legs: Sequence[Leg]) -> dict[PersonId, Amounts]:
    """Sum legs by account, in order of first payment."""
    sums: dict[PersonId, Amounts] = {}
    for leg in legs:
        paid = sums.get(leg.account, NOTHING)
        sums[leg.account] = paid + amounts(leg.segment, leg.amount_fen)
    return sums


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
    filed = candidate.binding.bound_on.toordinal() * 10**6 + candidate.binding.filing_no
    chosen = candidate.pool.orders.get(patient, ())
    if (rules.pool.reorder or rules.pool.order is Order.USER_SET) and (
        candidate.person.id in chosen
    ):
        return chosen.index(candidate.person.id) * 10**13 + filed - 10**17
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
    """Give what is available by segment in paying order."""
    account = candidate.person.account
    return _padded(account.available if account else NOTHING, _segments(candidate))


def _padded(available: Amounts, segments: Sequence[Segment]) -> list[int]:
    """Give amounts by segment in paying order, padded to the width of the table."""
    return [available.of(s) for s in segments] + [0] * (_SEGMENTS - len(segments))


def _legs(
    payers: Sequence[tuple[PersonId, Sequence[Segment]]],
    lines: Sequence[int],
    gave: Sequence[int],
) -> tuple[Leg, ...]:
    """Read legs back from the flat table of what was given; segments in paying order."""
    return tuple(
        Leg(account=person, segment=segment, line=line, amount_fen=fen)
        for i, (person, segments) in enumerate(payers)
        for s, segment in enumerate(segments)
        for j, line in enumerate(lines)
        if (fen := gave[(i * _SEGMENTS + s) * len(lines) + j])
    )


def _paid(case: kernel.Case, gave: Sequence[int], i: int) -> tuple[int, Sequence[int]]:
    """Give what a candidate paid, and which lines it may pay (1) or not (0)."""
    lines = len(case.need)
    width = _SEGMENTS * lines
    return sum(gave[i * width : (i + 1) * width]), case.may_pay[i * lines : (i + 1) * lines]


def _trial(
    request: ClaimRequest,
    candidate: Candidate,
    decided: Barrier | Bound | None,
    why: int,
    paid: tuple[int, Sequence[int]],
) -> Trial:
    """Say what a candidate gave and why."""
    gave_fen, may_pay = paid
    reason, rule, bound_fen = _reason(request, candidate, decided, why)
    account = candidate.person.account
    return Trial(
        account=candidate.person.id,
        pool=candidate.pool.id if candidate.pool else None,
        version=candidate.version,
        rule_set=candidate.rules.id,
        account_year=candidate.account_year_of(request.service_date),
        open_year=account.account_year if account else None,
        lines=tuple(line.no for line, may in zip(request.lines, may_pay, strict=True) if may),
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
