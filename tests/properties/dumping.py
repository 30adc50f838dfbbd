"""Everything that a store holds, to be compared with what another one holds."""

from __future__ import annotations

from ledger.entries import answer_in
from ledger.store import Store


def dump(store: Store) -> tuple[list[object], dict[str, tuple[object, ...]]]:
    """Give everything that a store holds: events in order and answers by key."""
    events: list[object] = [
        (n.id, n.originator_id, n.originator_version, n.topic, n.state)
        for n in store.notifications()
    ]
    recorder = store.recorder
    answers = [answer_in(entry) for entry in recorder.entries(0, limit=recorder.end.entries)]
    return events, {answer.key: tuple(answer) for answer in answers if answer is not None}
