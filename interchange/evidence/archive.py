"""A zip whose bytes depend on its members alone: stored, in order, without times or attributes.

Its first member names the SHA-256 of all others. So these are written into a spool first, and
copied; none is held in memory.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import IO, TYPE_CHECKING
from zipfile import ZIP_STORED, ZipFile, ZipInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

_THEN = (1980, 1, 1, 0, 0, 0)  # the first instant that a zip can tell
_UNIX = 3
_READABLE = 0o100644 << 16
_PIECE = 1 << 20  # bytes copied at once


@dataclass(frozen=True, slots=True)
class Spooled:
    """A member that lies in a spool."""

    start: int
    size: int
    sha256: str


class Spool:
    """Members one behind the other in a file of the caller's, in the order of the package."""

    def __init__(self, file: IO[bytes]) -> None:
        """Begin at the start of an empty file."""
        self._file = file
        self._end = 0
        self.members: dict[str, Spooled] = {}

    def add(self, name: str, data: bytes) -> None:
        """Add a member that is at hand."""
        with self.writing(name) as write:
            write(data)

    @contextmanager
    def writing(self, name: str) -> Iterator[Callable[[bytes], None]]:
        """Add a member piece by piece: give a function that takes the next one."""
        assert name not in self.members, name
        assert name.isascii(), name
        digest, start = sha256(), self._end

        def write(piece: bytes) -> None:
            digest.update(piece)
            self._file.write(piece)
            self._end += len(piece)

        yield write
        self.members[name] = Spooled(start, self._end - start, digest.hexdigest())

    def pieces(self, member: Spooled) -> Iterator[bytes]:
        """Read a member back."""
        self._file.seek(member.start)
        left = member.size
        while left:
            piece = self._file.read(min(_PIECE, left))
            assert piece, "what was written is there"
            left -= len(piece)
            yield piece

    @property
    def digests(self) -> Mapping[str, str]:
        """Give the SHA-256 of every member in hex, by name."""
        return {name: member.sha256 for name, member in self.members.items()}


def write_zip(path: Path, first: tuple[str, bytes], *, spool: Spool) -> None:
    """Write a zip: one member at hand, then those of a spool in their order; all on the disk."""
    name, data = first
    with path.open("wb") as file:
        with ZipFile(file, "w", ZIP_STORED) as archive:
            archive.writestr(_info(name, len(data)), data)
            for each, member in spool.members.items():
                with archive.open(_info(each, member.size), "w") as out:
                    for piece in spool.pieces(member):
                        out.write(piece)
        file.flush()
        os.fsync(file.fileno())


def _info(name: str, size: int) -> ZipInfo:
    info = ZipInfo(name, _THEN)
    info.create_system = _UNIX
    info.external_attr = _READABLE
    info.file_size = size  # tells beforehand which members need the form for large ones
    return info
