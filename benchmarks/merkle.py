"""A section of the report: what the Merkle log costs, against a recorder that keeps none.

The recorder without a log exists here only. What was settled is committed again in groups of
1,000, in processor time of the thread that commits: waiting for the disk is the same and would
drown the difference. Then clients settle anew. With and without the log in turn, so that both see
the same machine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from time import thread_time_ns
from typing import NamedTuple

from benchmarks.books import Till, empty, founded, serving
from benchmarks.clients import Run, Runs
from benchmarks.figures import Spread, cost_permille, spread
from benchmarks.setting import MANY, Setting, Size
from benchmarks.workload import families
from domain.text import Text
from ledger import store as stores
from ledger.entries import End, Entry, places_of, split
from ledger.lock import WriterLock
from ledger.log.notes import HASH
from ledger.log.tree import Edge, Growth
from ledger.mapper import LedgerMapper
from ledger.sqlite_recorder import SqliteRecorder
from ledger.store import EVENTS, Store

GROUP = 1_000  # entries

Opening = Callable[[Path], Store]


class _WithoutLog(SqliteRecorder):
    """Keeps entries as they were kept before there was a log."""

    def commit(self, entries: Sequence[Entry], *, after: End) -> End:
        edge = Edge(self._edge.size + len(entries))
        end = self._keep(entries, Growth(edge, [b""] * len(entries), []), after=after)
        self._edge = edge
        return end


class Merkle(NamedTuple):
    """The same entries appended with and without a log, and settlements beside them.

    `hash_bytes`: of leaves and nodes, all together.
    """

    entries: int
    events: int
    hash_bytes: int
    append_ns: tuple[int, ...]
    bare_append_ns: tuple[int, ...]
    settling: Runs
    bare_settling: Runs

    @property
    def event_ns(self) -> Spread:
        """Nanoseconds of processor time to append an event, in groups of 1,000 entries."""
        return spread(ns // self.events for ns in self.append_ns)

    @property
    def bare_event_ns(self) -> Spread:
        """The same without a log."""
        return spread(ns // self.events for ns in self.bare_append_ns)

    @property
    def cost_ns(self) -> int:
        """Nanoseconds that the log takes for each event; below zero it is lost in the noise."""
        return self.event_ns.median - self.bare_event_ns.median

    @property
    def cost_permille(self) -> int:
        """By how many thousandths settling is slower with the log."""
        return cost_permille(self.settling.per_second, self.bare_settling.per_second)

    @property
    def event_bytes(self) -> int:
        """Bytes of hashes for each event."""
        return self.hash_bytes // self.events


def measure(size: Size, setting: Setting) -> Merkle:
    """Settle with both recorders in turn, then append again what was settled."""
    known = families(size.persons)
    logged, bare = (founded(setting, size.persons, name=name) for name in ("merkle", "no-merkle"))
    runs: dict[Path, list[Run]] = {logged: [], bare: []}
    with ExitStack() as stack:
        tills: dict[Path, Till] = {}
        for path, opening in ((logged, stores.open_writer), (bare, open_without_log)):
            served = serving(path, setting.book, known=known, opening=opening)
            tills[path] = stack.enter_context(served)
            tills[path].settle(size.settlements, clients=MANY, seconds=size.seconds)  # to be warm
        for number in range(1, size.repeat + 1):
            setting.tell(Text(f"Merkle 日志，第 {number} 轮", f"the Merkle log, round {number}"))
            for path, till in tills.items():
                run = till.settle(size.settlements, clients=MANY, seconds=size.seconds)
                runs[path].append(run)
    entries = _entries(logged)
    with_log, without = _appended(setting, entries, repeat=size.repeat)
    nodes = sum(len(entries) // 256**level for level in (1, 2, 3))
    return Merkle(
        entries=len(entries),
        events=sum(entry.events for entry in entries),
        hash_bytes=HASH * (len(entries) + nodes),
        append_ns=with_log,
        bare_append_ns=without,
        settling=Runs(tuple(runs[logged])),
        bare_settling=Runs(tuple(runs[bare])),
    )


def open_without_log(path: Path) -> Store:
    """Open a store for a writer that keeps no log. Nobody can write to it afterwards."""
    lock = WriterLock(path)
    return Store(_WithoutLog(path / EVENTS, writing=True), LedgerMapper(), path, lock)


def _entries(path: Path) -> list[Entry]:
    """Give everything that was committed to a store, to be committed again."""
    with stores.open_reader(path) as store:
        found = store.recorder.entries(0, limit=store.recorder.end.entries)
    return [Entry(each.body, len(split(each.body).lines), places_of(each)) for each in found]


def _appended(
    setting: Setting, entries: Sequence[Entry], *, repeat: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Append entries to new stores, with and without a log in turn; give the nanoseconds."""
    taken: dict[Opening, list[int]] = {stores.open_writer: [], open_without_log: []}
    for number in range(1, repeat + 1):
        setting.tell(Text(f"每组 {GROUP:,} 笔，第 {number} 轮", f"groups of {GROUP:,}, {number}"))
        for place, (opening, each) in enumerate(taken.items()):
            path = empty(setting, f"appended-{number}-{place}")
            with opening(path) as store:
                each.append(_append(store, entries))
    with_log, without = taken.values()
    return tuple(with_log), tuple(without)


def _append(store: Store, entries: Sequence[Entry]) -> int:
    end = store.recorder.end
    begun = thread_time_ns()
    for start in range(0, len(entries), GROUP):
        end = store.recorder.commit(entries[start : start + GROUP], after=end)
    return thread_time_ns() - begun
