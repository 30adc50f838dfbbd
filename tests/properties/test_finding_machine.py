"""Findings are raised, reviewed, objected to, verified and decided in every order."""

# ruff: noqa: D102  # the name of a rule is its sentence

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from domain.codes import Handling, Opinion, Suspicion
from domain.finding import Case
from domain.ids import FindingId, ReviewerId
from domain.text import Text
from ledger import finding_commands as commands
from tests.properties.auditing_findings import FAR
from tests.properties.machine import SHORT, LedgerMachine

SUBJECTS = st.sampled_from(["person/P", "person/nobody", "pool/F", "claim/C", "institution/H1"])
PEOPLE = st.sampled_from([ReviewerId(who) for who in ("wang", "li", "H1", "no body")])
POSITIONS = st.sampled_from([(1,), (1, 3), (2,), (), (3, 1), (FAR + 1,)])


class FindingMachine(LedgerMachine):
    """One person and an institution, suspected of a few things by a few people."""

    def __init__(self) -> None:
        """Begin with somebody who has money."""
        super().__init__("110100")
        self.person("P", 30)
        self.findings = [FindingId("MA-00-unknown")]

    @rule(subject=SUBJECTS, positions=POSITIONS, by=PEOPLE, fen=st.integers(-1, 3))
    def put_up(self, subject: str, positions: tuple[int, ...], by: ReviewerId, fen: int) -> None:
        says = Text("测试", "a test")
        case = Case("MA-01", Suspicion.SUSPICIOUS, subject, positions, fen, says)
        self.send(commands.RaiseFinding(case=case, by=by))
        self.findings.append(case.id)

    @rule(data=st.data(), opinion=st.sampled_from(Opinion), by=PEOPLE, back=st.booleans())
    def first(
        self,
        data: st.DataObject,
        opinion: Opinion,
        by: ReviewerId,
        back: bool,  # noqa: FBT001  # a rule's own value
    ) -> None:
        on = (self.now - timedelta(days=9)).date() if back else None
        finding = self._some(data)
        self.send(commands.FirstReview(finding=finding, opinion=opinion, by=by, on=on))

    @rule(
        data=st.data(),
        opinion=st.sampled_from(Opinion),
        by=PEOPLE,
        days=st.none() | st.integers(-1, 9),
    )
    def second(
        self, data: st.DataObject, opinion: Opinion, by: ReviewerId, days: int | None
    ) -> None:
        until = None if days is None else (self.now + timedelta(days=days)).date()
        finding = self._some(data)
        self.send(commands.SecondReview(finding=finding, opinion=opinion, by=by, object_by=until))

    @rule(data=st.data(), by=PEOPLE)
    def object_to(self, data: st.DataObject, by: ReviewerId) -> None:
        self.send(commands.ObjectToFinding(finding=self._some(data), by=by))

    @rule(data=st.data(), opinion=st.sampled_from(Opinion), by=PEOPLE)
    def verify(self, data: st.DataObject, opinion: Opinion, by: ReviewerId) -> None:
        self.send(commands.VerifyFinding(finding=self._some(data), opinion=opinion, by=by))

    @rule(
        data=st.data(),
        handling=st.sampled_from(Handling),
        by=PEOPLE,
        fen=st.none() | st.integers(-1, 4),
    )
    def decide(
        self, data: st.DataObject, handling: Handling, by: ReviewerId, fen: int | None
    ) -> None:
        finding = self._some(data)
        self.send(
            commands.DecideFinding(finding=finding, handling=handling, by=by, recover_fen=fen)
        )

    @rule(days=st.integers(1, 9))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    def _some(self, data: st.DataObject) -> FindingId:
        return data.draw(st.sampled_from(self.findings[-3:]))


TestFindingMachine = FindingMachine.TestCase
TestFindingMachine.settings = SHORT
