"""The journal: double entry for every event that moves money. Each event's lines sum to zero.

A claim is entered in full, pooled fund and cash included, against the clearing of claims; the
personal accounts that pay clear it in the same command. What stays on the clearing account is a
difference between the two sides of a settlement.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import func, select, text

from domain.account import (
    AccountClosed,
    AccountCredited,
    AccountPaidOut,
    AccountPassedOn,
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
from domain.codes import ACCOUNT_SEGMENTS, Segment
from domain.facts import Fact, Kind
from domain.gifts import AccountGiven, AccountReceived, AccountTransferReturned
from domain.ids import ClaimId
from domain.text import Text
from domain.wallet import (
    WalletCaptured,
    WalletDebited,
    WalletHeld,
    WalletReleased,
    WalletRestored,
)
from ledger.recorded import RecordedEvent
from projections.chart import CREDITS, IN_WALLETS, PAYEES, PERSONAL, Code
from projections.claims import CLAIM_FACTS
from projections.movements import ACCOUNT_FACTS, Movement, movement, rollover
from projections.projection import Page, Projection
from projections.questions import Known, then
from projections.rows import (
    Row,
    Values,
    add,
    erase,
    load,
    one_of,
    save,
    stored_day,
    stored_instant,
)
from projections.tables import JOURNAL, JOURNAL_HELD
from projections.wallets import WALLET_FACTS, wallet_movement

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine


Entry = tuple[str, int, str | None, str | None]
"""One line: account number, fen (credit above zero, debit below), person and segment.

A plain tuple of plain text, for there are several to an event and most of the work is about them.
"""


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
    lines = JOURNAL.c
    # The condition on the line is that of the index, word for word.
    about = select(lines.position).where(lines.claim == claim, text("line = 1"))
    statement = (
        select(JOURNAL).where(lines.position.in_(about)).order_by(lines.position, lines.line)
    )
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(statement).mappings()]


def _project(connection: Connection, page: Page) -> None:
    books = _Books(connection, page)
    rows: list[Values] = []
    for position, event in page.events:
        if entries := books.entries(position, event):
            rows += _rows(position, event, entries)
    add(connection, JOURNAL, rows=rows)
    books.save(connection)


JOURNAL_PROJECTION = Projection(
    name="journal",
    says=Text("会计分录（复式记账）", "double entry for every event that moves money"),
    version=3,
    tables=(JOURNAL, JOURNAL_HELD),
    project=_project,
)


class _Books:
    """What the facts of a page leave unsaid, kept up to date from event to event.

    A rollover does not say how much of the moved money was held; a capture does not say what
    the pooled fund pays.
    """

    def __init__(self, connection: Connection, page: Page) -> None:
        rolling = {person for _, person, _ in page.facts(frozenset({AccountYearRolled}))}
        of_holds = {claim for _, claim, _ in page.facts(CLAIM_FACTS - {ClaimSettled})}
        self._current = _current_money(connection, rolling)
        self._stored = load(connection, JOURNAL_HELD, first=of_holds)
        self._held = dict(self._stored)

    def entries(self, position: int, event: RecordedEvent) -> Sequence[Entry]:
        """Give the lines of one event, some of them perhaps zero."""
        fact = event.fact
        if type(fact) in ACCOUNT_FACTS:
            return self._account_entries(event.stream.key, fact)
        if type(fact) in WALLET_FACTS:
            return _wallet_entries(event.stream.key, fact)
        if type(fact) in CLAIM_FACTS:
            return self._claim_entries(position, event.stream.key, fact)
        return ()

    def save(self, connection: Connection) -> None:
        """Write down what later pages need."""
        new = [row for key, row in self._held.items() if row != self._stored.get(key)]
        save(connection, JOURNAL_HELD, rows=new)
        erase(connection, JOURNAL_HELD, keys=self._stored.keys() - self._held.keys())

    def _account_entries(self, owner: str, fact: Fact) -> Sequence[Entry]:
        moved = self._moved(owner, fact)
        if moved is None:
            return ()
        outside = _CONTRA.get(type(fact), _clearing)(fact)
        return (
            (_AVAILABLE, moved.current_fen, owner, _CURRENT),
            (_HELD, moved.held_current_fen, owner, _CURRENT),
            (_AVAILABLE, moved.prior_fen, owner, _PRIOR),
            (_HELD, moved.held_prior_fen, owner, _PRIOR),
            (_ASIDE, moved.aside_current_fen, owner, _CURRENT),
            (_ASIDE, moved.aside_prior_fen, owner, _PRIOR),
            (outside, -sum(moved), owner, None),
        )

    def _moved(self, owner: str, fact: Fact) -> Movement | None:
        if type(fact) is AccountYearRolled:
            available_fen, held_fen, aside_fen = self._current[owner]
            moved = rollover(available_fen, held_fen, aside_current_fen=aside_fen)
            all_moved_fen = moved.prior_fen + moved.held_prior_fen + moved.aside_prior_fen
            assert all_moved_fen == fact.moved_fen, (owner, fact)
        elif (found := movement(fact)) is not None:
            moved = found
        else:
            return None
        if owner in self._current:
            available_fen, held_fen, aside_fen = self._current[owner]
            self._current[owner] = (
                available_fen + moved.current_fen,
                held_fen + moved.held_current_fen,
                aside_fen + moved.aside_current_fen,
            )
        return moved

    def _claim_entries(self, position: int, claim: str, fact: Fact) -> Sequence[Entry]:
        key = (claim,)
        match fact:
            case ClaimSettled():
                cash = fact.allocation.cash_fen
                return _bill(fact.request.fund_fen, fact.allocation.legs, cash_fen=_sum(cash))
            case ClaimAuthorized():
                fund_fen = fact.request.fund_fen
                self._held[key] = {"claim": claim, "fund_fen": fund_fen, "position": position}
            case ClaimCaptured():
                fund_fen = self._held.pop(key)["fund_fen"]
                return _bill(fund_fen, fact.legs, cash_fen=_sum(fact.cash_fen))
            case ClaimCancelled() | ClaimReversed():
                self._held.pop(key, None)
                bill = _bill(_sum(fact.fund_fen), fact.legs, cash_fen=_sum(fact.cash_fen))
                return [(code, -fen, person, segment) for code, fen, person, segment in bill]
            case ClaimReleased() | ClaimExpired():
                del self._held[key]
        return ()


def _current_money(
    connection: Connection, persons: set[str]
) -> defaultdict[str, tuple[int, int, int]]:
    """Give (available, held, set aside) current money of persons, in fen, by all lines so far."""
    lines = JOURNAL.c
    found = (
        connection.execute(
            select(lines.person, lines.code, func.sum(lines.credit_fen - lines.debit_fen))
            .where(
                one_of(lines.person, persons),
                lines.code.in_(PERSONAL),
                lines.segment == Segment.CURRENT,
            )
            .group_by(lines.person, lines.code)
        ).all()
        if persons
        else []
    )
    fen = {(person, code): int(total) for person, code, total in found}
    money: defaultdict[str, tuple[int, int, int]] = defaultdict(lambda: (0, 0, 0))
    for person in persons:
        available, held, aside = (fen.get((person, code), 0) for code in PERSONAL)
        money[person] = available, held, aside
    return money


_AVAILABLE, _HELD, _ASIDE = (code.value for code in PERSONAL)
_CURRENT, _PRIOR = (segment.value for segment in ACCOUNT_SEGMENTS)
_TRANSFERS = Code.TRANSFERS.value
_FUND, _INSTITUTIONS = Code.FUND_PAYMENTS.value, Code.INSTITUTIONS.value
_CLEARING, _CASH, _CHARGES = Code.CLEARING.value, Code.CASH.value, Code.CASH_CHARGES.value


def _clearing(_: Fact) -> str:
    return _CLEARING


# The account on the other side of a personal account; where none is given, the clearing of claims.
_CONTRA: dict[type[Fact], Callable[[Any], str]] = {
    AccountCredited: lambda fact: CREDITS[fact.kind].value,
    AccountTakenBack: lambda _: Code.TAKEN_BACK.value,
    AccountClosed: lambda fact: PAYEES[fact.payee].value,
    AccountPaidOut: lambda fact: PAYEES[fact.payee].value,
    AccountPassedOn: lambda _: Code.PATIENTS.value,
    AccountGiven: lambda _: _TRANSFERS,
    AccountReceived: lambda _: _TRANSFERS,
    AccountTransferReturned: lambda _: _TRANSFERS,
}

_OF_CLAIMS = (WalletDebited, WalletHeld, WalletCaptured, WalletReleased, WalletRestored)


def _wallet_entries(owner: str, fact: Fact) -> Sequence[Entry]:
    """Enter what a wallet pays for a claim, or passes on to a relative."""
    moved = wallet_movement(fact)
    outside = _CLEARING if isinstance(fact, _OF_CLAIMS) else _TRANSFERS
    inside = zip(IN_WALLETS, moved, strict=True)
    return (
        *((code.value, fen, owner, Segment.WALLET.value) for code, fen in inside),
        (outside, -sum(moved), owner, None),
    )


def _bill(fund_fen: int, legs: Sequence[Leg], *, cash_fen: int) -> list[Entry]:
    """Enter what an institution is paid for a claim: by the fund, by accounts, and in cash."""
    by_account: defaultdict[str, int] = defaultdict(int)
    for leg in legs:
        by_account[leg.account] += leg.amount_fen
    return [
        (_FUND, -fund_fen, None, None),
        *((_CLEARING, -fen, person, None) for person, fen in by_account.items()),
        (_INSTITUTIONS, fund_fen + sum(by_account.values()), None, None),
        (_CASH, -cash_fen, None, None),
        (_CHARGES, cash_fen, None, None),
    ]


def _sum(by_line: Sequence[tuple[int, int]]) -> int:
    return sum(fen for _, fen in by_line)


def _rows(position: int, event: RecordedEvent, entries: Iterable[Entry]) -> list[Values]:
    """Give the lines of an event as rows, in the order of the columns; zero is not entered."""
    stream, fact = event.stream, event.fact
    topic, effective_on = fact.TOPIC, stored_day(fact.effective_on)
    recorded_at = stored_instant(event.meta.recorded_at)
    claim = stream.key if stream.kind is Kind.CLAIM else getattr(fact, "claim", None)
    settlement = getattr(fact, "settlement", None)
    rows: list[Values] = []
    line = total_fen = 0
    for code, fen, person, segment in entries:
        if fen == 0:
            continue
        line += 1
        total_fen += fen
        debit_fen, credit_fen = (0, fen) if fen > 0 else (-fen, 0)
        # fmt: off
        rows.append((
            position, line, effective_on, recorded_at, topic, code, person, segment,
            claim, settlement, debit_fen, credit_fen,
        ))
        # fmt: on
    assert total_fen == 0, (position, entries)
    return rows
