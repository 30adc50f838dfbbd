"""Splitting an own share over accounts by priority: who pays how much, and why.

The candidates are put in order, asked what bars and what limits them, laid out as plain numbers
for `domain.waterfall`, and what it gives is read back as legs, cash and a trial for each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import compress

from msgspec.structs import replace

from domain import waterfall as kernel
from domain.amounts import NOTHING, Amounts, amounts
from domain.claim import Allocation, Claim, ClaimRequest, Leg, Trial
from domain.codes import Order, OwnFirst, Segment
from domain.eligibility import (
    Candidate,
    Visit,
    barrier_at,
    bound,
    line_barrier,
    shareable_fen,
    visit_of,
)
from domain.funding import funded
from domain.ids import PersonId, PoolId
from domain.person import Person
from domain.reasons import Reason
from domain.record import Record
from domain.rules import RuleSet
from domain.verdicts import Barrier, Bound
from domain.wallet import WALLET

_SEGMENTS = 2
_WALLET = Segment.WALLET


class Situation(Record, frozen=True):
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
    candidates = candidates_of(request, situation)
    visit = visit_of(request, patient)
    offers = [_offer(candidate, request, visit) for candidate in candidates]
    case = _case(request, offers, patient.rules)
    numbers = [line.no for line in request.lines]
    gave = [0] * (len(offers) * _SEGMENTS * len(numbers))
    why = [0] * len(offers)
    rest = kernel.waterfall(case, gave, why)
    legs = _legs([(o.candidate.person.id, o.segments) for o in offers], numbers, gave)
    assert rest + sum([leg.amount_fen for leg in legs]) == request.own_fen, "money in = money out"
    width = _SEGMENTS * len(numbers)
    trials = []
    for i, offer in enumerate(offers):
        decided = _decided(request, offer, why[i])
        gave_fen = sum(gave[i * width : (i + 1) * width])
        trials.append(_trial(request, offer, decided, gave_fen=gave_fen, rules=patient.rules))
    return Allocation(
        region=patient.person.region_on(request.service_date),
        rule_set=patient.rules.id,
        dossier=patient.rules.dossier,
        legs=legs,
        cash_fen=tuple(zip(numbers, case.need, strict=True)),
        trials=tuple(trials),
        patient_version=patient.version,
        pools=situation.pools,
    )


def candidates_of(request: ClaimRequest, situation: Situation) -> list[Candidate]:
    """Give every account to be asked, in order: the own one, the wallet, then the relatives'."""
    patient = situation.patient
    day = request.service_date
    relatives = [funded(relative, patient.person, day=day) for relative in situation.relatives]
    candidates = [patient, *in_order(relatives, patient.rules, patient=patient.person.id)]
    if patient.person.wallet is not None and patient.person.wallet.available_fen:
        candidates.insert(1, replace(patient, own_wallet=True))
    return candidates


def draw_on_holds(
    allocation: Allocation,
    held: Mapping[PersonId, Amounts],
    *,
    wallet_fen: int,
    need: Mapping[int, int],
) -> tuple[tuple[Leg, ...], tuple[tuple[int, int], ...]]:
    """Let what is held pay a final own share: legs, and what is left for cash.

    The order of the accounts and the lines each may pay are those of the allocation; the amounts
    are split anew, so that what one line no longer needs pays another. `need` and the cash are
    fen by line number. Money held before a rollover has become prior money. `wallet_fen` is what
    is held of the patient's wallet.
    """
    trials = [trial for trial in allocation.trials if trial.gave_fen]
    pots = [_pot(allocation, trial, held, wallet_fen=wallet_fen) for trial in trials]
    payers = [(trial.account, segments) for trial, (segments, _) in zip(trials, pots, strict=True)]
    case = kernel.Case(
        need=list(need.values()),
        room=[fen for _, room in pots for fen in room],
        cap=[sum(room) for _, room in pots],
        may_pay=[int(line in trial.lines) for trial in trials for line in need],
        own=[int(trial.pool is None) for trial in trials],
        fall_through=1,
        own_must_be_empty=0,
    )
    gave = [0] * (len(trials) * _SEGMENTS * len(need))
    kernel.waterfall(case, gave, [0] * len(trials))
    return _legs(payers, list(need), gave), tuple(zip(need, case.need, strict=True))


def _pot(
    allocation: Allocation, trial: Trial, held: Mapping[PersonId, Amounts], *, wallet_fen: int
) -> tuple[tuple[Segment, ...], list[int]]:
    """Give the segments in which a payer holds money, in paying order, and how much in each."""
    if trial.purse == WALLET:
        return (_WALLET,), [wallet_fen, 0]
    segments = _held_segments(allocation, held[trial.account], trial.account)
    return segments, _padded(held[trial.account], segments)


def _held_segments(allocation: Allocation, held: Amounts, person: PersonId) -> tuple[Segment, ...]:
    """Give the segments that hold money now, in the order in which they were to pay."""
    order = [
        leg.segment
        for leg in allocation.legs
        if leg.account == person and leg.segment is not _WALLET
    ]
    return tuple(s for s in dict.fromkeys((*order, Segment.PRIOR)) if held.of(s))


def from_wallet(legs: Sequence[Leg]) -> int:
    """Give what the patient's wallet pays, in fen."""
    return sum([leg.amount_fen for leg in legs if leg.segment is _WALLET])


def by_account(legs: Sequence[Leg]) -> dict[PersonId, Amounts]:
    """Sum legs by personal account, in order of first payment; the wallet is none."""
    sums: dict[PersonId, Amounts] = {}
    for leg in legs:
        if leg.segment is _WALLET:
            continue
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
            return -shareable_fen(candidate)
        case Order.LOCAL_FIRST:
            local = candidate.rules.region == rules.region
            return filed if local else filed + 10**13
    assert rules.pool.order is Order.ARRIVAL
    return 0


class _Offer(Record, frozen=True):
    """What one candidate could give: which segments hold how much, to which lines, how much."""

    candidate: Candidate
    segments: tuple[Segment, ...]  # that pay, in order
    room: list[int]  # fen by segment
    may_pay: list[int]  # 1 or 0 by line
    cap: int  # fen
    limit: Barrier | Bound | None  # what bars or limits it


def _offer(candidate: Candidate, request: ClaimRequest, visit: Visit) -> _Offer:
    """Ask what a candidate could give."""
    segments = candidate.segments
    barred = barrier_at(candidate, request, visit=visit)
    if candidate.own_wallet:
        room = _wallet_room(candidate.person, barred)
    else:
        room = _padded(candidate.money, segments)
    if barred is not None:
        return _Offer(candidate, segments, room, [0] * len(request.lines), 0, barred)
    may_pay = [int(line_barrier(candidate, line) is None) for line in request.lines]
    limit = bound(candidate, request)
    cap = sum(room) if limit is None else limit.fen
    return _Offer(candidate, segments, room, may_pay, cap, limit)


def _wallet_room(person: Person, barred: Barrier | None) -> list[int]:
    """Give what a wallet may pay, padded; nothing that is left in a barred one stops relatives."""
    assert person.wallet is not None
    return [person.wallet.available_fen if barred is None else 0, 0]


def _case(request: ClaimRequest, offers: Sequence[_Offer], rules: RuleSet) -> kernel.Case:
    """Lay out the offers as plain numbers for the waterfall."""
    room: list[int] = []
    may_pay: list[int] = []
    for offer in offers:
        room += offer.room
        may_pay += offer.may_pay
    return kernel.Case(
        need=[line.total_fen - line.fund_fen for line in request.lines],
        room=room,
        cap=[offer.cap for offer in offers],
        may_pay=may_pay,
        own=[int(offer.candidate.pool is None) for offer in offers],
        fall_through=int(rules.pool.fall_through),
        own_must_be_empty=int(rules.pool.own_first is _MUST_BE_EMPTY),
    )


_MUST_BE_EMPTY = OwnFirst.MUST_BE_EMPTY


def _padded(available: Amounts, segments: Sequence[Segment]) -> list[int]:
    """Give amounts by segment in paying order, padded to the width of the table."""
    room = [available.of(segment) for segment in segments]
    return room if len(room) == _SEGMENTS else room + [0] * (_SEGMENTS - len(room))


def _legs(
    payers: Sequence[tuple[PersonId, Sequence[Segment]]],
    lines: Sequence[int],
    gave: Sequence[int],
) -> tuple[Leg, ...]:
    """Read legs back from the flat table of what was given; segments in paying order."""
    legs = []
    for cell, fen in enumerate(gave):
        if fen:
            row, line = divmod(cell, len(lines))
            person, segments = payers[row // _SEGMENTS]
            legs.append(Leg(person, segments[row % _SEGMENTS], lines[line], fen))
    return tuple(legs)


class _Decided(Record, frozen=True):
    """What decided about a candidate: the reason, the rule behind it and its amount."""

    reason: Reason
    rule: str | None = None
    fen: int | None = None


def _trial(
    request: ClaimRequest, offer: _Offer, decided: _Decided, *, gave_fen: int, rules: RuleSet
) -> Trial:
    """Say what a candidate gave and why; `rules` are the patient's."""
    candidate = offer.candidate
    account = candidate.person.account
    return Trial(
        account=candidate.person.id,
        pool=candidate.pool.id if candidate.pool else None,
        version=candidate.version,
        account_year=candidate.account_year_of(request.service_date),
        open_year=account.account_year if account else None,
        lines=tuple(compress([line.no for line in request.lines], offer.may_pay)),
        gave_fen=gave_fen,
        reason=decided.reason,
        rule=decided.rule,
        bound_fen=decided.fen,
        rule_set=None if candidate.rules.id == rules.id else candidate.rules.id,
        purse=candidate.purse,
    )


def _decided(request: ClaimRequest, offer: _Offer, why: int) -> _Decided:
    """Translate the waterfall's number."""
    if why == kernel.EMPTY and offer.candidate.purse:
        return _BY_WALLET if offer.candidate.by_wallet else _BY_POOL
    if why in _PLAIN:
        return _PLAIN[why]
    limit = offer.limit
    if why == kernel.BARRED:
        if not isinstance(limit, Barrier):
            barred = (line_barrier(offer.candidate, line) for line in request.lines)
            limit = next(filter(None, barred))
        return _Decided(limit.reason, limit.rule)
    assert isinstance(limit, Bound), "only a limit caps"
    return _Decided(limit.reason, limit.rule, limit.fen)


_BY_POOL = _Decided(Reason.NOTHING_SET_ASIDE, "pool.funding")
_BY_WALLET = _Decided(Reason.NOTHING_SET_ASIDE, "wallet.model")
_PLAIN = {
    kernel.NOTHING_LEFT: _Decided(Reason.NOTHING_LEFT_TO_PAY, "pool.order"),
    kernel.PAID_THE_REST: _Decided(Reason.PAID_THE_REST),
    kernel.EMPTIED: _Decided(Reason.GAVE_ALL_IT_HAD),
    kernel.EMPTY: _Decided(Reason.EMPTY, "pool.segments"),
    kernel.OTHER_PAID: _Decided(Reason.OTHER_GRANTOR_PAID, "pool.fall_through"),
    kernel.OWN_LEFT: _Decided(Reason.OWN_NOT_USED_UP, "pool.own_first"),
}
