"""Settlements line by line, signed: a payment adds, money given back takes away.

One settlement gives one payment and a refund for each cancellation, wholly or in part. A settlement
that was reversed gives no line: its call was undone as if it had never been made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from domain.claim import (
    ClaimAuthorized,
    ClaimCancelled,
    ClaimCaptured,
    ClaimExpired,
    ClaimOffered,
    ClaimReleased,
    ClaimRequest,
    ClaimReversed,
    ClaimSettled,
    Leg,
    Status,
)
from domain.codes import Category, Insurance, Place, Segment
from domain.ids import PersonId
from domain.person import PersonEnrolled

if TYPE_CHECKING:
    from ledger.recorded import RecordedEvent
    from ledger.store import Store
    from projections.questions import Known


class Clearing(StrEnum):
    """How institutions are paid for a settlement 清算类别."""

    OUTPATIENT = "outpatient"
    INPATIENT = "inpatient"
    PHARMACY = "pharmacy"
    OTHER = "other"  # premiums


MEASURES = ("total", "fund", "account", "own_account", "mutual_aid", "cash")
"""The amounts of a line, in order. `account` is all that accounts pay; it is `own_account` (the
patient's account and wallet) and `mutual_aid` (grantors' accounts) together."""

Fens = tuple[int | None, ...]
"""Fen for each of `MEASURES`; None where nothing is said."""


class Line(NamedTuple):
    """One signed line of a settlement; empty texts are not known.

    `place` is the position of the event, or the line in a file. `status` is the latest one of the
    settlement. `area` is the pooling area whose rules decided. `payers` are the owners of the
    accounts that paid or got money back.
    """

    settlement: str
    claim: str
    refund: bool
    fens: Fens
    place: int
    day: date | None = None
    patient: str = ""
    institution: str = ""
    area: str = ""
    insurance: str = ""
    clearing: str = ""
    status: str = ""
    rule_set: str = ""
    payers: tuple[str, ...] = ()


class Books(NamedTuple):
    """All lines in order of recording, and what is known of settlements that have none.

    `undone` are reversed settlements; `pending` are claims that were last offered, held, released
    or reversed, each with its status.
    """

    lines: list[Line]
    undone: Mapping[str, Status]
    pending: Mapping[str, Status]


def settlement_lines(store: Store, *, as_known_at: Known = None) -> Books:
    """Read every settlement of a history.

    Raises:
        StoreError: the history cannot be read.
    """
    folding = _Folding()
    for position, event in _known(store, as_known_at):
        if isinstance(event.fact, PersonEnrolled):
            folding.enrol(event.fact)
        elif event.fact.TOPIC.startswith("claim."):
            folding.take(position, event)
    return folding.books()


def _known(store: Store, as_known_at: Known) -> Iterator[tuple[int, RecordedEvent]]:
    if isinstance(as_known_at, datetime):
        for position, event in store.events():
            if event.meta.recorded_at <= as_known_at:
                yield position, event
    else:
        yield from store.events(upto=as_known_at)


class _Booked(NamedTuple):
    """An event of a claim that moves money, and where it stands."""

    position: int
    claim: str
    fact: ClaimSettled | ClaimCaptured | ClaimCancelled

    @property
    def payers(self) -> tuple[str, ...]:
        """Give whose accounts paid or got money back, each once."""
        fact = self.fact
        legs = fact.allocation.legs if isinstance(fact, ClaimSettled) else fact.legs
        return tuple(dict.fromkeys(leg.account for leg in legs))


class _Folding:
    """Reads a history from its beginning."""

    def __init__(self) -> None:
        self._insurances: dict[PersonId, Insurance] = {}
        self._asked: dict[str, tuple[ClaimRequest, str, str]] = {}  # request, area, rule set
        self._settled: dict[str, str] = {}  # the settlement that stands, by claim
        self._status: dict[str, Status] = {}  # by settlement
        self._pending: dict[str, Status] = {}
        self._lines: list[Line] = []

    def enrol(self, fact: PersonEnrolled) -> None:
        """Remember in which insurance someone is."""
        self._insurances[fact.person] = fact.insurance

    def books(self) -> Books:
        """Give the lines with the latest status of each."""
        undone = {key: at for key, at in self._status.items() if at is Status.REVERSED}
        lines = [
            line._replace(status=self._status[line.settlement].value)
            for line in self._lines
            if line.settlement not in undone
        ]
        return Books(lines, undone, dict(self._pending))

    def take(self, position: int, event: RecordedEvent) -> None:
        """Take one event of a claim in."""
        claim = event.stream.key
        match event.fact:
            case ClaimSettled() as fact:
                self._open(claim, fact)
                fund_fen, legs = fact.request.fund_fen, fact.allocation.legs
                cash_fen = fact.allocation.total_cash_fen
                fens = _fens(fact.request, legs, fund_fen=fund_fen, cash_fen=cash_fen)
                self._settle(_Booked(position, claim, fact), fens)
            case ClaimAuthorized() | ClaimOffered() as fact:
                self._open(claim, fact)
                held = isinstance(fact, ClaimAuthorized)
                self._pending[claim] = Status.HELD if held else Status.OFFERED
            case ClaimCaptured() as fact:
                request, *_ = self._asked[claim]
                fund_fen, cash_fen = request.fund_fen, _sum(fact.cash_fen)
                fens = _fens(request, fact.legs, fund_fen=fund_fen, cash_fen=cash_fen)
                self._settle(_Booked(position, claim, fact), fens)
            case ClaimCancelled() as fact:
                request, *_ = self._asked[claim]
                fund_fen, cash_fen = _sum(fact.fund_fen), _sum(fact.cash_fen)
                fens = _fens(request, fact.legs, fund_fen=fund_fen, cash_fen=cash_fen)
                self._book(_Booked(position, claim, fact), tuple(-fen for fen in fens), refund=True)
                status = Status.CANCELLED if fact.whole else Status.PARTLY_CANCELLED
                self._status[fact.settlement] = status
            case ClaimReversed():
                self._undo(claim)
            case ClaimReleased():
                self._pending[claim] = Status.RELEASED
            case ClaimExpired():
                self._pending[claim] = Status.EXPIRED
            case _:
                raise AssertionError(event)

    def _open(self, claim: str, fact: ClaimSettled | ClaimAuthorized | ClaimOffered) -> None:
        self._settled.pop(claim, None)
        allocation = fact.allocation
        self._asked[claim] = (fact.request, allocation.region, allocation.rule_set)

    def _settle(self, booked: _Booked, fens: Iterable[int]) -> None:
        settlement = booked.fact.settlement
        self._pending.pop(booked.claim, None)
        self._settled[booked.claim] = settlement
        self._status[settlement] = Status.SETTLED
        self._book(booked, tuple(fens), refund=False)

    def _undo(self, claim: str) -> None:
        self._pending[claim] = Status.REVERSED
        settlement = self._settled.pop(claim, None)
        if settlement is not None:
            self._status[settlement] = Status.REVERSED

    def _book(self, booked: _Booked, fens: Fens, *, refund: bool) -> None:
        position, claim, fact = booked
        request, area, rule_set = self._asked[claim]
        self._lines.append(
            Line(
                settlement=fact.settlement,
                claim=claim,
                refund=refund,
                fens=fens,
                place=position,
                day=fact.effective_on,
                patient=request.patient,
                institution=request.institution.id,
                area=area,
                insurance=_kind_of(self._insurances.get(request.patient)),
                clearing=clearing_of(request),
                rule_set=rule_set,
                payers=booked.payers,
            )
        )


def clearing_of(request: ClaimRequest) -> Clearing:
    """Tell how the institution of a claim is cleared."""
    if request.institution.place is Place.OFFICE:
        return Clearing.OTHER
    if request.institution.place is Place.PHARMACY:
        return Clearing.PHARMACY
    inpatient = any(line.category is Category.INPATIENT for line in request.lines)
    return Clearing.INPATIENT if inpatient else Clearing.OUTPATIENT


def _kind_of(insurance: Insurance | None) -> str:
    """Name the insurance; whether an employee has a personal account is another question."""
    if insurance is None:
        return ""
    pool_only = insurance is Insurance.EMPLOYEE_POOL_ONLY
    return Insurance.EMPLOYEE.value if pool_only else insurance.value


def _fens(
    request: ClaimRequest, legs: Iterable[Leg], *, fund_fen: int, cash_fen: int
) -> tuple[int, ...]:
    """Give the amounts of a line; they add up."""
    own_fen = aid_fen = 0
    for leg in legs:
        if leg.segment is Segment.WALLET or leg.account == request.patient:
            own_fen += leg.amount_fen
        else:
            aid_fen += leg.amount_fen
    account_fen = own_fen + aid_fen
    return (fund_fen + account_fen + cash_fen, fund_fen, account_fen, own_fen, aid_fen, cash_fen)


def _sum(by_line: Iterable[tuple[int, int]]) -> int:
    return sum(fen for _, fen in by_line)
