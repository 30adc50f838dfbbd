"""The baseline: the same settlements on the `eventsourcing` library as it comes.

An application in the way the library's documentation teaches: aggregates with `@event` methods,
read from their events when needed, pending events of all of them saved together, and a retry
where somebody else was first. Every option is the default: no cache, no snapshots, JSON by the
library's transcoder. The aggregates carry the states of `domain` and pay what
`domain.settlement` decides, so that two ledgers are compared and not two sets of rules.

The library's SQLite recorder turns WAL on and never sets `synchronous`. What holds is SQLite's
own default, FULL (2) unless it was built otherwise, and asking the recorder's connection gives 2:
an answer is durable, as ours is. `Stock.synchronous` asks it again and every report repeats it.

Where there is a choice it favours the baseline. The idempotency key stands in the claim's own
event, so that no further event has to keep it; nobody looks for holds that have run out; no
answer is composed or kept; and what a decision only reads, such as the pool, may have changed
before it is saved: the library checks the versions of what is written and of nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from threading import Lock
from typing import Any
from uuid import UUID

from eventsourcing.application import AggregateNotFoundError, Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import IntegrityError, JSONTranscoder
from eventsourcing.sqlite import SQLiteApplicationRecorder

from benchmarks.transcodings import transcodings
from domain import person as persons
from domain import pool as pools
from domain.account import AccountCredited, AccountDebited, AccountOpened
from domain.allocation import Situation
from domain.claim import ClaimRequest, ClaimSettled, claim_stream
from domain.eligibility import Candidate
from domain.facts import Change, Fact
from domain.ids import ClaimId, MessageId, PersonId, PoolId
from domain.person import Person, PersonEnrolled, PersonJoinedPool, person_stream
from domain.pool import Binding, Pool, PoolOpened, RelationBound, UseAuthorized, pool_stream
from domain.refusals import Code, Refusal, refuse
from domain.rules import RuleBook, RuleSet
from domain.settlement import settle


class InsuredPerson(Aggregate):
    """An insured person with the personal account."""

    @staticmethod
    def create_id(enrolled: PersonEnrolled) -> UUID:
        """Derive the id from the business key."""
        return person_stream(enrolled.person).id

    @event("Enrolled")
    def __init__(self, enrolled: PersonEnrolled) -> None:
        """Enrol someone."""
        self.state: Person = persons.evolve(None, enrolled)

    @event("AccountOpened")
    def open_account(self, opened: AccountOpened) -> None:
        """Open the personal account."""
        self.state = persons.evolve(self.state, opened)

    @event("Credited")
    def credit(self, credited: AccountCredited) -> None:
        """Credit the account."""
        self.state = persons.evolve(self.state, credited)

    @event("JoinedPool")
    def join_pool(self, joined: PersonJoinedPool) -> None:
        """Become a member of a family pool."""
        self.state = persons.evolve(self.state, joined)

    @event("Debited")
    def debit(self, debited: AccountDebited) -> None:
        """Pay for a claim."""
        self.state = persons.evolve(self.state, debited)


class FamilyPool(Aggregate):
    """A family pool with its relations."""

    @staticmethod
    def create_id(opened: PoolOpened) -> UUID:
        """Derive the id from the business key."""
        return pool_stream(opened.pool).id

    @event("Opened")
    def __init__(self, opened: PoolOpened) -> None:
        """Open a pool."""
        self.state: Pool = pools.evolve(None, opened)

    @event("RelationBound")
    def bind(self, bound: RelationBound) -> None:
        """Bind a grantor and a beneficiary."""
        self.state = pools.evolve(self.state, bound)

    @event("UseAuthorized")
    def authorize(self, authorized: UseAuthorized) -> None:
        """Let a beneficiary use a grantor's account."""
        self.state = pools.evolve(self.state, authorized)


class SettledClaim(Aggregate):
    """A claim that was settled, and the key of the message that asked for it."""

    @staticmethod
    def create_id(settled: ClaimSettled) -> UUID:
        """Derive the id from the claim's number: settling a claim again meets the first one."""
        return claim_stream(settled.request.claim).id

    @event("Settled")
    def __init__(self, settled: ClaimSettled, key: str) -> None:
        """Settle a claim."""
        self.settled = settled
        self.key = key


class Stock(Application[UUID]):
    """A ledger of settlements on one SQLite file."""

    def __init__(self, path: Path, book: RuleBook) -> None:
        """Open or make a ledger in a file; its folder is there."""
        super().__init__({"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(path)})
        self.book = book
        self.conflicts = 0
        self._counting = Lock()

    def register_transcodings(self, transcoder: JSONTranscoder) -> None:
        """Add the values of `domain` to those that the library brings along."""
        super().register_transcodings(transcoder)
        for transcoding in transcodings():
            transcoder.register(transcoding)

    def found(self, changes: Iterable[Change]) -> None:
        """Take over what happened elsewhere before the first settlement, in one transaction."""
        founded: dict[UUID, Aggregate] = {}
        for stream, fact in changes:
            if create := _CREATED.get(type(fact)):
                founded[stream.id] = create(fact)
            else:
                _CHANGED[type(fact)](founded[stream.id], fact)
        self.save(*founded.values())

    def settle(
        self, request: ClaimRequest, *, key: MessageId, at: datetime
    ) -> ClaimSettled | Refusal:
        """Settle a claim at once; where another settlement was first, read and decide again."""
        while True:
            try:
                return self._settle(request, key, at)
            except IntegrityError:
                first = self.claim(request.claim)
                if first is not None:
                    return _again(first, key)
                with self._counting:
                    self.conflicts += 1

    def claim(self, claim: ClaimId) -> SettledClaim | None:
        """Give a settled claim, or None."""
        try:
            found: SettledClaim = self.repository.get(claim_stream(claim).id)
        except AggregateNotFoundError:
            return None
        return found

    def person(self, person: PersonId) -> InsuredPerson:
        """Read an insured person from the first event on."""
        return self.repository.get(person_stream(person).id)

    def pool(self, pool: PoolId) -> FamilyPool:
        """Read a family pool from the first event on."""
        return self.repository.get(pool_stream(pool).id)

    @property
    def synchronous(self) -> int:
        """Ask the recorder's connection how durable a commit is: 2 is FULL, 1 is NORMAL."""
        recorder = self.recorder
        assert isinstance(recorder, SQLiteApplicationRecorder)
        with recorder.datastore.transaction(commit=False) as cursor:
            cursor.execute("PRAGMA synchronous")
            return int(cursor.fetchone()[0])

    def _settle(
        self, request: ClaimRequest, key: MessageId, at: datetime
    ) -> ClaimSettled | Refusal:
        people = {request.patient: self.person(request.patient)}
        outcome = settle(request, self._situation(request, people, at))
        if isinstance(outcome, Refusal):
            return outcome
        (_, settled), *debits = outcome
        assert isinstance(settled, ClaimSettled)
        for stream, debited in debits:
            assert isinstance(debited, AccountDebited)
            people[PersonId(stream.key)].debit(debited)
        self.save(SettledClaim(settled, key), *people.values())
        return settled

    def _situation(
        self, request: ClaimRequest, people: dict[PersonId, InsuredPerson], at: datetime
    ) -> Situation:
        """Gather what the decision looks at; everybody who is read for it joins the people."""
        patient, day = people[request.patient], request.service_date
        consulted = [self.pool(pool) for pool in sorted(patient.state.pools)]
        relatives = []
        for pool, binding in _relations(consulted, request.patient):
            grantor = people[binding.grantor] = self.person(binding.grantor)
            rules = self._rules(grantor, day)
            relatives.append(
                Candidate(grantor.state, grantor.version, rules, pool=pool, binding=binding)
            )
        return Situation(
            patient=Candidate(patient.state, patient.version, self._rules(patient, day)),
            relatives=tuple(relatives),
            pools=tuple((pool.state.id, pool.version) for pool in consulted),
            claim=None,
            now=at,
        )

    def _rules(self, person: InsuredPerson, day: date) -> RuleSet:
        rules = self.book.resolve(person.state.region_on(day), day)
        assert isinstance(rules, RuleSet), "the workload asks only where there are rules"
        return rules


_CREATED: Mapping[type[Fact], Callable[[Any], Aggregate]] = {
    PersonEnrolled: InsuredPerson,
    PoolOpened: FamilyPool,
}
_CHANGED: Mapping[type[Fact], Callable[[Any, Any], None]] = {
    AccountOpened: InsuredPerson.open_account,
    AccountCredited: InsuredPerson.credit,
    PersonJoinedPool: InsuredPerson.join_pool,
    RelationBound: FamilyPool.bind,
    UseAuthorized: FamilyPool.authorize,
}


def _relations(consulted: Iterable[FamilyPool], patient: PersonId) -> list[tuple[Pool, Binding]]:
    return [
        (pool.state, binding)
        for pool in consulted
        for binding in pool.state.bindings.values()
        if binding.beneficiary == patient
    ]


def _again(first: SettledClaim, key: MessageId) -> ClaimSettled | Refusal:
    """Answer a message about a claim that is settled: its own again, another one with no."""
    if first.key == key:
        return first.settled
    return refuse(Code.CLAIM_EXISTS, claim=first.settled.request.claim, status="settled")
