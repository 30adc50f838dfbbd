"""A street of families with money, for faults that need real commands and no special case.

Everything is allowed everywhere, so that nothing is refused; what is sent follows from its number
alone, so that whoever knows the number can send it again. Sixteen numbers in a row make a group
that waits together: most settle, some hold, and some end what the group before began.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future
from datetime import timedelta

from benchmarks.workload import Family, Sent, families, founding, settlements
from domain.claim import ClaimRequest
from domain.ids import ClaimId, settlement_id
from domain.rules import RuleBook
from ledger import commands
from ledger.application import Application
from ledger.writer import Receipt, Reply
from policies.loader import load

GROUP = 16
ACTOR = "till-7"
WAIT = 60
"""Seconds after which an answer is not waited for any longer."""

FAMILIES: list[Family] = families(24)
BOOK: RuleBook = load()


def found(application: Application) -> None:
    """Set the street up: persons, accounts with money, families."""
    for reply in answers(application, founding(FAMILIES)):
        assert isinstance(reply, Receipt), reply


def sent(number: int, *, first: int = 0) -> Sent:
    """Give the command with a number; its group may refer to the group before, from `first` on."""
    asked = settle(number)
    before = number - GROUP >= first
    match number % GROUP:
        case 11 | 12:
            expires_at = asked.at + timedelta(days=1)
            return asked._replace(
                command=commands.AuthorizeClaim(request=request(asked), expires_at=expires_at)
            )
        case 13 if before:  # of the first hold of the group before
            return asked._replace(command=commands.Capture(claim=_claim(number - 13 - GROUP + 11)))
        case 14 if before:  # of the second
            return asked._replace(command=commands.Release(claim=_claim(number - 14 - GROUP + 12)))
        case 15 if before:  # of the first settlement of the group before
            undone = settlement_id(_claim(number - 15 - GROUP), 1)
            return asked._replace(command=commands.Cancel(settlement=undone))
        case _:
            return asked


def settle(number: int) -> Sent:
    """Give the settlement with a number."""
    (asked,) = settlements(FAMILIES, 1, first=number)
    return asked


def submit(application: Application, asked: Sent) -> Future[Reply]:
    """Hand a command over."""
    return application.submit(asked.command, key=asked.key, at=asked.at, actor=ACTOR)


def answers(application: Application, asked: Iterable[Sent]) -> list[Reply]:
    """Hand commands over together and wait for all of them."""
    waiting = [submit(application, each) for each in asked]
    return [future.result(WAIT) for future in waiting]


def _claim(number: int) -> ClaimId:
    return ClaimId(f"c{number}")


def request(asked: Sent) -> ClaimRequest:
    """Give the claim that a settlement is about."""
    assert isinstance(asked.command, commands.Settle)
    return asked.command.request
