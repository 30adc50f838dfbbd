"""What a ledger does while its disk fails: small scenarios, each a handful of commands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from benchmarks.workload import Sent
from domain.codes import Segment
from domain.ids import ClaimId, MessageId, PersonId
from ledger import commands
from tests.builders import HERE
from tests.faults.session import Session
from tests.faults.traffic import (
    CHILD,
    PAIR,
    PARENT,
    authorize,
    cancel,
    capture,
    founding,
    sent,
    settle,
)

_YEAR = 366 * 24 * 60  # minutes


class Scenario(NamedTuple):
    """A name, what was done before without fault, and what is done while the disk fails.

    `pages`: a checkpoint follows a commit with more pages in the log (0: with 1,000).
    `crashed`: the store was not closed before, so that opening it recovers the log.
    """

    name: str
    before: tuple[Sent, ...]
    play: Callable[[Session], None]
    pages: int = 0
    crashed: bool = False


def _found(session: Session) -> None:
    session.ask(*founding(), sent(settle("c1", 100), "settle"))


def _hold(session: Session) -> None:
    session.ask(
        sent(authorize("c1", 100, minutes=60), "authorize"),
        sent(capture("c1"), "capture", minutes=1),
    )


def _cancel(session: Session) -> None:
    session.ask(sent(cancel("old"), "cancel"), sent(settle("c1", 100), "settle", minutes=1))


def _reverse(session: Session) -> None:
    session.ask(
        sent(settle("c1", 100), "settle"),
        sent(commands.Reverse(message=MessageId("settle-old")), "reverse", minutes=1),
        sent(commands.Reverse(message=MessageId("unheard"), patient=CHILD), "void", minutes=2),
    )


def _together(session: Session) -> None:
    session.ask_together(*(sent(settle(f"c{n}", 100 + n), f"settle-{n}") for n in range(6)))


def _open_again(session: Session) -> None:
    session.ask(sent(settle("c1", 100), "settle-1"))
    session.close()
    session.open()
    session.ask(sent(settle("c2", 100), "settle-2", minutes=1))


def _read_beside(session: Session) -> None:
    session.read()
    session.ask(sent(settle("c1", 100), "settle-1"))
    session.read()
    session.ask(sent(settle("c2", 100), "settle-2", minutes=1))
    session.read()


def _checkpoints(session: Session) -> None:
    session.ask(*(sent(settle(f"c{n}", 100), f"settle-{n}", minutes=n) for n in range(6)))


def _expire(session: Session) -> None:
    session.ask(
        sent(settle("c1", 100), "settle", minutes=60),
        sent(authorize("c2", 100, minutes=90), "authorize", minutes=61),
        sent(commands.Expire(claim=ClaimId("c2")), "expire", minutes=120),
    )


def _roll(session: Session) -> None:
    session.ask(
        sent(commands.RollYear(person=PARENT, on=date(2027, 1, 1)), "roll", minutes=_YEAR),
        sent(commands.Credit(person=PARENT, amount_fen=500), "credit", minutes=_YEAR),
        sent(settle("c1", 100), "settle", minutes=_YEAR),
    )


def _repeat(session: Session) -> None:
    session.ask(sent(settle("old", 50), "settle-old"))
    session.refuse(sent(settle("old", 51), "settle-old"))
    session.ask(sent(settle("c1", 100), "settle", minutes=1))
    session.refuse(sent(settle("c1", 101), "settle", minutes=2))


def _change_family(session: Session) -> None:
    other = PersonId("other")
    session.ask(
        sent(commands.WithdrawUse(**PAIR), "withdraw"),
        sent(commands.Unbind(**PAIR), "unbind", minutes=1),
        sent(commands.Enroll(person=other, region=HERE), "enrol", minutes=2),
        sent(commands.OpenAccount(person=other), "open", minutes=3),
        sent(
            commands.Credit(person=other, amount_fen=100, segment=Segment.PRIOR),
            "credit",
            minutes=4,
        ),
    )


def _check(session: Session) -> None:
    session.check()
    session.ask(sent(settle("c1", 100), "settle"))
    session.check()


_FAMILY = (*founding(), sent(settle("old", 50), "settle-old"))
_HELD = sent(authorize("held", 100, minutes=30), "hold-old")

SCENARIOS = (
    Scenario("found a family and settle", (), _found),
    Scenario("authorize and capture", _FAMILY, _hold),
    Scenario("cancel", _FAMILY, _cancel),
    Scenario("reverse", _FAMILY, _reverse),
    Scenario("commands in groups", _FAMILY, _together),
    Scenario("close and open again", _FAMILY, _open_again),
    Scenario("read beside the writer", _FAMILY, _read_beside),
    Scenario("checkpoints", _FAMILY, _checkpoints, pages=10),
    Scenario("recover after a crash", _FAMILY, _checkpoints, pages=30, crashed=True),
    Scenario("expiry", (*_FAMILY, _HELD), _expire),
    Scenario("a new year", _FAMILY, _roll),
    Scenario("keys repeated and contradicted", _FAMILY, _repeat),
    Scenario("a family changes", _FAMILY, _change_family),
    Scenario("examine the store", _FAMILY, _check),
)
