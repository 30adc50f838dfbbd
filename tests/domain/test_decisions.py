"""Random families, rules and claims: what must hold for every decision and every history."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import claim, person, pool
from domain.allocation import Situation, allocate
from domain.claim import Allocation, ClaimRequest, ClaimSettled
from domain.codes import Category, Insurance, Order, OwnFirst, Place, RefundSegment
from domain.eligibility import Candidate, line_barrier
from domain.facts import Kind, Stream
from domain.ids import ClaimId, PersonId, PoolId
from domain.person import Person
from domain.pool import Authorization, Pool
from domain.reasons import Reason
from domain.refusals import Refusal
from domain.rules import SegmentOrder
from domain.undoing import Undo
from tests.auditor import audit
from tests.builders import DAY, NEXT_NOON, START, days, institution, line, noon, request, rules
from tests.world import World

FEW = st.integers(0, 60)
LIMIT = st.one_of(st.just(10**15), FEW)
CATEGORIES = st.frozensets(st.sampled_from([Category.OUTPATIENT, Category.DRUG]), min_size=1)
GRANTORS = ("g1", "g2", "g3")

RULES = st.fixed_dictionaries(
    {},
    optional={
        "own.segments": st.sampled_from(SegmentOrder),
        "own.categories": CATEGORIES,
        "own.outside_catalogue": st.booleans(),
        "pool.segments": st.sampled_from(SegmentOrder),
        "pool.categories": CATEGORIES,
        "pool.retained_minimum": FEW,
        "pool.per_use_cap": LIMIT,
        "pool.per_day_cap": LIMIT,
        "pool.per_year_cap": LIMIT,
        "pool.joint_year_cap": LIMIT,
        "pool.own_first": st.sampled_from(OwnFirst),
        "pool.order": st.sampled_from(Order),
        "pool.fall_through": st.booleans(),
        "pool.outside_catalogue": st.booleans(),
        "pool.with_fund": st.booleans(),
        "pool.activation_days": st.sampled_from([0, 61]),
        "claim.cancel_across_months": st.booleans(),
        "claim.cancel_across_years": st.sampled_from(RefundSegment),
    },
)
AUTHORIZATIONS = st.builds(
    Authorization,
    first_day=st.sampled_from([START, DAY]),
    last_day=st.sampled_from([None, DAY, date(2027, 12, 31)]),
    places=st.sampled_from([frozenset[Place](), frozenset({Place.HOSPITAL})]),
    categories=st.one_of(st.just(frozenset[Category]()), CATEGORIES),
    per_use_fen=LIMIT,
    per_day_fen=LIMIT,
    per_year_fen=LIMIT,
    joint_year_fen=LIMIT,
    retained_fen=FEW,
)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Draw a patient, up to three grantors with authorizations, and the rules."""
    world = World(rules(draw(RULES)))
    insurance = draw(st.sampled_from([Insurance.EMPLOYEE, Insurance.RESIDENT]))
    own = draw(FEW) if insurance is Insurance.EMPLOYEE else 0
    world.enroll("patient", current_fen=own, insurance=insurance)
    for who in GRANTORS[: draw(st.integers(0, 3))]:
        world.enroll(who, current_fen=draw(FEW), prior_fen=draw(FEW))
        day = START + days(draw(st.integers(0, 2)))
        world.bind(who, "patient", on=day, authorization=draw(AUTHORIZATIONS))
    return world


@st.composite
def claims(draw: st.DrawFn, number: str = "c", day: date = DAY) -> ClaimRequest:
    """Draw a claim of up to three lines."""
    lines = [
        line(
            no,
            draw(FEW),
            fund_fen=draw(st.sampled_from([0, 0, 9])),
            category=draw(st.sampled_from([Category.OUTPATIENT, Category.DRUG])),
            outside_catalogue=draw(st.sampled_from([False, False, True])),
        )
        for no in range(1, draw(st.integers(1, 3)) + 1)
    ]
    place = draw(st.sampled_from([Place.HOSPITAL, Place.HOSPITAL, Place.PHARMACY]))
    return request(number, "patient", lines=lines, day=day, institution=institution(place=place))


def allocation_of(world: World, asked: ClaimRequest) -> Allocation:
    allocation = world.quote(asked)
    assert isinstance(allocation, Allocation), allocation
    return allocation


@given(worlds(), claims())
def test_money_in_is_money_out_on_every_line(world: World, asked: ClaimRequest) -> None:
    allocation = allocation_of(world, asked)
    out = Counter(dict(allocation.cash_fen))
    for leg in allocation.legs:
        assert leg.amount_fen > 0
        out[leg.line] += leg.amount_fen
    assert dict(out) == {each.no: each.own_fen for each in asked.lines}
    assert all(fen >= 0 for _, fen in allocation.cash_fen)
    assert allocation.accounts_fen + allocation.total_cash_fen == asked.own_fen


@given(worlds(), claims())
def test_every_candidate_has_one_trial_that_says_what_its_legs_say(
    world: World, asked: ClaimRequest
) -> None:
    allocation = allocation_of(world, asked)
    situation = world.situation(asked)
    candidates = {situation.patient.person.id, *(c.person.id for c in situation.relatives)}
    assert Counter(t.account for t in allocation.trials) == Counter(candidates)
    assert allocation.trials[0].account == "patient"
    gave: Counter[str] = Counter()
    for leg in allocation.legs:
        gave[leg.account] += leg.amount_fen
    assert {t.account: t.gave_fen for t in allocation.trials if t.gave_fen} == dict(gave)
    order = [t.account for t in allocation.trials]
    assert [leg.account for leg in allocation.legs] == sorted(
        (leg.account for leg in allocation.legs), key=order.index
    )


PAYING = {Reason.PAID_THE_REST, Reason.GAVE_ALL_IT_HAD}
LIMITS = {
    Reason.RETAINED_MINIMUM,
    Reason.PER_USE_LIMIT,
    Reason.PER_DAY_LIMIT,
    Reason.PER_YEAR_LIMIT,
    Reason.JOINT_LIMIT,
}


@given(worlds(), claims())
def test_the_reason_of_every_trial_fits_what_it_gave(world: World, asked: ClaimRequest) -> None:
    for trial in allocation_of(world, asked).trials:
        if trial.reason in LIMITS:
            assert trial.bound_fen == trial.gave_fen
            assert trial.rule is not None
        else:
            assert (trial.gave_fen > 0) == (trial.reason in PAYING)
            assert trial.bound_fen is None


def candidates_by_id(world: World, asked: ClaimRequest) -> dict[str, Candidate]:
    situation = world.situation(asked)
    return {c.person.id: c for c in (situation.patient, *situation.relatives)}


@given(worlds(), claims())
def test_no_line_is_paid_later_while_an_earlier_account_may_still_give_for_it(
    world: World, asked: ClaimRequest
) -> None:
    allocation = allocation_of(world, asked)
    known = candidates_by_id(world, asked)
    left = dict(allocation.cash_fen)
    may_still_give = {Reason.NOTHING_LEFT_TO_PAY, Reason.PAID_THE_REST}
    for trial in reversed(allocation.trials):
        for each in asked.lines:
            if trial.reason in may_still_give and line_barrier(known[trial.account], each) is None:
                assert left[each.no] == 0, "I12"
        for leg in allocation.legs:
            if leg.account == trial.account:
                left[leg.line] += leg.amount_fen


@given(worlds(), claims())
def test_deciding_again_from_the_recorded_versions_gives_the_same_lines(
    world: World, asked: ClaimRequest
) -> None:
    world.settle(asked)
    world.credit("g1", 99) if PersonId("g1") in world.people else None
    fact = world.history[claim.claim_stream(asked.claim)][0]
    assert isinstance(fact, ClaimSettled)
    assert allocate(fact.request, _situation_behind(world, fact.allocation)) == fact.allocation, (
        "I13"
    )


def _situation_behind(world: World, recorded: Allocation) -> Situation:
    """Read every stream up to the version that the decision names."""
    pools = tuple(_pool_at(world, family, version) for family, version in recorded.pools)

    def candidate(account: PersonId, version: int, in_pool: PoolId | None) -> Candidate:
        owner = _person_at(world, account, version)
        family = next((each for each in pools if each.id == in_pool), None)
        relation = family.binding(account, PersonId("patient")) if family else None
        return Candidate(owner, version, world.rule_sets[owner.region], family, relation)

    first, *others = (candidate(t.account, t.version, t.pool) for t in recorded.trials)
    return Situation(first, tuple(others), recorded.pools, None, noon(DAY))


def _person_at(world: World, who: PersonId, version: int) -> Person:
    state: Person | None = None
    for fact in world.history[person.person_stream(who)][:version]:
        state = person.evolve(state, fact)
    assert state is not None
    return state


def _pool_at(world: World, family: PoolId, version: int) -> Pool:
    state: Pool | None = None
    for fact in world.history[Stream(Kind.POOL, family)][:version]:
        state = pool.evolve(state, fact)
    assert state is not None
    return state


# --------------------------------------------------------------------------------- whole histories


STEPS = st.sampled_from(
    [
        "settle",
        "hold",
        "capture",
        "capture less",
        "release",
        "expire",
        "cancel",
        "cancel a part",
        "reverse",
        "credit",
        "roll",
        "unbind",
        "settle",
    ]
)


@given(worlds(), st.data())
def test_invariants_hold_after_every_step_of_a_random_history(
    world: World, data: st.DataObject
) -> None:
    day = DAY
    for step in data.draw(st.lists(STEPS, max_size=12)):
        number = data.draw(st.sampled_from(["c1", "c2", "c3"]))
        day += days(data.draw(st.sampled_from([0, 0, 1, 40, 200])))
        before = (dict(world.people), dict(world.pools), dict(world.claims))
        outcome = take(world, step, number, day=day, data=data)
        if outcome is None or isinstance(outcome, Refusal):
            assert before == (world.people, world.pools, world.claims)
        audit(world)


def take(world: World, step: str, number: str, *, day: date, data: st.DataObject) -> Any:  # noqa: ANN401  # an outcome
    """Take one step at noon of a day; None where it does not apply."""
    now = noon(day)
    known = world.claims.get(ClaimId(number))
    who = data.draw(st.sampled_from(sorted(world.people)))
    match step:
        case "settle":
            return world.settle(data.draw(claims(number, day)), now=now)
        case "hold":
            until = NEXT_NOON + (day - DAY) + days(data.draw(st.sampled_from([0, 300])))
            return world.hold(data.draw(claims(number, day)), now=now, until=until)
        case "credit":
            return world.credit(who, data.draw(st.integers(1, 50)), on=day)
        case "roll":
            return world.roll(who, on=day)
        case "unbind" if who in GRANTORS:
            return world.unbind(who, "patient")
    if known is None or step == "unbind":
        return None
    some = {each.no: data.draw(FEW) for each in known.request.lines}
    match step:
        case "capture":
            return world.capture(number, now=now)
        case "capture less":
            return world.capture(number, some, now=now)
        case "release":
            return world.release(number, now=now)
        case "expire":
            return world.expire(number, now=now)
        case "cancel":
            return world.cancel(number, now=now)
        case "cancel a part":
            return world.cancel(number, Undo(some, {}), now=now)
        case _:
            return world.reverse(number, now=now)


@given(worlds(), claims())
def test_settling_and_cancelling_leaves_every_account_as_it_was(
    world: World, asked: ClaimRequest
) -> None:
    before = {who: each.account and each.account.available for who, each in world.people.items()}
    world.settle(asked)
    world.cancel("c")
    after = {who: each.account and each.account.available for who, each in world.people.items()}
    assert after == before
    again = world.quote(asked)
    assert isinstance(again, Allocation)
    first = world.claims[ClaimId("c")].allocation
    assert (again.legs, again.cash_fen) == (first.legs, first.cash_fen)


@given(worlds(), claims(), st.data())
def test_holding_and_capturing_all_of_it_pays_what_settling_at_once_pays(
    world: World, asked: ClaimRequest, data: st.DataObject
) -> None:
    assert data is not None
    world.hold(asked)
    held = dict(world.people)
    world.capture("c")
    captured = world.claims[ClaimId("c")]
    world.reverse("c")
    world.settle(asked)
    at_once = world.claims[ClaimId("c")]
    assert (captured.legs, captured.cash_fen) == (at_once.legs, at_once.cash_fen)
    assert held.keys() == world.people.keys()


def test_a_decision_that_is_refused_names_no_stream_and_no_fact() -> None:
    world = World()
    world.enroll("patient", current_fen=5)
    outcome = world.settle(request("c", "patient", own_fen=1, day=DAY + days(1)))
    assert isinstance(outcome, Refusal)
    assert not world.claims
    with pytest.raises(TypeError):
        iter(outcome)  # type: ignore[call-overload]  # a refusal holds no changes
