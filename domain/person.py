"""The insured person: facts, state, and how facts change the state.

The stream of a person also carries the personal account (`domain.account`) and the families
the person belongs to, so that one stream tells all that a settlement needs to know of someone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from domain.account import Account, evolve_account
from domain.codes import Card, Coverage, Insurance, Work
from domain.facts import Fact, Kind, Stream, recorded_as
from domain.ids import MessageId, PersonId, PoolId, RegionCode


@recorded_as("person.enrolled")
class PersonEnrolled(Fact):
    """Someone was enrolled in basic medical insurance."""

    person: PersonId
    region: RegionCode
    insurance: Insurance
    work: Work


@recorded_as("coverage.changed")
class CoverageChanged(Fact):
    """Insurance was suspended, resumed, ended, or ended by death, from `effective_on`."""

    before: Coverage
    after: Coverage


@recorded_as("person.moved")
class PersonMoved(Fact):
    """The insurance relation moved to another pooling area."""

    region_before: RegionCode
    region_after: RegionCode


@recorded_as("person.retired")
class PersonRetired(Fact):
    """An employee retired."""


@recorded_as("card.reported")
class CardReported(Fact):
    """The card was reported lost, or expired."""

    card: Card


@recorded_as("card.replaced")
class CardReplaced(Fact):
    """A new card was issued."""


@recorded_as("person.joined_pool")
class PersonJoinedPool(Fact):
    """The person became a member of a family pool."""

    pool: PoolId


@recorded_as("person.left_pool")
class PersonLeftPool(Fact):
    """The person's last relation in a family pool ended."""

    pool: PoolId


@recorded_as("message.voided")
class MessageVoided(Fact):
    """A message of unknown outcome was reversed before it arrived; it must not take effect."""

    message: MessageId


@dataclass(frozen=True, slots=True)
class Person:
    """State of an insured person.

    `coverage` lists (from day, state), oldest first; `moves` lists (day of a move, area before
    it), oldest first. `former_pools` tell why an account of an ended relation was not used.
    """

    id: PersonId
    region: RegionCode
    insurance: Insurance
    work: Work
    coverage: tuple[tuple[date, Coverage], ...]
    moves: tuple[tuple[date, RegionCode], ...] = ()
    card: Card = Card.ACTIVE
    account: Account | None = None
    pools: frozenset[PoolId] = frozenset()
    former_pools: frozenset[PoolId] = frozenset()
    voided: frozenset[MessageId] = frozenset()

    @property
    def stream(self) -> Stream:
        """Give the person's stream."""
        return person_stream(self.id)

    @property
    def coverage_now(self) -> Coverage:
        """Give the state last recorded."""
        return self.coverage[-1][1]

    def region_on(self, day: date) -> RegionCode:
        """Give the pooling area that someone belonged to on a day, by all that is known now."""
        return next((before for moved_on, before in self.moves if day < moved_on), self.region)

    def coverage_on(self, day: date) -> Coverage | None:
        """Give the state that held on a day; None before enrolment."""
        states = [state for since, state in self.coverage if since <= day]
        return states[-1] if states else None

    def is_covered(self, day: date) -> bool:
        """Tell whether insurance was in force on a day, by all that is known now."""
        return self.coverage_on(day) is Coverage.ACTIVE


def person_stream(person: PersonId) -> Stream:
    """Give the stream of a person."""
    return Stream(Kind.PERSON, person)


def evolve(person: Person | None, fact: Fact) -> Person:
    """Apply one fact to a person."""
    if person is None:
        assert isinstance(fact, PersonEnrolled), fact
        return Person(
            id=fact.person,
            region=fact.region,
            insurance=fact.insurance,
            work=fact.work,
            coverage=((fact.effective_on, Coverage.ACTIVE),),
        )
    if fact.TOPIC.startswith("account."):
        return replace(person, account=evolve_account(person.account, fact, owner=person.id))
    match fact:
        case CoverageChanged():
            return replace(person, coverage=_dated(person, fact))
        case PersonMoved():
            moves = (*person.moves, (fact.effective_on, fact.region_before))
            return replace(person, region=fact.region_after, moves=moves)
        case PersonRetired():
            return replace(person, work=Work.RETIRED)
        case CardReported():
            return replace(person, card=fact.card)
        case CardReplaced():
            return replace(person, card=Card.ACTIVE)
        case PersonJoinedPool():
            former = person.former_pools - {fact.pool}
            return replace(person, pools=person.pools | {fact.pool}, former_pools=former)
        case PersonLeftPool():
            former = person.former_pools | {fact.pool}
            return replace(person, pools=person.pools - {fact.pool}, former_pools=former)
        case MessageVoided():
            return replace(person, voided=person.voided | {fact.message})
        case _:
            msg = f"not a fact of a person: {fact!r}"
            raise AssertionError(msg)


def _dated(person: Person, fact: CoverageChanged) -> tuple[tuple[date, Coverage], ...]:
    """Enter a change of coverage. Learned late, it replaces what was believed of later days."""
    kept = tuple(entry for entry in person.coverage if entry[0] < fact.effective_on)
    return (*kept, (fact.effective_on, fact.after))
