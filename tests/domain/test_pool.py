"""How facts change a family pool, and which facts do not fit."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from domain.claim import ClaimReleased
from domain.codes import EndReason, Evidence, Relation
from domain.facts import Fact
from domain.ids import PersonId, PoolId, RegionCode
from domain.pool import (
    Authorization,
    AuthorizationWithdrawn,
    OrderSet,
    Pool,
    PoolOpened,
    RelationBound,
    RelationEnded,
    RelationReviewed,
    Standing,
    UseAuthorized,
    evolve,
)
from tests.builders import ANY_USE, DAY

A, B, C = PersonId("a"), PersonId("b"), PersonId("c")
PAIR = {"grantor": A, "beneficiary": C}
OPENED = PoolOpened(effective_on=DAY, pool=PoolId("f"), region=RegionCode("310000"), opened_by=A)
ENDED = RelationEnded(effective_on=DAY, grantor=A, beneficiary=C, reason=EndReason.UNBOUND)
AUTHORIZED = UseAuthorized(effective_on=DAY, grantor=A, beneficiary=C, authorization=ANY_USE)
WITHDRAWN = AuthorizationWithdrawn(effective_on=DAY, grantor=A, beneficiary=C)
APPROVED = RelationReviewed(effective_on=DAY, grantor=A, beneficiary=C, approved=True)
REJECTED = RelationReviewed(effective_on=DAY, grantor=A, beneficiary=C, approved=False)


def bound(grantor: PersonId = A, *, filing_no: int = 1, under_review: bool = False) -> Fact:
    return RelationBound(
        effective_on=DAY,
        grantor=grantor,
        beneficiary=C,
        relation=Relation.PARENT,
        evidence=Evidence.SYSTEM,
        filing_no=filing_no,
        active_from=date(2026, 4, 1),
        under_review=under_review,
    )


def after(*facts: Fact) -> Pool:
    pool = evolve(None, OPENED)
    for fact in facts:
        pool = evolve(pool, fact)
    return pool


def test_a_relation_stands_as_the_last_fact_about_it_says() -> None:
    histories: list[tuple[tuple[Fact, ...], Standing]] = [
        ((bound(),), Standing.BOUND),
        ((bound(under_review=True),), Standing.UNDER_REVIEW),
        ((bound(under_review=True), APPROVED), Standing.BOUND),
        ((bound(under_review=True), REJECTED), Standing.REJECTED),
        ((bound(), ENDED), Standing.ENDED),
        ((bound(), ENDED, bound(filing_no=2)), Standing.BOUND),
    ]
    for facts, standing in histories:
        binding = after(*facts).binding(A, C)
        assert binding is not None
        assert binding.standing is standing
        assert (binding in after(*facts).open_bindings()) is standing.is_open


def test_an_authorization_replaces_the_one_before_and_is_withdrawn_whole() -> None:
    tighter = Authorization(first_day=DAY, per_use_fen=5, joint_year_fen=9)
    pool = after(bound(), AUTHORIZED, replace(AUTHORIZED, authorization=tighter))
    binding = pool.binding(A, C)
    assert binding is not None
    assert binding.authorization == tighter
    assert pool.joint_year_fen == {A: 9}
    withdrawn = evolve(pool, WITHDRAWN).binding(A, C)
    assert withdrawn is not None
    assert withdrawn.authorization is None


def test_a_relation_bound_anew_starts_without_authorization() -> None:
    again = after(bound(), AUTHORIZED, ENDED, bound(filing_no=2)).binding(A, C)
    assert again is not None
    assert (again.authorization, again.filing_no, again.ended_by) == (None, 2, None)


def test_an_ended_relation_drops_out_of_the_order_that_was_set() -> None:
    order = OrderSet(effective_on=DAY, beneficiary=C, grantors=(B, A))
    pool = after(bound(), bound(B, filing_no=2), order, ENDED)
    assert pool.orders == {C: (B,)}
    ended = pool.binding(A, C)
    assert ended is not None
    assert ended.ended_by is EndReason.UNBOUND
    assert pool.bindings_of(C) == [pool.binding(B, C)]
    assert pool.bindings_of(A) == []


WRONG: dict[str, tuple[Fact, ...]] = {
    "a filing number left out": (bound(filing_no=2),),
    "a filing number used twice": (bound(), bound(B, filing_no=1)),
    "bound twice": (bound(), bound(filing_no=2)),
    "bound while under review": (bound(under_review=True), bound(filing_no=2)),
    "ended twice": (bound(), ENDED, ENDED),
    "authorized after the end": (bound(), ENDED, AUTHORIZED),
    "withdrawn after rejection": (bound(under_review=True), REJECTED, WITHDRAWN),
    "opened twice": (OPENED,),
    "another stream's fact": (ClaimReleased(effective_on=DAY),),
}


@pytest.mark.parametrize("facts", WRONG.values(), ids=list(WRONG))
def test_a_fact_that_does_not_fit_stops_the_replay(facts: tuple[Fact, ...]) -> None:
    with pytest.raises(AssertionError):
        after(*facts)


@pytest.mark.parametrize("fact", [ENDED, AUTHORIZED, WITHDRAWN, APPROVED])
def test_an_unknown_relation_cannot_change(fact: Fact) -> None:
    with pytest.raises(KeyError):
        after(fact)


def test_a_pool_begins_with_its_opening() -> None:
    with pytest.raises(AssertionError):
        evolve(None, bound())


def test_a_pool_takes_no_fact_of_another_stream() -> None:
    with pytest.raises(AssertionError, match="not a fact of a pool"):
        after(ClaimReleased(effective_on=DAY))
