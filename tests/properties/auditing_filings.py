"""The auditor's view of filings: what may be filed, changed and ended, and where the fund pays."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime

from domain.claim import ClaimRequest
from domain.codes import FilingKind, Work
from domain.refusals import Code
from domain.rules import UNLIMITED_COUNT, FilingRules, RuleSet
from ledger import commands
from tests.properties.books import Books, Human, Paper, day_of

_FOR_LONG = (FilingKind.RETIRED_AWAY, FilingKind.LIVING_AWAY, FilingKind.WORKING_AWAY)


def far(home: str, where: str, rules: FilingRules) -> bool:
    """Tell whether care there has to be filed."""
    if home == where:
        return False
    return home[:2] != where[:2] or rules.within_province


def on_paper(human: Human, where: str, day: date) -> bool:
    """Tell whether care somewhere on a day was filed with the area that was home then."""
    for paper in human.papers:
        spot = paper.spot(day)
        same = spot == where or (spot and spot[2:] == "0000" and spot[:2] == where[:2])
        if same and paper.home == human.region_on(day):
            return True
    return False


def fund_objections(human: Human, request: ClaimRequest, rules: RuleSet | None) -> Iterator[Code]:
    """Object to a part of the fund where nothing was filed."""
    if rules is None or sum(line.fund_fen for line in request.lines) == 0:
        return
    home, where = human.region_on(request.service_date), str(request.institution.region)
    if not far(home, where, rules.filing) or on_paper(human, where, request.service_date):
        return
    excused = request.emergency and rules.filing.emergency_as_filed
    if not excused and rules.filing.unfiled_first_pay.num == 0:
        yield Code.NOT_FILED


def record_objections(books: Books, asked: commands.RecordFiling, now: datetime) -> Iterator[Code]:
    """Object to a filing that cannot be, is not needed, is too late or is there already."""
    human, day = books.humans.get(asked.person), day_of(asked, now)
    if human is None:
        yield Code.UNKNOWN_PERSON
        return
    rules = books.rules(human.region_on(day), day)
    if rules is None:
        yield Code.NO_RULE
        return
    settles = asked.kind is FilingKind.RETIRED_AWAY and human.work is not Work.RETIRED
    if asked.kind not in rules.filing.kinds or settles:
        yield Code.FILING_KIND_IMPOSSIBLE
    if not human.covered(day):
        yield Code.COVERAGE_NOT_ACTIVE
    if not far(human.region_on(day), asked.place, rules.filing):
        yield Code.FILING_NOT_NEEDED
    if asked.stay is not None:
        out = asked.stay.discharged
        if asked.stay.admitted > day or (out and asked.stay.admitted > out):
            yield Code.INVALID_PERIOD
        elif asked.stay.admitted < day and (
            not rules.filing.late_until_discharge or (out is not None and out < day)
        ):
            yield Code.FILING_TOO_LATE
    if on_paper(human, asked.place, day):
        yield Code.FILING_EXISTS


def record(books: Books, asked: commands.RecordFiling, now: datetime) -> None:
    """Write a filing down."""
    human, day = books.humans[asked.person], day_of(asked, now)
    rules = books.rules(human.region_on(day), day)
    assert rules is not None
    months = rules.filing.temporary_months
    long = asked.kind in _FOR_LONG
    human.papers.append(
        Paper(
            home=human.region_on(day),
            kind=asked.kind,
            spots=[(asked.stay.admitted if asked.stay else day, asked.place)],
            until=None if long or months == UNLIMITED_COUNT else _after(day, months),
            locked=_lock(asked.kind, day, rules.filing),
        )
    )


def _lock(kind: FilingKind, day: date, rules: FilingRules) -> date | None:
    months = rules.change_lock_months
    return _after(day, months) if kind in _FOR_LONG and months else None


def _after(day: date, months: int) -> date:
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


_OfOne = commands.ChangeFiling | commands.EndFiling


def end_objections(books: Books, asked: _OfOne, now: datetime) -> Iterator[Code]:
    """Object to what is not there, does not hold, or is locked."""
    human, day = books.humans.get(asked.person), day_of(asked, now)
    if human is None:
        yield Code.UNKNOWN_PERSON
    elif asked.filing not in range(1, len(human.papers) + 1):
        yield Code.UNKNOWN_FILING
    else:
        paper = human.papers[asked.filing - 1]
        gone = paper.ended is not None or paper.spot(day) is None or day < paper.spots[-1][0]
        if gone or paper.home != human.region_on(day):
            yield Code.FILING_NOT_IN_FORCE
        if paper.locked is not None and day < paper.locked and not asked.proof:
            yield Code.FILING_LOCKED


def change_objections(books: Books, asked: commands.ChangeFiling, now: datetime) -> Iterator[Code]:
    """Object to a change of what cannot be changed, or to a place that makes no sense."""
    yield from end_objections(books, asked, now)
    human, day = books.humans.get(asked.person), day_of(asked, now)
    if human is None:
        return
    rules = books.rules(human.region_on(day), day)
    if rules is None:
        yield Code.NO_RULE
    elif not far(human.region_on(day), asked.place, rules.filing):
        yield Code.FILING_NOT_NEEDED
    known = human.papers[asked.filing - 1 : asked.filing] if asked.filing > 0 else []
    if any(paper.spots[-1][1] == asked.place for paper in known):
        yield Code.FILING_EXISTS


def change(books: Books, asked: commands.ChangeFiling, now: datetime) -> None:
    """Write the new place down."""
    human, day = books.humans[asked.person], day_of(asked, now)
    rules = books.rules(human.region_on(day), day)
    assert rules is not None
    paper = human.papers[asked.filing - 1]
    paper.spots.append((day, asked.place))
    paper.locked = _lock(paper.kind, day, rules.filing)


def end(books: Books, asked: commands.EndFiling, now: datetime) -> None:
    """Strike a filing out from a day on."""
    books.humans[asked.person].papers[asked.filing - 1].ended = day_of(asked, now)
