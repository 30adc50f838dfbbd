"""Sixty-four clients with few keys: each key happens once, and everybody gets the same answer.

Some of them send another body under the same key. Whichever body comes first is the one that
counts; who sent the other one is told of the conflict.
"""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Barrier
from typing import NamedTuple

from domain.ids import MessageId
from domain.refusals import Code, Refusal
from ledger import commands
from ledger.application import Application
from ledger.check import check_store
from ledger.writer import Receipt, Reply
from tests.builders import NOON
from tests.faults.gate import PURSES, Counter, counter
from tests.faults.report import Line, Profile, Tally, in_parts
from tests.faults.street import ACTOR, WAIT
from tests.properties.invariants import Watch

PART = 10
CLIENTS = 64
KEYS = 8
BODIES = (100, 100, 100, 7)  # fen; every fourth client sends another body

REPEATED = "repeated"
CONFLICTS = "conflicts"
OUTSIDERS = "keys won by the rarer body"


class Sent(NamedTuple):
    """What one client sent and got."""

    key: str
    fen: int
    reply: Reply


def run(profile: Profile) -> Line:
    """Try 30 rounds of 64 clients (long: 3,000)."""
    runs = profile.times(short=30, long=3_000)
    tally = in_parts("duplicate_keys", profile, _part, runs=runs, part=PART)
    tally.demand(REPEATED, CONFLICTS, OUTSIDERS)
    return tally.line("duplicate keys under 64 clients", unit="rounds")


def _part(rounds: range) -> Tally:
    tally = Tally()
    with counter() as here, ThreadPoolExecutor(CLIENTS) as clients:
        watch = Watch(here.application)
        for number in rounds:
            tally.runs += 1
            try:
                tally.fired += _one_round(here, clients, number, tally)
                watch.look()
            except Exception as wrong:  # noqa: BLE001  # whatever it is, this round led to it
                tally.fail(f"round {number}", wrong)
        if problems := check_store(here.application.store):
            tally.find(f"rounds {rounds}: {problems}")
    return tally


def _one_round(here: Counter, clients: ThreadPoolExecutor, number: int, tally: Tally) -> bool:
    """Let all clients send at once; tell whether each key was sent more than once."""
    random = Random(number)
    wanted = [
        (f"k{number}-{n % KEYS}", random.choice(BODIES), random.random() < 0.5)
        for n in range(CLIENTS)
    ]
    random.shuffle(wanted)
    before, last = here.money(), here.application.store.recorder.last_position
    together = Barrier(CLIENTS)
    waiting = [
        clients.submit(_send, here.application, together, key=key, fen=fen, queued=queued)
        for key, fen, queued in wanted
    ]
    by_key = defaultdict[str, list[Sent]](list)
    for future in waiting:
        sent = future.result(WAIT)
        by_key[sent.key].append(sent)
    for key, group in by_key.items():
        fen = _check_key(key, group, tally)
        before[PURSES[0]] += fen
    assert here.money() == before, "a key happened twice, or not at all"
    causes = [event.meta.cause for _, event in here.application.store.events(last)]
    assert sorted(causes) == sorted(by_key), causes
    return len(by_key) == KEYS and all(len(group) > 1 for group in by_key.values())


def _send(application: Application, together: Barrier, *, key: str, fen: int, queued: bool) -> Sent:
    command = commands.Credit(person=PURSES[0], amount_fen=fen)
    message = MessageId(key)
    together.wait(WAIT)
    if queued:
        future = application.submit(command, key=message, at=NOON, actor=ACTOR)
        return Sent(key, fen, future.result(WAIT))
    return Sent(key, fen, application.execute(command, key=message, at=NOON, actor=ACTOR))


def _check_key(key: str, group: list[Sent], tally: Tally) -> int:
    """Hold the replies to one key against each other, and give the fen that it was about."""
    first = [sent for sent in group if isinstance(sent.reply, Receipt) and not sent.reply.replayed]
    assert len(first) == 1, f"{key} happened {len(first)} times"
    (winner,) = first
    assert isinstance(winner.reply, Receipt)
    repeated = winner.reply._replace(replayed=True)
    for sent in group:
        if sent is winner:
            continue
        if sent.fen == winner.fen:
            assert sent.reply == repeated, (sent, winner)
            tally.counts[REPEATED] += 1
        else:
            assert isinstance(sent.reply, Refusal), (sent, winner)
            assert sent.reply.code is Code.KEY_CONFLICT, (sent, winner)
            tally.counts[CONFLICTS] += 1
    tally.counts[OUTSIDERS] += winner.fen == min(BODIES)
    return winner.fen
