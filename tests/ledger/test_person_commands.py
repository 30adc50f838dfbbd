"""Commands about insured persons and accounts, through the front door."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from domain.codes import Card, Coverage, CreditKind, Insurance, Payee, Segment, Work
from domain.ids import PersonId, PoolId, RegionCode
from domain.refusals import Code
from ledger import commands
from tests.builders import DAY, ELSEWHERE, HERE, request, rules
from tests.ledger.till import Till

ANNE, BEN, CHEN = PersonId("anne"), PersonId("ben"), PersonId("chen")
NOBODY = PersonId("nobody")


@pytest.fixture
def till() -> Till:
    """Give a till that knows Anne, who has 1,000 fen, in one of two areas with rules."""
    till = Till(rules(), rules(region=ELSEWHERE))
    till.person("anne", 1_000)
    return till


def test_a_life_in_commands(till: Till) -> None:
    till.done(commands.Enroll(person=BEN, region=HERE, work=Work.IN_SERVICE))
    till.done(commands.OpenAccount(person=BEN))
    till.done(commands.Credit(person=BEN, amount_fen=5, kind=CreditKind.INTEREST))
    till.done(commands.TakeBack(person=BEN, amount_fen=2))
    till.done(commands.ReportCard(person=BEN, card=Card.LOST))
    till.done(commands.ReplaceCard(person=BEN))
    till.done(commands.Retire(person=BEN))
    till.done(commands.RollYear(person=BEN, on=date(2027, 1, 1)))
    till.done(commands.Move(person=BEN, to=ELSEWHERE))
    till.done(commands.ChangeCoverage(person=BEN, to=Coverage.SUSPENDED))
    till.done(commands.ChangeCoverage(person=BEN, to=Coverage.ACTIVE))
    till.done(commands.CloseAccount(person=BEN, payee=Payee.OWNER_CASH))
    ben = till.application.person(BEN)
    assert ben is not None
    assert (ben.region, ben.work, ben.card) == (ELSEWHERE, Work.RETIRED, Card.ACTIVE)
    assert till.account("ben").paid_fen == 3


@pytest.mark.parametrize(
    "command",
    [
        commands.ChangeCoverage(person=NOBODY, to=Coverage.ENDED),
        commands.Move(person=NOBODY, to=HERE),
        commands.Retire(person=NOBODY),
        commands.ReportCard(person=NOBODY, card=Card.LOST),
        commands.ReplaceCard(person=NOBODY),
        commands.OpenAccount(person=NOBODY),
        commands.Credit(person=NOBODY, amount_fen=1),
        commands.TakeBack(person=NOBODY, amount_fen=1),
        commands.RollYear(person=NOBODY),
        commands.CloseAccount(person=NOBODY, payee=Payee.OWNER_CASH),
        commands.CloseAccount(person=ANNE, payee=Payee.HEIR_CASH, heir=NOBODY),
    ],
    ids=repr,
)
def test_nothing_is_done_to_somebody_unknown(till: Till, command: commands.Command) -> None:
    till.refused(command, Code.UNKNOWN_PERSON)


def test_nobody_is_enrolled_twice_or_under_a_real_identity_number(till: Till) -> None:
    till.refused(commands.Enroll(person=ANNE, region=HERE), Code.ALREADY_EXISTS)
    specimen = PersonId("11010519491231002X")
    refusal = till.refused(commands.Enroll(person=specimen, region=HERE), Code.IDENTITY_NUMBER)
    assert specimen not in str(refusal)


def test_an_account_needs_rules_for_its_area(till: Till) -> None:
    nowhere = RegionCode("990000")
    till.done(commands.Enroll(person=BEN, region=nowhere))
    till.refused(commands.OpenAccount(person=BEN), Code.NO_RULE)
    till.refused(commands.RollYear(person=ANNE, on=date(2025, 12, 31)), Code.NO_RULE)


def test_an_end_of_coverage_ends_the_relations_in_every_pool(till: Till) -> None:
    till.person("ben", 500)
    till.person("chen", 500)
    till.bind("anne", "ben", pool="f1")
    till.bind("chen", "anne", pool="f2")
    till.bind("chen", "ben", pool="f2")
    till.done(commands.ChangeCoverage(person=ANNE, to=Coverage.DECEASED))
    assert till.topics() == [
        "coverage.changed",
        "pool.relation_ended",
        "person.left_pool",
        "person.left_pool",
        "pool.relation_ended",
        "person.left_pool",
    ]
    pools = {who: till.application.person(PersonId(who)) for who in ("anne", "ben", "chen")}
    assert {who: set(person.pools) for who, person in pools.items() if person} == {
        "anne": set(),
        "ben": {"f2"},
        "chen": {"f2"},
    }


def test_a_resumption_ends_nothing(till: Till) -> None:
    till.bind("anne", till.person("ben"))
    till.done(commands.ChangeCoverage(person=BEN, to=Coverage.SUSPENDED))
    till.done(commands.ChangeCoverage(person=BEN, to=Coverage.ACTIVE))
    assert till.topics() == ["coverage.changed"]


def test_an_event_that_the_area_does_not_name_ends_nothing() -> None:
    till = Till(rules({"pool.ended_by": frozenset()}), rules(region=ELSEWHERE))
    till.person("anne", 10)
    till.bind("anne", till.person("ben"))
    till.done(commands.Move(person=ANNE, to=ELSEWHERE))
    assert till.topics() == ["person.moved"]
    pool = till.application.pool(PoolId("family"))
    assert pool is not None
    assert len(pool.bindings_of(BEN)) == 1


def test_a_move_ends_the_relations_where_the_area_says_so(till: Till) -> None:
    till.bind("anne", till.person("ben"))
    till.done(commands.Move(person=BEN, to=ELSEWHERE))
    assert "pool.relation_ended" in till.topics()


def hold(till: Till, claim: str, own_fen: int, minutes: int) -> None:
    """Hold money of Anne's for some minutes."""
    until = till.now + timedelta(minutes=minutes)
    asked = request(claim, "anne", own_fen=own_fen)
    till.done(commands.AuthorizeClaim(request=asked, expires_at=until))


def test_taking_back_reaches_money_whose_hold_has_run_out(till: Till) -> None:
    hold(till, "c1", 900, minutes=5)
    take_back = commands.TakeBack(person=ANNE, amount_fen=1_000)
    till.refused(take_back, Code.INSUFFICIENT)
    till.now += timedelta(minutes=5)
    till.done(take_back)
    assert till.topics() == ["claim.expired", "account.released", "account.taken_back"]
    assert till.available("anne") == 0


def test_an_expiry_found_by_a_refused_command_is_dropped_with_it(till: Till) -> None:
    hold(till, "c1", 900, minutes=5)
    till.now += timedelta(minutes=5)
    till.refused(commands.TakeBack(person=ANNE, amount_fen=1_001), Code.INSUFFICIENT)
    assert till.account("anne").held.total_fen == 900


def test_an_account_is_closed_once_its_holds_have_run_out(till: Till) -> None:
    hold(till, "c1", 900, minutes=5)
    close = commands.CloseAccount(person=ANNE, payee=Payee.OWNER_CASH)
    till.refused(close, Code.HOLDS_OPEN)
    till.now += timedelta(minutes=5)
    till.done(close)
    assert till.topics() == ["claim.expired", "account.released", "account.closed"]
    assert till.account("anne").paid_fen == 1_000


def test_the_rest_of_a_closed_account_reaches_the_heir(till: Till) -> None:
    till.person("ben", 1)
    till.done(commands.ChangeCoverage(person=ANNE, to=Coverage.DECEASED))
    till.done(commands.CloseAccount(person=ANNE, payee=Payee.HEIR_ACCOUNT, heir=BEN))
    assert till.available("ben") == 1_001
    till.refused(commands.Credit(person=ANNE, amount_fen=1), Code.ACCOUNT_CLOSED)


def test_a_resident_has_no_account(till: Till) -> None:
    till.person("chen", insurance=Insurance.RESIDENT)
    till.refused(commands.OpenAccount(person=CHEN), Code.NO_ACCOUNT)
    till.refused(commands.TakeBack(person=CHEN, amount_fen=1), Code.NO_ACCOUNT)


def test_a_day_that_is_left_out_is_today_in_shanghai(till: Till) -> None:
    till.now = till.now.replace(hour=15, minute=58)
    till.done(commands.Credit(person=ANNE, amount_fen=1))
    till.done(commands.Credit(person=ANNE, amount_fen=1, segment=Segment.PRIOR))
    days = [event.fact.effective_on for _, event in till.store.events()]
    assert days[-2:] == [DAY, DAY + timedelta(days=1)]


def test_missing_rules_of_a_family_are_named_before_an_impossible_change(till: Till) -> None:
    till.bind("anne", till.person("ben"))
    early = DAY.replace(year=2025)
    to_the_same = commands.Move(person=BEN, to=HERE, on=early)
    till.refused(to_the_same, Code.NO_RULE)
    before_enrolment = commands.ChangeCoverage(person=BEN, to=Coverage.ENDED, on=early)
    till.refused(before_enrolment, Code.NO_RULE)
