"""Decisions about a family pool: open, bind, review, authorize, withdraw, order."""

from __future__ import annotations

from datetime import date, timedelta

from domain.bookkeeping import check_covered, open_account_of
from domain.codes import Evidence, Order, Relation
from domain.facts import Change, Outcome
from domain.funding import means, relations_of
from domain.ids import PersonId, PoolId, check_id
from domain.money import MAX_FEN
from domain.parties import Parties, bound
from domain.person import Person, PersonJoinedPool
from domain.pool import (
    Authorization,
    AuthorizationWithdrawn,
    OrderSet,
    Pool,
    PoolOpened,
    RelationBound,
    RelationReviewed,
    Standing,
    UseAuthorized,
    pool_stream,
)
from domain.refusals import Code, Refusal, refuse
from domain.returning import end_purses_of
from domain.rules import RuleSet
from domain.unbinding import leave


def open_pool(known: Pool | None, *, pool: PoolId, opener: Person, on: date) -> Outcome:
    """Open a family pool in the opener's pooling area."""
    if refusal := check_id(pool):
        return refusal
    if known is not None:
        return refuse(Code.ALREADY_EXISTS, id=pool)
    if refusal := check_covered(opener, on):
        return refusal
    fact = PoolOpened(effective_on=on, pool=pool, region=opener.region, opened_by=opener.id)
    return (Change(pool_stream(pool), fact),)


def bind(
    pool: Pool,
    parties: Parties,
    *,
    relation: Relation,
    evidence: Evidence,
    rules: RuleSet,
    on: date,
) -> Outcome:
    """Bind a grantor and a beneficiary. Rules are those of the pool's area on the day."""
    grantor, beneficiary = parties.grantor, parties.beneficiary
    if refusal := _check_parties(parties, relation, rules=rules, on=on):
        return refusal
    if refusal := _check_numbers(pool, parties, relation, rules=rules):
        return refusal
    bound = RelationBound(
        effective_on=on,
        grantor=grantor.id,
        beneficiary=beneficiary.id,
        relation=relation,
        evidence=evidence,
        filing_no=pool.filed + 1,
        active_from=on + timedelta(days=rules.pool.activation_days),
        under_review=rules.pool.review,
    )
    joined = [
        Change(person.stream, PersonJoinedPool(effective_on=on, pool=pool.id))
        for person in (grantor, beneficiary)
        if pool.id not in person.pools
    ]
    return (Change(pool.stream, bound), *joined)


def _check_parties(
    parties: Parties, relation: Relation, *, rules: RuleSet, on: date
) -> Refusal | None:
    """Ask whether these two may be bound at all."""
    grantor, beneficiary = parties.grantor, parties.beneficiary
    account = open_account_of(grantor)
    if isinstance(account, Refusal):
        return account
    if grantor.id == beneficiary.id:
        return refuse(Code.SELF_BINDING, person=grantor.id)
    pair = (grantor.id, beneficiary.id)
    if any((b.grantor, b.beneficiary) == pair for b in parties.open_bindings()):
        return refuse(Code.ALREADY_BOUND, grantor=grantor.id, beneficiary=beneficiary.id)
    home, theirs = grantor.region_on(on), beneficiary.region_on(on)
    relations, rule = relations_of(rules, means(rules, home=home, theirs=theirs))
    if relation not in relations:
        return refuse(Code.RELATION_NOT_ALLOWED, rule=rule, relation=relation)
    if refusal := check_covered(grantor, on) or check_covered(beneficiary, on):
        return refusal
    if beneficiary.insurance not in rules.pool.beneficiary_insurance:
        return refuse(
            Code.INSURANCE_NOT_ALLOWED,
            rule="pool.beneficiary_insurance",
            person=beneficiary.id,
            insurance=beneficiary.insurance,
        )
    return None


def _check_numbers(
    pool: Pool, parties: Parties, relation: Relation, *, rules: RuleSet
) -> Refusal | None:
    """Ask whether roles and numbers of relations stay within the rules."""
    grantor, beneficiary = parties.grantor.id, parties.beneficiary.id
    bindings = parties.open_bindings()
    if rules.pool.exclusive_roles and any(
        b.beneficiary == grantor or b.grantor == beneficiary for b in bindings
    ):
        return refuse(
            Code.ROLES_EXCLUSIVE,
            rule="pool.exclusive_roles",
            grantor=grantor,
            beneficiary=beneficiary,
        )
    if sum(b.grantor == grantor for b in bindings) >= rules.pool.max_beneficiaries:
        return refuse(
            Code.TOO_MANY_BENEFICIARIES,
            rule="pool.max_beneficiaries",
            person=grantor,
            most=rules.pool.max_beneficiaries,
        )
    if refusal := _check_relation_count(parties, relation, rules):
        return refusal
    if sum(b.beneficiary == beneficiary for b in bindings) >= rules.pool.max_grantors:
        return refuse(
            Code.TOO_MANY_GRANTORS,
            rule="pool.max_grantors",
            person=beneficiary,
            most=rules.pool.max_grantors,
        )
    for person in (parties.grantor, parties.beneficiary):
        if len(person.pools | {pool.id}) > rules.pool.max_pools:
            return refuse(
                Code.TOO_MANY_POOLS,
                rule="pool.max_pools",
                person=person.id,
                most=rules.pool.max_pools,
            )
    return None


def _check_relation_count(parties: Parties, relation: Relation, rules: RuleSet) -> Refusal | None:
    """Ask whether the grantor may have one more spouse, parent or child, in all pools together."""
    parameter = _COUNTED.get(relation)
    if parameter is None:
        return None
    grantor = parties.grantor.id
    known = sum(b.grantor == grantor and b.relation is relation for b in parties.open_bindings())
    most = getattr(rules.pool, parameter)
    if known < most:
        return None
    return refuse(
        Code.TOO_MANY_OF_RELATION,
        rule=f"pool.{parameter}",
        person=grantor,
        relation=relation,
        most=most,
    )


_COUNTED = {
    Relation.SPOUSE: "max_spouses",
    Relation.PARENT: "max_parents",
    Relation.CHILD: "max_children",
}
"""Which relations are counted by themselves, by the limit in the rules."""


def review(pool: Pool, parties: Parties, *, approved: bool, rules: RuleSet, on: date) -> Outcome:
    """Approve or reject a relation that waits for a reviewer."""
    grantor, beneficiary = parties.grantor.id, parties.beneficiary.id
    binding = pool.binding(grantor, beneficiary)
    if binding is None or binding.standing is not Standing.UNDER_REVIEW:
        return refuse(Code.NOT_UNDER_REVIEW, grantor=grantor, beneficiary=beneficiary)
    fact = RelationReviewed(
        effective_on=on, grantor=grantor, beneficiary=beneficiary, approved=approved
    )
    if approved:
        return (Change(pool.stream, fact),)
    members = parties.by_id()
    back = end_purses_of(pool, [binding], members=members, rules=rules, on=on)
    return (Change(pool.stream, fact), *back, *leave(pool, [binding], members=members, on=on))


def authorize(
    pool: Pool,
    parties: Parties,
    *,
    authorization: Authorization,
    rules: RuleSet,
    on: date,
) -> Outcome:
    """Let a beneficiary use the grantor's account; replaces an earlier authorization."""
    if refusal := _check_authorization(authorization):
        return refusal
    binding = bound(pool, parties)
    if isinstance(binding, Refusal):
        return binding
    if authorization.last_day is None and rules.pool.period_required:
        first = authorization.first_day.isoformat()
        return refuse(Code.PERIOD_REQUIRED, rule="pool.period_required", first=first)
    fact = UseAuthorized(
        effective_on=on,
        grantor=binding.grantor,
        beneficiary=binding.beneficiary,
        authorization=authorization,
    )
    return (Change(pool.stream, fact),)


def _check_authorization(authorization: Authorization) -> Refusal | None:
    for fen in (
        authorization.per_use_fen,
        authorization.per_day_fen,
        authorization.per_year_fen,
        authorization.joint_year_fen or 0,
        authorization.retained_fen,
    ):
        if not 0 <= fen <= MAX_FEN:
            return refuse(Code.AMOUNT_OUT_OF_RANGE, amount_fen=fen)
    first, last = authorization.first_day, authorization.last_day
    if last is not None and last < first:
        return refuse(Code.INVALID_PERIOD, first=first.isoformat(), last=last.isoformat())
    return None


def withdraw(pool: Pool, parties: Parties, *, on: date) -> Outcome:
    """Withdraw an authorization. Money already held for a claim stays held."""
    binding = bound(pool, parties)
    if isinstance(binding, Refusal):
        return binding
    if binding.authorization is None:
        return refuse(Code.NOT_AUTHORIZED, grantor=binding.grantor, beneficiary=binding.beneficiary)
    fact = AuthorizationWithdrawn(
        effective_on=on, grantor=binding.grantor, beneficiary=binding.beneficiary
    )
    return (Change(pool.stream, fact),)


def set_order(
    pool: Pool,
    *,
    beneficiary: PersonId,
    grantors: tuple[PersonId, ...],
    rules: RuleSet,
    on: date,
) -> Outcome:
    """Put a beneficiary's grantors in another order, where the area lets people choose."""
    if not rules.pool.reorder and rules.pool.order is not Order.USER_SET:
        return refuse(Code.ORDER_FIXED, rule="pool.reorder", order=rules.pool.order)
    bound = {b.grantor for b in pool.open_bindings() if b.beneficiary == beneficiary}
    if set(grantors) != bound or len(grantors) != len(bound) or not bound:
        return refuse(
            Code.ORDER_INCOMPLETE, beneficiary=beneficiary, grantors=", ".join(sorted(bound))
        )
    fact = OrderSet(effective_on=on, beneficiary=beneficiary, grantors=grantors)
    return (Change(pool.stream, fact),)
