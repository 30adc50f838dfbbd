"""A section of the report: bytes on disk for each person and for each settlement, by file."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from benchmarks.books import founded, serving
from benchmarks.projecting import project
from benchmarks.setting import Setting, Size
from benchmarks.workload import families, persons_in
from domain.text import Text
from ledger import store as stores
from ledger.sqlite_recorder import INDEX
from projections.runner import VIEWS


class Bytes(NamedTuple):
    """What the files of a closed store hold."""

    events: int
    lookup: int
    views: int


class Storage(NamedTuple):
    """An empty store, one with families founded, and the same with settlements."""

    persons: int
    settlements: int
    events: int  # that the settlements brought
    empty: Bytes
    founded: Bytes
    settled: Bytes

    @property
    def per_person(self) -> Bytes:
        """Give bytes for each person, with the person's share of the family."""
        return _each(self.founded, self.empty, among=self.persons)

    @property
    def per_settlement(self) -> Bytes:
        """Give bytes for each settlement."""
        return _each(self.settled, self.founded, among=self.settlements)

    @property
    def events_a_settlement_hundredths(self) -> int:
        """Give how many events a settlement has, in hundredths."""
        return self.events * 100 // self.settlements


def measure(size: Size, setting: Setting) -> Storage:
    """Weigh the files before and after settling, with every read model brought up to date."""
    known = families(size.persons)
    path = founded(setting, size.persons, name="storage")
    setting.tell(Text("量账本大小", "weighing the store"))
    nothing = setting.folder / "nothing"
    stores.init(nothing)
    empty, _ = _weigh(nothing)
    before, events_before = _weigh(path)
    with serving(path, setting.book, known=known) as till:
        till.fill(size.settlements)
    after, events_after = _weigh(path)
    events = events_after - events_before
    return Storage(persons_in(known), size.settlements, events, empty, before, after)


def _weigh(path: Path) -> tuple[Bytes, int]:
    """Bring everything of a store up to date and close it; give its bytes and its events."""
    with stores.open_writer(path):
        pass  # makes the index where it is missing
    with stores.open_reader(path) as store:
        project(store, path)
        events = store.recorder.last_position
    return Bytes(*(_bytes(path / name) for name in (stores.EVENTS, INDEX, VIEWS))), events


def _bytes(path: Path) -> int:
    """Give the bytes of a database, those of its log included where some are left."""
    log = path.with_name(f"{path.name}-wal")
    return sum(each.stat().st_size for each in (path, log) if each.exists())


def _each(of: Bytes, less: Bytes, *, among: int) -> Bytes:
    return Bytes(*((one - other) // among for one, other in zip(of, less, strict=True)))
