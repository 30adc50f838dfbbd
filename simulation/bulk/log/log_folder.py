"""The folder of a log while it is written: who may write, what is in it, what was left behind.

Everything that can be refused is refused before anything is changed. Then what a crash left is
cleared away: the beginning of a line, files that no line names.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from domain.text import Text
from simulation.bulk.log import manifest
from simulation.bulk.log.disk import Disk
from simulation.bulk.log.manifest import AnyLine, Begin, CloseLine, FileSeal, Manifest, SegmentLine
from simulation.bulk.log.running_errors import (
    LogBusy,
    LogDamaged,
    LogDiffers,
    LogElsewhere,
    LogHasClaims,
)

_OURS = re.compile(r"(\d{5,}\.(lines|legs)|closing-\d{5,})\.parquet(\.tmp)?")
_BESIDE = re.compile(r".*\.rejects\.csv(\.partial)?")

_COMPARED = {
    "opening": Text("期初状态", "opening state"),
    "persons": Text("人数", "number of persons"),
    "regions": Text("统筹区", "list of regions"),
    "rules": Text("规则", "rule book"),
    "rule_sets": Text("规则集", "list of rule sets"),
}
_CLAIMS = Text("费用文件", "file of claims")


class Log:
    """A log that one process writes: its lines so far, and the steps on its files."""

    def __init__(self, disk: Disk, lines: tuple[AnyLine, ...]) -> None:
        """Go on behind these lines, the first of which is there."""
        self.disk = disk
        self.lines = list(lines)

    @property
    def folder(self) -> Path:
        """Give where the files are."""
        return self.disk.folder

    @property
    def begin(self) -> Begin:
        """Give the first line."""
        first = self.lines[0]
        assert isinstance(first, Begin), "a log begins with its beginning"
        return first

    @property
    def segments(self) -> list[SegmentLine]:
        """Give the segments, in order."""
        return [line for line in self.lines if isinstance(line, SegmentLine)]

    @property
    def closings(self) -> list[CloseLine]:
        """Give the closings, in order."""
        return [line for line in self.lines if isinstance(line, CloseLine)]

    @property
    def open_segments(self) -> list[SegmentLine]:
        """Give the segments behind the last closing."""
        found: list[SegmentLine] = []
        for line in reversed(self.lines):
            if not isinstance(line, SegmentLine):
                break
            found.insert(0, line)
        return found

    @property
    def closed_segments(self) -> list[SegmentLine]:
        """Give the segments before the last closing."""
        return self.segments[: len(self.segments) - len(self.open_segments)]

    @property
    def next_segment(self) -> int:
        """Give the number of the next segment."""
        return len(self.segments) + 1

    @property
    def next_seq(self) -> int:
        """Give the place of the next row in the whole log."""
        return self.segments[-1].last_seq + 1 if self.segments else 0

    @property
    def taken(self) -> int:
        """Give how many rows of the file of claims at hand are in the log."""
        return self.open_segments[-1].taken if self.open_segments else 0

    def is_closed_on(self, claims: str) -> bool:
        """Tell whether the log ends with the closing of these claims."""
        last = self.lines[-1]
        return isinstance(last, CloseLine) and last.claims == claims

    def add(self, line: SegmentLine | CloseLine) -> None:
        """Commit a line: when this returns, it holds."""
        sealed: SegmentLine | CloseLine = manifest.seal(line, self.lines[-1].head)
        manifest.append(self.disk, sealed)
        self.lines.append(sealed)


@contextmanager
def open_log(out: Path, begin: Begin, *, disk_of: Callable[[Path], Disk]) -> Iterator[Log]:
    """Open the log in a folder, or begin it, and keep other writers out meanwhile.

    Raises:
        LogBusy, LogElsewhere, LogDamaged, LogDiffers, LogHasClaims: nothing was changed.
        OSError: the disk failed.
    """
    out.mkdir(parents=True, exist_ok=True)
    with _alone(out):
        found = _read(out)
        if found is None or not found.lines:
            _refuse_foreign(out)
        else:
            _refuse_faults(out, found)
            _refuse_other(out, found, begin)
        disk = disk_of(out)
        lines = () if found is None else found.lines
        _clear(disk, found)
        if not lines:
            first = manifest.seal(begin, manifest.NOTHING)
            manifest.append(disk, first)
            disk.fsync_folder()
            disk_of(out.absolute().parent).fsync_folder()
            lines = (first,)
        yield Log(disk, lines)


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    handle = os.open(out, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LogBusy(path=str(out)) from None
        yield
    finally:
        os.close(handle)


def _read(out: Path) -> Manifest | None:
    with suppress(FileNotFoundError):
        return manifest.read(out)
    return None


def _refuse_foreign(out: Path) -> None:
    names = {path.name for path in out.iterdir()} - {manifest.NAME}
    if not all(_OURS.fullmatch(name) or _BESIDE.fullmatch(name) for name in names):
        raise LogElsewhere(path=str(out))


def _refuse_faults(out: Path, found: Manifest) -> None:
    for fault in found.faults:
        raise LogDamaged(path=str(out / f"{fault.file}:{fault.line}"), detail=fault.says)


def _refuse_other(out: Path, found: Manifest, begin: Begin) -> None:
    then = found.lines[0]
    for name, what in _COMPARED.items():
        old, new = getattr(then, name), getattr(begin, name)
        if old != new:
            raise _differs(out, what, str(old), str(new))
    last = found.lines[-1]
    if not isinstance(last, CloseLine) and last.claims != begin.claims:
        raise _differs(out, _CLAIMS, last.claims, begin.claims)
    for line in found.closings[:-1] if isinstance(last, CloseLine) else found.closings:
        if line.claims == begin.claims:
            raise LogHasClaims(path=str(out), closing=line.number)


def _differs(out: Path, what: Text, then: str, now: str) -> LogDiffers:
    return LogDiffers(path=str(out), what=what, then=_short(then), now=_short(now))


def _short(value: str) -> str:
    return value if len(value) <= _SHOWN else f"{value[:_SHOWN]}…"


_SHOWN = 16


def _clear(disk: Disk, found: Manifest | None) -> None:
    """Take away what a crash left, and wait until what is kept is on the medium."""
    named = {seal.name for line in (found.lines if found else ()) for seal in _seals(line)}
    names = sorted(path.name for path in disk.folder.iterdir())
    for name in names:
        if _OURS.fullmatch(name) and name not in named:
            disk.remove(name)
    if found is None:
        return
    if found.torn:
        disk.truncate(manifest.NAME, found.length)
    disk.fsync(manifest.NAME)
    disk.fsync_folder()


def _seals(line: AnyLine) -> list[FileSeal]:
    match line:
        case SegmentLine():
            return [line.lines, line.legs]
        case CloseLine():
            return [line.delta] if line.delta else []
    return []
