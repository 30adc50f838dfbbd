"""A section of the report: authorize, then capture, as when a claim is settled in two steps."""

from __future__ import annotations

from typing import NamedTuple

from benchmarks.books import Till, check_money, founded, serving
from benchmarks.clients import Run, Runs, drive
from benchmarks.figures import Spread, spread
from benchmarks.setting import MANY, Setting, Size
from benchmarks.workload import authorizations, captures, families, own_fen
from domain.text import Text


class Holding(NamedTuple):
    """Authorizations and captures of the same claims, run by run."""

    authorized: Runs
    captured: Runs

    @property
    def cycles_per_second(self) -> Spread:
        """Give claims that were held and captured, a second of both times together."""
        both = zip(self.authorized.runs, self.captured.runs, strict=True)
        return spread(
            held.settlements * 10**9 // max(held.elapsed_ns + paid.elapsed_ns, 1)
            for held, paid in both
        )


def measure(size: Size, setting: Setting) -> Holding:
    """Hold all claims, then capture all of them, as often as asked."""
    path = founded(setting, size.persons, name="holding")
    held, captured = [], []
    with serving(path, setting.book, known=families(size.persons)) as till:
        for number in range(1, size.repeat + 1):
            setting.tell(
                Text(f"预授权与请款，第 {number} 轮", f"authorizing and capturing, round {number}")
            )
            one, other = cycles(till, size.cycles)
            held.append(one)
            captured.append(other)
    return Holding(Runs(tuple(held)), Runs(tuple(captured)))


def cycles(till: Till, count: int) -> tuple[Run, Run]:
    """Hold so many claims, then capture them; in between all of their money is on hold.

    Raises:
        MoneyAstray: it was not, or it was not paid in the end.
    """
    first = till.take(count)
    requests = authorizations(till.known, count, first=first)
    asked_fen, before_fen = own_fen(requests), till.paid_fen(till.known)
    held = drive(till.send, requests, clients=MANY)
    check_money(asked_fen=asked_fen, found_fen=till.held_fen(till.known))
    captured = drive(till.send, captures(count, first=first), clients=MANY)
    check_money(asked_fen=0, found_fen=till.held_fen(till.known))
    check_money(asked_fen=asked_fen, found_fen=till.paid_fen(till.known) - before_fen)
    return held, captured
