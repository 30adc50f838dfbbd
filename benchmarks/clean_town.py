"""A town where nobody does anything wrong: a year of honest families, settled by the ledger itself.

Families of two grantors, a child and a retired parent go to the hospital and the pharmacy near
them, in opening hours, for bills of any amount; some bills are cancelled, some recorded late, some
relations end. Everything comes from a seed. What a suspicion rule finds here is a false alarm.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from random import Random
from typing import NamedTuple

from domain.claim import ClaimLine, ClaimRequest, Institution
from domain.codes import Category, Insurance, Place, Relation, Segment, Work
from domain.ids import (
    ClaimId,
    InstitutionId,
    MessageId,
    PersonId,
    PoolId,
    RegionCode,
    settlement_id,
)
from domain.pool import Authorization
from domain.refusals import Refusal
from ledger.application import Application
from ledger.commands import (
    AuthorizeUse,
    Bind,
    Cancel,
    Command,
    Credit,
    Enroll,
    OpenAccount,
    OpenPool,
    Settle,
)

AREA = RegionCode("310000")
BEGUN = datetime(2025, 1, 6, 1, tzinfo=UTC)
DAYS = 350
_OPEN_HOURS = 10
_PER_FAMILY = 25  # visits a year


class Household(NamedTuple):
    """Who belongs together, and where they go."""

    pool: PoolId
    grantors: tuple[PersonId, PersonId]
    child: PersonId
    parent: PersonId
    hospital: int
    pharmacy: int


class Step(NamedTuple):
    """A command, who enters it, and when."""

    command: Command
    actor: str
    at: datetime


def live(application: Application, *, settlements: int, seed: int) -> int:
    """Let the town live for a year and give how many claims were settled."""
    random = Random(seed)
    households = [_household(number) for number in range(max(1, settlements // _PER_FAMILY))]
    steps = chain(_founding(households), _visits(households, random, settlements))
    settled = 0
    for number, step in enumerate(steps):
        key = MessageId(f"t{number}")
        reply = application.execute(step.command, key=key, at=step.at, actor=step.actor)
        assert not isinstance(reply, Refusal), reply.says("en")
        settled += isinstance(step.command, Settle)
    return settled


def _household(number: int) -> Household:
    names = [PersonId(f"{role}{number}") for role in ("mother", "father", "child", "elder")]
    mother, father, child, parent = names
    pool = PoolId(f"home{number}")
    return Household(pool, (mother, father), child, parent, number // 400, number // 60)


def _founding(households: list[Household]) -> Iterator[Step]:
    for household in households:
        for command in _found(household):
            yield Step(command, "office", BEGUN - timedelta(days=30))


def _found(household: Household) -> Iterator[Command]:
    """Enrol a household, and let who helps whom begin, some months before the year."""
    long_ago, since = date(2024, 9, 1), date(2024, 9, 2)
    for person in (*household.grantors, household.parent):
        work = Work.RETIRED if person == household.parent else Work.IN_SERVICE
        yield Enroll(person=person, region=AREA, work=work, on=long_ago)
        yield OpenAccount(person=person, on=long_ago)
        fen = 6_000_00 if person != household.parent else 900_00
        yield Credit(person=person, amount_fen=fen, segment=Segment.PRIOR, on=long_ago)
    yield Enroll(person=household.child, region=AREA, insurance=Insurance.RESIDENT, on=long_ago)
    yield OpenPool(pool=household.pool, opener=household.grantors[0], on=since)
    for grantor in household.grantors:
        pairs = ((household.child, Relation.CHILD), (household.parent, Relation.PARENT))
        for beneficiary, relation in pairs:
            pair = {"pool": household.pool, "grantor": grantor, "beneficiary": beneficiary}
            yield Bind(**pair, relation=relation, on=since)  # type: ignore[arg-type]  # the ids
            allowed = Authorization(first_day=since)
            yield AuthorizeUse(**pair, authorization=allowed, on=since)  # type: ignore[arg-type]  # as above


def _visits(households: list[Household], random: Random, count: int) -> Iterator[Step]:
    """Give claims in order of time, one in a hundred with its cancellation an hour later."""
    minutes = _OPEN_HOURS * 60
    times = sorted(
        (random.randrange(DAYS), random.randrange(minutes), random.randrange(60))
        for _ in range(count)
    )
    waiting: list[Step] = []
    for number, (day, minute, second) in enumerate(times):
        at = BEGUN + timedelta(days=day, minutes=minute, seconds=second)
        while waiting and waiting[0].at <= at:
            yield waiting.pop(0)
        request = _request(random.choice(households), number, at, random)
        actor = f"{request.institution.id}/{random.randrange(2)}"
        yield Step(Settle(request=request), actor, at)
        if random.randrange(100) == 0:
            undo = Cancel(settlement=settlement_id(request.claim, 1))
            waiting.append(Step(undo, actor, at + timedelta(hours=1)))


def _request(home: Household, number: int, at: datetime, random: Random) -> ClaimRequest:
    """Make a bill of a household's child, parent or grantor at its hospital or pharmacy."""
    patient = random.choice((home.child, home.child, home.parent, *home.grantors))
    shop = random.choice((True, True, False, False, False))
    place = Place.PHARMACY if shop else Place.HOSPITAL
    name = f"shop{home.pharmacy}" if shop else f"hospital{home.hospital}"
    late = random.randrange(1, 60) if random.randrange(200) == 0 else 0
    own_fen = random.randrange(8_01, 160_00) if shop else random.randrange(15_01, 450_00)
    fund_fen = 0 if shop else random.randrange(10_00, 500_00)
    line = ClaimLine(
        no=1,
        category=Category.DRUG if shop else Category.OUTPATIENT,
        total_fen=own_fen + fund_fen,
        fund_fen=fund_fen,
    )
    return ClaimRequest(
        claim=ClaimId(f"v{number}"),
        patient=patient,
        institution=Institution(InstitutionId(name), place, AREA),
        service_date=at.date() - timedelta(days=late),
        lines=(line,),
    )
