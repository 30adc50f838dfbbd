"""Claims for lists and look-ups: what was asked and paid, and what was given back since."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from domain.claim import (
    ClaimAuthorized,
    ClaimCancelled,
    ClaimCaptured,
    ClaimExpired,
    ClaimOffered,
    ClaimReleased,
    ClaimReversed,
    ClaimSettled,
    Decisive,
    Leg,
    Status,
)
from domain.codes import Segment
from domain.facts import Fact
from domain.ids import ClaimId, PersonId
from domain.text import Text
from projections.projection import Facts, Page, Projection
from projections.rows import Row, load, save, stored_day, stored_instant
from projections.tables import CLAIMS

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine


def claims(
    engine: Engine,
    *,
    claim: ClaimId | None = None,
    patient: PersonId | None = None,
    status: Status | None = None,
) -> list[Row]:
    """Give claims by service date, one row for each attempt; columns as in `tables.CLAIMS`."""
    table = CLAIMS.c
    found = select(CLAIMS).order_by(table.service_date, table.claim, table.attempt)
    for column, value in ((table.claim, claim), (table.patient, patient), (table.status, status)):
        if value is not None:
            found = found.where(column == value)
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(found).mappings()]


def _project(connection: Connection, page: Page) -> None:
    changes = page.facts(CLAIM_FACTS)
    rows = load(connection, CLAIMS, first={claim for _, claim, _ in changes})
    latest: dict[str, Row] = {}
    for _, row in sorted(rows.items()):
        latest[row["claim"]] = row
    for position, claim, fact in changes:
        if isinstance(fact, Decisive):
            attempt = _attempt_after(latest.get(claim))
            latest[claim] = _opening(fact, claim=claim, attempt=attempt)
            rows[claim, attempt] = latest[claim]
        else:
            _change(latest[claim], fact)
        latest[claim]["position"] = position
    save(connection, CLAIMS, rows=rows.values())


def _attempt_after(row: Row | None) -> int:
    """Number the attempt that an opening belongs to: what follows an offer goes on with it."""
    if row is None:
        return 1
    attempt: int = row["attempt"]
    return attempt if row["status"] == Status.OFFERED else attempt + 1


CLAIM_FACTS: Facts = frozenset(
    {
        ClaimOffered,
        ClaimSettled,
        ClaimAuthorized,
        ClaimCaptured,
        ClaimReleased,
        ClaimExpired,
        ClaimCancelled,
        ClaimReversed,
    }
)
"""Every fact of a claim."""

CLAIMS_PROJECTION = Projection(
    name="claims",
    says=Text("费用单", "claims for lists and look-ups"),
    version=3,
    tables=(CLAIMS,),
    project=_project,
)


def _opening(fact: Decisive, *, claim: str, attempt: int) -> Row:
    """Make the row of a claim that was settled, held or offered: what it pays or would pay."""
    request, allocation = fact.request, fact.allocation
    total_fen = sum([line.total_fen for line in request.lines])
    fund_fen = sum([line.fund_fen for line in request.lines])
    row = {
        "claim": claim,
        "attempt": attempt,
        "settlement": None,
        "patient": request.patient,
        "institution": request.institution.id,
        "place": request.institution.place,
        "region": allocation.region,
        "service_date": stored_day(request.service_date),
        "settled_on": None,
        "expires_at": None,
        "status": Status.HELD,
        "rule_set": allocation.rule_set,
        "total_fen": total_fen,
        "fund_fen": fund_fen,
        "own_fen": total_fen - fund_fen,
        **_paid(request.patient, allocation.legs, cash_fen=allocation.cash_fen),
        **_NOTHING_BACK,
    }
    if isinstance(fact, ClaimSettled):
        row |= _settled(fact)
    else:
        row["expires_at"] = stored_instant(fact.expires_at)
    if isinstance(fact, ClaimOffered):
        row["status"] = Status.OFFERED
    return row


_NOTHING_BACK = dict.fromkeys(
    (
        "back_fund_fen",
        "back_own_account_fen",
        "back_wallet_fen",
        "back_mutual_aid_fen",
        "back_cash_fen",
    ),
    0,
)


def _paid(
    patient: str, legs: Iterable[Leg], *, cash_fen: Iterable[tuple[int, int]]
) -> dict[str, int]:
    """Split what was paid by payer, in fen."""
    own_fen = wallet_fen = aid_fen = 0
    for leg in legs:
        if leg.segment is Segment.WALLET:
            wallet_fen += leg.amount_fen
        elif leg.account == patient:
            own_fen += leg.amount_fen
        else:
            aid_fen += leg.amount_fen
    return {
        "own_account_fen": own_fen,
        "wallet_fen": wallet_fen,
        "mutual_aid_fen": aid_fen,
        "cash_fen": sum([fen for _, fen in cash_fen]),
    }


def _change(row: Row, fact: Fact) -> None:
    """Change the row of a claim by what happened to it after its opening."""
    match fact:
        case ClaimCaptured():
            row |= _settled(fact)
            row["own_fen"] = sum(fen for _, fen in fact.own_fen)
            row["total_fen"] = row["fund_fen"] + row["own_fen"]
            row |= _paid(row["patient"], fact.legs, cash_fen=fact.cash_fen)
        case ClaimReleased():
            row["status"] = Status.RELEASED
        case ClaimExpired():
            row["status"] = Status.EXPIRED
        case ClaimCancelled():
            row["status"] = Status.CANCELLED if fact.whole else Status.PARTLY_CANCELLED
            _give_back(row, fact)
        case ClaimReversed():
            row["status"] = Status.REVERSED
            _give_back(row, fact)
        case _:
            msg = f"not a fact of a claim: {fact!r}"
            raise AssertionError(msg)


def _settled(fact: ClaimSettled | ClaimCaptured) -> dict[str, Any]:
    return {
        "status": Status.SETTLED,
        "settlement": fact.settlement,
        "settled_on": stored_day(fact.effective_on),
    }


def _give_back(row: Row, fact: ClaimCancelled | ClaimReversed) -> None:
    back = _paid(row["patient"], fact.legs, cash_fen=fact.cash_fen)
    back["fund_fen"] = sum(fen for _, fen in fact.fund_fen)
    for name, fen in back.items():
        row[f"back_{name}"] += fen
