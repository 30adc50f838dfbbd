"""Operations of a random history about filings for care away from home."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from domain.codes import FilingKind
from domain.filing import Stay
from domain.ids import PersonId, RegionCode
from ledger import commands
from ledger.commands import Command
from simulation.cast import Cast


def record_filing(cast: Cast) -> Command:
    """File care away from home, sometimes late, rarely with dates that cannot be."""
    person = cast.patient()
    admitted = cast.today - timedelta(days=cast.one_of((0, 3, 30, -1)))
    discharged = cast.one_of((None, None, cast.today, cast.today - timedelta(days=1)))
    return commands.RecordFiling(
        person=person,
        kind=cast.one_of(tuple(FilingKind)),
        place=_place_for(cast, person),
        stay=Stay(admitted, discharged) if cast.rarely(30) else None,
        on=cast.day(),
    )


def change_filing(cast: Cast) -> Command:
    """Change a filing to another place, rarely one that is not there; mostly in the days after."""
    person, filing = _filing(cast)
    return commands.ChangeFiling(
        person=person,
        filing=filing,
        place=_place_for(cast, person),
        proof=cast.rarely(20),
        on=cast.day(),
    )


def end_filing(cast: Cast) -> Command:
    """End a filing, rarely one that is not there."""
    person, filing = _filing(cast)
    return commands.EndFiling(person=person, filing=filing, proof=cast.rarely(20), on=cast.day())


def _place_for(cast: Cast, person: PersonId) -> RegionCode:
    """Choose where somebody goes: mostly another area, and sometimes its whole province."""
    rules = cast.rules_of(person)
    home = rules.region if rules else RegionCode("")
    away = [region for region in cast.application.book.regions() if region[:2] != home[:2]]
    place = cast.one_of(away) if away and cast.rarely(40) else cast.region()
    return RegionCode(f"{place[:2]}0000") if cast.rarely(30) else place


def _filing(cast: Cast) -> tuple[PersonId, int]:
    """Choose a filing, mostly one that stands, rarely a number that nobody gave."""
    people = [person for person in map(cast.application.person, cast.persons) if person]
    filed = [(person, filing) for person in people for filing in person.filings]
    if not filed or cast.rarely():
        return cast.someone(), cast.one_of((0, 1))
    standing = [
        (person, filing)
        for person, filing in filed
        if filing.ended_on is None
        and filing.holds_on(cast.today)
        and filing.home == person.region_on(cast.today)
    ]
    person, filing = cast.one_of(standing if standing and not cast.rarely(20) else filed)
    return person.id, filing.no


FILING: Mapping[str, tuple[int, Callable[[Cast], Command]]] = {
    "record filing": (16, record_filing),
    "change filing": (10, change_filing),
    "end filing": (4, end_filing),
}
"""The operations with their usual weights."""
