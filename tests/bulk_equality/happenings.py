"""What happens in a round: bills, cancellations, credits and new account years, day by day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from domain.claim import ClaimLine, ClaimRequest, Institution
from domain.codes import Category, Credential, Place, Segment
from domain.ids import ClaimId, InstitutionId, PersonId, RegionCode
from domain.person import Person
from domain.time import account_year
from tests.bulk_equality.areas import LATEST_CARE, Areas, limits
from tests.bulk_equality.people import Persons, Pools

HUGE = 2**31 - 1
"""An amount that fits into no balance of the arrays, once anything is there."""


class Bill(NamedTuple):
    """A bill to settle."""

    booked: date
    number: int
    request: ClaimRequest


class Cancel(NamedTuple):
    """A cancellation: line, own share and fund's part, or None where all is cancelled."""

    booked: date
    number: int
    lines: tuple[tuple[int, int, int], ...] | None


class Credit(NamedTuple):
    """Money for an account."""

    booked: date
    person: PersonId
    segment: Segment
    fen: int


class Roll(NamedTuple):
    """A new account year in a region."""

    booked: date
    region: RegionCode


Happening = Bill | Cancel | Credit | Roll

_PLACES = (*(Place.HOSPITAL,) * 5, *(Place.PHARMACY,) * 3, Place.CLINIC, Place.CLINIC, Place.OFFICE)
_CATEGORIES = (*(Category.OUTPATIENT,) * 6, *(Category.DRUG,) * 4, *Category)
_CREDENTIALS = (
    *(Credential.OWN,) * 60,
    *(Credential.PROXY,) * 4,
    *(Credential.GRANTOR,) * 3,
    Credential.NONE,
)


def _has_money(person: Person, fen: int) -> bool:
    return person.account is not None and person.account.available.total_fen > 2 * fen


class Till:
    """Draws what happens, in order of booking."""

    def __init__(self, random: Random, areas: Areas, *, persons: Persons, pools: Pools) -> None:
        """Draw from a seeded source; most bills are of people with relatives."""
        self.random = random
        self.areas = areas
        self.day = areas.starts
        self.number = 0
        self.last_cancelled = 0
        self.bills: list[Bill] = []
        self.everyone = list(persons)
        self.rich = [who for who, person in persons.items() if _has_money(person, areas.unit)]
        bound = {b for pool in pools.values() for _, b in pool.bindings}
        helped = [person for person in persons if person in bound] or self.everyone
        poor = [person for person in helped if person not in self.rich] or helped
        self.crowds = (poor, poor, helped, self.everyone)
        self.homes = {person: persons[person].region for person in persons}
        self.years: dict[RegionCode, int] = {}
        self.amounts = sorted(limits(areas, areas.regions[:1])) or [areas.unit]

    def happenings(self, count: int, *, days: int) -> Iterator[Happening]:
        """Draw so many bills, spread over so many days, and what happens between them."""
        bills, ends = 0, self.day + timedelta(days=days)
        while bills < count:
            left = max(1, count - bills)
            if self.random.random() < (ends - self.day).days / left:
                self.day += timedelta(days=self.random.choice((1, 1, 1, 2, 5)))
            yield from self._rolls()
            kind = self.random.random()
            if kind < 0.14:
                yield self._credit()
            elif kind < 0.24 and self.bills:
                yield from self._cancelled()
            else:
                bills += 1
                self.last_cancelled = 0
                yield self._bill()

    def aftermath(self, count: int) -> Iterator[Happening]:
        """Draw so many cancellations of anything there was, and a credit after each."""
        for bill in self.random.choices(self.bills, k=count):
            yield Cancel(self.day, bill.number, None)
            yield self._credit()

    def _rolls(self) -> Iterator[Roll]:
        """Begin account years, some of them late and some twice."""
        for region in self.areas.regions:
            rules = self.areas.rules(region, self.day)
            month = rules.account.year_start_month if rules else 1
            year = account_year(self.day, month)
            due = year > self.years.setdefault(region, year)
            if self.random.random() < (0.4 if due else 0.0004):
                self.years[region] = year
                yield Roll(self.day, region)

    def _credit(self) -> Credit:
        random = self.random
        fen = 1 + random.randrange(random.choice((1, 4, 10, 50)) * self.areas.unit)
        if random.random() < 0.002:
            fen = HUGE
        segment = random.choice((Segment.CURRENT, Segment.CURRENT, Segment.PRIOR))
        often = self.rich and random.random() < 0.9
        who = random.choice(self.rich if often else self.everyone)
        return Credit(self.day, who, segment, fen)

    # ----------------------------------------------------------------------------------- bills

    def _bill(self) -> Bill:
        self.number += self.random.choice((1, 1, 1, 2))
        bill = Bill(self.day, self.number, self._request())
        self.bills.append(bill)
        return bill

    def _request(self) -> ClaimRequest:
        random = self.random
        patient = random.choice(random.choice(self.crowds))
        near = random.random() < 0.8
        where = self.homes[patient] if near else random.choice(self.areas.regions)
        place = random.choice(_PLACES)
        return ClaimRequest(
            claim=ClaimId(f"C{self.number}"),
            patient=patient,
            institution=Institution(
                InstitutionId("H1"),
                place,
                where,
                designated=random.random() > 0.01,
                connected=random.random() > 0.01,
            ),
            service_date=self._care(),
            credential=random.choice(_CREDENTIALS),
            use_accounts=random.random() > 0.03,
            emergency=random.random() < 0.1,
            aid_requested=random.random() < 0.8,
            lines=tuple(self._lines()),
        )

    def _care(self) -> date:
        """Draw the day of care, mostly that of booking."""
        late = self.random.random()
        if late < 0.7:
            return self.day
        most = 10 if late < 0.85 else 120 if late < 0.93 else LATEST_CARE.days
        return self.day - timedelta(days=self.random.randrange(most))

    def _lines(self) -> Iterator[ClaimLine]:
        random, no = self.random, 0
        for _ in range(random.choice((1, 1, 2, 2, 3))):
            no += random.choice((1, 1, 1, 2, 7))
            own, fund = self._own(), self._own() if random.random() < 0.3 else 0
            yield ClaimLine(
                no, random.choice(_CATEGORIES), own + fund, fund, random.random() < 0.06
            )

    def _own(self) -> int:
        """Draw an amount to pay; often near some limit, sometimes nothing."""
        random = self.random
        kind = random.random()
        if kind < 0.03:
            return 0
        if kind < 0.031:
            return random.choice((HUGE, 10**14))
        if kind < 0.2:
            return max(0, random.choice(self.amounts) + random.randrange(-1, 2))
        return random.randrange(random.choice((1, 2, 5)) * self.areas.unit)

    # --------------------------------------------------------------------------- cancellations

    def _cancelled(self) -> Iterator[Cancel]:
        """Draw a cancellation; neighbouring rows about one bill would be one cancellation."""
        cancel = self._cancel()
        if cancel.number != self.last_cancelled:
            self.last_cancelled = cancel.number
            yield cancel

    def _cancel(self) -> Cancel:
        random = self.random
        kind = random.random()
        if kind < 0.03:  # a number that is not there, or not yet
            return Cancel(self.day, random.randrange(1, self.number + 50), None)
        recent: Sequence[Bill] = self.bills[-30:] if kind < 0.7 else self.bills
        bill = random.choice(recent)
        if random.random() < 0.5:
            return Cancel(self.day, bill.number, None)
        lines = bill.request.lines
        some = [each for each in lines if random.random() < 0.7] or lines
        asked = [(each.no, self._part(each.own_fen), self._part(each.fund_fen)) for each in some]
        if random.random() < 0.02:
            asked[-1] = (asked[-1][0] + 1, *asked[-1][1:])  # a line that may not be there
        return Cancel(self.day, bill.number, tuple(asked))

    def _part(self, fen: int) -> int:
        """Draw how much of an amount is cancelled, rarely more than there was."""
        kind = self.random.random()
        if kind < 0.03:
            return fen + 1
        return fen if kind < 0.4 else self.random.randrange(fen + 1)
