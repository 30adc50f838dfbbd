"""One writer a store: an advisory lock of the operating system on `writer.lock`.

The system releases the lock when the process ends, however it ends, so there is nothing to
clean up after a crash. The file itself stays: removing it would let two writers in. It tells
who holds the lock; its modification time tells since when. A process that was forked from the
writer inherits the open file, but not the right. POSIX only (`flock`): on Windows this module,
and with it `ledger.store`, cannot be imported.
"""

from __future__ import annotations

import fcntl
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from ledger.errors import StoreLocked

if TYPE_CHECKING:
    from pathlib import Path


class WriterLock:
    """The right to write to the store in a directory, held from construction to `release`.

    Raises:
        StoreLocked: another writer, in this process or another, holds it.
    """

    def __init__(self, directory: Path) -> None:
        """Take the lock at once or not at all."""
        path = directory / "writer.lock"
        self._directory = directory
        self._pid = os.getpid()
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _held_by(self._file, directory)
            os.close(self._file)
            raise holder from None
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{self._pid} {os.uname().nodename}\n".encode(), 0)

    def check_process(self) -> None:
        """Insist that this is the process that took the lock, and no copy of it.

        Raises:
            StoreLocked: it is a copy; the writer is the process that it was forked from.
        """
        if os.getpid() != self._pid:
            raise _held_by(self._file, self._directory)

    def release(self) -> None:
        """Let the next writer in. Releasing twice is allowed."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __enter__(self) -> Self:
        """Hold the lock for a block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Release it."""
        self.release()


def _held_by(file: int, directory: Path) -> StoreLocked:
    pid, _, host = os.pread(file, 300, 0).decode(errors="replace").strip().partition(" ")
    since = datetime.fromtimestamp(os.fstat(file).st_mtime, UTC)
    return StoreLocked(
        path=str(directory),
        pid=pid or "?",
        host=host or "?",
        since=since.isoformat(timespec="seconds"),
    )
