"""A claim is quoted, held, captured, settled, cancelled and reversed in every order."""

# ruff: noqa: D102  # the name of a rule is its sentence

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from domain.claim import Status
from domain.ids import ClaimId, MessageId, PersonId, settlement_id
from domain.pool import Authorization
from ledger import commands
from tests.properties.machine import ENROLLED, FAMILY, SHORT, LedgerMachine

FEN = st.integers(0, 150)
NUMBERS = st.sampled_from([ClaimId(f"C{n}") for n in range(1, 5)])
BY_LINE = st.dictionaries(st.integers(1, 3), FEN, max_size=3)


class ClaimMachine(LedgerMachine):
    """One patient, two grantors with limits, and four claims that come back again and again."""

    def __init__(self) -> None:
        """Begin with people who have something to lose."""
        super().__init__("110100")
        for person, fen in (("P", 30), ("A", 70), ("B", 500)):
            self.person(person, fen)
        tight = Authorization(first_day=ENROLLED, per_use_fen=60, per_year_fen=200)
        self.family({"A": tight, "B": Authorization(first_day=ENROLLED, retained_fen=300)}, "P")
        self.claims = [ClaimId(f"C{n}") for n in range(1, 5)]
        self.sent: list[str] = []

    @rule(claim=NUMBERS, fen=FEN, more=FEN, fund=FEN)
    def quote(self, claim: ClaimId, fen: int, more: int, fund: int) -> None:
        self.ask(self.request(claim, "P", fen, more, fund_fen=fund))

    @rule(claim=NUMBERS, fen=FEN, more=FEN, fund=FEN)
    def settle(self, claim: ClaimId, fen: int, more: int, fund: int) -> None:
        request = self.request(claim, "P", fen, more, fund_fen=fund)
        self._remember(commands.Settle(request=request))

    @rule(claim=NUMBERS, fen=FEN, more=FEN, minutes=st.integers(0, 12))
    def hold(self, claim: ClaimId, fen: int, more: int, minutes: int) -> None:
        until = self.now + timedelta(minutes=minutes)
        request = self.request(claim, "P", fen, more)
        self._remember(commands.AuthorizeClaim(request=request, expires_at=until))

    @rule(claim=NUMBERS, own_fen=st.none() | BY_LINE)
    def capture(self, claim: ClaimId, own_fen: dict[int, int] | None) -> None:
        held = self.standing(Status.HELD)
        self._remember(commands.Capture(claim=held[0] if held else claim, own_fen=own_fen))

    @rule(claim=NUMBERS)
    def release(self, claim: ClaimId) -> None:
        self.send(commands.Release(claim=claim))

    @rule(claim=NUMBERS)
    def expire(self, claim: ClaimId) -> None:
        self.send(commands.Expire(claim=claim))

    @rule(claim=NUMBERS, attempt=st.integers(1, 3))
    def cancel_wholly(self, claim: ClaimId, attempt: int) -> None:
        self.send(commands.Cancel(settlement=settlement_id(claim, attempt)))

    @rule(claim=NUMBERS, own_fen=BY_LINE, fund_fen=BY_LINE)
    def cancel_partly(
        self, claim: ClaimId, own_fen: dict[int, int], fund_fen: dict[int, int]
    ) -> None:
        state = self.application.claim(claim)
        settlement = state.settlement if state and state.settlement else settlement_id(claim, 1)
        self.send(commands.Cancel(settlement=settlement, own_fen=own_fen, fund_fen=fund_fen))

    @rule(data=st.data())
    def reverse(self, data: st.DataObject) -> None:
        if self.sent:
            message = data.draw(st.sampled_from(self.sent))
            self.send(commands.Reverse(message=MessageId(message), patient=PersonId("P")))

    @rule(number=st.integers(1, 3))
    def reverse_what_never_arrived(self, number: int) -> None:
        self.send(commands.Reverse(message=MessageId(f"L{number}"), patient=PersonId("P")))

    @rule(number=st.integers(1, 3), claim=NUMBERS, fen=FEN)
    def settle_late(self, number: int, claim: ClaimId, fen: int) -> None:
        request = self.request(claim, "P", fen)
        self.send(commands.Settle(request=request), key=f"L{number}")

    @rule()
    def unbind(self) -> None:
        self.send(commands.Unbind(pool=FAMILY, grantor=PersonId("A"), beneficiary=PersonId("P")))

    @rule(person=st.sampled_from([PersonId(who) for who in "PAB"]))
    def roll_year(self, person: PersonId) -> None:
        self.send(commands.RollYear(person=person))

    @rule(days=st.integers(1, 300))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    def _remember(self, command: commands.Command) -> None:
        self.send(command)
        self.sent.append(f"M{self.steps}")


TestClaimMachine = ClaimMachine.TestCase
TestClaimMachine.settings = SHORT
