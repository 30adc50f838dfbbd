"""Which persons are a family, and how its state is brought about in a ledger by commands."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from domain import judging
from domain.amounts import Amounts
from domain.codes import Card, Coverage, Funding, Order, Relation
from domain.ids import RegionCode
from domain.person import Person
from domain.pool import Authorization, Standing
from domain.rules import RuleBook, RuleSet, SegmentOrder
from ledger.application import Application
from ledger.store import memory
from simulation.bulk.families.family import CannotLoad, Family, family_of, person_id
from simulation.bulk.families.family_loading import Course, load
from tests.builders import DAY, ELSEWHERE, HERE, START, rules
from tests.simulation.bulk.small_population import (
    REGIONS,
    RESIDENT,
    Someone,
    Tie,
    population,
)

BEIJING = RegionCode("110000")
AREAS = (*REGIONS, ELSEWHERE, BEIJING)


def family(people: list[Someone], ties: list[Tie], *, of: int = 0, most: int = 200) -> Family:
    return family_of(
        population(people, ties), of, regions=(*REGIONS, ELSEWHERE, BEIJING), most=most
    )


def opened(people: list[Someone], ties: list[Tie], *rule_sets: RuleSet) -> Application:
    """Bring a family's state about in a ledger in memory."""
    app = Application(memory(), RuleBook(rule_sets or (rules(),)))
    assert list(load(Course(family(people, ties), (), REGIONS, ()), app)) == []
    return app


def person(app: Application, number: int) -> Person:
    found = app.person(person_id(number))
    assert found is not None
    return found


def test_a_family_is_everybody_whom_relations_connect_and_nobody_else() -> None:
    people = [Someone() for _ in range(8)]
    ties = [Tie(1, 4), Tie(1, 6), Tie(3, 6), Tie(2, 5)]
    for one in (1, 3, 4, 6):
        found = family(people, ties, of=one)
        assert found.numbers == (1, 3, 4, 6)
        assert [(bond.grantor, bond.beneficiary) for bond in found.bonds] == [
            (1, 4),
            (1, 6),
            (3, 6),
        ]
    assert family(people, ties, of=7).numbers == (7,)
    assert family(people, ties, of=6).pool == "F000000001"


def test_what_hangs_together_too_far_is_no_family() -> None:
    chain = [Tie(i, i + 1) for i in range(9)]
    people = [Someone() for _ in range(10)]
    assert len(family(people, chain, most=10).members) == 10
    with pytest.raises(CannotLoad, match="more than 9 persons"):
        family(people, chain, most=9)


@pytest.mark.parametrize("number", [-1, 2])
def test_a_number_that_nobody_has_is_refused(number: int) -> None:
    with pytest.raises(CannotLoad, match="numbered 0 to 1"):
        family([Someone(), Someone()], [], of=number)


def test_people_have_their_money_card_insurance_and_filings() -> None:
    later = date(2026, 5, 1)
    people = [
        Someone(300, 40, card=Card.LOST, out_of_area=True),
        Someone(spans=((START, judging.COVERED), (later, judging.LAPSED))),
        RESIDENT._replace(out_of_area=True),
        Someone(account=judging.CLOSED),
        Someone(filings=((-3, DAY, date.max), (0, DAY, later), (2, DAY, later))),
        Someone(account=judging.CLOSED, spans=((START, judging.COVERED), (DAY, judging.NEVER))),
    ]
    app = opened(people, [Tie(0, other) for other in range(1, 6)])
    first = person(app, 0)
    assert first.account is not None
    assert first.account.available == Amounts(300, 40)
    assert first.account.account_year == 2026
    assert first.account.out_of_area
    assert first.card is Card.LOST
    assert person(app, 1).coverage_on(DAY) is Coverage.ACTIVE
    assert person(app, 1).coverage_on(later) is Coverage.SUSPENDED
    assert person(app, 2).account is None
    assert person(app, 3).account.closed is not None  # type: ignore[union-attr]  # it has one
    assert person(app, 5).coverage_on(DAY) is Coverage.DECEASED
    long, short = person(app, 4).filings
    assert (long.place, long.covers("421200", later)) == ("420000", True)  # type: ignore[arg-type]  # a code
    assert (short.holds_on(later), short.holds_on(later + timedelta(days=1))) == (True, False)


def test_relations_stand_in_order_of_filing_with_what_was_authorized() -> None:
    given = Authorization(first_day=DAY, last_day=date(2026, 12, 31), per_use_fen=7, retained_fen=1)
    ties = [
        Tie(3, 0, given, active_from=date(2026, 2, 1)),
        Tie(2, 0, active_from=date(2026, 2, 1), relation=Relation.SPOUSE),
        Tie(1, 0, active_from=date(2026, 2, 2), standing=judging.ENDED),
        Tie(4, 0, None, active_from=date(2026, 2, 3)),
    ]
    app = opened([Someone() for _ in range(5)], ties)
    pool = app.pool("F000000000")  # type: ignore[arg-type]  # an id
    assert pool is not None
    bindings = sorted(pool.bindings.values(), key=lambda b: (b.bound_on, b.filing_no))
    assert [binding.grantor for binding in bindings] == list(map(person_id, (3, 2, 1, 4)))
    assert [b.standing for b in bindings] == [
        Standing.BOUND,
        Standing.BOUND,
        Standing.ENDED,
        Standing.BOUND,
    ]
    assert bindings[0].authorization == given
    assert bindings[1].relation is Relation.SPOUSE
    assert bindings[3].authorization is None


def test_an_order_is_set_as_soon_as_all_whom_it_names_are_bound() -> None:
    ties = [Tie(1, 0, chosen=1), Tie(2, 0, chosen=0), Tie(3, 0, active_from=DAY)]
    app = opened([Someone() for _ in range(4)], ties)
    pool = app.pool("F000000000")  # type: ignore[arg-type]  # an id
    assert pool is not None
    assert pool.orders == {person_id(0): (person_id(2), person_id(1))}


def test_relations_that_wait_for_a_reviewer_wait_and_others_are_approved() -> None:
    ties = [Tie(1, 0), Tie(2, 0, standing=judging.UNDER_REVIEW)]
    app = opened([Someone() for _ in range(3)], ties, rules({"pool.review": True}))
    pool = app.pool("F000000000")  # type: ignore[arg-type]  # an id
    assert pool is not None
    assert [b.standing for b in pool.bindings.values()] == [Standing.BOUND, Standing.UNDER_REVIEW]


def test_money_set_aside_is_in_its_purse_by_segment() -> None:
    people = [Someone(), Someone(100, 20, set_aside=((30, 4, -1),)), Someone(5)]
    ties = [Tie(1, 0, family=0), Tie(2, 0)]
    app = opened(people, ties, rules({"pool.funding": Funding.POOL}))
    account = person(app, 1).account
    assert account is not None
    assert account.available == Amounts(100, 20)
    assert account.money_of("pool:F000000000") == Amounts(30, 4)


@pytest.mark.parametrize("first", ["current_first", "prior_first"])
@pytest.mark.parametrize("floor", [0, 60, 110])
def test_what_must_stay_stays_while_money_is_set_aside(first: str, floor: int) -> None:
    segments = SegmentOrder(first)
    people = [Someone(), Someone(70, 80, set_aside=((30, 4, -1),))]
    changes = {"pool.funding": Funding.POOL, "pool.segments": segments}
    asked = rules({**changes, "pool.set_aside_floor": floor})
    ties = [Tie(1, 0, family=0)]
    if floor == 110:  # the whole free money must be there: no order of credits serves
        with pytest.raises(CannotLoad, match="money of P000000001"):
            opened(people, ties, asked)
        return
    account = person(opened(people, ties, asked), 1).account
    assert account is not None
    assert account.money_of("pool:F000000000") == Amounts(30, 4)


def test_a_quota_is_frozen_for_its_beneficiary() -> None:
    people = [Someone(), Someone(100, 20, set_aside=((30, 0, 30),))]
    app = opened(people, [Tie(1, 0, quota=0)], rules({"pool.funding": Funding.QUOTA}))
    account = person(app, 1).account
    assert account is not None
    assert account.money_of("quota:P000000000") == Amounts(30, 0)


@pytest.mark.parametrize(
    ("people", "ties", "changed", "says"),
    [
        ([], [Tie(1, 0, used=5)], {}, "P000000000 used the account of P000000001 before"),
        ([Someone(wallet=3)], [Tie(1, 0)], {}, "wallet of P000000000 held money"),
        ([], [Tie(1, 0, standing=judging.UNDER_REVIEW)], {}, "can only be bound"),
        ([], [Tie(1, 0)], {"pool.relations": frozenset({Relation.SPOUSE})}, "Bind P000000001"),
        ([], [Tie(1, 0)], {"pool.period_required": True}, "AuthorizeUse P000000001"),
        ([], [Tie(1, 0, active_from=date(2025, 3, 1))], {}, "Bind P000000001"),
        ([Someone(4, account=judging.CLOSED)], [], {}, "has money, but no open account"),
        ([], [Tie(1, 0, rank=1), Tie(2, 0, rank=0, active_from=DAY)], {}, "order of filing"),
        ([], [Tie(1, 0, chosen=0)], {"pool.reorder": False}, "SetOrder"),
        ([], [Tie(1, 0), Tie(2, 0, chosen=0)], {}, "leaves somebody out"),
        (
            [Someone(), Someone(set_aside=((1, 0, 5),))],
            [Tie(1, 0, quota=0)],
            {"pool.funding": Funding.QUOTA},
            "a quota of P000000001 was used",
        ),
        ([Someone(set_aside=((1, 0, -1),))], [], {}, "serves no relation"),
    ],
)
def test_what_commands_cannot_bring_about_is_named(
    people: list[Someone], ties: list[Tie], changed: dict[str, object], says: str
) -> None:
    everybody = [*people, *([Someone()] * (3 - len(people)))]
    with pytest.raises(CannotLoad, match=says):
        opened(everybody, ties, rules({"pool.order": Order.FILING, **changed}))


def test_joint_limits_of_one_grantor_that_differ_are_named() -> None:
    ties = [Tie(0, i, Authorization(first_day=START, joint_year_fen=i)) for i in (1, 2)]
    with pytest.raises(CannotLoad, match="P000000000 stated joint limits"):
        opened([Someone() for _ in range(3)], ties)


def test_a_use_that_the_table_counts_is_a_use_before() -> None:
    state = population([Someone(), Someone()], [Tie(1, 0)])
    state.use_key[3], state.use_fen[3] = (0 << 20) + 2025, 9
    found = family_of(state, 0, regions=(HERE,))
    assert found.bonds[0].used_fen == 9
