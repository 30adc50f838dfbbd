"""The register: insured persons, and relations with what is authorized, as they stand now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from domain.account import AccountClosed, AccountOpened, AccountYearRolled
from domain.codes import Card, Coverage, Work
from domain.facts import Fact, Kind
from domain.ids import PersonId, PoolId
from domain.person import (
    CardReplaced,
    CardReported,
    CoverageChanged,
    PersonEnrolled,
    PersonMoved,
    PersonRetired,
)
from domain.pool import (
    Authorization,
    AuthorizationWithdrawn,
    RelationBound,
    RelationEnded,
    RelationReviewed,
    Standing,
    UseAuthorized,
)
from domain.rules import UNLIMITED
from domain.text import Text
from projections.projection import Page, Projection
from projections.rows import Row, load, save
from projections.tables import BINDINGS, PERSONS

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine


def persons(engine: Engine, *, person: PersonId | None = None) -> list[Row]:
    """Give insured persons by id; columns as in `tables.PERSONS`."""
    found = select(PERSONS).order_by(PERSONS.c.person)
    if person is not None:
        found = found.where(PERSONS.c.person == person)
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(found).mappings()]


def bindings(
    engine: Engine, *, pool: PoolId | None = None, person: PersonId | None = None
) -> list[Row]:
    """Give relations of a pool, or of a person on either side; columns as in `tables.BINDINGS`."""
    table = BINDINGS.c
    found = select(BINDINGS).order_by(table.pool, table.filing_no)
    if pool is not None:
        found = found.where(table.pool == pool)
    if person is not None:
        found = found.where(or_(table.grantor == person, table.beneficiary == person))
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(found).mappings()]


def _project(connection: Connection, page: Page) -> None:
    _project_persons(connection, page)
    _project_bindings(connection, page)


REGISTER_PROJECTION = Projection(
    name="register",
    says=Text("参保人与共济关系", "insured persons and relations"),
    version=1,
    tables=(PERSONS, BINDINGS),
    project=_project,
)


def _project_persons(connection: Connection, page: Page) -> None:
    changes = [
        (position, event.stream.key, change)
        for position, event in page
        if event.stream.kind is Kind.PERSON and (change := _of_person(event.fact)) is not None
    ]
    rows = load(connection, PERSONS, keys={(person,) for _, person, _ in changes})
    for position, person, change in changes:
        row = rows.setdefault((person,), {"person": person})
        row |= change
        row["position"] = position
    save(connection, PERSONS, rows=list(rows.values()))


def _of_person(fact: Fact) -> dict[str, Any] | None:
    """Give the columns that a fact sets; None if it is about something else."""
    match fact:
        case PersonEnrolled():
            return {
                "region": fact.region,
                "insurance": fact.insurance,
                "work": fact.work,
                "coverage": Coverage.ACTIVE,
                "card": Card.ACTIVE,
                "account_year": None,
                "account_closed_on": None,
            }
        case CoverageChanged():
            return {"coverage": fact.after}
        case PersonMoved():
            return {"region": fact.region_after}
        case PersonRetired():
            return {"work": Work.RETIRED}
        case CardReported():
            return {"card": fact.card}
        case CardReplaced():
            return {"card": Card.ACTIVE}
        case AccountOpened() | AccountYearRolled():
            return {"account_year": fact.account_year}
        case AccountClosed():
            return {"account_closed_on": fact.effective_on}
        case _:
            return None


_Relation = (
    RelationBound | RelationReviewed | UseAuthorized | AuthorizationWithdrawn | RelationEnded
)


def _project_bindings(connection: Connection, page: Page) -> None:
    changes = [
        (position, (event.stream.key, event.fact.grantor, event.fact.beneficiary), event.fact)
        for position, event in page
        if isinstance(event.fact, _Relation)
    ]
    rows = load(connection, BINDINGS, keys={key for _, key, _ in changes})
    for position, key, fact in changes:
        pool, grantor, beneficiary = key
        row = rows.setdefault(key, {"pool": pool, "grantor": grantor, "beneficiary": beneficiary})
        row |= _of_relation(fact)
        row["position"] = position
    save(connection, BINDINGS, rows=list(rows.values()))


def _of_relation(fact: _Relation) -> dict[str, Any]:
    """Give the columns that a fact sets."""
    match fact:
        case RelationBound():
            return {
                "filing_no": fact.filing_no,
                "relation": fact.relation,
                "standing": Standing.UNDER_REVIEW if fact.under_review else Standing.BOUND,
                "bound_on": fact.effective_on,
                "active_from": fact.active_from,
                "ended_by": None,
                **NOT_AUTHORIZED,
            }
        case RelationReviewed():
            return {"standing": Standing.BOUND if fact.approved else Standing.REJECTED}
        case UseAuthorized():
            return authorized(fact.authorization)
        case AuthorizationWithdrawn():
            return NOT_AUTHORIZED
        case RelationEnded():
            return {"standing": Standing.ENDED, "ended_by": fact.reason}


def authorized(authorization: Authorization) -> dict[str, Any]:
    """Give the columns of an authorization; amounts in fen, None without limit."""
    return {
        "first_day": authorization.first_day,
        "last_day": authorization.last_day,
        "places": " ".join(sorted(authorization.places)),
        "categories": " ".join(sorted(authorization.categories)),
        "per_use_fen": _limit(authorization.per_use_fen),
        "per_day_fen": _limit(authorization.per_day_fen),
        "per_year_fen": _limit(authorization.per_year_fen),
        "joint_year_fen": _limit(authorization.joint_year_fen),
        "retained_fen": authorization.retained_fen,
    }


NOT_AUTHORIZED: dict[str, Any] = dict.fromkeys(
    (
        "first_day",
        "last_day",
        "places",
        "categories",
        "per_use_fen",
        "per_day_fen",
        "per_year_fen",
        "joint_year_fen",
        "retained_fen",
    )
)
"""The columns of an authorization that there is not."""


def _limit(fen: int | None) -> int | None:
    return None if fen is None or fen >= UNLIMITED else fen
