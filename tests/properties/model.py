"""The auditor: a second, naive ledger that is told the same commands and must agree.

It was written from HOUSE.md, the commands' descriptions and docs/decisions, not from the deciders
in `domain`, and shares nothing with them but the words (codes, requests, rule sets). Before a
command it names every refusal that fits; after an accepted one it does its own sums.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from domain.claim import ClaimRequest
from domain.refusals import Code
from domain.rules import RuleBook
from ledger import commands, finding_commands
from ledger.commands import Command
from tests.properties import auditing_claims as claims
from tests.properties import auditing_families as families
from tests.properties import auditing_filings as filings
from tests.properties import auditing_findings as findings
from tests.properties import auditing_money as money
from tests.properties import auditing_people as people
from tests.properties import auditing_wallets as wallets
from tests.properties.auditing_payment import count_out
from tests.properties.books import Bill, Books, Coin, Said

Objections = Callable[[Books, Any, datetime], Iterator[Code]]
Enter = Callable[[Books, Any, datetime], None]

PLAIN: Mapping[type[Command], tuple[Objections, Enter]] = {
    commands.Enroll: (people.enroll_objections, people.enroll),
    commands.ChangeCoverage: (people.coverage_objections, people.change_coverage),
    commands.Move: (people.move_objections, people.move),
    commands.Retire: (people.retire_objections, people.retire),
    commands.ReportCard: (people.report_card_objections, people.report_card),
    commands.ReplaceCard: (people.replace_card_objections, people.replace_card),
    commands.RecordFiling: (filings.record_objections, filings.record),
    commands.ChangeFiling: (filings.change_objections, filings.change),
    commands.EndFiling: (filings.end_objections, filings.end),
    commands.OpenAccount: (people.open_account_objections, people.open_account),
    commands.Credit: (people.credit_objections, people.credit),
    commands.TakeBack: (people.take_back_objections, people.take_back),
    commands.RollYear: (people.roll_objections, people.roll),
    commands.SwitchOutOfArea: (people.switch_objections, people.switch),
    commands.CloseAccount: (people.close_objections, people.close),
    commands.OpenPool: (families.open_objections, families.open_pool),
    commands.Bind: (families.bind_objections, families.bind),
    commands.Review: (families.review_objections, families.review),
    commands.AuthorizeUse: (families.authorize_objections, families.authorize),
    commands.WithdrawUse: (families.withdraw_objections, families.withdraw),
    commands.Unbind: (families.unbind_objections, families.unbind),
    commands.SetOrder: (families.order_objections, families.set_order),
    commands.OpenWallet: (wallets.open_objections, wallets.open_wallet),
    commands.Send: (wallets.send_objections, wallets.send),
    commands.Accept: (wallets.accept_objections, wallets.accept),
    commands.ReturnTransfer: (wallets.return_objections, wallets.return_transfer),
    commands.Give: (wallets.give_objections, wallets.give),
    commands.ReportDivorce: (families.divorce_objections, families.divorce),
    commands.SetAside: (money.set_aside_objections, money.set_aside),
    commands.SetQuota: (money.set_quota_objections, money.set_quota),
    finding_commands.RaiseFinding: (findings.raise_objections, findings.put_up),
    finding_commands.FirstReview: (findings.step_objections, findings.step),
    finding_commands.SecondReview: (findings.step_objections, findings.step),
    finding_commands.ObjectToFinding: (findings.step_objections, findings.step),
    finding_commands.VerifyFinding: (findings.step_objections, findings.step),
    finding_commands.DecideFinding: (findings.step_objections, findings.step),
}


class Verdict(NamedTuple):
    """What must come: a repeated answer, one of these refusals, or (neither) acceptance."""

    repeated: bool
    refusals: frozenset[Code]


class Auditor:
    """Keeps `books` and says what must come next."""

    def __init__(self, book: RuleBook) -> None:
        """Start with empty books under a rule book."""
        self.books = Books(book)

    def now(self, at: datetime) -> datetime:
        """Give the instant that will be recorded: never before the last one."""
        clock = self.books.clock
        return at if clock is None or clock < at else clock

    def verdict(self, asked: Command | ClaimRequest, *, key: str, at: datetime) -> Verdict:
        """Say what must come."""
        if isinstance(asked, ClaimRequest):
            return Verdict(
                repeated=False,
                refusals=frozenset(claims.request_objections(self.books, asked, at, "")),
            )
        said = self.books.said.get(key)
        if said is not None:
            same = (said.body, said.name) == _body(asked)
            return Verdict(repeated=same, refusals=frozenset(() if same else {Code.KEY_CONFLICT}))
        refusals = set(self._objections(asked, key, self.now(at)))
        if Code.MALFORMED_ID in families.malformed(key):
            refusals.add(Code.MALFORMED_KEY)
        return Verdict(repeated=False, refusals=frozenset(refusals))

    def _objections(self, asked: Command, key: str, now: datetime) -> Iterator[Code]:
        books = self.books
        match asked:
            case commands.Settle():
                return claims.request_objections(books, asked.request, now, key)
            case commands.AuthorizeClaim():
                return claims.hold_objections(books, asked, now, key)
            case commands.Capture():
                return claims.capture_objections(books, asked, now, key)
            case commands.Release() | commands.Expire():
                return claims.end_objections(books, asked, now, key)
            case commands.Cancel():
                return claims.cancel_objections(books, asked, now, key)
            case commands.Reverse():
                return claims.reverse_objections(books, asked)
            case _:
                return PLAIN[type(asked)][0](books, asked, now)

    def quote(self, request: ClaimRequest, *, at: datetime) -> list[Coin]:
        """Count out what a claim would be paid, on a copy of the books."""
        books = replace(
            self.books,
            humans=deepcopy(self.books.humans),
            bills={number: replace(bill) for number, bill in self.books.bills.items()},
            uses=list(self.books.uses),
        )
        expire_before(books, request, at)
        return count_out(books, request)

    def enter(self, asked: Command, *, key: str, at: datetime) -> Bill | None:
        """Enter a command that was accepted, and give the claim that it was about."""
        now = self.books.clock = self.now(at)
        bill = self._enter(asked, now)
        body, name = _body(asked)
        claim = bill.request.claim if bill else None
        attempt, status = (bill.attempt, bill.status) if bill else (0, "")
        until = bill.until if bill else None
        self.books.said[key] = Said(body, name, claim, attempt, status, until)
        return bill

    def _enter(self, asked: Command, now: datetime) -> Bill | None:
        books = self.books
        match asked:
            case commands.Settle():
                expire_before(books, asked.request, now)
                return claims.start(books, asked.request, now, None)
            case commands.AuthorizeClaim():
                expire_before(books, asked.request, now)
                return claims.start(books, asked.request, now, asked.expires_at)
            case commands.Capture():
                return claims.capture(books, asked, now)
            case commands.Release() | commands.Expire():
                return claims.finish(books, asked, now)
            case commands.Cancel():
                return claims.cancel(books, asked, now)
            case commands.Reverse():
                return claims.reverse(books, asked)
            case commands.TakeBack() | commands.CloseAccount():
                wallets.settle_down(books, {asked.person}, now)
            case commands.SetAside() | commands.SetQuota():
                wallets.settle_down(books, {asked.grantor}, now)
        PLAIN[type(asked)][1](books, asked, now)
        return None


def expire_before(books: Books, request: ClaimRequest, now: datetime) -> None:
    """Let come back what a decision about this claim finds run out: holds, and transfers."""
    claims.expire_before(books, request, now)
    owners = {request.patient} | books.grantors_seen(request.patient)
    wallets.let_return(books, owners, now)


def _body(asked: Command) -> tuple[str, str]:
    return msgspec.json.encode(asked).decode(), type(asked).__name__
