"""Bad commands among good ones in a group concern nobody but their own caller."""

from __future__ import annotations

from collections import Counter as Times
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime
from random import Random

from domain.claim import ClaimRequest
from domain.ids import ClaimId, MessageId, PersonId
from domain.refusals import Code, Refusal
from ledger import commands
from ledger.check import check_store
from ledger.writer import Receipt, Reply
from tests.builders import HERE, NOON, START, line, request
from tests.faults.gate import IN_THE_TRAP, PURSES, Counter, Sprung, counter
from tests.faults.report import Line, Profile, Tally, in_parts
from tests.faults.street import ACTOR, WAIT
from tests.properties.invariants import Watch

PART = 20
GOOD, BAD = 24, 8
"""How many commands of each sort are in a group."""


def run(profile: Profile) -> Line:
    """Try 100 groups (long: 10,000)."""
    runs = profile.times(short=100, long=10_000)
    tally = in_parts("bad_commands", profile, _part, runs=runs, part=PART)
    tally.demand(*BAD_ONES)
    return tally.line("bad commands in a group", unit="groups")


def _part(rounds: range) -> Tally:
    tally = Tally()
    with counter() as here:
        watch = Watch(here.application)
        for number in rounds:
            tally.runs += 1
            try:
                bad = _one_group(here, number)
                watch.look()
            except Exception as wrong:  # noqa: BLE001  # whatever it is, this group led to it
                tally.fail(f"group {number}", wrong)
            else:
                tally.fired += bad.total() == BAD
                tally.counts.update(bad)
        if problems := check_store(here.application.store):
            tally.find(f"groups {rounds}: {problems}")
    return tally


def _one_group(here: Counter, number: int) -> Times[str]:
    """Let good and bad commands wait together, and look at what each caller gets."""
    random = Random(number)
    good = [(random.choice(PURSES), random.randint(1, 500)) for _ in range(GOOD)]
    bad = random.choices(list(BAD_ONES), k=BAD)
    order = random.sample(range(GOOD + BAD), GOOD + BAD)
    before, waiting = here.money(), dict[int, Future[Reply]]()
    with here.held_up():
        for place in order:
            key = f"k{number}-{place}"
            if place < GOOD:
                person, fen = good[place]
                waiting[place] = here.submit(commands.Credit(person=person, amount_fen=fen), key)
            else:
                waiting[place] = BAD_ONES[bad[place - GOOD]][0](here, key)
    receipts = [waiting[place].result(WAIT) for place in range(GOOD)]
    for place, name in enumerate(bad, GOOD):
        _check_outcome(name, waiting[place])
        assert here.application.store.recorder.answer(MessageId(f"k{number}-{place}")) is None
    assert all(isinstance(reply, Receipt) and not reply.replayed for reply in receipts), receipts
    for person, fen in good:
        before[person] += fen
    assert here.money() == before
    return Times(bad)


def _check_outcome(name: str, future: Future[Reply]) -> None:
    """Hold what a caller got against what its kind of bad command comes to."""
    due = BAD_ONES[name][1]
    error = future.exception(WAIT)
    if isinstance(due, Code):
        assert error is None, f"{name}: {error!r}"
        reply = future.result()
        assert isinstance(reply, Refusal), f"{name}: {reply}"
        assert reply.code is due, f"{name}: {reply}"
    else:
        assert isinstance(error, due), f"{name}: {error!r}"


# ------------------------------------------------------------------------------- kinds of bad ones


def _sprung(here: Counter, key: str) -> Future[Reply]:
    return here.submit(commands.OpenAccount(person=IN_THE_TRAP, on=START), key)


def _refused(here: Counter, key: str) -> Future[Reply]:
    return here.submit(commands.TakeBack(person=PURSES[0], amount_fen=10**9), key)


def _unknown(here: Counter, key: str) -> Future[Reply]:
    return here.submit(commands.Release(claim=ClaimId(key)), key)


def _malformed_key(here: Counter, key: str) -> Future[Reply]:
    return here.submit(commands.Credit(person=PURSES[0], amount_fen=1), f"{key} with blanks")


def _malformed_claim(here: Counter, key: str) -> Future[Reply]:
    lines = (line(1, 100), line(1, 100))  # one number, twice
    return here.submit(commands.Settle(request=request(key, PURSES[0], lines=lines)), key)


def _malformed_id(here: Counter, key: str) -> Future[Reply]:
    asked: ClaimRequest = request("no/claim", PURSES[0], own_fen=1)
    return here.submit(commands.Settle(request=asked), key)


def _not_text(here: Counter, key: str) -> Future[Reply]:
    """Send a text that has no bytes in UTF-8."""
    command = commands.Credit(person=PURSES[0], amount_fen=1)
    return here.application.submit(command, key=MessageId(key), at=NOON, actor="\ud800")


def _no_zone(here: Counter, key: str) -> Future[Reply]:
    """Send an instant that does not say where it is noon."""
    command, at = commands.Enroll(person=PersonId(key), region=HERE), datetime(2026, 3, 2, 12)  # noqa: DTZ001  # that is what is wrong
    return here.application.submit(command, key=MessageId(key), at=at, actor=ACTOR)


Send = Callable[[Counter, str], "Future[Reply]"]

BAD_ONES: dict[str, tuple[Send, Code | type[Exception]]] = {
    "exceptions": (_sprung, Sprung),
    "refusals": (_refused, Code.INSUFFICIENT),
    "unknown claims": (_unknown, Code.UNKNOWN_CLAIM),
    "malformed keys": (_malformed_key, Code.MALFORMED_KEY),
    "malformed claims": (_malformed_claim, Code.LINES_MALFORMED),
    "malformed ids": (_malformed_id, Code.MALFORMED_ID),
    "unwritable texts": (_not_text, ValueError),
    "naive instants": (_no_zone, AssertionError),
}
"""How to send each kind of bad command, and what its caller gets."""
