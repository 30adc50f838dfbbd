"""What a recorder of events can do: the library's contract, and answers beside the events."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, NamedTuple

from eventsourcing.persistence import ApplicationRecorder

from domain.ids import MessageId

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eventsourcing.persistence import StoredEvent

    from domain.text import Text


class StoredAnswer(NamedTuple):
    """What a command was answered: by its idempotency key, with the digest of its request.

    `position` is that of the command's last event (of the store's last one, if it had none).
    """

    key: MessageId
    digest: bytes
    answer: bytes
    position: int


class Recorder(ApplicationRecorder):
    """An `ApplicationRecorder` whose positions run 1, 2, 3, … without gap and are never reused.

    Any number of threads may read while one commits; they see whole commits only.
    """

    @abstractmethod
    def commit(self, events: Sequence[StoredEvent], answers: Sequence[StoredAnswer]) -> int:
        """Keep events and answers durably, all or none, and give the last position.

        Raises:
            IntegrityError: an event of that stream and version, or that key, is already there.
            StoreFull: the disk is full; nothing was kept.
            StoreError: it failed; what was kept is not known.
        """

    @abstractmethod
    def answer(self, key: MessageId) -> StoredAnswer | None:
        """Look up what a key was answered."""

    @property
    @abstractmethod
    def last_position(self) -> int:
        """The position of the last event; 0 in an empty store."""

    @abstractmethod
    def faults(self) -> Sequence[Text]:
        """Examine the medium itself (pages, indexes, the end of the history); empty if sound."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the medium. Closing twice is allowed."""
