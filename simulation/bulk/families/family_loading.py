"""Bringing one family of a bulk run into a ledger: its state, then everything that was booked.

Only commands are sent. After each of them what the ledger decided is held against the log: legs
with what is left behind them, cash, the fund's part, the rule set, and refusals. A family that is
loaded without a difference has so been decided twice, by the kernel and by the single settlement.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from domain import judging
from domain.claim import ClaimLine, ClaimRequest, Institution
from domain.codes import Category, Credential, CreditKind, Place, Segment
from domain.ids import InstitutionId, MessageId, RegionCode, settlement_id
from domain.refusals import Refusal
from domain.text import Text
from domain.time import SHANGHAI
from ledger import commands as c
from ledger.application import Application
from ledger.commands import Command
from simulation.bulk import arrays
from simulation.bulk.arrays import CANCEL, CREDIT, ROLL, SETTLE
from simulation.bulk.families.family import CannotLoad, Family, claim_id, person_id
from simulation.bulk.families.family_books import Booked, Books, shortfalls
from simulation.bulk.families.family_history import Entry, LoggedLine
from simulation.bulk.families.family_opening import commands_of, opening_of
from simulation.bulk.outcomes import REFUSALS, SINGLY

ACTOR = "bulk"
_TICK = timedelta(seconds=1)
_TICKS_OF_A_DAY = 86_400 * 10**6


class Course(NamedTuple):
    """A bulk run as far as it concerns a family.

    `regions` are codes by number, `rules` the ids of the rule sets by number.
    """

    family: Family
    history: tuple[Entry, ...]
    regions: tuple[RegionCode, ...]
    rules: tuple[str, ...]


class Difference(NamedTuple):
    """Something of an entry that the ledger decided otherwise than the log says."""

    entry: Entry
    what: Text
    logged: str
    loaded: str


def load(course: Course, app: Application) -> Iterator[Difference]:
    """Bring a family into an empty ledger and give every difference of the first entry with one.

    Raises:
        CannotLoad: the state cannot be brought about by commands.
        StoreError: the machinery of the store failed.
    """
    _open(course, app)
    books = Books(course.family, app)
    for entry in course.history:
        if entry.outcome in SINGLY:  # the run left it to the single settlement, which nobody asked
            continue
        booked = _book(entry, course, books)
        if booked is None:
            continue
        differences = [*_differences(entry, booked, course)]
        if differences:
            yield from differences
            return


def _open(course: Course, app: Application) -> None:
    """Bring the state about and hold it against the arrays."""
    booked = [entry.booked for entry in course.history]
    care = [entry.day for entry in course.history if entry.kind == SETTLE]
    years = [date(member.open_year, 12, 31) for member in course.family.members]
    first = min(booked) if booked else max(years)
    opening = opening_of(
        course.family, app.book, first_booked=first, first_care=min([first, *care])
    )
    commands = list(commands_of(opening))
    at = _instant(first) - len(commands) * _TICK
    for number, command in enumerate(commands):
        reply = app.execute(command, key=MessageId(f"opening.{number}"), at=at, actor=ACTOR)
        if isinstance(reply, Refusal):
            raise CannotLoad(_refused(command, reply))
        at += _TICK
    for says in shortfalls(course.family, app):
        raise CannotLoad(says)


def _refused(command: Command, refusal: Refusal) -> Text:
    says = Text(
        "开始时的状态无法用命令建立：{what}（{day}）：{why}",
        "the state at the beginning cannot be brought about: {what} ({day}): {why}",
    )
    return Text(
        says.zh.format(what=_said(command), day=command.on, why=refusal.says("zh")),
        says.en.format(what=_said(command), day=command.on, why=refusal.says("en")),
    )


def _said(command: Command) -> str:
    """Name a command with whom it concerns."""
    names = ("person", "grantor", "beneficiary", "pool")
    whom = [str(getattr(command, name)) for name in names if hasattr(command, name)]
    return " ".join([type(command).__name__, *whom])


# ------------------------------------------------------------------------------------ the history


def _book(entry: Entry, course: Course, books: Books) -> Booked | None:
    """Send what an entry asks for and give what came of it; None where nobody is concerned.

    An account year begins for one account after the other, up to the first refusal.
    """
    at = _instant(entry.booked, entry.seq)
    booked = None
    for number, command in enumerate(_asked(entry, course)):
        key = MessageId(f"row.{entry.seq}.{number}" if number else f"row.{entry.seq}")
        booked = books.send(command, key=key, at=at)
        if booked.offered:  # a bill of a bulk run stands for both taps
            booked = books.send(command, key=MessageId(f"{key}.again"), at=at)
        if booked.refusal is not None:
            break
    return booked


def _asked(entry: Entry, course: Course) -> Iterator[Command]:
    if entry.kind == SETTLE:
        yield c.Settle(request=_request(entry, course))
    elif entry.kind == CANCEL:
        yield _cancel(entry)
    elif entry.kind == CREDIT:
        (line,) = entry.lines
        to_prior = entry.flags & arrays.TO_PRIOR
        yield c.Credit(
            person=person_id(entry.patient),
            amount_fen=line.total_fen,
            kind=CreditKind.MONTHLY,
            segment=Segment.PRIOR if to_prior else Segment.CURRENT,
        )
    else:
        region = course.regions[entry.patient]
        for member in course.family.members:
            if member.home == region and member.account == judging.OPEN:
                yield c.RollYear(person=person_id(member.number))


def _request(entry: Entry, course: Course) -> ClaimRequest:
    """Give a bill as its institution would send it; the institution's id says what it is."""
    place, region = list(Place)[entry.place], course.regions[entry.where]
    flags = entry.flags
    return ClaimRequest(
        claim=claim_id(entry.claim),
        patient=person_id(entry.patient),
        institution=Institution(
            id=InstitutionId(f"{place.value}-{region}"),
            place=place,
            region=region,
            designated=not flags & arrays.NOT_DESIGNATED,
            connected=not flags & arrays.NOT_CONNECTED,
        ),
        service_date=entry.day,
        credential=list(Credential)[flags >> arrays.CREDENTIAL & 3],
        use_accounts=not flags & arrays.NO_ACCOUNTS,
        emergency=bool(flags & arrays.EMERGENCY),
        aid_requested=bool(flags & arrays.AID_REQUESTED),
        lines=tuple(map(_line, entry.lines)),
    )


def _line(line: LoggedLine) -> ClaimLine:
    return ClaimLine(
        no=line.no,
        category=list(Category)[line.category],
        total_fen=line.total_fen,
        fund_fen=line.fund_fen,
        outside_catalogue=bool(line.flags & arrays.OUTSIDE),
    )


def _cancel(entry: Entry) -> Command:
    settlement = settlement_id(claim_id(entry.claim), 1)  # numbers rise, so none is used again
    if entry.flags & arrays.WHOLE:
        return c.Cancel(settlement=settlement)
    own = {line.no: line.total_fen - line.fund_fen for line in entry.lines}
    return c.Cancel(
        settlement=settlement,
        own_fen=own,
        fund_fen={line.no: line.fund_fen for line in entry.lines},
    )


def _instant(day: date, seq: int = 0) -> datetime:
    """Give the instant of a row: so many microseconds after its day began as its place says."""
    begun = datetime.combine(day, time.min, SHANGHAI).astimezone(UTC)
    return begun + timedelta(microseconds=seq % _TICKS_OF_A_DAY)


# ---------------------------------------------------------------------------------- what differs


def _differences(entry: Entry, booked: Booked, course: Course) -> Iterator[Difference]:
    for what, logged, loaded in _compared(entry, booked, course):
        if logged != loaded:
            yield Difference(entry, what, str(logged), str(loaded))


def _compared(
    entry: Entry, booked: Booked, course: Course
) -> Iterator[tuple[Text, object, object]]:
    """Give what is compared: the log's word, and the ledger's."""
    refusal = REFUSALS[entry.outcome][0] if entry.outcome != arrays.DONE else None
    yield Text("拒绝原因", "refused because"), refusal, booked.refusal
    if entry.kind == ROLL:
        return
    yield Text("分录", "legs"), entry.legs, booked.legs
    if entry.kind == CREDIT:
        return
    whole = entry.kind == CANCEL and bool(entry.flags & arrays.WHOLE)
    cash = {line.no: line.cash_fen for line in entry.lines}
    fund = {line.no: line.fund_paid_fen for line in entry.lines}
    yield Text("个人现金支出", "cash"), _fen(cash, whole=whole), _fen(booked.cash, whole=whole)
    yield Text("基金支付", "pooled fund"), _fen(fund, whole=whole), _fen(booked.fund, whole=whole)
    if entry.kind == SETTLE and refusal is None:
        yield Text("规则集", "rule set"), course.rules[entry.rule], booked.rule_set


def _fen(by_line: Mapping[int, int], *, whole: bool) -> dict[int, int]:
    """Give fen by line without what is nothing; of a whole cancellation all together."""
    if whole:
        return {0: sum(by_line.values())}
    return {line: fen for line, fen in by_line.items() if fen}
