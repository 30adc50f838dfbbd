"""Following a history as it grows, for readers in the writer's process or in another."""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from threading import Event
from typing import TYPE_CHECKING

from eventsourcing.persistence import ApplicationRecorder, Notification, Subscription

if TYPE_CHECKING:
    from collections.abc import Sequence

PAGE = 500  # events
PAUSE = timedelta(milliseconds=50)  # between looks at a history that has not grown


class PollingSubscription(Subscription[ApplicationRecorder]):
    """Every event after a position, then each new one; blocks in between, until `stop`."""

    def __init__(
        self, recorder: ApplicationRecorder, *, gt: int | None = None, topics: Sequence[str] = ()
    ) -> None:
        """Follow the events of a recorder after position `gt`, of all topics or of some."""
        super().__init__(recorder, gt, topics)
        self._page: deque[Notification] = deque()
        self._stopping = Event()

    def stop(self) -> None:
        """End the iteration, also one that is blocked in another thread."""
        super().stop()
        self._stopping.set()

    def __next__(self) -> Notification:
        """Give the next event."""
        while not self._stopping.is_set():
            if self._page:
                following = self._page.popleft()
                self._last_notification_id = following.id
                return following
            self._page.extend(
                self._recorder.select_notifications(
                    self._last_notification_id,
                    PAGE,
                    topics=self._topics,
                    inclusive_of_start=False,
                )
            )
            if not self._page:
                self._stopping.wait(PAUSE.total_seconds())
        raise StopIteration
