"""The family pool: who is bound to whom, what each grantor allows, and in which order.

A relation is one grantor and one beneficiary. It ends for good; binding again makes a new
relation with a new filing number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum

import msgspec
from msgspec.structs import replace

from domain.codes import Category, EndReason, Evidence, Place, Relation
from domain.facts import Fact, Kind, Stream, recorded
from domain.ids import PersonId, PoolId, RegionCode
from domain.record import Record
from domain.rules import UNLIMITED


class Authorization(Record, frozen=True):
    """What a grantor allows one beneficiary: for what, how much, from when to when.

    Limits are fen; `last_day` is included; an empty set of places or categories allows all that
    the region allows. `joint_year_fen` is one limit for all the grantor's beneficiaries in the
    pool together: the latest stated one holds, and None leaves it as it was.
    """

    first_day: date
    last_day: date | None = None
    places: frozenset[Place] = frozenset()
    categories: frozenset[Category] = frozenset()
    per_use_fen: int = UNLIMITED
    per_day_fen: int = UNLIMITED
    per_year_fen: int = UNLIMITED
    joint_year_fen: int | None = None
    retained_fen: int = 0


@recorded
class PoolOpened(Fact, frozen=True, tag="pool.opened"):
    """A family pool was opened."""

    pool: PoolId
    region: RegionCode
    opened_by: PersonId


@recorded
class RelationBound(Fact, frozen=True, tag="pool.relation_bound"):
    """A grantor and a beneficiary were bound. Usable from `active_from`, after any review."""

    grantor: PersonId
    beneficiary: PersonId
    relation: Relation
    evidence: Evidence
    filing_no: int
    active_from: date
    under_review: bool


@recorded
class RelationReviewed(Fact, frozen=True, tag="pool.relation_reviewed"):
    """A reviewer approved or rejected a relation."""

    grantor: PersonId
    beneficiary: PersonId
    approved: bool


@recorded
class UseAuthorized(Fact, frozen=True, tag="pool.use_authorized"):
    """A grantor authorized a beneficiary; this replaces what was authorized before."""

    grantor: PersonId
    beneficiary: PersonId
    authorization: Authorization


@recorded
class AuthorizationWithdrawn(Fact, frozen=True, tag="pool.authorization_withdrawn"):
    """A grantor withdrew the authorization; the relation stays."""

    grantor: PersonId
    beneficiary: PersonId


@recorded
class OrderSet(Fact, frozen=True, tag="pool.order_set"):
    """A beneficiary's grantors were put in another order, first to pay first."""

    beneficiary: PersonId
    grantors: tuple[PersonId, ...]


@recorded
class RelationEnded(Fact, frozen=True, tag="pool.relation_ended"):
    """A relation ended. `asked_by` is the side that asked, where one was named."""

    grantor: PersonId
    beneficiary: PersonId
    reason: EndReason
    asked_by: PersonId | None = None


class Standing(StrEnum):
    """Where a relation stands."""

    UNDER_REVIEW = "under_review"
    BOUND = "bound"
    REJECTED = "rejected"
    ENDED = "ended"

    @property
    def is_open(self) -> bool:
        """Tell whether the relation still counts as one."""
        return self in {Standing.UNDER_REVIEW, Standing.BOUND}


class Binding(Record, frozen=True):
    """State of one relation."""

    grantor: PersonId
    beneficiary: PersonId
    relation: Relation
    filing_no: int
    bound_on: date
    active_from: date
    standing: Standing
    authorization: Authorization | None = None
    ended_by: EndReason | None = None


class Pool(Record, frozen=True):
    """State of a family pool. `joint_year_fen` holds each grantor's latest joint limit."""

    id: PoolId
    region: RegionCode
    opened_by: PersonId
    bindings: Mapping[tuple[PersonId, PersonId], Binding] = msgspec.field(default_factory=dict)
    orders: Mapping[PersonId, tuple[PersonId, ...]] = msgspec.field(default_factory=dict)
    joint_year_fen: Mapping[PersonId, int] = msgspec.field(default_factory=dict)
    filed: int = 0

    @property
    def stream(self) -> Stream:
        """Give the pool's stream."""
        return pool_stream(self.id)

    def binding(self, grantor: PersonId, beneficiary: PersonId) -> Binding | None:
        """Give the latest relation of two persons, ended or not."""
        return self.bindings.get((grantor, beneficiary))

    def open_bindings(self) -> Iterator[Binding]:
        """Give every relation that is bound or under review."""
        return (binding for binding in self.bindings.values() if binding.standing.is_open)

    def bindings_of(self, person: PersonId) -> list[Binding]:
        """Give the open relations of a person, on either side."""
        return [
            binding
            for binding in self.open_bindings()
            if person in (binding.grantor, binding.beneficiary)
        ]


def pool_stream(pool: PoolId) -> Stream:
    """Give the stream of a pool."""
    return Stream(Kind.POOL, pool)


def evolve(pool: Pool | None, fact: Fact) -> Pool:
    """Apply one fact to a pool."""
    if pool is None:
        assert isinstance(fact, PoolOpened), fact
        return Pool(fact.pool, fact.region, fact.opened_by)
    match fact:
        case RelationBound():
            return _bind(pool, fact)
        case OrderSet():
            return replace(pool, orders={**pool.orders, fact.beneficiary: fact.grantors})
        case RelationReviewed() | UseAuthorized() | AuthorizationWithdrawn() | RelationEnded():
            return _change_relation(pool, fact)
        case _:
            msg = f"not a fact of a pool: {fact!r}"
            raise AssertionError(msg)


def _bind(pool: Pool, fact: RelationBound) -> Pool:
    assert fact.filing_no == pool.filed + 1, "filing numbers count up"
    known = pool.binding(fact.grantor, fact.beneficiary)
    assert known is None or not known.standing.is_open, "two persons are bound once at a time"
    binding = Binding(
        grantor=fact.grantor,
        beneficiary=fact.beneficiary,
        relation=fact.relation,
        filing_no=fact.filing_no,
        bound_on=fact.effective_on,
        active_from=fact.active_from,
        standing=Standing.UNDER_REVIEW if fact.under_review else Standing.BOUND,
    )
    key = (fact.grantor, fact.beneficiary)
    return replace(pool, bindings={**pool.bindings, key: binding}, filed=fact.filing_no)


def _change_relation(
    pool: Pool, fact: RelationReviewed | UseAuthorized | AuthorizationWithdrawn | RelationEnded
) -> Pool:
    key = (fact.grantor, fact.beneficiary)
    binding = pool.bindings[key]
    assert binding.standing.is_open, "an ended relation does not change"
    joint = pool.joint_year_fen
    match fact:
        case RelationReviewed():
            standing = Standing.BOUND if fact.approved else Standing.REJECTED
            binding = replace(binding, standing=standing)
        case UseAuthorized():
            binding = replace(binding, authorization=fact.authorization)
            if fact.authorization.joint_year_fen is not None:
                joint = {**joint, fact.grantor: fact.authorization.joint_year_fen}
        case AuthorizationWithdrawn():
            binding = replace(binding, authorization=None)
        case _:  # ended
            binding = replace(binding, standing=Standing.ENDED, ended_by=fact.reason)
    orders = pool.orders
    if not binding.standing.is_open:
        orders = {
            person: tuple(g for g in chosen if (g, person) != key)
            for person, chosen in orders.items()
        }
    bindings = {**pool.bindings, key: binding}
    return replace(pool, bindings=bindings, joint_year_fen=joint, orders=orders)
