"""What if the rules were others: the same claims decided twice, and what differs in money.

A *history* is decided again claim by claim, each with the people, families and balances of its own
moment: nothing of an earlier difference is carried into a later claim. A *scenario* is played
again from its beginning, so that differences have their consequences.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from domain.claim import Allocation, ClaimRequest, Leg
from domain.codes import Segment
from domain.ids import ClaimId, PersonId
from domain.refusals import Refusal
from domain.rules import RuleBook
from ledger import store as stores
from ledger.application import Application
from ledger.redecide import Decision, StateAt, States, decide_under, decision_in
from ledger.store import Store
from simulation.scenario import run
from simulation.scenario_outcome import Payment, standing
from simulation.scenario_steps import ScenarioNode

FUND, OWN, WALLET, AID, CASH = "fund", "own_account", "wallet", "mutual_aid", "cash"


class Payer(NamedTuple):
    """Who pays: the pooled fund, own account, own wallet, a relative's account (named), or cash."""

    kind: str
    account: PersonId | None = None


Bill = Mapping[Payer, int]
"""Fen by payer; payers of nothing are left out."""


class Changed(NamedTuple):
    """A claim that comes out differently. A refused claim has no bill, but may have a reason."""

    claim: str
    before: Bill | None
    after: Bill | None
    refusal: Refusal | None = None

    @property
    def moved_fen(self) -> int:
        """Give the fen that somebody else pays now, or nobody any more."""
        found = difference(self.before, self.after).values()
        return max(sum(fen for fen in found if fen > 0), -sum(fen for fen in found if fen < 0))


class Comparison(NamedTuple):
    """How many claims were decided both ways, and those that differ."""

    decided: int
    changed: tuple[Changed, ...]

    def by_payer(self) -> dict[Payer, tuple[int, int]]:
        """Give fen before and after of every payer of a changed claim."""
        before, after = Counter[Payer](), Counter[Payer]()
        for each in self.changed:
            before.update(each.before or {})
            after.update(each.after or {})
        return {
            payer: (before[payer], after[payer]) for payer in sorted({*before, *after}, key=str)
        }


def compare_history(store: Store, book: RuleBook) -> Comparison:
    """Decide every recorded settlement and hold again by the rules of another book.

    Raises:
        StoreError: the history cannot be read.
    """
    decided, changed = 0, []
    for decision, state_at in each_decision(store):
        decided += 1
        found = changed_by(decision, decide_under(state_at, decision, book=book))
        if found is not None:
            changed.append(found)
    return Comparison(decided, tuple(changed))


def each_decision(store: Store) -> Iterator[tuple[Decision, StateAt]]:
    """Give every recorded decision at its moment, oldest first, in one pass over the history.

    An offer is left out: it pays nothing, and accepting it is a decision of its own.
    """
    states = States()
    for _, event in store.events():
        decision = decision_in(event)
        if decision is not None and not decision.offered:
            yield decision, states.state_at
        states.fold(event)


def changed_by(decision: Decision, after: Allocation | Refusal) -> Changed | None:
    """Hold a recorded decision and another one together; None: everybody pays the same."""
    claim = decision.request.claim
    before = _bill(decision.request, decision.allocation)
    if isinstance(after, Refusal):
        return Changed(claim, before, None, after)
    bill = _bill(decision.request, after)
    return None if bill == before else Changed(claim, before, bill)


def compare_scenario(scenario: ScenarioNode, *, before: RuleBook, after: RuleBook) -> Comparison:
    """Play a scenario by two rule books and hold the claims as they stand in the end together."""
    was, now = (_played(scenario, book) for book in (before, after))
    changed = [Changed(claim, was[claim], now[claim]) for claim in was if was[claim] != now[claim]]
    return Comparison(len(was), tuple(changed))


def _played(scenario: ScenarioNode, book: RuleBook) -> dict[str, Bill | None]:
    """Give every claim of a scenario as it stands in the end; None: it was never settled."""
    with stores.memory() as store:
        run(scenario, book, name="what-if", store=store)
        with Application(store, book) as application:
            found = {name: application.claim(ClaimId(name)) for name in scenario.claims}
    return {
        name: None if claim is None else _paid(standing(claim)) for name, claim in found.items()
    }


def _bill(request: ClaimRequest, allocation: Allocation) -> Bill:
    cash_fen = allocation.total_cash_fen
    return _paid(Payment(request.patient, request.fund_fen, allocation.legs, cash_fen))


def _paid(payment: Payment) -> Bill:
    bill = Counter({Payer(FUND): payment.fund_fen, Payer(CASH): payment.cash_fen})
    bill.update(_by_account(payment.patient, payment.legs))
    return {payer: fen for payer, fen in bill.items() if fen}


def _by_account(patient: PersonId, legs: Iterable[Leg]) -> Counter[Payer]:
    paid = Counter[Payer]()
    for leg in legs:
        paid[_payer(patient, leg)] += leg.amount_fen
    return paid


def _payer(patient: PersonId, leg: Leg) -> Payer:
    if leg.segment is Segment.WALLET:
        return Payer(WALLET)
    return Payer(OWN) if leg.account == patient else Payer(AID, leg.account)


def difference(before: Bill | None, after: Bill | None) -> dict[Payer, int]:
    """Give what each payer pays more (or, below zero, less) than before, in fen."""
    was, now = before or {}, after or {}
    payers = {*was, *now}
    found = {payer: now.get(payer, 0) - was.get(payer, 0) for payer in sorted(payers, key=str)}
    return {payer: fen for payer, fen in found.items() if fen}
