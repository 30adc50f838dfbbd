"""The folder of a log, and every step by which it changes: one method, one step.

Tests hand in a disk that dies, tears or refuses at a chosen step.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

Bytes = bytes | memoryview

_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


class Disk:
    """The steps on the files of one folder, each named by its file. All may raise OSError."""

    def __init__(self, folder: Path) -> None:
        """Take the folder, which is there already."""
        self.folder = folder

    def write(self, name: str, data: Bytes) -> None:
        """Write a file anew. It may be lost or torn until it is synced."""
        self._write(name, data, _NEW)

    def append(self, name: str, data: Bytes) -> None:
        """Write at the end of a file, which is made if it is not there; else as `write`."""
        self._write(name, data, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def fsync(self, name: str) -> None:
        """Wait until the file is on the medium."""
        self._sync(self.folder / name, os.fsync)

    def fdatasync(self, name: str) -> None:
        """Wait until the bytes of the file are on the medium, and its length."""
        self._sync(self.folder / name, getattr(os, "fdatasync", os.fsync))

    def fsync_folder(self) -> None:
        """Wait until the names of the folder are on the medium."""
        self._sync(self.folder, os.fsync)

    def rename(self, old: str, new: str) -> None:
        """Give a file its new name, in place of what had it."""
        (self.folder / old).replace(self.folder / new)

    def truncate(self, name: str, length: int) -> None:
        """Cut a file to so many bytes."""
        os.truncate(self.folder / name, length)

    def remove(self, name: str) -> None:
        """Take a file away."""
        (self.folder / name).unlink()

    def _write(self, name: str, data: Bytes, flags: int) -> None:
        handle = os.open(self.folder / name, flags | getattr(os, "O_BINARY", 0), 0o644)
        try:
            left = memoryview(data).cast("B")
            while left:
                left = left[os.write(handle, left) :]
        finally:
            os.close(handle)

    def _sync(self, path: Path, how: Callable[[int], None]) -> None:
        handle = os.open(path, os.O_RDONLY)
        try:
            how(handle)
        finally:
            os.close(handle)


def commit(disk: Disk, files: Mapping[str, Bytes]) -> None:
    """Put files into the folder so that each is there whole under its name, or not at all.

    A crash leaves `….tmp` files, or files that no manifest line names: both may be removed.
    """
    for name, data in files.items():
        disk.write(f"{name}.tmp", data)
        disk.fsync(f"{name}.tmp")
    for name in files:
        disk.rename(f"{name}.tmp", name)
    disk.fsync_folder()
