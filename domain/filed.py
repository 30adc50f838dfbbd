"""Filings for care outside the home area, as they stand in a person's stream: facts and state."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from domain.codes import FilingKind
from domain.facts import Fact, recorded
from domain.ids import RegionCode
from domain.record import Record

LONG_TERM = frozenset({FilingKind.RETIRED_AWAY, FilingKind.LIVING_AWAY, FilingKind.WORKING_AWAY})
"""Filings that hold until they are ended; the others hold for months."""

_WHOLE_PROVINCE = "0000"


@recorded
class FilingRecorded(Fact, frozen=True, tag="filing.recorded"):
    """Care in another area was filed. `first_day` lies before the filing where it was late.

    `home` is the area with which it was filed; a move to another one leaves it behind. `place`
    may be a whole province. `last_day` is None for long-term filings; before `locked_until` they
    cannot be changed without proof.
    """

    filing: int
    kind: FilingKind
    home: RegionCode
    place: RegionCode
    first_day: date
    last_day: date | None = None
    locked_until: date | None = None


@recorded
class FilingChanged(Fact, frozen=True, tag="filing.changed"):
    """A filing was changed to another place, from `effective_on`."""

    filing: int
    place_before: RegionCode
    place: RegionCode
    locked_until: date | None = None


@recorded
class FilingEnded(Fact, frozen=True, tag="filing.ended"):
    """A filing was ended; `effective_on` is the first day without it."""

    filing: int


class Filing(Record, frozen=True):
    """One filing. `places` lists (from day, place), oldest first; `ended_on` is its first day off.

    Earlier days keep the place that held then, so that care of those days is judged as it was.
    """

    no: int
    kind: FilingKind
    home: RegionCode
    places: tuple[tuple[date, RegionCode], ...]
    last_day: date | None = None
    locked_until: date | None = None
    ended_on: date | None = None

    @property
    def place(self) -> RegionCode:
        """Give the place last filed."""
        return self.places[-1][1]

    @property
    def first_day(self) -> date:
        """Give the first day that the filing covers."""
        return self.places[0][0]

    def holds_on(self, day: date) -> bool:
        """Tell whether the filing holds on a day."""
        return (
            self.first_day <= day
            and (self.last_day is None or day <= self.last_day)
            and (self.ended_on is None or day < self.ended_on)
        )

    def covers(self, where: RegionCode, day: date) -> bool:
        """Tell whether care in an area on a day is filed."""
        if not self.holds_on(day):
            return False
        place = next(place for since, place in reversed(self.places) if since <= day)
        return where == place or (place.endswith(_WHOLE_PROVINCE) and where[:2] == place[:2])


def evolve_filings(filings: tuple[Filing, ...], fact: Fact) -> tuple[Filing, ...]:
    """Apply one fact about a filing."""
    match fact:
        case FilingRecorded():
            assert fact.filing == len(filings) + 1, "filings count up"
            new = Filing(
                no=fact.filing,
                kind=fact.kind,
                home=fact.home,
                places=((fact.first_day, fact.place),),
                last_day=fact.last_day,
                locked_until=fact.locked_until,
            )
            return (*filings, new)
        case FilingChanged():
            before = filings[fact.filing - 1]
            assert before.ended_on is None, "what has ended is not changed"
            assert before.place == fact.place_before, "changed from the place that held"
            places = (*before.places, (fact.effective_on, fact.place))
            changed = replace(before, places=places, locked_until=fact.locked_until)
        case _:
            assert isinstance(fact, FilingEnded), fact
            before = filings[fact.filing - 1]
            assert before.ended_on is None, "ended once"
            changed = replace(before, ended_on=fact.effective_on)
    return (*filings[: fact.filing - 1], changed, *filings[fact.filing :])
