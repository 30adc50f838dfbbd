"""Decisions to be explained: a quote made now, or a recorded one decided again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from cli.errors import failure, refused
from cli.session import basis_of, now, reading, rule_book
from domain.ids import ClaimId, SettlementId, claim_of
from domain.refusals import Code, Refusal, refuse
from domain.text import Text

if TYPE_CHECKING:
    from datetime import datetime

    from cli.settings import Settings
    from domain.allocation import Situation
    from domain.claim import Allocation, Claim, ClaimRequest
    from domain.eligibility import Candidate
    from domain.ids import PersonId
    from ledger.redecide import Decision
    from ledger.store import Store
    from projections.questions import Known


@dataclass(frozen=True)
class Decided:
    """A decision with what it looked at.

    `again` is what deciding it again gave, and `claim` where the claim stands now; both are None
    for a quote. `offer_minutes` is set where a second tap within them must come before payment.
    """

    request: ClaimRequest
    allocation: Allocation
    candidates: dict[PersonId, Candidate]
    decided_at: datetime
    position: int
    again: Allocation | Refusal | None = None
    claim: Claim | None = None
    attempt: int = 1
    offer_minutes: int | None = None
    as_known_at: Known = None

    @property
    def is_proven(self) -> bool:
        """Tell whether deciding again gave the same, to the fen and to the reason."""
        return self.again == self.allocation


def quoted(settings: Settings, request: ClaimRequest) -> Decided:
    """Decide a claim on the books as they are; nothing is written."""
    from domain.offering import offer
    from domain.settlement import quote
    from ledger.quoting import situation_now

    book, at = rule_book(), now(settings)
    with reading(settings) as store:
        position = store.recorder.last_position
        situation = situation_now(store, request, book=book, at=at)
    outcome = situation if isinstance(situation, Refusal) else quote(request, situation)
    if isinstance(situation, Refusal) or isinstance(outcome, Refusal):
        refusal = cast("Refusal", outcome)
        why = ""
        if not isinstance(situation, Refusal):
            ruled = (situation.patient.rules.region, request.service_date)
            why = basis_of(settings, book, refusal.rule, ruled)
        raise refused(refusal, settings.lang, why=why)
    minutes = situation.patient.rules.claim.offer_minutes
    return Decided(
        request,
        outcome,
        _by_person(situation),
        at,
        position,
        offer_minutes=minutes if offer(request, situation, allocation=outcome) else None,
    )


def recorded(settings: Settings, which: str) -> Decided:
    """Find a recorded decision by settlement or claim, and decide it again.

    With `--as-known-at` it is the last one that had been recorded by then, and the claim stands
    where it stood then.
    """
    from domain.settlement import quote
    from ledger.redecide import RulesMissing, situation_of, state_at
    from projections.moments import position_at

    book = rule_book()
    with reading(settings) as store:
        end = position_at(store, settings.as_known_at)
        decision = _decision(settings, store, which, end=end)
        claim = decision.request.claim
        try:
            situation = situation_of(state_at(store), decision, book=book)
        except RulesMissing as missing:
            says = Text("没有规则集 {rule_set}。", "There is no rule set {rule_set}.")
            code = "rules_missing"
            raise failure(code, says.say(settings.lang, rule_set=missing.rule_set)) from missing
        minutes = situation.patient.rules.claim.offer_minutes
        return Decided(
            decision.request,
            decision.allocation,
            _by_person(situation),
            decision.recorded_at,
            end,
            again=quote(decision.request, situation),
            claim=_claim_at(store, claim, end=end),
            attempt=decision.attempt,
            offer_minutes=minutes if decision.offered else None,
            as_known_at=settings.as_known_at,
        )


def _by_person(situation: Situation) -> dict[PersonId, Candidate]:
    return {it.person.id: it for it in (situation.patient, *situation.relatives)}


def _decision(settings: Settings, store: Store, which: str, *, end: int) -> Decision:
    """Give the decision of a settlement, or the last one of a claim, recorded up to a position."""
    if found := _decisions(store, ClaimId(which), end=end):
        return found[-1]
    attempt = which.rpartition("-")[2]
    for decision in reversed(_decisions(store, claim_of(SettlementId(which)), end=end)):
        if which.startswith("S-") and str(decision.attempt) == attempt:
            return decision
    raise refused(refuse(Code.UNKNOWN_CLAIM, claim=which), settings.lang)


def _decisions(store: Store, claim: ClaimId, *, end: int) -> list[Decision]:
    from ledger.redecide import decisions

    known = _version_at(store, claim, end=end)
    return [decision for decision in decisions(store, claim) if decision.version <= known]


def _claim_at(store: Store, claim: ClaimId, *, end: int) -> Claim:
    from domain.claim import claim_stream
    from ledger.redecide import state_at

    return cast("Claim", state_at(store)(claim_stream(claim), _version_at(store, claim, end=end)))


def _version_at(store: Store, claim: ClaimId, *, end: int) -> int:
    from domain.claim import claim_stream

    return sum(position <= end for position, _ in store.placed(claim_stream(claim)))
