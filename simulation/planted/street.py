"""A street where whatever is told happens: events written past every rule of the domain.

The street keeps its own small books, so that what is not meant to be wrong is right. What is told
becomes events in `simulation.planted.telling`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from domain.account import (
    AccountCaptured,
    AccountCredited,
    AccountDebited,
    AccountHeld,
    AccountOpened,
    AccountRestored,
)
from domain.amounts import Amounts
from domain.claim import (
    Allocation,
    ClaimAuthorized,
    ClaimCancelled,
    ClaimCaptured,
    ClaimLine,
    ClaimRequest,
    ClaimSettled,
    Institution,
    Leg,
    Trial,
)
from domain.codes import (
    Coverage,
    CreditKind,
    EndReason,
    Evidence,
    Insurance,
    Relation,
    Segment,
    Work,
)
from domain.facts import Change, Fact, Kind, Stream
from domain.ids import (
    ClaimId,
    InstitutionId,
    PersonId,
    RegionCode,
    SettlementId,
)
from domain.person import CoverageChanged, PersonEnrolled, person_stream
from domain.pool import Authorization, RelationBound, RelationEnded, UseAuthorized, pool_stream
from domain.reasons import Reason
from domain.refusals import Refusal
from domain.rules import RuleBook
from domain.time import service_date_of
from simulation.planted.telling import Told
from simulation.planted.visits import HERE, HOSPITAL, Family, Visit, pool_of, trial

BEGUN = datetime(2023, 3, 1, 1, tzinfo=UTC)
"""Nine in the morning in Shanghai, while only the closest relatives may be helped."""

_EVIDENCE = Evidence.DOCUMENTS


class Street:
    """People, accounts and a calendar; verbs tell what happens at `now`."""

    def __init__(self, book: RuleBook) -> None:
        """Begin with nobody; decisions name the rule sets of a rule book."""
        self.book = book
        self.now = BEGUN
        self.told: list[Told] = []
        self.left: Counter[str] = Counter()
        self.paid: dict[str, dict[str, int]] = {}
        self._patients: dict[str, str] = {}
        self._filed = 0

    @property
    def today(self) -> date:
        """The day of the calendar in Shanghai."""
        return service_date_of(self.now)

    @property
    def events_told(self) -> int:
        """How many events have been told."""
        return sum(len(each.changes) for each in self.told)

    def wait(self, **span: int) -> None:
        """Let time pass: `days=1`, `minutes=2`."""
        self.now += timedelta(**span)

    def morning(self) -> None:
        """Go on to nine in the morning of the next day."""
        tomorrow = self.today + timedelta(days=1)
        self.now = datetime(tomorrow.year, tomorrow.month, tomorrow.day, 1, tzinfo=UTC)

    def next_month(self) -> None:
        """Go on to nine in the morning of the first day of the next month."""
        year, month = divmod(self.today.year * 12 + self.today.month, 12)
        self.now = datetime(year, month + 1, 1, 1, tzinfo=UTC)

    def tell(self, *changes: tuple[Stream, Fact], actor: str = "office") -> None:
        """Let a command have happened."""
        self.told.append(Told(tuple(Change(*each) for each in changes), self.now, actor))

    # ---------------------------------------------------------------------------------- people

    def enroll(self, who: str, fen: int = 0) -> str:
        """Enrol somebody with an account and money in it, long ago by its own words."""
        stream, on = person_stream(PersonId(who)), date(2020, 1, 1)
        enrolled = PersonEnrolled(
            effective_on=on,
            person=PersonId(who),
            region=HERE,
            insurance=Insurance.EMPLOYEE,
            work=Work.IN_SERVICE,
        )
        opened = AccountOpened(effective_on=on, account_year=2020)
        self.tell((stream, enrolled), (stream, opened))
        if fen:
            self.credit(who, fen)
        return who

    def credit(self, who: str, fen: int) -> None:
        """Pay money into an account."""
        self.left[who] += fen
        fact = AccountCredited(
            effective_on=self.today,
            kind=CreditKind.TRANSFER_IN,
            amount=_prior(fen),
            left=_prior(self.left[who]),
        )
        self.tell((person_stream(PersonId(who)), fact))

    def cover(self, who: str, after: Coverage, *, on: date | None = None) -> None:
        """Change somebody's insurance from a day on."""
        fact = CoverageChanged(effective_on=on or self.today, before=Coverage.ACTIVE, after=after)
        self.tell((person_stream(PersonId(who)), fact))

    def bind(
        self,
        grantor: str,
        beneficiary: str,
        *,
        relation: Relation = Relation.CHILD,
        permit: Authorization | None = None,
    ) -> None:
        """Bind two persons and authorize the use, at once and without limit unless said so."""
        self._filed += 1
        pair: Any = {"grantor": PersonId(grantor), "beneficiary": PersonId(beneficiary)}
        bound = RelationBound(
            effective_on=self.today,
            relation=relation,
            evidence=_EVIDENCE,
            filing_no=self._filed,
            active_from=self.today,
            under_review=False,
            **pair,
        )
        self.tell((_pool(grantor), bound))
        self.authorize(grantor, beneficiary, permit=permit or Authorization(first_day=self.today))

    def family(
        self, name: str, fen: int = 500_000, *, permit: Authorization | None = None
    ) -> Family:
        """Bind a grantor with money and a beneficiary without."""
        grantor, user = self.enroll(f"{name}-grantor", fen), self.enroll(f"{name}-user")
        self.bind(grantor, user, permit=permit)
        return Family(grantor, user)

    def authorize(self, grantor: str, beneficiary: str, *, permit: Authorization) -> None:
        """Authorize the use of an account."""
        fact = UseAuthorized(
            effective_on=self.today,
            grantor=PersonId(grantor),
            beneficiary=PersonId(beneficiary),
            authorization=permit,
        )
        self.tell((_pool(grantor), fact))

    def unbind(self, grantor: str, beneficiary: str) -> None:
        """End a relation."""
        fact = RelationEnded(
            effective_on=self.today,
            grantor=PersonId(grantor),
            beneficiary=PersonId(beneficiary),
            reason=EndReason.UNBOUND,
        )
        self.tell((_pool(grantor), fact))

    # ---------------------------------------------------------------------------------- claims

    def settle(
        self,
        claim: str,
        patient: str,
        *,
        by: Mapping[str, int],
        at: Visit = HOSPITAL,
        own_fen: int | None = None,
        trials: Sequence[Trial] | None = None,
    ) -> str:
        """Settle a claim of one line that these accounts pay, in this order, and cash the rest."""
        settlement = SettlementId(f"S-{claim}")
        request = self._request(claim, patient, at, own_fen or sum(by.values()))
        allocation = self._allocation(request, by, trials=trials)
        fact = ClaimSettled(
            effective_on=self.today, settlement=settlement, request=request, allocation=allocation
        )
        self._patients[settlement] = patient
        self.paid[settlement] = dict(by)
        changes: list[tuple[Stream, Fact]] = [(_claim(claim), fact)]
        changes += [self._debit(who, fen, request, settlement) for who, fen in by.items()]
        self.tell(*changes, actor=at.actor or f"till of {at.institution}")
        return settlement

    def undo(self, settlement: str, back: Mapping[str, int] | None = None) -> None:
        """Cancel a settlement; money goes back to whoever paid, or to whom it is said."""
        claim = settlement.removeprefix("S-")
        back = self.paid[settlement] if back is None else back
        fact = ClaimCancelled(
            effective_on=self.today,
            settlement=SettlementId(settlement),
            legs=_legs(self.paid[settlement]),
            cash_fen=(),
            fund_fen=(),
            whole=True,
        )
        changes: list[tuple[Stream, Fact]] = [(_claim(claim), fact)]
        for who, fen in back.items():
            self.left[who] += fen
            restored = AccountRestored(
                effective_on=self.today,
                claim=ClaimId(claim),
                settlement=SettlementId(settlement),
                beneficiary=PersonId(self._patients[settlement]),
                service_date=self.today,
                account_year=self.today.year,
                returned=_prior(fen),
                left=_prior(self.left[who]),
            )
            changes.append((person_stream(PersonId(who)), restored))
        self.tell(*changes, actor="till")

    def hold(self, claim: str, patient: str, *, by: Mapping[str, int], hours: int) -> None:
        """Hold money for a claim for some hours."""
        request = self._request(claim, patient, HOSPITAL, sum(by.values()))
        until = self.now + timedelta(hours=hours)
        allocation = self._allocation(request, by)
        fact = ClaimAuthorized(
            effective_on=self.today, request=request, allocation=allocation, expires_at=until
        )
        changes: list[tuple[Stream, Fact]] = [(_claim(claim), fact)]
        for who, fen in by.items():
            self.left[who] -= fen
            held = AccountHeld(
                effective_on=self.today,
                claim=ClaimId(claim),
                beneficiary=PersonId(patient),
                service_date=self.today,
                account_year=self.today.year,
                held=_prior(fen),
                expires_at=until,
                left=_prior(self.left[who]),
            )
            changes.append((person_stream(PersonId(who)), held))
        self.tell(*changes, actor="till")

    def capture(self, claim: str, by: Mapping[str, int], *, back: Mapping[str, int]) -> None:
        """Pay out of what is held; `back` comes free again."""
        settlement = SettlementId(f"S-{claim}")
        fact = ClaimCaptured(
            effective_on=self.today,
            settlement=settlement,
            own_fen=((1, sum(by.values())),),
            legs=_legs(by),
            cash_fen=((1, 0),),
        )
        changes: list[tuple[Stream, Fact]] = [(_claim(claim), fact)]
        for who, fen in by.items():
            self.left[who] += back.get(who, 0)
            captured = AccountCaptured(
                effective_on=self.today,
                claim=ClaimId(claim),
                settlement=settlement,
                taken=_prior(fen),
                returned=_prior(back.get(who, 0)),
                left=_prior(self.left[who]),
            )
            changes.append((person_stream(PersonId(who)), captured))
        self.tell(*changes, actor="till")

    def _request(self, claim: str, patient: str, at: Visit, own_fen: int) -> ClaimRequest:
        place = Institution(InstitutionId(at.institution), at.place, RegionCode(at.area))
        return ClaimRequest(
            claim=ClaimId(claim),
            patient=PersonId(patient),
            institution=place,
            service_date=at.day or self.today,
            lines=(ClaimLine(no=1, category=at.category, total_fen=own_fen),),
        )

    def _allocation(
        self,
        request: ClaimRequest,
        by: Mapping[str, int],
        *,
        trials: Sequence[Trial] | None = None,
    ) -> Allocation:
        rules = self.book.resolve(HERE, request.service_date)
        assert not isinstance(rules, Refusal), rules
        own_fen = request.own_fen
        return Allocation(
            region=HERE,
            rule_set=rules.id,
            dossier=rules.dossier,
            legs=_legs(by),
            cash_fen=((1, own_fen - sum(by.values())),),
            trials=tuple(self._trials(request.patient, by) if trials is None else trials),
            patient_version=1,
            pools=(),
        )

    def _trials(self, patient: str, by: Mapping[str, int]) -> Iterator[Trial]:
        if patient not in by:
            yield trial(patient, 0, reason=Reason.EMPTY, own=True)
        for number, (who, fen) in enumerate(by.items(), 1):
            reason = Reason.PAID_THE_REST if number == len(by) else Reason.GAVE_ALL_IT_HAD
            yield trial(who, fen, reason=reason, own=who == patient)

    def _debit(
        self, who: str, fen: int, request: ClaimRequest, settlement: SettlementId
    ) -> tuple[Stream, Fact]:
        self.left[who] -= fen
        fact = AccountDebited(
            effective_on=self.today,
            claim=request.claim,
            settlement=settlement,
            beneficiary=request.patient,
            service_date=request.service_date,
            account_year=request.service_date.year,
            taken=_prior(fen),
            left=_prior(self.left[who]),
        )
        return person_stream(PersonId(who)), fact


def _legs(by: Mapping[str, int]) -> tuple[Leg, ...]:
    return tuple(Leg(PersonId(who), Segment.PRIOR, 1, fen) for who, fen in by.items())


def _claim(claim: str) -> Stream:
    return Stream(Kind.CLAIM, claim)


def _pool(grantor: str) -> Stream:
    return pool_stream(pool_of(grantor))


def _prior(fen: int) -> Amounts:
    return Amounts(0, fen)
