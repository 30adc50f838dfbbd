"""The frame of a sample: the items that could be drawn, in a fixed order, with a digest.

Ids are such that no spreadsheet takes them for numbers, days or formulas: `#12/1` is the first line
of event 12.

Settlements stand in order of their day and number, lines and events in order of recording. The
digest is the SHA-256 of a line `gongji-frame/1`, what is sampled and which money counts, and a
line for each item with its id and its amount in fen, parts separated by tabs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select

from domain.claim import claim_stream
from domain.ids import ClaimId, PersonId
from domain.person import person_stream
from projections.audit_trail import about
from projections.chart import Code
from projections.sampling.codes import Money, Over
from projections.tables import CLAIMS, JOURNAL, TRAIL

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Engine, Select, Table


class Item(NamedTuple):
    """One item. `claim` and what follows are empty where the item has none."""

    id: str
    day: date
    amount_fen: int
    person: str = ""
    claim: str = ""
    institution: str = ""
    region: str = ""
    place: str = ""
    position: int = 0  # of its event; 0 for a settlement, which is made of several


@dataclass(frozen=True, slots=True)
class Scope:
    """What the frame is limited to; days are included, `at_least_fen` too."""

    first: date | None = None
    last: date | None = None
    person: str | None = None
    institution: str | None = None
    region: str | None = None
    place: str | None = None
    at_least_fen: int | None = None

    @property
    def written(self) -> str:
        """Write it on one line, such as `first=2026-01-01 person=P1`."""
        given = ((part.name, getattr(self, part.name)) for part in fields(self))
        return " ".join(f"{name}={value}" for name, value in given if value is not None)

    @classmethod
    def read(cls, written: str) -> Scope:
        """Read what `written` gave.

        Raises:
            ValueError: it is no such line.
        """
        given = dict(part.split("=", 1) for part in written.split())
        if not given.keys() <= {part.name for part in fields(cls)}:
            raise ValueError(written)
        first, last = given.pop("first", None), given.pop("last", None)
        least = given.pop("at_least_fen", None)
        return cls(
            first=date.fromisoformat(first) if first else None,
            last=date.fromisoformat(last) if last else None,
            at_least_fen=int(least) if least else None,
            **given,
        )


@dataclass(frozen=True)
class Frame:
    """All items that could be drawn."""

    over: Over
    money: Money
    items: tuple[Item, ...]
    scope: Scope = Scope()

    @property
    def count(self) -> int:
        """Give the number of items."""
        return len(self.items)

    @cached_property
    def total_fen(self) -> int:
        """Give the money of all items, in fen."""
        return sum(item.amount_fen for item in self.items)

    @cached_property
    def digest(self) -> str:
        """Give the digest by which two persons see that they draw from the same frame."""
        first = f"gongji-frame/1\t{self.over}\t{self.money}\n"
        lines = (f"{item.id}\t{item.amount_fen}\n" for item in self.items)
        return sha256("".join((first, *lines)).encode()).hexdigest()


def frame_of(
    engine: Engine, over: Over, *, money: Money = Money.ACCOUNTS, scope: Scope = Scope()
) -> Frame:
    """Read the frame from read models that are up to date: claims, journal, audit trail."""
    find = {Over.SETTLEMENTS: _settlements, Over.LINES: _lines, Over.EVENTS: _events}
    with engine.connect() as connection:
        rows = connection.execute(find[over](scope)).mappings()
        items = [_item(over, dict(row), money) for row in rows]
    least = scope.at_least_fen
    kept = (item for item in items if least is None or item.amount_fen >= least)
    return Frame(over, money, tuple(kept), scope)


def positions_of(engine: Engine, item: Item) -> Sequence[int]:
    """Give the positions of an item's events: of a settlement, all that touch its claim."""
    if item.position:
        return (item.position,)
    touched = about(claim_stream(ClaimId(item.claim)))
    found = select(TRAIL.c.position).where(touched).order_by(TRAIL.c.position)
    with engine.connect() as connection:
        return connection.execute(found).scalars().all()


def _settlements(scope: Scope) -> Select[Any]:
    table = CLAIMS.c
    limits = {**_of_claim(scope), "patient": scope.person}
    return (
        select(CLAIMS)
        .where(table.settlement.is_not(None), *_within(table.settled_on, scope))
        .where(*_equal(CLAIMS, limits))
        .order_by(table.settled_on, table.settlement)
    )


def _lines(scope: Scope) -> Select[Any]:
    """Pick the lines of what is available in personal accounts: what came in and went out."""
    lines, claims = JOURNAL.c, CLAIMS.c
    return (
        select(JOURNAL, claims.institution, claims.region, claims.place)
        .outerjoin(CLAIMS, lines.settlement == claims.settlement)
        .where(lines.code == Code.AVAILABLE, *_within(lines.effective_on, scope))
        .where(*_equal(JOURNAL, {"person": scope.person}), *_equal(CLAIMS, _of_claim(scope)))
        .order_by(lines.position, lines.line)
    )


def _events(scope: Scope) -> Select[Any]:
    assert not any(_of_claim(scope).values()), "an event has no institution of its own"
    table = TRAIL.c
    found = select(TRAIL).where(*_within(table.effective_on, scope)).order_by(table.position)
    if scope.person is None:
        return found
    return found.where(about(person_stream(PersonId(scope.person))))


def _of_claim(scope: Scope) -> dict[str, str | None]:
    return {"institution": scope.institution, "region": scope.region, "place": scope.place}


def _within(day: ColumnElement[date], scope: Scope) -> Iterable[ColumnElement[bool]]:
    if scope.first is not None:
        yield day >= scope.first
    if scope.last is not None:
        yield day <= scope.last


def _equal(table: Table, limits: dict[str, str | None]) -> Iterable[ColumnElement[bool]]:
    return (table.c[name] == value for name, value in limits.items() if value is not None)


def _item(over: Over, row: dict[str, Any], money: Money) -> Item:
    match over:
        case Over.SETTLEMENTS:
            return Item(
                row["settlement"],
                row["settled_on"],
                sum(row[f"{part}_fen"] - row[f"back_{part}_fen"] for part in _PARTS[money]),
                row["patient"],
                row["claim"],
                row["institution"],
                row["region"],
                row["place"],
            )
        case Over.LINES:
            return Item(
                f"#{row['position']}/{row['line']}",
                row["effective_on"],
                row["debit_fen"] + row["credit_fen"],
                row["person"],
                row["claim"] or "",
                row["institution"] or "",
                row["region"] or "",
                row["place"] or "",
                row["position"],
            )
        case _:
            at = row["position"]
            return Item(f"#{at}", row["effective_on"], 0, position=at)


_ACCOUNTS = ("own_account", "wallet", "mutual_aid")
_PARTS: dict[Money, tuple[str, ...]] = {
    Money.ACCOUNTS: _ACCOUNTS,
    Money.MUTUAL_AID: ("mutual_aid",),
    Money.FUND: ("fund",),
    Money.CASH: ("cash",),
    Money.TOTAL: ("fund", "cash", *_ACCOUNTS),
}
"""The columns of `tables.CLAIMS` that make up each kind of money."""
