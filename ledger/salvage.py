"""Reading a history that may be damaged: what can be read, and errors in place of the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ledger.entries import StoredEntry, events_of, split
from ledger.errors import StoreDamaged, StoreNewer
from ledger.mapper import LedgerMapper

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from ledger.recorded import RecordedEvent
    from ledger.recorders import Recorder

PAGE = 500  # entries

Unreadable = StoreDamaged | StoreNewer


class Salvaged(NamedTuple):
    """An event, or why it cannot be read.

    Of one that cannot be read, stream and version are given where they at least can be.
    """

    position: int
    originator_id: UUID | None
    version: int
    event: RecordedEvent | Unreadable

    @property
    def place(self) -> str:
        """Name where the event stands, in a form that both languages read."""
        if isinstance(self.event, Unreadable):
            return str(self.event.facts["place"])
        return f"#{self.position} {self.event.fact.TOPIC} {self.originator_id}@{self.version}"


def entries(
    recorder: Recorder, after: int = 0, *, upto: int
) -> Iterator[StoredEntry | StoreDamaged]:
    """Give the entries behind an entry up to another; of each that is damaged, the error.

    Raises:
        StoreDamaged: the medium gave up; nothing behind it can be read.
    """
    while after < upto:
        page = _page(recorder, after, upto=upto)
        if not page:
            return
        for entry in page:
            after = _number(entry)
            if after > upto:
                return
            yield entry


def events(mapper: LedgerMapper, entry: StoredEntry) -> list[Salvaged]:
    """Give the events of an entry with their positions; of each that is damaged, the error."""
    try:
        found = mapper.events_of(entry)
    except (StoreDamaged, StoreNewer):
        return list(_line_by_line(mapper, entry))
    first = entry.last - len(found) + 1
    return [
        Salvaged(position, event.originator_id, event.originator_version, event)
        for position, event in enumerate(found, first)
    ]


def _page(recorder: Recorder, after: int, *, upto: int) -> Sequence[StoredEntry | StoreDamaged]:
    try:
        return recorder.entries(after, limit=min(PAGE, upto - after))
    except StoreDamaged:
        pass  # look at one at a time
    try:
        return recorder.entries(after, limit=1)
    except StoreDamaged as damaged:
        _number(damaged)
        return [damaged]


def _number(found: StoredEntry | StoreDamaged) -> int:
    """Give the number of an entry; an error that names none is not about one entry."""
    if isinstance(found, StoredEntry):
        return found.number
    if "entry" not in found.facts:
        raise found
    return int(str(found.facts["entry"]))


def _line_by_line(mapper: LedgerMapper, entry: StoredEntry) -> Iterator[Salvaged]:
    head, answer, lines = split(entry.body)
    for position, line in enumerate(lines, entry.last - len(lines) + 1):
        alone = StoredEntry(entry.number, position, b"\n".join((head, answer, line)))
        try:
            (stored,) = events_of(alone)
        except StoreDamaged as damaged:
            yield Salvaged(position, None, 0, damaged)
            continue
        found: RecordedEvent | Unreadable
        try:
            found = mapper.to_domain_event(stored)
        except (StoreDamaged, StoreNewer) as unreadable:
            found = unreadable
        of = stored.originator_id
        assert not isinstance(of, str), "streams are named by UUIDs"
        yield Salvaged(position, of, stored.originator_version, found)
