"""A random history: mixed operations drawn from a seed, sent to a ledger one after the other.

The same seed sends the same commands at the same instants, so the store receives the same
bytes. Every seed has its own mix of operations, areas and pace (swarm testing: a run that never
unbinds reaches states that an average run does not).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from domain.claim import Allocation, ClaimRequest
from domain.ids import MessageId, RegionCode
from domain.refusals import Refusal
from domain.rules import RuleBook
from domain.time import service_date_of
from ledger.application import Application
from ledger.commands import Command
from ledger.writer import Receipt, Reply
from simulation.cast import Cast, Sent
from simulation.operations import OPERATIONS

STARTS = (datetime(2025, 11, 20, 1, tzinfo=UTC), datetime(2026, 1, 12, 1, tzinfo=UTC))
"""While the national wallet sends money, and since it freezes quotas."""

ACTOR = "simulator"

_CANDIDATES = 16  # of whose rules a history chooses; reading those of all areas takes longer

_FOUNDING = (
    *("enroll",) * 6,
    *("open account",) * 6,
    *("open wallet",) * 5,
    *("credit",) * 8,
    *("open pool",) * 2,
    *("bind",) * 10,
    *("review",) * 4,
    *("authorize use",) * 8,
)
_PACES = (
    (timedelta(minutes=1),),
    (timedelta(minutes=1), timedelta(minutes=5), timedelta(hours=3), timedelta(days=1)),
    (timedelta(minutes=1), timedelta(minutes=1), timedelta(days=3), timedelta(days=30)),
    (*(timedelta(minutes=1),) * 12, timedelta(days=40), timedelta(days=370)),
)


class Played(NamedTuple):
    """One step: what was asked and what was answered. A quote is a request without a key."""

    number: int
    operation: str
    asked: Command | ClaimRequest
    key: MessageId
    at: datetime
    reply: Reply | Allocation

    @property
    def outcome(self) -> str:
        """Give "accepted", "repeated", or the code of the refusal."""
        match self.reply:
            case Refusal():
                return self.reply.code.value
            case Receipt(replayed=True):
                return "repeated"
            case _:
                return "accepted"

    def __str__(self) -> str:
        asked = msgspec.json.encode(self.asked).decode()
        return f"{self.number:>5} {self.at:%Y-%m-%dT%H:%M} {self.operation} {asked} {self.outcome}"


@dataclass
class Summary:
    """How often each operation had each outcome."""

    seed: int
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)

    def count(self, played: Played) -> None:
        """Count one step."""
        self.outcomes[played.operation, played.outcome] += 1

    @property
    def operations(self) -> int:
        """Give the number of steps."""
        return self.outcomes.total()

    @property
    def accepted(self) -> int:
        """Give the number of steps that were neither refused nor repetitions."""
        return sum(times for (_, outcome), times in self.outcomes.items() if outcome == "accepted")


def generate(application: Application, *, seed: int, operations: int) -> Summary:
    """Send a whole random history to a ledger, usually an empty one, and count the outcomes."""
    summary = Summary(seed)
    for played in play(application, seed=seed, operations=operations):
        summary.count(played)
    return summary


def play(application: Application, *, seed: int, operations: int) -> Iterator[Played]:
    """Send a random history step by step. Whoever iterates may look at the ledger in between."""
    random = Random(seed)
    start = random.choice(STARTS)
    areas = _areas(random, application.book, service_date_of(start))
    cast = Cast(random, application, areas, start)
    names, weights = _mix(random)
    pace = random.choice(_PACES)
    founding = list(_FOUNDING)
    for number in range(1, operations + 1):
        cast.now += random.choice(pace)
        if founding:
            name = founding.pop(0)
        else:
            (name,) = random.choices(names, weights)
        yield _step(cast, number, name)


def _areas(random: Random, book: RuleBook, day: date) -> Sequence[RegionCode]:
    """Draw up to three areas: of different kinds, rare or common alike, or neighbours."""
    known = book.regions()
    kinds: defaultdict[object, list[RegionCode]] = defaultdict(list)
    for region in random.sample(known, min(len(known), _CANDIDATES)):
        kinds[_kind(book, region, day)].append(region)
    of_each = random.sample(list(kinds.values()), len(kinds))
    drawn = [random.choice(of_each[0])]
    for place in range(1, random.choice((1, 2, 3))):
        near = [region for region in known if region[:2] == drawn[0][:2]]
        nearby = random.randrange(3) == 0
        drawn.append(random.choice(near if nearby else of_each[place % len(of_each)]))
    return list(dict.fromkeys(drawn))


def _kind(book: RuleBook, region: RegionCode, day: date) -> object:
    """Tell areas apart by how money reaches relatives there."""
    rules = book.resolve(region, day)
    if isinstance(rules, Refusal):
        return None
    return rules.pool.funding, rules.claim.till, rules.wallet.model


def _mix(random: Random) -> tuple[list[str], list[int]]:
    """Draw this history's own weights: some operations never, others often."""
    weights = {
        name: usual * random.choice((0, 1, 1, 2, 5)) for name, (usual, _) in OPERATIONS.items()
    }
    everything = sum(weights.values())
    weights["settle"] += everything // 3  # whatever else happens, somebody falls ill
    weights["authorize claim"] += everything // 8
    weights |= {"repeat": random.choice((5, 25)), "contradict": random.choice((5, 15))}
    return list(weights), list(weights.values())


def _step(cast: Cast, number: int, name: str) -> Played:
    key, asked = _choose(cast, MessageId(f"M{number}"), name)
    at = cast.now - timedelta(days=1) if cast.rarely(2) else cast.now  # a clock may be behind
    if isinstance(asked, ClaimRequest):
        return Played(number, name, asked, key, at, cast.application.quote(asked, at=at))
    reply = cast.application.execute(asked, key=key, at=at, actor=ACTOR)
    if isinstance(reply, Receipt) and not reply.replayed:
        cast.sent.append(Sent(key, asked))
    return Played(number, name, asked, key, at, reply)


def _choose(cast: Cast, key: MessageId, name: str) -> tuple[MessageId, Command | ClaimRequest]:
    """Choose the key and the command of a step."""
    if name == "repeat" and cast.sent:
        sent = cast.one_of(cast.sent)
        return sent.key, sent.command
    if name == "contradict" and cast.sent:
        sent = cast.one_of(cast.sent)
        return sent.key, replace(sent.command, note="another body")
    _, choose = OPERATIONS.get(name, OPERATIONS["credit"])
    asked = choose(cast)
    if cast.voided and name in {"settle", "authorize claim", "capture"} and cast.rarely():
        return cast.voided.pop(), asked  # the message arrives after all
    return MessageId("no id") if cast.rarely(1) else key, asked
