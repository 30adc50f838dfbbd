"""What a recorder can do: keep entries and their tree, find them, serve the library's contract."""

from __future__ import annotations

from abc import abstractmethod
from threading import Lock
from typing import TYPE_CHECKING
from uuid import UUID

from eventsourcing.persistence import ApplicationRecorder, IntegrityError, Notification, StoredEvent

from domain.text import Text
from ledger.entries import answer_in, events_of, foreign_entry, place_of_id, place_of_key
from ledger.errors import StoreDamaged
from ledger.log.reading import LogReader
from ledger.log.tree import Edge, grow, leaf_hash
from ledger.subscription import PollingSubscription

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from eventsourcing.persistence import Subscription

    from domain.ids import MessageId
    from ledger.entries import End, Entry, StoredAnswer, StoredEntry
    from ledger.log.tree import Growth

PAGE = 500  # entries


def _missing(number: int) -> StoreDamaged:
    return StoreDamaged(place=f"entry {number}", detail=Text("缺失", "it is missing"))


class Recorder(ApplicationRecorder):
    """An `ApplicationRecorder` that keeps entries: what one command did, in one piece.

    Entries and positions of events run 1, 2, 3, … without gap and are never reused. Any number
    of threads may read while one commits; they see whole commits only. Each entry has its leaf
    in a Merkle tree (`ledger.log`), kept with it. A medium gives the abstract methods; the
    library's contract rests on them.
    """

    def __init__(self) -> None:
        """Begin with an empty tree."""
        super().__init__()
        self._inserting = Lock()
        self._edge = Edge()  # of what was committed; of use to whoever writes

    def commit(self, entries: Sequence[Entry], *, after: End) -> End:
        """Keep entries durably, all or none, behind the end `after`; give the new end.

        Streams and keys are not looked up: the one writer knows their versions, and `check`
        proves them.

        Raises:
            IntegrityError: `after` is not the end; somebody else wrote.
            StoreFull: the disk is full; nothing was kept.
            StoreError: it failed; what was kept is not known.
        """
        if self._edge.size != after.entries:
            msg = f"the tree has {self._edge.size} leaves, not {after.entries}"
            raise IntegrityError(msg)
        growth = grow(self._edge, [leaf_hash(entry.body) for entry in entries])
        end = self._keep(entries, growth, after=after)
        self._edge = growth.edge
        return end

    @abstractmethod
    def _keep(self, entries: Sequence[Entry], growth: Growth, *, after: End) -> End:
        """Keep entries, each with its leaf, and the nodes that they completed, as `commit` says."""

    def leaf_hashes(self, after: int, *, limit: int) -> Sequence[bytes]:
        """Give the leaves of the entries behind an entry, by its number, in order.

        Raises:
            StoreDamaged: one is missing, or is not what was written.
        """
        found = self.entries(after, limit=limit)
        for expected, entry in enumerate(found, after + 1):
            if entry.number != expected:
                raise _missing(expected)
        return [entry.leaf for entry in found]

    @abstractmethod
    def nodes(self, level: int, first: int, *, limit: int) -> Sequence[bytes]:
        """Give the kept nodes of a level (`ledger.log.tree.Node`) from the `first`-th on, in order.

        Raises:
            StoreDamaged: one is missing, or is not what was written.
        """

    def log(self, size: int | None = None) -> LogReader:
        """Look at the Merkle tree over the first `size` entries, by default over all there are."""
        return LogReader(self, self.end.entries if size is None else size)

    @abstractmethod
    def entries(self, after: int, *, limit: int) -> Sequence[StoredEntry]:
        """Give the entries behind an entry, by its number, in order.

        Raises:
            StoreDamaged: the bytes are not those that were written.
        """

    @abstractmethod
    def find(self, places: Sequence[int]) -> Mapping[int, Sequence[int]]:
        """Give the numbers of the entries with each of these places (`place_of`), in order.

        Places that nothing has are left out.
        """

    @property
    @abstractmethod
    def end(self) -> End:
        """How far the history goes."""

    def check_end(self) -> None:
        """See that the history is as long as it ever was, as far as the medium can tell.

        Raises:
            StoreDamaged: its end is missing.
        """

    @abstractmethod
    def faults(self) -> Sequence[Text]:
        """Examine the medium itself (pages, indexes, the end of the history); empty if sound."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the medium. Closing twice is allowed."""

    @property
    def last_position(self) -> int:
        """The position of the last event; 0 in an empty store."""
        return self.end.events

    def entry(self, number: int) -> StoredEntry:
        """Give one entry.

        Raises:
            StoreDamaged: it is not there, or its bytes are not those that were written.
        """
        for entry in self.entries(number - 1, limit=1):
            if entry.number == number:
                return entry
        raise _missing(number)

    def entry_before(self, position: int) -> int:
        """Give the number of the last entry whose events all stand at or before a position."""
        low, high = 0, self.end.entries
        while low < high:
            middle = (low + high + 1) // 2
            if self.entry(middle).last <= position:
                low = middle
            else:
                high = middle - 1
        return low

    def entries_at(self, place: int) -> Iterator[StoredEntry]:
        """Give the entries with a place, in order."""
        return map(self.entry, self.find((place,)).get(place, ()))

    def answer(self, key: MessageId) -> StoredAnswer | None:
        """Look up what a key was answered."""
        for kept in map(answer_in, self.entries_at(place_of_key(key))):
            if kept is not None and kept.key == key:
                return kept
        return None

    def max_notification_id(self) -> int | None:
        """Give the position of the last event, or None in an empty store."""
        return self.last_position or None

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: object) -> Sequence[int]:
        """Keep events as the library's contract has it: each new in its stream; give positions."""
        named = {(event.originator_id, event.originator_version) for event in stored_events}
        if len(named) < len(stored_events):
            msg = "a version of a stream twice"
            raise IntegrityError(msg)
        if not stored_events:
            return []
        with self._inserting:
            for of, version in named:
                if self.select_events(of, gt=version - 1, lte=version):
                    msg = f"{of}@{version} is already there"
                    raise IntegrityError(msg)
            end = self.end
            last = self.commit((foreign_entry(stored_events, after=end),), after=end).events
        return list(range(last - len(stored_events) + 1, last + 1))

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """Read the events of one stream in order of version."""
        assert isinstance(originator_id, UUID), "streams are named by UUIDs"
        found = [
            StoredEvent(event.originator_id, event.originator_version, event.topic, event.state)
            for entry in self.entries_at(place_of_id(originator_id))
            for event in events_of(entry)
            if event.originator_id == originator_id
            and (gt is None or event.originator_version > gt)
            and (lte is None or event.originator_version <= lte)
        ]
        found.sort(key=lambda event: event.originator_version, reverse=desc)
        return found[:limit]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Read a page of the whole history in order of position."""
        after = (start or 0) - inclusive_of_start if start else 0
        page: list[Notification] = []
        for event in self._events(after):
            if len(page) == limit or (stop is not None and event.id > stop):
                break
            if not topics or event.topic in topics:
                page.append(event)
        return page

    def _events(self, after: int) -> Iterator[Notification]:
        number = self.entry_before(after)
        while page := self.entries(number, limit=PAGE):
            for entry in page:
                yield from (event for event in events_of(entry) if event.id > after)
            number = page[-1].number

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> Subscription[ApplicationRecorder]:
        """Follow the history, also where another process writes it (by polling)."""
        return PollingSubscription(self, gt=gt, topics=topics)
