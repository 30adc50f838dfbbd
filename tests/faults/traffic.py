"""A small family and what it asks of the ledger: short, but of every kind that moves money."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

from benchmarks.workload import Sent
from domain.codes import Insurance, Relation, Segment
from domain.ids import ClaimId, MessageId, PersonId, PoolId, settlement_id
from domain.rules import RuleBook
from ledger import commands
from ledger.commands import Command
from tests.builders import ANY_USE, HERE, NOON, START, request, rules

BOOK = RuleBook((rules(),))
FAMILY = PoolId("family")
PARENT, CHILD = PersonId("parent"), PersonId("child")
PAIR: dict[str, Any] = {"pool": FAMILY, "grantor": PARENT, "beneficiary": CHILD}
PURSE_FEN = 1_000_000

Step = tuple[Sent, ...]
"""Commands sent together; none: the store is closed and opened again."""


def founding() -> list[Sent]:
    """Give what makes a family of a parent with an account and a child without."""
    asked = (
        commands.Enroll(person=PARENT, region=HERE, on=START),
        commands.OpenAccount(person=PARENT, on=START),
        commands.Credit(person=PARENT, amount_fen=PURSE_FEN, segment=Segment.PRIOR),
        commands.Enroll(person=CHILD, region=HERE, insurance=Insurance.RESIDENT, on=START),
        commands.OpenPool(pool=FAMILY, opener=PARENT),
        commands.Bind(**PAIR, relation=Relation.CHILD),
        commands.AuthorizeUse(**PAIR, authorization=ANY_USE),
    )
    return [sent(command, f"founding-{number}") for number, command in enumerate(asked)]


def sent(command: Command, key: str, *, minutes: int = 0) -> Sent:
    """Give a command with its key, some minutes after noon."""
    return Sent(command, MessageId(key), NOON + timedelta(minutes=minutes))


def settle(claim: str, own_fen: int) -> Command:
    """Settle a claim of the child's, which the parent's account pays."""
    return commands.Settle(request=request(claim, CHILD, own_fen=own_fen))


def authorize(claim: str, own_fen: int, *, minutes: int) -> Command:
    """Hold money for a claim of the child's until some minutes after noon."""
    return commands.AuthorizeClaim(
        request=request(claim, CHILD, own_fen=own_fen),
        expires_at=NOON + timedelta(minutes=minutes),
    )


def capture(claim: str) -> Command:
    """Settle a held claim."""
    return commands.Capture(claim=ClaimId(claim))


def cancel(claim: str) -> Command:
    """Cancel a claim's first settlement."""
    return commands.Cancel(settlement=settlement_id(ClaimId(claim), 1))


def steps(random: Random, count: int) -> list[Step]:
    """Give steps of which none is refused: alone, in groups, and with a break in the middle."""
    made: list[Step] = []
    settled: list[str] = []
    for number in range(count):
        name = f"{number}"
        kinds = ("alone", "together", "held", "cancelled") if settled else ("alone", "together")
        match random.choice(kinds):
            case "alone":
                asked = [settle(name, random.randint(1, 500))]
                settled.append(name)
            case "together":
                several = [f"{name}-{n}" for n in range(random.randint(3, 6))]
                asked = [settle(one, random.randint(1, 500)) for one in several]
                settled += several
            case "held":
                asked = [authorize(name, random.randint(1, 500), minutes=10_000), capture(name)]
            case _:
                asked = [cancel(settled.pop(random.randrange(len(settled))))]
        made.append(
            tuple(sent(it, f"step{name}.{n}", minutes=number) for n, it in enumerate(asked))
        )
    made.insert(count // 2, ())
    return made
