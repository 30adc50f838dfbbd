"""Tentative states: of one command, and of the group of commands that will commit together.

A command sees the committed states, changed by the commands accepted before it in the same
group, changed by itself. Each layer is a plain dict over the one below; dropping the dict
undoes the layer without a trace.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from domain.ids import MessageId
from ledger.entries import Entry, Head, Line, place_of, place_of_key, write_entry
from ledger.identity_map import Versioned

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from domain.facts import Change, Meta, Stream
    from ledger.entries import Answer, End, StoredAnswer
    from ledger.identity_map import IdentityMap


_UNKNOWN: Mapping[int, Sequence[int]] = {}


class Group:
    """What the commands accepted so far will commit: entries, answers, states, in order."""

    def __init__(
        self, known: IdentityMap, *, after: End, found: Mapping[int, Sequence[int]] = _UNKNOWN
    ) -> None:
        """Start empty, on the committed states and behind the end of the history.

        `found` is what the recorder's `find` gave of keys and streams looked up beforehand.
        """
        self.known = known
        self._found = found
        self.before = after
        self.last_position = after.events
        self.entries: list[Entry] = []
        self.answers: dict[MessageId, StoredAnswer] = {}
        self.states: dict[Stream, Versioned] = {}
        self.recorded_at: datetime | None = None  # of the last command that joined

    def load(self, stream: Stream) -> Versioned | None:
        """Give the state of a stream after the commands accepted so far."""
        known = self.states.get(stream) or self.known.at_hand(stream)
        if known is not None or self._is_new(place_of(*stream)):
            return known
        return self.known.load(stream)

    def answer(self, key: MessageId) -> StoredAnswer | None:
        """Look up what a key was answered, in this group or before."""
        known = self.answers.get(key)
        if known is not None or self._is_new(place_of_key(key)):
            return known
        return self.known.answer(key)

    def _is_new(self, place: int) -> bool:
        """Tell whether a look-up beforehand found nothing at this place."""
        return place in self._found and not self._found[place]

    def join(self, work: Workspace, meta: Meta, *, answer: Answer) -> int:
        """Take over what an accepted command did; give the position of its last event."""
        lines = work.lines
        places = [place_of(*line.stream) for line in lines]
        places.append(place_of_key(MessageId(meta.cause)))
        last = self.last_position + len(lines)
        head = Head(self.before.entries + len(self.entries) + 1, last, meta)
        self.entries.append(
            Entry(write_entry(head, answer, lines=lines), len(lines), tuple(places))
        )
        self.last_position = last
        self.states.update(work.changed)
        self.recorded_at = meta.recorded_at
        return self.last_position


class Workspace:
    """What one command sees and does. It leaves a trace only if its group takes it over.

    `before` is the position of the last event before the command.
    """

    def __init__(self, group: Group) -> None:
        """Start empty, on what the group has taken over so far."""
        self._group = group
        self._evolve = group.known.evolve
        self.before = group.last_position
        self._seen: dict[Stream, Versioned | None] = {}
        self.changed: dict[Stream, Versioned] = {}
        self.lines: list[Line] = []

    def load(self, stream: Stream) -> Versioned | None:
        """Give the state of a stream as this command sees it; None: nothing has happened."""
        if stream in self._seen:
            return self._seen[stream]
        found = self._seen[stream] = self._group.load(stream)
        return found

    def answer(self, key: MessageId) -> StoredAnswer | None:
        """Look up what another command was answered."""
        return self._group.answer(key)

    def record(self, changes: Iterable[Change]) -> None:
        """Let facts happen, tentatively: evolve the states and give each fact its version."""
        for stream, fact in changes:
            state, version = self.load(stream) or (None, 0)
            version += 1
            after = Versioned(self._evolve[stream.kind](state, fact), version)
            self._seen[stream] = self.changed[stream] = after
            self.lines.append(Line(stream, version, fact))
