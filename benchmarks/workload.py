"""The canonical workload: who is insured, who helps whom, and which claims come in.

Families of three, four and five persons in three regions, each with its real rules. Every grantor
allows a fixed amount a use, so that each claim is shared by two or three accounts however long
the run lasts. Everything comes from a seed: the same size gives the same commands.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from domain.claim import ClaimLine, ClaimRequest, Institution
from domain.codes import Category, Insurance, Place, Relation, Segment
from domain.ids import ClaimId, InstitutionId, MessageId, PersonId, PoolId, RegionCode
from domain.pool import Authorization
from ledger.commands import (
    AuthorizeUse,
    Bind,
    Command,
    Credit,
    Enroll,
    OpenAccount,
    OpenPool,
    Settle,
)

BEGUN = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
"""The instant of the first command."""

_REGIONS = (RegionCode("420000"), RegionCode("110000"), RegionCode("310000"))
_ENROLLED = date(2025, 1, 1)
_BOUND = date(2025, 6, 1)
_PER_USE_FEN = 2_000
_CREDIT_FEN = 100_000_000  # enough for 50,000 uses of each account


class Family(NamedTuple):
    """One family: its patients, and the grantors who help each of them."""

    number: int
    region: RegionCode
    children: tuple[PersonId, ...]  # in resident insurance, without an account of their own
    parents: tuple[PersonId, ...]  # retired employees with an account of their own, emptied
    grantors: tuple[PersonId, ...]

    @property
    def pool(self) -> PoolId:
        """Give the family's pool."""
        return PoolId(f"f{self.number}")

    @property
    def patients(self) -> tuple[PersonId, ...]:
        """Give everybody who sends claims."""
        return self.children + self.parents


class Sent(NamedTuple):
    """A command with its idempotency key and instant, as a client sends it."""

    command: Command
    key: MessageId
    at: datetime


_SHAPES = ((1, 0, 2), (0, 1, 3), (1, 1, 3))  # children, parents, grantors


def families(persons: int) -> list[Family]:
    """Give families of three, four and five in turn, until there are at least so many persons."""
    found: list[Family] = []
    counted = 0
    while counted < persons:
        number = len(found)
        shape = _SHAPES[number % len(_SHAPES)]
        names = [
            tuple(PersonId(f"{role}{number}-{n}") for n in range(count))
            for role, count in zip("kpg", shape, strict=True)
        ]
        region = _REGIONS[number // len(_SHAPES) % len(_REGIONS)]
        found.append(Family(number, region, *names))
        counted += sum(shape)
    return found


def founding(known: list[Family]) -> Iterator[Sent]:
    """Give the commands that set the families up: enrolment, accounts, money, relations."""
    commands = (command for family in known for command in _founding_of(family))
    for number, command in enumerate(commands):
        yield Sent(command, MessageId(f"setup-{number}"), BEGUN)


def settlements(known: list[Family], count: int, *, first: int = 0) -> list[Sent]:
    """Give `count` settlements, numbered from `first`, spread over families and days by a seed."""
    random = Random(f"settlements/{first}")
    return [
        _settlement(random.choice(known), number, random) for number in range(first, first + count)
    ]


def _founding_of(family: Family) -> Iterator[Command]:
    for person in family.children:
        yield Enroll(
            person=person, region=family.region, insurance=Insurance.RESIDENT, on=_ENROLLED
        )
    for person in family.parents + family.grantors:
        yield Enroll(person=person, region=family.region, on=_ENROLLED)
        yield OpenAccount(person=person, on=_ENROLLED)
    for person in family.grantors:
        yield Credit(person=person, amount_fen=_CREDIT_FEN, segment=Segment.PRIOR, on=_ENROLLED)
    yield OpenPool(pool=family.pool, opener=family.grantors[0], on=_BOUND)
    for patient in family.patients:
        for grantor in family.grantors:
            yield from _relation(family, grantor, patient)


def _relation(family: Family, grantor: PersonId, patient: PersonId) -> Iterator[Command]:
    relation = Relation.CHILD if patient in family.children else Relation.PARENT
    sides: dict[str, Any] = {
        "pool": family.pool,
        "grantor": grantor,
        "beneficiary": patient,
        "on": _BOUND,
    }
    yield Bind(**sides, relation=relation)
    allowed = Authorization(first_day=_BOUND, per_use_fen=_PER_USE_FEN)
    yield AuthorizeUse(**sides, authorization=allowed)


def _settlement(family: Family, number: int, random: Random) -> Sent:
    """Make a claim whose own share needs every grantor of the patient, the last one in part."""
    payers = len(family.grantors)
    own_fen = random.randint((payers - 1) * _PER_USE_FEN + 1, payers * _PER_USE_FEN)
    fund_fen = random.randint(1_000, 50_000)
    drug_fen = own_fen // 3
    request = ClaimRequest(
        claim=ClaimId(f"c{number}"),
        patient=random.choice(family.patients),
        institution=Institution(
            id=InstitutionId(f"h{number % 100}"), place=Place.HOSPITAL, region=family.region
        ),
        service_date=BEGUN.date() + timedelta(days=random.randrange(300)),
        lines=(
            ClaimLine(
                no=1,
                category=Category.OUTPATIENT,
                total_fen=fund_fen + own_fen - drug_fen,
                fund_fen=fund_fen,
            ),
            ClaimLine(no=2, category=Category.DRUG, total_fen=drug_fen),
        ),
    )
    at = BEGUN + timedelta(days=300, milliseconds=number)
    return Sent(Settle(request=request), MessageId(f"m{number}"), at)
