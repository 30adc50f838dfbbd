"""The canonical workload: who is insured, who helps whom, and which claims come in.

Families of three, four and five persons in three regions, each with its real rules. Every grantor
allows a fixed amount a use, so that each claim is shared by two or three accounts however long
the run lasts. Everything comes from a seed: the same size gives the same commands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count as counting
from random import Random
from typing import NamedTuple

from domain.claim import ClaimLine, ClaimRequest, Institution
from domain.codes import Category, Insurance, Place, Relation, Segment
from domain.ids import ClaimId, InstitutionId, MessageId, PersonId, PoolId, RegionCode
from domain.pool import Authorization
from ledger.commands import (
    AuthorizeClaim,
    AuthorizeUse,
    Bind,
    Capture,
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
_HELD = timedelta(days=1)  # longer than any run
_LOT = 1_000  # settlements made at once where there is no end of them


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


def persons_in(known: Iterable[Family]) -> int:
    """Count the members of families."""
    return sum(len(family.patients) + len(family.grantors) for family in known)


def founding(known: Sequence[Family]) -> Iterator[Sent]:
    """Give the commands that set the families up: enrolment, accounts, money, relations."""
    commands = (command for family in known for command in _founding_of(family))
    for number, command in enumerate(commands):
        yield Sent(command, MessageId(f"setup-{number}"), BEGUN)


def settlements(known: Sequence[Family], count: int, *, first: int = 0) -> list[Sent]:
    """Give `count` settlements, numbered from `first`, spread over families and days by a seed."""
    return [
        Sent(Settle(request=request), MessageId(f"m{number}"), _instant(number))
        for number, request in _requests(known, count, first)
    ]


def endless(known: Sequence[Family], *, first: int) -> Iterator[Sent]:
    """Give settlements without end, numbered from `first`."""
    for begin in counting(first, _LOT):
        yield from settlements(known, _LOT, first=begin)


def authorizations(known: Sequence[Family], count: int, *, first: int = 0) -> list[Sent]:
    """Give the same claims as `settlements`, to be held."""
    return [
        Sent(
            AuthorizeClaim(request=request, expires_at=_instant(number) + _HELD),
            MessageId(f"hold-{number}"),
            _instant(number),
        )
        for number, request in _requests(known, count, first)
    ]


def captures(count: int, *, first: int = 0) -> list[Sent]:
    """Give the commands that settle what `authorizations` held."""
    return [
        Sent(Capture(claim=_claim(number)), MessageId(f"capture-{number}"), _instant(number))
        for number in range(first, first + count)
    ]


def own_fen(sent: Iterable[Sent]) -> int:
    """Give what the grantors' accounts pay for these settlements or authorizations, fen."""
    return sum(request_of(each).own_fen for each in sent)


def request_of(sent: Sent) -> ClaimRequest:
    """Give the claim of a settlement or an authorization."""
    assert isinstance(sent.command, Settle | AuthorizeClaim)
    return sent.command.request


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
    yield Bind(pool=family.pool, grantor=grantor, beneficiary=patient, on=_BOUND, relation=relation)
    yield AuthorizeUse(
        pool=family.pool,
        grantor=grantor,
        beneficiary=patient,
        on=_BOUND,
        authorization=Authorization(first_day=_BOUND, per_use_fen=_PER_USE_FEN),
    )


def _requests(
    known: Sequence[Family], count: int, first: int
) -> Iterator[tuple[int, ClaimRequest]]:
    random = Random(f"settlements/{first}")
    for number in range(first, first + count):
        yield number, _request(random.choice(known), number, random)


def _claim(number: int) -> ClaimId:
    return ClaimId(f"c{number}")


def _instant(number: int) -> datetime:
    return BEGUN + timedelta(days=300, milliseconds=number)


def _request(family: Family, number: int, random: Random) -> ClaimRequest:
    """Make a claim whose own share needs every grantor of the patient, the last one in part."""
    payers = len(family.grantors)
    own_fen = random.randint((payers - 1) * _PER_USE_FEN + 1, payers * _PER_USE_FEN)
    fund_fen = random.randint(1_000, 50_000)
    drug_fen = own_fen // 3
    return ClaimRequest(
        claim=_claim(number),
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
