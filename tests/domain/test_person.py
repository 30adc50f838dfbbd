"""Enrolment, coverage, moves and cards: every transition, also learned late."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from domain import bookkeeping, undoing
from domain.account import AccountOpened
from domain.claim import ClaimReleased
from domain.codes import Card, Coverage, Insurance, Work
from domain.facts import Kind
from domain.ids import MessageId, PersonId, PoolId, RegionCode
from domain.person import (
    PersonEnrolled,
    PersonJoinedPool,
    PersonLeftPool,
    PersonRetired,
    evolve,
    person_stream,
)
from domain.refusals import Code
from tests.auditor import audit
from tests.builders import (
    DAY,
    ELSEWHERE,
    HERE,
    NOON,
    SAME_PROVINCE,
    START,
    days,
    done,
    refused,
    topics,
)
from tests.world import World


@pytest.fixture
def world() -> World:
    world = World()
    world.enroll("p")
    return world


def test_someone_enrolled_is_covered_from_that_day_on(world: World) -> None:
    person = world["p"]
    assert person.coverage_on(START - days(1)) is None
    assert not person.is_covered(START - days(1))
    assert person.is_covered(START)
    assert person.stream == person_stream(PersonId("p"))
    assert person.stream.kind is Kind.PERSON
    assert (person.card, person.work, person.region) == (Card.ACTIVE, Work.IN_SERVICE, HERE)


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("张三", Code.MALFORMED_ID),
        ("11010519491231002X", Code.IDENTITY_NUMBER),
        ("p", Code.ALREADY_EXISTS),
    ],
)
def test_nobody_is_enrolled_under_a_wrong_id_or_twice(world: World, key: str, code: Code) -> None:
    outcome = bookkeeping.enroll(
        world.people.get(PersonId(key)),
        person=PersonId(key),
        region=HERE,
        insurance=Insurance.RESIDENT,
        work=Work.NONE,
        on=DAY,
    )
    refused(outcome, code)


POSSIBLE = {
    (Coverage.ACTIVE, Coverage.SUSPENDED),
    (Coverage.ACTIVE, Coverage.ENDED),
    (Coverage.ACTIVE, Coverage.DECEASED),
    (Coverage.SUSPENDED, Coverage.ACTIVE),
    (Coverage.SUSPENDED, Coverage.ENDED),
    (Coverage.SUSPENDED, Coverage.DECEASED),
    (Coverage.ENDED, Coverage.ACTIVE),
    (Coverage.ENDED, Coverage.DECEASED),
}


@pytest.mark.parametrize("after", Coverage)
@pytest.mark.parametrize("before", Coverage)
def test_coverage_changes_as_the_table_says(
    world: World, before: Coverage, after: Coverage
) -> None:
    if before is not Coverage.ACTIVE:
        done(world.cover("p", before, on=DAY))
    outcome = world.cover("p", after, on=DAY + days(1))
    if (before, after) in POSSIBLE:
        assert topics(outcome) == ["coverage.changed"]
        assert world["p"].coverage_now is after
        assert world["p"].coverage_on(DAY) is before
    else:
        refused(outcome, Code.COVERAGE_CHANGE_IMPOSSIBLE)


def test_coverage_does_not_change_before_enrolment(world: World) -> None:
    refused(
        world.cover("p", Coverage.SUSPENDED, on=START - days(1)), Code.COVERAGE_CHANGE_IMPOSSIBLE
    )
    done(world.cover("p", Coverage.SUSPENDED, on=START))
    assert world["p"].coverage == ((START, Coverage.SUSPENDED),)


def test_a_change_learned_late_replaces_what_was_believed_of_later_days(world: World) -> None:
    done(world.cover("p", Coverage.SUSPENDED, on=date(2026, 3, 1)))
    done(world.cover("p", Coverage.ACTIVE, on=date(2026, 5, 1)))
    done(world.cover("p", Coverage.ENDED, on=date(2026, 4, 1)))
    person = world["p"]
    assert person.is_covered(date(2026, 2, 28))
    assert person.coverage_on(date(2026, 3, 31)) is Coverage.SUSPENDED
    assert person.coverage_on(date(2026, 6, 1)) is Coverage.ENDED


def test_a_death_learned_late_ends_coverage_from_the_day_of_death(world: World) -> None:
    done(world.cover("p", Coverage.SUSPENDED, on=DAY))
    done(world.cover("p", Coverage.DECEASED, on=DAY - days(10)))
    assert not world["p"].is_covered(DAY - days(10))
    assert world["p"].is_covered(DAY - days(11))
    refused(world.cover("p", Coverage.ACTIVE, on=DAY), Code.COVERAGE_CHANGE_IMPOSSIBLE)


def test_whoever_moves_takes_the_account_along(world: World) -> None:
    world.credit("p", 500)
    assert topics(world.record(bookkeeping.move(world["p"], to=ELSEWHERE, on=DAY))) == [
        "person.moved"
    ]
    assert world["p"].region == ELSEWHERE
    assert world.left("p") == (500, 0)


def test_a_day_before_a_move_keeps_its_area_and_moves_go_forward_only(world: World) -> None:
    world.record(bookkeeping.move(world["p"], to=ELSEWHERE, on=DAY))
    assert world["p"].region_on(DAY - days(1)) == HERE
    assert world["p"].region_on(DAY) == ELSEWHERE
    back = bookkeeping.move(world["p"], to=HERE, on=DAY - days(1))
    refused(back, Code.COVERAGE_CHANGE_IMPOSSIBLE)


def test_the_area_of_a_day_is_the_one_before_every_later_move(world: World) -> None:
    april, june = date(2026, 4, 1), date(2026, 6, 1)
    done(world.record(bookkeeping.move(world["p"], to=ELSEWHERE, on=april)))
    done(world.record(bookkeeping.move(world["p"], to=SAME_PROVINCE, on=june)))
    days_and_areas = {
        april - days(1): HERE,
        april: ELSEWHERE,
        june - days(1): ELSEWHERE,
        june: SAME_PROVINCE,
    }
    assert {day: world["p"].region_on(day) for day in days_and_areas} == days_and_areas


@pytest.mark.parametrize("to", [HERE, ELSEWHERE])
@pytest.mark.parametrize("coverage", Coverage)
def test_only_the_covered_move_and_only_elsewhere(
    world: World, to: RegionCode, coverage: Coverage
) -> None:
    if coverage is not Coverage.ACTIVE:
        done(world.cover("p", coverage, on=DAY))
    outcome = bookkeeping.move(world["p"], to=to, on=DAY)
    if coverage is Coverage.ACTIVE and to == ELSEWHERE:
        done(outcome)
    else:
        refused(outcome, Code.COVERAGE_CHANGE_IMPOSSIBLE)


def test_an_employee_retires_once(world: World) -> None:
    assert topics(world.record(bookkeeping.retire(world["p"], on=DAY))) == ["person.retired"]
    assert world["p"].work is Work.RETIRED
    refused(bookkeeping.retire(world["p"], on=DAY), Code.COVERAGE_CHANGE_IMPOSSIBLE)


def test_neither_residents_nor_the_dead_retire(world: World) -> None:
    world.enroll("r", insurance=Insurance.RESIDENT)
    done(world.cover("p", Coverage.DECEASED, on=DAY))
    for who in ("r", "p"):
        refused(bookkeeping.retire(world[who], on=DAY), Code.COVERAGE_CHANGE_IMPOSSIBLE)


@pytest.mark.parametrize("state", [Card.LOST, Card.EXPIRED])
def test_a_card_is_reported_once_and_replaced_once(world: World, state: Card) -> None:
    refused(bookkeeping.replace_card(world["p"], on=DAY), Code.CARD_CHANGE_IMPOSSIBLE)
    done(world.record(bookkeeping.report_card(world["p"], card=state, on=DAY)))
    assert world["p"].card is state
    for again in Card:
        refused(
            bookkeeping.report_card(world["p"], card=again, on=DAY), Code.CARD_CHANGE_IMPOSSIBLE
        )
    assert topics(world.record(bookkeeping.replace_card(world["p"], on=DAY))) == ["card.replaced"]
    assert world["p"].card is Card.ACTIVE


def test_an_active_card_is_not_reported_as_active(world: World) -> None:
    outcome = bookkeeping.report_card(world["p"], card=Card.ACTIVE, on=DAY)
    refused(outcome, Code.CARD_CHANGE_IMPOSSIBLE)


def test_a_message_that_never_arrived_is_remembered_as_void(world: World) -> None:
    outcome = world.record(undoing.void(world["p"], message=MessageId("m7"), now=NOON))
    assert topics(outcome) == ["message.voided"]
    assert world["p"].voided == {"m7"}


def test_pools_that_one_has_left_are_remembered_until_one_joins_them_again(world: World) -> None:
    one, other = PoolId("f"), PoolId("g")
    person = world["p"]
    for family in (one, other):
        person = evolve(person, PersonJoinedPool(effective_on=DAY, pool=family))
    assert person.pools == {one, other}
    assert not person.former_pools
    for family in (one, other):
        person = evolve(person, PersonLeftPool(effective_on=DAY, pool=family))
    assert not person.pools
    assert person.former_pools == {one, other}
    person = evolve(person, PersonJoinedPool(effective_on=DAY, pool=one))
    assert person.pools == {one}
    assert person.former_pools == {other}


def test_a_person_begins_with_enrolment_and_is_enrolled_once(world: World) -> None:
    enrolled = PersonEnrolled(
        effective_on=DAY,
        person=PersonId("q"),
        region=HERE,
        insurance=Insurance.EMPLOYEE,
        work=Work.IN_SERVICE,
    )
    with pytest.raises(AssertionError):
        evolve(None, PersonRetired(effective_on=DAY))
    with pytest.raises(AssertionError, match="not a fact of a person"):
        evolve(world["p"], enrolled)
    with pytest.raises(AssertionError, match="not a fact of a person"):
        evolve(world["p"], ClaimReleased(effective_on=DAY))


def test_an_account_belongs_to_employees_who_are_covered(world: World) -> None:
    rule_set = world.rule_sets[HERE]
    for kind in (Insurance.RESIDENT, Insurance.EMPLOYEE_POOL_ONLY):
        world.enroll(kind.value, insurance=kind)
        refused(
            bookkeeping.open_account(world[kind.value], rules=rule_set, on=DAY), Code.NO_ACCOUNT
        )
    refused(bookkeeping.open_account(world["p"], rules=rule_set, on=DAY), Code.ALREADY_EXISTS)
    without = replace(world["p"], account=None)
    early = bookkeeping.open_account(without, rules=rule_set, on=START - days(1))
    refused(early, Code.COVERAGE_NOT_ACTIVE)
    ((_, fact),) = done(bookkeeping.open_account(without, rules=rule_set, on=DAY))
    assert isinstance(fact, AccountOpened)
    assert fact.account_year == DAY.year
    audit(world)


def test_what_is_decided_of_a_person_holds_from_the_day_given(world: World) -> None:
    lost = bookkeeping.report_card(world["p"], card=Card.LOST, on=DAY)
    outcomes = [world.record(lost)]
    outcomes.append(world.record(bookkeeping.replace_card(world["p"], on=DAY)))
    outcomes.append(world.record(bookkeeping.retire(world["p"], on=DAY)))
    outcomes.append(world.record(undoing.void(world["p"], message=MessageId("m"), now=NOON)))
    assert [done(outcome)[0].fact.effective_on for outcome in outcomes] == [DAY] * 4


def test_one_may_move_on_the_day_of_enrolment_and_on_the_day_of_another_move(world: World) -> None:
    for region in (SAME_PROVINCE, ELSEWHERE):
        done(world.record(bookkeeping.move(world["p"], to=region, on=START)))
    assert world["p"].region_on(START) == ELSEWHERE
