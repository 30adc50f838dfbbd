"""A rule learned late: which settlements would have come out otherwise, as proposals.

Nothing recorded is rewritten. Whoever accepts a proposal cancels the settlement and settles the
claim anew, and both are recorded.
"""

from __future__ import annotations

from typing import NamedTuple

from domain.claim import Claim, claim_stream
from domain.ids import ClaimId, RuleSetId, SettlementId
from domain.refusals import Refusal
from domain.rules import RuleBook, RuleSet
from ledger.redecide import Decision, States, decide_under, decision_in
from ledger.store import Store
from simulation.what_if import Changed, changed_by


class Proposal(NamedTuple):
    """A settlement that stays paid, and what the rules known now make of it.

    `rule_set` is that of today's book for the same region and day, None where it has none;
    `parameters` names the rules that differ from the recorded ones, where both are known.
    """

    settlement: SettlementId
    decision: Decision
    changed: Changed
    rule_set: RuleSetId | None
    parameters: tuple[str, ...]


def proposals(store: Store, book: RuleBook) -> list[Proposal]:
    """Hold every settlement that stays paid against the rules of a book, in order of settling.

    Only a claim's last decision counts: what was cancelled wholly needs no adjustment.

    Raises:
        StoreError: the history cannot be read.
    """
    states = States()
    found: dict[ClaimId, tuple[Decision, Changed]] = {}
    for _, event in store.events():
        decision = decision_in(event)
        if decision is not None:
            claim = decision.request.claim
            found.pop(claim, None)
            changed = changed_by(decision, decide_under(states.state_at, decision, book=book))
            if changed is not None:
                found[claim] = decision, changed
        states.fold(event)
    made = []
    for claim, (decision, changed) in found.items():
        state = states.latest(claim_stream(claim))
        assert isinstance(state, Claim)
        if state.is_paid and state.settlement is not None:
            made.append(_proposal(state.settlement, decision, changed, book=book))
    return made


def _proposal(
    settlement: SettlementId, decision: Decision, changed: Changed, *, book: RuleBook
) -> Proposal:
    allocation = decision.allocation
    now = book.resolve(allocation.region, decision.request.service_date)
    if isinstance(now, Refusal):
        return Proposal(settlement, decision, changed, None, ())
    before = book.by_id(allocation.rule_set)
    return Proposal(settlement, decision, changed, now.id, differing(before, now))


def differing(before: RuleSet | None, now: RuleSet) -> tuple[str, ...]:
    """Name the rules whose values differ between two rule sets; of an unknown one, none."""
    if before is None:
        return ()
    return tuple(name for name in now.citations if before.value(name) != now.value(name))
