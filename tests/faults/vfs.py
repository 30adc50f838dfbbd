"""A virtual file system under SQLite that tells an observer of every call and may let it fail.

It lies on SQLite's own `unix` file system and watches databases, journals and write-ahead logs.
Two things it does not see: temporary files, which no one misses after a crash, and the shared
memory of the WAL index (`-shm`), which SQLite maps by itself and rebuilds when it opens.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Protocol

import apsw

if TYPE_CHECKING:
    from collections.abc import Iterator

BASE = "unix"

JOURNALS = apsw.SQLITE_OPEN_WAL | apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_SUPER_JOURNAL
"""Files whose first sync, after they were created, makes SQLite sync the directory too."""


class Observer(Protocol):
    """Is told of every call on a named file. Paths are absolute."""

    def before(self, call: str, path: str) -> None:
        """Hear of a call, such as "xWrite". Raising `apsw.Error` makes it fail so."""

    def opened(self, path: str, *, created: bool) -> None:
        """Hear that a file is open."""

    def wrote(self, path: str, offset: int, data: bytes) -> None:
        """Hear that bytes were written."""

    def truncated(self, path: str, size: int) -> None:
        """Hear that a file was cut off or extended."""

    def synced(self, path: str, *, directory: bool) -> None:
        """Hear that a file, and perhaps its directory, was made durable."""

    def deleted(self, path: str, *, directory: bool) -> None:
        """Hear that a file was deleted, and perhaps its directory made durable."""


_numbers: Iterator[int] = count(1)


class WatchedFiles(apsw.VFS):
    """The file system. Connect with `vfs=files.name`; `close` when every connection is closed."""

    def __init__(self, observer: Observer) -> None:
        """Register under a name of its own."""
        self.name = f"watched-{next(_numbers)}"
        self.observer = observer
        self.open_files: list[str] = []  # paths, once for each time
        super().__init__(self.name, BASE)

    def close(self) -> None:
        """Take the file system back from SQLite."""
        self.unregister()

    def xOpen(  # noqa: N802  # SQLite's name
        self, name: str | apsw.URIFilename | None, flags: list[int]
    ) -> apsw.VFSFile:
        """Open a file and watch it."""
        if name is None:
            return apsw.VFSFile(BASE, name, flags)
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self.observer.before("xOpen", path)
        created = not self._exists(path)
        file = WatchedFile(name, flags, files=self)
        file.path, file.entry_pending = path, created and bool(flags[0] & JOURNALS)
        self.open_files.append(path)
        self.observer.opened(path, created=created)
        return file

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: FBT001, N802  # SQLite calls
        """Delete a file."""
        self.observer.before("xDelete", filename)
        super().xDelete(filename, syncdir)
        self.observer.deleted(filename, directory=syncdir)

    def xAccess(self, pathname: str, flags: int) -> bool:  # noqa: N802  # SQLite's name
        """Tell whether a file is there."""
        self.observer.before("xAccess", pathname)
        return super().xAccess(pathname, flags)

    def _exists(self, path: str) -> bool:
        return super().xAccess(path, apsw.SQLITE_ACCESS_EXISTS)


class WatchedFile(apsw.VFSFile):
    """One open file."""

    path: str
    entry_pending: bool  # the next sync makes the directory durable, too

    def __init__(
        self, name: str | apsw.URIFilename, flags: list[int], *, files: WatchedFiles
    ) -> None:
        """Open the file below."""
        self._observer = files.observer
        self._open_files = files.open_files
        super().__init__(BASE, name, flags)

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802  # SQLite's name
        """Read."""
        self._observer.before("xRead", self.path)
        return super().xRead(amount, offset)

    def xFileSize(self) -> int:  # noqa: N802  # SQLite's name
        """Measure."""
        self._observer.before("xFileSize", self.path)
        return super().xFileSize()

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802  # SQLite's name
        """Write."""
        self._observer.before("xWrite", self.path)
        super().xWrite(data, offset)
        self._observer.wrote(self.path, offset, bytes(data))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802  # SQLite's name
        """Cut off or extend."""
        self._observer.before("xTruncate", self.path)
        super().xTruncate(newsize)
        self._observer.truncated(self.path, newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802  # SQLite's name
        """Make durable."""
        self._observer.before("xSync", self.path)
        super().xSync(flags)
        self._observer.synced(self.path, directory=self.entry_pending)
        self.entry_pending = False

    def xClose(self) -> None:  # noqa: N802  # SQLite's name
        """Close."""
        super().xClose()
        self._open_files.remove(self.path)
