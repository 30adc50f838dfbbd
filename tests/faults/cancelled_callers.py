"""Callers that no longer wait: the others are answered; their own command happened, or never did.

Half of them give up while their group still queues, half when it may be under way. One half
holds a future of its own, the other awaits it in a task of asyncio.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from random import Random
from typing import Any

from domain.refusals import Refusal
from ledger import commands
from ledger.check import check_store
from ledger.writer import Receipt, Reply
from tests.faults.gate import PURSES, Counter, counter
from tests.faults.report import Line, Profile, Tally, in_parts
from tests.faults.street import WAIT
from tests.properties.invariants import Watch

PART = 20
CALLERS = 48
LONGEST = 0.02  # seconds until the last one has given up

SETTLED = "given up and had happened"
NEVER = "given up and never happened"
TOO_LATE = "wanted to give up and were answered"

Asked = tuple[str, commands.Credit]


def run(profile: Profile) -> Line:
    """Try 60 groups (long: 6,000)."""
    runs = profile.times(short=60, long=6_000)
    tally = in_parts("cancelled_callers", profile, _part, runs=runs, part=PART)
    tally.demand(SETTLED, NEVER)
    return tally.line("callers that give up", unit="groups")


def _part(rounds: range) -> Tally:
    tally = Tally()
    with counter() as here:
        watch = Watch(here.application)
        for number in rounds:
            tally.runs += 1
            try:
                tally.fired += _one_group(here, number, tally)
                watch.look()
            except AssertionError as wrong:
                tally.find(f"group {number}: {wrong}")
        if problems := check_store(here.application.store):
            tally.find(f"groups {rounds}: {problems}")
    return tally


def _one_group(here: Counter, number: int, tally: Tally) -> bool:
    """Let some callers give up, and ask for everybody's outcome; tell whether somebody did."""
    random = Random(number)
    asked: list[Asked] = [
        (
            f"k{number}-{n}",
            commands.Credit(person=random.choice(PURSES), amount_fen=random.randint(1, 500)),
        )
        for n in range(CALLERS)
    ]
    before = here.money()
    heard = asyncio.run(_call(here, asked, random))
    given_up = 0
    for (key, command), reply in zip(asked, heard, strict=True):
        first = here.submit(command, key).result(WAIT)
        again = here.submit(command, key).result(WAIT)
        assert isinstance(first, Receipt), first
        assert again == first._replace(replayed=True), (first, again)
        before[command.person] += command.amount_fen
        if reply is None:
            given_up += 1
            tally.counts[SETTLED if first.replayed else NEVER] += 1
        else:
            assert isinstance(reply, Receipt), reply
            assert reply._replace(replayed=True) == first, (reply, first)
    assert here.money() == before, "something happened twice, or not at all"
    return given_up > 0


async def _call(here: Counter, asked: list[Asked], random: Random) -> list[Reply | None]:
    """Submit as one group, let some give up, and give what the others hear; None: gave up."""
    quitters = random.sample(range(CALLERS), CALLERS // 2)
    early = quitters[: CALLERS // 4]
    with here.held_up():
        futures = [here.submit(command, key) for key, command in asked]
        waiting = [
            asyncio.ensure_future(_wait(future)) if n % 2 else future
            for n, future in enumerate(futures)
        ]
        await asyncio.sleep(0)  # now the tasks wait
        _give_up(waiting, early)
        await asyncio.sleep(0)  # and those that are cancelled know it
        assert all(futures[n].cancelled() for n in early), "had not begun, and was not skipped"
    for n in quitters[CALLERS // 4 :]:
        await asyncio.sleep(random.uniform(0, LONGEST * 4 / CALLERS))
        _give_up(waiting, [n])
    return [await _heard(each) for each in waiting]


async def _wait(future: Future[Reply]) -> Reply:
    return await asyncio.wrap_future(future)


def _give_up(waiting: list[Any], numbers: list[int]) -> None:
    for n in numbers:
        waiting[n].cancel()


async def _heard(waiting: Future[Reply] | asyncio.Task[Reply]) -> Reply | None:
    """Give what a caller hears in the end."""
    future = asyncio.wrap_future(waiting) if isinstance(waiting, Future) else waiting
    try:
        reply = await future
    except asyncio.CancelledError:
        return None
    assert not isinstance(reply, Refusal), reply
    return reply
