"""Decisions about a family: what is recorded, and every refusal in its order."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from domain import binding, bookkeeping, unbinding
from domain.codes import Coverage, EndReason, Insurance, Order, Payee, Relation
from domain.facts import Outcome
from domain.ids import PersonId, PoolId
from domain.money import MAX_FEN
from domain.pool import Authorization, RelationBound, Standing
from domain.refusals import Code
from domain.rules import RuleSet
from tests.auditor import audit
from tests.builders import ANY_USE, DAY, HERE, START, days, done, refused, rules, topics
from tests.families import FAMILY
from tests.world import World


def family(rule_set: RuleSet | None = None) -> World:
    """Give two possible grantors, a retired father and a child in resident insurance."""
    world = World(rule_set or rules())
    for who in ("ann", "bob", "dad"):
        world.enroll(who, current_fen=100_00)
    world.enroll("kid", insurance=Insurance.RESIDENT)
    return world


# ------------------------------------------------------------------------------- opening, binding


def test_a_covered_person_opens_a_pool_once_under_a_good_id() -> None:
    world = family()
    pool = world.open_pool(FAMILY, "ann")
    assert (pool.id, pool.region, pool.opened_by) == (FAMILY, HERE, "ann")
    opener = world["ann"]
    refused(binding.open_pool(pool, pool=pool.id, opener=opener, on=START), Code.ALREADY_EXISTS)
    refused(binding.open_pool(None, pool=PoolId("a b"), opener=opener, on=START), Code.MALFORMED_ID)
    early = binding.open_pool(None, pool=PoolId("g"), opener=opener, on=START - days(1))
    refused(early, Code.COVERAGE_NOT_ACTIVE)


def test_binding_records_the_relation_and_who_joined() -> None:
    world = family(rules({"pool.activation_days": 30}))
    outcome = world.try_bind("ann", "dad", on=DAY)
    assert topics(outcome) == ["pool.relation_bound", "person.joined_pool", "person.joined_pool"]
    fact = done(outcome)[0].fact
    assert isinstance(fact, RelationBound)
    assert (fact.filing_no, fact.active_from, fact.under_review) == (1, date(2026, 4, 1), False)
    assert world["ann"].pools == world["dad"].pools == {FAMILY}
    second = world.try_bind("bob", "dad", on=DAY)
    assert topics(second) == ["pool.relation_bound", "person.joined_pool"]
    audit(world)


BIND_REFUSALS = [
    ({}, ("kid", "dad"), Code.NO_ACCOUNT),
    ({}, ("ann", "ann"), Code.SELF_BINDING),
    ({}, ("ann", "dad"), Code.ALREADY_BOUND),
    ({"pool.relations": frozenset({Relation.CHILD})}, ("bob", "kid"), Code.RELATION_NOT_ALLOWED),
    (
        {"pool.beneficiary_insurance": frozenset({Insurance.EMPLOYEE})},
        ("bob", "kid"),
        Code.INSURANCE_NOT_ALLOWED,
    ),
    ({"pool.exclusive_roles": True}, ("dad", "bob"), Code.ROLES_EXCLUSIVE),
    ({"pool.exclusive_roles": True}, ("bob", "ann"), Code.ROLES_EXCLUSIVE),
    ({"pool.max_beneficiaries": 1}, ("ann", "kid"), Code.TOO_MANY_BENEFICIARIES),
    ({"pool.max_parents": 1}, ("ann", "kid"), Code.TOO_MANY_OF_RELATION),
    (
        {"pool.max_parents": 1, "pool.max_beneficiaries": 1},
        ("ann", "kid"),
        Code.TOO_MANY_BENEFICIARIES,
    ),
    ({"pool.max_parents": 0, "pool.max_grantors": 1}, ("bob", "dad"), Code.TOO_MANY_OF_RELATION),
    ({"pool.max_grantors": 1}, ("bob", "dad"), Code.TOO_MANY_GRANTORS),
]


@pytest.mark.parametrize(("changes", "pair", "code"), BIND_REFUSALS)
def test_a_relation_outside_the_rules_is_refused(
    changes: dict[str, object], pair: tuple[str, str], code: Code
) -> None:
    world = family()
    world.bind("ann", "dad")
    world.rule_sets[HERE] = rules(changes)
    refused(world.try_bind(*pair), code)


def test_roles_may_be_mixed_where_no_rule_forbids_it() -> None:
    world = family()
    world.bind("ann", "dad")
    done(world.try_bind("dad", "bob"))
    done(world.try_bind("dad", "ann"))


@pytest.mark.parametrize("who", ["ann", "dad"])
def test_both_sides_must_be_covered(who: str) -> None:
    world = family()
    world.open_pool(FAMILY, "bob")
    done(world.cover(who, Coverage.SUSPENDED, on=DAY))
    assert refused(world.try_bind("ann", "dad", on=DAY), Code.COVERAGE_NOT_ACTIVE).facts == {
        "person": who,
        "status": "suspended",
    }
    done(world.try_bind("ann", "dad", on=DAY - days(1)))


def test_a_closed_account_helps_nobody() -> None:
    world = family()
    world.open_pool(FAMILY, "bob")
    closed = bookkeeping.close_account(world["ann"], payee=Payee.OWNER_CASH, heir=None, on=DAY)
    done(world.record(closed))
    refused(world.try_bind("ann", "dad"), Code.ACCOUNT_CLOSED)


@pytest.mark.parametrize("second", [("ann", "kid"), ("bob", "dad")])
def test_nobody_belongs_to_more_pools_than_the_rules_allow(second: tuple[str, str]) -> None:
    world = family(rules({"pool.max_pools": 1}))
    world.bind("ann", "dad")
    refused(world.try_bind(*second, family="other"), Code.TOO_MANY_POOLS)
    done(world.try_bind(*second))


def test_a_relation_in_another_pool_counts_as_bound() -> None:
    world = family()
    world.bind("ann", "dad")
    refused(world.try_bind("ann", "dad", family="other"), Code.ALREADY_BOUND)


# ----------------------------------------------------------------------------------------- review


def decide(world: World, *, approved: bool, beneficiary: str = "dad") -> Outcome:
    pool, parties = world.pools[PoolId(FAMILY)], world.parties("ann", beneficiary)
    rule_set = world.rule_sets[pool.region]
    return world.record(binding.review(pool, parties, approved=approved, rules=rule_set, on=DAY))


def test_a_relation_under_review_waits_and_is_then_bound() -> None:
    world = family(rules({"pool.review": True}))
    done(world.try_bind("ann", "dad"))
    refused(world.authorize_use("ann", "dad"), Code.UNDER_REVIEW)
    refused(world.try_bind("ann", "dad"), Code.ALREADY_BOUND)
    assert topics(decide(world, approved=True)) == ["pool.relation_reviewed"]
    refused(decide(world, approved=True), Code.NOT_UNDER_REVIEW)
    done(world.authorize_use("ann", "dad"))


def test_who_is_rejected_leaves_the_pool_and_may_ask_again() -> None:
    world = family(rules({"pool.review": True}))
    done(world.try_bind("ann", "dad"))
    assert topics(decide(world, approved=False)) == [
        "pool.relation_reviewed",
        "person.left_pool",
        "person.left_pool",
    ]
    assert world["dad"].pools == frozenset()
    refused(decide(world, approved=False), Code.NOT_UNDER_REVIEW)
    refused(decide(world, approved=False, beneficiary="kid"), Code.NOT_UNDER_REVIEW)
    done(world.try_bind("ann", "dad"))
    audit(world)


# -------------------------------------------------------------------- authorizing and withdrawing


@pytest.mark.parametrize(
    "limit", ["per_use_fen", "per_day_fen", "per_year_fen", "joint_year_fen", "retained_fen"]
)
@pytest.mark.parametrize("fen", [-1, MAX_FEN + 1])
def test_a_limit_out_of_range_is_refused(limit: str, fen: int) -> None:
    world = family()
    world.bind("ann", "dad")
    asked = replace(ANY_USE, **{limit: fen})
    refused(world.authorize_use("ann", "dad", asked), Code.AMOUNT_OUT_OF_RANGE)


def test_an_authorization_ends_after_it_begins_and_names_its_end_where_required() -> None:
    world = family(rules({"pool.period_required": True}))
    done(world.try_bind("ann", "dad"))
    backwards = Authorization(first_day=DAY, last_day=DAY - days(1))
    refused(world.authorize_use("ann", "dad", backwards), Code.INVALID_PERIOD)
    refused(world.authorize_use("ann", "dad", ANY_USE), Code.PERIOD_REQUIRED)
    one_day = Authorization(first_day=DAY, last_day=DAY)
    assert topics(world.authorize_use("ann", "dad", one_day)) == ["pool.use_authorized"]


def test_of_several_refusals_the_first_in_the_list_is_given() -> None:
    world = family(rules({"pool.period_required": True}))
    world.open_pool(FAMILY, "ann")
    wrong = replace(ANY_USE, per_use_fen=-1)
    refused(world.authorize_use("ann", "dad", wrong), Code.AMOUNT_OUT_OF_RANGE)
    refused(world.authorize_use("ann", "dad", ANY_USE), Code.NOT_BOUND)


def withdraw(world: World) -> Outcome:
    pool, parties = world.pools[PoolId(FAMILY)], world.parties("ann", "dad")
    return world.record(binding.withdraw(pool, parties, on=DAY))


def test_an_authorization_is_withdrawn_once_and_the_relation_stays() -> None:
    world = family()
    world.bind("ann", "dad")
    assert topics(withdraw(world)) == ["pool.authorization_withdrawn"]
    refused(withdraw(world), Code.NOT_AUTHORIZED)
    refused(world.try_bind("ann", "dad"), Code.ALREADY_BOUND)
    done(world.unbind("ann", "dad"))
    refused(withdraw(world), Code.NOT_BOUND)


def test_a_relation_under_review_has_nothing_to_withdraw() -> None:
    world = family(rules({"pool.review": True}))
    done(world.try_bind("ann", "dad"))
    refused(withdraw(world), Code.UNDER_REVIEW)


# ------------------------------------------------------------------------------------------ order


def order(world: World, *grantors: str) -> Outcome:
    return world.record(
        binding.set_order(
            world.pools[PoolId(FAMILY)],
            beneficiary=PersonId("dad"),
            grantors=tuple(PersonId(each) for each in grantors),
            rules=world.rule_sets[HERE],
            on=DAY,
        )
    )


@pytest.mark.parametrize(
    ("changes", "allowed"),
    [
        ({"pool.reorder": False}, False),
        ({"pool.reorder": False, "pool.order": Order.USER_SET}, True),
        ({"pool.reorder": True, "pool.order": Order.LAST_BOUND}, True),
    ],
)
def test_the_order_is_set_where_the_area_lets_people_choose(
    changes: dict[str, object],
    allowed: bool,  # noqa: FBT001  # a column of the table
) -> None:
    world = family(rules(changes))
    world.bind("ann", "dad")
    world.bind("bob", "dad")
    if allowed:
        assert topics(order(world, "bob", "ann")) == ["pool.order_set"]
        assert world.pools[PoolId(FAMILY)].orders == {"dad": ("bob", "ann")}
    else:
        refused(order(world, "bob", "ann"), Code.ORDER_FIXED)


@pytest.mark.parametrize(
    "grantors", [(), ("ann",), ("ann", "ann"), ("ann", "bob", "bob"), ("ann", "bob", "kid")]
)
def test_an_order_names_every_grantor_once(grantors: tuple[str, ...]) -> None:
    world = family()
    world.bind("ann", "dad")
    world.bind("bob", "dad")
    assert refused(order(world, *grantors), Code.ORDER_INCOMPLETE).facts["grantors"] == "ann, bob"


def test_without_grantors_there_is_nothing_to_order() -> None:
    world = family()
    world.open_pool(FAMILY, "ann")
    refused(order(world), Code.ORDER_INCOMPLETE)


# -------------------------------------------------------------------------------------- the end


def test_unbinding_ends_the_relation_and_the_last_one_empties_the_pool() -> None:
    world = family()
    world.bind("ann", "dad")
    world.bind("bob", "dad")
    assert topics(world.unbind("ann", "dad")) == ["pool.relation_ended", "person.left_pool"]
    assert not world["ann"].pools
    assert world["dad"].pools == {FAMILY}
    refused(world.unbind("ann", "dad"), Code.NOT_BOUND)
    refused(world.unbind("ann", "kid"), Code.NOT_BOUND)
    assert topics(world.unbind("bob", "dad")) == ["pool.relation_ended", *["person.left_pool"] * 2]
    audit(world)


@pytest.mark.parametrize("reason", sorted(set(EndReason) - {EndReason.UNBOUND, EndReason.DIVORCE}))
@pytest.mark.parametrize("who", ["ann", "dad"])
def test_an_event_of_either_side_ends_relations_where_the_rules_say_so(
    who: str, reason: EndReason
) -> None:
    world = family()
    world.bind("ann", "dad")
    world.bind("bob", "dad")
    pool = world.pools[PoolId(FAMILY)]
    silent = rules({"pool.ended_by": frozenset(EndReason) - {reason}})
    for rule_set, ended in ((silent, 0), (rules(), 1 if who == "ann" else 2)):
        changes = unbinding.end_relations(
            pool,
            PersonId(who),
            members=world.people,
            reason=reason,
            rules=rule_set,
            on=DAY,
        )
        assert topics(changes).count("pool.relation_ended") == ended
    world.record(changes)
    relation = world.pools[PoolId(FAMILY)].binding(PersonId("ann"), PersonId("dad"))
    assert relation is not None
    assert (relation.standing, relation.ended_by) == (Standing.ENDED, reason)
    audit(world)


# ---------------------------------------------------------------------------------------- divorce


def divorce(world: World, rule_set: RuleSet) -> Outcome:
    return world.record(
        unbinding.report_divorce(
            world.pools[PoolId(FAMILY)],
            (PersonId("ann"), PersonId("bob")),
            members=world.people,
            rules=rule_set,
            on=DAY,
        )
    )


def test_divorce_ends_what_rests_on_the_marriage_and_nothing_else() -> None:
    world = family()
    done(world.try_bind("ann", "bob", relation=Relation.SPOUSE))
    done(world.try_bind("bob", "ann", relation=Relation.SPOUSE))
    done(world.try_bind("ann", "dad", relation=Relation.SPOUSE_PARENT))
    done(world.try_bind("bob", "dad", relation=Relation.PARENT))
    done(world.try_bind("ann", "kid", relation=Relation.CHILD))
    kept = rules({"pool.ended_by": frozenset({EndReason.DEATH})})
    assert divorce(world, kept) == ()
    assert topics(divorce(world, rules())) == ["pool.relation_ended"] * 3
    pool = world.pools[PoolId(FAMILY)]
    assert [(b.grantor, b.beneficiary) for b in pool.open_bindings()] == [
        ("bob", "dad"),
        ("ann", "kid"),
    ]
    facts = refused(divorce(world, rules()), Code.NOT_BOUND).facts
    assert facts == {"grantor": "ann", "beneficiary": "bob"}
    audit(world)


def test_who_has_no_relation_left_after_divorce_leaves_the_pool() -> None:
    world = family()
    done(world.try_bind("ann", "bob", relation=Relation.SPOUSE))
    outcome = done(divorce(world, rules()))
    assert topics(outcome) == ["pool.relation_ended", *["person.left_pool"] * 2]
    assert [change.stream.key for change in outcome[1:]] == ["ann", "bob"]
