"""What the auditor writes down: plain records that only ever answer simple questions.

Money is kept as it would be counted on a table: a claim is a list of single fen, each of which
knows the account, the segment and the claim line it pays. Limits are counted by going through a
list of all use. Nothing here is taken from the deciders in `domain`.
"""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from domain.claim import ClaimRequest
from domain.codes import (
    ACCOUNT_SEGMENTS,
    Card,
    Coverage,
    FilingKind,
    Insurance,
    Origin,
    Payee,
    Relation,
    Segment,
    Work,
)
from domain.ids import RegionCode
from domain.pool import Authorization
from domain.refusals import Refusal
from domain.rules import RuleBook, RuleSet
from ledger.commands import Command

OFFERED, HELD, SETTLED, PARTLY = "offered", "held", "settled", "partly_cancelled"
RELEASED, EXPIRED, CANCELLED, REVERSED = "released", "expired", "cancelled", "reversed"
CLOSED_YEAR = "closed year"


def today(now: datetime) -> date:
    """Give the day in Shanghai."""
    return (now + timedelta(hours=8)).date()


def day_of(asked: Command, now: datetime) -> date:
    """Give the day that a command is about."""
    return asked.on or today(now)


class Coin(NamedTuple):
    """One fen of a claim. Cash has no account. `segment` may also be `CLOSED_YEAR`."""

    account: str | None
    segment: str
    line: int


class Use(NamedTuple):
    """Somebody used a relative's account, or (below zero) gave use back."""

    grantor: str
    beneficiary: str
    year: int
    day: date
    fen: int


def pot(waits_for: str, segment: str) -> str:
    """Name where a fen lies: in a segment, or in a segment of what waits for relatives."""
    return f"{waits_for}|{segment}" if waits_for else segment


def in_words(lies_in: str) -> tuple[str, str]:
    """Give whom a fen waits for ("" if it is free) and its segment."""
    waits_for, _, segment = lies_in.rpartition("|")
    return waits_for, segment


@dataclass
class Purse:
    """A personal account. `aside` has the quota of all that waits for relatives, or None."""

    year: int
    fen: Counter[str] = field(default_factory=Counter)
    aside: dict[str, int | None] = field(default_factory=dict)
    months: Counter[str] = field(default_factory=Counter)
    periods: set[tuple[str, str]] = field(default_factory=set)
    closed: tuple[Payee, str | None] | None = None
    abroad: bool = False  # its owner lets it be used outside the home area

    def waiting(self, waits_for: str) -> int:
        """Give how many fen wait for somebody."""
        return sum(self.fen[pot(waits_for, segment)] for segment in ACCOUNT_SEGMENTS)

    def used(self, waits_for: str) -> int:
        """Give how many fen of a quota are not there any more."""
        return (self.aside.get(waits_for) or 0) - self.waiting(waits_for)

    def end(self, waits_for: str) -> None:
        """Free what waits for somebody."""
        if waits_for in self.aside:
            del self.aside[waits_for]
            for segment in ACCOUNT_SEGMENTS:
                self.fen[segment] += self.fen.pop(pot(waits_for, segment), 0)

    def put_back(self, coins: list[Coin], *, as_of_now: bool) -> None:
        """Put coins back to where they came from; what waits for nobody any more is free."""
        for whom in {in_words(coin.segment)[0] for coin in coins}:
            mine = [coin for coin in coins if in_words(coin.segment)[0] == whom]
            fits = whom in self.aside and (self.aside[whom] is None or len(mine) <= self.used(whom))
            for coin in mine:
                segment = in_words(coin.segment)[1]
                if segment == CLOSED_YEAR:
                    segment = Segment.PRIOR if as_of_now else Segment.CURRENT
                self.fen[pot(whom if fits else "", segment)] += 1


class Sent(NamedTuple):
    """Money that was sent and waits: where it came from, and when it goes back there."""

    recipient: str
    origin: Origin
    fen: int
    taken: Counter[str]
    year: int
    until: datetime


@dataclass
class WalletBook:
    """A wallet: money, what was sent and waits, what came back, and every sending ever."""

    fen: int = 0
    waiting: dict[str, Sent] = field(default_factory=dict)
    returned: set[str] = field(default_factory=set)
    log: list[tuple[date, int]] = field(default_factory=list)


@dataclass
class Paper:
    """A filing: with which area, as what, and which place from which day on, by rising days."""

    home: str
    kind: FilingKind
    spots: list[tuple[date, str]]
    until: date | None
    locked: date | None
    ended: date | None = None

    def spot(self, day: date) -> str | None:
        """Give the place that is filed on a day, None where the filing does not hold."""
        if (self.until and day > self.until) or (self.ended and day >= self.ended):
            return None
        spots = [spot for since, spot in self.spots if since <= day]
        return spots[-1] if spots else None


@dataclass
class Human:
    """An insured person. `told` lists changes of coverage in the order of being told."""

    homes: list[tuple[date, str]]
    insurance: Insurance
    work: Work
    told: list[tuple[date, Coverage]]
    card: Card = Card.ACTIVE
    purse: Purse | None = None
    papers: list[Paper] = field(default_factory=list)
    wallet: WalletBook | None = None

    @property
    def region(self) -> str:
        """Give the area of the last move."""
        return self.homes[-1][1]

    def region_on(self, day: date) -> str:
        """Give the area on a day."""
        home = self.homes[0][1]
        for since, region in self.homes:
            home = region if since <= day else home
        return home

    def covered(self, day: date) -> bool:
        """Tell whether insurance was in force: what was told last of a day counts."""
        return self.told_of(day) is Coverage.ACTIVE

    def told_of(self, day: date) -> Coverage | None:
        """Give what was told last of a day; nothing before enrolment."""
        known = [state for since, state in self.told if since <= day]
        return known[-1] if known else None


@dataclass
class Bond:
    """One relation in one pool."""

    pool: str
    grantor: str
    beneficiary: str
    relation: Relation
    number: int
    bound_on: date
    active_from: date
    reviewed: bool
    open: bool = True
    authorization: Authorization | None = None


@dataclass
class Bill:
    """A claim: the coins that are held or stay paid, in order of payment."""

    request: ClaimRequest
    region: str
    status: str
    attempt: int
    coins: list[Coin]
    may: dict[str, list[int]]  # the lines that each account may pay
    years: dict[str, int]
    until: datetime | None = None
    settlement: str | None = None
    settled_on: date | None = None
    fund: Counter[int] = field(default_factory=Counter)

    def is_due(self, now: datetime) -> bool:
        """Tell whether the claim holds money whose instant has come."""
        return self.status == HELD and self.until is not None and self.until <= now


class Said(NamedTuple):
    """What a message was about: command body, and the claim's attempt and status after it."""

    body: str
    name: str
    claim: str | None
    attempt: int
    status: str
    until: datetime | None = None


@dataclass
class Books:
    """Everything that the auditor knows."""

    rule_book: RuleBook
    humans: dict[str, Human] = field(default_factory=dict)
    pools: dict[str, str] = field(default_factory=dict)  # the area of each
    bonds: list[Bond] = field(default_factory=list)
    orders: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    joint_limits: dict[tuple[str, str], int] = field(default_factory=dict)
    bills: dict[str, Bill] = field(default_factory=dict)
    uses: list[Use] = field(default_factory=list)
    said: dict[str, Said] = field(default_factory=dict)
    voided: set[tuple[str, str]] = field(default_factory=set)
    files: dict[str, Any] = field(default_factory=dict)  # of findings, by `auditing_findings`
    clock: datetime | None = None

    def rules(self, region: str, day: date) -> RuleSet | None:
        """Give the rules of an area on a day, if there are any."""
        found = self.rule_book.resolve(RegionCode(region), day)
        return None if isinstance(found, Refusal) else found

    def families_of(self, person: str) -> set[str]:
        """Give the pools in which a person has an open relation."""
        return {b.pool for b in self.bonds if b.open and person in (b.grantor, b.beneficiary)}

    def bond(self, pool: str, grantor: str, beneficiary: str) -> Bond | None:
        """Give the open relation of two persons in a pool."""
        for bond in self.bonds:
            if bond.open and (bond.pool, bond.grantor, bond.beneficiary) == (
                pool,
                grantor,
                beneficiary,
            ):
                return bond
        return None

    def grantors_now(self, patient: str) -> set[str]:
        """Give everybody who is a grantor of the patient, under review or not."""
        return {bond.grantor for bond in self.bonds if bond.open and bond.beneficiary == patient}

    def grantors_seen(self, patient: str) -> set[str]:
        """Give everybody who is or ever was a grantor of the patient."""
        return {bond.grantor for bond in self.bonds if bond.beneficiary == patient}

    def held(self) -> list[tuple[str, Bill]]:
        """Give the claims that hold money."""
        return [(number, bill) for number, bill in self.bills.items() if bill.status == HELD]

    def due(self, owners: set[str], now: datetime) -> list[str]:
        """Give the claims whose hold on one of these accounts has run out."""
        return [
            number
            for number, bill in self.held()
            if bill.is_due(now) and any(coin.account in owners for coin in bill.coins)
        ]

    def returning(self, person: str, segment: str, now: datetime) -> int:
        """Give what will come back to a segment because nobody accepted it in time."""
        human = self.humans[person]
        if human.wallet is None or human.purse is None:
            return 0
        fen = 0
        for sent in human.wallet.waiting.values():
            if sent.until <= now:
                same_year = sent.year == human.purse.year
                closed = sum(sent.taken.values()) if segment == Segment.PRIOR else 0
                fen += sent.taken[segment] if same_year else closed
        return fen

    def used(self, grantor: str, beneficiary: str | None, period: int | date) -> int:
        """Add up what one relative, or all together, used in an account year or on a day."""
        total = 0
        if isinstance(period, date) and period.year < self.purse(grantor).year - 1:
            return 0  # days fall out of memory (docs/decisions/0005)
        for use in self.uses:
            if use.grantor == grantor and beneficiary in {use.beneficiary, None}:
                total += use.fen if period in (use.year, use.day) else 0
        return total

    def note_use(self, bill: Bill, coins: list[Coin], sign: int) -> None:
        """Write down what relatives' accounts gave for a claim, or got back."""
        patient, day = bill.request.patient, bill.request.service_date
        for account, fen in Counter(coin.account for coin in coins).items():
            if account is not None and account != patient:
                self.uses.append(Use(account, patient, bill.years[account], day, sign * fen))

    def put_back(self, coins: list[Coin], *, as_of_now: bool) -> None:
        """Put coins back into the accounts they came from; closed accounts pass them on."""
        heirs: Counter[str] = Counter()
        for coin in coins:
            if coin.account is not None and coin.segment == Segment.WALLET:
                self.wallet(coin.account).fen += 1
        coins = [coin for coin in coins if coin.segment != Segment.WALLET]
        for account in {coin.account for coin in coins if coin.account is not None}:
            purse = self.purse(account)
            mine = [coin for coin in coins if coin.account == account]
            if purse.closed is None:
                purse.put_back(mine, as_of_now=as_of_now)
            elif purse.closed[0] is Payee.HEIR_ACCOUNT and purse.closed[1] is not None:
                heirs[purse.closed[1]] += len(mine)
        for heir, fen in heirs.items():
            if self.purse(heir).closed is None:
                self.purse(heir).fen[Segment.CURRENT] += fen

    def wallet(self, person: str) -> WalletBook:
        """Give the wallet of somebody who has one."""
        wallet = self.humans[person].wallet
        assert wallet is not None
        return wallet

    def soon(self, person: str, now: datetime) -> Purse:
        """Give an account as it will be once the holds on it that have run out have ended."""
        purse = deepcopy(self.purse(person))
        for number in self.due({person}, now):
            coins = [coin for coin in self.bills[number].coins if coin.account == person]
            mine = [coin for coin in coins if coin.segment != Segment.WALLET]
            purse.put_back(mine, as_of_now=True)
        for segment in ACCOUNT_SEGMENTS:
            purse.fen[segment] += self.returning(person, segment, now)
        return purse

    def purse(self, person: str) -> Purse:
        """Give the account of somebody who has one."""
        purse = self.humans[person].purse
        assert purse is not None
        return purse
