"""A family changes in every way while its members fall ill: who pays follows who is bound."""

# ruff: noqa: D102  # the name of a rule is its sentence

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from domain.codes import Coverage, Relation
from domain.ids import PersonId, PoolId, RegionCode
from domain.pool import Authorization
from ledger import commands
from tests.properties.machine import ENROLLED, SHORT, LedgerMachine

PEOPLE = st.sampled_from([PersonId(who) for who in "ABCD"])
POOLS = st.sampled_from([PoolId("F1"), PoolId("F2")])
RELATIONS = st.sampled_from([Relation.SPOUSE, Relation.CHILD, Relation.SPOUSE_PARENT])
AREAS = ("110200", "220100", "440100")
LIMITS = st.sampled_from([0, 1, 60, 10**15])


class PoolMachine(LedgerMachine):
    """Four persons and two families, in areas with review, roles, numbers and chosen orders."""

    def __init__(self) -> None:
        """Begin with people who have something to lose."""
        super().__init__(*AREAS)
        for n, person in enumerate("ABCD"):
            self.region = RegionCode(AREAS[n % 3])
            self.person(person, 50 * n)

    @rule(pool=POOLS, opener=PEOPLE)
    def open_pool(self, pool: PoolId, opener: PersonId) -> None:
        self.send(commands.OpenPool(pool=pool, opener=opener))

    @rule(pool=POOLS, grantor=PEOPLE, beneficiary=PEOPLE, relation=RELATIONS)
    def bind(
        self, pool: PoolId, grantor: PersonId, beneficiary: PersonId, relation: Relation
    ) -> None:
        self.send(
            commands.Bind(pool=pool, grantor=grantor, beneficiary=beneficiary, relation=relation)
        )

    @rule(data=st.data(), approved=st.booleans())
    def review(self, data: st.DataObject, *, approved: bool) -> None:
        self.send(commands.Review(**self._relation(data), approved=approved))

    @rule(data=st.data(), per_use=LIMITS, per_year=LIMITS, joint=LIMITS, days=st.integers(-1, 90))
    def authorize(
        self, data: st.DataObject, per_use: int, per_year: int, joint: int, days: int
    ) -> None:
        authorization = Authorization(
            first_day=ENROLLED,
            last_day=self.now.date() + timedelta(days=days),
            per_use_fen=per_use,
            per_year_fen=per_year,
            joint_year_fen=joint,
        )
        self.send(commands.AuthorizeUse(**self._relation(data), authorization=authorization))

    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        self.send(commands.WithdrawUse(**self._relation(data)))

    @rule(data=st.data())
    def unbind(self, data: st.DataObject) -> None:
        self.send(commands.Unbind(**self._relation(data)))

    @rule(pool=POOLS, beneficiary=PEOPLE, grantors=st.lists(PEOPLE, unique=True, max_size=3))
    def set_order(self, pool: PoolId, beneficiary: PersonId, grantors: list[PersonId]) -> None:
        self.send(commands.SetOrder(pool=pool, beneficiary=beneficiary, grantors=tuple(grantors)))

    @rule(pool=POOLS, one=PEOPLE, other=PEOPLE)
    def divorce(self, pool: PoolId, one: PersonId, other: PersonId) -> None:
        self.send(commands.ReportDivorce(pool=pool, spouses=(one, other)))

    @rule(person=PEOPLE, to=st.sampled_from([Coverage.ACTIVE, Coverage.SUSPENDED, Coverage.ENDED]))
    def change_coverage(self, person: PersonId, to: Coverage) -> None:
        self.send(commands.ChangeCoverage(person=person, to=to))

    @rule(person=PEOPLE, to=st.sampled_from(AREAS))
    def move(self, person: PersonId, to: str) -> None:
        self.send(commands.Move(person=person, to=RegionCode(to)))

    @rule(patient=PEOPLE, fen=st.integers(0, 200))
    def settle(self, patient: PersonId, fen: int) -> None:
        self.send(commands.Settle(request=self.request(self.new_claim(), patient, fen)))

    @rule(days=st.integers(1, 40))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    def _relation(self, data: st.DataObject) -> dict[str, Any]:
        """Choose a relation that was bound once, or now and then just any."""
        bonds = [(b.pool, b.grantor, b.beneficiary) for b in self.watch.auditor.books.bonds]
        known = st.sampled_from(bonds or [("F1", "A", "B")])
        pool, grantor, beneficiary = data.draw(known | st.tuples(POOLS, PEOPLE, PEOPLE))
        return {"pool": pool, "grantor": grantor, "beneficiary": beneficiary}


TestPoolMachine = PoolMachine.TestCase
TestPoolMachine.settings = SHORT
