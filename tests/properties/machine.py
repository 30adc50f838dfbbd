"""What the state machines share: a ledger in memory under watch, and people to begin with."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine

from domain.claim import ClaimLine, ClaimRequest, Institution, Status
from domain.codes import ACCOUNT_SEGMENTS, Category, Insurance, Place, Relation
from domain.ids import ClaimId, InstitutionId, MessageId, PersonId, PoolId, RegionCode
from domain.pool import Authorization
from domain.refusals import Refusal
from ledger import commands
from ledger import store as stores
from ledger.application import Application
from ledger.commands import Command
from ledger.writer import Reply
from simulation.random_history import Played
from tests.properties.invariants import Watch
from tests.properties.rulebooks import rule_book

SHORT = settings(max_examples=40, stateful_step_count=30)
"""How long a machine runs: about ten seconds."""

FAMILY = PoolId("F1")
ENROLLED = date(2020, 1, 1)


class LedgerMachine(RuleBasedStateMachine):
    """Sends commands to a ledger and checks every invariant after each one."""

    def __init__(self, *regions: str) -> None:
        """Begin with an empty ledger on a spring day of 2026."""
        super().__init__()
        self.store = stores.memory()
        self.book = rule_book(*regions)
        self.region = RegionCode(regions[0])
        self.application = Application(self.store, self.book)
        self.watch = Watch(self.application, redecide_all=True)
        self.now = datetime(2026, 3, 2, 1, tzinfo=UTC)
        self.steps = 0
        self.claims: list[ClaimId] = []

    def teardown(self) -> None:
        """Check everything from zero, and close."""
        self.watch.at_the_end()
        self.application.close()
        self.store.close()

    def send(self, command: Command, *, key: str = "") -> Reply:
        """Send one command and check everything."""
        self.steps += 1
        self.now += timedelta(minutes=1)
        message = MessageId(key or f"M{self.steps}")
        reply = self.application.execute(command, key=message, at=self.now, actor="machine")
        name = type(command).__name__
        self.watch.after(Played(self.steps, name, command, message, self.now, reply))
        return reply

    def ask(self, request: ClaimRequest) -> None:
        """Ask for a quote and check it."""
        self.steps += 1
        reply = self.application.quote(request, at=self.now)
        played = Played(self.steps, "quote", request, MessageId(""), self.now, reply)
        self.watch.after(played)

    def accepted(self, command: Command) -> None:
        """Send a command that must be accepted."""
        reply = self.send(command)
        assert not isinstance(reply, Refusal), reply

    def person(self, person: str, fen: int, insurance: Insurance = Insurance.EMPLOYEE) -> None:
        """Enrol a person, with an account and money in both segments where there is any."""
        who = PersonId(person)
        self.accepted(
            commands.Enroll(person=who, region=self.region, insurance=insurance, on=ENROLLED)
        )
        if fen:
            self.accepted(commands.OpenAccount(person=who))
            for segment in ACCOUNT_SEGMENTS:
                self.accepted(commands.Credit(person=who, amount_fen=fen, segment=segment))

    def family(self, grantors: dict[str, Authorization], beneficiary: str) -> None:
        """Open a family and let every grantor authorize the beneficiary."""
        patient = PersonId(beneficiary)
        self.accepted(commands.OpenPool(pool=FAMILY, opener=patient))
        for grantor, authorization in grantors.items():
            pair: dict[str, Any] = {
                "pool": FAMILY,
                "grantor": PersonId(grantor),
                "beneficiary": patient,
            }
            self.accepted(commands.Bind(**pair, relation=Relation.CHILD, on=ENROLLED))
            self.accepted(commands.AuthorizeUse(**pair, authorization=authorization))

    def new_claim(self) -> ClaimId:
        """Give the number of a claim that nobody asked for yet."""
        self.claims.append(ClaimId(f"C{len(self.claims) + 1}"))
        return self.claims[-1]

    def request(
        self, claim: ClaimId, patient: str, *own_fen: int, fund_fen: int = 0
    ) -> ClaimRequest:
        """Ask for some outpatient lines; the pooled fund pays a part of each on top."""
        lines = tuple(
            ClaimLine(
                no=no, category=Category.OUTPATIENT, total_fen=fen + fund_fen, fund_fen=fund_fen
            )
            for no, fen in enumerate(own_fen, 1)
        )
        hospital = Institution(id=InstitutionId("H1"), place=Place.HOSPITAL, region=self.region)
        return ClaimRequest(
            claim=claim,
            patient=PersonId(patient),
            institution=hospital,
            service_date=(self.now + timedelta(hours=8)).date(),
            lines=lines,
        )

    def standing(self, *statuses: Status) -> list[ClaimId]:
        """Give the claims that stand so."""
        known = ((claim, self.application.claim(claim)) for claim in self.claims)
        return [claim for claim, state in known if state and state.status in statuses]
