"""A disk whose n-th call fails, once or from then on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import apsw

from tests.faults.disk_gate import Gate

Kind = tuple[str, int]
"""A call that may fail, and the code with which SQLite's own file system would say so."""

KINDS: tuple[Kind, ...] = (
    ("xOpen", apsw.SQLITE_CANTOPEN),
    ("xRead", apsw.SQLITE_IOERR_READ),
    ("xWrite", apsw.SQLITE_IOERR_WRITE),
    ("xWrite", apsw.SQLITE_FULL),
    ("xSync", apsw.SQLITE_IOERR_FSYNC),
    ("xTruncate", apsw.SQLITE_IOERR_TRUNCATE),
    ("xFileSize", apsw.SQLITE_IOERR_FSTAT),
    ("xDelete", apsw.SQLITE_IOERR_DELETE),
    ("xAccess", apsw.SQLITE_IOERR_ACCESS),
)
"""One of each call, and the full disk."""

MORE_KINDS: tuple[Kind, ...] = (
    ("xRead", apsw.SQLITE_IOERR_CORRUPTFS),
    ("xSync", apsw.SQLITE_IOERR_DIR_FSYNC),
    ("xOpen", apsw.SQLITE_IOERR_ACCESS),
    ("xWrite", apsw.SQLITE_IOERR_NOMEM),
)
"""The same calls with other codes, for the long profile."""


class Fault(NamedTuple):
    """The `number`-th `call` fails with `code`; if `lasting`, so do all that follow."""

    call: str
    code: int
    number: int
    lasting: bool

    def __str__(self) -> str:
        names = apsw.mapping_result_codes | apsw.mapping_extended_result_codes
        duration = "from then on" if self.lasting else "once"
        return f"{self.call} {self.number} {names[self.code]} {duration}"


class FaultyDisk:
    """An `Observer` that lets calls fail while it is armed. Without a fault it only counts."""

    def __init__(self, fault: Fault | None) -> None:
        """Begin armed."""
        self.gate = Gate()
        self.calls: Counter[str] = Counter()
        self.fired = 0
        self.fault = fault
        self._armed = True

    @property
    def lasting(self) -> bool:
        """Tell whether calls go on failing."""
        return self.fault is not None and self.fault.lasting

    @property
    def fills_up(self) -> bool:
        """Tell whether the fault is a full disk."""
        return self.fault is not None and self.fault.code == apsw.SQLITE_FULL

    def heal(self) -> None:
        """Let nothing fail any more."""
        self._armed = False

    @contextmanager
    def spared(self) -> Iterator[None]:
        """Let nothing fail for a while, and count nothing."""
        self._armed = False
        try:
            yield
        finally:
            self._armed = True

    def before(self, call: str, path: str) -> None:
        """Count a call and, if its turn has come, let it fail."""
        del path
        if call == "xWrite":
            self.gate.go_through()
        if not self._armed:
            return
        self.calls[call] += 1
        fault = self.fault
        if fault is None or call != fault.call:
            return
        after = self.calls[call] - fault.number
        if after == 0 or (fault.lasting and after > 0):
            self.fired += 1
            raise apsw.exception_for(fault.code)

    def opened(self, path: str, *, created: bool) -> None:
        """Hear of it."""

    def wrote(self, path: str, offset: int, data: bytes) -> None:
        """Hear of it."""

    def truncated(self, path: str, size: int) -> None:
        """Hear of it."""

    def synced(self, path: str, *, directory: bool) -> None:
        """Hear of it."""

    def deleted(self, path: str, *, directory: bool) -> None:
        """Hear of it."""
