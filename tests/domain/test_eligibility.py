"""Which claims may be settled, which accounts may pay, and the reason that each one is given."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from domain import binding, bookkeeping
from domain.claim import Allocation, ClaimRequest, Trial
from domain.codes import (
    Area,
    Card,
    Category,
    Coverage,
    Credential,
    Insurance,
    Payee,
    Place,
    Relation,
)
from domain.eligibility import barrier, distance
from domain.ids import PoolId, RegionCode
from domain.money import MAX_FEN
from domain.pool import Authorization
from domain.reasons import Reason
from domain.refusals import Code
from domain.verdicts import Barrier
from tests.builders import (
    DAY,
    ELSEWHERE,
    HERE,
    NOON,
    SAME_PROVINCE,
    START,
    days,
    done,
    institution,
    line,
    refused,
    request,
    rules,
)
from tests.families import FAMILY
from tests.world import World

Changes = dict[str, Any]
Act = Callable[[World], object]


def family(changes: Changes | None = None, *, insurance: Insurance = Insurance.EMPLOYEE) -> World:
    """Give a father with 30 and a daughter with 50 who lets him use her account."""
    world = World(*(rules(changes, region=region) for region in (HERE, SAME_PROVINCE, ELSEWHERE)))
    world.enroll("dad", current_fen=30 * (insurance is Insurance.EMPLOYEE), insurance=insurance)
    world.enroll("ann", current_fen=50)
    return world


def bound(changes: Changes | None = None, **kwargs: Any) -> World:  # noqa: ANN401  # as family
    world = family(changes, **kwargs)
    world.bind("ann", "dad")
    return world


def asked(**changes: Any) -> ClaimRequest:  # noqa: ANN401  # any field
    return request("c", "dad", **({"own_fen": 100} | changes))


def trial(world: World, who: str, claim: ClaimRequest) -> Trial:
    allocation = world.quote(claim)
    assert isinstance(allocation, Allocation), allocation
    (found,) = [each for each in allocation.trials if each.account == who]
    return found


# ------------------------------------------------------------------- may the claim be settled


WRONG_CLAIMS: list[tuple[Changes, Changes, Code]] = [
    ({"claim": "c 1"}, {}, Code.MALFORMED_ID),
    ({"claim": "11010519491231002X"}, {}, Code.IDENTITY_NUMBER),
    ({"institution": institution(id="协和")}, {}, Code.MALFORMED_ID),
    ({"day": DAY + days(1)}, {}, Code.INVALID_PERIOD),
    ({"lines": [line(2, 1), line(1, 1)]}, {}, Code.LINES_MALFORMED),
    ({"lines": [line(1, 1), line(1, 1)]}, {}, Code.LINES_MALFORMED),
    ({"lines": [line(1, -1)]}, {}, Code.LINES_MALFORMED),
    ({"lines": [line(1, 1, fund_fen=-1)]}, {}, Code.LINES_MALFORMED),
    ({"lines": [line(1, MAX_FEN + 1)]}, {}, Code.LINES_MALFORMED),
    ({"institution": institution(designated=False)}, {}, Code.INSTITUTION_NOT_DESIGNATED),
    ({"institution": institution(connected=False)}, {}, Code.INSTITUTION_NOT_CONNECTED),
    ({"credential": Credential.NONE}, {}, Code.CREDENTIAL_MISSING),
    ({"credential": Credential.PROXY}, {"claim.proxy": False}, Code.CREDENTIAL_NOT_PATIENTS),
    (
        {"credential": Credential.GRANTOR},
        {"claim.grantor_credential": False},
        Code.CREDENTIAL_NOT_PATIENTS,
    ),
    ({"day": START - days(1)}, {}, Code.COVERAGE_NOT_IN_FORCE),
]


@pytest.mark.parametrize(("fields", "changes", "code"), WRONG_CLAIMS)
def test_a_claim_that_may_not_be_settled_is_refused(
    fields: Changes, changes: Changes, code: Code
) -> None:
    number = {"claim": fields["claim"]} if "claim" in fields else {"claim": "c"}
    rest = {key: value for key, value in fields.items() if key != "claim"}
    claim = request(number["claim"], "dad", **({"own_fen": 1} | rest))
    world = bound(changes)
    refused(world.quote(claim), code)
    refused(world.settle(claim), code)
    refused(world.hold(claim), code)


def test_a_claim_without_lines_is_refused() -> None:
    refusal = refused(bound().quote(replace(asked(), lines=())), Code.LINES_MALFORMED)
    assert refusal.facts["line"] == 0


def test_of_several_faults_of_a_claim_the_first_in_the_list_is_named() -> None:
    world = bound()
    done(world.settle(asked()))
    wrong = asked(institution=institution(designated=False), day=DAY + days(1))
    refused(world.hold(wrong, until=NOON), Code.INVALID_PERIOD)
    refused(
        world.hold(asked(institution=institution(designated=False)), until=NOON), Code.CLAIM_EXISTS
    )
    other = request("d", "dad", own_fen=1, credential=Credential.NONE)
    refused(world.hold(other, until=NOON), Code.CREDENTIAL_MISSING)


@pytest.mark.parametrize("credential", [Credential.OWN, Credential.PROXY, Credential.GRANTOR])
def test_the_own_credential_or_one_that_the_rules_allow_is_taken(credential: Credential) -> None:
    assert isinstance(bound().quote(asked(credential=credential)), Allocation)


@pytest.mark.parametrize("card", [Card.LOST, Card.EXPIRED])
def test_a_card_out_of_use_stops_the_claim(card: Card) -> None:
    world = bound()
    done(world.record(bookkeeping.report_card(world["dad"], card=card, on=DAY)))
    refused(world.quote(asked()), Code.CARD_NOT_ACTIVE)


def test_coverage_counts_on_the_service_date_and_not_today() -> None:
    world = bound()
    done(world.cover("dad", Coverage.SUSPENDED, on=DAY))
    refused(world.quote(asked()), Code.COVERAGE_NOT_IN_FORCE)
    assert isinstance(world.quote(asked(day=DAY - days(1))), Allocation)


# --------------------------------------------------------------------- may this account pay


def withdraw(world: World) -> None:
    parties = world.parties("ann", "dad")
    done(world.record(binding.withdraw(world.pools[PoolId(FAMILY)], parties, on=DAY)))


def close(world: World) -> None:
    closed = bookkeeping.close_account(world["ann"], payee=Payee.OWNER_CASH, heir=None, on=DAY)
    done(world.record(closed))


def move(who: str, to: RegionCode) -> Act:
    return lambda world: done(world.record(bookkeeping.move(world[who], to=to, on=DAY)))


def authorized(**fields: Any) -> Act:  # noqa: ANN401  # any field
    wanted = Authorization(**({"first_day": START} | fields))
    return lambda world: done(world.authorize_use("ann", "dad", wanted))


def nothing(world: World) -> None:
    """Do nothing."""


# What is changed about the world after binding, rules after that, the claim, and what ann is told.
BARRIERS: list[tuple[Act, Changes, Changes, Reason, str | None]] = [
    (nothing, {}, {"use_accounts": False}, Reason.TILL_DECLINED, None),
    (close, {}, {}, Reason.ACCOUNT_CLOSED, None),
    (
        lambda world: world.cover("ann", Coverage.SUSPENDED, on=DAY),
        {},
        {},
        Reason.GRANTOR_NOT_COVERED,
        "pool.grantor_covered",
    ),
    (lambda world: world.unbind("ann", "dad"), {}, {}, Reason.RELATION_ENDED, None),
    (
        nothing,
        {"pool.relations": frozenset({Relation.CHILD})},
        {},
        Reason.RELATION_NOT_ALLOWED,
        "pool.relations",
    ),
    (withdraw, {}, {}, Reason.NOT_AUTHORIZED, None),
    (
        authorized(first_day=DAY + days(1)),
        {},
        {},
        Reason.OUTSIDE_VALIDITY,
        "authorization.first_day",
    ),
    (
        authorized(last_day=DAY - days(1)),
        {},
        {},
        Reason.OUTSIDE_VALIDITY,
        "authorization.last_day",
    ),
    (
        nothing,
        {"pool.beneficiary_insurance": frozenset({Insurance.RESIDENT})},
        {},
        Reason.INSURANCE_NOT_ALLOWED,
        "pool.beneficiary_insurance",
    ),
    (nothing, {"pool.area": Area.SAME}, {}, None, None),  # type: ignore[list-item]  # no barrier
    (
        move("dad", SAME_PROVINCE),
        {"pool.area": Area.SAME},
        {},
        Reason.AREA_TOO_FAR,
        "pool.area",
    ),
    (move("ann", ELSEWHERE), {"pool.area": Area.PROVINCE}, {}, Reason.AREA_TOO_FAR, "pool.area"),
    (
        nothing,
        {"pool.area": Area.PROVINCE},
        {"institution": institution(region=ELSEWHERE)},
        Reason.AREA_TOO_FAR,
        "pool.area",
    ),
    (
        nothing,
        {"pool.with_fund": False},
        {"lines": [line(1, 100, fund_fen=1)]},
        Reason.FUND_PAYS_TOO,
        "pool.with_fund",
    ),
    (
        nothing,
        {"pool.places": frozenset({Place.PHARMACY})},
        {},
        Reason.PLACE_NOT_ALLOWED,
        "pool.places",
    ),
    (
        authorized(places=frozenset({Place.CLINIC, Place.PHARMACY})),
        {},
        {},
        Reason.PLACE_NOT_AUTHORIZED,
        "authorization.places",
    ),
    (
        nothing,
        {"pool.categories": frozenset({Category.DRUG})},
        {},
        Reason.CATEGORY_NOT_ALLOWED,
        "pool.categories",
    ),
    (
        authorized(categories=frozenset({Category.DRUG})),
        {},
        {},
        Reason.CATEGORY_NOT_AUTHORIZED,
        "authorization.categories",
    ),
    (
        nothing,
        {"pool.outside_catalogue": False},
        {"lines": [line(1, 100, outside_catalogue=True)]},
        Reason.OUTSIDE_CATALOGUE,
        "pool.outside_catalogue",
    ),
]


@pytest.mark.parametrize(("act", "changes", "fields", "reason", "rule"), BARRIERS)
def test_an_account_that_may_not_pay_is_told_why_and_by_which_rule(  # a row
    act: Act,
    changes: Changes,
    fields: Changes,
    reason: Reason | None,
    rule: str | None,
) -> None:
    world = bound()
    act(world)
    world.rule_sets = {region: rules(changes, region=region) for region in world.rule_sets}
    found = trial(world, "ann", asked(**fields))
    if reason is None:
        assert found.gave_fen == 50
        return
    assert (found.gave_fen, found.reason, found.rule) == (0, reason, rule)
    assert found.bound_fen is None


def test_a_relation_under_review_or_not_yet_active_pays_nothing() -> None:
    world = family({"pool.review": True})
    done(world.try_bind("ann", "dad"))
    found = trial(world, "ann", asked())
    assert (found.reason, found.rule) == (Reason.RELATION_UNDER_REVIEW, "pool.review")
    world = family({"pool.activation_days": 7})
    world.bind("ann", "dad", on=DAY - days(6))
    found = trial(world, "ann", asked())
    assert (found.reason, found.rule) == (Reason.RELATION_NOT_YET_ACTIVE, "pool.activation_days")
    world = family({"pool.activation_days": 7})
    world.bind("ann", "dad", on=DAY - days(7))
    assert trial(world, "ann", asked()).gave_fen == 50


def test_the_first_and_the_last_day_of_an_authorization_are_included() -> None:
    world = bound()
    authorized(first_day=DAY, last_day=DAY)(world)
    assert trial(world, "ann", asked()).gave_fen == 50


def test_an_area_without_rules_bars_its_grantor_and_nobody_else() -> None:
    (ann,) = bound().situation(asked()).relatives
    strayed = replace(ann, ruled=False)
    assert barrier(strayed, asked(), patient=ann) == Barrier(Reason.AREA_WITHOUT_RULES)


def test_a_resident_may_be_kept_to_fewer_places() -> None:
    narrow = {"pool.resident_places": frozenset({Place.PHARMACY})}
    found = trial(bound(narrow, insurance=Insurance.RESIDENT), "ann", asked())
    assert (found.reason, found.rule) == (Reason.PLACE_NOT_ALLOWED, "pool.resident_places")
    assert trial(bound(narrow), "ann", asked()).gave_fen == 50
    pharmacy = asked(institution=institution(place=Place.PHARMACY))
    assert trial(bound(narrow, insurance=Insurance.RESIDENT), "ann", pharmacy).gave_fen == 50


OWN_BARRIERS: list[tuple[Changes, Changes, Reason, str | None]] = [
    ({}, {"use_accounts": False}, Reason.TILL_DECLINED, None),
    ({"own.places": frozenset()}, {}, Reason.PLACE_NOT_ALLOWED, "own.places"),
    ({"own.categories": frozenset()}, {}, Reason.CATEGORY_NOT_ALLOWED, "own.categories"),
    (
        {"own.outside_catalogue": False},
        {"lines": [line(1, 100, outside_catalogue=True)]},
        Reason.OUTSIDE_CATALOGUE,
        "own.outside_catalogue",
    ),
]


@pytest.mark.parametrize(("changes", "fields", "reason", "rule"), OWN_BARRIERS)
def test_the_own_account_has_rules_of_its_own(
    changes: Changes, fields: Changes, reason: Reason, rule: str | None
) -> None:
    world = bound(changes)
    found = trial(world, "dad", asked(**fields))
    assert (found.gave_fen, found.reason, found.rule) == (0, reason, rule)
    if reason is not Reason.TILL_DECLINED:
        assert trial(world, "ann", asked(**fields)).gave_fen == 50


def test_a_patient_without_account_has_a_trial_that_says_so() -> None:
    found = trial(bound(insurance=Insurance.RESIDENT), "dad", asked())
    assert (found.pool, found.gave_fen, found.reason) == (None, 0, Reason.NO_ACCOUNT)


def test_a_barred_line_is_paid_in_cash_and_the_others_by_the_account() -> None:
    world = bound({"pool.categories": frozenset({Category.DRUG})})
    lines = [line(1, 40), line(2, 25, category=Category.DRUG), line(3, 10)]
    allocation = world.quote(asked(lines=lines))
    assert isinstance(allocation, Allocation)
    assert [(leg.account, leg.line, leg.amount_fen) for leg in allocation.legs] == [
        ("dad", 1, 30),
        ("ann", 2, 25),
    ]
    assert allocation.cash_fen == ((1, 10), (2, 0), (3, 10))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (HERE, HERE, Area.SAME),
        (HERE, SAME_PROVINCE, Area.PROVINCE),
        (HERE, ELSEWHERE, Area.NATION),
    ],
)
def test_the_first_two_digits_of_an_area_are_its_province(
    one: RegionCode, other: RegionCode, expected: Area
) -> None:
    assert distance(one, other) is expected


def test_rules_of_the_owners_area_decide_about_the_owners_account() -> None:
    world = bound()
    move("ann", ELSEWHERE)(world)
    world.rule_sets[ELSEWHERE] = rules({"pool.per_use_cap": 7}, region=ELSEWHERE)
    found = trial(world, "ann", asked())
    assert (found.gave_fen, found.rule_set) == (7, world.rule_sets[ELSEWHERE].id)
    assert trial(world, "dad", asked()).rule_set is None  # the patient's own rules
    assert trial(world, "ann", asked(day=date(2026, 2, 1))).gave_fen == 50
