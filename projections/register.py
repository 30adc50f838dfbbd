"""The register: insured persons, and relations with what is authorized, as they stand now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from sqlalchemy import or_, select

from domain.account import AccountClosed, AccountOpened, AccountYearRolled
from domain.codes import Card, Coverage, Work
from domain.facts import Fact
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
from projections.projection import Facts, Page, Projection
from projections.rows import Key, Row, load, save, stored_day
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
    changes = page.facts(_OF_PERSONS)
    rows = load(connection, PERSONS, first={person for _, person, _ in changes})
    for position, person, fact in changes:
        row = rows.setdefault((person,), {"person": person})
        row |= _of_person(fact)
        row["position"] = position
    save(connection, PERSONS, rows=rows.values())


_OF_PERSONS: Facts = frozenset(
    {
        PersonEnrolled,
        CoverageChanged,
        PersonMoved,
        PersonRetired,
        CardReported,
        CardReplaced,
        AccountOpened,
        AccountYearRolled,
        AccountClosed,
    }
)


def _of_person(fact: Fact) -> dict[str, Any]:
    """Give the columns that a fact sets."""
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
            return {"account_closed_on": stored_day(fact.effective_on)}
        case _:
            raise AssertionError(fact)


def _project_bindings(connection: Connection, page: Page) -> None:
    changes = page.facts(_OF_RELATIONS)
    rows = load(connection, BINDINGS, first={pool for _, pool, _ in changes})
    touched: dict[Key, Row] = {}
    for position, pool, fact in changes:
        assert isinstance(fact, _Relation)
        key = (pool, fact.grantor, fact.beneficiary)
        row = touched[key] = rows.setdefault(key, dict(zip(_PAIR, key, strict=True)))
        row |= _of_relation(fact)
        row["position"] = position
    save(connection, BINDINGS, rows=touched.values())


_PAIR = ("pool", "grantor", "beneficiary")
_Relation = (
    RelationBound | RelationReviewed | UseAuthorized | AuthorizationWithdrawn | RelationEnded
)
_OF_RELATIONS: Facts = frozenset(get_args(_Relation))


def _of_relation(fact: _Relation) -> dict[str, Any]:
    """Give the columns that a fact sets."""
    match fact:
        case RelationBound():
            return {
                "filing_no": fact.filing_no,
                "relation": fact.relation,
                "standing": Standing.UNDER_REVIEW if fact.under_review else Standing.BOUND,
                "bound_on": stored_day(fact.effective_on),
                "active_from": stored_day(fact.active_from),
                "ended_by": None,
                **NOT_AUTHORIZED,
            }
        case RelationReviewed():
            return {"standing": Standing.BOUND if fact.approved else Standing.REJECTED}
        case UseAuthorized():
            return _stored_days(authorized(fact.authorization))
        case AuthorizationWithdrawn():
            return NOT_AUTHORIZED
        case RelationEnded():
            return {"standing": Standing.ENDED, "ended_by": fact.reason}


def _stored_days(columns: dict[str, Any]) -> dict[str, Any]:
    """Put the days of an authorization as they are stored."""
    first, last = columns["first_day"], columns["last_day"]
    return columns | {"first_day": stored_day(first), "last_day": last and stored_day(last)}


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
