"""Deciding a recorded settlement again, from what was recorded, under its recorded rules.

The states are folded up to the versions that the decision names, the rule sets are found by the
ids it names, and the same function decides. What comes out must be what was recorded (I13).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, cast

from domain.allocation import Situation
from domain.claim import ClaimAuthorized, ClaimSettled, claim_stream
from domain.eligibility import Candidate
from domain.facts import Kind, Stream
from domain.person import person_stream
from domain.pool import pool_stream
from domain.reasons import Reason
from domain.refusals import Refusal
from domain.settlement import quote
from domain.wallet import WALLET
from ledger.view import EVOLVE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from domain.claim import Allocation, Claim, ClaimRequest, Trial
    from domain.ids import ClaimId, PoolId, RegionCode, RuleSetId
    from domain.person import Person
    from domain.pool import Pool
    from domain.rules import RuleBook, RuleSet
    from ledger.store import Store


class Decision(NamedTuple):
    """A recorded decision: what was asked, what was decided, when, and in which attempt."""

    request: ClaimRequest
    allocation: Allocation
    recorded_at: datetime
    version: int
    attempt: int


class RulesMissing(Exception):  # noqa: N818 - the name says what is wrong
    """The rule book does not hold a rule set that a recorded decision names."""

    def __init__(self, rule_set: RuleSetId) -> None:
        """Name the rule set."""
        self.rule_set = rule_set
        super().__init__(f"rule set {rule_set} is not in the rule book")


def decisions(store: Store, claim: ClaimId) -> Iterator[Decision]:
    """Give every decision recorded about a claim, oldest first."""
    attempt = 0
    for event in store.stream(claim_stream(claim)):
        if isinstance(event.fact, ClaimSettled | ClaimAuthorized):
            attempt += 1
            yield Decision(
                event.fact.request,
                event.fact.allocation,
                event.meta.recorded_at,
                event.originator_version,
                attempt,
            )


StateAt = Callable[[Stream, int], object]
"""Gives the state of a stream at a version; None at version 0."""


def redecide(store: Store, decision: Decision, *, book: RuleBook) -> Allocation | Refusal:
    """Decide a recorded claim again; the same allocation proves the recorded one.

    Raises:
        RulesMissing: the rule book does not hold a recorded rule set.
    """
    return redecide_from(state_at(store), decision, book=book)


def redecide_from(state_at: StateAt, decision: Decision, *, book: RuleBook) -> Allocation | Refusal:
    """Decide a recorded claim again, from states that somebody else has folded.

    Raises:
        RulesMissing: the rule book does not hold a recorded rule set.
    """
    return quote(decision.request, situation_of(state_at, decision, book=book))


def situation_of(state_at: StateAt, decision: Decision, *, book: RuleBook) -> Situation:
    """Rebuild what a recorded decision looked at.

    Raises:
        RulesMissing: the rule book does not hold a recorded rule set.
    """
    allocation = decision.allocation
    pools = {
        pool: cast("Pool", state_at(pool_stream(pool), version))
        for pool, version in allocation.pools
    }
    candidates = [
        _candidate(state_at, trial, pools, decision=decision, book=book)
        for trial in allocation.trials
        if trial.purse != WALLET  # its candidate is made from the patient's
    ]
    before = state_at(claim_stream(decision.request.claim), decision.version - 1)
    return Situation(
        patient=candidates[0],
        relatives=tuple(candidates[1:]),
        pools=allocation.pools,
        claim=cast("Claim | None", before),
        now=decision.recorded_at,
    )


def _candidate(
    state_at: StateAt,
    trial: Trial,
    pools: dict[PoolId, Pool],
    *,
    decision: Decision,
    book: RuleBook,
) -> Candidate:
    pool = pools[trial.pool] if trial.pool else None
    day = decision.request.service_date
    person = cast("Person", state_at(person_stream(trial.account), trial.version))
    return Candidate(
        person=person,
        version=trial.version,
        rules=_rules(book, decision.allocation.rule_set_of(trial), person.region_on(day), day),
        pool=pool,
        binding=pool.binding(trial.account, decision.request.patient) if pool else None,
        ruled=trial.reason is not Reason.AREA_WITHOUT_RULES,
    )


def _rules(book: RuleBook, rule_set: RuleSetId, region: RegionCode, day: date) -> RuleSet:
    """Find a recorded rule set: the one in force if it still is that one, else by its id.

    Rule sets with the same values share an id; the one in force on the day also has the
    citations and the dossier of that day.
    """
    in_force = book.resolve(region, day)
    if not isinstance(in_force, Refusal) and in_force.id == rule_set:
        return in_force
    rules = book.by_id(rule_set)
    if rules is None:
        raise RulesMissing(rule_set)
    return rules


def state_at(store: Store) -> StateAt:
    """Give a function that folds streams of a store up to a version."""
    return partial(_fold, store)


def _fold(store: Store, stream: Stream, version: int) -> object:
    state = None
    for event in store.stream(stream):
        if event.originator_version > version:
            break
        state = EVOLVE[Kind(stream.kind)](state, event.fact)
    return state
