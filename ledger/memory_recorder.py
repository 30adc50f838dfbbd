"""Events in memory: for tests, simulations and throw-away stores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventsourcing.persistence import IntegrityError
from eventsourcing.popo import POPOApplicationRecorder

from ledger.recorders import Recorder, StoredAnswer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eventsourcing.persistence import StoredEvent

    from domain.ids import MessageId
    from domain.text import Text


class MemoryRecorder(POPOApplicationRecorder, Recorder):
    """The library's recorder of plain Python objects, with answers beside the events."""

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self._answers: dict[MessageId, StoredAnswer] = {}

    def commit(self, events: Sequence[StoredEvent], answers: Sequence[StoredAnswer]) -> int:
        """Keep events and answers, all or none, and give the last position."""
        new = {answer.key: answer for answer in answers}
        with self._database_lock:
            if len(new) < len(answers) or not self._answers.keys().isdisjoint(new):
                msg = f"a key is already answered, among {sorted(new)}"
                raise IntegrityError(msg)
            self.insert_events(events)
            self._answers.update(new)
            return self.last_position

    def answer(self, key: MessageId) -> StoredAnswer | None:
        """Look up what a key was answered."""
        return self._answers.get(key)

    @property
    def last_position(self) -> int:
        """The position of the last event; 0 in an empty store."""
        return self.max_notification_id() or 0

    def faults(self) -> Sequence[Text]:
        """Find nothing: memory has no pages to be damaged."""
        return ()

    def close(self) -> None:
        """Keep everything: the events live as long as the object."""
