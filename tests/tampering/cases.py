"""What is tampered with: a random history, its signed package, and a checkpoint kept on the way."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any

from ledger import store as stores
from ledger.application import Application
from policies.loader import load
from simulation.random_history import generate
from tests.tampering.pack import EVERYTHING, Lines, Members, Signer, members_of, zipped

OPERATIONS = 160
ORIGIN = "gongji-ledger/00c0ffee"
REAL, FORGED = Signer("real", ORIGIN), Signer("forged", ORIGIN)


class NotFired(Exception):  # noqa: N818  # nothing is wrong: this history has nothing of the kind
    """A history has nothing that this kind of tampering could change."""


def history(seed: int) -> list[Lines]:
    """Make a random history with the real ledger, and give its entries as they are stored."""
    store = stores.memory()
    with Application(store, load()) as application:
        generate(application, seed=seed, operations=OPERATIONS)
    kept = store.recorder.entries(0, limit=OPERATIONS)
    return [tuple(each.body.rstrip(b"\n").split(b"\n")) for each in kept]


@dataclass(frozen=True)
class Case:
    """One history under attack. The auditor kept a checkpoint of its first half."""

    seed: int
    entries: list[Lines]
    random: Random

    @property
    def half(self) -> int:
        """The size of the checkpoint that the auditor kept."""
        return len(self.entries) // 2

    @property
    def kept(self) -> bytes:
        """The checkpoint that the auditor kept."""
        return REAL.checkpoint(self.entries[: self.half])

    @cached_property
    def members(self) -> Members:
        """The members of the honest package of everything."""
        return members_of(self.entries, REAL)

    @cached_property
    def honest(self) -> bytes:
        """The honest package of everything."""
        return zipped(self.members)

    @cached_property
    def scope(self) -> Mapping[str, str]:
        """The account of whoever has the most entries."""
        people: dict[str, int] = {}
        for _, (kind, key), _ in self.events():
            if kind == "person":
                people[key] = people.get(key, 0) + 1
        return {"kind": "account", "person": max(sorted(people), key=people.__getitem__)}

    def of_account(self, entries: list[Lines] | None = None) -> Members:
        """Give the package of that account, with the proof that it extends the kept checkpoint."""
        entries = self.entries if entries is None else entries
        return members_of(entries, REAL, scope=self.scope, kept=[self.half])

    def signed(self, entries: list[Lines]) -> bytes:
        """Give a package over other entries, signed with the real key."""
        return zipped(members_of(entries, REAL, scope=EVERYTHING))

    def events(self) -> list[tuple[tuple[int, int], tuple[str, str], dict[str, Any]]]:
        """Give every event: where it stands (entry and line), its stream, its fact."""
        return [
            ((number, place), tuple(event["stream"]), event["fact"])
            for number, lines in enumerate(self.entries)
            for place, event in enumerate(map(json.loads, lines[2:]), 2)
        ]

    def find(
        self,
        fits: Callable[[dict[str, Any]], bool],
        *,
        among: tuple[int, int] | None = None,
    ) -> tuple[int, int]:
        """Draw an event whose fact fits, among entries from one index up to another."""
        first, end = among or (0, len(self.entries))
        found = [at for at, _, fact in self.events() if first <= at[0] < end and fits(fact)]
        if not found:
            raise NotFired
        return self.random.choice(found)

    def with_line(self, at: tuple[int, int], line: bytes) -> list[Lines]:
        """Give the entries with another line in one place."""
        number, place = at
        lines = list(self.entries[number])
        lines[place] = line
        return [*self.entries[:number], tuple(lines), *self.entries[number + 1 :]]

    def with_fact(self, at: tuple[int, int], change: Callable[[dict[str, Any]], None]) -> list[Lines]:
        """Give the entries with one fact changed and written as the ledger writes."""
        event = json.loads(self.entries[at[0]][at[1]])
        change(event["fact"])
        return self.with_line(at, compact(event))


def compact(value: object) -> bytes:
    """Write JSON as the ledger does."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def numbered(entries: list[Lines]) -> list[Lines]:
    """Number entries and positions anew."""
    last, anew = 0, []
    for number, (head, *rest) in enumerate(entries, 1):
        last += len(rest) - 1
        anew.append((compact({**json.loads(head), "entry": number, "last": last}), *rest))
    return anew
