"""Who and what a random history is about: few persons, few families, small amounts.

Everything that an operation needs to choose is chosen here, so that a hot, small cast meets its
limits, empty accounts and open holds often. Nothing here is random except through `random`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import TypeVar

from domain.claim import Claim, ClaimLine, ClaimRequest, Institution, Status
from domain.codes import ACCOUNT_SEGMENTS, Category, Credential, Place, Segment
from domain.ids import ClaimId, InstitutionId, MessageId, PersonId, PoolId, RegionCode
from domain.pool import Authorization, Binding, Pool, Standing
from domain.refusals import Refusal
from domain.rules import UNLIMITED, RuleSet
from domain.time import service_date_of
from ledger.application import Application
from ledger.commands import Command

_T = TypeVar("_T")

STRANGER = PersonId("P99")
"""A person whom nobody ever enrols."""

_CATEGORIES = (
    *(Category.OUTPATIENT, Category.OUTPATIENT, Category.OUTPATIENT, Category.DRUG),
    *(Category.INPATIENT, Category.RESIDENT_PREMIUM, Category.COMMERCIAL_PREMIUM),
)
_PLACES = (Place.HOSPITAL, Place.HOSPITAL, Place.CLINIC, Place.PHARMACY, Place.OFFICE)
_LIMITS_FEN = (*(UNLIMITED,) * 18, 0, 1, 50, 200, 500, 1_000)
_DAYS_AGO = (*(0,) * 12, 1, 1, 2, 7, 40, 200, 400, 900)


@dataclass(frozen=True, slots=True)
class Sent:
    """A command that was sent and not refused, for sending, undoing or contradicting it again."""

    key: MessageId
    command: Command


@dataclass
class Cast:
    """The state of the chooser: who takes part, what time it is, what was sent so far."""

    random: Random
    application: Application
    regions: Sequence[RegionCode]
    now: datetime
    persons: Sequence[PersonId] = tuple(PersonId(f"P{n}") for n in range(1, 7))
    pools: Sequence[PoolId] = tuple(PoolId(f"F{n}") for n in range(1, 4))
    claims: list[ClaimId] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    voided: list[MessageId] = field(default_factory=list)

    @property
    def today(self) -> date:
        """Give today in Shanghai."""
        return service_date_of(self.now)

    def rarely(self, percent: int = 5) -> bool:
        """Say yes in some percent of all cases."""
        return self.random.randrange(100) < percent

    def one_of(self, choices: Sequence[_T]) -> _T:
        """Choose one."""
        return self.random.choice(choices)

    def someone(self) -> PersonId:
        """Choose a person, rarely an unknown one."""
        return STRANGER if self.rarely(2) else self.one_of(self.persons)

    def patient(self) -> PersonId:
        """Choose somebody, mostly one of the two in whom illness and relations meet."""
        return self.one_of(self.persons[:2]) if self.rarely(60) else self.someone()

    def rules_of(self, person: PersonId) -> RuleSet | None:
        """Give today's rules of somebody's area, if both are known."""
        known = self.application.person(person)
        if known is None:
            return None
        rules = self.application.book.resolve(known.region_on(self.today), self.today)
        return None if isinstance(rules, Refusal) else rules

    def owner(self) -> PersonId:
        """Choose somebody with an account, mostly one who is well, rarely just anybody."""
        people = map(self.application.person, self.persons)
        owners = [person.id for person in people if person and person.account]
        well = [person for person in owners if person not in self.persons[:2]]
        chosen = well if well and self.rarely(80) else owners
        return self.one_of(chosen) if chosen and not self.rarely(8) else self.someone()

    def family(self) -> PoolId:
        """Choose a family pool, rarely one that nobody opened."""
        opened = [pool for pool in self.pools if self.application.pool(pool)]
        return self.one_of(opened) if opened and not self.rarely(3) else self.one_of(self.pools)

    def region(self) -> RegionCode:
        """Choose a pooling area, mostly the first, rarely one without rules."""
        if self.rarely(2):
            return RegionCode("999999")
        return self.regions[0] if self.rarely(60) else self.one_of(self.regions)

    def day(self) -> date | None:
        """Choose the day of an event: mostly today, sometimes learned late, rarely ahead."""
        if self.rarely(80):
            return None
        ahead = self.rarely(20)
        days = self.random.randrange(1, 40 if ahead else 500)
        return self.today + timedelta(days=days if ahead else -days)

    def amount_fen(self) -> int:
        """Choose an amount, rarely none at all."""
        large = self.random.randrange(1, 3_000)
        return 0 if self.rarely(3) else self.one_of((1, 100, large, large))

    def segment(self) -> Segment:
        """Choose a segment of an account, rarely one that no account has."""
        return Segment.WALLET if self.rarely(1) else self.one_of(ACCOUNT_SEGMENTS)

    def authorization(self) -> Authorization:
        """Choose what a grantor allows."""
        first = self.today - timedelta(days=self.one_of((0, 400, 3_000)))
        last = self.today + timedelta(days=self.one_of((-1, 60, 700)))
        return Authorization(
            first_day=first,
            last_day=None if self.rarely(70) else last,
            places=frozenset(self._some(list(Place))),
            categories=frozenset(self._some(list(Category))),
            per_use_fen=self.one_of(_LIMITS_FEN),
            per_day_fen=self.one_of(_LIMITS_FEN),
            per_year_fen=self.one_of(_LIMITS_FEN),
            joint_year_fen=-1 if self.rarely(3) else self.one_of(_LIMITS_FEN),
            retained_fen=self.one_of((0, 0, 0, 100, 500)),
        )

    def _some(self, words: list[_T]) -> list[_T]:
        return [] if self.rarely(75) else self.random.sample(words, len(words) - 2)

    def relations(self, wanted: Callable[[Binding], bool]) -> list[tuple[Pool, Binding]]:
        """Give the relations of all families that are wanted."""
        known = (self.application.pool(pool) for pool in self.pools)
        return [
            (pool, binding)
            for pool in known
            if pool is not None
            for binding in pool.bindings.values()
            if wanted(binding)
        ]

    def relation(self, wanted: Callable[[Binding], bool]) -> tuple[PoolId, PersonId, PersonId]:
        """Choose pool, grantor and beneficiary: a relation that is wanted, or rarely just any."""
        found = self.relations(wanted)
        if found and not self.rarely():
            pool, binding = self.one_of(found)
            return pool.id, binding.grantor, binding.beneficiary
        return self.family(), self.someone(), self.someone()

    def relation_where(
        self, wanted: Callable[[Cast, Binding], bool]
    ) -> tuple[PoolId, PersonId, PersonId]:
        """Choose an open relation, mostly one that is bound and wanted, where there is one."""
        found = self.relations(lambda b: b.standing is Standing.BOUND and wanted(self, b))
        if found and not self.rarely(15):
            pool, binding = self.one_of(found)
            return pool.id, binding.grantor, binding.beneficiary
        return self.relation(lambda binding: binding.standing.is_open)

    def claim(self, *statuses: Status) -> ClaimId:
        """Choose a claim that stands so, or rarely just any."""
        found = [known.request.claim for known in self.known_claims() if known.status in statuses]
        if found and not self.rarely(10):
            return self.one_of(found)
        if self.claims and not self.rarely(10):
            return self.one_of(self.claims)
        return ClaimId("C99999")

    def known_claims(self) -> Iterator[Claim]:
        """Give the last claims, as they stand now."""
        for claim in self.claims[-40:]:
            if known := self.application.claim(claim):
                yield known

    def aided(self, wanted: Callable[[Binding], bool]) -> list[tuple[Claim, PoolId, PersonId]]:
        """Give paid claims for which a relative paid whose relation is now as wanted."""
        helped = [
            (claim, trial.pool, trial.account)
            for claim in self.known_claims()
            if claim.is_paid
            for trial in claim.allocation.trials
            if trial.pool and trial.gave_fen
        ]
        now = {
            (pool.id, binding.grantor, binding.beneficiary)
            for pool, binding in self.relations(wanted)
        }
        return [
            (claim, pool, grantor)
            for claim, pool, grantor in helped
            if (pool, grantor, claim.request.patient) in now
        ]

    def request(self) -> ClaimRequest:
        """Choose what an institution asks for: mostly a new claim, sometimes one asked before."""
        bound = self.relations(lambda binding: binding.standing.is_open)
        chosen = self.one_of(bound)[1].beneficiary if bound and self.rarely(70) else self.patient()
        ahead = timedelta(days=1 if self.rarely(1) else -self.one_of(_DAYS_AGO))
        return ClaimRequest(
            claim=self._claim_number(),
            patient=chosen,
            institution=self._institution(),
            service_date=self.today + ahead,
            credential=self.one_of(list(Credential)) if self.rarely(8) else Credential.OWN,
            use_accounts=not self.rarely(3),
            emergency=self.rarely(50),
            aid_requested=self.rarely(50),
            lines=() if self.rarely(1) else self._lines(),
        )

    def _claim_number(self) -> ClaimId:
        if self.rarely(1):
            return ClaimId("not an id")
        if self.claims and self.rarely(20):
            return self.one_of(self.claims[-10:])
        self.claims.append(ClaimId(f"C{len(self.claims) + 1}"))
        return self.claims[-1]

    def _institution(self) -> Institution:
        return Institution(
            id=InstitutionId("H1"),
            place=self.one_of(_PLACES),
            region=self.region(),
            designated=not self.rarely(2),
            connected=not self.rarely(2),
        )

    def _lines(self) -> tuple[ClaimLine, ...]:
        return tuple(self._line(no) for no in range(1, self.one_of((1, 1, 2, 3)) + 1))

    def _line(self, no: int) -> ClaimLine:
        total = self.one_of(
            (
                0,
                1,
                self.random.randrange(400),
                self.random.randrange(400),
                self.random.randrange(2_000),
            )
        )
        fund = 0 if self.rarely(50) else self.random.randrange(total + 1)
        return ClaimLine(
            no=no,
            category=self.one_of(_CATEGORIES),
            total_fen=total,
            fund_fen=total + 1 if self.rarely(1) else fund,
            outside_catalogue=self.rarely(8),
        )
