"""Deciding a recorded settlement again, from what was recorded, under its recorded rules.

The states are folded up to the versions that the decision names, the rule sets are found by the
ids it names, and the same function decides. What comes out must be what was recorded (I13).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, cast

from domain.allocation import Situation
from domain.claim import ClaimOffered, Decisive, claim_stream
from domain.claim_fold import evolve
from domain.eligibility import Candidate
from domain.facts import Kind, Stream
from domain.person import person_stream
from domain.pool import pool_stream
from domain.reasons import Reason
from domain.refusals import Code, Refusal, refuse
from domain.settlement import quote
from domain.wallet import WALLET
from ledger.identity_map import Versioned
from ledger.view import EVOLVE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from domain.claim import Allocation, Claim, ClaimRequest, Trial
    from domain.ids import ClaimId, RegionCode, RuleSetId
    from domain.person import Person
    from domain.pool import Pool
    from domain.rules import RuleBook, RuleSet
    from ledger.recorded import RecordedEvent
    from ledger.store import Store


class Decision(NamedTuple):
    """A recorded decision: what was asked, what was decided, when, and in which attempt.

    `offered` tells a decision that waited for a second tap from one that was carried out. An
    attempt of 0 is not known: only those who show decisions to people count them.
    """

    request: ClaimRequest
    allocation: Allocation
    recorded_at: datetime
    version: int
    attempt: int
    offered: bool = False


class RulesMissing(Exception):  # noqa: N818 - the name says what is wrong
    """The rule book does not hold a rule set that a recorded decision names."""

    def __init__(self, rule_set: RuleSetId) -> None:
        """Name the rule set."""
        self.rule_set = rule_set
        super().__init__(f"rule set {rule_set} is not in the rule book")


def decisions(store: Store, claim: ClaimId) -> Iterator[Decision]:
    """Give every decision recorded about a claim, oldest first."""
    state: Claim | None = None
    for event in store.stream(claim_stream(claim)):
        state = evolve(state, event.fact)
        decision = decision_in(event, attempt=state.attempt)
        if decision is not None:
            yield decision


def decision_in(event: RecordedEvent, *, attempt: int = 0) -> Decision | None:
    """Give the decision that an event records, if it records one."""
    if not isinstance(event.fact, Decisive):
        return None
    return Decision(
        event.fact.request,
        event.fact.allocation,
        event.meta.recorded_at,
        event.originator_version,
        attempt,
        offered=isinstance(event.fact, ClaimOffered),
    )


StateAt = Callable[[Stream, int], object]
"""Gives the state of a stream at a version; None at version 0."""

RulesOf = Callable[["Trial", "RegionCode"], "RuleSet | None"]
"""Gives the rules by which a candidate of some area is tried again; None: there are none."""


class NotThere(LookupError):  # noqa: N818 - the name says what is wrong
    """A decision names a version of a stream at which the stream did not stand."""


class States:
    """The states of a history that is read from its beginning, one event after the other."""

    def __init__(self) -> None:
        """Start before the first event."""
        self._known: dict[Stream, Versioned] = {}

    def state_at(self, stream: Stream, version: int) -> object:
        """Give the state of a stream if it stands at a version now.

        Raises:
            NotThere: it stands at another one.
        """
        found = self._known.get(stream) or Versioned(None, 0)
        if found.version != version:
            place = f"{stream.kind}/{stream.key}@{version}"
            raise NotThere(place)
        return found.state

    def latest(self, stream: Stream) -> object:
        """Give the state of a stream as it stands now; None before its first event."""
        known = self._known.get(stream)
        return known.state if known else None

    def fold(self, event: RecordedEvent) -> None:
        """Take in an event. One that cannot follow raises what its aggregate raises."""
        before = self._known.get(event.stream) or Versioned(None, 0)
        state = EVOLVE[event.stream.kind](before.state, event.fact)
        self._known[event.stream] = Versioned(state, event.originator_version)

    def skip(self, event: RecordedEvent) -> None:
        """Count an event that cannot follow; the state stays."""
        before = self._known.get(event.stream) or Versioned(None, 0)
        self._known[event.stream] = Versioned(before.state, event.originator_version)


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


def decide_under(state_at: StateAt, decision: Decision, *, book: RuleBook) -> Allocation | Refusal:
    """Decide a recorded claim again by other rules: those that a book has for region and day.

    People, families and balances are what they were; only the rules differ.
    """
    day = decision.request.service_date

    def rules_of(_: Trial, region: RegionCode) -> RuleSet | None:
        rules = book.resolve(region, day)
        return None if isinstance(rules, Refusal) else rules

    situation = _situation(state_at, decision, rules_of)
    if situation is None:
        return refuse(Code.NO_RULE, region=decision.allocation.region, day=day.isoformat())
    return quote(decision.request, situation)


def situation_of(state_at: StateAt, decision: Decision, *, book: RuleBook) -> Situation:
    """Rebuild what a recorded decision looked at.

    Raises:
        RulesMissing: the rule book does not hold a recorded rule set.
    """

    def rules_of(trial: Trial, region: RegionCode) -> RuleSet | None:
        if trial.reason is Reason.AREA_WITHOUT_RULES:
            return None
        rule_set = decision.allocation.rule_set_of(trial)
        return _recorded_rules(book, rule_set, region, decision.request.service_date)

    situation = _situation(state_at, decision, rules_of)
    assert situation is not None, "recorded rules are found, or reported as missing"
    return situation


def _situation(state_at: StateAt, decision: Decision, rules_of: RulesOf) -> Situation | None:
    """Rebuild what was looked at, with rules of somebody's choice; None: the patient has none."""
    allocation = decision.allocation
    pools = {
        pool: cast("Pool", state_at(pool_stream(pool), version))
        for pool, version in allocation.pools
    }
    candidates: list[Candidate] = []
    for trial in allocation.trials:
        if trial.purse == WALLET:
            continue  # its candidate is made from the patient's
        person = cast("Person", state_at(person_stream(trial.account), trial.version))
        rules = rules_of(trial, person.region_on(decision.request.service_date))
        if rules is None and not candidates:
            return None
        pool = pools[trial.pool] if trial.pool else None
        candidates.append(
            Candidate(
                person=person,
                version=trial.version,
                rules=rules or candidates[0].rules,  # without rules a relative pays nothing
                pool=pool,
                binding=pool.binding(person.id, decision.request.patient) if pool else None,
                ruled=rules is not None,
            )
        )
    before = state_at(claim_stream(decision.request.claim), decision.version - 1)
    return Situation(
        patient=candidates[0],
        relatives=tuple(candidates[1:]),
        pools=allocation.pools,
        claim=cast("Claim | None", before),
        now=decision.recorded_at,
    )


def _recorded_rules(book: RuleBook, rule_set: RuleSetId, region: RegionCode, day: date) -> RuleSet:
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
