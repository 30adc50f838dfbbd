"""The journal: double entry for every event that moves money. Each event's lines sum to zero.

A claim is entered in full, pooled fund and cash included, against the clearing of claims; the
personal accounts that pay clear it in the same command. What stays on the clearing account is a
difference between the two sides of a settlement.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select

from domain.account import (
    AccountClosed,
    AccountCredited,
    AccountPaidOut,
    AccountTakenBack,
    AccountYearRolled,
)
from domain.claim import (
    ClaimAuthorized,
    ClaimCancelled,
    ClaimCaptured,
    ClaimExpired,
    ClaimReleased,
    ClaimReversed,
    ClaimSettled,
    Leg,
)
from domain.codes import Segment
from domain.facts import Fact, Kind
from domain.ids import ClaimId, PersonId
from domain.text import Text
from ledger.recorded import RecordedEvent
from projections.chart import CREDITS, PAYEES, PERSONAL, Code
from projections.movements import Movement, movement, rollover
from projections.projection import Page, Projection
from projections.questions import Known, then
from projections.rows import Row, add, erase, load, save
from projections.tables import JOURNAL, JOURNAL_HELD

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine


class Entry(NamedTuple):
    """One line: `fen` above zero is credit, below zero debit."""

    code: Code
    fen: int
    person: PersonId | None = None
    segment: Segment | None = None


class Total(NamedTuple):
    """One line of the trial balance, in fen."""

    code: Code
    debit_fen: int
    credit_fen: int


def trial_balance(
    engine: Engine, *, as_of: date | None = None, as_known_at: Known = None
) -> list[Total]:
    """Give debits and credits by account number; the two sums are equal at any moment."""
    lines = JOURNAL.c
    statement = (
        select(lines.code, func.sum(lines.debit_fen), func.sum(lines.credit_fen))
        .where(*then(JOURNAL, as_of=as_of, as_known_at=as_known_at))
        .group_by(lines.code)
        .order_by(lines.code)
    )
    with engine.connect() as connection:
        found = connection.execute(statement).all()
    return [Total(Code(code), int(debit), int(credit)) for code, debit, credit in found]


def lines_of(engine: Engine, claim: ClaimId) -> list[Row]:
    """Give every line about a claim, in order of recording."""
    statement = (
        select(JOURNAL).where(JOURNAL.c.claim == claim).order_by(JOURNAL.c.position, JOURNAL.c.line)
    )
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(statement).mappings()]


def _project(connection: Connection, page: Page) -> None:
    books = _Books(connection, page)
    rows: list[Row] = []
    for position, event in page:
        entries = [entry for entry in books.entries(position, event) if entry.fen]
        assert sum(entry.fen for entry in entries) == 0, (position, entries)
        rows += _rows(position, event, entries)
    add(connection, JOURNAL, rows=rows)
    books.save(connection)


JOURNAL_PROJECTION = Projection(
    name="journal",
    says=Text("会计分录（复式记账）", "double entry for every event that moves money"),
    version=1,
    tables=(JOURNAL, JOURNAL_HELD),
    project=_project,
)


class _Books:
    """What the facts of a page leave unsaid, kept up to date from event to event.

    A rollover does not say how much of the moved money was held; a capture does not say what
    the pooled fund pays.
    """

    def __init__(self, connection: Connection, page: Page) -> None:
        facts = [(event.stream, event.fact) for _, event in page]
        rolling = {s.key for s, fact in facts if isinstance(fact, AccountYearRolled)}
        claims = {(s.key,) for s, _ in facts if s.kind is Kind.CLAIM}
        self._current = _current_money(connection, rolling)
        self._stored = load(connection, JOURNAL_HELD, keys=claims)
        self._held = dict(self._stored)

    def entries(self, position: int, event: RecordedEvent) -> Iterable[Entry]:
        """Give the lines of one event, some of them perhaps zero."""
        key, fact = event.stream.key, event.fact
        if event.stream.kind is Kind.CLAIM:
            return self._claim_entries(position, ClaimId(key), fact)
        if event.stream.kind is Kind.PERSON:
            return self._account_entries(PersonId(key), fact)
        return ()

    def save(self, connection: Connection) -> None:
        """Write down what later pages need."""
        save(connection, JOURNAL_HELD, rows=list(self._held.values()))
        erase(connection, JOURNAL_HELD, keys=self._stored.keys() - self._held.keys())

    def _account_entries(self, owner: PersonId, fact: Fact) -> Iterator[Entry]:
        moved = self._moved(owner, fact)
        if moved is None:
            return
        for segment in Segment:
            yield Entry(Code.AVAILABLE, moved.available.of(segment), owner, segment)
            yield Entry(Code.HELD, moved.held.of(segment), owner, segment)
        yield Entry(_contra(fact), -(moved.available + moved.held).total_fen, owner)

    def _moved(self, owner: PersonId, fact: Fact) -> Movement | None:
        if isinstance(fact, AccountYearRolled):
            moved = rollover(*self._current[owner])
            assert -(moved.available + moved.held).current_fen == fact.moved_fen, (owner, fact)
        elif (found := movement(fact)) is not None:
            moved = found
        else:
            return None
        if owner in self._current:
            available_fen, held_fen = self._current[owner]
            available_fen += moved.available.current_fen
            self._current[owner] = available_fen, held_fen + moved.held.current_fen
        return moved

    def _claim_entries(self, position: int, claim: ClaimId, fact: Fact) -> Iterator[Entry]:
        key = (claim,)
        match fact:
            case ClaimSettled():
                cash = fact.allocation.cash_fen
                yield from _bill(fact.request.fund_fen, fact.allocation.legs, cash_fen=_sum(cash))
            case ClaimAuthorized():
                fund_fen = fact.request.fund_fen
                self._held[key] = {"claim": claim, "fund_fen": fund_fen, "position": position}
            case ClaimCaptured():
                fund_fen = self._held.pop(key)["fund_fen"]
                yield from _bill(fund_fen, fact.legs, cash_fen=_sum(fact.cash_fen))
            case ClaimCancelled() | ClaimReversed():
                self._held.pop(key, None)
                bill = _bill(_sum(fact.fund_fen), fact.legs, cash_fen=_sum(fact.cash_fen))
                yield from (entry._replace(fen=-entry.fen) for entry in bill)
            case ClaimReleased() | ClaimExpired():
                del self._held[key]
            case _:
                pass


def _current_money(connection: Connection, persons: set[str]) -> defaultdict[str, tuple[int, int]]:
    """Give (available, held) current money of persons, in fen, by all lines so far."""
    lines = JOURNAL.c
    found = (
        connection.execute(
            select(lines.person, lines.code, func.sum(lines.credit_fen - lines.debit_fen))
            .where(
                lines.person.in_(persons),
                lines.code.in_(PERSONAL),
                lines.segment == Segment.CURRENT,
            )
            .group_by(lines.person, lines.code)
        ).all()
        if persons
        else []
    )
    fen = {(person, code): int(total) for person, code, total in found}
    money: defaultdict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for person in persons:
        available, held = (fen.get((person, code), 0) for code in PERSONAL)
        money[person] = available, held
    return money


def _contra(fact: Fact) -> Code:
    """Give the account on the other side of a personal account."""
    match fact:
        case AccountCredited():
            return CREDITS[fact.kind]
        case AccountTakenBack():
            return Code.TAKEN_BACK
        case AccountClosed() | AccountPaidOut():
            return PAYEES[fact.payee]
        case _:
            return Code.CLEARING


def _bill(fund_fen: int, legs: Sequence[Leg], *, cash_fen: int) -> Iterator[Entry]:
    """Enter what an institution is paid for a claim: by the fund, by accounts, and in cash."""
    by_account: defaultdict[PersonId, int] = defaultdict(int)
    for leg in legs:
        by_account[leg.account] += leg.amount_fen
    yield Entry(Code.FUND_PAYMENTS, -fund_fen)
    for person, fen in by_account.items():
        yield Entry(Code.CLEARING, -fen, person)
    yield Entry(Code.INSTITUTIONS, fund_fen + sum(by_account.values()))
    yield Entry(Code.CASH, -cash_fen)
    yield Entry(Code.CASH_CHARGES, cash_fen)


def _sum(by_line: Sequence[tuple[int, int]]) -> int:
    return sum(fen for _, fen in by_line)


def _rows(position: int, event: RecordedEvent, entries: Sequence[Entry]) -> Iterator[Row]:
    fact = event.fact
    claim = event.stream.key if event.stream.kind is Kind.CLAIM else getattr(fact, "claim", None)
    for line, entry in enumerate(entries, 1):
        yield {
            "position": position,
            "line": line,
            "effective_on": fact.effective_on,
            "recorded_at": event.meta.recorded_at,
            "topic": fact.TOPIC,
            "code": entry.code,
            "person": entry.person,
            "segment": entry.segment,
            "claim": claim,
            "settlement": getattr(fact, "settlement", None),
            "debit_fen": max(-entry.fen, 0),
            "credit_fen": max(entry.fen, 0),
        }
