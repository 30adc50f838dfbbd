"""When and where: far places on one day, at night, late, again and again, back in time."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, or_, select

from domain.codes import Place
from domain.time import SHANGHAI
from projections.findings.logic import Ask, Case, bursts, case, logic
from projections.findings.rule import Unit
from projections.tables import TRAIL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from projections.findings.material import Draw, Payment, Tie, Undoing


@logic("who", "place", "other", "day", digits=Unit.DIGITS, hours=Unit.HOURS)
def far_places(ask: Ask) -> Iterator[Case]:
    """One patient is served in two cities within fewer hours than the way between them takes.

    Cities differ where the first `digits` digits of their area codes do: 4 for a city, 2 for a
    province. Premiums are paid at an office, or from afar, and are left out.
    """
    of_patient: defaultdict[str, list[Payment]] = defaultdict(list)
    for payment in ask.payments:
        if payment.place != Place.OFFICE:
            of_patient[payment.patient].append(payment)
    digits, hours = ask.p["digits"], timedelta(hours=ask.p["hours"])
    for patient, payments in of_patient.items():
        for one, two in pairwise(payments):
            far = one.area[:digits] != two.area[:digits]
            if far and one.day == two.day and two.at - one.at <= hours:
                yield case(
                    f"person/{patient}",
                    [one, two],
                    amount_fen=one.own_fen + two.own_fen,
                    who=patient,
                    place=one.area,
                    other=two.area,
                    day=one.day,
                )


@logic(
    "institution", "night", "number",
    from_hour=Unit.CLOCK, to_hour=Unit.CLOCK, times=Unit.TIMES,
)  # fmt: skip
def night_use(ask: Ask) -> Iterator[Case]:
    """At a provider, several uses of relatives' accounts in the small hours of one night."""
    nights: defaultdict[tuple[str, str], list[Draw]] = defaultdict(list)
    for draw in ask.aid:
        clock = draw.at.astimezone(SHANGHAI)
        if ask.p["from_hour"] <= clock.hour < ask.p["to_hour"]:
            nights[draw.of.institution, f"{clock:%Y-%m-%d}"].append(draw)
    for (institution, night), draws in nights.items():
        number = len({draw.of.settlement for draw in draws})
        if number >= ask.p["times"]:
            yield case(
                f"institution/{institution}",
                draws,
                amount_fen=sum(draw.fen for draw in draws),
                institution=institution,
                night=night,
                number=number,
            )


@logic("claim", "day", "recorded_on", "late", days=Unit.DAYS)
def recorded_late(ask: Ask) -> Iterator[Case]:
    """A use was recorded long after the day that it concerns."""
    for payment in ask.payments:
        recorded_on = payment.at.astimezone(SHANGHAI).date()
        late = (recorded_on - payment.day).days
        if late > ask.p["days"]:
            yield case(
                f"claim/{payment.claim}",
                [payment],
                amount_fen=payment.own_fen,
                claim=payment.claim,
                day=payment.day,
                recorded_on=recorded_on,
                late=late,
            )


class _At(NamedTuple):
    """An event by its position and day."""

    position: int
    day: date


@logic("position", "before")
def time_or_position_broken(ask: Ask) -> Iterator[Case]:
    """A position is missing, or an event says that it was recorded before the one before it."""
    columns = TRAIL.c
    before = func.lag(columns.position).over(order_by=columns.position)
    earlier = func.lag(columns.recorded_at).over(order_by=columns.position)
    steps = select(
        columns.position,
        columns.effective_on,
        before.label("before"),
        (earlier > columns.recorded_at).label("back"),
    ).subquery()
    wrong = or_(steps.c.position != func.coalesce(steps.c.before, 0) + 1, steps.c.back)
    for position, day, known, _ in ask.material.rows(select(steps).where(wrong)):
        at = [_At(position, day)]
        yield case("store", at, amount_fen=0, position=position, before=known or 0)


@logic("who", "institution", "settlement", "again", minutes=Unit.MINUTES)
def settled_again(ask: Ask) -> Iterator[Case]:
    """A settlement was undone within minutes and settled again with other payers or amounts."""
    span = timedelta(minutes=ask.p["minutes"])
    undone = {each.settlement: each for each in ask.material.undoings}
    visits: defaultdict[tuple[str, str], list[Payment]] = defaultdict(list)
    for payment in ask.payments:
        visits[payment.patient, payment.institution].append(payment)
    for (patient, institution), payments in visits.items():
        for one, two in pairwise(payments):
            undoing = undone.get(one.settlement)
            if undoing is None or not undoing.position < two.position:
                continue
            quick = undoing.at - one.at <= span and two.at - undoing.at <= span
            if quick and _payers(ask, one) != _payers(ask, two):
                yield case(
                    f"person/{patient}",
                    [one, two],
                    amount_fen=two.own_fen,
                    who=patient,
                    institution=institution,
                    settlement=one.settlement,
                    again=two.settlement,
                )


def _payers(ask: Ask, payment: Payment) -> list[tuple[str, int]]:
    """Give who paid how much, the amounts left out where only cash differs."""
    draws = ask.material.draws_of.get(payment.settlement, [])
    return sorted((draw.person, draw.fen) for draw in draws)


@logic("who", "institution", "day", "number")
def settled_twice(ask: Ask) -> Iterator[Case]:
    """Same patient, provider, day, categories and amounts under two settlements that both stand."""
    same: defaultdict[tuple[str, str, date, str], list[Payment]] = defaultdict(list)
    for payment in ask.payments:
        if payment.settlement not in ask.material.undone:
            key = (payment.patient, payment.institution, payment.day, payment.lines)
            same[key].append(payment)
    for (patient, institution, day, _), payments in same.items():
        if len(payments) > 1:
            yield case(
                f"person/{patient}",
                payments,
                amount_fen=sum(payment.own_fen for payment in payments[1:]),
                who=patient,
                institution=institution,
                day=day,
                number=len(payments),
            )


@logic("institution", "day", "share", times=Unit.TIMES, percent=Unit.PERCENT)
def reversal_storm(ask: Ask) -> Iterator[Case]:
    """On one day a provider undid many settlements, a great part of what it settled."""
    settled: defaultdict[tuple[str, date], int] = defaultdict(int)
    undone: defaultdict[tuple[str, date], list[Undoing]] = defaultdict(list)
    for payment in ask.payments:
        settled[payment.institution, payment.at.astimezone(SHANGHAI).date()] += 1
    for undoing in ask.material.undoings:
        of = ask.material.by_settlement.get(undoing.settlement or "")
        if of is not None and undoing.whole:
            undone[of.institution, undoing.at.astimezone(SHANGHAI).date()].append(undoing)
    for (institution, day), undoings in undone.items():
        share = 100 * len(undoings) // max(1, settled[institution, day])
        if len(undoings) >= ask.p["times"] and share >= ask.p["percent"]:
            yield case(
                f"institution/{institution}",
                [_At(undoing.position, day) for undoing in undoings],
                amount_fen=sum(undoing.back_fen for undoing in undoings),
                institution=institution,
                day=day,
                share=share,
            )


class _Ended(NamedTuple):
    """A relation that was bound and ended; its instant is that of the end."""

    tie: Tie
    at: datetime


@logic("grantor", "number", times=Unit.TIMES, days=Unit.DAYS)
def bound_and_unbound(ask: Ask) -> Iterator[Case]:
    """A holder opened and ended several relations within days."""
    span = timedelta(days=ask.p["days"])
    of_grantor: defaultdict[str, list[_Ended]] = defaultdict(list)
    for tie in ask.material.ties:
        if tie.ended_instant and tie.ended_instant - tie.bound_instant <= span:
            of_grantor[tie.grantor].append(_Ended(tie, tie.ended_instant))
    for grantor, ended in of_grantor.items():
        runs = bursts(sorted(ended, key=_when), span=span, key=_which, enough=ask.p["times"])
        for run in runs:
            events = [at for each in run for at in _both_ends(each.tie)]
            yield case(
                f"person/{grantor}",
                events,
                amount_fen=0,
                count=len(run),
                grantor=grantor,
                number=len(run),
            )


def _when(ended: _Ended) -> datetime:
    return ended.at


def _which(ended: _Ended) -> int:
    return ended.tie.bound_at


def _both_ends(tie: Tie) -> list[_At]:
    assert tie.ended_at is not None
    assert tie.ended_instant is not None
    bound, ended = (
        each.astimezone(SHANGHAI).date() for each in (tie.bound_instant, tie.ended_instant)
    )
    return [_At(tie.bound_at, bound), _At(tie.ended_at, ended)]


@logic("grantor", "beneficiary", "drawn_fen", hours=Unit.HOURS, days=Unit.DAYS, floor_fen=Unit.FEN)
def bound_for_one_draw(ask: Ask) -> Iterator[Case]:
    """A relation was bound shortly before a large draw and ended soon after it."""
    aid: defaultdict[tuple[str, str], list[Draw]] = defaultdict(list)
    for draw in ask.aid:
        aid[draw.person, draw.beneficiary].append(draw)
    hours, days = timedelta(hours=ask.p["hours"]), timedelta(days=ask.p["days"])
    for tie in ask.material.ties:
        if tie.ended_at is None or tie.ended_instant is None:
            continue
        draws = [
            draw
            for draw in aid[tie.grantor, tie.beneficiary]
            if tie.bound_at < draw.position < tie.ended_at
            and draw.at - tie.bound_instant <= hours
            and tie.ended_instant - draw.at <= days
        ]
        fen = sum(draw.fen for draw in draws)
        if draws and fen >= ask.p["floor_fen"]:
            yield case(
                f"person/{tie.grantor}",
                [*_both_ends(tie), *(_At(draw.position, draw.day) for draw in draws)],
                amount_fen=fen,
                count=len(draws),
                grantor=tie.grantor,
                beneficiary=tie.beneficiary,
                drawn_fen=fen,
            )
