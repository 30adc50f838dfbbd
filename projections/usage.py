"""Limits used: what each relative used of a grantor's account, by account year and by day.

Holds count as soon as money is held; what a capture leaves over, a release and a restoration give
back; own use is not counted. The table never forgets a period, so nothing can be given back that
it did not count before and no row falls below zero. The domain forgets, at a rollover, the days
before the account year that has just closed, and then gives nothing back for them; for years, and
for days from then on, the two agree to the fen, and a check proves it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import bindparam, select, update

from domain.account import (
    AccountCaptured,
    AccountDebited,
    AccountHeld,
    AccountReleased,
    AccountRestored,
    AccountYearRolled,
)
from domain.amounts import Amounts
from domain.facts import Fact
from domain.ids import ClaimId, PersonId
from domain.text import Text
from projections.projection import Facts, Page, Projection
from projections.rows import Key, Row, erase, grow, load, save, stored_day, stored_instant
from projections.tables import HOLDS, USAGE

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine


class OpenHold(NamedTuple):
    """Money of one account that is set aside for a claim, in fen by segment."""

    claim: ClaimId
    person: PersonId
    beneficiary: PersonId
    held: Amounts
    expires_at: datetime


class Used(NamedTuple):
    """What a beneficiary used of a grantor's account in a period ("2026" or "2026-03-02")."""

    grantor: PersonId
    beneficiary: PersonId
    period: str
    used_fen: int


def open_holds(
    engine: Engine, *, person: PersonId | None = None, due_at: datetime | None = None
) -> list[OpenHold]:
    """Give open holds, first to end first: all, one account's, or those due at an instant."""
    found = select(HOLDS).order_by(HOLDS.c.expires_at, HOLDS.c.claim, HOLDS.c.person)
    if person is not None:
        found = found.where(HOLDS.c.person == person)
    if due_at is not None:
        found = found.where(HOLDS.c.expires_at <= due_at)
    with engine.connect() as connection:
        return [
            OpenHold(
                row.claim,
                row.person,
                row.beneficiary,
                Amounts(row.current_fen, row.prior_fen),
                row.expires_at,
            )
            for row in connection.execute(found)
        ]


def used(
    engine: Engine, *, grantor: PersonId | None = None, beneficiary: PersonId | None = None
) -> list[Used]:
    """Give what was used, by grantor, beneficiary and period."""
    table = USAGE.c
    found = select(table.grantor, table.beneficiary, table.period, table.used_fen).order_by(
        table.grantor, table.beneficiary, table.period
    )
    if grantor is not None:
        found = found.where(table.grantor == grantor)
    if beneficiary is not None:
        found = found.where(table.beneficiary == beneficiary)
    with engine.connect() as connection:
        return [Used(*row) for row in connection.execute(found)]


_Holds = defaultdict[str, dict[str, Row]]
"""Open holds by owner and claim."""


def _project(connection: Connection, page: Page) -> None:
    changes = page.facts(_FACTS)
    of_holds = {owner for _, owner, fact in changes if type(fact) in _OF_HOLDS}
    stored = load(connection, HOLDS, first=of_holds)
    holds: _Holds = defaultdict(dict)
    for (owner, claim), row in stored.items():
        holds[owner][claim] = dict(row)
    added: dict[Key, tuple[int, int]] = {}
    for position, owner, fact in changes:
        if type(fact) is AccountYearRolled:
            _roll(holds[owner].values(), position=position)
            continue
        beneficiary, year, day, fen = _use(position, owner, fact=fact, holds=holds)
        if beneficiary == owner or not fen:
            continue
        for period in (str(year), day):
            key = (owner, beneficiary, period)
            before_fen, _ = added.get(key, _NOTHING)
            added[key] = before_fen + fen, position
    left = {(owner, claim): row for owner, held in holds.items() for claim, row in held.items()}
    save(connection, HOLDS, rows=[row for key, row in left.items() if row != stored.get(key)])
    erase(connection, HOLDS, keys=stored.keys() - left.keys())
    _count(connection, added)


_NOTHING = (0, 0)
_OF_HOLDS: Facts = frozenset({AccountHeld, AccountCaptured, AccountReleased, AccountYearRolled})
_FACTS: Facts = frozenset({AccountDebited, AccountRestored, *_OF_HOLDS})

USAGE_PROJECTION = Projection(
    name="usage",
    says=Text("限额使用与在途冻结", "limits used, and open holds"),
    version=1,
    tables=(HOLDS, USAGE),
    project=_project,
)


def _use(position: int, owner: str, *, fact: Fact, holds: _Holds) -> tuple[str, int, str, int]:
    """Give who used the account in which year and on which day, and the fen that count for it.

    Fen below zero come back. Open holds are kept up to date on the way.
    """
    match fact:
        case AccountDebited():
            return *_user(fact), fact.taken.total_fen
        case AccountRestored():
            return *_user(fact), -fact.returned.total_fen
        case AccountHeld():
            holds[owner][fact.claim] = _hold(position, owner, fact=fact)
            return *_user(fact), fact.held.total_fen
        case AccountCaptured() | AccountReleased():
            hold = holds[owner].pop(fact.claim)
            user = hold["beneficiary"], hold["account_year"], hold["service_date"]
            return *user, -fact.returned.total_fen
        case _:
            raise AssertionError(fact)


def _user(fact: AccountDebited | AccountHeld | AccountRestored) -> tuple[str, int, str]:
    return fact.beneficiary, fact.account_year, stored_day(fact.service_date)


def _hold(position: int, owner: str, *, fact: AccountHeld) -> Row:
    return {
        "person": owner,
        "claim": fact.claim,
        "beneficiary": fact.beneficiary,
        "service_date": stored_day(fact.service_date),
        "account_year": fact.account_year,
        "current_fen": fact.held.current_fen,
        "prior_fen": fact.held.prior_fen,
        "expires_at": stored_instant(fact.expires_at),
        "position": position,
    }


def _roll(holds: Iterable[Row], *, position: int) -> None:
    """Turn held current money into held prior money."""
    for hold in holds:
        hold["prior_fen"] += hold["current_fen"]
        hold["current_fen"] = 0
        hold["position"] = position


def _count(connection: Connection, added: Mapping[Key, tuple[int, int]]) -> None:
    """Add to each period the fen of a page, with the position of the last event.

    Most days are new, so the database adds to the rows instead of having them read first. What
    comes back on balance can only come off a row that is there already.
    """
    more = [(*key, *change) for key, change in added.items() if change[0] >= 0]
    grow(connection, USAGE, "used_fen", rows=more)
    less = [(*change, *key) for key, change in added.items() if change[0] < 0]
    if less:
        by = [dict(zip(_LESS_BY, row, strict=True)) for row in less]
        taken_off = connection.execute(_LESS, by)
        assert taken_off.rowcount == len(less), "what comes back was used before"


_LESS_BY = ("fen", "at", "of", "by", "within")
_LESS = (
    update(USAGE)
    .where(
        USAGE.c.grantor == bindparam("of"),
        USAGE.c.beneficiary == bindparam("by"),
        USAGE.c.period == bindparam("within"),
    )
    .values(used_fen=USAGE.c.used_fen + bindparam("fen"), position=bindparam("at"))
)
