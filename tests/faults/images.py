"""What a disk may hold after power is lost: the log of its writes, and crash images of it.

What was written before the last sync of a file is durable. Of what was written later any part
may survive, in any order, each write whole or torn at sectors; a file may or may not have been
cut off, created or deleted. Making a file durable makes its own name durable; deleting one, and
names in general, wait for a sync of the directory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.faults.disk_gate import Gate

SECTOR = 512  # bytes that a disk writes whole or not at all

NOT_DURABLE = ("-shm", ".lock")
"""Ends of names that mean nothing after a crash: the WAL index, and who was writing."""


class Link(NamedTuple):
    """A name now leads to a file; None: to nothing."""

    name: str
    file: int | None


class Write(NamedTuple):
    """Bytes of a file."""

    file: int
    offset: int
    data: bytes


class Truncate(NamedTuple):
    """The size of a file."""

    file: int
    size: int


class Sync(NamedTuple):
    """What was written to a file is durable, and its name."""

    file: int


class SyncNames(NamedTuple):
    """All names are durable."""


Op = Link | Write | Truncate | Sync | SyncNames


class Log:
    """Everything written to the files of a directory, in order. An `Observer` of their calls.

    The first `begun` operations are the files that are there already; they count as durable.
    Writes pass through the `gate`.
    """

    def __init__(self, directory: Path) -> None:
        """Read what is there."""
        self.ops: list[Op] = []
        self.gate = Gate()
        self._files: dict[str, int] = {}
        for path in sorted(directory.iterdir()):
            if path.is_file() and not path.name.endswith(NOT_DURABLE):
                file = self._link(path.name)
                self.ops += [Write(file, 0, path.read_bytes()), Sync(file)]
        self.begun = len(self.ops)

    def before(self, call: str, path: str) -> None:
        """Wait at the gate, if it is closed."""
        del path
        if call == "xWrite":
            self.gate.go_through()

    def opened(self, path: str, *, created: bool) -> None:
        """Note a new name; a file that came about otherwise counts as it is, and as durable.

        One that was deleted otherwise is not missed before its name is used again.
        """
        name = Path(path).name
        if created:
            self._link(name)
        elif name not in self._files:
            file = self._link(name)
            self.ops += [Write(file, 0, Path(path).read_bytes()), Sync(file)]

    def wrote(self, path: str, offset: int, data: bytes) -> None:
        """Note bytes."""
        self.ops.append(Write(self._file(path), offset, data))

    def truncated(self, path: str, size: int) -> None:
        """Note a size."""
        self.ops.append(Truncate(self._file(path), size))

    def synced(self, path: str, *, directory: bool) -> None:
        """Note that a file is durable."""
        self.ops.append(Sync(self._file(path)))
        if directory:
            self.ops.append(SyncNames())

    def deleted(self, path: str, *, directory: bool) -> None:
        """Note that a name is gone."""
        name = Path(path).name
        self._files.pop(name, None)
        self.ops.append(Link(name, None))
        if directory:
            self.ops.append(SyncNames())

    def _file(self, path: str) -> int:
        return self._files[Path(path).name]

    def _link(self, name: str) -> int:
        file = self._files[name] = len(self.ops)  # a number that no other file has
        self.ops.append(Link(name, file))
        return file


@dataclass
class _File:
    durable: bytearray = field(default_factory=bytearray)
    pending: list[Write | Truncate] = field(default_factory=list)

    def make_durable(self) -> None:
        for write in self.pending:
            _do(write, self.durable)
        self.pending.clear()


class Image(NamedTuple):
    """What the disk holds when power is back: bytes by name, and how many writes suffered."""

    files: dict[str, bytes]
    dropped: int
    torn: int


class Disk:
    """A disk on which a log is played back, operation by operation."""

    def __init__(self) -> None:
        """Begin empty."""
        self._files: dict[int, _File] = {}
        self._names: dict[str, list[int | None]] = {}  # durable first, then what came later

    def apply(self, op: Op) -> None:
        """Do the next operation."""
        match op:
            case Link(name, file):
                self._names.setdefault(name, [None]).append(file)
                if file is not None:
                    self._files[file] = _File()
            case Write() | Truncate():
                self._files[op.file].pending.append(op)
            case Sync(number):
                self._files[number].make_durable()
                self._settle_names(lambda known: number in known, upto=number)
            case SyncNames():
                self._settle_names(lambda _: True)

    @property
    def at_risk(self) -> int:
        """How many writes would not survive for certain."""
        return sum(len(file.pending) for file in self._files.values())

    def lose_power(self, random: Random) -> Image:
        """Draw what is left; at least one write suffers where one is at risk."""
        spared, torn = random.choice((0.0, 0.25, 0.5, 0.75, 0.95)), random.choice((0.0, 0.3, 1.0))
        fates = _Fates(random, spared, torn, condemned=random.randrange(max(self.at_risk, 1)))
        contents = {number: fates.survivors(file) for number, file in self._files.items()}
        files = {}
        for name, known in self._names.items():
            number = random.choice(known)
            if number is not None:
                files[name] = contents[number]
        return Image(files, fates.dropped, fates.torn)

    def _settle_names(
        self, chosen: Callable[[Sequence[int | None]], bool], *, upto: int | None = None
    ) -> None:
        """Forget what names led to before; keep only the files that a name may still lead to."""
        for name, known in self._names.items():
            if chosen(known):
                self._names[name] = known[-1:] if upto is None else known[known.index(upto) :]
        reachable = {number for known in self._names.values() for number in known}
        for number in self._files.keys() - reachable:
            del self._files[number]


class _Fates:
    """Draws what becomes of each write. The one `condemned`, counted from 0, never stays whole."""

    def __init__(self, random: Random, spared: float, torn: float, *, condemned: int) -> None:
        self._random = random
        self._spared = spared
        self._torn = torn
        self._condemned = condemned
        self._drawn = 0
        self.dropped = 0
        self.torn = 0

    def survivors(self, file: _File) -> bytes:
        left = [piece for write in file.pending for piece in self._left_of(write)]
        self._random.shuffle(left)
        content = bytearray(file.durable)
        for piece in left:
            _do(piece, content)
        return bytes(content)

    def _left_of(self, write: Write | Truncate) -> list[Write | Truncate]:
        condemned = self._drawn == self._condemned
        self._drawn += 1
        if not condemned and self._random.random() < self._spared:
            return [write]
        sectors = list(_sectors(write)) if isinstance(write, Write) else []
        if len(sectors) > 1 and self._random.random() < self._torn:
            self.torn += 1
            count = self._random.randint(1, len(sectors) - 1)
            return list(self._random.sample(sectors, count))
        self.dropped += 1
        return []


def _sectors(write: Write) -> Iterator[Write]:
    start, end = write.offset, write.offset + len(write.data)
    while start < end:
        stop = min(start // SECTOR * SECTOR + SECTOR, end)
        yield Write(write.file, start, write.data[start - write.offset : stop - write.offset])
        start = stop


def _do(op: Write | Truncate, content: bytearray) -> None:
    if isinstance(op, Truncate):
        del content[op.size :]
        content.extend(bytes(op.size - len(content)))
        return
    content.extend(bytes(max(op.offset - len(content), 0)))
    content[op.offset : op.offset + len(op.data)] = op.data
