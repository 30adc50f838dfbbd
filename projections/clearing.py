"""Monthly clearing: what each pooling area owes each other, line by line from the events.

An institution is paid by the area where it lies. Whatever an account or a fund of another area
pays there is owed by that area: the pooled fund, the own account and the wallet by the patient's,
mutual aid by the grantor's. Money given back is owed the other way in the month in which it is
given back, so that a month that was cleared stays as it was.

Money that relatives give each other is owed by the giver's area to the recipient's, in the month
in which it arrives: through the wallet once it is accepted, and where it is given at once. Nobody
gives it back.

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
from domain.codes import Segment
from domain.facts import Fact, Kind
from domain.gifts import AccountReceived
from domain.ids import ClaimId, PersonId, RegionCode
from domain.person import PersonEnrolled, PersonMoved
from domain.wallet import WalletReceived

if TYPE_CHECKING:
    from ledger.recorded import RecordedEvent
    from ledger.store import Store

FUND, OWN, WALLET, AID, TRANSFER = "fund", "own_account", "wallet", "mutual_aid", "transfer"


class Line(NamedTuple):
    """Fen that one area owes another for one event; below zero: it gets them back.

    `booked_on` is the day of the event, `claim` the claim that was paid, None for a transfer;
    `account` is whose account or wallet paid, None for the pooled fund; `recipient` is named by
    transfers only.
    """

    position: int
    booked_on: date
    claim: ClaimId | None
    debtor: RegionCode
    creditor: RegionCode
    kind: str
    account: PersonId | None
    amount_fen: int
    recipient: PersonId | None = None


class Owed(NamedTuple):
    """What one area owes another for a month and kind, in fen, over so many claims or transfers."""

    debtor: RegionCode
    creditor: RegionCode
    kind: str
    items: int
    amount_fen: int


class _Crossing(NamedTuple):
    """A claim that moves money between areas: where care was given, and whose account is where."""

    request: ClaimRequest
    homes: Mapping[PersonId, RegionCode]


def clearing_lines(
    store: Store, month: str | None = None, *, upto: int | None = None
) -> Iterator[Line]:
    """Give every line, or those of a month ("2026-02"), in order of the events up to a position.

    Raises:
        StoreError: the history cannot be read.
    """
    for line in _Folding().lines(store.events(upto=upto)):
        if month is None or line.booked_on.isoformat().startswith(f"{month}-"):
            yield line


def owed(lines: Iterable[Line]) -> list[Owed]:
    """Sum lines by pair of areas and kind, in order of the codes."""
    amounts: defaultdict[tuple[RegionCode, RegionCode, str], int] = defaultdict(int)
    items: defaultdict[tuple[RegionCode, RegionCode, str], set[ClaimId | int]] = defaultdict(set)
    for line in lines:
        key = line.debtor, line.creditor, line.kind
        amounts[key] += line.amount_fen
        items[key].add(line.position if line.claim is None else line.claim)
    return [Owed(*key, len(items[key]), amounts[key]) for key in sorted(amounts)]


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
                yield from self._of_claim(position, ClaimId(event.stream.key), fact)
            elif isinstance(fact, WalletReceived):
                recipient = PersonId(event.stream.key)
                yield from self._of_transfer(position, fact, fact.sender, recipient)
            elif isinstance(fact, AccountReceived):
                recipient = PersonId(event.stream.key)
                yield from self._of_transfer(position, fact, fact.giver, recipient)
            elif isinstance(fact, PersonEnrolled):
                self._homes[fact.person] = [(fact.effective_on, fact.region)]
            elif isinstance(fact, PersonMoved):
                homes = self._homes[PersonId(event.stream.key)]
                homes.append((fact.effective_on, fact.region_after))

    def _of_claim(self, position: int, claim: ClaimId, fact: Fact) -> Iterator[Line]:
        """Give what is owed to the area of the institution for an event of a claim."""
        day = fact.effective_on
        for debtor, kind, account, fen in self._payments(claim, fact):
            where = self._crossing[claim].request.institution.region
            if debtor != where and fen:
                yield Line(position, day, claim, debtor, where, kind, account, fen)

    def _of_transfer(
        self,
        position: int,
        fact: WalletReceived | AccountReceived,
        sender: PersonId,
        recipient: PersonId,
    ) -> Iterator[Line]:
        """Give what the sender's area owes that of the recipient on the day of arrival."""
        day = fact.effective_on
        debtor, creditor = self._home(sender, day), self._home(recipient, day)
        if debtor != creditor:
            fen = fact.amount.total_fen if isinstance(fact, AccountReceived) else fact.amount_fen
            yield Line(position, day, None, debtor, creditor, TRANSFER, sender, fen, recipient)

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
        by_payer: defaultdict[tuple[str, PersonId], int] = defaultdict(int)
        for leg in legs:
            by_payer[_kind(leg, patient), leg.account] += leg.amount_fen
        for (kind, account), fen in by_payer.items():
            yield homes[account], kind, account, sign * fen

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


def _kind(leg: Leg, patient: PersonId) -> str:
    if leg.segment is Segment.WALLET:
        return WALLET
    return OWN if leg.account == patient else AID


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
