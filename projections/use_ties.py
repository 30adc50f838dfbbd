"""Relations and authorizations as they ever were, each with the positions between which it held."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, get_args

from domain.pool import (
    AuthorizationWithdrawn,
    RelationBound,
    RelationEnded,
    RelationReviewed,
    UseAuthorized,
)
from projections.register import authorized
from projections.rows import Row, load, save, stored_day, stored_instant
from projections.use_tables import USE_PERMITS, USE_TIES

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from projections.projection import Page

_Relation = (
    RelationBound | RelationReviewed | UseAuthorized | AuthorizationWithdrawn | RelationEnded
)
_KINDS = frozenset(get_args(_Relation))
_Pair = tuple[str, str, str]


def project_ties(connection: Connection, page: Page) -> None:
    """Take in what happened to relations and authorizations."""
    found = [each for each in page.events if type(each[1].fact) in _KINDS]
    pools = {event.stream.key for _, event in found}
    ties = _latest(load(connection, USE_TIES, first=pools).values())
    permits = _latest(load(connection, USE_PERMITS, first=pools).values())
    changed: dict[int, Row] = {}  # by identity: a row is written once, however often it changes
    for position, event in found:
        fact, pool, at = event.fact, event.stream.key, event.meta.recorded_at
        assert isinstance(fact, _Relation)
        pair = (pool, fact.grantor, fact.beneficiary)
        rows = [
            *_of_tie(position, pair, fact=fact, ties=ties, at=at),
            *_of_permit(position, pair, fact=fact, permits=permits, at=at),
        ]
        changed |= {id(row): row for row in rows}
    save(connection, USE_TIES, rows=[row for row in changed.values() if "filing_no" in row])
    save(connection, USE_PERMITS, rows=[row for row in changed.values() if "filing_no" not in row])


def _latest(rows: Iterable[Row]) -> dict[_Pair, Row]:
    """Keep the last row of each pair of persons in a pool."""
    ordered = sorted(rows, key=lambda row: row["bound_at" if "bound_at" in row else "position"])
    return {(row["pool"], row["grantor"], row["beneficiary"]): row for row in ordered}


def _of_tie(
    position: int, pair: _Pair, *, fact: _Relation, ties: dict[_Pair, Row], at: datetime
) -> list[Row]:
    """Give the relation's row, if it changes."""
    if isinstance(fact, RelationBound):
        ties[pair] = {
            **dict(zip(("pool", "grantor", "beneficiary"), pair, strict=True)),
            "filing_no": fact.filing_no,
            "relation": fact.relation.value,
            "active_from": stored_day(fact.active_from),
            "bound_at": position,
            "bound_instant": stored_instant(at),
            "usable_at": None if fact.under_review else position,
            "ended_at": None,
            "ended_instant": None,
            "ended_by": None,
        }
        return [ties[pair]]
    tie = ties.get(pair)
    if tie is None:
        return []
    if isinstance(fact, RelationReviewed) and fact.approved:
        tie["usable_at"] = position
        return [tie]
    if isinstance(fact, RelationEnded):
        reason = fact.reason.value
        tie |= {"ended_at": position, "ended_instant": stored_instant(at), "ended_by": reason}
        return [tie]
    return []


def _of_permit(
    position: int, pair: _Pair, *, fact: _Relation, permits: dict[_Pair, Row], at: datetime
) -> list[Row]:
    """Give the rows of authorizations that end or begin."""
    if isinstance(fact, RelationReviewed | RelationBound):
        return []
    rows = []
    before = permits.get(pair)
    if before is not None and before["until"] is None:
        before["until"] = position
        rows.append(before)
    if isinstance(fact, UseAuthorized):
        given = authorized(fact.authorization)
        first, last = given["first_day"], given["last_day"]
        del given["retained_fen"]
        permits[pair] = {
            **dict(zip(("pool", "grantor", "beneficiary"), pair, strict=True)),
            **given,
            "position": position,
            "until": None,
            "recorded_at": stored_instant(at),
            # Unlike other limits, one that is not stated leaves the earlier one as it was.
            "joint_year_fen": fact.authorization.joint_year_fen,
            "first_day": stored_day(first),
            "last_day": last and stored_day(last),
        }
        rows.append(permits[pair])
    return rows
