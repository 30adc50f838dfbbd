"""Histories made by the real ledger: seeded, mixed, over several account years."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from domain.codes import (
    Card,
    Category,
    Coverage,
    CreditKind,
    Funding,
    Insurance,
    Payee,
    RefundAfterEnd,
    Relation,
    Segment,
    Till,
    WalletModel,
    Work,
)
from domain.ids import ClaimId, MessageId, PersonId, PoolId, RegionCode, settlement_id
from domain.pool import Authorization
from domain.refusals import Refusal
from domain.rules import RuleBook
from ledger import commands
from ledger.application import Application
from ledger.commands import Command
from ledger.store import Store, memory
from tests.builders import (
    ANY_USE,
    ELSEWHERE,
    HERE,
    SAME_PROVINCE,
    START,
    line,
    noon,
    request,
    rules,
)
from tests.projections.passing_money import GIVING, random_transfer

ELDERS = ("mother", "father", "aunt")
YOUNG = ("son", "daughter")
CHILD = "child"  # in resident insurance, without an account
EVERYBODY = (*ELDERS, *YOUNG, CHILD)
FAMILY = PoolId("family")
POOLED = RegionCode("350200")
TWO_TAPS = {"claim.till": Till.TWO_TAPS, "claim.refund_after_end": RefundAfterEnd.CASH}


class History:
    """A ledger in memory, or over a store that is handed in, and a calendar that only advances."""

    def __init__(self, seed: int = 0, *, store: Store | None = None) -> None:
        """Start empty on `START`, the seed deciding how money gets to relatives.

        The first region has wallets. The second region reviews relations and starts years in
        July; in the third all money is set aside beforehand, in the fourth it is given away; in
        the last the card is tapped twice and refunds after the end of a relation are paid in cash.
        """
        self.funding = (Funding.CALL, Funding.POOL, Funding.QUOTA)[seed % 3]
        wallets = {"wallet.model": WalletModel.TRANSFER, "wallet.one_pending": True}
        here = rules({"pool.funding": self.funding, **wallets})
        elsewhere = rules({"pool.review": True, "account.year_start_month": 7}, region=ELSEWHERE)
        pooled = rules({"pool.funding": Funding.POOL}, region=POOLED)
        giving = rules({"pool.funding": Funding.TRANSFER}, region=GIVING)
        tapping = rules(TWO_TAPS, region=SAME_PROVINCE)
        book = RuleBook([here, elsewhere, pooled, giving, tapping])
        self.application = Application(store or memory(), book)
        self.store = self.application.store
        self.random = Random(seed)
        self.now: datetime = noon(START)
        self.sent = 0
        self.claims = 0

    @property
    def today(self) -> date:
        """The day of the calendar."""
        return self.now.date()

    def do(self, command: Command) -> bool:
        """Send a command; tell whether it was accepted."""
        self.sent += 1
        key = MessageId(f"m{self.sent}")
        reply = self.application.execute(command, key=key, at=self.now, actor="till-7")
        return not isinstance(reply, Refusal)

    def must(self, command: Command) -> None:
        """Send a command that has to be accepted."""
        assert self.do(command), command

    def wait(self, days: int) -> None:
        """Let days pass."""
        self.now += timedelta(days=days)

    def found_family(self) -> None:
        """Enrol everybody, open accounts with money, bind and authorize."""
        for name in EVERYBODY:
            resident = name == CHILD
            insurance = Insurance.RESIDENT if resident else Insurance.EMPLOYEE
            work = Work.NONE if resident else Work.IN_SERVICE
            person = PersonId(name)
            self.must(commands.Enroll(person=person, region=HERE, insurance=insurance, work=work))
            if not resident:
                self.must(commands.OpenAccount(person=person))
                self.credit(name, 300_00)
                self.credit(name, 200_00, Segment.PRIOR)
        self.must(commands.OpenPool(pool=FAMILY, opener=PersonId("mother")))
        for grantor in ELDERS:
            for beneficiary in (*YOUNG, CHILD):
                self.bind(grantor, beneficiary)
                self.authorize(grantor, beneficiary)

    def credit(self, name: str, fen: int, segment: Segment = Segment.CURRENT) -> None:
        """Credit an account."""
        kind = CreditKind.MONTHLY if segment is Segment.CURRENT else CreditKind.TRANSFER_IN
        person = PersonId(name)
        self.must(commands.Credit(person=person, amount_fen=fen, segment=segment, kind=kind))

    def bind(self, grantor: str, beneficiary: str) -> bool:
        """Bind two persons."""
        return self.do(
            commands.Bind(
                pool=FAMILY,
                grantor=PersonId(grantor),
                beneficiary=PersonId(beneficiary),
                relation=Relation.CHILD,
            )
        )

    def authorize(
        self, grantor: str, beneficiary: str, authorization: Authorization = ANY_USE
    ) -> bool:
        """Authorize a beneficiary."""
        return self.do(
            commands.AuthorizeUse(
                pool=FAMILY,
                grantor=PersonId(grantor),
                beneficiary=PersonId(beneficiary),
                authorization=authorization,
            )
        )

    def settle(self, claim: str, patient: str, own_fen: int, fund_fen: int = 0) -> bool:
        """Settle a claim of one line, today."""
        asked = request(claim, patient, lines=[line(1, own_fen, fund_fen=fund_fen)], day=self.today)
        return self.do(commands.Settle(request=asked))

    def hold(self, claim: str, patient: str, own_fen: int, fund_fen: int = 0) -> bool:
        """Hold the money for a claim of one line for ten days."""
        asked = request(claim, patient, lines=[line(1, own_fen, fund_fen=fund_fen)], day=self.today)
        until = self.now + timedelta(days=10)
        return self.do(commands.AuthorizeClaim(request=asked, expires_at=until))

    def cancel(self, claim: str, own_fen: dict[int, int] | None = None, attempt: int = 1) -> bool:
        """Cancel a settlement, wholly or in part."""
        settlement = settlement_id(ClaimId(claim), attempt)
        return self.do(commands.Cancel(settlement=settlement, own_fen=own_fen))

    # ------------------------------------------------------------------ at random

    def live(self, steps: int) -> None:
        """Do random things, many of which are refused; the calendar moves on in between."""
        verbs: list[tuple[Callable[[], object], int]] = [
            (self._claim, 40),
            (self._end_hold, 20),
            (self._undo, 15),
            (self._money, 15),
            (self._relation, 10),
            (lambda: random_transfer(self), 8),
            (self._person, 4),
        ]
        if self.funding is not Funding.CALL:
            verbs.append((self._aside, 25))
        names, weights = zip(*verbs, strict=True)
        for _ in range(steps):
            if self.random.random() < 0.3:
                self.wait(self.random.choice((1, 3, 9, 40)))
            self.random.choices(names, weights)[0]()

    def anyone(self) -> PersonId:
        """Choose somebody."""
        return PersonId(self.random.choice(EVERYBODY))

    def _claim(self) -> None:
        if self.claims and self.random.random() < 0.2:
            number = f"c{self.random.randint(1, self.claims)}"
        else:
            self.claims += 1
            number = f"c{self.claims}"
        own = [self.random.choice((1, 999, 50_00, 400_00)) for _ in range(2)]
        fund = self.random.choice((0, 70_00))
        asked = request(
            number,
            self.anyone(),
            lines=[
                line(1, own[0], fund_fen=fund),
                line(2, own[1], category=Category.DRUG),
            ],
            day=self.today - timedelta(days=self.random.choice((0, 0, 0, 2))),
        )
        if self.random.random() < 0.5:
            self.do(commands.Settle(request=asked))
        else:
            until = self.now + timedelta(days=self.random.choice((1, 20, 400)))
            self.do(commands.AuthorizeClaim(request=asked, expires_at=until))

    def _some_claim(self) -> ClaimId:
        return ClaimId(f"c{self.random.randint(1, max(self.claims, 1))}")

    def _end_hold(self) -> None:
        claim = self._some_claim()
        final = self.random.choice((None, {1: 1}, {1: 0, 2: 30}))
        self.do(
            self.random.choice(
                (
                    commands.Capture(claim=claim, own_fen=final),
                    commands.Capture(claim=claim),
                    commands.Release(claim=claim),
                    commands.Expire(claim=claim),
                )
            )
        )

    def _undo(self) -> None:
        if self.random.random() < 0.3:
            message = MessageId(f"m{self.random.randint(1, self.sent)}")
            self.do(commands.Reverse(message=message))
            return
        attempt = self.random.choice((1, 1, 1, 2))
        part = self.random.choice((None, {1: 1}, {2: 500}))
        self.cancel(self._some_claim(), part, attempt)

    def _money(self) -> None:
        person, amount = self.anyone(), self.random.choice((1, 250_00, 80_00))
        self.do(
            self.random.choice(
                (
                    commands.Credit(person=person, amount_fen=amount),
                    commands.Credit(person=person, amount_fen=amount, kind=CreditKind.INTEREST),
                    commands.TakeBack(person=person, amount_fen=amount),
                    commands.RollYear(person=person),
                )
            )
        )

    def _relation(self) -> None:
        grantor, beneficiary = self.anyone(), self.anyone()
        pair: dict[str, Any] = {"pool": FAMILY, "grantor": grantor, "beneficiary": beneficiary}
        limited = Authorization(first_day=self.today, per_use_fen=60_00, retained_fen=1_00)
        self.do(
            self.random.choice(
                (
                    commands.Unbind(**pair),
                    commands.Bind(**pair, relation=Relation.SPOUSE),
                    commands.AuthorizeUse(**pair, authorization=limited),
                    commands.AuthorizeUse(**pair, authorization=ANY_USE),
                    commands.WithdrawUse(**pair),
                )
            )
        )

    def _aside(self) -> None:
        grantor, fen = PersonId(self.random.choice(ELDERS)), self.random.choice((0, 40_00, 150_00))
        if self.funding is Funding.POOL:
            self.do(commands.SetAside(pool=FAMILY, grantor=grantor, amount_fen=fen))
        else:
            beneficiary = PersonId(self.random.choice((*YOUNG, CHILD)))
            pair: dict[str, Any] = {"grantor": grantor, "beneficiary": beneficiary}
            self.do(commands.SetQuota(pool=FAMILY, **pair, quota_fen=fen))

    def _person(self) -> None:
        person, other = self.anyone(), self.anyone()
        self.do(
            self.random.choice(
                (
                    commands.ReportCard(person=person, card=Card.LOST),
                    commands.ReplaceCard(person=person),
                    commands.Retire(person=person),
                    commands.Move(person=person, to=ELSEWHERE),
                    commands.Move(person=person, to=HERE),
                    commands.ChangeCoverage(person=person, to=Coverage.SUSPENDED),
                    commands.ChangeCoverage(person=person, to=Coverage.ACTIVE),
                    commands.CloseAccount(person=person, payee=Payee.HEIR_ACCOUNT, heir=other),
                    commands.CloseAccount(person=person, payee=Payee.POOLED_FUND),
                )
            )
        )


def random_history(seed: int, steps: int = 150) -> History:
    """Give a family's history of some years."""
    history = History(seed)
    history.found_family()
    history.live(steps)
    return history
