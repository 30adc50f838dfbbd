"""The journal as transactions, for those who write it down elsewhere: one for each event.

Everything is read in one transaction of the database and row by row, so that a journal of any
length has one position and needs little memory. Amounts are fen: debit above zero, credit below.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from itertools import chain, groupby, islice, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import case, func, literal, or_, select

from domain.codes import Segment
from domain.ids import ClaimId, MessageId, PersonId, SettlementId
from domain.text import Text
from domain.time import day_in
from projections.chart import IN_WALLETS, PERSONAL, Code
from projections.reading import one_position
from projections.sentences import sentence
from projections.tables import BALANCES, JOURNAL, WALLETS

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Engine, Select

    from ledger.recorded import RecordedEvent
    from ledger.store import Store

NEEDED = ("balances", "journal", "wallets")
"""The projections that a book is made of."""

BATCH = 2_000  # transactions whose events are looked up together
_GAP = 1_000  # positions; events that stand closer together are read in one go


class Place(NamedTuple):
    """Where money stands: an account of the chart, of one owner and segment where it has those."""

    code: Code
    person: PersonId | None = None
    segment: Segment | None = None


class Standing(NamedTuple):
    """What stands on a place, in fen."""

    place: Place
    fen: int


class Transaction(NamedTuple):
    """What one event enters. `message` is the id of the message that caused it."""

    position: int
    effective_on: date
    recorded_at: datetime
    topic: str
    claim: ClaimId | None
    settlement: SettlementId | None
    message: MessageId
    says: Text
    postings: tuple[Standing, ...]


class Extract(NamedTuple):
    """What of the journal is wanted: days, both included, and whose account; None is all.

    Of one person these are the events of the personal account and the wallet, without what they
    say of the accounts of others.
    """

    first: date | None = None
    last: date | None = None
    person: PersonId | None = None


class Book:
    """The journal, or an extract of it, at one position."""

    def __init__(self, connection: Connection, store: Store, *, extract: Extract) -> None:
        """Read through a connection that holds a transaction open; see `opened`."""
        self._connection = connection
        self._store = store
        self.extract = extract
        self.position = one_position(connection, NEEDED)

    def days(self) -> tuple[date, date] | None:
        """Give the first and the last day with a line, the days before the extract included."""
        lines = JOURNAL.c
        found = select(func.min(lines.effective_on), func.max(lines.effective_on))
        first, last = self._connection.execute(found.where(*self._upto(self.extract.last))).one()
        return (first, last) if first is not None else None

    def places(self) -> Iterator[Place]:
        """Give every place that has a line up to the end of the extract, and every account."""
        lines = JOURNAL.c
        wallet = literal(Segment.WALLET.value)
        kept = [
            *((code, BALANCES, BALANCES.c.segment) for code in PERSONAL),
            *((code, WALLETS, wallet) for code in IN_WALLETS),
        ]
        used = select(*_PLACE).where(*self._upto(self.extract.last))
        there = [
            select(literal(code.value), table.c.person, segment).where(*self._whose(table))
            for code, table, segment in kept
        ]
        found = used.union(*there).order_by(lines.code, "person", "segment")
        return (_place(*row) for row in self._rows(found))

    def standing(self, day: date) -> Iterator[Standing]:
        """Give what stood on each place at the end of a day; of one person, on their own alone."""
        total = func.sum(_FEN)
        found = (
            select(*_PLACE, total)
            .where(*self._upto(day), *self._owned())
            .group_by(*_PLACE)
            .order_by("person", JOURNAL.c.code, "segment")
        )
        return (Standing(_place(*row[:3]), int(row[3])) for row in self._rows(found))

    def kept(self) -> Iterator[Standing]:
        """Give what every account and wallet holds now, by the balances; the journal is not asked.

        Owners are owed it, so that it stands below zero.
        """
        parts = (
            (BALANCES, PERSONAL, ("available_fen", "held_fen", "set_aside_fen")),
            (WALLETS, IN_WALLETS, ("available_fen", "held_fen", "pending_fen")),
        )
        for table, codes, names in parts:
            keys = table.primary_key.columns.keys()
            found = select(table).where(*self._whose(table)).order_by(*(table.c[k] for k in keys))
            for row in self._rows(found):
                segment = Segment(row.segment) if table is BALANCES else Segment.WALLET
                for code, name in zip(codes, names, strict=True):
                    yield Standing(Place(code, row.person, segment), -getattr(row, name))

    def month_ends(self) -> Iterator[tuple[date, list[Standing]]]:
        """Give, month by month, what stood at its end on each place that moved in the month.

        The database adds up; of one person, the own places are given alone.
        """
        lines = JOURNAL.c
        month = func.substr(lines.effective_on, 1, 7).label("month")
        after = func.sum(func.sum(_FEN)).over(partition_by=_PLACE, order_by=month)
        sums = (
            select(month, *_PLACE, after.label("fen"))
            .where(*self._upto(self.extract.last), *self._owned())
            .group_by(month, *_PLACE)
            .subquery()
        )
        wanted = select(sums).order_by(sums.c.month, sums.c.person, sums.c.code, sums.c.segment)
        if self.extract.first is not None:
            wanted = wanted.where(sums.c.month >= f"{self.extract.first:%Y-%m}")
        for label, rows in groupby(self._rows(wanted), key=lambda row: row.month):
            year, number = map(int, label.split("-"))
            stood = [Standing(_place(*row[1:4]), int(row.fen)) for row in rows]
            yield day_in(year, number, day=31), stood

    def transactions(self) -> Iterator[Transaction]:
        """Give the transactions of the extract, by day and then in order of recording."""
        lines = JOURNAL.c
        since = [] if self.extract.first is None else [lines.effective_on >= self.extract.first]
        found = (
            select(JOURNAL)
            .where(*self._upto(self.extract.last), *since)
            .order_by(lines.effective_on, lines.position, lines.line)
        )
        by_event = groupby(self._rows(found), key=lambda row: row.position)
        grouped = ((position, list(rows)) for position, rows in by_event)
        while batch := list(islice(grouped, BATCH)):
            events = dict(_events(self._store, sorted(position for position, _ in batch)))
            for position, rows in batch:
                yield _transaction(rows, events[position])

    def _rows(self, statement: Select[Any] | Any) -> Iterator[Any]:  # noqa: ANN401  # and unions
        """Read rows as they are asked for."""
        return iter(self._connection.execute(statement.execution_options(yield_per=1_000)))

    def _upto(self, day: date | None) -> list[ColumnElement[bool]]:
        lines, person = JOURNAL.c, self.extract.person
        found: list[ColumnElement[bool]] = [] if day is None else [lines.effective_on <= day]
        if person is not None:
            own = select(lines.position).where(lines.person == person, lines.segment.is_not(None))
            found.append(lines.position.in_(own))
        return found

    def _owned(self) -> list[ColumnElement[bool]]:
        return [] if self.extract.person is None else [JOURNAL.c.segment.is_not(None)]

    def _whose(self, table: Any) -> list[ColumnElement[bool]]:  # noqa: ANN401  # any with a person
        person = self.extract.person
        return [] if person is None else [table.c.person == person]


@contextmanager
def opened(store: Store, engine: Engine, *, extract: Extract) -> Iterator[Book]:
    """Open the journal for reading at one position, while others may go on writing.

    Raises:
        ReadModelBusy: another process is bringing the read models up to date.
    """
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN")
        yield Book(connection, store, extract=extract)


def by_owner(standings: Iterable[Standing]) -> Iterator[list[Standing]]:
    """Take what stands apart by owner; neighbours without an owner stay together."""
    for _, group in groupby(standings, key=lambda each: each.place.person):
        yield list(group)


def _has_owner() -> ColumnElement[bool]:
    return or_(JOURNAL.c.segment.is_not(None), JOURNAL.c.code == Code.CLEARING)


# Only money of an owner, and the clearing of what the owner pays, is kept apart by owner.
_PLACE = (
    JOURNAL.c.code,
    case((_has_owner(), JOURNAL.c.person), else_=None).label("person"),
    JOURNAL.c.segment,
)
_FEN = JOURNAL.c.debit_fen - JOURNAL.c.credit_fen


def _place(code: str, person: str | None, segment: str | None) -> Place:
    return Place(
        Code(code),
        None if person is None else PersonId(person),
        None if segment is None else Segment(segment),
    )


def _transaction(rows: Sequence[Any], event: RecordedEvent) -> Transaction:
    first = rows[0]
    postings = tuple(
        Standing(
            _place(row.code, row.person if _is_owned(row) else None, row.segment),
            row.debit_fen - row.credit_fen,
        )
        for row in rows
    )
    assert sum(each.fen for each in postings) == 0, first.position
    return Transaction(
        *(first.position, first.effective_on, first.recorded_at, first.topic),
        *(first.claim, first.settlement, MessageId(event.meta.cause)),
        says=sentence(event.fact, event.stream.key),
        postings=postings,
    )


def _is_owned(row: Any) -> bool:  # noqa: ANN401  # a row of the journal
    return row.segment is not None or row.code == Code.CLEARING


def _events(store: Store, positions: Sequence[int]) -> Iterator[tuple[int, RecordedEvent]]:
    """Give the events at ascending positions; those close together are read in one go."""
    wanted = set(positions)
    ends = [0, *(n for n, (a, b) in enumerate(pairwise(positions), 1) if b - a > _GAP), len(wanted)]
    spans = ((positions[begin], positions[end - 1]) for begin, end in pairwise(ends))
    found = chain.from_iterable(store.events(first - 1, upto=last) for first, last in spans)
    return ((position, event) for position, event in found if position in wanted)
