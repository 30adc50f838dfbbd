"""Tentative states: of one command, and of the group of commands that will commit together.

A command sees the committed states, changed by the commands accepted before it in the same
group, changed by itself. Each layer is a plain dict over the one below; dropping the dict
undoes the layer without a trace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.identity_map import Versioned
from ledger.recorded import RecordedEvent, originator_id_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from eventsourcing.persistence import StoredEvent

    from domain.facts import Change, Meta, Stream
    from domain.ids import MessageId
    from ledger.identity_map import IdentityMap
    from ledger.recorders import Recorder, StoredAnswer


class Group:
    """What the commands accepted so far will commit: events, answers, states, in order."""

    def __init__(self, known: IdentityMap, recorder: Recorder) -> None:
        """Start empty, on the committed states and after the recorder's last event."""
        self.evolve = known.evolve
        self._known = known
        self._recorder = recorder
        self._before = recorder.last_position
        self.events: list[StoredEvent] = []
        self.answers: dict[MessageId, StoredAnswer] = {}
        self.states: dict[Stream, Versioned] = {}
        self.recorded_at: datetime | None = None  # of the last command that joined

    @property
    def last_position(self) -> int:
        """The position that the last event has or will have."""
        return self._before + len(self.events)

    def load(self, stream: Stream) -> Versioned | None:
        """Give the state of a stream after the commands accepted so far."""
        return self.states.get(stream) or self._known.load(stream)

    def answer(self, key: MessageId) -> StoredAnswer | None:
        """Look up what a key was answered, in this group or before."""
        return self.answers.get(key) or self._recorder.answer(key)

    def join(
        self,
        work: Workspace,
        stored: Sequence[StoredEvent],
        *,
        answer: StoredAnswer,
        recorded_at: datetime,
    ) -> None:
        """Take over what an accepted command did; `stored` are its events, encoded."""
        assert len(stored) == len(work.events)
        assert answer.position == self.last_position + len(stored)
        self.events += stored
        self.states |= work.states
        self.answers[answer.key] = answer
        self.recorded_at = recorded_at


class Workspace:
    """What one command sees and does. It leaves a trace only if its group takes it over."""

    def __init__(self, group: Group) -> None:
        """Start empty, on what the group has taken over so far."""
        self._group = group
        self.events: list[RecordedEvent] = []
        self.states: dict[Stream, Versioned] = {}

    def load(self, stream: Stream) -> Versioned | None:
        """Give the state of a stream as this command sees it; None: nothing has happened."""
        return self.states.get(stream) or self._group.load(stream)

    def answer(self, key: MessageId) -> StoredAnswer | None:
        """Look up what another command was answered."""
        return self._group.answer(key)

    def record(self, changes: Iterable[Change], meta: Meta) -> None:
        """Let facts happen, tentatively: evolve the states and give each fact its version."""
        for stream, fact in changes:
            before = self.load(stream)
            state, version = before or (None, 0)
            after = Versioned(self._group.evolve[stream.kind](state, fact), version + 1)
            self.states[stream] = after
            self.events.append(
                RecordedEvent(originator_id_of(stream), after.version, stream, meta, fact)
            )
