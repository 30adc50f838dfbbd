"""Monthly clearing: what each pooling area owes each other, line by line from the events.

An institution is paid by the area where it lies. Whatever an account or a fund of another area
pays there is owed by that area: the pooled fund and the own account by the patient's, mutual aid
by the grantor's. Money given back is owed the other way in the month in which it is given back,
so that a month that was cleared stays as it was.

Source: full monthly clearing of care across areas, national notice on sharing accounts across
provinces of 9 January 2026.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from domain.claim import (
    ClaimAuthorized,
    ClaimCancelled,
    ClaimCaptured,
    ClaimRequest,
    ClaimReversed,
    ClaimSettled,
    Leg,
)
from domain.facts import Fact, Kind
from domain.ids import ClaimId, PersonId, RegionCode
from domain.person import PersonEnrolled, PersonMoved

if TYPE_CHECKING:
    from ledger.recorded import RecordedEvent
    from ledger.store import Store

FUND, OWN, AID = "fund", "own_account", "mutual_aid"


class Line(NamedTuple):
    """Fen that one area owes another for one event of one claim; below zero: it gets them back.

    `booked_on` is the day of the event, `account` whose account paid, None for the pooled fund.
    """

    position: int
    booked_on: date
    claim: ClaimId
    debtor: RegionCode
    creditor: RegionCode
    kind: str
    account: PersonId | None
    amount_fen: int


class Owed(NamedTuple):
    """What one area owes another for a month and kind of payment, in fen, over so many claims."""

    debtor: RegionCode
    creditor: RegionCode
    kind: str
    claims: int
    amount_fen: int


class _Crossing(NamedTuple):
    """A claim that moves money between areas: where care was given, and whose account is where."""

    request: ClaimRequest
    homes: Mapping[PersonId, RegionCode]


def clearing_lines(store: Store, month: str) -> Iterator[Line]:
    """Give every line of a month ("2026-02"), in order of the events.

    Raises:
        StoreError: the history cannot be read.
    """
    for line in _Folding().lines(store.events()):
        if line.booked_on.isoformat().startswith(f"{month}-"):
            yield line


def owed(lines: Iterable[Line]) -> list[Owed]:
    """Sum lines by pair of areas and kind, in order of the codes."""
    amounts: defaultdict[tuple[RegionCode, RegionCode, str], int] = defaultdict(int)
    claims: defaultdict[tuple[RegionCode, RegionCode, str], set[ClaimId]] = defaultdict(set)
    for line in lines:
        key = line.debtor, line.creditor, line.kind
        amounts[key] += line.amount_fen
        claims[key].add(line.claim)
    return [Owed(*key, len(claims[key]), amounts[key]) for key in sorted(amounts)]


def net(sums: Iterable[Owed]) -> dict[RegionCode, int]:
    """Give what each area receives (or, below zero, pays) in the end, in fen; they add up to 0."""
    found: defaultdict[RegionCode, int] = defaultdict(int)
    for each in sums:
        found[each.debtor] -= each.amount_fen
        found[each.creditor] += each.amount_fen
    assert sum(found.values()) == 0, "clearing neither makes money nor loses any"
    return dict(sorted(found.items()))


class _Folding:
    """Reads a history from its beginning; knows who lived where, and which claims cross areas."""

    def __init__(self) -> None:
        self._homes: dict[PersonId, list[tuple[date, RegionCode]]] = {}
        self._crossing: dict[ClaimId, _Crossing] = {}

    def lines(self, events: Iterable[tuple[int, RecordedEvent]]) -> Iterator[Line]:
        for position, event in events:
            fact = event.fact
            if event.stream.kind is Kind.CLAIM:
                claim = ClaimId(event.stream.key)
                for debtor, kind, account, fen in self._payments(claim, fact):
                    where = self._crossing[claim].request.institution.region
                    if debtor != where and fen:
                        yield Line(
                            position, fact.effective_on, claim, debtor, where, kind, account, fen
                        )
            elif isinstance(fact, PersonEnrolled):
                self._homes[fact.person] = [(fact.effective_on, fact.region)]
            elif isinstance(fact, PersonMoved):
                homes = self._homes[PersonId(event.stream.key)]
                homes.append((fact.effective_on, fact.region_after))

    def _payments(
        self, claim: ClaimId, fact: Fact
    ) -> Iterator[tuple[RegionCode, str, PersonId | None, int]]:
        """Give who pays what by an event of a claim: area, kind, account, fen."""
        if isinstance(fact, ClaimSettled | ClaimAuthorized):
            self._note(fact)
        crossing = self._crossing.get(claim)
        if crossing is None:
            return
        patient, homes = crossing.request.patient, crossing.homes
        fund_fen, legs, sign = _moved(crossing.request, fact)
        yield homes[patient], FUND, None, sign * fund_fen
        by_account: defaultdict[PersonId, int] = defaultdict(int)
        for leg in legs:
            by_account[leg.account] += leg.amount_fen
        for account, fen in by_account.items():
            yield homes[account], OWN if account == patient else AID, account, sign * fen

    def _note(self, fact: ClaimSettled | ClaimAuthorized) -> None:
        """Keep what later events of a claim do not tell, if any of its money crosses areas."""
        request, allocation = fact.request, fact.allocation
        accounts = {request.patient, *(leg.account for leg in allocation.legs)}
        homes = {each: self._home(each, request.service_date) for each in accounts}
        if set(homes.values()) == {request.institution.region}:
            self._crossing.pop(request.claim, None)
        else:
            self._crossing[request.claim] = _Crossing(request, homes)

    def _home(self, person: PersonId, day: date) -> RegionCode:
        """Give the area that someone belonged to on a day; before enrolment, the first one."""
        homes = self._homes[person]
        return next((region for since, region in reversed(homes) if since <= day), homes[0][1])


def _moved(request: ClaimRequest, fact: Fact) -> tuple[int, tuple[Leg, ...], int]:
    """Give the fen of the fund, the legs, and whether they are paid (1) or given back (-1)."""
    match fact:
        case ClaimSettled():
            return request.fund_fen, fact.allocation.legs, 1
        case ClaimCaptured():
            return request.fund_fen, fact.legs, 1
        case ClaimCancelled() | ClaimReversed():
            return sum(fen for _, fen in fact.fund_fen), fact.legs, -1
        case _:
            return 0, (), 1
