"""A small real store: one family in Hubei, a claim paid by two relatives, a hold, undoing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from domain.claim import ClaimLine, ClaimRequest, Institution
from domain.codes import Category, Place, Relation
from domain.ids import (
    ClaimId,
    InstitutionId,
    MessageId,
    PersonId,
    PoolId,
    RegionCode,
    SettlementId,
)
from domain.pool import Authorization
from ledger import commands as c
from ledger import store as stores
from ledger.application import Application
from ledger.writer import Receipt
from policies import loader

MOTHER, SON, DAUGHTER = PersonId("mother"), PersonId("son"), PersonId("daughter")
POOL, REGION = PoolId("f1"), RegionCode("420000")
VISIT, DRUGS = ClaimId("visit"), ClaimId("drugs")
BEGUN = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
DAY, NEW_YEAR = date(2026, 3, 2), date(2026, 1, 1)


def fill(path: Path) -> None:
    """Make a store in a directory: 25 events, four of them debits or holds."""
    stores.init(path)
    with stores.open_writer(path) as store, Application(store, loader.load()) as application:
        for number, command in enumerate(_story(), start=1):
            reply = application.execute(
                command,
                key=MessageId(f"m{number}"),
                at=BEGUN + timedelta(minutes=number),
                actor="till-7",
            )
            assert isinstance(reply, Receipt), reply.says("en")


def request(claim: ClaimId, own_yuan: int) -> ClaimRequest:
    """Ask for an own share of whole yuan beside a fund part of 600."""
    return ClaimRequest(
        claim=claim,
        patient=MOTHER,
        institution=Institution(id=InstitutionId("h1"), place=Place.HOSPITAL, region=REGION),
        service_date=DAY,
        lines=(
            ClaimLine(
                no=1,
                category=Category.OUTPATIENT,
                total_fen=60_000 + own_yuan * 100,
                fund_fen=60_000,
            ),
        ),
    )


def _story() -> list[c.Command]:
    people = (MOTHER, SON, DAUGHTER)
    return [
        *(c.Enroll(person=person, region=REGION, on=NEW_YEAR) for person in people),
        *(c.OpenAccount(person=person, on=NEW_YEAR) for person in people),
        *(c.Credit(person=person, amount_fen=30_000) for person in (SON, DAUGHTER)),
        c.OpenPool(pool=POOL, opener=SON, on=NEW_YEAR),
        *_relation(SON),
        *_relation(DAUGHTER),
        c.Settle(request=request(VISIT, 400)),
        c.AuthorizeClaim(request=request(DRUGS, 150), expires_at=BEGUN + timedelta(days=1)),
        c.Capture(claim=DRUGS, own_fen={1: 12_000}),
        c.Cancel(settlement=SettlementId("S-visit-1"), own_fen={1: 5_000}, note="partly returned"),
    ]


def _relation(grantor: PersonId) -> tuple[c.Command, c.Command]:
    relation = Relation.PARENT
    return (
        c.Bind(pool=POOL, grantor=grantor, beneficiary=MOTHER, relation=relation, on=NEW_YEAR),
        c.AuthorizeUse(
            pool=POOL,
            grantor=grantor,
            beneficiary=MOTHER,
            authorization=Authorization(first_day=NEW_YEAR),
            on=NEW_YEAR,
        ),
    )
