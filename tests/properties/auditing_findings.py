"""The auditor's view of findings under review: a file with slips of paper in their order."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import NamedTuple

from domain.refusals import Code
from ledger import finding_commands as commands
from ledger.commands import Command
from tests.properties.auditing_families import malformed
from tests.properties.books import Books, day_of

FAR = 1_000_000
"""No history of a machine has so many events."""


class Slip(NamedTuple):
    """One step: its letter, who wrote it, and when."""

    letter: str
    by: str
    on: date


_LETTERS: dict[type[Command], str] = {
    commands.FirstReview: "1",
    commands.SecondReview: "2",
    commands.ObjectToFinding: "o",
    commands.VerifyFinding: "v",
    commands.DecideFinding: "d",
}
_WHOLE = ("R", "R1", "R12", "R12o", "R12ov", "R12v", "R12d", "R12vd", "R12ovd")
"""Every order of slips that there may be."""


def raise_objections(books: Books, asked: commands.RaiseFinding, now: datetime) -> Iterator[Code]:
    """Object to what is about nobody, there already, negative, without events, or not there."""
    del now
    case = asked.case
    kind, _, key = case.subject.partition("/")
    known: dict[str, Collection[str]] = {
        "person": books.humans,
        "pool": books.pools,
        "claim": books.bills,
    }
    unknown = {
        "person": Code.UNKNOWN_PERSON,
        "pool": Code.UNKNOWN_POOL,
        "claim": Code.UNKNOWN_CLAIM,
    }
    if kind in known and key not in known[kind]:
        yield unknown[kind]
    yield from malformed(asked.by)
    if case.id in books.files:
        yield Code.ALREADY_EXISTS
    if case.amount_fen < 0:
        yield Code.AMOUNT_OUT_OF_RANGE
    if not case.positions or list(case.positions) != sorted(set(case.positions)):
        yield Code.FINDING_MALFORMED
    elif case.positions[-1] > FAR:
        yield Code.UNKNOWN_POSITION


def put_up(books: Books, asked: commands.RaiseFinding, now: datetime) -> None:
    """Open a file."""
    slip = Slip("R", asked.by, day_of(asked, now))
    books.files[asked.case.id] = File(asked.case.amount_fen, [slip])


class File:
    """A finding's file: the money in question, its slips, and the last day for an objection."""

    def __init__(self, fen: int, slips: list[Slip]) -> None:
        """Begin with a slip."""
        self.fen = fen
        self.slips = slips
        self.until: date | None = None

    @property
    def letters(self) -> str:
        """Give the slips so far."""
        return "".join(slip.letter for slip in self.slips)


_Step = (
    commands.FirstReview
    | commands.SecondReview
    | commands.ObjectToFinding
    | commands.VerifyFinding
    | commands.DecideFinding
)


def step_objections(books: Books, asked: _Step, now: datetime) -> Iterator[Code]:
    """Object to a step that cannot be taken now, or not by this person."""
    file = books.files.get(asked.finding)
    if file is None:
        yield Code.UNKNOWN_FINDING
        return
    day, letter = day_of(asked, now), _LETTERS[type(asked)]
    yield from malformed(asked.by)
    until = getattr(asked, "object_by", None)
    if day < file.slips[-1].on or (until and until < day):
        yield Code.INVALID_PERIOD
    if file.letters.endswith("d"):
        yield Code.FINDING_DECIDED
        return
    if file.letters + letter not in _WHOLE:
        yield Code.STEP_OUT_OF_ORDER
    if letter == "2" and asked.by == file.slips[-1].by:
        yield Code.SAME_REVIEWER
    waits = file.until if file.letters == "R12" else None
    if waits and letter == "o" and day > waits:
        yield Code.OBJECTION_TOO_LATE
    if waits and letter in {"v", "d"} and day <= waits:
        yield Code.OBJECTION_OPEN
    if isinstance(asked, commands.DecideFinding) and asked.recover_fen is not None:
        most = {"dismissed": 0}.get(asked.handling, file.fen)
        if asked.recover_fen not in range(most + 1):
            yield Code.RECOVERY_IMPOSSIBLE


def step(books: Books, asked: _Step, now: datetime) -> None:
    """Put a slip into the file."""
    file = books.files[asked.finding]
    file.slips.append(Slip(_LETTERS[type(asked)], asked.by, day_of(asked, now)))
    if isinstance(asked, commands.SecondReview) and asked.opinion == "stands":
        file.until = asked.object_by
