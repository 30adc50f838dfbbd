"""Money set aside in personal accounts: for whom, how much is left, and the whole of quotas."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

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
from domain.ids import PersonId, PoolId
from domain.purses import AccountSetAside, AccountSetAsideReturned
from domain.text import Text
from projections.movements import movement
from projections.projection import Facts, Page, Projection
from projections.rows import Row, erase, load, save
from projections.tables import PURSES

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine


class OpenPurse(NamedTuple):
    """Money of one account that only relatives may use; `quota_fen` is None of a family's purse."""

    person: PersonId
    purse: str
    pool: PoolId
    amount: Amounts
    quota_fen: int | None


def open_purses(
    engine: Engine, *, person: PersonId | None = None, pool: PoolId | None = None
) -> list[OpenPurse]:
    """Give open purses by owner and name: all, one account's, or one family's."""
    found = select(PURSES).order_by(PURSES.c.person, PURSES.c.purse)
    if person is not None:
        found = found.where(PURSES.c.person == person)
    if pool is not None:
        found = found.where(PURSES.c.pool == pool)
    with engine.connect() as connection:
        return [
            OpenPurse(
                row.person,
                row.purse,
                row.pool,
                Amounts(row.current_fen, row.prior_fen),
                row.quota_fen,
            )
            for row in connection.execute(found)
        ]


def _project(connection: Connection, page: Page) -> None:
    changes = [change for change in page.facts(_FACTS) if _concerns(change[2])]
    stored = load(connection, PURSES, first={owner for _, owner, _ in changes})
    purses: _Purses = defaultdict(dict)
    for (owner, name), row in stored.items():
        purses[owner][name] = dict(row)
    for position, owner, fact in changes:
        if type(fact) is AccountYearRolled:
            _roll(purses[owner].values(), position=position)
        else:
            _move(purses[owner], owner, fact=fact, position=position)
    left = {(owner, name): row for owner, own in purses.items() for name, row in own.items()}
    save(connection, PURSES, rows=[row for key, row in left.items() if row != stored.get(key)])
    erase(connection, PURSES, keys=stored.keys() - left.keys())


_Purses = defaultdict[str, dict[str, Row]]
"""Open purses by owner and name."""


_OF_PURSES: Facts = frozenset({AccountSetAside, AccountSetAsideReturned})
_FACTS: Facts = frozenset(
    {
        *_OF_PURSES,
        AccountDebited,
        AccountHeld,
        AccountCaptured,
        AccountReleased,
        AccountRestored,
        AccountYearRolled,
    }
)

PURSES_PROJECTION = Projection(
    name="purses",
    says=Text("划拨资金与共济额度", "money set aside for relatives, and quotas"),
    version=1,
    tables=(PURSES,),
    project=_project,
)


def _concerns(fact: Fact) -> bool:
    """Tell whether a fact may touch a purse; ordinary payments name none."""
    return type(fact) is AccountYearRolled or bool(getattr(fact, "purse", ""))


def _roll(purses: Iterable[Row], *, position: int) -> None:
    """Turn current money into prior money."""
    for row in purses:
        row["prior_fen"] += row["current_fen"]
        row["current_fen"] = 0
        row["position"] = position


def _move(purses: dict[str, Row], owner: str, *, fact: Fact, position: int) -> None:
    """Put money into the purse that a fact names, or take it out; a purse that ended is gone."""
    name = fact.purse  # type: ignore[attr-defined]  # `_concerns` has seen it
    row = purses.setdefault(name, _empty(owner, name))
    moved = movement(fact)
    assert moved is not None, fact
    row["current_fen"] += moved.aside_current_fen
    row["prior_fen"] += moved.aside_prior_fen
    row["position"] = position
    if isinstance(fact, AccountSetAside | AccountSetAsideReturned):
        row["pool"], row["quota_fen"] = fact.pool, fact.quota_fen
        if isinstance(fact, AccountSetAsideReturned) and fact.ended:
            del purses[name]


def _empty(owner: str, name: str) -> Row:
    return {
        "person": owner,
        "purse": name,
        "pool": "",
        "current_fen": 0,
        "prior_fen": 0,
        "quota_fen": None,
        "position": 0,
    }
