"""Callers that no longer wait: the others are answered; their own command happened, or never did.

A third of them give up while their group still queues, a third while it is under way, and a
third when it may be committing. Every other one awaits the answer in a task of asyncio.
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
GIVE_UP = 8  # at each of the three moments
LONGEST = 0.002  # seconds between two of those that give up last

SETTLED = "given up and had happened"
NEVER = "given up and never happened"

Asked = tuple[str, commands.Credit]


def run(profile: Profile) -> Line:
    """Try 60 groups (long: 3,000)."""
    runs = profile.times(short=60, long=3_000)
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
            except Exception as wrong:  # noqa: BLE001  # whatever it is, this group led to it
                tally.fail(f"group {number}", wrong)
        if problems := check_store(here.application.store):
            tally.find(f"groups {rounds}: {problems}")
    return tally


def _one_group(here: Counter, number: int, tally: Tally) -> bool:
    """Let some callers give up, and ask for everybody's outcome; tell whether they did."""
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
    for (key, command), reply in zip(asked, heard, strict=True):
        first = here.submit(command, key).result(WAIT)
        again = here.submit(command, key).result(WAIT)
        assert isinstance(first, Receipt), first
        assert again == first._replace(replayed=True), (first, again)
        before[command.person] += command.amount_fen
        if reply is None:
            tally.counts[SETTLED if first.replayed else NEVER] += 1
        else:
            assert isinstance(reply, Receipt), reply
            assert reply._replace(replayed=True) == first, (reply, first)
    assert here.money() == before, "something happened twice, or not at all"
    return heard.count(None) >= GIVE_UP


async def _call(here: Counter, asked: list[Asked], random: Random) -> list[Reply | None]:
    """Submit as one group, let some give up, and give what the others hear; None: gave up."""
    quitters = random.sample(range(CALLERS), 3 * GIVE_UP)
    with here.held_up():
        futures = [here.submit(command, key) for key, command in asked]
        waiting = [
            asyncio.ensure_future(_wait(future)) if n % 2 else future
            for n, future in enumerate(futures)
        ]
        await asyncio.sleep(0)  # now the tasks wait
        await _give_up(waiting, quitters[:GIVE_UP])
        skipped = {n for n, future in enumerate(futures) if future.cancelled()}
        assert skipped == set(quitters[:GIVE_UP]), "had not begun, and was not skipped"
        with here.under_way():
            await _give_up(waiting, quitters[GIVE_UP : 2 * GIVE_UP])
            assert not any(futures[n].cancelled() for n in quitters[GIVE_UP:])
    for n in quitters[2 * GIVE_UP :]:
        await asyncio.sleep(random.uniform(0, LONGEST))
        await _give_up(waiting, [n])
    return [await _heard(each) for each in waiting]


async def _wait(future: Future[Reply]) -> Reply:
    return await asyncio.wrap_future(future)


async def _give_up(waiting: list[Any], numbers: list[int]) -> None:
    for n in numbers:
        waiting[n].cancel()
    await asyncio.sleep(0)  # now the tasks have told their futures


async def _heard(waiting: Future[Reply] | asyncio.Task[Reply]) -> Reply | None:
    """Give what a caller hears in the end."""
    future = asyncio.wrap_future(waiting) if isinstance(waiting, Future) else waiting
    try:
        reply = await future
    except asyncio.CancelledError:
        return None
    assert not isinstance(reply, Refusal), reply
    return reply
