"""What a command's handler sees: typed states and rules, and the holds that have run out.

A look-up that fails raises `Refused`, which carries the refusal to the one place that returns
it (`application`), so that handlers read as a list of what they need.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple, cast

from domain import claim_fold, sealing
from domain import finding as findings
from domain import person as persons
from domain import pool as pools
from domain.claim import claim_stream
from domain.facts import Change, Kind, Outcome, Stream
from domain.holding import expire
from domain.refusals import Code, Refusal, refuse
from domain.time import service_date_of
from domain.transferring import give_back

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from domain.claim import Claim
    from domain.ids import ClaimId, FindingId, MessageId, PersonId, PoolId, RegionCode
    from domain.person import Person
    from domain.pool import Pool
    from domain.rules import RuleBook, RuleSet
    from ledger.identity_map import Evolve
    from ledger.workspace import Workspace

EVOLVE: Mapping[Kind, Evolve] = {
    Kind.PERSON: persons.evolve,
    Kind.POOL: pools.evolve,
    Kind.CLAIM: claim_fold.evolve,
    Kind.LEDGER: sealing.evolve,
    Kind.FINDING: findings.evolve,
}
"""How each kind of stream folds its facts."""


class Refused(Exception):  # noqa: N818 - not an error: it carries an expected "no"
    """Carries a refusal out of a nested look-up."""

    def __init__(self, refusal: Refusal) -> None:
        """Carry a refusal."""
        self.refusal = refusal
        super().__init__(refusal.code)


class Result(NamedTuple):
    """What a handler says of what it did: what belongs together, and the facts of the answer."""

    correlation: str
    answer: Mapping[str, object]


class View:
    """One command's view of the books at one instant."""

    def __init__(self, work: Workspace, book: RuleBook, *, key: MessageId, now: datetime) -> None:
        """See the books as the workspace has them."""
        self.key = key
        self.now = now
        self._work = work
        self._book = book
        self.load = work.load

    def day(self, on: date | None) -> date:
        """Give the day a command names, or today in Shanghai."""
        return on or service_date_of(self.now)

    def version(self, stream: Stream) -> int:
        """Give the version of a stream, 0 where nothing has happened."""
        found = self.load(stream)
        return found.version if found else 0

    def answer(self, key: MessageId) -> bytes | None:
        """Give what an earlier message was answered."""
        kept = self._work.answer(key)
        return kept.answer if kept else None

    def find_person(self, person: PersonId) -> Person | None:
        """Give an insured person, or None."""
        found = self.load(persons.person_stream(person))
        return cast("Person", found.state) if found else None

    def person(self, person: PersonId) -> Person:
        """Give an insured person, or refuse."""
        return self.person_at(person)[0]

    def person_at(self, person: PersonId) -> tuple[Person, int]:
        """Give an insured person and the version of the person's stream, or refuse."""
        found = self.load(persons.person_stream(person))
        if found is None:
            raise Refused(refuse(Code.UNKNOWN_PERSON, person=person))
        return found.state, found.version

    def find_pool(self, pool: PoolId) -> Pool | None:
        """Give a family pool, or None."""
        found = self.load(pools.pool_stream(pool))
        return cast("Pool", found.state) if found else None

    def pool(self, pool: PoolId) -> Pool:
        """Give a family pool, or refuse."""
        found = self.find_pool(pool)
        if found is None:
            raise Refused(refuse(Code.UNKNOWN_POOL, pool=pool))
        return found

    def find_claim(self, claim: ClaimId) -> Claim | None:
        """Give a claim, or None."""
        found = self.load(claim_stream(claim))
        return cast("Claim", found.state) if found else None

    def claim(self, claim: ClaimId) -> Claim:
        """Give a claim, or refuse."""
        found = self.find_claim(claim)
        if found is None:
            raise Refused(refuse(Code.UNKNOWN_CLAIM, claim=claim))
        return found

    def find_finding(self, finding: FindingId) -> findings.Finding | None:
        """Give a finding under review, or None."""
        found = self.load(findings.finding_stream(finding))
        return cast("findings.Finding", found.state) if found else None

    def finding(self, finding: FindingId) -> findings.Finding:
        """Give a finding under review, or refuse."""
        found = self.find_finding(finding)
        if found is None:
            raise Refused(refuse(Code.UNKNOWN_FINDING, finding=finding[:64]))
        return found

    @property
    def last_position(self) -> int:
        """Give the position of the last event before this command."""
        return self._work.before

    def find_rules(self, region: RegionCode, day: date) -> RuleSet | None:
        """Give the rules of an area on a day, or None."""
        rules = self._book.resolve(region, day)
        return None if isinstance(rules, Refusal) else rules

    def rules(self, region: RegionCode, day: date) -> RuleSet:
        """Give the rules of an area on a day, or refuse."""
        rules = self._book.resolve(region, day)
        if isinstance(rules, Refusal):
            raise Refused(rules)
        return rules

    def payers(self, claim: Claim) -> dict[PersonId, Person]:
        """Give the owners of the accounts that a claim's allocation draws on."""
        return {leg.account: self.person(leg.account) for leg in claim.allocation.legs}

    def expire_due(self, owners: Iterable[PersonId]) -> None:
        """Let holds that have run out expire, and transfers come back, before anything is decided.

        They are those of these persons' accounts and wallets. The facts join the command's own
        transaction; if the command is refused, they are dropped with it and happen with the next
        one.
        """
        for owner in owners:
            person = self.person(owner)
            if person.account is not None and person.account.holds:
                for hold in person.account.holds:
                    self.expire_if_due(hold)
            if person.wallet is not None:
                for hold in person.wallet.holds:
                    self.expire_if_due(hold)
                for waiting in person.wallet.due(self.now):
                    self.do(give_back(self.person(owner), transfer=waiting.transfer, now=self.now))

    def expire_if_due(self, claim: ClaimId) -> None:
        """Let the hold of one claim expire if it has run out, also one that holds only cash."""
        held = self.find_claim(claim)
        if held is not None and held.is_due(self.now):
            self.do(expire(held, self.payers(held), now=self.now))

    def do(self, outcome: Outcome) -> tuple[Change, ...]:
        """Let a decision happen and give its changes, or carry its refusal out."""
        if isinstance(outcome, Refusal):
            raise Refused(outcome)
        self._work.record(outcome)
        return outcome
