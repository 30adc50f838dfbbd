"""How much of the history no checkpoint covers that left the house: by receiver, and in all.

Somebody with the log's key can rewrite what lies behind the last checkpoint that was handed over,
and nothing shows it. So the window is a number, to be kept small.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from domain.sealing import LEDGER, CheckpointHandedOver

if TYPE_CHECKING:
    from datetime import datetime

    from ledger.store import Store


class HandOver(NamedTuple):
    """The largest checkpoint that somebody was given, and what has come since.

    `position` is that of the last event it covers; `open_entries` and `open_events` are not
    covered. The hand-over itself is among them.
    """

    receiver: str
    entries: int
    position: int
    handed_over_at: datetime
    open_entries: int
    open_events: int


def hand_overs(store: Store) -> list[HandOver]:
    """Give the largest checkpoint of each receiver, the one that covers most first."""
    end = store.recorder.end
    newest: dict[str, tuple[int, datetime]] = {}
    for event in store.stream(LEDGER):
        fact = event.fact
        if isinstance(fact, CheckpointHandedOver):
            known = newest.get(fact.receiver, (0, event.meta.recorded_at))
            newest[fact.receiver] = max(known, (fact.entries, event.meta.recorded_at))
    found = []
    for receiver, (entries, at) in newest.items():
        position = store.recorder.entry(entries).last if entries else 0
        left = end.entries - entries, end.events - position
        found.append(HandOver(receiver, entries, position, at, *left))
    return sorted(found, key=lambda each: (-each.entries, each.receiver))
