"""Two threads, one outcome: pairs of commands that exclude each other, sent at the same instant.

Each race is run many times on a fresh family, through `submit` and through `execute`, with small
random delays. Exactly one side wins, the other one hears why not, every invariant that needs no
order holds, and over the whole run each side has won: otherwise there was no race.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from threading import Barrier
from time import perf_counter_ns
from typing import Any, NamedTuple

from domain.claim import Claim
from domain.codes import Relation
from domain.ids import ClaimId, MessageId, PersonId, PoolId
from domain.rules import RuleBook
from ledger import commands
from ledger import store as stores
from ledger.application import Application
from ledger.check import check_store
from ledger.commands import Command
from ledger.writer import Receipt, Reply
from tests.builders import ANY_USE, HERE, NOON, START, rules
from tests.faults.report import Line, Profile, Tally, in_parts
from tests.faults.street import ACTOR, WAIT
from tests.properties.invariants import Watch

PART = 50
MOMENT = 100_000  # nanoseconds that a side may come later
SWITCH = 0.000_01  # seconds until Python lets the other thread run
YUAN = 100  # fen

BOOK = RuleBook([rules()])


class Family(NamedTuple):
    """A grantor with one yuan and two relatives with accounts of nothing."""

    number: int
    application: Application

    def person(self, role: str) -> PersonId:
        """Give somebody by role: "grantor", "one", "other"."""
        return PersonId(f"{role}{self.number}")

    def claim_id(self, name: str) -> ClaimId:
        """Give one of the family's claims."""
        return ClaimId(f"{name}{self.number}")

    def claim(self, name: str) -> Claim:
        """Give one of the family's claims as it stands."""
        found = self.application.claim(self.claim_id(name))
        assert found is not None
        return found

    def grantor_has(self) -> tuple[int, int]:
        """Give what the grantor has available and held, fen."""
        grantor = self.application.person(self.person("grantor"))
        assert grantor is not None
        assert grantor.account is not None
        return grantor.account.available.total_fen, grantor.account.held.total_fen

    def relation(self, role: str) -> dict[str, Any]:
        """Give the relation of the grantor and one relative, in the fields of commands."""
        pool = PoolId(f"family{self.number}")
        grantor, beneficiary = self.person("grantor"), self.person(role)
        return {"pool": pool, "grantor": grantor, "beneficiary": beneficiary}


class Side(NamedTuple):
    """What one thread sends."""

    command: Command
    at: datetime = NOON


class Race(NamedTuple):
    """A race: what is done before, what the two sides send, and who has won.

    `judge` gives the number of the winner, 0 or 1, and raises AssertionError where there is not
    exactly one or the loser has heard the wrong thing.
    """

    name: str
    before: Callable[[Family], list[Command]]
    sides: Callable[[Family], tuple[Side, Side]]
    judge: Callable[[Family, tuple[Reply, Reply]], int]
    words: tuple[str, str]  # of the winners


def run(fault: str, race: Race, profile: Profile) -> Line:
    """Run a race 200 times (long: 10,000 times)."""
    runs = profile.times(short=200, long=10_000)
    tally = in_parts(fault, profile, lambda rounds: _part(race, rounds), runs=runs, part=PART)
    tally.demand(*race.words)
    return tally.line(race.name, unit="races")


def _part(race: Race, rounds: range) -> Tally:
    tally = Tally()
    with TemporaryDirectory(prefix="races-") as folder:
        path = Path(folder) / "store"
        stores.init(path)
        with (
            stores.open_writer(path) as store,
            Application(store, BOOK) as application,
            ThreadPoolExecutor(2) as threads,
            _impatient(),
        ):
            watch = Watch(application)
            families = [Family(number, application) for number in rounds]
            _found(families, race)
            for family in families:
                tally.runs += 1
                try:
                    winner = race.judge(family, _start(race.sides(family), family, threads))
                    watch.look()
                except Exception as wrong:  # noqa: BLE001  # whatever it is, this race led to it
                    tally.fail(f"race {family.number}", wrong)
                else:
                    tally.fired += 1
                    tally.counts[race.words[winner]] += 1
            if problems := check_store(store):
                tally.find(f"races {rounds}: {problems}")
    return tally


def _found(families: list[Family], race: Race) -> None:
    """Set the families up and do what comes before the race."""
    waiting = [
        family.application.submit(
            command, key=MessageId(f"f{family.number}-{n}"), at=NOON, actor=ACTOR
        )
        for family in families
        for n, command in enumerate([*_founding(family), *race.before(family)])
    ]
    for future in waiting:
        reply = future.result(WAIT)
        assert isinstance(reply, Receipt), reply


def _founding(family: Family) -> list[Command]:
    grantor = family.person("grantor")
    founding: list[Command] = []
    for role in ("grantor", "one", "other"):
        founding.append(commands.Enroll(person=family.person(role), region=HERE, on=START))
        founding.append(commands.OpenAccount(person=family.person(role), on=START))
    founding.append(commands.Credit(person=grantor, amount_fen=YUAN))
    pool = PoolId(f"family{family.number}")
    founding.append(commands.OpenPool(pool=pool, opener=grantor, on=START))
    for role in ("one", "other"):
        relation = family.relation(role)
        founding.append(commands.Bind(**relation, relation=Relation.PARENT, on=START))
        founding.append(commands.AuthorizeUse(**relation, authorization=ANY_USE, on=START))
    return founding


def _start(
    sides: tuple[Side, Side], family: Family, threads: ThreadPoolExecutor
) -> tuple[Reply, Reply]:
    """Let both sides send at once, and wait for both."""
    random = Random(family.number)
    together, queued = Barrier(2), random.random() < 0.5
    delays = [random.randrange(MOMENT), random.randrange(MOMENT)]

    def send(number: int) -> Reply:
        side, key = sides[number], MessageId(f"r{family.number}-{number}")
        together.wait(WAIT)
        start = perf_counter_ns() + delays[number]
        while perf_counter_ns() < start:
            pass
        if queued:
            future = family.application.submit(side.command, key=key, at=side.at, actor=ACTOR)
            return future.result(WAIT)
        return family.application.execute(side.command, key=key, at=side.at, actor=ACTOR)

    first = random.randrange(2)  # who comes last to the barrier is the first to leave it
    waiting = {number: threads.submit(send, number) for number in (first, 1 - first)}
    return waiting[0].result(WAIT), waiting[1].result(WAIT)


@contextmanager
def _impatient() -> Iterator[None]:
    """Let threads take turns much more often than usual."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)
