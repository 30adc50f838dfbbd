"""An account lives through everything that can happen to it, and never loses or makes a fen."""

# ruff: noqa: D102  # the name of a rule is its sentence

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from domain.codes import ACCOUNT_SEGMENTS, Coverage, CreditKind, Payee, Segment
from domain.ids import PersonId, settlement_id
from ledger import commands
from tests.properties.machine import SHORT, LedgerMachine

PEOPLE = st.sampled_from([PersonId("A"), PersonId("B")])
FEN = st.integers(0, 400)
SEGMENTS = st.sampled_from(ACCOUNT_SEGMENTS)


class AccountMachine(LedgerMachine):
    """Two owners of accounts who have nothing to do with each other, except as heirs."""

    def __init__(self) -> None:
        """Begin with people who have something to lose."""
        super().__init__("550100")
        self.person("A", 100)
        self.person("B", 1)

    @rule(person=PEOPLE, fen=FEN, segment=SEGMENTS, month=st.integers(0, 3))
    def credit(self, person: PersonId, fen: int, segment: Segment, month: int) -> None:
        period = f"2026-{month:02d}" if month else ""
        self.send(commands.Credit(person=person, amount_fen=fen, segment=segment, period=period))

    @rule(person=PEOPLE, fen=FEN)
    def post_interest(self, person: PersonId, fen: int) -> None:
        self.send(commands.Credit(person=person, amount_fen=fen, kind=CreditKind.INTEREST))

    @rule(person=PEOPLE, fen=FEN, segment=SEGMENTS)
    def take_back(self, person: PersonId, fen: int, segment: Segment) -> None:
        self.send(commands.TakeBack(person=person, amount_fen=fen, segment=segment))

    @rule(person=PEOPLE, fen=FEN)
    def settle(self, person: PersonId, fen: int) -> None:
        self.send(commands.Settle(request=self.request(self.new_claim(), person, fen)))

    @rule(person=PEOPLE, fen=FEN, minutes=st.integers(0, 20))
    def hold(self, person: PersonId, fen: int, minutes: int) -> None:
        request = self.request(self.new_claim(), person, fen)
        until = self.now + timedelta(minutes=minutes)
        self.send(commands.AuthorizeClaim(request=request, expires_at=until))

    @rule(data=st.data(), fen=FEN)
    def capture(self, data: st.DataObject, fen: int) -> None:
        if self.claims:
            claim = data.draw(st.sampled_from(self.claims))
            self.send(commands.Capture(claim=claim, own_fen={1: fen}))

    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        if self.claims:
            self.send(commands.Release(claim=data.draw(st.sampled_from(self.claims))))

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        if self.claims:
            claim = data.draw(st.sampled_from(self.claims))
            self.send(commands.Cancel(settlement=settlement_id(claim, 1)))

    @rule(person=PEOPLE, years=st.integers(0, 2))
    def roll_year(self, person: PersonId, years: int) -> None:
        self.send(
            commands.RollYear(person=person, on=self.now.date() + timedelta(days=366 * years))
        )

    @rule(person=PEOPLE, to=st.sampled_from(Coverage), late=st.integers(0, 900))
    def change_coverage(self, person: PersonId, to: Coverage, late: int) -> None:
        day = self.now.date() - timedelta(days=late)
        self.send(commands.ChangeCoverage(person=person, to=to, on=day))

    @rule(person=PEOPLE, payee=st.sampled_from(Payee), heir=st.none() | PEOPLE)
    def close(self, person: PersonId, payee: Payee, heir: PersonId | None) -> None:
        self.send(commands.CloseAccount(person=person, payee=payee, heir=heir))

    @rule(days=st.integers(1, 400))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)


TestAccountMachine = AccountMachine.TestCase
TestAccountMachine.settings = SHORT
