"""Balances: what every personal account has available, held and set aside, now and in the past.

The table is kept by adding up movements. Past moments are answered from the journal, whose lines
say on which day they took effect and when they were recorded. An answer *as of* a past day is
arithmetic over days: where a fact was recorded late, it may show what nobody knew on that day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select

from domain.account import AccountOpened, AccountYearRolled
from domain.amounts import NOTHING, Amounts, amounts
from domain.codes import ACCOUNT_SEGMENTS, Segment
from domain.ids import ClaimId, PersonId, SettlementId
from domain.text import Text
from projections.chart import PERSONAL, Code
from projections.movements import ACCOUNT_FACTS, movement, rollover
from projections.projection import Page, Projection
from projections.questions import Known, then
from projections.reading import events_at
from projections.rows import Row, load, save
from projections.sentences import sentence
from projections.tables import BALANCES, JOURNAL

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Engine

    from ledger.store import Store


class Balance(NamedTuple):
    """What a personal account holds, in fen by segment."""

    available: Amounts = NOTHING
    held: Amounts = NOTHING
    set_aside: Amounts = NOTHING

    def __add__(self, other: tuple[object, ...]) -> Balance:
        """Add another balance."""
        assert isinstance(other, Balance)
        return Balance(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


class StatementLine(NamedTuple):
    """One event of a statement: what it changed, and the balance after it."""

    position: int
    effective_on: date
    recorded_at: datetime
    topic: str
    claim: ClaimId | None
    settlement: SettlementId | None
    change: Balance
    after: Balance
    says: Text


class Statement(NamedTuple):
    """An account over a span of days: opening + lines = closing, always."""

    person: PersonId
    opening: Balance
    lines: tuple[StatementLine, ...]
    closing: Balance


def balance(
    engine: Engine, person: PersonId, *, as_of: date | None = None, as_known_at: Known = None
) -> Balance:
    """Give what an account held at the end of a day, by what was known at some moment."""
    lines = JOURNAL.c
    statement = (
        select(lines.code, lines.segment, func.sum(lines.credit_fen - lines.debit_fen))
        .where(*_of_account(person), *then(JOURNAL, as_of=as_of, as_known_at=as_known_at))
        .group_by(lines.code, lines.segment)
    )
    with engine.connect() as connection:
        return _total(connection.execute(statement).all())


def balances(engine: Engine) -> dict[PersonId, Balance]:
    """Give every account as it stands now, by person."""
    found: dict[PersonId, Balance] = {}
    with engine.connect() as connection:
        for row in connection.execute(select(BALANCES).order_by(BALANCES.c.person)):
            part = Balance(
                amounts(Segment(row.segment), row.available_fen),
                amounts(Segment(row.segment), row.held_fen),
                amounts(Segment(row.segment), row.set_aside_fen),
            )
            found[row.person] = found.get(row.person, Balance()) + part
    return found


def statement(
    store: Store,
    engine: Engine,
    *,
    person: PersonId,
    first: date | None = None,
    last: date | None = None,
    as_known_at: Known = None,
) -> Statement:
    """Give an account's events from `first` to `last`, by day and then in order of recording."""
    opening, lines = Balance(), []
    running = Balance()
    for line in _lines(engine, person, last=last, as_known_at=as_known_at):
        running += line.change
        if first is not None and line.effective_on < first:
            opening = running
        else:
            lines.append(line._replace(after=running))
    events = events_at(store, sorted(line.position for line in lines))
    says = {position: sentence(event.fact, event.stream.key) for position, event in events}
    told = tuple(line._replace(says=says[line.position]) for line in lines)
    return Statement(person, opening, told, running)


_NOT_YET = Text("", "")


def _lines(
    engine: Engine, person: PersonId, *, last: date | None, as_known_at: Known
) -> Iterator[StatementLine]:
    """Give one line for each event; the balance after it and its sentence are not known yet."""
    lines = JOURNAL.c
    columns = (
        lines.position,
        lines.effective_on,
        lines.recorded_at,
        lines.topic,
        lines.claim,
        lines.settlement,
        lines.code,
        lines.segment,
        (lines.credit_fen - lines.debit_fen).label("fen"),
    )
    found = (
        select(*columns)
        .where(*_of_account(person), *then(JOURNAL, as_of=last, as_known_at=as_known_at))
        .order_by(lines.effective_on, lines.position, lines.line)
    )
    with engine.connect() as connection:
        rows = connection.execute(found).all()
    for _, group in groupby(rows, key=lambda row: row.position):
        parts = list(group)
        change = _total([(row.code, row.segment, row.fen) for row in parts])
        yield StatementLine(*parts[0][:6], change, Balance(), _NOT_YET)


def _of_account(person: PersonId) -> tuple[ColumnElement[bool], ...]:
    """Pick the lines of a personal account, by the index that holds them alone."""
    lines = JOURNAL.c
    return lines.person == person, lines.segment.is_not(None), lines.code.in_(PERSONAL)


def _total(parts: Sequence[tuple[str, str, int]]) -> Balance:
    """Add up (code, segment, fen)."""
    total = Balance()
    for code, segment, fen in parts:
        part = amounts(Segment(segment), int(fen))
        total += _PART[Code(code)](part)
    return total


_PART: dict[Code, Callable[[Amounts], Balance]] = {
    Code.AVAILABLE: Balance,
    Code.HELD: lambda part: Balance(held=part),
    Code.SET_ASIDE: lambda part: Balance(set_aside=part),
}


def _project(connection: Connection, page: Page) -> None:
    changes = page.facts(ACCOUNT_FACTS)
    rows = load(connection, BALANCES, first={person for _, person, _ in changes})
    for position, person, fact in changes:
        if type(fact) is AccountOpened:
            rows |= {
                (person, segment.value): _empty(person, segment) for segment in ACCOUNT_SEGMENTS
            }
        current, prior = rows[person, _CURRENT], rows[person, _PRIOR]
        current["position"] = prior["position"] = position
        if type(fact) is AccountYearRolled:
            moved = rollover(
                current["available_fen"],
                current["held_fen"],
                aside_current_fen=current["set_aside_fen"],
            )
        elif (found := movement(fact)) is not None:
            moved = found
        else:
            continue
        current["available_fen"] += moved.current_fen
        current["held_fen"] += moved.held_current_fen
        current["set_aside_fen"] += moved.aside_current_fen
        prior["available_fen"] += moved.prior_fen
        prior["held_fen"] += moved.held_prior_fen
        prior["set_aside_fen"] += moved.aside_prior_fen
    save(connection, BALANCES, rows=rows.values())


_CURRENT, _PRIOR = (segment.value for segment in ACCOUNT_SEGMENTS)
_FEN = ("available_fen", "held_fen", "set_aside_fen")


def _empty(person: str, segment: Segment) -> Row:
    return {"person": person, "segment": segment.value} | dict.fromkeys(_FEN, 0)


BALANCES_PROJECTION = Projection(
    name="balances",
    says=Text("个人账户余额", "what every personal account has available, held and set aside"),
    version=2,
    tables=(BALANCES,),
    project=_project,
)
