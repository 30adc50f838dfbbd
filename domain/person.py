"""The insured person: facts, state, and how facts change the state.

The stream of a person also carries the personal account (`domain.account`), the wallet
(`domain.wallet`) and the families the person belongs to, so that one stream tells all that a
settlement needs to know of someone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec
from msgspec.structs import replace

from domain.account import Account
from domain.account_fold import evolve_account
from domain.codes import Card, Coverage, Detail, Insurance, Work
from domain.details import evolve_details
from domain.facts import Fact, Kind, Stream, recorded
from domain.filed import Filing, evolve_filings
from domain.ids import MessageId, PersonId, PoolId, RegionCode
from domain.record import Record
from domain.wallet import Wallet, evolve_wallet


@recorded
class PersonEnrolled(Fact, frozen=True, tag="person.enrolled"):
    """Someone was enrolled in basic medical insurance."""

    person: PersonId
    region: RegionCode
    insurance: Insurance
    work: Work


@recorded
class CoverageChanged(Fact, frozen=True, tag="coverage.changed"):
    """Insurance was suspended, resumed, ended, or ended by death, from `effective_on`."""

    before: Coverage
    after: Coverage


@recorded
class PersonMoved(Fact, frozen=True, tag="person.moved"):
    """The insurance relation moved to another pooling area."""

    region_before: RegionCode
    region_after: RegionCode


@recorded
class PersonRetired(Fact, frozen=True, tag="person.retired"):
    """An employee retired."""


@recorded
class CardReported(Fact, frozen=True, tag="card.reported"):
    """The card was reported lost, or expired."""

    card: Card


@recorded
class CardReplaced(Fact, frozen=True, tag="card.replaced"):
    """A new card was issued."""


@recorded
class PersonJoinedPool(Fact, frozen=True, tag="person.joined_pool"):
    """The person became a member of a family pool."""

    pool: PoolId


@recorded
class PersonLeftPool(Fact, frozen=True, tag="person.left_pool"):
    """The person's last relation in a family pool ended."""

    pool: PoolId


@recorded
class MessageVoided(Fact, frozen=True, tag="message.voided"):
    """A message of unknown outcome was reversed before it arrived; it must not take effect."""

    message: MessageId


class Person(Record, frozen=True):
    """State of an insured person.

    `coverage` lists (from day, state), oldest first; `moves` lists (day of a move, area before
    it), oldest first. `former_pools` tell why an account of an ended relation was not used.
    `details` are commitments to what is kept outside the history (`domain.details`).
    """

    id: PersonId
    region: RegionCode
    insurance: Insurance
    work: Work
    coverage: tuple[tuple[date, Coverage], ...]
    moves: tuple[tuple[date, RegionCode], ...] = ()
    card: Card = Card.ACTIVE
    account: Account | None = None
    wallet: Wallet | None = None
    pools: frozenset[PoolId] = frozenset()
    former_pools: frozenset[PoolId] = frozenset()
    voided: frozenset[MessageId] = frozenset()
    filings: tuple[Filing, ...] = ()
    details: Mapping[Detail, str] = msgspec.field(default_factory=dict)

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
        for moved_on, before in self.moves:
            if day < moved_on:
                return before
        return self.region

    def coverage_on(self, day: date) -> Coverage | None:
        """Give the state that held on a day; None before enrolment."""
        for since, state in reversed(self.coverage):
            if since <= day:
                return state
        return None

    def is_covered(self, day: date) -> bool:
        """Tell whether insurance was in force on a day, by all that is known now."""
        return self.coverage_on(day) is _ACTIVE


_ACTIVE = Coverage.ACTIVE
_PERSON = Kind.PERSON


def person_stream(person: PersonId) -> Stream:
    """Give the stream of a person."""
    return Stream(_PERSON, person)


def left_in_wallet(person: Person, fen: int) -> int:
    """Give what is available in a wallet once fen have left it (or, below zero, come back)."""
    assert person.wallet is not None
    left_fen = person.wallet.available_fen - fen
    assert left_fen >= 0, "nobody pays more than is available"
    return left_fen


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
    if fact.TOPIC.startswith("filing."):
        return replace(person, filings=evolve_filings(person.filings, fact))
    if fact.TOPIC.startswith("wallet."):
        return replace(person, wallet=evolve_wallet(person.wallet, fact))
    if fact.TOPIC.startswith("person.details_"):
        return replace(person, details=evolve_details(person.details, fact))
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
