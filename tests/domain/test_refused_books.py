"""Whom and what each refusal names, and by which rule: insured persons, accounts, families."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from domain import binding, bookkeeping, unbinding
from domain.codes import (
    Card,
    Coverage,
    Insurance,
    Payee,
    Relation,
    Segment,
    Work,
)
from domain.facts import Outcome
from domain.ids import PersonId, PoolId
from domain.pool import Authorization
from domain.refusals import Code, Refusal, refuse
from tests.builders import ANY_USE, DAY, HERE, START, days, done, request, rules
from tests.families import FAMILY
from tests.world import World

ANN, DAD, KID = map(PersonId, ("ann", "dad", "kid"))


def family(*bound: str) -> World:
    """Give ann and dad with 100 each and kid in resident insurance; `bound` use ann's account."""
    world = World()
    for who in ("ann", "dad"):
        world.enroll(who, current_fen=100)
    world.enroll("kid", insurance=Insurance.RESIDENT)
    world.open_pool(FAMILY, "ann")
    for who in bound:
        world.bind("ann", who)
    return world


def under(changes: dict[str, object], *bound: str) -> World:
    """Give the family after the rules of the area have changed."""
    world = family(*bound)
    world.rule_sets[HERE] = rules(changes)
    return world


def named(refusal: Outcome) -> Refusal:
    assert isinstance(refusal, Refusal), refusal
    return refusal


# --------------------------------------------------------------------- insured persons, accounts


def take_back(world: World, fen: int) -> Outcome:
    return bookkeeping.take_back(world["ann"], segment=Segment.PRIOR, amount_fen=fen, on=DAY)


def close(world: World, payee: Payee, heir: str | None = None) -> Outcome:
    known = world[heir] if heir else None
    return bookkeeping.close_account(world["ann"], payee=payee, heir=known, on=DAY)


def enroll_again(world: World) -> Outcome:
    return bookkeeping.enroll(
        world["ann"],
        person=ANN,
        region=HERE,
        insurance=Insurance.EMPLOYEE,
        work=Work.IN_SERVICE,
        on=DAY,
    )


def lost(world: World) -> World:
    reported = bookkeeping.report_card(world["ann"], card=Card.LOST, on=DAY)
    done(world.record(reported))
    return world


def credited(world: World) -> World:
    done(world.credit("ann", 1, period="2026-03"))
    return world


def held(world: World) -> World:
    done(world.hold(request("c", "ann", own_fen=1)))
    return world


def dead(world: World) -> World:
    done(world.cover("ann", Coverage.DECEASED, on=DAY))
    return world


def closed(world: World) -> World:
    done(world.record(close(world, Payee.OWNER_CASH)))
    return world


def open_account(world: World, who: str, on: date = DAY) -> Outcome:
    return bookkeeping.open_account(world[who], rules=rules(), on=on)


def new_employee() -> World:
    """Give a world in which eve is enrolled on `START` and has no account yet."""
    world = World()
    world.record(
        bookkeeping.enroll(
            None,
            person=PersonId("eve"),
            region=HERE,
            insurance=Insurance.EMPLOYEE,
            work=Work.IN_SERVICE,
            on=START,
        )
    )
    return world


ACCOUNTS: list[tuple[Callable[[], Outcome], Refusal]] = [
    (lambda: enroll_again(family()), refuse(Code.ALREADY_EXISTS, id="ann")),
    (
        lambda: dead(family()).cover("ann", Coverage.ACTIVE, on=DAY),
        refuse(Code.COVERAGE_CHANGE_IMPOSSIBLE, person="ann", before="deceased", after="active"),
    ),
    (
        lambda: bookkeeping.move(family()["ann"], to=HERE, on=DAY),
        refuse(
            Code.COVERAGE_CHANGE_IMPOSSIBLE, person="ann", before="active 310000", after="310000"
        ),
    ),
    (
        lambda: bookkeeping.retire(family()["kid"], on=DAY),
        refuse(Code.COVERAGE_CHANGE_IMPOSSIBLE, person="kid", before="none", after="retired"),
    ),
    (
        lambda: bookkeeping.report_card(lost(family())["ann"], card=Card.EXPIRED, on=DAY),
        refuse(Code.CARD_CHANGE_IMPOSSIBLE, person="ann", before="lost", after="expired"),
    ),
    (
        lambda: bookkeeping.replace_card(family()["ann"], on=DAY),
        refuse(Code.CARD_CHANGE_IMPOSSIBLE, person="ann", before="active", after="active"),
    ),
    (
        lambda: open_account(family(), "kid"),
        refuse(Code.NO_ACCOUNT, person="kid", insurance="resident"),
    ),
    (lambda: open_account(family(), "ann"), refuse(Code.ALREADY_EXISTS, id="ann")),
    (
        lambda: open_account(new_employee(), "eve", START - days(1)),
        refuse(Code.COVERAGE_NOT_ACTIVE, person="eve", status="active"),
    ),
    (
        lambda: family().credit("kid", 1),
        refuse(Code.NO_ACCOUNT, person="kid", insurance="resident"),
    ),
    (lambda: closed(family()).credit("ann", 1), refuse(Code.ACCOUNT_CLOSED, person="ann")),
    (lambda: family().credit("ann", -7), refuse(Code.AMOUNT_OUT_OF_RANGE, amount_fen=-7)),
    (
        lambda: credited(family()).credit("ann", 1, period="2026-03"),
        refuse(Code.ALREADY_CREDITED, person="ann", period="2026-03", kind="monthly"),
    ),
    (
        lambda: take_back(family(), 3),
        refuse(Code.INSUFFICIENT, person="ann", asked_fen=3, available_fen=0),
    ),
    (
        lambda: family().roll("ann", on=date(2025, 6, 1)),
        refuse(Code.YEAR_ALREADY_ROLLED, person="ann", year=2026),
    ),
    (
        lambda: close(held(family()), Payee.OWNER_CASH),
        refuse(Code.HOLDS_OPEN, person="ann", claim="c"),
    ),
    (
        lambda: close(family(), Payee.POOLED_FUND),
        refuse(Code.PAYEE_IMPOSSIBLE, person="ann", payee="pooled_fund"),
    ),
    (
        lambda: close(dead(family()), Payee.HEIR_CASH),
        refuse(Code.PAYEE_IMPOSSIBLE, person="ann", payee="heir_cash"),
    ),
    (
        lambda: close(dead(family()), Payee.HEIR_ACCOUNT, "kid"),
        refuse(Code.PAYEE_IMPOSSIBLE, person="ann", payee="heir_account"),
    ),
]


@pytest.mark.parametrize(("decide", "expected"), ACCOUNTS)
def test_a_refusal_about_an_account_names_whom_and_what_it_concerns(
    decide: Callable[[], Outcome], expected: Refusal
) -> None:
    assert named(decide()) == expected


# -------------------------------------------------------------------------------------- families


def review(world: World) -> Outcome:
    parties = world.parties("ann", "dad")
    pool, rule_set = world.pools[PoolId(FAMILY)], world.rule_sets[HERE]
    return binding.review(pool, parties, approved=True, rules=rule_set, on=DAY)


def withdraw(world: World) -> Outcome:
    return binding.withdraw(world.pools[PoolId(FAMILY)], world.parties("ann", "dad"), on=DAY)


def withdrawn(world: World) -> World:
    done(world.record(withdraw(world)))
    return world


def reviewed_first() -> World:
    """Give the family with a relation that waits for a reviewer."""
    world = under({"pool.review": True})
    done(world.try_bind("ann", "dad"))
    return world


def order(world: World, *grantors: str) -> Outcome:
    return binding.set_order(
        world.pools[PoolId(FAMILY)],
        beneficiary=DAD,
        grantors=tuple(map(PersonId, grantors)),
        rules=world.rule_sets[HERE],
        on=DAY,
    )


def divorce(world: World) -> Outcome:
    return unbinding.report_divorce(
        world.pools[PoolId(FAMILY)],
        (ANN, DAD),
        members=world.people,
        rules=world.rule_sets[HERE],
        on=DAY,
    )


def open_again(world: World) -> Outcome:
    known = world.pools[PoolId(FAMILY)]
    return binding.open_pool(known, pool=known.id, opener=world["ann"], on=DAY)


def open_before_enrolment(world: World) -> Outcome:
    return binding.open_pool(None, pool=PoolId("g"), opener=world["ann"], on=START - days(1))


PAIR = {"grantor": "ann", "beneficiary": "dad"}

FAMILIES: list[tuple[Callable[[], Outcome], Refusal]] = [
    (lambda: open_again(family()), refuse(Code.ALREADY_EXISTS, id=FAMILY)),
    (
        lambda: open_before_enrolment(family()),
        refuse(Code.COVERAGE_NOT_ACTIVE, person="ann", status="active"),
    ),
    (lambda: family().try_bind("ann", "ann"), refuse(Code.SELF_BINDING, person="ann")),
    (lambda: family("dad").try_bind("ann", "dad"), refuse(Code.ALREADY_BOUND, **PAIR)),
    (
        lambda: under({"pool.relations": frozenset({Relation.CHILD})}).try_bind("ann", "dad"),
        refuse(Code.RELATION_NOT_ALLOWED, rule="pool.relations", relation="parent"),
    ),
    (
        lambda: under({"pool.beneficiary_insurance": frozenset({Insurance.EMPLOYEE})}).try_bind(
            "ann", "kid"
        ),
        refuse(
            Code.INSURANCE_NOT_ALLOWED,
            rule="pool.beneficiary_insurance",
            person="kid",
            insurance="resident",
        ),
    ),
    (
        lambda: under({"pool.exclusive_roles": True}, "dad").try_bind("dad", "kid"),
        refuse(
            Code.ROLES_EXCLUSIVE,
            rule="pool.exclusive_roles",
            grantor="dad",
            beneficiary="kid",
        ),
    ),
    (
        lambda: under({"pool.max_beneficiaries": 1}, "dad").try_bind("ann", "kid"),
        refuse(Code.TOO_MANY_BENEFICIARIES, rule="pool.max_beneficiaries", person="ann", most=1),
    ),
    (
        lambda: under({"pool.max_grantors": 1}, "kid").try_bind("dad", "kid"),
        refuse(Code.TOO_MANY_GRANTORS, rule="pool.max_grantors", person="kid", most=1),
    ),
    (
        lambda: under({"pool.max_pools": 1}, "dad").try_bind("dad", "kid", family="other"),
        refuse(Code.TOO_MANY_POOLS, rule="pool.max_pools", person="dad", most=1),
    ),
    (
        lambda: under({"pool.max_pools": 1}, "kid").try_bind("dad", "kid", family="other"),
        refuse(Code.TOO_MANY_POOLS, rule="pool.max_pools", person="kid", most=1),
    ),
    (lambda: review(family("dad")), refuse(Code.NOT_UNDER_REVIEW, **PAIR)),
    (lambda: withdraw(reviewed_first()), refuse(Code.UNDER_REVIEW, **PAIR)),
    (lambda: withdraw(family()), refuse(Code.NOT_BOUND, **PAIR)),
    (lambda: withdraw(withdrawn(family("dad"))), refuse(Code.NOT_AUTHORIZED, **PAIR)),
    (
        lambda: under({"pool.period_required": True}, "dad").authorize_use("ann", "dad", ANY_USE),
        refuse(Code.PERIOD_REQUIRED, rule="pool.period_required", first="2026-01-01"),
    ),
    (
        lambda: family("dad").authorize_use("ann", "dad", Authorization(START, per_use_fen=-5)),
        refuse(Code.AMOUNT_OUT_OF_RANGE, amount_fen=-5),
    ),
    (
        lambda: family("dad").authorize_use("ann", "dad", Authorization(DAY, last_day=START)),
        refuse(Code.INVALID_PERIOD, first="2026-03-02", last="2026-01-01"),
    ),
    (
        lambda: order(under({"pool.reorder": False}, "dad"), "ann"),
        refuse(Code.ORDER_FIXED, rule="pool.reorder", order="filing"),
    ),
    (
        lambda: order(family("dad"), "kid"),
        refuse(Code.ORDER_INCOMPLETE, beneficiary="dad", grantors="ann"),
    ),
    (lambda: family().unbind("ann", "dad"), refuse(Code.NOT_BOUND, **PAIR)),
    (lambda: divorce(family("dad")), refuse(Code.NOT_BOUND, **PAIR)),
]


@pytest.mark.parametrize(("decide", "expected"), FAMILIES)
def test_a_refusal_about_a_family_names_whom_it_concerns_and_the_rule_that_decided(
    decide: Callable[[], Outcome], expected: Refusal
) -> None:
    assert named(decide()) == expected
